"""Paired differences against the normal interval, scipy's test, and what follows from the definition."""

import numpy as np
import pytest
from scipy import stats

from measures.paired_difference import paired_difference


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_one_case_a_subject_is_the_textbook() -> None:
    random = np.random.default_rng(3)
    second = random.normal(0.8, 0.1, 60)
    gap = random.normal(0.03, 0.04, 60)
    found = paired_difference(second + gap, second, range(60), rng())
    assert (found.n, found.clusters) == (60, 60)
    assert found.difference.value == pytest.approx(gap.mean())
    assert found.first_mean - found.second_mean == pytest.approx(gap.mean())
    half = 1.96 * gap.std(ddof=1) / np.sqrt(60)
    # A percentile bootstrap of 60 differences is within a tenth of the normal interval's width.
    assert found.difference.interval is not None
    assert found.difference.interval.low == pytest.approx(gap.mean() - half, abs=0.2 * half)
    assert found.difference.interval.high == pytest.approx(gap.mean() + half, abs=0.2 * half)
    assert found.test.p == pytest.approx(stats.wilcoxon(gap, correction=True, method="approx").pvalue, rel=1e-9)


def test_cases_of_a_subject_are_no_new_evidence() -> None:
    first, second = [0.9, 0.8, 0.7, 0.95], [0.85, 0.78, 0.71, 0.9]
    once = paired_difference(first, second, "abcd", rng())
    thrice = paired_difference(first * 3, second * 3, "abcd" * 3, rng())
    assert (thrice.n, thrice.clusters) == (12, 4)
    assert thrice.difference.interval is not None
    assert thrice.difference.interval.to_json() == pytest.approx(once.difference.interval.to_json(), abs=1e-12)
    assert thrice.test.p == once.test.p
    assert thrice.test.n_first == 4


def test_swapping_turns_the_sign() -> None:
    first, second = [0.9, 0.8, 0.75, 0.95], [0.85, 0.78, 0.71, 0.9]
    there, back = (paired_difference(a, b, "abcd", rng()) for a, b in ((first, second), (second, first)))
    assert there.difference.value == -back.difference.value
    assert there.test.p == back.test.p


def test_incomplete_pairs_are_left_out() -> None:
    found = paired_difference([0.9, None, 0.7, float("nan")], [0.8, 0.8, None, 0.1], "abcd", rng())
    assert (found.n, found.first_mean, found.second_mean) == (1, 0.9, 0.8)
    assert found.difference.value == pytest.approx(0.1)
    assert found.difference.undefined == {"interval": "two subjects are needed; 1 came"}


def test_nothing_and_no_difference_have_reasons() -> None:
    nothing = paired_difference([], [], [], rng())
    assert (nothing.n, nothing.difference.undefined["value"]) == (0, "no case has both readings")
    same = paired_difference([0.5, 0.6], [0.5, 0.6], "ab", rng())
    assert (same.difference.value, same.test.p) == (0.0, None)
    assert same.test.undefined["p"] == "all differences are zero"
    with pytest.raises(ValueError, match="one length"):
        paired_difference([0.5], [0.5, 0.6], "ab", rng())
