"""ICC: the published example, another implementation, and what can't be computed."""

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

from measures.anova import anova
from measures.estimate import Interval
from measures.icc import FORMS, icc, koo_li_words
from measures.measurement_error import measurement_error
from measures.ratings import RatingTable, rating_table, table_from_records

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
TABLES = st.tuples(st.integers(2, 7), st.integers(2, 5)).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=st.integers(-20, 20).map(float))
)


def _values(table: RatingTable) -> list[float | None]:
    return [f.value for f in icc(table).forms]


def test_shrout_and_fleiss_1979() -> None:
    result = icc(rating_table(SHROUT_FLEISS))
    assert [f.form.shrout_fleiss for f in result.forms] == [
        "ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)",
    ]  # fmt: skip
    # Printed with two digits.
    assert [f.value for f in result.forms] == pytest.approx([0.17, 0.29, 0.71, 0.44, 0.62, 0.91], abs=0.005)
    squares = anova(rating_table(SHROUT_FLEISS))
    printed = [squares.ms_targets, squares.ms_within, squares.ms_raters, squares.ms_residual]
    assert printed == pytest.approx([11.24, 6.26, 32.49, 1.02], abs=0.005)
    assert result.form("ICC(A,1)") is result.form("ICC(2,1)")
    # The words speak of the interval: 0.29 in [0.02, 0.76].
    assert result.form("ICC(A,1)").words == "poor to good"


@pytest.mark.parametrize(("n", "k", "seed"), [(4, 2, 0), (5, 2, 1), (8, 3, 2), (30, 2, 3), (12, 7, 4), (100, 4, 5)])
def test_agreement_with_pingouin(n: int, k: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pingouin.options, "round.column.CI95", 12)
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 2, (n, 1)) + rng.normal(0, 1, (1, k)) + rng.normal(0, 1, (n, k)) + 20
    records = [(f"s{i}", f"r{j}", values[i, j]) for i in range(n) for j in range(k)]
    theirs = pingouin.intraclass_corr(
        pd.DataFrame(records, columns=["target", "rater", "rating"]), "target", "rater", "rating"
    )
    ours = icc(table_from_records(records))
    for form, (_, row) in zip(ours.forms, theirs.iterrows(), strict=True):
        # Both compute the same formulas in double precision; mean squares lose some digits to the mean of 20.
        assert form.value == pytest.approx(row["ICC"], rel=1e-8, abs=1e-10)
        assert (form.f, form.df1, form.df2) == (pytest.approx(row["F"], rel=1e-8), row["df1"], row["df2"])
        assert form.p == pytest.approx(row["pval"], rel=1e-6)
        assert form.interval is not None
        assert form.interval.to_json() == pytest.approx(list(row["CI95"]), rel=1e-6, abs=1e-8)


def test_missing_reads_are_dropped_and_named() -> None:
    records = [(i, j, float(v)) for i, row in enumerate(SHROUT_FLEISS) for j, v in enumerate(row)]
    whole = icc(table_from_records(records))
    more = [*records, ("late", 0, 3.0), ("late", 1, None), ("late", 2, math.nan), ("late", 3, 1.0), ("later", 2, 4.0)]
    result = icc(table_from_records(more))
    assert [(d.key, d.reason) for d in result.dropped] == [
        ("late", "no rating by 1, 2"),
        ("later", "no rating by 0, 1, 3"),
    ]
    assert result.forms == whole.forms
    assert (result.n_targets, result.n_raters) == (6, 4)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[3, 3], [3, 3], [3, 3]], "all ratings are equal"),
        ([[1, 2]], "two targets"),
        ([[1], [2], [3]], "two raters"),
        ([[1, None], [None, 2]], "two targets"),
        (np.zeros((0, 0)), "two raters"),
    ],
)
def test_what_can_t_be_computed_says_why(values: list[list[float | None]], reason: str) -> None:
    result = icc(rating_table(values))
    for form in result.forms:
        assert form.value is None
        assert set(form.undefined) >= {"value", "interval", "f", "p", "words"}
        assert reason in form.undefined["value"]
    json.dumps(result.to_json(), allow_nan=False)


def test_perfect_agreement_and_a_constant_offset() -> None:
    perfect = icc(rating_table([[1, 1], [2, 2], [5, 5]]))
    assert [f.value for f in perfect.forms] == [1.0] * 6
    assert {f.undefined["f"] for f in perfect.forms} == {"the error variance is zero"}
    assert all(f.interval is None for f in perfect.forms)
    # 0.1 + 0.2 differs from 0.3 in the last place: rounding is no residual.
    offset = icc(rating_table([[v, v + 0.1] for v in (0.1, 0.2, 0.7, 0.9)]))
    assert offset.form("ICC(C,1)").value == 1.0
    agreement = offset.form("ICC(A,1)")
    assert agreement.value is not None
    assert agreement.value < 1.0
    assert agreement.interval is not None
    assert agreement.f is None


