"""Phantoms: the truth is known, the same on every grid, and the same for the same seed."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from measures.compare import compare_label_maps
from mri.bids import list_files, match_label, rater_name
from mri.labels import LabelMap
from mri.nifti import read_labels, read_volume
from mri.phantom.anatomy import LEVELS, CervicalSubject, CordFrame
from mri.phantom.cervical import CervicalPhantom, cervical_phantom
from mri.phantom.cohort import SITES, write_cohort
from mri.phantom.rater import RaterStyle, simulate_rater
from protocols.loader import load

SMALL = (40, 90, 110)


@pytest.fixture(scope="module")
def phantom() -> CervicalPhantom:
    return cervical_phantom(3, shape_ras=SMALL)


def _as_ras(labels: LabelMap) -> np.ndarray:
    image = nib.Nifti1Image(labels.voxels, labels.grid.affine)
    return np.asarray(nib.as_closest_canonical(image).dataobj)


def test_the_same_seed_gives_the_same_voxels(phantom: CervicalPhantom) -> None:
    again, other = cervical_phantom(3, shape_ras=SMALL), cervical_phantom(4, shape_ras=SMALL)
    assert again.image.tobytes() == phantom.image.tobytes()
    assert again.rootlets.to_bytes() == phantom.rootlets.to_bytes()
    assert other.image.tobytes() != phantom.image.tobytes()
    assert other.subject != phantom.subject


@pytest.mark.parametrize("orientation", ["PSR", "LPS", "ASL", "RPI", "IRP"])
def test_the_truth_does_not_depend_on_the_axes(phantom: CervicalPhantom, orientation: str) -> None:
    turned = cervical_phantom(3, shape_ras=SMALL, orientation=orientation)
    assert turned.grid.orientation == orientation
    for name in ("cord", "rootlets", "csf", "vertebrae"):
        mine, theirs = _as_ras(getattr(phantom, name)), _as_ras(getattr(turned, name))
        # Points that fall on an edge to within single precision may change sides.
        assert np.count_nonzero(mine != theirs) <= 20, name


def test_labels_and_signal_fit_together(phantom: CervicalPhantom) -> None:
    assert tuple(phantom.rootlets.counts()) == LEVELS
    assert all(n > 30 for n in phantom.rootlets.counts().values())
    assert phantom.cord.counts().keys() == phantom.csf.counts().keys() == {1}
    maps = [phantom.cord.voxels > 0, phantom.rootlets.voxels > 0, phantom.csf.voxels > 0, phantom.vertebrae.voxels > 0]
    assert (sum(m.astype(int) for m in maps) <= 1).all()
    cord, rootlets, csf, bone = (float(np.median(phantom.image[m])) for m in maps)
    assert csf > 1.7 * cord > 0
    assert csf > 1.2 * rootlets
    assert bone < csf / 2
    in_front_of_the_throat = cervical_phantom(3).image[:, -8:, 40:70]
    assert float(np.median(in_front_of_the_throat)) < 0.1 * cord


@pytest.mark.parametrize(("row", "first", "side"), [("rootlets", 0, -1), ("ventral", 10, 1)])
def test_rootlets_are_on_both_sides_behind_or_before_and_in_order(
    phantom: CervicalPhantom, row: str, first: int, side: int
) -> None:
    labels: LabelMap = getattr(phantom, row)
    assert tuple(labels.counts()) == tuple(first + level for level in LEVELS)
    frame = CordFrame(phantom.subject)
    heights = []
    for level in LEVELS:
        points = phantom.grid.ras_from_ijk(np.argwhere(labels.voxels == first + level))
        assert len(points) > 30
        centre = phantom.grid.ras_from_ijk((np.array(phantom.grid.shape) - 1) / 2)
        u, v, s = frame.coordinates(*(points - centre).astype(np.float32).T)
        assert 0.3 < (u > 0).mean() < 0.7
        assert side * np.median(v) > 0
        heights.append(float(np.median(s)))
    assert heights == sorted(heights, reverse=True)


def test_ventral_rootlets_darken_the_fluid_as_dorsal_ones_do(phantom: CervicalPhantom) -> None:
    noiseless = cervical_phantom(3, shape_ras=SMALL, noise=0.0, bias=0.0)
    fluid = noiseless.csf.voxels.astype(bool) & (noiseless.ventral.voxels == 0)
    dorsal, ventral, csf = (
        float(np.median(noiseless.image[where]))
        for where in (noiseless.rootlets.voxels > 0, noiseless.ventral.voxels > 0, fluid)
    )
    # Both rows are the same fan, turned: what their voxels hold of it is the same but for where the voxels fall.
    assert ventral == pytest.approx(dorsal, rel=0.05)
    assert csf > 1.15 * ventral


def test_the_cord_has_the_volume_of_its_ellipses() -> None:
    subject = CervicalSubject(lordosis_mm=0.5, scoliosis_mm=0.0, enlargement=0.0, pmj_mm=80.0)
    for spacing in ((1.0, 1.0, 1.0), (0.6, 0.8, 3.0)):
        shape = (int(40 / spacing[0]), int(60 / spacing[1]), int(60 / spacing[2]))
        made = cervical_phantom(1, shape_ras=shape, spacing_ras_mm=spacing, subject=subject)
        height = shape[2] * spacing[2]
        volume = made.cord.counts()[1] * made.grid.voxel_volume_mm3
        # 6 x 4 mm half axes over 60 mm; the widening towards the brainstem is 31 mm away.
        assert volume == pytest.approx(math.pi * 6.0 * 4.0 * height, rel=0.03)


def test_true_heights_in_closed_form() -> None:
    subject = CervicalSubject()
    frame = CordFrame(subject)
    z = np.linspace(-60, 60, 20001)
    length = np.hypot(np.diff(z), np.diff(frame.centre_y(z).astype(np.float64))).sum()
    assert float(frame.arc_mm(np.array(60.0)) - frame.arc_mm(np.array(-60.0))) == pytest.approx(length, rel=1e-4)
    levels = cervical_phantom(1, shape_ras=(16, 16, 16), subject=subject).levels
    assert [t.level for t in levels] == list(LEVELS)
    assert levels[0].rostral_from_pmj_mm == pytest.approx(71.0 - 45.0 - 5.0)
    assert all(t.caudal_from_pmj_mm - t.rostral_from_pmj_mm == pytest.approx(10.0) for t in levels)


def test_what_can_t_be_made_is_refused() -> None:
    for options in ({"orientation": "RAX"}, {"orientation": "RAR"}, {"oblique_deg": 50.0}, {"noise": -1.0}):
        with pytest.raises(ValueError):  # noqa: PT011 - each message is its own
            cervical_phantom(1, shape_ras=(8, 8, 8), **options)  # type: ignore[arg-type]


def test_a_perfect_rater_draws_the_truth(phantom: CervicalPhantom) -> None:
    drawn = simulate_rater(phantom.rootlets, RaterStyle(noise_mm=0.0), 1)
    np.testing.assert_array_equal(drawn.voxels, phantom.rootlets.voxels)


def test_a_rater_s_bias_moves_the_boundary(phantom: CervicalPhantom) -> None:
    volumes = [
        simulate_rater(phantom.cord, RaterStyle(bias_mm=bias, noise_mm=0.2), 1).counts()[1] for bias in (-1.0, 0.0, 1.0)
    ]
    assert volumes[0] < 0.9 * volumes[1] < volumes[1] < 0.9 * volumes[2]
    # A cylinder of radius r, 1 mm larger, gains its lateral surface; on the voxel grid it is a little less or more.
    assert volumes[2] / volumes[1] == pytest.approx((7 * 5) / (6 * 4), rel=0.15)


def test_raters_differ_from_truth_and_from_each_other(phantom: CervicalPhantom) -> None:
    style = RaterStyle(noise_mm=0.4)
    first, again, second = (simulate_rater(phantom.cord, style, seed) for seed in (1, 1, 2))
    assert first.to_bytes() == again.to_bytes()
    agreement = compare_label_maps(first.voxels, second.voxels, phantom.grid.spacing_mm).labels[1].dice
    assert agreement is not None
    assert 0.75 < agreement < 0.99


def test_missed_slices_and_confused_levels(phantom: CervicalPhantom) -> None:
    missed = simulate_rater(phantom.cord, RaterStyle(noise_mm=0.0, missed_slice_probability=0.3), 5)
    slices = (missed.voxels > 0).any(axis=(0, 1)).sum() / (phantom.cord.voxels > 0).any(axis=(0, 1)).sum()
    assert 0.5 < slices < 0.9
    confused = simulate_rater(phantom.rootlets, RaterStyle(noise_mm=0.0, level_confusion_probability=1.0), 5)
    drawn = phantom.rootlets.voxels > 0
    assert (confused.voxels[~drawn] == 0).all()
    assert (np.abs(confused.voxels[drawn].astype(int) - phantom.rootlets.voxels[drawn]) == 1).all()


def test_levels_are_confused_and_shifted_within_their_row_only(phantom: CervicalPhantom) -> None:
    both = LabelMap(np.maximum(phantom.rootlets.voxels, phantom.ventral.voxels), phantom.grid)
    for style in (
        RaterStyle(noise_mm=0.0, level_confusion_probability=1.0),
        RaterStyle(noise_mm=0.0, level_shift_probability=1.0),
    ):
        drawn = simulate_rater(both, style, 5).voxels
        kept = drawn > 0
        assert kept.any()
        assert (np.abs(drawn[kept].astype(int) - both.voxels[kept]) == 1).all()


def test_an_empty_truth_stays_empty(phantom: CervicalPhantom) -> None:
    empty = LabelMap.zeros(phantom.grid)
    assert simulate_rater(empty, RaterStyle(), 1).counts() == {}


@pytest.mark.parametrize(("protocol", "values"), [("rootlets", range(2, 10)), ("spinal-cord", [1])])
def test_a_cohort_is_read_back_as_any_dataset(tmp_path: Path, protocol: str, values: range | list[int]) -> None:
    cohort = write_cohort(tmp_path, protocol, 3, 7, shape_ras=(40, 64, 110), labelled=2)  # type: ignore[arg-type]
    paths = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()]
    listing = list_files(paths)
    assert [i.path for i in listing.images] == [path for s in cohort.subjects for path in s.images]
    drawn = [label for label in listing.labels if rater_name(label) in ("truth", "rater1", "rater2")]
    assert len(drawn) == 2 * 3
    # The rootlets' cohort brings the cord's mask along, for spinal levels; it is nobody's reading.
    assert {label.label for label in listing.labels if label not in drawn} <= {"SC"}
    orientations = set()
    for label in drawn:
        match = match_label(label, listing.images)
        assert match.image is not None
        volume = read_volume(tmp_path / match.image.path)
        orientations.add(volume.grid.orientation)
        labels = read_labels(tmp_path / label.path, volume.grid, values, tolerance_mm=0.0)
        assert labels.counts()
        assert (tmp_path / label.sidecar_path).is_file()
    assert len(orientations) == 2
    assert "siteB" in (tmp_path / "participants.tsv").read_text()
    hashes = {p: hashlib.sha256((tmp_path / p).read_bytes()).digest() for p in paths}
    write_cohort(tmp_path, protocol, 3, 7, shape_ras=(40, 64, 110), labelled=2)  # type: ignore[arg-type]
    assert hashes == {p: hashlib.sha256((tmp_path / p).read_bytes()).digest() for p in paths}


def test_an_option_of_the_protocol_brings_its_labels_in(tmp_path: Path) -> None:
    scan = {"shape_ras": (40, 64, 110), "raters": {}, "sites": SITES[:1]}
    plain = write_cohort(tmp_path / "plain", "rootlets", 1, 7, **scan)  # type: ignore[arg-type]
    both = write_cohort(tmp_path / "both", "rootlets", 1, 7, option="ventral", **scan)  # type: ignore[arg-type]
    (image,) = plain.subjects[0].images
    assert (tmp_path / "plain" / image).read_bytes() == (tmp_path / "both" / image).read_bytes()
    one, other = (
        np.asarray(nib.load(cohort.folder / cohort.subjects[0].labels["truth"][0]).dataobj) for cohort in (plain, both)
    )
    np.testing.assert_array_equal(one[one > 0], other[one > 0])
    added = set(np.unique(other)) - set(np.unique(one))
    assert added == {value + 10 for value in np.unique(one) if value}
    wanted = {one.value for one in load("rootlets").labels if one.option == "ventral"}
    assert added <= wanted


def test_cohorts_that_can_t_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no option 'dorsal'; it has ventral"):
        write_cohort(tmp_path, "rootlets", 1, 1, option="dorsal")
    with pytest.raises(ValueError, match="has no option 'ventral'; it has none"):
        write_cohort(tmp_path, "spinal-cord", 1, 1, option="ventral")
    with pytest.raises(ValueError, match="no phantom for 'knee'"):
        write_cohort(tmp_path, "knee", 1, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one subject or more"):
        write_cohort(tmp_path, "rootlets", 0, 1)
