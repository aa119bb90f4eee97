"""A bootstrap interval of the ICC that keeps the targets of one subject together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from measures.bootstrap import SubjectDraws
from measures.estimate import Estimate, checked_level, estimated, not_estimated, without_interval
from measures.icc import icc
from measures.ratings import RatingTable


def icc_bootstrap(
    table: RatingTable, subjects: Mapping[str, str], draws: SubjectDraws, level: float = 0.95
) -> Estimate:
    """Bootstrap ICC(A,1) by drawing whole subjects.

    Parameters
    ----------
    table : RatingTable
        Ratings; targets that some rater has not read are left out.
    subjects : mapping of str to str
        Target to subject. The interval of :func:`measures.icc.icc` takes every target for another subject; where one
        subject has several (sessions, sides), it is too narrow and this one is not.
    draws : SubjectDraws
        Made once for all measures of a study.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Estimate
        The ICC with its percentile interval; undefined where the ICC is, no interval for fewer than three subjects or
        where most resamples leave it undefined.

    Notes
    -----
    All mean squares are sums over targets, so every resample's are products of one matrix.
    """
    checked_level(level)
    kept, _ = table.complete()
    whole = icc(kept, level).form("ICC(A,1)")
    if whole.value is None:
        return not_estimated(whole.undefined["value"])
    clusters = [subjects[target] for target in kept.targets]
    if len(set(clusters)) < 3:
        return without_interval(whole.value, f"three subjects are needed; {len(set(clusters))} came")
    k = kept.values.shape[1]
    y = kept.values - kept.values.mean()
    rows = y.sum(axis=1)
    columns = np.column_stack([np.ones(len(clusters)), rows, rows**2, (y**2).sum(axis=1), y])
    sums = draws.sums(clusters, columns)
    n, total, row_squares, squares, of_raters = sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3], sums[:, 4:]
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = total**2 / (n * k)
        targets = row_squares / k - correction
        raters = (of_raters**2).sum(axis=1) / n - correction
        residual = np.maximum(squares - correction - targets - raters, 0.0)
        msr, msc, mse = targets / (n - 1), raters / (k - 1), residual / ((n - 1) * (k - 1))
        drawn = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    defined = drawn[np.isfinite(drawn) & (n > 1)]
    if defined.size < drawn.size / 2:
        return without_interval(whole.value, f"it is undefined in {drawn.size - defined.size} resamples")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return estimated(whole.value, float(low), float(high), level)
