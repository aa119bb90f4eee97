"""All pairs in one pass, and measures of detection and place."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from measures.compare import AVERAGED, compare_label_maps
from measures.instances import detect_instances
from measures.location import centroid_distance_mm
from measures.overlap import count_overlap, specificity
from measures.pairs import compare_all_pairs

MAPS = st.lists(arrays.arrays(np.uint8, (4, 5, 6), elements=st.integers(0, 3)), min_size=2, max_size=4)
MASKS = arrays.arrays(np.bool_, (4, 5, 6))


@settings(max_examples=40, deadline=None)
@given(MAPS, st.tuples(*[st.floats(0.25, 4.0)] * 3))
def test_every_pair_is_what_it_is_alone(maps: list[np.ndarray], spacing: tuple[float, float, float]) -> None:
    raters = {f"r{i}": m for i, m in enumerate(maps)}
    together = compare_all_pairs(raters, spacing, tolerance_mm=0.5)
    labels = sorted({int(v) for m in maps for v in np.unique(m)} - {0})
    assert list(together.pairs) == list(combinations(raters, 2))
    for (first, second), comparison in together.pairs.items():
        alone = compare_label_maps(raters[first], raters[second], spacing, labels, 0.5)
        assert list(comparison.labels) == list(alone.labels)
        for value, label in alone.labels.items():
            mine = comparison.labels[value]
            assert mine.undefined == label.undefined
            for name in AVERAGED:
                one, other = getattr(mine, name), getattr(label, name)
                # The distance map of another box may differ in the last place.
                assert one == other or one == pytest.approx(other, rel=1e-12)


def test_a_label_that_a_rater_lacks_is_named_over_the_pairs() -> None:
    a = np.zeros((6, 6, 6), np.uint16)
    a[1:3, 1:3, 1:3] = 300
    nothing = np.zeros_like(a)
    found = compare_all_pairs({"a": a, "b": a, "c": nothing, "d": nothing}, (1, 1, 1))
    over = found.over_pairs(300, "hd95_mm")
    assert (over.n, over.mean) == (1, 0.0)
    assert {d.key: d.reason for d in over.dropped} == {
        "a/c": "candidate is empty",
        "a/d": "candidate is empty",
        "b/c": "candidate is empty",
        "b/d": "candidate is empty",
        "c/d": "reference and candidate are empty",
    }
    assert found.over_pairs(300, "dice").mean == pytest.approx(1 / 5)
    with pytest.raises(ValueError, match="two raters"):
        compare_all_pairs({"a": a}, (1, 1, 1))
    with pytest.raises(ValueError, match="by b"):
        compare_all_pairs({"a": a, "b": a[1:]}, (1, 1, 1))
    with pytest.raises(ValueError, match="measure is one of"):
        found.over_pairs(300, "kappa")


def test_detection_by_hand() -> None:
    reference, candidate = np.zeros((20, 4, 4)), np.zeros((20, 4, 4))
    reference[0:4] = reference[6:10] = reference[12:14] = 1
    candidate[0:4] = candidate[8:10] = candidate[17:18] = 1
    found = detect_instances(reference, candidate)
    # The first piece is met exactly, the second by half, the third not at all; one piece is made up.
    assert [m[:2] for m in found.matches] == [(1, 1), (2, 2)]
    assert [m[2] for m in found.matches] == pytest.approx([1.0, 0.5])
    assert (found.found, found.missed, found.extra) == (2, 1, 1)
    assert (found.f1.value, found.precision.value, found.recall.value) == pytest.approx((4 / 6, 2 / 3, 2 / 3))
    assert detect_instances(reference, candidate, 0.6).found == 1
    nothing = np.zeros_like(reference)
    assert detect_instances(nothing, nothing).f1.undefined == "reference and candidate are empty"
    missed = detect_instances(reference, nothing)
    assert (missed.f1.value, missed.recall.value, missed.precision.undefined) == (0.0, 0.0, "candidate is empty")
    with pytest.raises(ValueError, match="Jaccard"):
        detect_instances(reference, candidate, 0.0)


def test_a_piece_matches_once_and_the_best_sum_wins() -> None:
    reference, candidate = np.zeros((12, 1, 1)), np.zeros((12, 1, 1))
    reference[0:6] = 1
    candidate[0:2] = candidate[3:6] = 1
    found = detect_instances(reference, candidate, 0.1)
    assert (found.found, found.extra, found.matches[0][:2]) == (1, 1, (1, 2))


def test_specificity_and_centroids_by_hand() -> None:
    reference, candidate = np.zeros((4, 5, 5), np.uint8), np.zeros((4, 5, 5), np.uint8)
    reference[0, :2, :5] = 1
    candidate[2, 1:3, :5] = 1
    counts = count_overlap(reference, candidate)
    assert specificity(counts, 100).value == pytest.approx(80 / 90)
    assert specificity(count_overlap(np.ones(3), np.ones(3)), 3).undefined == "the reference fills the field"
    with pytest.raises(ValueError, match="field of 15"):
        specificity(counts, 15)
    measured = centroid_distance_mm(reference, candidate, (3.0, 4.0, 1.0))
    assert measured.value == pytest.approx(math.hypot(2 * 3.0, 1 * 4.0))
    nothing = np.zeros_like(reference)
    assert centroid_distance_mm(reference, nothing, (1, 1, 1)).undefined == "candidate is empty"
    assert centroid_distance_mm(nothing, nothing, (1, 1, 1)).undefined == "reference and candidate are empty"


@settings(max_examples=50, deadline=None)
@given(MASKS, MASKS, st.floats(0.5, 4), st.integers(0, 2))
def test_symmetry_scale_and_flips(a: np.ndarray, b: np.ndarray, factor: float, axis: int) -> None:
    forth, back = detect_instances(a, b, 0.3), detect_instances(b, a, 0.3)
    assert (forth.found, forth.missed, forth.extra) == (back.found, back.extra, back.missed)
    flipped = detect_instances(np.flip(a, axis), np.flip(b, axis), 0.3)
    assert (forth.found, forth.missed, forth.extra) == (flipped.found, flipped.missed, flipped.extra)
    distance = centroid_distance_mm(a, b, (1.0, 2.0, 0.5))
    scaled = centroid_distance_mm(np.flip(a, axis), np.flip(b, axis), (factor, 2 * factor, factor / 2))
    assert (distance.value is None) == (scaled.value is None)
    if distance.value is not None:
        assert scaled.value == pytest.approx(distance.value * factor, abs=1e-9)
