"""Real diffusion images: cord, brain, and an oblique 4-D file, where RADICULA_DATA names a folder that holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dipy.core.gradients import gradient_table
from dipy.reconst.dti import TensorModel

from mri.browser import frames_for_browser, from_raw_bytes
from mri.diffusion.gradient_check import gradient_check
from mri.diffusion.gradients import GradientTable, read_gradients, table_facts
from mri.diffusion.tensor import tensor_maps
from mri.errors import ImageError
from mri.nifti import read_labels, read_volume
from mri.resampling import resample
from mri.volumes import VolumeFile

pytestmark = pytest.mark.real_data

CORDS = ("sct-errsm30/dwi/sub-errsm30_dwi", "sct-tutorial/sub-sct019/dwi/sub-sct019_dwi")
BRAIN = "dipy/small_64D"


def _diffusion(real_data: Path, stem: str) -> tuple[VolumeFile, GradientTable]:
    path = next(path for path in (real_data / f"{stem}.nii.gz", real_data / f"{stem}.nii") if path.is_file())
    image = read_volume(path, allow_frames=True)
    return image, read_gradients(real_data / f"{stem}.bval", real_data / f"{stem}.bvec", image.frames)


@pytest.mark.parametrize("stem", CORDS)
def test_white_matter_of_the_cord(real_data: Path, stem: str) -> None:
    image, table = _diffusion(real_data, stem)
    values = read_labels(real_data / f"{stem}_label-WMregions_dseg.nii.gz", image.grid).voxels
    regions = (values >= 1) & (values <= 3)  # 4 is grey matter
    maps = tensor_maps(image.voxels, image.grid, table, ("FA", "MD", "V1"), mask=regions)
    # Healthy cervical white matter at b = 750 to 800: FA 0.6-0.8, MD about 1e-3 mm2/s, fibres along the cord.
    assert 0.6 <= maps["FA"][regions].mean() <= 0.8
    assert 0.6e-3 <= np.median(maps["MD"][regions]) <= 1.4e-3
    along = np.abs(maps["V1"][regions][:, 2])
    assert np.median(along) > np.cos(np.radians(20))


def test_the_cord_mask_of_a_t2w_lands_on_the_cord_of_the_dwi(real_data: Path) -> None:
    image, table = _diffusion(real_data, CORDS[0])
    t2w = read_volume(real_data / "sct-errsm30" / "anat" / "sub-errsm30_T2w_label-SC_desc-propseg_seg.nii.gz")
    cord = resample(t2w.voxels.astype(np.uint8), t2w.grid, image.grid, "nearest") > 0
    maps = tensor_maps(image.voxels, image.grid, table, ("FA", "V1"), mask=cord)
    assert cord.sum() > 300
    assert np.median(maps["FA"][cord]) > 0.55
    assert np.median(np.abs(maps["V1"][cord][:, 2])) > 0.95


@pytest.mark.parametrize("stem", [*CORDS, BRAIN])
def test_the_gradients_as_given_fit_best(real_data: Path, stem: str) -> None:
    image, table = _diffusion(real_data, stem)
    assert all(fact.holds for fact in table_facts(table))
    check = gradient_check(image.voxels, image.grid, table)
    assert check.verdict in ("consistent", "undecided")
    assert check.coherence is not None
    assert check.coherence_best is not None
    assert check.coherence > check.coherence_best
    # An order of the axes that puts the cord's fibres across it can't hide.
    wrong = gradient_check(image.voxels, image.grid, GradientTable(table.b_values, table.directions[:, [1, 2, 0]]))
    assert wrong.coherence is not None
    assert wrong.coherence < check.coherence


def test_maps_of_the_brain_are_dipys(real_data: Path) -> None:
    image, table = _diffusion(real_data, BRAIN)
    maps = tensor_maps(image.voxels, image.grid, table, ("FA", "MD"))
    gradients = gradient_table(table.b_values, bvecs=table.voxel_directions(image.grid))
    fit = TensorModel(gradients, fit_method="WLS").fit(image.voxels.astype(np.float64))
    inside = image.voxels[..., table.b0_frames].mean(axis=3) > 0
    np.testing.assert_allclose(maps["FA"][inside], fit.fa[inside], atol=1e-6)
    np.testing.assert_allclose(maps["MD"][inside], fit.md[inside], rtol=1e-5)


@pytest.mark.parametrize("name", ["nibabel/example4d.nii.gz", "nibabel/functional.nii", BRAIN + ".nii"])
def test_every_frame_is_what_the_file_holds(real_data: Path, name: str) -> None:
    image = read_volume(real_data / name, allow_frames=True)
    frames = list(frames_for_browser(image))
    assert len(frames) == image.frames > 1
    assert len({frame.dtype for frame in frames}) == 1
    for number in (0, image.frames - 1):
        shown = from_raw_bytes(frames[number].content, frames[number].dtype, image.grid.shape)
        # Scaled files decode to float64: single precision is what a browser gets.
        np.testing.assert_allclose(shown, image.frame(number), rtol=6e-8)
    with pytest.raises(ImageError, match="one 3-D volume was expected"):
        read_volume(real_data / name)
