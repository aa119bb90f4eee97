"""Bland-Altman limits where a subject was read more than once by each method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from measures.estimate import Estimate, checked_level, estimated, not_estimated
from measures.summary import Dropped

Truth = Literal["varying", "constant"]
Values = Sequence[float | None] | NDArray[np.float64]


@dataclass(frozen=True)
class RepeatedBlandAltman:
    """Agreement of two methods with several readings per subject.

    Attributes
    ----------
    truth : {"varying", "constant"}
        Whether a subject's true value may change between readings.
    n_subjects, n_readings : int
        Subjects and rows used.
    bias, lower, upper : Estimate
        Mean difference, first minus second, and limits of agreement for single readings, in the readings' unit.
    sd : float or None
        Standard deviation of the difference of two single readings.
    between_sd : float or None
        Standard deviation (ddof 1) of the subjects' mean differences.
    dropped : tuple of Dropped
        Rows and subjects left out.
    undefined : dict of str to str
        ``"sd"`` or ``"between_sd"`` -> why it is None.
    """

    truth: Truth
    n_subjects: int
    n_readings: int
    bias: Estimate
    lower: Estimate
    upper: Estimate
    sd: float | None
    between_sd: float | None
    dropped: tuple[Dropped, ...]
    undefined: dict[str, str]


@dataclass(frozen=True)
class _Part:
    """A multiple of a mean square; the parts' sum is the variance of a single difference."""

    amount: float
    df: int


def bland_altman_repeated(
    subjects: Sequence[str], first: Values, second: Values, truth: Truth = "varying", level: float = 0.95
) -> RepeatedBlandAltman:
    """Compute bias and limits for repeated readings.

    Parameters
    ----------
    subjects : sequence of str, shape (n,)
        The subject of each row.
    first, second : array-like, shape (n,)
        Readings by two methods. With ``truth="varying"`` a row is a pair read at one time, and one with a missing
        value is dropped. With ``"constant"`` rows don't link the methods: a missing value only shortens its own list.
    truth : {"varying", "constant"}, default "varying"
        Whether a subject's true value may change from row to row.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    RepeatedBlandAltman

    Raises
    ------
    ValueError
        For lists of different lengths, infinite readings, or an unknown ``truth``.

    Notes
    -----
    With s_b^2 the variance of the n subjects' mean differences and m the harmonic mean of the readings per subject, the
    variance of a single difference is ``s_b^2 + (1 - 1/m) s_w^2`` (varying: s_w^2 within subjects of the differences),
    or ``s_b^2 + (1 - 1/m_x) s_xw^2 + (1 - 1/m_y) s_yw^2`` (constant: within subjects of each method). Subjects weigh
    the same, however often they were read. Intervals by the method of variance estimates recovery. With one reading per
    subject this is the plain analysis; fewer than two subjects leave all undefined.

    References
    ----------
    Bland and Altman 2007, doi:10.1080/10543400701329422. Zou 2013, doi:10.1177/0962280211402548.
    """
    checked_level(level)
    if truth not in ("varying", "constant"):
        raise ValueError(f"The truth is varying or constant; {truth!r} came.")
    a, b = (np.asarray(v, dtype=np.float64) for v in (first, second))
    if a.ndim != 1 or a.shape != b.shape or len(subjects) != a.size:
        raise ValueError(f"One subject per pair is expected; {len(subjects)}, {a.shape} and {b.shape} came.")
    if np.isinf(a).any() or np.isinf(b).any():
        raise ValueError("A reading is a finite number, or missing; an infinite one came.")
    groups, dropped, readings = _groups(tuple(map(str, subjects)), a, b, truth)
    n = len(groups)
    if n < 2:
        few = f"two subjects with readings by both methods are needed; {n} came"
        nothing = not_estimated(few)
        reasons = {"sd": few, "between_sd": few}
        return RepeatedBlandAltman(truth, n, readings, nothing, nothing, nothing, None, None, dropped, reasons)
    differences = np.array([x.mean() - y.mean() for x, y in groups])
    between = float(differences.var(ddof=1))
    parts = [_Part(between, n - 1)]
    if truth == "varying":
        parts += _within([x - y for x, y in groups])
    else:
        parts += _within([x for x, _ in groups]) + _within([y for _, y in groups])
    return _assemble(truth, readings, float(differences.mean()), parts, n, level, dropped)


def _groups(
    subjects: tuple[str, ...], a: NDArray[np.float64], b: NDArray[np.float64], truth: Truth
) -> tuple[list[tuple[NDArray[np.float64], NDArray[np.float64]]], tuple[Dropped, ...], int]:
    rows: dict[str, list[int]] = {}
    for i, subject in enumerate(subjects):
        rows.setdefault(subject, []).append(i)
    groups, dropped, readings = [], [], 0
    for subject, indices in rows.items():
        x, y = a[indices], b[indices]
        if truth == "varying":
            both = ~(np.isnan(x) | np.isnan(y))
            gone = int(np.count_nonzero(~both))
            x, y = x[both], y[both]
        else:
            gone = int(np.count_nonzero(np.isnan(x)) + np.count_nonzero(np.isnan(y)))
            x, y = x[~np.isnan(x)], y[~np.isnan(y)]
        if x.size == 0 or y.size == 0:
            dropped.append(Dropped(subject, "no reading by both methods"))
            continue
        if gone:
            dropped.append(Dropped(subject, f"{gone} readings are missing; the others are used"))
        groups.append((x, y))
        readings += max(x.size, y.size)
    return groups, tuple(dropped), readings


def _within(groups: list[NDArray[np.float64]]) -> list[_Part]:
    df = sum(g.size - 1 for g in groups)
    if df == 0:
        return []
    square = sum(float(np.sum((g - g.mean()) ** 2)) for g in groups) / df
    harmonic = len(groups) / sum(1 / g.size for g in groups)
    return [_Part((1 - 1 / harmonic) * square, df)]


def _assemble(
    truth: Truth, readings: int, bias: float, parts: list[_Part], n: int, level: float, dropped: tuple[Dropped, ...]
) -> RepeatedBlandAltman:
    tail = (1 - level) / 2
    z = float(special.ndtri(1 - tail))
    variance = sum(p.amount for p in parts)
    # chdtri takes the upper tail.
    down = sum((p.amount * (1 - p.df / float(special.chdtri(p.df, tail)))) ** 2 for p in parts)
    up = sum((p.amount * (p.df / float(special.chdtri(p.df, 1 - tail)) - 1)) ** 2 for p in parts)
    sd = math.sqrt(variance)
    sd_low, sd_high = math.sqrt(max(0.0, variance - math.sqrt(down))), math.sqrt(variance + math.sqrt(up))
    half = z * math.sqrt(parts[0].amount / n)
    inner = math.hypot(half, 1.96 * (sd - sd_low))
    outer = math.hypot(half, 1.96 * (sd_high - sd))
    low, high = bias - 1.96 * sd, bias + 1.96 * sd
    return RepeatedBlandAltman(
        truth,
        n,
        readings,
        estimated(bias, bias - half, bias + half, level),
        estimated(low, low - outer, low + inner, level),
        estimated(high, high - inner, high + outer, level),
        sd,
        math.sqrt(parts[0].amount),
        dropped,
        {},
    )
