"""Intraclass correlation in six forms, with intervals, tests and words."""

from __future__ import annotations

import math

from scipy import special

from measures.anova import Anova, anova
from measures.estimate import Interval, checked_level
from measures.icc_result import FORMS, Icc, IccForm, IccResult, koo_li_words
from measures.measurement_error import measurement_error
from measures.ratings import RatingTable

__all__ = ["FORMS", "Icc", "IccForm", "IccResult", "icc", "koo_li_words"]

NO_VARIANCE = "all ratings are equal"
NO_RESIDUAL = "the error variance is zero"


def icc(table: RatingTable, level: float = 0.95) -> IccResult:
    """Compute the six intraclass correlations of a table.

    Parameters
    ----------
    table : RatingTable
        Ratings; targets that some rater has not read are dropped and named.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    IccResult

    Notes
    -----
    With mean squares MSR (targets), MSC (raters), MSE (residual), MSW (within targets), n targets and k raters:
    ICC(1) = (MSR - MSW) / (MSR + (k - 1) MSW); ICC(A,1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n);
    ICC(C,1) = (MSR - MSE) / (MSR + (k - 1) MSE); ICC(k) = (MSR - MSW) / MSR; ICC(A,k) = (MSR - MSE) /
    (MSR + (MSC - MSE) / n); ICC(C,k) = (MSR - MSE) / MSR. F = MSR / MSW for the one-way forms, else MSR / MSE. The
    intervals of ICC(1) and ICC(C,.) are exact under normality, those of ICC(A,.) use Satterthwaite's degrees of
    freedom. Fewer than two complete targets or two raters, and a table of one value, leave all undefined; a zero error
    variance leaves F undefined, and a form whose denominator is not positive is undefined itself.

    References
    ----------
    Shrout and Fleiss 1979, doi:10.1037/0033-2909.86.2.420. McGraw and Wong 1996, doi:10.1037/1082-989X.1.1.30.
    Koo and Li 2016, doi:10.1016/j.jcm.2016.02.012.

    Examples
    --------
    >>> from measures.ratings import rating_table
    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [round(f.value, 2) for f in icc(rating_table(ratings)).forms]
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    """
    checked_level(level)
    kept, dropped = table.complete()
    n, k = kept.values.shape
    if n < 2 or k < 2:
        few = f"two raters are needed; {k} came" if k < 2 else f"two targets read by every rater are needed; {n} came"
        return IccResult(tuple(_nothing(form, few, level) for form in FORMS), None, n, k, dropped)
    squares = anova(kept)
    forms = tuple(_one(form, squares, level) for form in FORMS)
    return IccResult(forms, measurement_error(kept, squares, level), n, k, dropped)


def _nothing(form: IccForm, reason: str, level: float) -> Icc:
    names = ("value", "interval", "f", "df1", "df2", "p", "words")
    return Icc(form, None, None, None, None, None, None, None, level, dict.fromkeys(names, reason))


def _one(form: IccForm, a: Anova, level: float) -> Icc:
    n, k = a.n_targets, a.n_raters
    one_way, agreement = form.model.startswith("one-way"), "A" in form.type
    error = a.ms_within if one_way else a.ms_residual
    df1, df2 = n - 1, n * (k - 1) if one_way else (n - 1) * (k - 1)
    if a.ms_targets == 0 and a.ms_within == 0:
        return _nothing(form, NO_VARIANCE, level)
    reasons: dict[str, str] = {}
    raters = (a.ms_raters - error) / n if agreement else 0.0
    denominator = a.ms_targets + (k - 1) * error + k * raters if form.single else a.ms_targets + raters
    value = (a.ms_targets - error) / denominator if denominator > 0 else None
    if value is None:
        reasons["value"] = "the targets don't differ more than by chance: the denominator is not positive"
    ends = _agreement_limits(a, level) if agreement else _ratio_limits(a.ms_targets, error, df1, df2, k, level)
    interval = None if isinstance(ends, str) else _for_unit(form, ends, k, level)
    if value is None or interval is None:
        interval = None
        reasons["interval"] = reasons["words"] = reasons.get("value") or (
            ends if isinstance(ends, str) else "the lower end can't be stepped up to the mean of k raters"
        )
    f = p = None
    if error > 0:
        f = a.ms_targets / error
        p = float(special.fdtrc(df1, df2, f))
    else:
        reasons["f"] = reasons["p"] = NO_RESIDUAL
    words = None if interval is None else koo_li_words(interval)
    return Icc(form, value, interval, f, df1, df2, p, words, level, reasons)


def _ratio_limits(targets: float, error: float, df1: int, df2: int, k: int, level: float) -> tuple[float, float] | str:
    if error == 0:
        return NO_RESIDUAL
    upper = (1 + level) / 2
    low = targets / error / float(special.fdtri(df1, df2, upper))
    high = targets / error * float(special.fdtri(df2, df1, upper))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement_limits(a: Anova, level: float) -> tuple[float, float] | str:
    n, k, r, c, e = a.n_targets, a.n_raters, a.ms_targets, a.ms_raters, a.ms_residual
    denominator = r + (k - 1) * e + k * (c - e) / n
    if not denominator > 0:
        return NO_VARIANCE
    rho = (r - e) / denominator
    weight = n * (1 + (k - 1) * rho) - k * rho
    spread = (n - 1) * (k * rho * c) ** 2 + (weight * e) ** 2
    if spread == 0:
        return NO_RESIDUAL
    df = (k - 1) * (n - 1) * (k * rho * c + weight * e) ** 2 / spread
    if not df > 0:
        return "Satterthwaite's degrees of freedom are zero"
    upper = (1 + level) / 2
    f_low, f_high = float(special.fdtri(n - 1, df, upper)), float(special.fdtri(df, n - 1, upper))
    if not (math.isfinite(f_low) and math.isfinite(f_high)):
        return "Satterthwaite's degrees of freedom are next to zero"
    rest = k * c + (k * n - k - n) * e
    # r / F and not F * e: near zero degrees of freedom F is too large to be multiplied.
    low = n * (r / f_low - e) / (rest + n * r / f_low)
    high = n * (f_high * r - e) / (rest + n * f_high * r)
    # With a negative estimate the terms have opposite signs, and the degrees of freedom can come out near zero.
    return (low, high) if low <= rho <= high else "the estimate is negative and Satterthwaite's approximation fails"


def _for_unit(form: IccForm, ends: tuple[float, float], k: int, level: float) -> Interval | None:
    if form.single:
        return Interval(*ends, level)
    if any(1 + (k - 1) * end <= 0 for end in ends):
        return None
    low, high = (k * end / (1 + (k - 1) * end) for end in ends)
    return Interval(low, high, level)
