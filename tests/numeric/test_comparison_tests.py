"""Tests of two and of several sets of readings, against scipy, pingouin and statsmodels."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from statsmodels.stats.multitest import multipletests

from measures.comparison_tests import mann_whitney, paired_t, welch_t, wilcoxon
from measures.multiple_tests import friedman, holm
from measures.ratings import rating_table

READINGS = arrays.arrays(np.float64, (7,), elements=st.integers(-30, 30).map(float))


@pytest.mark.parametrize(("n", "seed"), [(6, 0), (25, 1), (80, 2)])
def test_agreement_with_pingouin_and_scipy(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0.4, 1, n), rng.normal(0, 1.5, n)
    c = rng.normal(0, 2, n + 3)
    paired, theirs = paired_t(a, b), stats.ttest_rel(a, b)
    assert (paired.statistic, paired.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))
    assert paired.difference.interval is not None
    assert paired.difference.interval.to_json() == pytest.approx(list(theirs.confidence_interval()))
    welch, other = welch_t(a, c), stats.ttest_ind(a, c, equal_var=False)
    assert (welch.statistic, welch.df, welch.p) == pytest.approx((other.statistic, other.df, other.pvalue))
    assert welch.difference.interval is not None
    assert welch.difference.interval.to_json() == pytest.approx(list(other.confidence_interval()))
    assert welch.effect.value == pytest.approx(pingouin.compute_effsize(a, c, eftype="cohen"))
    assert welch.effect.interval is not None
    # pingouin takes t quantiles where the large-sample formula has normal ones, and rounds to two digits.
    esci = pingouin.compute_esci(welch.effect.value, n, n + 3, eftype="cohen", decimals=8)
    assert welch.effect.interval.to_json() == pytest.approx(list(esci), rel=0.25, abs=0.2 if n < 10 else 0.03)
    ranks, row = wilcoxon(a, b), pingouin.wilcoxon(a, b).iloc[0]
    assert ranks.statistic == row["W_val"]
    assert ranks.effect.value == pytest.approx(row["RBC"])
    u, row = mann_whitney(a, c), pingouin.mwu(a, c).iloc[0]
    assert u.statistic == row["U_val"]
    assert u.effect.value is not None
    assert (1 + u.effect.value) / 2 == pytest.approx(row["CLES"])
    assert u.p == pytest.approx(stats.mannwhitneyu(a, c, method="auto").pvalue)


def test_exact_p_values_by_counting() -> None:
    # All five differences positive: of 2^5 sign patterns two are as extreme.
    assert wilcoxon([1, 2, 3, 4, 5], [0.5, 1.2, 1, 1.3, 0]).p == pytest.approx(2 / 32)
    # All three below all four: of C(7, 3) orders two are as extreme.
    u = mann_whitney([1, 2, 3], [4, 5, 6, 7])
    assert (u.statistic, u.p) == (0.0, pytest.approx(2 / 35))
    assert u.effect.value == -1.0
    assert u.effect.interval is not None
    assert u.effect.interval.low == -1.0
    assert -1 < u.effect.interval.high < 0.5


def test_hodges_and_lehmann_by_hand() -> None:
    # Walsh means of 1, 2, 6: 1, 1.5, 2, 3.5, 4, 6.
    assert wilcoxon([1, 2, 6], [0, 0, 0]).difference.value == pytest.approx((2 + 3.5) / 2)
    assert mann_whitney([1, 5], [0, 2]).difference.value == pytest.approx((1 + 3) / 2)


def test_the_interval_of_d_inverts_the_noncentral_t() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(0.7, 1, 20), rng.normal(0, 1, 20)
    result = paired_t(a, b)
    assert result.effect.interval is not None
    assert result.effect.value == pytest.approx((a - b).mean() / (a - b).std(ddof=1))
    tails = [stats.nct.cdf(result.statistic, 19, end * math.sqrt(20)) for end in result.effect.interval.to_json()]
    assert tails == pytest.approx([0.975, 0.025], abs=1e-6)


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(12)
    runs = 200
    covered = dict.fromkeys(("d_z", "walsh", "shift", "auc"), 0)
    area = 2 * stats.norm.cdf(1 / math.sqrt(2)) - 1
    for _ in range(runs):
        a, b = rng.normal(1, 1, 18), rng.normal(0, 1, 15)
        paired, ranks, u = paired_t(a, np.zeros(18)), wilcoxon(a, np.zeros(18)), mann_whitney(a, b)
        for name, estimate, truth in (
            ("d_z", paired.effect, 1.0),
            ("walsh", ranks.difference, 1.0),
            ("shift", u.difference, 1.0),
            ("auc", u.effect, area),
        ):
            assert estimate.interval is not None
            covered[name] += estimate.interval.low <= truth <= estimate.interval.high
    for name, count in covered.items():
        # Three standard errors of 200 runs; order statistics and Newcombe's interval are a little conservative.
        assert count / runs == pytest.approx(0.955, abs=0.01 + 3 * math.sqrt(0.95 * 0.05 / runs)), name


@pytest.mark.parametrize("seed", range(3))
def test_friedman_against_scipy_and_pingouin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(0, 1, (15, 4)) + np.array([0, 0, 0.5, 1]), 1)
    ours, theirs = friedman(rating_table(values)), stats.friedmanchisquare(*values.T)
    assert (ours.chi2, ours.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))
    long = {"value": values.ravel(), "rater": np.tile(range(4), 15), "case": np.repeat(range(15), 4)}
    row = pingouin.friedman(pd.DataFrame(long), dv="value", within="rater", subject="case").iloc[0]
    assert ours.kendall_w == pytest.approx(row["W"])
    assert len(ours.pairs) == 6
    first = ours.pairs[0]
    assert first.test.p == wilcoxon(values[:, 0], values[:, 1]).p
    assert first.rank_difference == pytest.approx(ours.mean_ranks["1"] - ours.mean_ranks["2"])


def test_nemenyi_at_its_critical_difference() -> None:
    # Demsar's table: for 4 classifiers the critical value at 0.05 is 2.569 (times sqrt 2 a studentised range).
    assert stats.studentized_range.sf(2.569 * math.sqrt(2), 4, np.inf) == pytest.approx(0.05, abs=1e-4)
    n = 12
    ranks = np.array([[1.0, 2.0, 3.0, 4.0]] * n)
    pair = friedman(rating_table(ranks)).pairs[0]
    z = 1 / math.sqrt(4 * 5 / (6 * n))
    assert pair.nemenyi_p == pytest.approx(stats.studentized_range.sf(z * math.sqrt(2), 4, np.inf))


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_statsmodels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p_values = np.round(rng.uniform(0, 1, seed + 2) ** 3, 2)  # with ties
    ours = holm({str(i): float(p) for i, p in enumerate(p_values)})
    assert list(ours.values()) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_what_can_t_be_computed_says_why() -> None:
    for test in (paired_t, wilcoxon):
        json.dumps(test([], []).to_json(), allow_nan=False)
        json.dumps(test([1, 2], [1, 2]).to_json(), allow_nan=False)
    same = paired_t([1.1, 2.1, 3.1], [1, 2, 3])
    assert same.undefined["p"] == "all differences are equal"
    assert same.difference.value == pytest.approx(0.1)
    assert wilcoxon([1, 2], [1, 2]).undefined["p"] == "all differences are zero"
    assert welch_t([1], [1, 2]).undefined["statistic"] == "two readings in each group are needed"
    assert welch_t([1, 1], [2, 2]).undefined["p"] == "neither group varies"
    assert mann_whitney([2, 2], [2]).undefined["p"] == "all readings are equal"
    named = mann_whitney({"sub-1": 1.0, "sub-2": None}, {"sub-3": 2.0})
    assert [(d.key, d.reason) for d in named.dropped] == [("sub-2", "the reading is missing")]
    two = friedman(rating_table([[1, 2], [2, 3]]))
    assert "three raters" in str(two.undefined)
    assert friedman(rating_table([[1, 1, 1], [2, 2, 2]])).undefined == "every case is tied throughout"
    assert holm({"a": None}) == {"a": None}
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm({"a": 1.2})


@settings(max_examples=50, deadline=None)
@given(READINGS, READINGS, st.sampled_from([0.5, 4.0]))
def test_swap_and_unit(a: np.ndarray, b: np.ndarray, factor: float) -> None:
    for test in (paired_t, wilcoxon, welch_t, mann_whitney):
        forth, back, scaled = test(a, b), test(b, a), test(a * factor, b * factor)
        assert (forth.p is None) == (back.p is None) == (scaled.p is None)
        if forth.p is not None and forth.effect.value is not None and forth.difference.value is not None:
            assert back.p == pytest.approx(forth.p)
            assert scaled.p == pytest.approx(forth.p)
            assert back.effect.value == pytest.approx(-forth.effect.value, abs=1e-9)
            assert scaled.effect.value == pytest.approx(forth.effect.value, abs=1e-9)
            assert back.difference.value == pytest.approx(-forth.difference.value, abs=1e-9)
            assert scaled.difference.value == pytest.approx(factor * forth.difference.value, abs=1e-9)


@pytest.mark.parametrize("rounded", [False, True])
def test_large_and_tied_samples_have_scipy_s_normal_p(rounded: bool) -> None:
    rng = np.random.default_rng(8)
    for n in (12, 40, 120) if rounded else (51, 120):
        drawn = rng.normal(0.2, 1.0, n)
        differences = np.round(drawn * 2) / 2 if rounded else drawn
        expected = stats.wilcoxon(differences[differences != 0], correction=True, method="approx")
        found = wilcoxon(differences, np.zeros(n))
        assert found.statistic == expected.statistic
        assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
