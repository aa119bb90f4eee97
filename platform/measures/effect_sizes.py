"""Effect sizes and location shifts with their intervals."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from measures.estimate import Estimate, estimated, without_interval

MOST_PAIRS = 4_000_000
"""Largest number of pairwise differences that a Hodges-Lehmann estimate is made of."""
TINY = 1e-12


def paired_d(t: float, n: int, level: float) -> Estimate:
    """Return Cohen's d_z from a paired t, with the interval that the noncentral t distribution gives."""
    root, df = math.sqrt(n), n - 1
    low, high = (float(special.nctdtrinc(df, q, t)) / root for q in ((1 + level) / 2, (1 - level) / 2))
    # The search ends at its own bounds where it fails.
    if not (math.isfinite(low) and math.isfinite(high) and low <= t / root <= high):
        return without_interval(t / root, "the noncentral t distribution could not be inverted")
    return estimated(t / root, low, high, level)


def independent_d(first: NDArray[np.float64], second: NDArray[np.float64], level: float) -> Estimate:
    """Return Cohen's d of two groups (pooled SD) with its large-sample interval."""
    n, m = first.size, second.size
    pooled = ((n - 1) * float(first.var(ddof=1)) + (m - 1) * float(second.var(ddof=1))) / (n + m - 2)
    d = float(first.mean() - second.mean()) / math.sqrt(pooled)
    half = float(special.ndtri((1 + level) / 2)) * math.sqrt((n + m) / (n * m) + d * d / (2 * (n + m)))
    return estimated(d, d - half, d + half, level)


def rank_biserial_paired(differences: NDArray[np.float64], level: float) -> Estimate:
    """Return the matched-pairs rank-biserial correlation of differences without zeros.

    Notes
    -----
    (sum of positive ranks - sum of negative ranks) / sum of ranks. The interval is on Fisher's z with the standard
    error under no effect, so it is approximate; there is none where all differences have one sign.
    """
    n = differences.size
    ranks = stats.rankdata(np.abs(differences))
    r = float(np.sum(ranks * np.sign(differences))) / (n * (n + 1) / 2)
    if abs(r) >= 1 - 1e-12:
        return without_interval(math.copysign(1.0, r), "all differences have one sign")
    error = math.sqrt((2 * n**3 + 3 * n**2 + n) / 6) / (n * (n + 1) / 2)
    half = float(special.ndtri((1 + level) / 2)) * error
    return estimated(r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half), level)


def rank_biserial_from_u(u: float, n: int, m: int, level: float) -> Estimate:
    """Return ``2 U / (n m) - 1`` with Newcombe's score-like interval (his method 5), defined at +-1 too."""
    area = u / (n * m)
    z = float(special.ndtri((1 + level) / 2))
    size = (n + m) / 2 - 1

    def off(theta: float) -> float:
        spread = theta * (1 - theta) * (1 + size * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (n * m)
        return (area - theta) ** 2 - z * z * spread

    # At the ends the bound itself is a root as well: start beside it.
    low = 0.0 if area == 0 else float(optimize.brentq(off, 0.0, min(area, 1 - TINY)))
    high = 1.0 if area == 1 else float(optimize.brentq(off, max(area, TINY), 1.0))
    return estimated(2 * area - 1, 2 * low - 1, 2 * high - 1, level)


def hodges_lehmann_paired(differences: NDArray[np.float64], level: float) -> Estimate:
    """Return the median of the means of all pairs of differences, with the interval of the signed-rank test."""
    n = differences.size
    if n * (n + 1) // 2 > MOST_PAIRS:
        return without_interval(float(np.median(differences)), "too many pairs: this is the plain median")
    first, second = _pairs(n)
    walsh = np.sort((differences[first] + differences[second]) / 2)
    spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return _order_statistics(walsh, spread, level)


@lru_cache(maxsize=16)
def _pairs(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of n places, each with itself too; the measures of a study mostly have one n."""
    return np.triu_indices(n)


def hodges_lehmann_shift(first: NDArray[np.float64], second: NDArray[np.float64], level: float) -> Estimate:
    """Return the median of all differences between two groups, with the interval of the U test."""
    n, m = first.size, second.size
    if n * m > MOST_PAIRS:
        shift = float(np.median(first) - np.median(second))
        return without_interval(shift, "too many pairs: this is the difference of the medians")
    differences = np.sort((first[:, None] - second[None, :]).ravel())
    return _order_statistics(differences, math.sqrt(n * m * (n + m + 1) / 12), level)


def _order_statistics(values: NDArray[np.float64], spread: float, level: float) -> Estimate:
    middle = float(np.median(values))
    z = float(special.ndtri((1 + level) / 2))
    rank = math.floor(values.size / 2 - z * spread)
    if rank < 0:
        return without_interval(middle, "too few readings for an interval of this level")
    return estimated(middle, float(values[rank]), float(values[values.size - 1 - rank]), level)
