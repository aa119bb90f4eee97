"""Numbers as a report prints them: rounded in one stated way, or undefined with a reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Style = Literal["fixed", "significant", "p", "count"]

SMALLEST_P = 0.001
SIGNIFICANT = 4
ROUNDING = (
    "Coefficients and overlaps are printed with three decimals, distances in mm with two, percentages with one, "
    "measured quantities with four significant digits, and p to three decimals or as < 0.001. All computation is in "
    "double precision on unrounded numbers; the HTML page holds each number in full behind the printed one, and "
    "values.csv, values.parquet and results.json hold them unrounded. A number that is not defined is printed as "
    "undefined with its reason, never as 0."
)


@dataclass(frozen=True)
class Number:
    """A number in a table or a sentence.

    Attributes
    ----------
    value : float or None
        In full; None where it is undefined.
    style : {"fixed", "significant", "p", "count"}
        How it is rounded.
    digits : int
        Decimals, or significant digits.
    undefined : str
        Why there is no value.
    """

    value: float | None
    style: Style = "fixed"
    digits: int = 3
    undefined: str = ""

    @property
    def text(self) -> str:
        """The number as printed."""
        if self.value is None:
            return f"undefined ({self.undefined or 'no value is defined'})"
        if self.style == "count":
            return f"{self.value:.0f}"
        if self.style == "p":
            return f"< {SMALLEST_P}" if self.value < SMALLEST_P else _signed(f"{self.value:.3f}")
        if self.style == "significant":
            return _significant(float(self.value), self.digits)
        return _signed(f"{self.value:.{self.digits}f}")


@dataclass(frozen=True)
class Span:
    """A confidence interval, printed as its two ends."""

    ends: tuple[float, float] | None
    style: Style = "fixed"
    digits: int = 3
    undefined: str = ""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The two ends; none where the interval is undefined."""
        return () if self.ends is None else tuple(Number(end, self.style, self.digits) for end in self.ends)

    @property
    def text(self) -> str:
        """The interval as printed."""
        if self.ends is None:
            return f"undefined ({self.undefined or 'no interval is defined'})"
        low, high = self.numbers
        return f"{low.text} to {high.text}"


def _signed(text: str) -> str:
    """Write a minus as such, and no minus before a zero."""
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return text.replace("-", "\N{MINUS SIGN}")


def _significant(value: float, digits: int) -> str:
    """Write so many significant digits, without an exponent unless the number is far from 1."""
    if value == 0 or not math.isfinite(value):
        return _signed(f"{value:.0f}")
    exponent = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if exponent < -digits or exponent > 8:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{_signed(mantissa)} × 10^{_signed(str(int(power)))}"
    return _signed(f"{value:.{max(0, digits - 1 - exponent)}f}")


def unit_of(name: str) -> str:
    """The unit of a metric, from its name."""
    return "mm³" if name.endswith("_mm3") else "mm" if name.endswith("_mm") else ""


def metric_number(name: str, value: float | None, undefined: str = "") -> Number:
    """A metric of a pair, rounded as its unit asks for."""
    style: Style = "significant" if name.endswith("_mm3") else "fixed"
    digits = SIGNIFICANT if name.endswith("_mm3") else 2 if name.endswith("_mm") else 3
    return Number(value, style, digits, undefined)


def measured(value: float | None, undefined: str = "") -> Number:
    """A measured quantity."""
    return Number(value, "significant", SIGNIFICANT, undefined)


def measured_span(ends: Sequence[float] | None, undefined: str = "") -> Span:
    """The interval of a measured quantity."""
    return span(ends, "significant", SIGNIFICANT, undefined)


def span(ends: Sequence[float] | None, style: Style = "fixed", digits: int = 3, undefined: str = "") -> Span:
    """An interval of JSON."""
    return Span(None if ends is None else (float(ends[0]), float(ends[1])), style, digits, undefined)


def p_value(value: float | None, undefined: str = "") -> Number:
    """A p."""
    return Number(value, "p", 3, undefined)


def count(value: int) -> Number:
    """A whole number."""
    return Number(value, "count", 0)


def reason(undefined: Mapping[str, Any] | str | None, *names: str) -> str:
    """The reason of a null: the first that is given under one of the names, or whichever there is."""
    if not undefined:
        return ""
    if isinstance(undefined, str):
        return undefined
    return str(next((undefined[name] for name in names if name in undefined), next(iter(undefined.values()))))


def estimate_cells(estimate: Mapping[str, Any], style: Style = "fixed", digits: int = 3) -> tuple[Number, Span]:
    """An estimate of the document (value, ci, undefined) as two cells."""
    why = estimate["undefined"]
    return (
        Number(estimate["value"], style, digits, reason(why, "value")),
        span(estimate["ci"], style, digits, reason(why, "interval", "value")),
    )
