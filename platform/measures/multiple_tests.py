"""Several tests at once: Holm's correction, and Friedman's test with pairwise comparisons after it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special, stats

from measures.comparison_tests import TwoSampleTest, wilcoxon
from measures.ratings import RatingTable
from measures.summary import Dropped


def holm(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Adjust p values so that the chance of any false positive stays below the level.

    Parameters
    ----------
    p_values : mapping of str to float or None
        Test to p; None where a test was undefined: it isn't counted.

    Returns
    -------
    dict of str to float or None
        Adjusted p, at most 1, in the order given.

    Raises
    ------
    ValueError
        For a p outside 0 ... 1.

    Notes
    -----
    The i-th smallest of m is multiplied by m - i + 1; none falls below a smaller one's.

    References
    ----------
    Holm 1979, https://www.jstor.org/stable/4615733.

    Examples
    --------
    >>> holm({"a": 0.01, "b": 0.04, "c": None})
    {'a': 0.02, 'b': 0.04, 'c': None}
    """
    defined = sorted((p, name) for name, p in p_values.items() if p is not None)
    adjusted: dict[str, float | None] = dict.fromkeys(p_values)
    floor = 0.0
    for i, (p, name) in enumerate(defined):
        if not 0 <= p <= 1:
            raise ValueError(f"A p value lies between 0 and 1; {p} came for {name}.")
        floor = max(floor, min(1.0, p * (len(defined) - i)))
        adjusted[name] = floor
    return adjusted


@dataclass(frozen=True)
class PairAfterFriedman:
    """Two raters or models compared after Friedman's test.

    Attributes
    ----------
    first, second : str
        Which.
    rank_difference : float
        Mean rank of the first minus that of the second.
    nemenyi_p : float
        From the studentised range of the mean ranks.
    test : TwoSampleTest
        Wilcoxon's signed-rank test of the two.
    holm_p : float or None
        Its p after Holm's correction over all pairs; None where the test is undefined.
    """

    first: str
    second: str
    rank_difference: float
    nemenyi_p: float
    test: TwoSampleTest
    holm_p: float | None


@dataclass(frozen=True)
class Friedman:
    """Friedman's test of k raters or models on the same cases.

    Attributes
    ----------
    n, k : int
        Complete cases, and raters.
    chi2, df, p : float, int or None
        The test.
    kendall_w : float or None
        Effect size: 0 where the ranks are random, 1 where all cases rank alike.
    mean_ranks : dict of str to float
        Rater to mean rank; 1 is the smallest reading.
    pairs : tuple of PairAfterFriedman
        Every pair.
    dropped : tuple of Dropped
        Cases that some rater lacks.
    undefined : str or None
        Why there is no test.
    """

    n: int
    k: int
    chi2: float | None
    df: int | None
    p: float | None
    kendall_w: float | None
    mean_ranks: dict[str, float]
    pairs: tuple[PairAfterFriedman, ...]
    dropped: tuple[Dropped, ...]
    undefined: str | None


def friedman(table: RatingTable, level: float = 0.95) -> Friedman:
    """Compare three or more raters or models on the same cases by ranks.

    Parameters
    ----------
    table : RatingTable
        Cases in rows; those that some rater lacks are dropped and named.
    level : float, default 0.95
        Coverage of the intervals of the pairwise tests.

    Returns
    -------
    Friedman
        Undefined for fewer than three raters or two cases, and where every case is tied throughout.

    Notes
    -----
    ``chi2 = 12 n sum((R_j - (k + 1) / 2)^2) / (k (k + 1))``, divided by the correction for ties; W = chi2 /
    (n (k - 1)). p by the chi-square approximation. Nemenyi's p treats the mean ranks as normal.

    References
    ----------
    Friedman 1937, doi:10.1080/01621459.1937.10503522. Demsar 2006, https://www.jmlr.org/papers/v7/demsar06a.html.
    """
    kept, dropped = table.complete()
    n, k = kept.values.shape
    if k < 3 or n < 2:
        reason = f"three raters and two complete cases are needed; {k} and {n} came"
        return Friedman(n, k, None, None, None, None, {}, (), dropped, reason)
    ranks = stats.rankdata(kept.values, axis=1)
    mean_ranks = ranks.mean(axis=0)
    named = {rater: float(r) for rater, r in zip(kept.raters, mean_ranks, strict=True)}
    ties = sum(float(np.sum(c**3 - c)) for c in (np.unique(row, return_counts=True)[1] for row in kept.values))
    correction = 1 - ties / (n * (k**3 - k))
    if correction < 1e-12:
        return Friedman(n, k, None, None, None, None, named, (), dropped, "every case is tied throughout")
    chi2 = 12 * n * float(np.sum((mean_ranks - (k + 1) / 2) ** 2)) / (k * (k + 1)) / correction
    p = float(special.chdtrc(k - 1, chi2))
    pairs = _pairs(kept, named, level)
    return Friedman(n, k, chi2, k - 1, p, chi2 / (n * (k - 1)), named, pairs, dropped, None)


def _pairs(table: RatingTable, mean_ranks: dict[str, float], level: float) -> tuple[PairAfterFriedman, ...]:
    n, k = table.values.shape
    column = {rater: table.values[:, j] for j, rater in enumerate(table.raters)}
    both = list(combinations(table.raters, 2))
    tests = {f"{a}\0{b}": wilcoxon(column[a], column[b], table.targets, level) for a, b in both}
    adjusted = holm({key: test.p for key, test in tests.items()})
    error = math.sqrt(k * (k + 1) / (12 * n))
    apart = [mean_ranks[a] - mean_ranks[b] for a, b in both]
    nemenyi = stats.studentized_range.sf(np.abs(apart) / error, k, np.inf)
    return tuple(
        PairAfterFriedman(a, b, d, float(q), tests[f"{a}\0{b}"], adjusted[f"{a}\0{b}"])
        for (a, b), d, q in zip(both, apart, np.atleast_1d(nemenyi), strict=True)
    )
