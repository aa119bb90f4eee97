"""Krippendorff's alpha for nominal, ordinal, interval and ratio ratings."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from measures.bootstrap import cluster_bootstrap
from measures.estimate import Estimate, without_interval
from measures.ratings import RatingTable
from measures.result import Measure, undefined

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")


def krippendorff_alpha(table: RatingTable, metric: Metric) -> Measure:
    """Krippendorff's alpha of any number of raters, missing reads allowed.

    Parameters
    ----------
    table : RatingTable
        Ratings; targets with fewer than two don't enter.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        How two values differ.

    Returns
    -------
    Measure
        Undefined where no target has two ratings, or where all ratings are equal.

    Raises
    ------
    ValueError
        For another metric, and for ratio data below 0.

    Notes
    -----
    ``1 - D_o / D_e``: the mean difference of the pairs within targets over that of all pairs. Differences: nominal 0 or
    1; ordinal the squared number of ratings between the two values, each end counted half; interval ``(a - b)^2``;
    ratio ``((a - b) / (a + b))^2``, which is 0 for two zeros.

    References
    ----------
    Hayes and Krippendorff 2007, doi:10.1080/19312450709336664.

    Examples
    --------
    >>> from measures.ratings import rating_table
    >>> krippendorff_alpha(rating_table([[1, 1], [2, 2], [3, 3]]), "nominal").value
    1.0
    """
    if metric not in METRICS:
        raise ValueError(f"The metric is one of {', '.join(METRICS)}; {metric!r} came.")
    coincidences, values = _coincidences(table.values)
    total = float(coincidences.sum())
    if total == 0:
        return undefined("no target has two ratings")
    if values.size < 2:
        return undefined("all ratings are equal")
    if metric == "ratio" and values[0] < 0:
        raise ValueError(f"Ratio data are not negative; {values[0]} came.")
    frequency = coincidences.sum(axis=1)
    differences = _differences(values, frequency, metric)
    observed = float(np.sum(coincidences * differences)) / total
    expected = float(frequency @ differences @ frequency) / (total * (total - 1))
    return Measure(1 - observed / expected)


def krippendorff_alpha_interval(
    table: RatingTable, metric: Metric, rng: np.random.Generator, resamples: int = 2000, level: float = 0.95
) -> Estimate:
    """Krippendorff's alpha with a percentile bootstrap interval over the targets.

    Parameters
    ----------
    table, metric
        As for :func:`krippendorff_alpha`.
    rng : numpy.random.Generator
        Seeded by the caller.
    resamples : int, default 2000
        Number of resamples.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Estimate

    Notes
    -----
    Whole targets are drawn again, so the interval also carries the uncertainty of the expected disagreement.
    """

    def alpha(rows: NDArray[np.intp]) -> Measure:
        return krippendorff_alpha(_rows(table, rows), metric)

    whole = krippendorff_alpha(table, metric)
    if whole.value == 1.0:
        return without_interval(1.0, "the raters agree on every target")
    return cluster_bootstrap(table.targets, alpha, rng, resamples=resamples, level=level).estimate


def _rows(table: RatingTable, rows: NDArray[np.intp]) -> RatingTable:
    return RatingTable(tuple(str(i) for i in range(rows.size)), table.raters, table.values[rows])


def _coincidences(ratings: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    used = ratings[np.count_nonzero(~np.isnan(ratings), axis=1) >= 2]
    values = np.unique(used[~np.isnan(used)])
    counts = np.asarray((used[:, :, None] == values).sum(axis=1), dtype=np.float64)
    weights = 1 / (counts.sum(axis=1) - 1)
    pairs = (counts * weights[:, None]).T @ counts
    return pairs - np.diag((counts * weights[:, None]).sum(axis=0)), values


def _differences(values: NDArray[np.float64], frequency: NDArray[np.float64], metric: Metric) -> NDArray[np.float64]:
    a, b = values[:, None], values[None, :]
    if metric == "nominal":
        return np.asarray(a != b, dtype=np.float64)
    if metric == "ordinal":
        # The ratings up to and between two values, each end counted half.
        middle = np.cumsum(frequency) - frequency / 2
        return np.asarray((middle[:, None] - middle[None, :]) ** 2, dtype=np.float64)
    if metric == "interval":
        return np.asarray((a - b) ** 2, dtype=np.float64)
    total = np.where(a + b == 0, 1.0, a + b)
    return np.asarray(((a - b) / total) ** 2, dtype=np.float64)
