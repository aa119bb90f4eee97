"""Spread of measurements across sites, vendors, sessions, resolutions or readers. No Django here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from measures.comparison_tests import mann_whitney, welch_t
from measures.multiple_tests import holm
from measures.variability import Reading, Variability, variability_across_groups
from results.measurements import NO_RATIO, Measurement, measurement_get
from results.parameters import Parameters
from results.statistics.plain import plain
from results.statistics.points import OF_LABEL, Point, Points, fact_of

WITHIN_SUBJECT = ("session", "resolution")
"""What varies for one subject: its spread is taken within each subject, and then averaged."""

MOST_GROUPS_TESTED = 6


def varying(parameters: Parameters) -> list[str]:
    """What can vary between readings, of what the question groups by."""
    return [by for by in parameters.group_by if by not in OF_LABEL and by != "subject"]


def variability(points: Points, by: str, reader: int, parameters: Parameters) -> list[dict[str, Any]]:
    """Measure how far groups differ in the readings of one reader.

    Returns
    -------
    list of dict
        Per measurement and label (null: all labels, each a unit of its own, so that the mean +- SD is that over the
        labels): the spread, and unpaired tests between the groups where the subjects differ.
    """
    of_reader = [one for one in points.readings if one.entry["reader"] == reader]
    return [
        {"by": by, "reader": reader, "measurement": name, **entry}
        for name in parameters.measurements
        for entry in _of_measurement(of_reader, points, by, measurement_get(name), parameters.level)
    ]


def _of_measurement(
    readings: Sequence[Point], points: Points, by: str, measured: Measurement, level: float
) -> list[dict[str, Any]]:
    entries = []
    for label in (None, *(one.value for one in points.labels)):
        chosen = [one for one in readings if label is None or one.label.value == label]
        known = [(one, group) for one in chosen if (group := fact_of(one, by)) is not None]
        if not known:
            continue
        spread = variability_across_groups(
            Reading(_unit(one, by), group, one.measure(measured.name).value) for one, group in known
        )
        tested = label is not None and by not in WITHIN_SUBJECT
        entries.append(
            {
                "label": label,
                "groups": sorted({group for _, group in known}),
                "without_group": len(chosen) - len(known),
                **_spread(spread, measured),
                "tests": _tests(known, measured.name, level) if tested else [],
            }
        )
    tests = {f"{i}/{j}": test for i, one in enumerate(entries) for j, test in enumerate(one["tests"])}
    adjusted = holm({key: test["mann_whitney"]["p"] for key, test in tests.items()})
    for key, test in tests.items():
        test["mann_whitney"]["holm_p"] = adjusted[key]
    return entries


def _unit(one: Point, by: str) -> tuple[str, ...]:
    return (one.label.name, one.subject) if by in WITHIN_SUBJECT else (one.label.name,)


def _spread(spread: Variability, measured: Measurement) -> dict[str, Any]:
    return {
        "units": len(spread.units),
        "sd": plain(spread.sd_mm),
        "cov_percent": plain(spread.cov_percent) if measured.ratio_scale else None,
        "undefined": {} if measured.ratio_scale else {"cov_percent": NO_RATIO},
        "dropped": plain(spread.dropped) or {},
    }


def _tests(known: Sequence[tuple[Point, str]], name: str, level: float) -> list[dict[str, Any]]:
    """Every two groups against each other; a subject enters a group with the mean of its readings."""
    groups: dict[str, dict[str, list[float]]] = {}
    for one, group in known:
        value = one.measure(name).value
        if value is not None:
            groups.setdefault(group, {}).setdefault(one.subject, []).append(value)
    means = {
        group: {subject: sum(values) / len(values) for subject, values in of_group.items()}
        for group, of_group in groups.items()
    }
    if not 2 <= len(means) <= MOST_GROUPS_TESTED:
        return []
    return [
        {
            "group_a": a,
            "group_b": b,
            "mann_whitney": mann_whitney(means[a], means[b], level).to_json(),
            "welch_t": welch_t(means[a], means[b], level).to_json(),
        }
        for a, b in combinations(sorted(means), 2)
    ]
