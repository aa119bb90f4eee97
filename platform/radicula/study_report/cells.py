"""Cells that the tables of a study report share."""

from measures.estimate import Estimate
from measures.icc_result import Icc
from measures.result import Measure
from measures.summary import Summary
from results.reporting.blocks import Cell
from results.reporting.numbers import Number, Style, measured, p_value, reason, span
from results.reporting.source import Json, pretty_unit

ABSENT = "–"
PERCENT = 100.0


def mean_sd(summary: Summary, style: Style = "significant", digits: int = 4) -> Cell:
    """A mean with its standard deviation; the mean alone where there is one value."""
    mean = Number(summary.mean, style, digits, reason(summary.undefined, "mean"))
    if summary.sd is None:
        return mean
    return (mean, " ± ", Number(summary.sd, style, digits))


def mean_sd_of(found: Json, digits: int = 3) -> Cell:
    """The same, of an entry of an analysis (mean, sd, undefined)."""
    mean = Number(found["mean"], "fixed", digits, reason(found.get("undefined"), "mean"))
    return mean if found["sd"] is None else (mean, " ± ", Number(found["sd"], "fixed", digits))


def with_interval(estimate: Estimate, style: Style = "fixed", digits: int = 3) -> Cell:
    """An estimate with its interval in brackets."""
    value = Number(estimate.value, style, digits, reason(estimate.undefined, "value"))
    if estimate.value is None or estimate.interval is None:
        return value
    ends = (estimate.interval.low, estimate.interval.high)
    return (value, " (", span(ends, style, digits), ")")


def icc_cell(found: Icc) -> Cell:
    """An ICC with its interval in brackets."""
    value = Number(found.value, undefined=reason(found.undefined, "value"))
    if found.value is None or found.interval is None:
        return value
    return (value, " (", span((found.interval.low, found.interval.high)), ")")


def measure_cell(found: Measure, digits: int = 2) -> Number:
    """A measure with so many decimals, or why there is none."""
    return Number(found.value, "fixed", digits, found.undefined or "")


def p_cell(p: float | None) -> Number:
    """A p, or that there is none."""
    return p_value(p, "too few pairs")


def number(value: float | None, why: str = "no value is defined") -> Number:
    """A measured quantity, or why there is none."""
    return measured(value, why)


def titled(quantity: str, unit: str) -> str:
    """A quantity's name with its unit."""
    words = quantity.replace("_", " ")
    words = words[:1].upper() + words[1:]
    return f"{words} ({pretty_unit(unit)})" if unit else words
