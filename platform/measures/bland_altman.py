"""Bland-Altman analysis: bias and limits of agreement of two methods, raters or reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from measures.estimate import Estimate, checked_level, estimated, not_estimated, without_interval
from measures.ratings import complete_pairs
from measures.summary import Dropped

Scale = Literal["difference", "percent", "ratio"]
SCALES: tuple[Scale, ...] = ("difference", "percent", "ratio")
Values = Sequence[float | None] | NDArray[np.float64]


@dataclass(frozen=True)
class ProportionalBias:
    """Regression of the differences on the means.

    Attributes
    ----------
    slope, intercept : Estimate
        ``difference = intercept + slope * mean``.
    p : float or None
        Of the hypothesis that the slope is 0; None where the regression is undefined or
        exact.
    spread_slope, spread_intercept : float or None
        Regression of the absolute residuals R on the means. Limits that widen with the mean are
        ``intercept + slope m +- 2.46 (spread_intercept + spread_slope m)``.
    spread_p : float or None
        Of the hypothesis that the spread doesn't change with the mean.
    """

    slope: Estimate
    intercept: Estimate
    p: float | None
    spread_slope: float | None
    spread_intercept: float | None
    spread_p: float | None

    @property
    def undefined(self) -> dict[str, str]:
        """Name of a number above that is None -> why."""
        reason = self.slope.undefined.get("value", "the points lie on a line")
        names = ("p", "spread_slope", "spread_intercept", "spread_p")
        return {name: reason for name in names if getattr(self, name) is None}

    def to_json(self) -> dict[str, Any]:
        """Return the numbers by name."""
        lines = {name: getattr(self, name).to_json() for name in ("slope", "intercept")}
        numbers = {name: getattr(self, name) for name in ("p", "spread_slope", "spread_intercept", "spread_p")}
        return lines | numbers | {"undefined": self.undefined}


@dataclass(frozen=True)
class BlandAltman:
    """Agreement of paired readings.

    Attributes
    ----------
    scale : {"difference", "percent", "ratio"}
        What the numbers are: first minus second in the readings' unit; that as a percentage of the pair's mean; or
        the ratio first / second (from logarithms).
    n : int
        Pairs used.
    bias, lower, upper : Estimate
        Mean and limits of agreement with their intervals.
    sd : float or None
        Standard deviation (ddof 1) of the differences; on the scale "ratio", of the log ratios.
    proportional : ProportionalBias
        Whether bias or spread change with the size of the reading; on the scale "ratio", in logarithms.
    dropped : tuple of Dropped
        Pairs left out.
    """

    scale: Scale
    n: int
    bias: Estimate
    lower: Estimate
    upper: Estimate
    sd: float | None
    proportional: ProportionalBias
    dropped: tuple[Dropped, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers by name."""
        parts = {name: getattr(self, name).to_json() for name in ("bias", "lower", "upper")}
        return {
            "scale": self.scale,
            "n": self.n,
            **parts,
            "sd": self.sd,
            "proportional": self.proportional.to_json(),
            "dropped": {d.key: d.reason for d in self.dropped},
            "undefined": {} if self.sd is not None else {"sd": self.lower.undefined["value"]},
        }


def bland_altman(
    first: Values, second: Values, keys: Sequence[str] | None = None, scale: Scale = "difference", level: float = 0.95
) -> BlandAltman:
    """Compute bias and limits of agreement of two readings of the same cases.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Paired readings in one unit; None or NaN where one is missing. Not modified.
    keys : sequence of str, optional
        Names of the cases; by default 1, 2, ...
    scale : {"difference", "percent", "ratio"}, default "difference"
        See :class:`BlandAltman`. "percent" and "ratio" need readings above 0; others are dropped and named.
    level : float, default 0.95
        Coverage of the intervals. The limits themselves hold 95 % of the differences.

    Returns
    -------
    BlandAltman

    Raises
    ------
    ValueError
        For lists that don't pair up, infinite readings, or an unknown scale.

    Notes
    -----
    Limits are ``bias +- 1.96 SD``. The bias has Student's interval, a limit has the exact one from the noncentral t
    distribution with n - 1 degrees of freedom. Fewer than two pairs leave the limits undefined. Differences that are
    all equal have SD 0 and intervals of width 0. The slope of the differences on the means is also different from 0
    where the two readings have different variances.

    References
    ----------
    Bland and Altman 1999, doi:10.1177/096228029900800204. Carkeet 2015, doi:10.1097/OPX.0000000000000513.

    Examples
    --------
    >>> bland_altman([1.0, 2.0, 6.0], [0.0, 2.0, 4.0]).bias.value
    1.0
    """
    checked_level(level)
    if scale not in SCALES:
        raise ValueError(f"The scale is one of {', '.join(SCALES)}; {scale!r} came.")
    a, b, names, dropped = complete_pairs(first, second, keys)
    if scale != "difference":
        positive = (a > 0) & (b > 0)
        reason = f"a {scale} needs readings above 0"
        dropped += tuple(Dropped(names[int(i)], reason) for i in np.flatnonzero(~positive))
        a, b = a[positive], b[positive]
    if scale == "ratio":
        a, b = np.log(a), np.log(b)
    means, differences = (a + b) / 2, a - b
    if scale == "percent":
        differences = 100 * differences / means
    line = _proportional_bias(means, differences, level)
    n = differences.size
    if n < 2:
        few = f"two complete pairs are needed; {n} came"
        bias = without_interval(float(differences[0]), few) if n else not_estimated(few)
        parts = (_back(bias) if scale == "ratio" else bias, not_estimated(few), not_estimated(few))
        return BlandAltman(scale, n, *parts, None, line, dropped)
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    parts = (_bias(mean, sd, n, level), _limit(mean, sd, n, -1, level), _limit(mean, sd, n, 1, level))
    if scale == "ratio":
        parts = (_back(parts[0]), _back(parts[1]), _back(parts[2]))
    return BlandAltman(scale, n, *parts, sd, line, dropped)