def test_targets_that_don_t_differ() -> None:
    result = icc(rating_table([[1, 2], [2, 1], [1, 2], [2, 1]]))
    assert result.form("ICC(1)").value == pytest.approx(-1.0)
    mean_form = result.form("ICC(k)")
    assert mean_form.value is None
    assert "denominator" in mean_form.undefined["value"]
    assert "interval" in mean_form.undefined


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    truth, n, k, runs = 0.8, 20, 3, 400
    covered = dict.fromkeys(("ICC(1)", "ICC(A,1)", "ICC(C,1)"), 0)
    for _ in range(runs):
        values = rng.normal(0, math.sqrt(truth), (n, 1)) + rng.normal(0, math.sqrt(1 - truth), (n, k))
        result = icc(rating_table(values))
        for name in covered:
            interval = result.form(name).interval
            assert interval is not None
            covered[name] += interval.low <= truth <= interval.high
    for count in covered.values():
        # Three standard errors of a share of 0.95 in 400 runs.
        assert count / runs == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / runs))


def test_measurement_error_by_hand() -> None:
    table = rating_table([[10, 12], [20, 20], [30, 34]])
    # Differences 2, 0, 4: their variance is 4, half of it the residual mean square; the mean difference is 2.
    error = measurement_error(table, anova(table))
    assert error.sem_consistency.value == pytest.approx(math.sqrt(2))
    # MSJ = n d^2 / 2 = 6.
    assert error.sem_agreement == pytest.approx(math.sqrt(2 + (6 - 2) / 3))
    assert error.sdc_agreement == pytest.approx(1.96 * math.sqrt(2) * error.sem_agreement)
    squares = [(2 / 11**2), 0.0, (8 / 32**2)]
    assert error.within_cov_percent.value == pytest.approx(100 * math.sqrt(sum(squares) / 3))
    below = rating_table([[-1, 1], [2, 2]])
    assert "not positive for 1" in str(measurement_error(below, anova(below)).within_cov_percent.undefined)


def test_words_are_judged_on_both_ends() -> None:
    assert koo_li_words(Interval(0.91, 0.97)) == "excellent"
    assert koo_li_words(Interval(0.5, 0.9)) == "moderate to good"
    assert koo_li_words(Interval(-0.2, 0.4999)) == "poor"


def test_bad_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="s has two by r"):
        table_from_records([("s", "r", 1.0), ("s", "r", 2.0)])
    with pytest.raises(ValueError, match="infinite"):
        rating_table([[1, math.inf]])
    with pytest.raises(ValueError, match="more than once"):
        RatingTable(("a", "a"), ("r",), np.zeros((2, 1)))
    with pytest.raises(ValueError, match="level"):
        icc(rating_table(SHROUT_FLEISS), level=95)
    with pytest.raises(ValueError, match="ICC is one of"):
        icc(rating_table(SHROUT_FLEISS)).form("ICC(4,1)")


@settings(max_examples=60, deadline=None)
@given(TABLES, st.randoms(use_true_random=False), st.sampled_from([0.5, 4.0]), st.integers(-8, 8))
def test_order_unit_and_zero_don_t_matter(values: np.ndarray, random: object, factor: float, shift: int) -> None:
    rng = np.random.default_rng(random.randint(0, 9999))  # type: ignore[attr-defined]
    shuffled = values[rng.permutation(values.shape[0])][:, rng.permutation(values.shape[1])]
    plain = _values(rating_table(values))
    for other in (shuffled, values * factor + shift):
        for one, two in zip(plain, _values(rating_table(other)), strict=True):
            assert (one is None) == (two is None)
            if one is not None:
                assert two == pytest.approx(one, rel=1e-6, abs=1e-9)
    assert all(v is None or v <= 1 + 1e-12 for v in plain)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_an_estimate_lies_in_its_interval_and_json_has_no_nan(values: np.ndarray) -> None:
    result = icc(rating_table(values))
    json.dumps(result.to_json(), allow_nan=False)
    for form in result.forms:
        if form.value is not None and form.interval is not None:
            assert form.interval.low - 1e-9 <= form.value <= form.interval.high + 1e-9
    assert len(result.forms) == len(FORMS)
