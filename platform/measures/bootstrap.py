"""Bootstrap intervals that respect which readings belong to one subject."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from measures.estimate import Estimate, checked_level, estimated, not_estimated, without_interval
from measures.result import Measure

Statistic = Callable[[NDArray[np.intp]], Measure | float | None]
Method = Literal["percentile", "bca"]


class SubjectDraws:
    """How often each subject is drawn in each resample: made once, for the means of any number of measures.

    The mean of a resample is a ratio of two sums over subjects, so that all resamples are two matrix products.

    Parameters
    ----------
    subjects : sequence of hashable
        Every subject of the study, once or more.
    rng : numpy.random.Generator
        Seeded by the caller.
    resamples : int, default 2000
        Number of resamples, at least 100.

    Raises
    ------
    ValueError
        For fewer than 100 resamples.
    """

    def __init__(self, subjects: Sequence[Hashable], rng: np.random.Generator, resamples: int = 2000) -> None:
        if resamples < 100:
            raise ValueError(f"At least 100 resamples are drawn; {resamples} came.")
        self.place = {subject: i for i, subject in enumerate(dict.fromkeys(subjects))}
        n = len(self.place)
        drawn = rng.integers(0, n, size=(resamples, n)) if n else np.zeros((resamples, 0), dtype=np.int64)
        self.counts = np.zeros((resamples, n))
        np.add.at(self.counts, (np.arange(resamples)[:, None], drawn), 1.0)

    def sums(self, clusters: Sequence[Hashable], columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of each column over the rows of every resample.

        Parameters
        ----------
        clusters : sequence, shape (n,)
            The subject of each row.
        columns : numpy.ndarray of float64, shape (n, c)
            Finite numbers.

        Returns
        -------
        numpy.ndarray of float64, shape (resamples, c)
        """
        return self._sums(np.array([self.place[cluster] for cluster in clusters], dtype=np.intp), columns)

    def _sums(self, places: NDArray[np.intp], columns: NDArray[np.float64]) -> NDArray[np.float64]:
        by_subject = [np.bincount(places, column, len(self.place)) for column in columns.T]
        return np.asarray(self.counts @ np.array(by_subject).reshape(columns.shape[1], -1).T)

    def mean(
        self, clusters: Sequence[Hashable], values: Sequence[float] | NDArray[np.float64], level: float = 0.95
    ) -> Estimate:
        """Return the mean with its percentile interval.

        Parameters
        ----------
        clusters : sequence, shape (n,)
            The subject of each value.
        values : array-like, shape (n,)
            Finite numbers.
        level : float, default 0.95
            Coverage.

        Returns
        -------
        Estimate
            No interval for fewer than two subjects.
        """
        checked_level(level)
        data = np.asarray(values, dtype=np.float64)
        if data.size == 0:
            return not_estimated("no value is defined")
        if len(set(clusters)) < 2:
            return without_interval(float(data.mean()), "two subjects are needed; 1 came")
        # Centred, so that a mean with a small spread keeps its digits.
        centre = float(data.mean())
        sums = self.sums(clusters, np.column_stack([data - centre, np.ones(data.size)]))
        drawn = sums[sums[:, 1] > 0]
        low, high = np.quantile(centre + drawn[:, 0] / drawn[:, 1], [(1 - level) / 2, (1 + level) / 2])
        return estimated(centre, float(low), float(high), level)

    def mean_intervals(
        self, clusters: Sequence[Hashable], columns: NDArray[np.float64], level: float = 0.95
    ) -> NDArray[np.float64]:
        """Return the intervals that :meth:`mean` gives, for many columns at once.

        Parameters
        ----------
        clusters : sequence, shape (n,)
            The subject of each row.
        columns : numpy.ndarray of float64, shape (n, c)
            NaN where a value is undefined: it is left out.
        level : float, default 0.95
            Coverage.

        Returns
        -------
        numpy.ndarray of float64, shape (c, 2)
            NaN where fewer than two subjects have a value.
        """
        checked_level(level)
        defined = ~np.isnan(columns)
        counts = defined.sum(axis=0)
        centre = np.where(defined, columns, 0.0).sum(axis=0) / np.maximum(counts, 1)
        centred = np.where(defined, columns - centre, 0.0)
        places = np.array([self.place[cluster] for cluster in clusters], dtype=np.intp)
        # Columns that are defined in the same rows, as most are, share their weights.
        patterns, pattern_of = np.unique(defined, axis=1, return_inverse=True)
        weight = self._sums(places, patterns.astype(np.float64))[:, pattern_of.reshape(-1)]
        total = self._sums(places, centred)
        means = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0) + centre
        tails = [(1 - level) / 2, (1 + level) / 2]
        found = np.full((columns.shape[1], 2), np.nan)
        several = np.array(
            [np.unique(places[defined[:, i]]).size >= 2 for i in range(columns.shape[1])], dtype=np.bool_
        )
        drawn_always = several & ~np.isnan(means).any(axis=0)
        if drawn_always.any():
            found[drawn_always] = np.quantile(means[:, drawn_always], tails, axis=0).T
        for i in np.flatnonzero(several & ~drawn_always):
            found[i] = np.quantile(means[~np.isnan(means[:, i]), i], tails)
        return found


