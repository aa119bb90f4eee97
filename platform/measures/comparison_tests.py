"""Tests of two sets of readings, paired or not, each with its effect size and intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from measures.effect_sizes import (
    hodges_lehmann_paired,
    hodges_lehmann_shift,
    independent_d,
    paired_d,
    rank_biserial_from_u,
    rank_biserial_paired,
)
from measures.estimate import Estimate, checked_level, estimated, not_estimated, without_interval
from measures.ratings import complete_pairs
from measures.summary import Dropped

Values = Sequence[float | None] | NDArray[np.float64]


@dataclass(frozen=True)
class TwoSampleTest:
    """A test of first against second.

    Attributes
    ----------
    name : str
        Which test.
    n_first, n_second : int
        Readings used; equal for paired tests.
    statistic_name : str
        ``"t"``, ``"W"`` or ``"U"``.
    statistic, df, p : float or None
        p is two-sided.
    difference : Estimate
        First minus second, in the readings' unit: of means for t tests, Hodges and Lehmann's median for rank tests.
    effect_name : str
        What ``effect`` is.
    effect : Estimate
        Effect size without a unit; positive where the first readings are larger.
    dropped : tuple of Dropped
        Readings left out.
    undefined : dict of str to str
        ``"statistic"``, ``"df"`` or ``"p"`` -> why it is None.
    """

    name: str
    n_first: int
    n_second: int
    statistic_name: str
    statistic: float | None
    df: float | None
    p: float | None
    difference: Estimate
    effect_name: str
    effect: Estimate
    dropped: tuple[Dropped, ...]
    undefined: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers by name."""
        plain = ("name", "n_first", "n_second", "statistic_name", "statistic", "df", "p", "effect_name")
        return {name: getattr(self, name) for name in plain} | {
            "difference": self.difference.to_json(),
            "effect": self.effect.to_json(),
            "dropped": {d.key: d.reason for d in self.dropped},
            "undefined": dict(self.undefined),
        }


def paired_t(first: Values, second: Values, keys: Sequence[str] | None = None, level: float = 0.95) -> TwoSampleTest:
    """Paired t test with Cohen's d_z.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Paired readings; pairs with a missing one are dropped and named. Not modified.
    keys : sequence of str, optional
        Names of the pairs.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    TwoSampleTest
        Undefined for fewer than two pairs, and where all differences are equal.

    Notes
    -----
    ``t = mean / (SD / sqrt(n))``; d_z = mean / SD of the differences, its interval from the noncentral t distribution.

    References
    ----------
    Cumming and Finch 2001, doi:10.1177/0013164401614002.
    """
    checked_level(level)
    a, b, _, dropped = complete_pairs(first, second, keys)
    names = ("paired t test", "t", "Cohen's d_z")
    n, d = a.size, a - b
    if n < 2:
        return _nothing(names, n, n, f"two complete pairs are needed; {n} came", dropped)
    mean, sd = float(d.mean()), float(d.std(ddof=1))
    if sd <= 16 * np.finfo(np.float64).eps * max(float(np.abs(a).max()), float(np.abs(b).max())):
        return _nothing(names, n, n, "all differences are equal", dropped, mean)
    error = sd / math.sqrt(n)
    half = float(special.stdtrit(n - 1, (1 + level) / 2)) * error
    t = mean / error
    difference = estimated(mean, mean - half, mean + half, level)
    p = 2 * float(special.stdtr(n - 1, -abs(t)))
    return TwoSampleTest(
        names[0], n, n, "t", t, float(n - 1), p, difference, names[2], paired_d(t, n, level), dropped, {}
    )


def welch_t(
    first: Mapping[str, float | None] | Values, second: Mapping[str, float | None] | Values, level: float = 0.95
) -> TwoSampleTest:
    """Unpaired t test that lets the variances differ, with Cohen's d of the pooled SD.

    Parameters
    ----------
    first, second : array-like or mapping of key to reading
        Two independent groups; missing readings are dropped and named.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    TwoSampleTest
        Undefined for fewer than two readings in a group, and where neither group varies.

    References
    ----------
    Welch 1947, doi:10.1093/biomet/34.1-2.28. Hedges and Olkin 1985, doi:10.1016/C2009-0-03396-0 (interval of d).
    """
    checked_level(level)
    a, b, dropped = _groups(first, second)
    names = ("Welch's t test", "t", "Cohen's d")
    if min(a.size, b.size) < 2:
        return _nothing(names, a.size, b.size, "two readings in each group are needed", dropped)
    mean = float(a.mean() - b.mean())
    parts = float(a.var(ddof=1)) / a.size, float(b.var(ddof=1)) / b.size
    error = math.sqrt(sum(parts))
    if error <= 16 * np.finfo(np.float64).eps * max(float(np.abs(a).max()), float(np.abs(b).max())):
        return _nothing(names, a.size, b.size, "neither group varies", dropped, mean)
    df = sum(parts) ** 2 / (parts[0] ** 2 / (a.size - 1) + parts[1] ** 2 / (b.size - 1))
    half = float(special.stdtrit(df, (1 + level) / 2)) * error
    t = mean / error
    p = 2 * float(special.stdtr(df, -abs(t)))
    difference = estimated(mean, mean - half, mean + half, level)
    effect = independent_d(a, b, level)
    return TwoSampleTest(names[0], a.size, b.size, "t", t, df, p, difference, names[2], effect, dropped, {})


