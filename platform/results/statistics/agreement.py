"""Mean agreement by pair, label, metric and group, with intervals that respect which cases are one subject's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from measures.bootstrap import SubjectDraws
from measures.summary import Summary, summarise
from results.parameters import METRICS, Parameters
from results.statistics.points import Point, Points


def agreement(points: Points, parameters: Parameters, draws: SubjectDraws) -> list[dict[str, Any]]:
    """Summarise every metric.

    Returns
    -------
    list of dict
        For each ``group`` (null for all points), each ``pair`` (null for all pairs of two readings; ``against`` tells
        pairs from consensus) and each ``label`` (null for all): the ``metrics``.
    """
    found = _summaries(points, None, parameters, draws)
    for by in parameters.group_by:
        for value, part in points.split(by).items():
            found += _summaries(part, {"by": by, "value": value}, parameters, draws)
    return found


def label_summaries(points: Points, parameters: Parameters) -> dict[str, Any]:
    """Mean and SD by label over the pairs of two readings, for lists of analyses."""
    names = [name for name in METRICS if name in parameters.metrics]
    rows = [one for one in points.rows if one.entry["reader_a"] is not None]
    return {
        str(label.value): {
            name: _brief([one for one in rows if one.label.value == label.value], name) for name in names
        }
        for label in points.labels
        if any(one.label.value == label.value for one in rows)
    }


def _summaries(
    points: Points, group: Mapping[str, str] | None, parameters: Parameters, draws: SubjectDraws
) -> list[dict[str, Any]]:
    found = []
    for pair, against, rows in _sides(points.rows, parameters):
        for label in (None, *(one.value for one in points.labels)):
            of_label = [one for one in rows if label is None or one.label.value == label]
            if of_label:
                metrics = {name: _whole(of_label, name, parameters.level, draws) for name in parameters.metrics}
                found.append({"group": group, "pair": pair, "against": against, "label": label, "metrics": metrics})
    return found


def _sides(rows: Sequence[Point], parameters: Parameters) -> list[tuple[int | None, str, list[Point]]]:
    """All pairs of readings together, all against the consensus together, and each pair by itself."""
    by_pair: dict[int, list[Point]] = {}
    for one in rows:
        by_pair.setdefault(one.entry["pair"], []).append(one)
    sides: list[tuple[int | None, str, list[Point]]] = [
        (None, "reader", [one for one in rows if one.entry["reader_a"] is not None]),
        (None, "consensus", [one for one in rows if one.entry["reader_a"] is None]),
    ]
    for index, pair in enumerate(parameters.pairs()):
        sides.append((index, "consensus" if pair.reference is None else "reader", by_pair.get(index, [])))
    return [side for side in sides if side[2]]


def _summary(rows: Sequence[Point], name: str) -> Summary:
    # A volume has several rows of a label where there are several pairs, and of a pair where there are several labels.
    return summarise({f"{i}": one.measure(name) for i, one in enumerate(rows)})


def _brief(rows: Sequence[Point], name: str) -> dict[str, Any]:
    summary = _summary(rows, name)
    dropped = [{"case": rows[int(one.key)].target, "reason": one.reason} for one in summary.dropped]
    return {
        "mean": summary.mean,
        "sd": summary.sd,
        "n": summary.n,
        "dropped": dropped,
        "undefined": dict(summary.undefined),
    }


def _whole(rows: Sequence[Point], name: str, level: float, draws: SubjectDraws) -> dict[str, Any]:
    summary = _summary(rows, name)
    defined = [(one.subject, value) for one in rows if (value := one.measure(name).value) is not None]
    mean = draws.mean([subject for subject, _ in defined], [value for _, value in defined], level)
    quartiles = [float(q) for q in np.quantile([v for _, v in defined], [0.25, 0.5, 0.75])] if defined else None
    return {
        **_brief(rows, name),
        "ci": None if mean.interval is None else mean.interval.to_json(),
        "minimum": summary.minimum,
        "maximum": summary.maximum,
        "quartiles": quartiles,
        "undefined": dict(summary.undefined) | ({"ci": mean.undefined["interval"]} if mean.interval is None else {}),
    }
