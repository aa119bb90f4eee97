"""Tables of ratings: targets in rows, raters in columns, missing reads allowed."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from measures.summary import Dropped


@dataclass(frozen=True, eq=False)
class RatingTable:
    """Ratings of targets by raters.

    Parameters
    ----------
    targets, raters : tuple of str
        Unique names of rows and columns.
    values : numpy.ndarray of float64, shape (n_targets, n_raters)
        The ratings; NaN where a rater has not read a target. A read-only copy is kept.

    Raises
    ------
    ValueError
        For names that repeat or don't fit the shape, and for infinite values.
    """

    targets: tuple[str, ...]
    raters: tuple[str, ...]
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.shape != (len(self.targets), len(self.raters)):
            raise ValueError(
                f"{len(self.targets)} targets and {len(self.raters)} raters need a table of that shape; "
                f"{values.shape} came."
            )
        for kind, names in (("target", self.targets), ("rater", self.raters)):
            twice = sorted({n for n in names if names.count(n) > 1}) if len(set(names)) < len(names) else []
            if twice:
                raise ValueError(f"A {kind} is named once; {', '.join(twice)} came more than once.")
        if np.isinf(values).any():
            raise ValueError("A rating is a finite number, or missing; an infinite one came.")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def complete(self) -> tuple[RatingTable, tuple[Dropped, ...]]:
        """Return the targets that every rater has read, and those left out, with who has not read them."""
        missing = np.isnan(self.values)
        gaps = {target: np.flatnonzero(missing[i]) for i, target in enumerate(self.targets)}
        dropped = tuple(
            Dropped(target, "no rating by " + ", ".join(self.raters[int(j)] for j in gap))
            for target, gap in gaps.items()
            if gap.size
        )
        kept = tuple(target for target, gap in gaps.items() if not gap.size)
        return RatingTable(kept, self.raters, self.values[~missing.any(axis=1)]), dropped


def rating_table(values: Sequence[Sequence[float | None]] | NDArray[np.float64]) -> RatingTable:
    """Make a table of targets named 1, 2, ... and raters named 1, 2, ...

    Parameters
    ----------
    values : array-like, shape (n_targets, n_raters)
        Ratings; None or NaN where one is missing.

    Returns
    -------
    RatingTable

    Examples
    --------
    >>> rating_table([[1, 2], [3, None]]).complete()[1]
    (Dropped(key='2', reason='no rating by 2'),)
    """
    array = np.array(values, dtype=np.float64)  # None becomes NaN
    if array.ndim != 2:
        raise ValueError(f"A table of ratings has two dimensions; {array.ndim} came.")
    n, k = array.shape
    return RatingTable(tuple(str(i + 1) for i in range(n)), tuple(str(j + 1) for j in range(k)), array)


def table_from_records(records: Iterable[tuple[Hashable, Hashable, float | None]]) -> RatingTable:
    """Make a table from one record per rating.

    Parameters
    ----------
    records : iterable of (target, rater, value)
        A pair of target and rater that is absent, or whose value is None or NaN, is a missing read.

    Returns
    -------
    RatingTable
        Targets and raters in the order in which they first come.

    Raises
    ------
    ValueError
        Where a rater rates a target twice, or a value is infinite.
    """
    ratings: dict[tuple[str, str], float] = {}
    targets: dict[str, int] = {}
    raters: dict[str, int] = {}
    for target, rater, value in records:
        key = str(target), str(rater)
        if key in ratings:
            raise ValueError(f"One rating per target and rater is expected; {key[0]} has two by {key[1]}.")
        ratings[key] = math.nan if value is None else float(value)
        targets.setdefault(key[0], len(targets))
        raters.setdefault(key[1], len(raters))
    values = np.full((len(targets), len(raters)), np.nan)
    for (target_name, rater_name), rating in ratings.items():
        values[targets[target_name], raters[rater_name]] = rating
    return RatingTable(tuple(targets), tuple(raters), values)


def complete_pairs(
    first: Sequence[float | None] | NDArray[np.float64],
    second: Sequence[float | None] | NDArray[np.float64],
    keys: Sequence[str] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...], tuple[Dropped, ...]]:
    """Keep the pairs of which both values are there.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Paired values; None or NaN where one is missing. Not modified.
    keys : sequence of str, optional
        Names of the pairs (cases); by default 1, 2, ...

    Returns
    -------
    first, second : numpy.ndarray of float64, shape (m,)
    keys : tuple of str
        Names of the pairs kept.
    dropped : tuple of Dropped
        Pairs left out, with the reason.

    Raises
    ------
    ValueError
        Where the lengths differ or a value is infinite.
    """
    a, b = (np.asarray(v, dtype=np.float64) for v in (first, second))
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"Pairs need two lists of one length; shapes {a.shape} and {b.shape} came.")
    names = tuple(str(i + 1) for i in range(a.size)) if keys is None else tuple(keys)
    if len(names) != a.size:
        raise ValueError(f"{a.size} pairs need as many names; {len(names)} came.")
    if np.isinf(a).any() or np.isinf(b).any():
        raise ValueError("A value is a finite number, or missing; an infinite one came.")
    keep = ~(np.isnan(a) | np.isnan(b))
    dropped = []
    for name, no_a, no_b in zip(names, np.isnan(a), np.isnan(b), strict=True):
        if no_a or no_b:
            which = "both values are" if no_a and no_b else ("the first value is" if no_a else "the second value is")
            dropped.append(Dropped(name, f"{which} missing"))
    kept = tuple(n for n, k in zip(names, keep, strict=True) if k)
    return a[keep], b[keep], kept, tuple(dropped)
