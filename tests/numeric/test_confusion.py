"""Voxels by label in two maps, and intervals by subject: against other ways of computing the same."""

import numpy as np
import pytest

from measures.bootstrap import SubjectDraws, cluster_bootstrap
from measures.compare import compare_label_maps
from measures.confusion import confusion
from measures.icc import icc
from measures.icc_bootstrap import icc_bootstrap
from measures.ratings import RatingTable


def two_maps(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 5, (9, 8, 7)).astype(np.uint16)
    b = np.where(rng.random(a.shape) < 0.7, a, rng.integers(0, 5, a.shape)).astype(np.uint16)
    return a, b


def test_the_dice_of_the_table_are_those_of_the_maps() -> None:
    a, b = two_maps()
    compared = compare_label_maps(a, b, (1, 1, 1))
    counted = confusion(a, b, (1, 2, 3, 4))
    assert counted.mean_dice().value == pytest.approx(compared.mean["dice"].mean, abs=1e-12)
    whole = compare_label_maps((a > 0).astype(np.uint8), (b > 0).astype(np.uint8), (1, 1, 1))
    assert counted.any_label_dice().value == whole.labels[1].dice
    assert counted.voxels.sum() == np.count_nonzero((a != 0) | (b != 0))


def test_a_shift_is_undone_and_labels_above_255_count() -> None:
    a, _ = two_maps()
    a = np.where(a > 0, a + 300, 0).astype(np.uint16)
    b = np.where(a > 0, a + 1, 0).astype(np.uint16)
    counted = confusion(a, b, range(301, 306))
    assert counted.shifted(-1).value == 1.0
    assert counted.shifted(0).value == pytest.approx(compare_label_maps(a, b, (1, 1, 1)).mean["dice"].mean, abs=1e-12)
    swapped = counted.mean_dice({302: 301, 303: 302, 304: 303, 305: 304})
    assert swapped.value == 1.0


def test_empty_maps_have_a_reason_and_shapes_are_checked() -> None:
    nothing = np.zeros((3, 3, 3), np.uint8)
    assert confusion(nothing, nothing, (1,)).mean_dice().undefined == "reference and candidate are empty"
    assert confusion(nothing, nothing, ()).any_label_dice().value is None
    with pytest.raises(ValueError, match="one shape"):
        confusion(nothing, nothing[1:], (1,))


def test_the_interval_of_a_mean_is_that_of_drawing_subjects_one_by_one() -> None:
    rng = np.random.default_rng(1)
    subjects = [f"s{i // 3}" for i in range(36)]
    values = rng.normal(5, 1, 36) + np.repeat(rng.normal(0, 2, 12), 3)
    fast = SubjectDraws(subjects, np.random.default_rng(7), 500).mean(subjects, values)
    # The same generator draws the same subjects in both.
    slow = cluster_bootstrap(subjects, lambda rows: values[rows].mean(), np.random.default_rng(7), resamples=500)
    assert fast.value == pytest.approx(slow.estimate.value, abs=1e-12)
    assert fast.interval is not None
    assert slow.estimate.interval is not None
    assert fast.interval.low == pytest.approx(slow.estimate.interval.low, abs=1e-12)
    assert fast.interval.high == pytest.approx(slow.estimate.interval.high, abs=1e-12)
    columns = np.column_stack([values, np.full(36, np.nan), values])
    columns[:3, 2] = np.nan  # a subject without a value
    many = SubjectDraws(subjects, np.random.default_rng(7), 500).mean_intervals(subjects, columns)
    np.testing.assert_allclose(many[0], [fast.interval.low, fast.interval.high], atol=1e-12)
    assert np.isnan(many[1]).all()
    rest = SubjectDraws(subjects, np.random.default_rng(7), 500).mean(subjects[3:], values[3:])
    assert rest.interval is not None
    np.testing.assert_allclose(many[2], [rest.interval.low, rest.interval.high], atol=1e-12)


def test_the_interval_of_the_icc_is_that_of_drawing_subjects_one_by_one() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(0, 3, 20)[:, None] + rng.normal(0, 1, (20, 3)) + np.array([0.0, 0.5, 1.0])
    names = tuple(f"t{i}" for i in range(20))
    subjects = {name: f"s{i // 2}" for i, name in enumerate(names)}
    table = RatingTable(names, ("a", "b", "c"), values)
    fast = icc_bootstrap(table, subjects, SubjectDraws([*subjects.values()], np.random.default_rng(3), 200))

    def of_rows(rows: np.ndarray) -> float | None:
        drawn = RatingTable(tuple(map(str, range(rows.size))), ("a", "b", "c"), values[rows])
        return icc(drawn).form("ICC(A,1)").value

    slow = cluster_bootstrap([*subjects.values()], of_rows, np.random.default_rng(3), resamples=200)
    assert fast.value == slow.estimate.value
    assert fast.interval is not None
    assert slow.estimate.interval is not None
    assert fast.interval.low == pytest.approx(slow.estimate.interval.low, abs=1e-9)
    assert fast.interval.high == pytest.approx(slow.estimate.interval.high, abs=1e-9)


def test_intervals_need_subjects() -> None:
    draws = SubjectDraws(["a", "a"], np.random.default_rng(0), 100)
    assert draws.mean([], []).undefined["value"] == "no value is defined"
    assert draws.mean(["a", "a"], [1.0, 2.0]).undefined["interval"] == "two subjects are needed; 1 came"
    with pytest.raises(ValueError, match="100 resamples"):
        SubjectDraws(["a"], np.random.default_rng(0), 50)
