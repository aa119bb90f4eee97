"""Clinical measures on real images and templates, where RADICULA_DATA names a folder that holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dipy.core.gradients import gradient_table
from dipy.reconst.dti import TensorModel

from measures.clinical.dentate import nuclei
from measures.clinical.endplates import sagittal_shape
from measures.clinical.lumbar import MEANINGS, lumbar_spine
from measures.clinical.muscles import muscle_section
from measures.clinical.region_diffusion import region_indices
from measures.clinical.slices import rpi_order
from measures.clinical.spinal_levels import spinal_levels
from mri.nifti import read_labels, read_volume

pytestmark = pytest.mark.real_data


def test_levels_of_the_pam50_template_lie_at_its_own_midpoints(real_data: Path) -> None:
    stem = str(real_data / "sct-testing" / "template" / "template" / "PAM50_small_")
    rootlets, cord, pmj, middles = (
        read_labels(f"{stem}{name}.nii.gz") for name in ("rootlets", "cord", "t2_pmj_manual", "rootlets_midpoints")
    )
    grid = rootlets.grid
    found = spinal_levels(rootlets.voxels, cord.voxels, grid, pmj.voxels, dilation="voxels")
    assert [level.level for level in found.levels] == [2, 3, 4, 5, 6, 7, 8]
    up = rpi_order(grid).apply(middles.voxels)
    junction = int(np.argwhere(rpi_order(grid).apply(pmj.voxels) == 50)[0, 2])
    for level in found.levels:
        own = int(np.argwhere(up == level.level)[0, 2])
        assert level.slice_start is not None
        assert level.slice_end is not None
        # The template's midpoints are centres of mass, ours the middle of the extent: a slice apart at most.
        assert abs((level.slice_start + level.slice_end) / 2 - own) <= 1.0
        # The template's cord is straight, so its distances are heights.
        assert level.midpoint_mm.value == pytest.approx((junction - own) * 2.0, abs=2.0)
    by_mm = spinal_levels(rootlets.voxels, cord.voxels, grid, pmj.voxels)
    assert [lv.level for lv in by_mm.levels if lv.slice_start is None] == [2]


def test_rootlets_of_a_volunteer_follow_one_another(real_data: Path) -> None:
    anat = real_data / "sct-errsm30" / "anat"
    rootlets = read_labels(anat / "sub-errsm30_T2w_label-rootlets_desc-deepseg_dseg.nii.gz")
    cord = read_labels(anat / "sub-errsm30_T2w_label-SC_desc-propseg_seg.nii.gz")
    found = spinal_levels(rootlets.voxels, cord.voxels, rootlets.grid)
    spans = {level.level: (level.slice_start or 0) + (level.slice_end or 0) for level in found.levels}
    # Cervical levels of an adult are 8 to 20 mm apart; the image has slices of 1 mm.
    assert 8 < (spans[4] - spans[5]) / 2 < 20
    assert 8 < (spans[5] - spans[6]) / 2 < 20
    # Two stray voxels of this automatic map stretch C3 by ten slices, and that is said.
    assert any("C3 lie in two places, with none from slice 158 to 167" in finding for finding in found.findings)
    assert not any("broken" in finding for finding in found.findings)


def test_two_templates_space_their_levels_alike(real_data: Path) -> None:
    stem = str(real_data / "sct-testing" / "template" / "template" / "PAM50_small_")
    rootlets, cord, pmj = (read_labels(f"{stem}{name}.nii.gz") for name in ("rootlets", "cord", "t2_pmj_manual"))
    found = spinal_levels(rootlets.voxels, cord.voxels, rootlets.grid, pmj.voxels)
    ours = {level.level: level.midpoint_mm.value for level in found.levels}
    published = []
    for name in ("C3", "C4", "C5", "C6", "C7", "C8"):
        volume = read_volume(real_data / "mni-poly-amu" / "spinal_levels" / f"spinal_level_{name}.nii.gz")
        along = np.asarray(volume.voxels).max(axis=(0, 1))
        published.append(float((np.arange(along.size) * along).sum() / along.sum()) * volume.grid.spacing_mm[2])
    steps = [ours[level + 1] - ours[level] for level in range(3, 8)]
    # Rootlets on PAM50 (slices of 2 mm) against the level distributions of MNI-Poly-AMU, from other subjects.
    assert steps == pytest.approx((-np.diff(published)).tolist(), abs=2.5)
    assert sum(steps) == pytest.approx(published[0] - published[-1], rel=0.05)


def test_dentate_nuclei_of_the_synthetic_map(real_data: Path) -> None:
    folder = real_data / "synthetic-qsm"
    labels = read_labels(folder / "synthqsm_label-nuclei_dseg.nii.gz")
    chi = read_volume(folder / "synthqsm_Chimap.nii.gz")
    found, findings = nuclei(labels.voxels, np.asarray(chi.voxels), labels.grid)
    assert findings == ()
    for nucleus in found:
        # The map was synthesised with dentate nuclei near 0.09 ppm, of about 1.1 ml.
        assert nucleus.mean_ppm.value == pytest.approx(0.09, abs=0.03)
        assert 600 < nucleus.volume_mm3 < 1600


@pytest.mark.parametrize(("folder", "subject"), [("sct-errsm30", "errsm30"), ("sct-tutorial/sub-sct019", "sct019")])
def test_fractional_anisotropy_of_the_cord(real_data: Path, folder: str, subject: str) -> None:
    stem = str(real_data / folder / "dwi" / f"sub-{subject}_dwi")
    series = read_volume(f"{stem}.nii.gz", allow_frames=True)
    table = gradient_table(np.loadtxt(f"{stem}.bval"), bvecs=np.loadtxt(f"{stem}.bvec"))
    regions = read_labels(f"{stem}_label-WMregions_dseg.nii.gz")
    fitted = TensorModel(table).fit(np.asarray(series.voxels, dtype=np.float64), mask=regions.voxels > 0)
    found = {one.value: one for one in region_indices(
        regions.voxels, {"FA": fitted.fa, "MD": fitted.md}, regions.grid, [1, 2, 3, 4], by_slice=False
    )}  # fmt: skip
    for value in (1, 2, 3, 4):
        # The same mean from DIPY's own map.
        assert found[value].indices["FA"].mean.value == pytest.approx(float(fitted.fa[regions.voxels == value].mean()))
    dorsal, grey = (found[value].indices["FA"].mean.value for value in (1, 4))
    assert dorsal is not None
    assert grey is not None
    # White matter of the cord, with partial volume of cord, fluid and thick slices.
    assert 0.5 < dorsal < 0.85
    md = found[1].indices["MD"].mean.value
    assert md is not None
    assert 0.0005 < md < 0.0018


def test_back_muscles_of_an_abdominal_image(real_data: Path) -> None:
    labels = read_labels(real_data / "totalsegmentator-mr" / "example_seg_mr.nii.gz")
    order = rpi_order(labels.grid)
    voxels = order.apply(labels.voxels)
    middle = voxels.shape[2] // 2
    body = sagittal_shape(np.asarray(voxels == 19), order.grid)
    assert body is not None
    found = [muscle_section(voxels == value, order, middle, body) for value in (46, 47)]
    left, right = (one for one in found if one is not None)
    # Autochthonous back muscles of an adult at the upper lumbar spine, behind the vertebra and to either side of it.
    for one in (left, right):
        assert 10 < one.csa_cm2 < 40
        assert one.ap_cm < 0
        assert one.obliquity_deg < 30
    assert left.ml_cm < 0 < right.ml_cm
    assert left.csa_cm2 == pytest.approx(right.csa_cm2, rel=0.3)


# Corners of three lumbar vertebrae on the middle slices of `t2_lumbar`, drawn by hand: voxels from back to front and
# from foot to head, upper back, upper front, lower front, lower back. Which of the five they are can't be told.
BODIES = {
    "L2": ((83, 128), (112, 131), (115, 108), (86, 105)),
    "L3": ((89, 99.5), (117, 99.5), (119, 73), (91, 71)),
    "L4": ((95, 63), (120, 66), (125, 42), (101, 41)),
}
MIDDLE_SLICES = slice(14, 23)


def test_vertebrae_and_discs_of_a_lumbar_image(real_data: Path) -> None:
    image = read_volume(real_data / "sct-tutorial" / "t2_lumbar.nii.gz")
    assert image.grid.orientation == "RAS"
    values = {meaning.level: meaning.value for meaning in MEANINGS if meaning.level}
    corners = dict(BODIES)
    for upper, lower in (("L2", "L3"), ("L3", "L4")):
        corners[f"{upper}/{lower}"] = (BODIES[upper][3], BODIES[upper][2], BODIES[lower][1], BODIES[lower][0])
    labels = np.zeros(image.grid.shape, dtype=np.uint8)
    j, k = np.meshgrid(np.arange(labels.shape[1]), np.arange(labels.shape[2]), indexing="ij")
    for level, points in corners.items():
        sides = zip(points, (*points[1:], points[0]), strict=True)
        inside = np.all([(x1 - x0) * (k - y0) - (y1 - y0) * (j - x0) <= 0 for (x0, y0), (x1, y1) in sides], axis=0)
        labels[MIDDLE_SLICES, inside] = values[level]
    spine = lumbar_spine(labels, image.grid)
    # A lumbar body of an adult is 22 to 32 mm high and 24 to 40 mm deep, a healthy disc 5 to 14 mm high.
    for body in spine.vertebrae.values():
        assert 22 <= body.mean_mm <= 32
        assert 24 <= body.depth_mm <= 40
    for disc in spine.discs.values():
        assert 5 <= disc.mean_mm <= 14
        assert abs(disc.wedge_deg) < 12
    # Drawn where they are: the nucleus of a healthy disc is brighter on T2w than the bone beside it.
    bright = {level: float(np.median(image.voxels[labels == values[level]])) for level in corners}
    assert list(spine.discs) == ["L2/L3", "L3/L4"]
    middle = image.voxels[18]
    for level in spine.discs:
        where = np.argwhere(labels[18] == values[level])
        nucleus = middle[tuple(np.rint(where.mean(axis=0)).astype(int))]
        assert nucleus > 1.2 * bright[level.split("/")[0]]
    for level, ((x0, y0), (x1, y1), (x2, y2), (x3, y3)) in BODIES.items():
        drawn = np.degrees([np.arctan2(y1 - y0, x1 - x0), np.arctan2(y2 - y3, x2 - x3)]).mean()
        # A voxel at either end of a drawn endplate of 27 mm.
        assert spine.vertebrae[level].tilt_deg == pytest.approx(drawn, abs=2.0)
