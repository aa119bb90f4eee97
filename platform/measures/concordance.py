"""Correlation and concordance of paired readings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from measures.estimate import Estimate, checked_level, estimated, not_estimated, without_interval
from measures.ratings import complete_pairs
from measures.summary import Dropped

Values = Sequence[float | None] | NDArray[np.float64]
CONSTANT = "one of the readings never changes"


@dataclass(frozen=True)
class Correlation:
    """A correlation coefficient.

    Attributes
    ----------
    n : int
        Pairs used.
    r : Estimate
        Coefficient and interval.
    p : float or None
        Two-sided, of the hypothesis of no correlation; None where ``r`` is undefined or n is 2.
    dropped : tuple of Dropped
        Pairs left out.
    """

    n: int
    r: Estimate
    p: float | None
    dropped: tuple[Dropped, ...]

    @property
    def undefined(self) -> dict[str, str]:
        """Why there is no p, where there is none."""
        return {} if self.p is not None else {"p": self.r.undefined.get("value", "two points always lie on a line")}


@dataclass(frozen=True)
class Concordance:
    """Lin's concordance correlation and what it is made of.

    Attributes
    ----------
    n : int
        Pairs used.
    ccc : Estimate
        Concordance correlation coefficient.
    precision : float or None
        Pearson's r: how close the points lie to a line.
    accuracy : float or None
        Bias correction factor C_b: how close that line lies to the identity.
    scale_shift : float or None
        SD of the first over SD of the second.
    location_shift : float or None
        Difference of the means over the geometric mean of the SDs.
    dropped : tuple of Dropped
        Pairs left out.
    undefined : dict of str to str
        Name of a number above that is None -> why.
    """

    n: int
    ccc: Estimate
    precision: float | None
    accuracy: float | None
    scale_shift: float | None
    location_shift: float | None
    dropped: tuple[Dropped, ...]
    undefined: dict[str, str]


def pearson(first: Values, second: Values, keys: Sequence[str] | None = None, level: float = 0.95) -> Correlation:
    """Pearson's r with Fisher's z interval and the t test.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Paired readings; None or NaN where one is missing. Not modified.
    keys : sequence of str, optional
        Names of the pairs.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Correlation
        Undefined for fewer than two pairs or a constant reading; no interval below four pairs or at r = +-1.

    References
    ----------
    Fisher 1921, https://hdl.handle.net/2440/15169.
    """
    a, b, _, dropped = complete_pairs(first, second, keys)
    return _correlation(a, b, dropped, level, ranks=False)


def spearman(first: Values, second: Values, keys: Sequence[str] | None = None, level: float = 0.95) -> Correlation:
    """Spearman's rho with Bonett and Wright's interval; parameters and edge cases as for :func:`pearson`.

    Notes
    -----
    Ties take their mean rank. The standard error of Fisher's z is ``sqrt((1 + rho^2 / 2) / (n - 3))``; p by the t
    approximation.

    References
    ----------
    Bonett and Wright 2000, doi:10.1007/BF02294183.
    """
    a, b, _, dropped = complete_pairs(first, second, keys)
    return _correlation(stats.rankdata(a), stats.rankdata(b), dropped, level, ranks=True)


def _correlation(
    a: NDArray[np.float64], b: NDArray[np.float64], dropped: tuple[Dropped, ...], level: float, ranks: bool
) -> Correlation:
    checked_level(level)
    n = a.size
    if n < 2:
        return Correlation(n, not_estimated(f"two complete pairs are needed; {n} came"), None, dropped)
    if _constant(a) or _constant(b):
        return Correlation(n, not_estimated(CONSTANT), None, dropped)
    r = _r(a, b)
    # |r| = 1 has t = infinity and p = 0; two points always lie on a line and test nothing.
    t = math.inf if abs(r) == 1 else abs(r) * math.sqrt((n - 2) / (1 - r * r))
    p = 2 * float(special.stdtr(n - 2, -t)) if n > 2 else None
    if n < 4 or abs(r) == 1:
        why = "four complete pairs are needed" if n < 4 else "all points lie on a line"
        return Correlation(n, without_interval(r, why), p, dropped)
    error = math.sqrt((1 + r * r / 2 if ranks else 1) / (n - 3))
    half = float(special.ndtri((1 + level) / 2)) * error
    return Correlation(
        n, estimated(r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half), level), p, dropped
    )


def lin_concordance(
    first: Values, second: Values, keys: Sequence[str] | None = None, level: float = 0.95
) -> Concordance:
    """Lin's concordance correlation coefficient.

    Parameters
    ----------
    first, second, keys, level
        As for :func:`pearson`.

    Returns
    -------
    Concordance

    Notes
    -----
    ``2 s_xy / (s_x^2 + s_y^2 + (mean_x - mean_y)^2)`` with moments over n. The interval is on Fisher's z with Lin's
    asymptotic variance (corrected 2000). Undefined where both readings are one and the same constant; 0 where one is
    constant, then without an interval and parts; no interval below four pairs, at r = 0 or at perfect concordance.

    References
    ----------
    Lin 1989, doi:10.2307/2532051; correction 2000, doi:10.1111/j.0006-341X.2000.00324.x.
    """
    checked_level(level)
    a, b, _, dropped = complete_pairs(first, second, keys)
    parts = ("precision", "accuracy", "scale_shift", "location_shift")
    n = a.size
    few = f"two complete pairs are needed; {n} came" if n < 2 else ""
    if n >= 2 and _constant(np.concatenate([a, b])):
        few = "all readings are equal"
    if few:
        return Concordance(n, not_estimated(few), None, None, None, None, dropped, dict.fromkeys(parts, few))
    if _constant(a) or _constant(b):
        zero = without_interval(0.0, CONSTANT)
        return Concordance(n, zero, None, None, None, None, dropped, dict.fromkeys(parts, CONSTANT))
    sa, sb, r = float(a.std()), float(b.std()), _r(a, b)
    scale, shift = sa / sb, float(a.mean() - b.mean()) / math.sqrt(sa * sb)
    accuracy = 2 / (scale + 1 / scale + shift**2)
    ccc = r * accuracy
    return Concordance(n, _lin_interval(ccc, r, shift, n, level), r, accuracy, scale, shift, dropped, {})


def _lin_interval(ccc: float, r: float, shift: float, n: int, level: float) -> Estimate:
    if n < 4 or r == 0 or 1 - abs(ccc) < 1e-12:
        why = "four complete pairs are needed" if n < 4 else "r is 0" if r == 0 else "the concordance is perfect"
        return without_interval(ccc, why)
    rest, u2 = 1 - ccc**2, shift**2
    variance = (
        (1 - r**2) * ccc**2 / (rest * r**2)
        + 2 * ccc**3 * (1 - ccc) * u2 / (r * rest**2)
        - ccc**4 * u2**2 / (2 * r**2 * rest**2)
    ) / (n - 2)
    half = float(special.ndtri((1 + level) / 2)) * math.sqrt(max(0.0, variance))
    return estimated(ccc, math.tanh(math.atanh(ccc) - half), math.tanh(math.atanh(ccc) + half), level)


def _constant(values: NDArray[np.float64]) -> bool:
    return bool(np.ptp(values) <= 16 * np.finfo(np.float64).eps * np.abs(values).max())


def _r(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    x, y = a - a.mean(), b - b.mean()
    # Scaled first, so that tiny and huge units neither vanish nor overflow.
    x, y = x / np.abs(x).max(), y / np.abs(y).max()
    r = float(np.dot(x, y) / math.sqrt(float(np.dot(x, x)) * float(np.dot(y, y))))
    return math.copysign(1.0, r) if 1 - abs(r) < 1e-14 else r
