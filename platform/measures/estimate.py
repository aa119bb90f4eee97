"""An estimate with its confidence interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    Attributes
    ----------
    low, high : float
        Its ends.
    level : float
        Coverage, 0.95 for a 95 % interval.
    """

    low: float
    high: float
    level: float = 0.95

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"An interval runs from low to high; {self.low} and {self.high} came.")

    def to_json(self) -> list[float]:
        """Return ``[low, high]``."""
        return [self.low, self.high]


@dataclass(frozen=True)
class Estimate:
    """A value with its interval.

    Attributes
    ----------
    value : float or None
        The estimate; None where it is undefined.
    interval : Interval or None
        Its confidence interval; None where it is undefined or none is standard.
    undefined : dict of str to str
        ``"value"`` or ``"interval"`` -> why it is None.
    """

    value: float | None
    interval: Interval | None
    undefined: dict[str, str]

    def __post_init__(self) -> None:
        for name in ("value", "interval"):
            if (getattr(self, name) is None) != (name in self.undefined):
                raise ValueError(f"The {name} of an estimate is there, or a reason says why it is not.")

    def to_json(self) -> dict[str, Any]:
        """Return ``value``, ``ci`` (two numbers or None), ``level`` and ``undefined``."""
        return {
            "value": self.value,
            "ci": None if self.interval is None else self.interval.to_json(),
            "level": None if self.interval is None else self.interval.level,
            "undefined": dict(self.undefined),
        }


def estimated(value: float, low: float, high: float, level: float = 0.95) -> Estimate:
    """Return an estimate with an interval."""
    return Estimate(float(value), Interval(float(low), float(high), level), {})


def without_interval(value: float, reason: str) -> Estimate:
    """Return an estimate whose interval is undefined."""
    return Estimate(float(value), None, {"interval": reason})


def not_estimated(reason: str) -> Estimate:
    """Return an estimate without value and interval."""
    return Estimate(None, None, {"value": reason, "interval": reason})


def checked_level(level: float) -> float:
    """Return a coverage strictly between 0 and 1, or raise ValueError."""
    if not (math.isfinite(level) and 0 < level < 1):
        raise ValueError(f"A confidence level lies between 0 and 1, such as 0.95; {level} came.")
    return float(level)
