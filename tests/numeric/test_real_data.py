"""Real images and labels, where RADICULA_DATA names a folder that holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from measures.compare import compare_files
from mri.archive import walk_folder
from mri.bids import list_files, match_label, rater_name
from mri.errors import ImageError
from mri.nifti import read_labels, read_volume, voxels_for_browser, write_nifti
from protocols.loader import load

pytestmark = pytest.mark.real_data


@pytest.mark.parametrize("subject", ["errsm18", "errsm23"])
def test_two_raters_of_the_cord(real_data: Path, subject: str) -> None:
    stem = real_data / "sct-cervical-t2" / f"sub-{subject}" / "anat" / f"sub-{subject}_T2w_label-SC_desc-"
    paths = [Path(f"{stem}{rater}_seg.nii.gz") for rater in ("manual", "propseg")]
    compared = compare_files(*paths).labels[1]
    assert compared.dice == pytest.approx(0.912, abs=0.008)
    assert compared.hd95_mm == pytest.approx(1.0, abs=0.5)
    images = [SimpleITK.Cast(SimpleITK.ReadImage(str(p)), SimpleITK.sitkUInt8) for p in paths]
    overlap_filter, hausdorff_filter = (
        SimpleITK.LabelOverlapMeasuresImageFilter(),
        SimpleITK.HausdorffDistanceImageFilter(),
    )
    overlap_filter.Execute(*images)
    hausdorff_filter.Execute(*images)
    assert compared.dice == pytest.approx(overlap_filter.GetDiceCoefficient(), abs=1e-12)
    # Mask against mask can only be shorter than surface against surface.
    assert compared.hausdorff_mm is not None
    assert compared.hausdorff_mm >= hausdorff_filter.GetHausdorffDistance() - 1e-3


@pytest.mark.parametrize(("dataset", "protocol", "labels"), [
    ("sct-cervical-t2", "spinal-cord", 6),
    ("sct-errsm30", "rootlets", 2),
    ("spinegeneric-unf01", "spinal-cord", 3),
])  # fmt: skip
def test_datasets_import_whole(real_data: Path, dataset: str, protocol: str, labels: int, tmp_path: Path) -> None:
    folder = real_data / dataset
    listing = list_files(walk_folder(folder).files)
    wanted = load(protocol)
    read = 0
    for label in listing.labels:
        match = match_label(label, listing.images)
        if match.image is None or not wanted.accepts_label_file(label.label, label.suffix):
            continue
        if wanted.role_for_suffix(match.image.suffix) is None:
            continue
        volume = read_volume(folder / match.image.path)
        drawn = read_labels(folder / label.path, volume.grid, wanted.label_values())
        write_nifti(drawn, tmp_path / "copy.nii.gz", reference=folder / match.image.path)
        again = read_labels(tmp_path / "copy.nii.gz", volume.grid, tolerance_mm=0.0)
        np.testing.assert_array_equal(again.voxels, drawn.voxels)
        assert rater_name(label)
        read += 1
    assert read == labels


def test_every_image_is_read_or_refused_with_a_reason(real_data: Path) -> None:
    read, refused = 0, {}
    for path in sorted(p for p in real_data.rglob("*.nii*") if "atlas" not in p.parts and "WMtract" not in p.name):
        if path.stat().st_size > 1_000_000:
            continue
        try:
            volume = read_volume(path, allow_frames=True)
            shown = voxels_for_browser(volume)
        except ImageError as error:
            refused[path.name] = error.reason
            continue
        items = len(shown.content) // np.dtype(shown.dtype).itemsize
        assert items == volume.grid.size, path.name
        read += 1
    assert read > 60
    # The one file whose axes are sheared by 34 degrees.
    assert refused == {"S0_10slices.nii.gz": "bad-affine"}


def test_big_endian_and_scaled_files(real_data: Path) -> None:
    assert read_volume(real_data / "nibabel" / "anatomical.nii").big_endian
    assert read_volume(real_data / "nibabel" / "functional.nii", allow_frames=True).scaled
