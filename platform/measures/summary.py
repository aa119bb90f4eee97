"""Mean and spread of numbers of which some may be undefined."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from measures.result import Measure

NOT_FINITE = "not a finite number"


@dataclass(frozen=True)
class Dropped:
    """A value that could not enter a summary."""

    key: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """Mean and standard deviation.

    Attributes
    ----------
    n : int
        Number of defined values.
    mean : float or None
        Arithmetic mean; None without values.
    sd : float or None
        Sample standard deviation (ddof 1); None for fewer than two values.
    minimum, maximum : float or None
        Range.
    dropped : tuple of Dropped
        What was left out, and why.
    undefined : dict of str to str
        Name of a number above that is None -> why.
    """

    n: int
    mean: float | None
    sd: float | None
    minimum: float | None
    maximum: float | None
    dropped: tuple[Dropped, ...]
    undefined: dict[str, str]


def summarise(values: Mapping[str, Measure | float | None]) -> Summary:
    """Summarise values by name, leaving out the undefined ones and saying so.

    Parameters
    ----------
    values : mapping of str to Measure, float or None
        Name (a case, a label) to value.

    Returns
    -------
    Summary

    Notes
    -----
    A dropped value is not a 0: an average over a list with dropped entries speaks for the rest only, so ``dropped``
    belongs beside it wherever it is shown.
    """
    kept: list[float] = []
    dropped: list[Dropped] = []
    for key, given in values.items():
        measure = given if isinstance(given, Measure) else None
        value = measure.value if measure is not None else given
        if value is None or isinstance(value, Measure):
            dropped.append(Dropped(key, (measure and measure.undefined) or "undefined"))
        elif not math.isfinite(value):
            dropped.append(Dropped(key, NOT_FINITE))
        else:
            kept.append(float(value))
    reasons: dict[str, str] = {}
    n = len(kept)
    if n == 0:
        reasons = dict.fromkeys(("mean", "minimum", "maximum"), "no value is defined")
    if n < 2:
        reasons["sd"] = "fewer than two values are defined"
    mean = math.fsum(kept) / n if n else None
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in kept) / (n - 1)) if mean is not None and n > 1 else None
    low, high = (min(kept), max(kept)) if kept else (None, None)
    return Summary(n, mean, sd, low, high, tuple(dropped), reasons)
