"""Reliability of measurements between readers: ICC, measurement error, agreement of pairs, sources of variance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from measures.bootstrap import SubjectDraws
from measures.icc import icc
from measures.icc_bootstrap import icc_bootstrap
from measures.kappa import cohen_kappa, fleiss_kappa, gwet_ac
from measures.multiple_tests import friedman
from measures.ratings import RatingTable
from measures.sample_size import subjects_for_icc_width
from measures.variance_components import VarianceComponents, variance_components
from results.measurements import NO_RATIO, Measurement
from results.parameters import Parameters
from results.readers import ReaderType
from results.statistics.plain import plain
from results.statistics.points import OF_LABEL, Point, Points, fact_of
from results.statistics.reading_pairs import correct_tests, rater_pairs, reading_pairs

DEFAULT_FORM = "ICC(A,1)"
"""Two-way, absolute agreement, single measure: for raters, for repeated reads, for a model in a rater's place."""

PLANNED_WIDTH = 0.2


def reader_sets(parameters: Parameters) -> list[tuple[int, ...]]:
    """Which readers are raters of one table: all, or for repeated reads those of one rater."""
    places = range(len(parameters.readers))
    if parameters.kind != "intra_rater":
        return [tuple(places)] if len(parameters.readers) > 1 else []
    names = dict.fromkeys(reader.name for reader in parameters.readers if reader.type is ReaderType.RATER)
    sets = [tuple(i for i in places if parameters.readers[i].name == name) for name in names]
    return [one for one in sets if len(one) > 1]


def rating_table_of(
    readings: Sequence[Point], readers: Sequence[int], label: int, name: str | None
) -> tuple[RatingTable, dict[str, str]]:
    """Make the table of targets (volumes) by readers of one measurement, or of presence where ``name`` is None.

    Returns
    -------
    table : RatingTable
        Raters are named by their place in the parameters.
    subjects : dict of str to str
        Target to subject.
    """
    column = {reader: j for j, reader in enumerate(readers)}
    subjects: dict[str, str] = {}
    values: dict[str, list[float]] = {}
    for one in readings:
        reader = one.entry["reader"]
        if one.label.value != label or reader not in column:
            continue
        row = values.setdefault(one.target, [math.nan] * len(column))
        subjects[one.target] = one.subject
        if name is None:
            row[column[reader]] = float(one.measure("volume_mm3").value is not None)
        else:
            value = one.measure(name).value
            row[column[reader]] = math.nan if value is None else value
    array = np.array(list(values.values()), dtype=np.float64).reshape(len(values), len(column))
    return RatingTable(tuple(values), tuple(str(reader) for reader in readers), array), subjects


def reliability(
    points: Points,
    readers: tuple[int, ...],
    group: Mapping[str, str] | None,
    measured: Measurement,
    parameters: Parameters,
    draws: SubjectDraws,
) -> list[dict[str, Any]]:
    """Compute the reliability of one measurement by some readers, label by label.

    Parameters
    ----------
    points : Points
        Those of the group.
    readers : tuple of int
        The raters of the table, by their places; see `reader_sets`.
    group : mapping or None
        By what and which, as the answer says it; None for all points.
    measured : Measurement
        What was measured.
    parameters, draws
        The question, and the subjects of its resamples.
    """
    entries = []
    for label in points.labels:
        of_label = [one for one in points.readings if one.label.value == label.value]
        table, subjects = rating_table_of(of_label, readers, label.value, measured.name)
        if not table.targets:
            continue
        entries.append(
            {
                "readers": list(readers),
                "group": group,
                "measurement": measured.name,
                "label": label.value,
                **_icc(table, measured, parameters.level),
                "bootstrap": plain(icc_bootstrap(table, subjects, draws, parameters.level)),
                "pairs": reading_pairs(table, subjects, measured, parameters.level),
                "friedman": plain(friedman(table, parameters.level)) if len(readers) > 2 else None,
                # Of all readings, and not within a group: the groups are among its factors.
                "mixed_model": None
                if group is not None
                else _mixed_model(of_label, readers, measured.name, parameters.group_by),
            }
        )
        entries[-1]["planning"] = _planning(entries[-1], len(readers), parameters.level)
    correct_tests(entries)
    return entries


