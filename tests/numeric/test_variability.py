"""Spread across groups, and the number of subjects for a wanted interval."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.icc import icc
from measures.ratings import rating_table
from measures.sample_size import icc_width, subjects_for_icc_width
from measures.variability import Reading, variability_across_groups


def _readings(values: dict[str, list[float]]) -> list[Reading]:
    return [Reading((level,), f"site-{i}", v) for level, row in values.items() for i, v in enumerate(row)]


def test_by_hand() -> None:
    result = variability_across_groups(_readings({"C3": [50.0, 52.0, 54.0], "C4": [70.0, 70.0, 73.0]}))
    c3, c4 = result.units
    assert (c3.mean_mm.value, c3.sd_mm.value, c3.cov_percent.value) == (52.0, 2.0, pytest.approx(100 * 2 / 52))
    assert c4.sd_mm.value == pytest.approx(math.sqrt(3))
    covs = [c3.cov_percent.value, c4.cov_percent.value]
    assert result.cov_percent.mean == pytest.approx(statistics.mean(covs))  # type: ignore[type-var]
    assert result.cov_percent.sd == pytest.approx(statistics.stdev(covs))  # type: ignore[type-var]


def test_the_same_error_has_a_smaller_cov_further_away() -> None:
    near, far = variability_across_groups(_readings({"C2": [10.0, 12.0], "C8": [100.0, 102.0]})).units
    assert near.sd_mm.value == far.sd_mm.value
    assert near.cov_percent.value == pytest.approx(far.cov_percent.value * 101 / 11)  # type: ignore[operator]


def test_a_group_with_many_readings_weighs_as_one() -> None:
    many = [Reading(("C3",), "a", 10.0)] * 5 + [Reading(("C3",), "b", 14.0)]
    unit = variability_across_groups(many).units[0]
    assert (unit.mean_mm.value, unit.n_groups, unit.n_readings) == (12.0, 2, 6)


def test_gaps_are_named() -> None:
    readings = [Reading(("s", "C3"), "a", None), Reading(("s", "C3"), "b", 3.0), Reading(("s", "C4"), "a", math.nan)]
    result = variability_across_groups([*readings, Reading(("s", "C5"), "a", -1.0), Reading(("s", "C5"), "b", 1.0)])
    assert [d.key for d in result.dropped] == ["s/C3/a", "s/C4/a"]
    assert [u.cov_percent.undefined for u in result.units] == [
        "two groups are needed; 1 came",
        "two groups are needed; 0 came",
        "the mean is not positive",
    ]
    assert (result.sd_mm.n, result.cov_percent.n) == (1, 0)
    with pytest.raises(ValueError, match="infinite"):
        variability_across_groups([Reading(("C3",), "a", math.inf)])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 500), min_size=2, max_size=8), st.floats(0.1, 10), st.randoms(use_true_random=False))
def test_order_and_unit_of_length(values: list[float], factor: float, random: object) -> None:
    plain = variability_across_groups(_readings({"C3": values})).units[0]
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = variability_across_groups(_readings({"C3": [v * factor for v in shuffled]})).units[0]
    assert other.cov_percent.value == pytest.approx(plain.cov_percent.value, abs=1e-9)
    assert other.sd_mm.value == pytest.approx(plain.sd_mm.value * factor, abs=1e-9)  # type: ignore[operator]


@pytest.mark.parametrize("planned", [0.5, 0.7, 0.8, 0.9])
@pytest.mark.parametrize("raters", [2, 3, 5])
@pytest.mark.parametrize("width", [0.1, 0.2])
def test_bonett_s_number_gives_the_width(planned: float, raters: int, width: float) -> None:
    n = subjects_for_icc_width(planned, raters, width)
    # Bonett's formula approximates the exact interval; he reports it within a few subjects.
    exact = next(m for m in range(2, 5000) if icc_width(planned, raters, m) <= width)
    assert n == pytest.approx(exact, abs=max(4, 0.05 * exact))


def test_the_width_is_that_of_the_icc_itself() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(0, 2, (20, 1)) + rng.normal(0, 1, (20, 3))
    form = icc(rating_table(values)).form("ICC(1)")
    assert form.value is not None
    assert form.interval is not None
    assert icc_width(form.value, 3, 20) == pytest.approx(form.interval.high - form.interval.low)


@pytest.mark.parametrize(("planned", "raters", "width"), [(1.0, 2, 0.1), (-0.1, 2, 0.1), (0.5, 1, 0.1), (0.5, 2, 0.0)])
def test_plans_that_can_t_be(planned: float, raters: int, width: float) -> None:
    with pytest.raises(ValueError, match="came"):
        subjects_for_icc_width(planned, raters, width)
