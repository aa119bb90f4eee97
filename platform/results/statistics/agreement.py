"""Mean agreement by pair, label, metric and group, with intervals that respect which cases are one subject's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.bootstrap import SubjectDraws
from measures.summary import summarise
from results.parameters import METRICS, Parameters
from results.statistics.points import Point, Points


def label_summaries(points: Points, parameters: Parameters) -> dict[str, Any]:
    """Mean and SD by label over the pairs of two readings, for lists of analyses."""
    names = [name for name in METRICS if name in parameters.metrics]
    by_label: dict[int, list[Point]] = {}
    for one in points.rows:
        if one.entry["reader_a"] is not None:
            by_label.setdefault(one.label.value, []).append(one)
    return {
        str(label.value): {name: _brief(by_label[label.value], name) for name in names}
        for label in points.labels
        if label.value in by_label
    }


def agreement(points: Points, parameters: Parameters, draws: SubjectDraws) -> list[dict[str, Any]]:
    """Summarise every metric of all points or of a group.

    Returns
    -------
    list of dict
        For each ``pair`` (null for all pairs of two readings; ``against`` tells pairs from consensus) and each
        ``label`` (null for all): the ``metrics``.
    """
    found = []
    values = np.array(
        [[_number(one, name) for name in parameters.metrics] for one in points.rows], dtype=np.float64
    ).reshape(len(points.rows), len(parameters.metrics))
    labels = np.array([one.label.value for one in points.rows])
    for pair, against, rows in _sides(points.rows, parameters):
        for label in (None, *(one.value for one in points.labels)):
            chosen = rows if label is None else rows[labels[rows] == label]
            if chosen.size:
                metrics = _whole([points.rows[i] for i in chosen], values[chosen], parameters, draws)
                found.append({"pair": pair, "against": against, "label": label, "metrics": metrics})
    return found


def _number(one: Point, name: str) -> float:
    value = one.entry.get(name)
    return math.nan if value is None else float(value)


def _sides(rows: Sequence[Point], parameters: Parameters) -> list[tuple[int | None, str, NDArray[np.intp]]]:
    """Places of rows: all pairs of readings together, all against the consensus together, each pair by itself."""
    pairs = np.array([one.entry["pair"] for one in rows], dtype=np.intp)
    with_consensus = np.array([one.entry["reader_a"] is None for one in rows], dtype=np.bool_)
    sides: list[tuple[int | None, str, NDArray[np.intp]]] = [
        (None, "reader", np.flatnonzero(~with_consensus)),
        (None, "consensus", np.flatnonzero(with_consensus)),
    ]
    for index, pair in enumerate(parameters.pairs()):
        sides.append((index, "consensus" if pair.reference is None else "reader", np.flatnonzero(pairs == index)))
    return [side for side in sides if side[2].size]


def _brief(rows: Sequence[Point], name: str) -> dict[str, Any]:
    defined = [float(value) for one in rows if (value := one.entry.get(name)) is not None]
    summary = summarise({str(i): value for i, value in enumerate(defined)})
    return {
        "mean": summary.mean,
        "sd": summary.sd,
        "n": summary.n,
        "dropped": [
            {"case": one.target, "reason": one.measure(name).undefined or ""}
            for one in rows
            if one.entry.get(name) is None
        ],
        "undefined": dict(summary.undefined),
    }


def _whole(
    rows: Sequence[Point], values: NDArray[np.float64], parameters: Parameters, draws: SubjectDraws
) -> dict[str, Any]:
    intervals = draws.mean_intervals([one.subject for one in rows], values, parameters.level)
    found = {}
    for name, column, interval in zip(parameters.metrics, values.T, intervals, strict=True):
        missing = np.flatnonzero(np.isnan(column))
        defined = column[~np.isnan(column)]
        n = int(defined.size)
        reasons = {} if n else dict.fromkeys(("mean", "minimum", "maximum", "quartiles"), "no value is defined")
        if n < 2:
            reasons["sd"] = "fewer than two values are defined"
        if np.isnan(interval).any():
            reasons["ci"] = "fewer than two subjects have a value"
        found[name] = {
            "n": n,
            "mean": math.fsum(defined) / n if n else None,
            "sd": float(defined.std(ddof=1)) if n > 1 else None,
            "ci": None if "ci" in reasons else [float(end) for end in interval],
            "minimum": float(defined.min()) if n else None,
            "maximum": float(defined.max()) if n else None,
            "quartiles": [float(q) for q in np.quantile(defined, [0.25, 0.5, 0.75])] if n else None,
            "dropped": [
                {"case": rows[int(i)].target, "reason": rows[int(i)].measure(name).undefined or ""} for i in missing
            ],
            "undefined": reasons,
        }
    return found