@dataclass(frozen=True)
class Bootstrap:
    """A bootstrap of a statistic.

    Attributes
    ----------
    estimate : Estimate
        The statistic of the data, with its interval.
    clusters : int
        Number of subjects that were drawn from.
    resamples : int
        Number of resamples in which the statistic was defined.
    undefined_resamples : int
        Those in which it was not; they are left out, so with many of them the interval speaks for the rest only.
    """

    estimate: Estimate
    clusters: int
    resamples: int
    undefined_resamples: int


def cluster_bootstrap(
    clusters: Sequence[Hashable],
    statistic: Statistic,
    rng: np.random.Generator,
    *,
    resamples: int = 2000,
    method: Method = "percentile",
    level: float = 0.95,
) -> Bootstrap:
    """Bootstrap a statistic by drawing whole subjects.

    Parameters
    ----------
    clusters : sequence, shape (n,)
        The subject of each row of the data.
    statistic : callable
        Takes row numbers, an array of intp with repeats, and returns the statistic of those rows; None, NaN or an
        undefined measure where there is none.
    rng : numpy.random.Generator
        Seeded by the caller: the same seed gives the same interval.
    resamples : int, default 2000
        Number of resamples.
    method : {"percentile", "bca"}, default "percentile"
        BCa also corrects bias and skewness, with a jackknife over subjects.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Bootstrap
        No interval for fewer than two subjects, or where most resamples leave the statistic undefined.

    Raises
    ------
    ValueError
        For fewer than 100 resamples or another method.

    Notes
    -----
    Rows of one subject are alike: drawing single rows would make the interval too narrow. With fewer than about 10
    subjects any bootstrap interval is too narrow as well.

    References
    ----------
    Efron 1987, doi:10.1080/01621459.1987.10478410. Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.

    Examples
    --------
    >>> values = np.array([1.0, 1.2, 3.0, 3.1, 5.0, 5.3])
    >>> drawn = cluster_bootstrap("aabbcc", lambda rows: values[rows].mean(), np.random.default_rng(0))
    >>> drawn.clusters
    3
    """
    checked_level(level)
    if resamples < 100:
        raise ValueError(f"At least 100 resamples are drawn; {resamples} came.")
    if method not in ("percentile", "bca"):
        raise ValueError(f"The method is percentile or bca; {method!r} came.")
    rows_of: dict[Hashable, list[int]] = {}
    for row, cluster in enumerate(clusters):
        rows_of.setdefault(cluster, []).append(row)
    groups = [np.array(rows, dtype=np.intp) for rows in rows_of.values()]
    whole = statistic(np.arange(len(clusters), dtype=np.intp))
    value = _number(whole)
    if value is None:
        reason = (whole.undefined if isinstance(whole, Measure) else None) or "the statistic of the data is undefined"
        return Bootstrap(not_estimated(reason), len(groups), 0, 0)
    if len(groups) < 2:
        reason = f"two subjects are needed; {len(groups)} came"
        return Bootstrap(without_interval(value, reason), len(groups), 0, 0)
    draws = rng.integers(0, len(groups), size=(resamples, len(groups)))
    found = [_number(statistic(np.concatenate([groups[int(g)] for g in draw]))) for draw in draws]
    values = np.sort(np.array([v for v in found if v is not None]))
    lost = resamples - values.size
    if lost > resamples / 2:
        reason = f"the statistic is undefined in {lost} of {resamples} resamples"
        return Bootstrap(without_interval(value, reason), len(groups), values.size, lost)
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if method == "bca":
        corrected = _bca_tails(values, value, groups, statistic, tails)
        if isinstance(corrected, str):
            return Bootstrap(without_interval(value, corrected), len(groups), values.size, lost)
        tails = corrected
    low, high = (float(v) for v in np.quantile(values, tails))
    return Bootstrap(estimated(value, low, high, level), len(groups), values.size, lost)


def _number(result: Measure | float | None) -> float | None:
    value = result.value if isinstance(result, Measure) else result
    return None if value is None or not np.isfinite(value) else float(value)


def _bca_tails(
    values: NDArray[np.float64],
    value: float,
    groups: list[NDArray[np.intp]],
    statistic: Statistic,
    tails: NDArray[np.float64],
) -> NDArray[np.float64] | str:
    # Ties count half, so that a statistic with few values is not called biased.
    below = (np.count_nonzero(values < value) + np.count_nonzero(values <= value)) / (2 * values.size)
    if not 0 < below < 1:
        return "the estimate lies outside all resamples"
    left_out = [
        _number(statistic(np.concatenate([g for j, g in enumerate(groups) if j != i]))) for i in range(len(groups))
    ]
    jack = np.array([v for v in left_out if v is not None])
    if jack.size < len(groups):
        return "the statistic is undefined without one of the subjects"
    off = jack.mean() - jack
    square = float(np.sum(off**2))
    skew = float(np.sum(off**3)) / (6 * square**1.5) if square > 0 else 0.0
    bias, z = float(special.ndtri(below)), special.ndtri(tails)
    scale = 1 - skew * (bias + z)
    if not (scale > 0).all():
        return "the acceleration is too large for a BCa interval"
    return np.asarray(special.ndtr(bias + (bias + z) / scale), dtype=np.float64)
