"""Bland-Altman: by hand, regression by another library, coverage by simulation, and properties."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import statsmodels.api
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from measures.bland_altman import SCALES, bland_altman
from measures.bland_altman_repeated import bland_altman_repeated

READINGS = arrays.arrays(np.float64, (7,), elements=st.integers(1, 400).map(lambda v: v / 4))


def _ends(estimate: object) -> list[float]:
    return estimate.interval.to_json()  # type: ignore[attr-defined, no-any-return]


def test_bias_and_limits_by_hand() -> None:
    result = bland_altman([2, 4, 6, 8], [1, 4, 5, 6])
    # Differences 1, 0, 1, 2: mean 1, variance 2/3.
    sd = math.sqrt(2 / 3)
    assert (result.bias.value, result.sd) == (1.0, pytest.approx(sd))
    assert result.upper.value == pytest.approx(1 + 1.96 * sd)
    assert result.lower.value == pytest.approx(1 - 1.96 * sd)
    assert _ends(result.bias) == pytest.approx([1 - 3.18245 * sd / 2, 1 + 3.18245 * sd / 2], rel=1e-5)


def test_limits_approach_the_large_sample_formula() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(10, 2, (2, 2000))
    result = bland_altman(a, b)
    assert result.sd is not None
    half = 1.96 * result.sd * math.sqrt(1 / 2000 + 1.96**2 / (2 * 1999))
    # The large-sample interval is symmetric, the exact one nearly so at n = 2000.
    assert _ends(result.upper) == pytest.approx([result.upper.value - half, result.upper.value + half], rel=0.01)  # type: ignore[operator]


def test_the_interval_of_a_limit_covers_it_even_with_few_cases() -> None:
    rng = np.random.default_rng(4)
    runs, covered = 1000, 0
    for _ in range(runs):
        interval = bland_altman(rng.normal(0, 1, 8), np.zeros(8)).upper.interval
        assert interval is not None
        covered += interval.low <= 1.96 <= interval.high
    assert covered / runs == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / runs))


def test_proportional_bias_is_the_regression_of_statsmodels() -> None:
    rng = np.random.default_rng(1)
    a = rng.uniform(5, 50, 40)
    b = a * 0.9 + rng.normal(0, 1, 40) * a / 20
    result = bland_altman(a, b).proportional
    fit = statsmodels.api.OLS(a - b, statsmodels.api.add_constant((a + b) / 2)).fit()
    for ours, theirs, ends in zip((result.intercept, result.slope), fit.params, fit.conf_int(), strict=True):
        assert ours.value == pytest.approx(theirs, rel=1e-9)
        assert _ends(ours) == pytest.approx(list(ends), rel=1e-9)
    assert result.p == pytest.approx(fit.pvalues[1], rel=1e-9)
    # Built with a bias of 10 % of the size, and a spread that grows with it.
    assert result.p < 0.001
    assert result.spread_p is not None
    assert result.spread_p < 0.05


def test_a_constant_factor_is_a_ratio_without_spread() -> None:
    values = np.array([1.0, 3.0, 7.0, 20.0])
    ratio = bland_altman(values * 1.25, values, scale="ratio")
    assert [ratio.bias.value, ratio.lower.value, ratio.upper.value] == pytest.approx([1.25] * 3)
    percent = bland_altman(values * 1.25, values, scale="percent")
    assert percent.bias.value == pytest.approx(100 * 0.25 / 1.125)


def test_missing_and_not_positive_readings_are_named() -> None:
    result = bland_altman([1, None, 3, -1], [1, 2, math.nan, 2], keys=["a", "b", "c", "d"], scale="ratio")
    assert {d.key: d.reason for d in result.dropped} == {
        "b": "the first value is missing",
        "c": "the second value is missing",
        "d": "a ratio needs readings above 0",
    }
    assert result.n == 1
    assert (result.bias.value, result.bias.interval, result.lower.value) == (1.0, None, None)
    for scale in SCALES:
        json.dumps(bland_altman([], [], scale=scale).to_json(), allow_nan=False)
        json.dumps(bland_altman([2, 2], [2, 2], scale=scale).to_json(), allow_nan=False)
    with pytest.raises(ValueError, match="one length"):
        bland_altman([1], [1, 2])
    with pytest.raises(ValueError, match="infinite"):
        bland_altman([math.inf], [1])
    with pytest.raises(ValueError, match="scale"):
        bland_altman([1], [1], scale="log")  # type: ignore[arg-type]


@settings(max_examples=50, deadline=None)
@given(READINGS, READINGS, st.sampled_from([0.5, 4.0]))
def test_swap_and_unit(a: np.ndarray, b: np.ndarray, factor: float) -> None:
    forth, back = bland_altman(a, b), bland_altman(b, a)
    assert forth.bias.value == pytest.approx(-back.bias.value, abs=1e-9)  # type: ignore[operator]
    assert _ends(forth.upper) == pytest.approx([-e for e in reversed(_ends(back.lower))], abs=1e-6)
    scaled = bland_altman(a * factor, b * factor)
    assert scaled.upper.value == pytest.approx(forth.upper.value * factor, abs=1e-6)  # type: ignore[operator]
    one, other = bland_altman(a, b, scale="ratio"), bland_altman(a * factor, b * factor, scale="ratio")
    assert one.upper.value == pytest.approx(other.upper.value, rel=1e-6)
    assert one.bias.value == pytest.approx(1 / bland_altman(b, a, scale="ratio").bias.value)  # type: ignore[operator]


def test_one_reading_each_is_the_plain_analysis() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(10, 2, (2, 30))
    plain = bland_altman(a, b)
    for truth in ("varying", "constant"):
        repeated = bland_altman_repeated([str(i) for i in range(30)], a, b, truth)  # type: ignore[arg-type]
        assert (repeated.bias.value, repeated.sd) == (pytest.approx(plain.bias.value), pytest.approx(plain.sd))


def test_repeats_of_a_balanced_study_are_the_anova_of_bland_and_altman() -> None:
    rng = np.random.default_rng(3)
    n, m = 12, 4
    differences = rng.normal(1, 2, (n, 1)) + rng.normal(0, 1, (n, m))
    subjects = [str(i) for i in range(n) for _ in range(m)]
    result = bland_altman_repeated(subjects, differences.ravel(), np.zeros(n * m))
    within = differences.var(axis=1, ddof=1).mean()
    between = m * differences.mean(axis=1).var(ddof=1)
    assert result.sd == pytest.approx(math.sqrt(within + (between - within) / m))
    assert result.bias.value == pytest.approx(differences.mean())


@pytest.mark.parametrize("truth", ["varying", "constant"])
def test_repeated_limits_cover_as_often_as_they_say(truth: str) -> None:
    rng = np.random.default_rng(8)
    n, runs, covered = 25, 400, 0
    counts = rng.integers(2, 5, n)
    subjects = [str(i) for i, c in enumerate(counts) for _ in range(c)]
    rows = np.repeat(np.arange(n), counts)
    # A subject's own shift (SD 1) and each method's noise (SD 0.7, 0.5): a single difference has this SD.
    limit = 0.5 + 1.96 * math.sqrt(1 + 0.49 + 0.25)
    for _ in range(runs):
        truth_ijk = rng.normal(20, 5, n)[rows]
        a = truth_ijk + 0.5 + rng.normal(0, 1, n)[rows] + rng.normal(0, 0.7, rows.size)
        b = truth_ijk + rng.normal(0, 0.5, rows.size)
        interval = bland_altman_repeated(subjects, a, b, truth).upper.interval  # type: ignore[arg-type]
        assert interval is not None
        covered += interval.low <= limit <= interval.high
    # The method is approximate: 0.95 within three standard errors of 400 runs, and one per cent.
    assert covered / runs == pytest.approx(0.95, abs=0.01 + 3 * math.sqrt(0.95 * 0.05 / runs))


def test_repeats_with_gaps() -> None:
    result = bland_altman_repeated(["a", "a", "b", "c"], [1, None, 2, None], [1, 2, 3, 4])
    assert [(d.key, d.reason) for d in result.dropped] == [
        ("a", "1 readings are missing; the others are used"),
        ("c", "no reading by both methods"),
    ]
    assert (result.n_subjects, result.n_readings) == (2, 2)
    alone = bland_altman_repeated(["a", "a"], [1, 2], [1, 2])
    assert alone.bias.value is None
    assert "two subjects" in alone.undefined["sd"]
    with pytest.raises(ValueError, match="varying or constant"):
        bland_altman_repeated(["a"], [1], [1], "both")  # type: ignore[arg-type]