def _icc(table: RatingTable, measured: Measurement, level: float) -> dict[str, Any]:
    """The forms and errors; a coordinate has no coefficient of variation."""
    found = icc(table, level).to_json()
    if not measured.ratio_scale:
        found["within_cov_percent"] = None
        found["undefined"] = {"within_cov_percent": NO_RATIO} | found["undefined"]
    return found


def between_raters(points: Points, parameters: Parameters) -> list[dict[str, Any]]:
    """Limits of agreement of two raters by all their reads, per measurement and label; for repeated reads alone."""
    if parameters.kind != "intra_rater":
        return []
    everyone = range(len(parameters.readers))
    return [
        {"measurement": name, "label": label.value, **pair}
        for name in parameters.measurements
        for label in points.labels
        for pair in rater_pairs(rating_table_of(points.readings, everyone, label.value, name)[0], parameters)
    ]


def _planning(entry: Mapping[str, Any], raters: int, level: float) -> dict[str, Any]:
    value = next(one["value"] for one in entry["icc"] if one["type"] == DEFAULT_FORM)
    usable = value is not None and 0 <= value < 1
    return {
        "width": PLANNED_WIDTH,
        "subjects": subjects_for_icc_width(value, raters, PLANNED_WIDTH, level) if usable else None,
        "undefined": None if usable else "the ICC that one would plan with is undefined, negative or 1",
    }


def presence(
    points: Points, readers: tuple[int, ...], group: Mapping[str, str] | None, level: float
) -> list[dict[str, Any]]:
    """Kappas of whether a label is there at all, label by label."""
    found = (_presence(points, readers, group, label.value, level) for label in points.labels)
    return [one for one in found if one is not None]


def _presence(
    points: Points, readers: tuple[int, ...], group: Mapping[str, str] | None, label: int, level: float
) -> dict[str, Any] | None:
    """Whether readers agree that a label is there; the volumes in which no reader has it are not among the targets."""
    table, _ = rating_table_of(points.readings, readers, label, None)
    if not table.targets:
        return None
    scale = (0.0, 1.0)
    two = cohen_kappa(table, categories=scale, level=level) if len(readers) == 2 else None
    return {
        "readers": list(readers),
        "group": group,
        "label": label,
        "found_by_all": int(np.count_nonzero((table.values == 1).all(axis=1))),
        "targets": len(table.targets),
        "cohen_kappa": plain(two),
        "fleiss_kappa": plain(fleiss_kappa(table, categories=scale, level=level)),
        "gwet_ac1": plain(gwet_ac(table, categories=scale, level=level)),
    }


def _mixed_model(
    readings: Sequence[Point], readers: Sequence[int], name: str, group_by: Sequence[str]
) -> dict[str, Any]:
    """Variance of subject, reader and the groups; factors that can't be told apart are left out and named."""
    used = [(one, one.measure(name).value) for one in readings if one.entry["reader"] in readers]
    rows = [(one, value) for one, value in used if value is not None]
    columns = {
        "subject": [one.subject for one, _ in rows],
        "reader": [str(one.entry["reader"]) for one, _ in rows],
    }
    columns |= {
        by: [fact_of(one, by) or "unknown" for one, _ in rows]
        for by in group_by
        if by not in OF_LABEL and by != "subject"
    }
    factors, left_out = _identifiable(columns, len(rows))
    if not factors:
        return {"left_out": left_out, "undefined": "no factor can be told from the error", "variances": {}}
    found: VarianceComponents = variance_components([value for _, value in rows], factors)
    return {**plain(found), "left_out": left_out}


def _identifiable(columns: Mapping[str, Sequence[str]], n: int) -> tuple[dict[str, Sequence[str]], dict[str, str]]:
    kept: dict[str, Sequence[str]] = {}
    left_out: dict[str, str] = {}
    for factor, column in columns.items():
        levels = len(set(column))
        same = [one for one in kept if len(set(zip(kept[one], column, strict=True))) == levels == len(set(kept[one]))]
        if levels < 2:
            left_out[factor] = "it has fewer than two levels"
        elif levels == n:
            left_out[factor] = "it has one level per reading and can't be told from the error"
        elif same:
            left_out[factor] = f"it is the same as {same[0]}"
        else:
            kept[factor] = column
    return kept, left_out
