"""Overlap and distance: closed forms, another implementation, and properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from measures.distance import (
    SurfaceDistances,
    assd_mm,
    hausdorff_mm,
    hd95_mm,
    surface,
    surface_dice,
    surface_distances,
)
from measures.overlap import (
    OverlapCounts,
    count_overlap,
    dice,
    jaccard,
    precision,
    recall,
    volume_difference_percent,
    volume_similarity,
)

MASKS = arrays.arrays(np.bool_, (4, 5, 6))
SPACINGS = st.tuples(*[st.floats(0.25, 5.0)] * 3)


def _ball(
    shape: tuple[int, ...], centre_mm: tuple[float, ...], radius_mm: float, spacing: tuple[float, ...]
) -> np.ndarray:
    axes = [np.arange(n) * s - c for n, s, c in zip(shape, spacing, centre_mm, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    return (x**2 + y**2 + z**2) <= radius_mm**2


def _numbers(distances: SurfaceDistances) -> list[float | None]:
    return [m(distances).value for m in (hausdorff_mm, hd95_mm, assd_mm)] + [surface_dice(distances, 1.0).value]


def test_a_shifted_cuboid_in_closed_form() -> None:
    reference, candidate = (np.zeros((20, 20, 20), np.uint8) for _ in range(2))
    reference[4:12, 5:9, 5:9] = 1
    candidate[6:14, 5:9, 5:9] = 1
    counts = count_overlap(reference, candidate)
    assert dice(counts).value == pytest.approx(6 / 8)
    assert jaccard(counts).value == pytest.approx(6 / 10)
    assert (precision(counts).value, recall(counts).value) == (0.75, 0.75)
    assert volume_similarity(counts).value == 1.0
    assert volume_difference_percent(counts).value == 0.0
    distances = surface_distances(reference, candidate, (1.5, 1.0, 1.0))
    assert hausdorff_mm(distances).value == pytest.approx(2 * 1.5)
    # Of 104 surface voxels in 8 layers the two end layers (16 each) lie 2 and 1 voxels beyond the other box.
    assert distances.reference_size == 16 * 2 + 12 * 6


def test_two_spheres_on_an_anisotropic_grid() -> None:
    spacing = (0.5, 1.0, 2.0)
    shape = (90, 46, 24)
    small = _ball(shape, (22.0, 22.0, 22.0), 12.0, spacing)
    large = _ball(shape, (22.0, 22.0, 22.0), 16.0, spacing)
    distances = surface_distances(small, large, spacing)
    # Concentric: every distance is the difference of radii, but for the voxels' own size.
    half_diagonal = math.sqrt(sum(s**2 for s in spacing)) / 2
    assert hausdorff_mm(distances).value == pytest.approx(4.0, abs=half_diagonal)
    assert assd_mm(distances).value == pytest.approx(4.0, abs=half_diagonal)
    volume = np.count_nonzero(small) * math.prod(spacing)
    assert volume == pytest.approx(4 / 3 * math.pi * 12.0**3, rel=0.02)
    # Two balls whose centres lie one radius apart share 5/16 of each.
    moved = _ball(shape, (10.0 + 12.0, 34.0, 22.0), 12.0, spacing)
    middle = _ball(shape, (22.0, 22.0, 22.0), 12.0, spacing)
    assert dice(count_overlap(middle, moved)).value == pytest.approx(5 / 16, abs=0.01)


def test_single_voxels_see_the_spacing() -> None:
    a, b = (np.zeros((5, 5, 5), np.uint8) for _ in range(2))
    a[1, 1, 1] = b[4, 3, 2] = 1
    distances = surface_distances(a, b, (0.5, 2.0, 3.0))
    expected = math.sqrt(1.5**2 + 4.0**2 + 3.0**2)
    assert _numbers(distances) == pytest.approx([expected, expected, expected, 0.0])


def test_hd95_is_the_larger_directed_percentile() -> None:
    distances = SurfaceDistances(np.array([0.0, 1.0]), np.array([0.0, 0.0, 10.0]), None, 2, 3)
    assert hd95_mm(distances).value == pytest.approx(9.0)


def test_a_distance_equal_to_the_tolerance_agrees() -> None:
    a, b = (np.zeros((6, 3, 3), np.uint8) for _ in range(2))
    a[1, 1, 1] = b[4, 1, 1] = 1
    distances = surface_distances(a, b, (0.1, 1, 1))
    assert surface_dice(distances, 0.3).value == 1.0
    assert surface_dice(distances, 0.29).value == 0.0
    with pytest.raises(ValueError, match="tolerance"):
        surface_dice(distances, -1.0)


def test_the_surface_is_what_touches_the_outside() -> None:
    cube = np.zeros((7, 7, 7), np.uint8)
    cube[1:6, 1:6, 1:6] = 1
    assert np.count_nonzero(surface(cube)) == 5**3 - 3**3
    assert np.count_nonzero(surface(np.ones((5, 5, 5)))) == 5**3 - 3**3


def test_empty_masks_are_undefined_with_a_reason() -> None:
    empty, full = np.zeros((3, 3, 3)), np.ones((3, 3, 3))
    for reference, candidate, reason in (
        (empty, empty, "reference and candidate are empty"),
        (empty, full, "reference is empty"),
        (full, empty, "candidate is empty"),
    ):
        distances = surface_distances(reference, candidate, (1, 1, 1))
        for measured in (hausdorff_mm(distances), hd95_mm(distances), assd_mm(distances)):
            assert (measured.value, measured.undefined) == (None, reason)
    none = count_overlap(empty, empty)
    assert all(m(none).value is None for m in (dice, jaccard, precision, recall, volume_similarity))
    assert surface_dice(surface_distances(empty, empty, (1, 1, 1)), 1.0).value is None
    missed = count_overlap(full, empty)
    assert (dice(missed).value, recall(missed).value, volume_similarity(missed).value) == (0.0, 0.0, 0.0)
    assert precision(missed).undefined == "candidate is empty"
    assert surface_dice(surface_distances(full, empty, (1, 1, 1)), 1.0).value == 0.0
    assert volume_difference_percent(count_overlap(empty, full)).undefined == "reference is empty"


@pytest.mark.parametrize("spacing", [(1, 1), (1, 1, 0), (1, 1, -1), (1, 1, float("nan"))])
def test_spacings_that_can_t_be(spacing: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="spacing"):
        surface_distances(np.ones((2, 2, 2)), np.ones((2, 2, 2)), spacing)


def test_impossible_counts_and_shapes() -> None:
    with pytest.raises(ValueError, match="common voxels"):
        OverlapCounts(reference=2, candidate=3, both=3)
    with pytest.raises(ValueError, match="one shape"):
        count_overlap(np.ones((2, 2, 2)), np.ones((2, 2, 3)))


@pytest.mark.parametrize("seed", range(4))
def test_agreement_with_simpleitk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spacing = tuple(rng.uniform(0.4, 3.0, 3))
    shape = (28, 26, 22)
    centre = [n * s / 2 for n, s in zip(shape, spacing, strict=True)]
    radius = 0.35 * min(n * s for n, s in zip(shape, spacing, strict=True))
    masks = [
        _ball(shape, tuple(c + rng.uniform(-0.3, 0.3) * radius for c in centre), radius * rng.uniform(0.7, 1), spacing)
        for _ in range(2)
    ]
    images = [SimpleITK.GetImageFromArray(m.astype(np.uint8).transpose(2, 1, 0)) for m in masks]
    for image in images:
        image.SetSpacing(spacing)
    overlap_filter, hausdorff_filter = (
        SimpleITK.LabelOverlapMeasuresImageFilter(),
        SimpleITK.HausdorffDistanceImageFilter(),
    )
    overlap_filter.Execute(*images)
    hausdorff_filter.Execute(*images)
    counts = count_overlap(*masks)
    assert dice(counts).value == pytest.approx(overlap_filter.GetDiceCoefficient(), abs=1e-12)
    assert jaccard(counts).value == pytest.approx(overlap_filter.GetJaccardCoefficient(), abs=1e-12)
    assert volume_similarity(counts).value == pytest.approx(
        1 - abs(overlap_filter.GetVolumeSimilarity()) / 2, abs=1e-12
    )
    # For overlapping balls the largest distance starts on a surface, so mask and surface definitions agree; ITK's
    # distance map is in single precision.
    ours = hausdorff_mm(surface_distances(*masks, spacing)).value
    assert ours == pytest.approx(hausdorff_filter.GetHausdorffDistance(), rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(MASKS, MASKS, SPACINGS)
def test_symmetry_and_bounds(a: np.ndarray, b: np.ndarray, spacing: tuple[float, float, float]) -> None:
    forth, back = surface_distances(a, b, spacing), surface_distances(b, a, spacing)
    assert _numbers(forth) == pytest.approx(_numbers(back))
    one, other = count_overlap(a, b), count_overlap(b, a)
    assert dice(one) == dice(other)
    assert precision(one).value == recall(other).value
    if one.emptiness is None:
        d, j = dice(one).value, jaccard(one).value
        assert d is not None
        assert j == pytest.approx(d / (2 - d))
        hausdorff, p95, mean, _ = _numbers(forth)
        assert hausdorff is not None
        assert p95 is not None
        assert mean is not None
        # Rounding: a percentile between equal distances may land one unit in the last place above them.
        assert hausdorff >= p95 - 1e-9
        assert hausdorff >= mean - 1e-9
        assert np.array_equal(a, b) == (hausdorff == 0.0) or not np.array_equal(a, b)


@settings(max_examples=60, deadline=None)
@given(MASKS, MASKS, SPACINGS, st.sampled_from([0, 1, 2]), st.floats(0.5, 4.0))
def test_flips_turns_and_scale(
    a: np.ndarray, b: np.ndarray, spacing: tuple[float, float, float], axis: int, factor: float
) -> None:
    plain = surface_distances(a, b, spacing)
    flipped = surface_distances(np.flip(a, axis), np.flip(b, axis), spacing)
    assert _numbers(plain) == pytest.approx(_numbers(flipped))
    turned = surface_distances(a.transpose(2, 0, 1), b.transpose(2, 0, 1), (spacing[2], spacing[0], spacing[1]))
    assert _numbers(plain) == pytest.approx(_numbers(turned))
    scaled = surface_distances(a, b, tuple(s * factor for s in spacing))
    for measured in (hausdorff_mm, hd95_mm, assd_mm):
        value = measured(plain).value
        assert measured(scaled).value == (None if value is None else pytest.approx(value * factor))


@settings(max_examples=30, deadline=None)
@given(MASKS, MASKS, st.integers(0, 3))
def test_empty_space_around_changes_nothing(a: np.ndarray, b: np.ndarray, margin: int) -> None:
    padded = [np.pad(m, margin) for m in (a, b)]
    assert _numbers(surface_distances(a, b, (1, 2, 3))) == _numbers(surface_distances(*padded, (1, 2, 3)))