def wilcoxon(first: Values, second: Values, keys: Sequence[str] | None = None, level: float = 0.95) -> TwoSampleTest:
    """Wilcoxon's signed-rank test with the matched-pairs rank-biserial correlation.

    Parameters
    ----------
    first, second, keys, level
        As for :func:`paired_t`.

    Returns
    -------
    TwoSampleTest
        The statistic W is the smaller sum of ranks. Undefined where all differences are zero.

    Notes
    -----
    Pairs without a difference are left out of the ranks (Wilcoxon's own way); W, effect and Hodges and Lehmann's
    median (over all pairs) follow. p is exact up to 50 differences without ties, else normal with the correction for
    ties and for continuity.

    References
    ----------
    Wilcoxon 1945, doi:10.2307/3001968. Kerby 2014, doi:10.2466/11.IT.3.1.
    """
    checked_level(level)
    a, b, _, dropped = complete_pairs(first, second, keys)
    names = ("Wilcoxon signed-rank test", "W", "rank-biserial correlation")
    n, d = a.size, a - b
    moved = d[d != 0]
    if n < 1 or moved.size == 0:
        reason = "all differences are zero" if n else "a complete pair is needed; none came"
        return _nothing(names, n, n, reason, dropped, 0.0 if n else None)
    exact = moved.size <= 50 and np.unique(np.abs(moved)).size == moved.size
    w, p = _signed_rank_exact(moved) if exact else _signed_rank_normal(moved)
    difference, effect = hodges_lehmann_paired(d, level), rank_biserial_paired(moved, level)
    reasons = {"df": "a rank test has none"}
    return TwoSampleTest(names[0], n, n, "W", w, None, p, difference, names[2], effect, dropped, reasons)


def _signed_rank_exact(moved: NDArray[np.float64]) -> tuple[float, float]:
    found = stats.wilcoxon(moved, method="exact")
    return float(found.statistic), float(found.pvalue)


def _signed_rank_normal(moved: NDArray[np.float64]) -> tuple[float, float]:
    """W and p with the corrections for ties and continuity; scipy's own is many times slower for being general."""
    n = moved.size
    _, rank_of, ties = np.unique(np.abs(moved), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[rank_of]
    positive = float(ranks[moved > 0].sum())
    w = min(positive, n * (n + 1) / 2 - positive)
    variance = n * (n + 1) * (2 * n + 1) / 24 - float(np.sum(ties.astype(np.float64) ** 3 - ties)) / 48
    z = min(w + 0.5 - n * (n + 1) / 4, 0.0) / math.sqrt(variance)
    return w, min(1.0, 2 * float(special.ndtr(z)))


def mann_whitney(
    first: Mapping[str, float | None] | Values, second: Mapping[str, float | None] | Values, level: float = 0.95
) -> TwoSampleTest:
    """Mann and Whitney's U test with the rank-biserial correlation.

    Parameters
    ----------
    first, second, level
        As for :func:`welch_t`.

    Returns
    -------
    TwoSampleTest
        The statistic U counts the pairs in which the first reading is larger, ties as half. Undefined for an empty
        group, and where all readings are equal.

    Notes
    -----
    p is exact where there are no ties and a group has at most 8 readings, else normal with the corrections for ties and
    continuity. The effect is ``2 U / (n m) - 1``; ``(1 + effect) / 2`` is the chance that a first reading exceeds a
    second one.

    References
    ----------
    Mann and Whitney 1947, doi:10.1214/aoms/1177730491. Newcombe 2006, doi:10.1002/sim.2324 (interval).
    """
    checked_level(level)
    a, b, dropped = _groups(first, second)
    names = ("Mann-Whitney U test", "U", "rank-biserial correlation")
    if min(a.size, b.size) < 1:
        return _nothing(names, a.size, b.size, "a reading in each group is needed", dropped)
    both = np.concatenate([a, b])
    distinct = np.unique(both).size
    if distinct == 1:
        return _nothing(names, a.size, b.size, "all readings are equal", dropped, 0.0)
    exact = distinct == both.size and min(a.size, b.size) <= 8
    found = stats.mannwhitneyu(a, b, method="exact" if exact else "asymptotic")
    u, p = float(found.statistic), float(found.pvalue)
    effect = rank_biserial_from_u(u, a.size, b.size, level)
    difference = hodges_lehmann_shift(a, b, level)
    reasons = {"df": "a rank test has none"}
    return TwoSampleTest(names[0], a.size, b.size, "U", u, None, p, difference, names[2], effect, dropped, reasons)


def _nothing(
    names: tuple[str, str, str],
    n_first: int,
    n_second: int,
    reason: str,
    dropped: tuple[Dropped, ...],
    difference: float | None = None,
) -> TwoSampleTest:
    shift = not_estimated(reason) if difference is None else without_interval(difference, reason)
    reasons = dict.fromkeys(("statistic", "df", "p"), reason)
    nothing = not_estimated(reason)
    return TwoSampleTest(
        names[0], n_first, n_second, names[1], None, None, None, shift, names[2], nothing, dropped, reasons
    )


def _groups(
    first: Mapping[str, float | None] | Values, second: Mapping[str, float | None] | Values
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[Dropped, ...]]:
    arrays: list[NDArray[np.float64]] = []
    dropped: list[Dropped] = []
    for name, group in (("first", first), ("second", second)):
        keys = list(group) if isinstance(group, Mapping) else [f"{name} {i + 1}" for i in range(len(group))]
        values = np.array(list(group.values()) if isinstance(group, Mapping) else group, dtype=np.float64)
        if np.isinf(values).any():
            raise ValueError("A reading is a finite number, or missing; an infinite one came.")
        dropped += [Dropped(str(keys[int(i)]), "the reading is missing") for i in np.flatnonzero(np.isnan(values))]
        arrays.append(values[~np.isnan(values)])
    return arrays[0], arrays[1], tuple(dropped)
