"""Variability of a length across sites, vendors, sessions, raters or resolutions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from measures.result import Measure, undefined
from measures.summary import Dropped, Summary, summarise


@dataclass(frozen=True)
class Reading:
    """One measurement.

    Attributes
    ----------
    unit : tuple of str
        What is measured again and again: a level, a level of a subject, a level of a vendor.
    group : str
        What varies: the site, vendor, session, rater or resolution.
    value_mm : float or None
        The measurement in mm; None or NaN where it is missing.
    """

    unit: tuple[str, ...]
    group: str
    value_mm: float | None


@dataclass(frozen=True)
class Variation:
    """Spread of one unit across groups.

    Attributes
    ----------
    unit : tuple of str
        Which.
    n_groups, n_readings : int
        Groups with a reading, and readings in them.
    mean_mm : Measure
        Mean of the groups' means.
    sd_mm : Measure
        Standard deviation (ddof 1) of the groups' means.
    cov_percent : Measure
        ``100 sd_mm / mean_mm``.
    """

    unit: tuple[str, ...]
    n_groups: int
    n_readings: int
    mean_mm: Measure
    sd_mm: Measure
    cov_percent: Measure


@dataclass(frozen=True)
class Variability:
    """Spread across groups, unit by unit and over all units.

    Attributes
    ----------
    units : tuple of Variation
        In the order in which they first come.
    cov_percent, sd_mm : Summary
        Mean and SD over the units; units without a value are dropped and named.
    dropped : tuple of Dropped
        Missing readings.
    """

    units: tuple[Variation, ...]
    cov_percent: Summary
    sd_mm: Summary
    dropped: tuple[Dropped, ...]


def variability_across_groups(readings: Iterable[Reading]) -> Variability:
    """Measure how far groups differ in each unit.

    Parameters
    ----------
    readings : iterable of Reading
        Readings of one group and unit are averaged first, so that a group with many weighs no more than one with few.

    Returns
    -------
    Variability

    Notes
    -----
    CoV is the standard deviation (ddof 1) over the mean, in percent, per unit; then mean +- SD over the units. The SD
    in mm belongs beside it: for a distance from a landmark the CoV shrinks with the distance and not with the error.
    Undefined where a unit has fewer than two groups or a mean that is not positive. For the spread of sites within
    vendors let the unit be (vendor, level) and the group the site.

    Examples
    --------
    >>> readings = [Reading(("C3",), "a", 99.0), Reading(("C3",), "b", 101.0)]
    >>> round(variability_across_groups(readings).units[0].cov_percent.value, 3)
    1.414
    """
    values: dict[tuple[str, ...], dict[str, list[float]]] = {}
    dropped: list[Dropped] = []
    for reading in readings:
        groups = values.setdefault(reading.unit, {})
        if reading.value_mm is None or math.isnan(reading.value_mm):
            dropped.append(Dropped("/".join((*reading.unit, reading.group)), "the reading is missing"))
        elif math.isinf(reading.value_mm):
            raise ValueError(f"A reading is a finite number, or missing; an infinite one came for {reading.unit}.")
        else:
            groups.setdefault(reading.group, []).append(float(reading.value_mm))
    units = tuple(_variation(unit, groups) for unit, groups in values.items())
    return Variability(
        units,
        summarise({"/".join(u.unit): u.cov_percent for u in units}),
        summarise({"/".join(u.unit): u.sd_mm for u in units}),
        tuple(dropped),
    )


def _variation(unit: tuple[str, ...], groups: dict[str, list[float]]) -> Variation:
    means = np.array([np.mean(v) for v in groups.values()])
    n, readings = means.size, sum(len(v) for v in groups.values())
    if n < 2:
        few = undefined(f"two groups are needed; {n} came")
        mean = Measure(float(means[0])) if n else few
        return Variation(unit, n, readings, mean, few, few)
    mean_mm, sd_mm = float(means.mean()), float(means.std(ddof=1))
    cov = Measure(100 * sd_mm / mean_mm) if mean_mm > 0 else undefined("the mean is not positive")
    return Variation(unit, n, readings, Measure(mean_mm), Measure(sd_mm), cov)
