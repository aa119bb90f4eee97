"""Correlation and concordance against other implementations, and an identity that ties them to kappa."""

from __future__ import annotations

import math

import numpy as np
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from measures.concordance import lin_concordance, pearson, spearman

READINGS = arrays.arrays(np.float64, (8,), elements=st.integers(-50, 50).map(float))


@pytest.mark.parametrize(("n", "seed"), [(4, 0), (9, 1), (60, 2)])
def test_agreement_with_scipy_and_pingouin(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = np.round(rng.normal(0, 1, n), 1)
    b = np.round(a + rng.normal(0, 0.6, n), 1)
    ours, theirs = pearson(a, b), stats.pearsonr(a, b)
    assert (ours.r.value, ours.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))
    assert ours.r.interval is not None
    assert ours.r.interval.to_json() == pytest.approx(list(theirs.confidence_interval()))
    ranked, other = spearman(a, b), stats.spearmanr(a, b)
    assert (ranked.r.value, ranked.p) == (pytest.approx(other.statistic), pytest.approx(other.pvalue))
    if n > 4:
        row = pingouin.corr(a, b).iloc[0]
        assert ours.r.value == pytest.approx(row["r"], rel=1e-8)


def test_concordance_is_quadratic_kappa_on_whole_numbers() -> None:
    rng = np.random.default_rng(5)
    a = rng.integers(0, 6, 80)
    b = np.clip(a + rng.integers(-1, 3, 80), 0, 5)
    table = np.zeros((6, 6))
    np.add.at(table, (a, b), 1)
    kappa = cohens_kappa(table, wt="quadratic").kappa
    ours = lin_concordance(a, b)
    assert ours.ccc.value == pytest.approx(kappa)
    assert ours.precision is not None
    assert ours.accuracy is not None
    assert ours.ccc.value == pytest.approx(ours.precision * ours.accuracy)


def test_concordance_in_closed_form() -> None:
    a = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    shifted = lin_concordance(a + 2, a)
    # Variance 2, covariance 2, shift 2: 4 / (2 + 2 + 4).
    assert shifted.ccc.value == pytest.approx(0.5)
    assert (shifted.precision, shifted.accuracy) == (1.0, pytest.approx(0.5))
    assert shifted.location_shift == pytest.approx(2 / math.sqrt(2))
    assert lin_concordance(a, -a).ccc.value == pytest.approx(-4 / (4 + 36))


def test_the_interval_of_concordance_covers_the_truth() -> None:
    rng = np.random.default_rng(6)
    runs, n, covered = 500, 60, 0
    truth = 2 * 1 / (1 + 1.25 + 0.3**2)  # covariance 1, variances 1 and 1.25, shift 0.3
    for _ in range(runs):
        a = rng.normal(0, 1, n)
        interval = lin_concordance(a, a + 0.3 + rng.normal(0, 0.5, n)).ccc.interval
        assert interval is not None
        covered += interval.low <= truth <= interval.high
    # An asymptotic interval at n = 60: three standard errors and one per cent.
    assert covered / runs == pytest.approx(0.95, abs=0.01 + 3 * math.sqrt(0.95 * 0.05 / runs))


def test_what_can_t_be_computed_says_why() -> None:
    assert pearson([1], [2]).r.undefined["value"] == "two complete pairs are needed; 1 came"
    assert pearson([1, 1, 1], [1, 2, 3]).r.undefined["value"] == "one of the readings never changes"
    line = pearson([1, 2, 3, 4], [2, 4, 6, 8])
    assert (line.r.value, line.r.interval, line.p) == (1.0, None, 0.0)
    assert pearson([1, 2], [1, 2]).p is None
    gaps = spearman([1, 2, None, 4], [1, 3, 2, math.nan], keys="abcd")
    assert (gaps.n, [d.key for d in gaps.dropped]) == (2, ["c", "d"])
    assert lin_concordance([2, 2], [2, 2]).ccc.undefined["value"] == "all readings are equal"
    assert lin_concordance([2, 2, 2], [1, 2, 3]).ccc.value == 0.0
    perfect = lin_concordance([1, 2, 3, 4], [1, 2, 3, 4]).ccc
    assert (perfect.value, perfect.interval) == (pytest.approx(1.0), None)


@settings(max_examples=60, deadline=None)
@given(READINGS, READINGS, st.sampled_from([0.25, 8.0]))
def test_symmetry_and_unit(a: np.ndarray, b: np.ndarray, factor: float) -> None:
    for measure in (
        lambda x, y: lin_concordance(x, y).ccc,
        lambda x, y: pearson(x, y).r,
        lambda x, y: spearman(x, y).r,
    ):
        one, other, scaled = measure(a, b), measure(b, a), measure(a * factor, b * factor)
        assert (one.value is None) == (other.value is None) == (scaled.value is None)
        if one.value is not None:
            assert other.value == pytest.approx(one.value, abs=1e-12)
            assert scaled.value == pytest.approx(one.value, abs=1e-12)
        if one.interval is not None:
            assert -1 <= one.interval.low <= one.value <= one.interval.high <= 1
    ccc, r = lin_concordance(a, b), pearson(a, b)
    if r.r.value is not None and ccc.ccc.value is not None:
        assert abs(ccc.ccc.value) <= abs(r.r.value) + 1e-12
