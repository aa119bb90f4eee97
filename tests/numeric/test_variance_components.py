"""The mixed model against the analysis of variance, statsmodels, and a known truth."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas

from measures.anova import anova
from measures.icc import icc
from measures.ratings import rating_table
from measures.variance_components import variance_components


def _crossed(rng: np.random.Generator, n: int, k: int) -> tuple[np.ndarray, dict[str, list[str]]]:
    values = 50 + rng.normal(0, 3, (n, 1)) + rng.normal(0, 1.5, (1, k)) + rng.normal(0, 1, (n, k))
    subjects = [f"s{i}" for i in range(n) for _ in range(k)]
    raters = [f"r{j}" for _ in range(n) for j in range(k)]
    return values, {"subject": subjects, "rater": raters}


def test_a_balanced_design_gives_the_analysis_of_variance() -> None:
    values, factors = _crossed(np.random.default_rng(0), 15, 4)
    found = variance_components(values.ravel(), factors)
    squares = anova(rating_table(values))
    expected = {
        "subject": (squares.ms_targets - squares.ms_residual) / 4,
        "rater": (squares.ms_raters - squares.ms_residual) / 15,
        "residual": squares.ms_residual,
    }
    # The optimiser stops where the likelihood is flat: five digits.
    assert found.variances == pytest.approx(expected, rel=1e-4)
    assert found.mean.value == pytest.approx(values.mean())
    # The subjects' share is ICC(A,1).
    assert found.shares["subject"] == pytest.approx(icc(rating_table(values)).form("ICC(A,1)").value, rel=1e-4)


@pytest.mark.parametrize("seed", [1, 2])
def test_an_unbalanced_design_is_statsmodels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, factors = _crossed(rng, 14, 4)
    keep = rng.random(values.size) < 0.8
    given = np.where(keep, values.ravel(), np.nan)
    found = variance_components(given, factors)
    assert found.dropped == tuple(np.flatnonzero(~keep))
    table = pd.DataFrame({"y": given, **factors, "all": 1})[keep]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = formulas.mixedlm(
            "y ~ 1", table, groups="all", vc_formula={"subject": "0 + C(subject)", "rater": "0 + C(rater)"}
        )
        theirs = model.fit(reml=True)
    names = model.exog_vc.names
    for name, value in zip(names, theirs.vcomp, strict=True):
        # Its optimiser stops at a gradient of about 1e-3.
        assert found.variances[name] == pytest.approx(value, rel=0.01)
    assert found.variances["residual"] == pytest.approx(theirs.scale, rel=0.01)
    assert found.log_likelihood is not None
    assert found.log_likelihood >= theirs.llf - 1e-4


def test_scale_shift_and_order_of_rows() -> None:
    rng = np.random.default_rng(3)
    values, factors = _crossed(rng, 10, 3)
    plain = variance_components(values.ravel(), factors)
    order = rng.permutation(values.size)
    moved = variance_components(
        (10 * values.ravel() - 7)[order], {n: [c[i] for i in order] for n, c in factors.items()}
    )
    assert moved.variances == pytest.approx({n: 100 * v for n, v in plain.variances.items()}, rel=1e-4)
    assert moved.mean.value == pytest.approx(10 * plain.mean.value - 7)  # type: ignore[operator]


def test_a_factor_without_effect_has_variance_zero() -> None:
    values = [1.0, 2.0, 2.0, 1.0, 5.0, 6.0, 6.0, 5.0]
    found = variance_components(values, {"subject": list("aaaabbbb"), "rater": list("rsrsrsrs")})
    assert found.variances["rater"] == pytest.approx(0.0, abs=1e-9)
    assert found.shares["subject"] > 0.9


def test_what_can_t_be_fitted_says_why() -> None:
    for values, factors, reason in (
        ([1, 2], {"site": ["a", "a"]}, "site has fewer than two levels"),
        ([1, 2], {"site": ["a", "b"]}, "one level per reading"),
        ([1, 1, 1], {"site": ["a", "b", "b"]}, "all readings are equal"),
        ([1, 2, 3, 4], {"site": list("aabb"), "vendor": list("ggss")}, "the same factor"),
        ([None, None], {"site": ["a", "b"]}, "fewer than two levels"),
    ):
        found = variance_components(values, factors)  # type: ignore[arg-type]
        assert reason in str(found.undefined)
        assert found.variances == {}
    with pytest.raises(ValueError, match="one level of each factor"):
        variance_components([1, 2], {"site": ["a"]})
    with pytest.raises(ValueError, match="no factor"):
        variance_components([1, 2], {})