def _bias(mean: float, sd: float, n: int, level: float) -> Estimate:
    half = float(special.stdtrit(n - 1, (1 + level) / 2)) * sd / math.sqrt(n)
    return estimated(mean, mean - half, mean + half, level)


def _limit(mean: float, sd: float, n: int, side: int, level: float) -> Estimate:
    near, far = _limit_quantiles(n, level)
    ends = sorted((mean + side * near * sd, mean + side * far * sd))
    value = mean + side * 1.96 * sd
    if not all(math.isfinite(e) for e in ends):
        return without_interval(value, "the noncentral t distribution could not be inverted")
    return estimated(value, ends[0], ends[1], level)


@lru_cache(maxsize=1024)
def _limit_quantiles(n: int, level: float) -> tuple[float, float]:
    """How many SDs from the mean a limit's interval begins and ends; the same for every measure of a study."""
    # sqrt(n) (mean - limit) / sd is noncentral t with noncentrality 1.96 sqrt(n).
    root = math.sqrt(n)
    near, far = (float(stats.nct.ppf(q, n - 1, 1.96 * root)) / root for q in ((1 - level) / 2, (1 + level) / 2))
    return near, far


def _back(estimate: Estimate) -> Estimate:
    if estimate.value is None:
        return estimate
    if estimate.interval is None:
        return without_interval(math.exp(estimate.value), estimate.undefined["interval"])
    i = estimate.interval
    return estimated(math.exp(estimate.value), math.exp(i.low), math.exp(i.high), i.level)


def _proportional_bias(means: NDArray[np.float64], differences: NDArray[np.float64], level: float) -> ProportionalBias:
    reason = ""
    if means.size < 3:
        reason = f"three complete pairs are needed; {means.size} came"
    elif float(np.ptp(means)) <= 1e-12 * float(np.abs(means).max()):
        reason = "all means are equal"
    if reason:
        return ProportionalBias(not_estimated(reason), not_estimated(reason), None, None, None, None)
    slope, intercept, slope_error, intercept_error, p = _line(means, differences)
    t = float(special.stdtrit(means.size - 2, (1 + level) / 2))
    spread_slope, spread_intercept, _, _, spread_p = _line(means, np.abs(differences - intercept - slope * means))
    return ProportionalBias(
        estimated(slope, slope - t * slope_error, slope + t * slope_error, level),
        estimated(intercept, intercept - t * intercept_error, intercept + t * intercept_error, level),
        p,
        spread_slope,
        spread_intercept,
        spread_p,
    )


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float, float, float | None]:
    """Return slope, intercept, their standard errors, and p of the slope (None where the points lie on the line)."""
    n, centre = x.size, float(x.mean())
    dx = x - centre
    square = float(np.dot(dx, dx))
    slope = float(np.dot(dx, y - y.mean())) / square
    intercept = float(y.mean()) - slope * centre
    rest = float(np.sum((y - intercept - slope * x) ** 2))
    if rest <= n * (8 * np.finfo(np.float64).eps * float(np.abs(np.concatenate([x, y])).max())) ** 2:
        return slope, intercept, 0.0, 0.0, None
    variance = rest / (n - 2)
    error = math.sqrt(variance / square)
    p = 2 * float(special.stdtr(n - 2, -abs(slope) / error))
    return slope, intercept, error, math.sqrt(variance * (1 / n + centre**2 / square)), p
