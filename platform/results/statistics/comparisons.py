"""Who is better: readings held against the same reference, compared on the same cases. No Django here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from measures.comparison_tests import paired_t, wilcoxon
from measures.multiple_tests import friedman, holm
from measures.ratings import RatingTable
from measures.summary import summarise
from results.parameters import KINDS_WITH_REFERENCE, Parameters
from results.statistics.plain import plain
from results.statistics.points import Point, Points


def comparisons(points: Points, parameters: Parameters) -> list[dict[str, Any]]:
    """Compare the metrics of two or more models or tools against the same reference, case by case.

    Returns
    -------
    list of dict
        Per reference, metric and label (null: the mean over the labels of a case): the ``means``, each pair's paired
        tests with Holm's p over all labels and pairs of the metric, and Friedman's test for three or more.
    """
    if parameters.kind not in KINDS_WITH_REFERENCE:
        return []
    references = [i for i in range(len(parameters.readers)) if parameters.is_reference(i)]
    candidates = [i for i in range(len(parameters.readers)) if not parameters.is_reference(i)]
    found = []
    for reference in references if len(candidates) > 1 else []:
        rows = [one for one in points.rows if one.entry["reader_a"] == reference]
        for metric in parameters.metrics:
            entries = [
                _one(rows, candidates, reference, metric, label, parameters.level)
                for label in (None, *(one.value for one in points.labels))
            ]
            _correct(entries)
            found += entries
    return found


def _one(
    rows: Sequence[Point], candidates: Sequence[int], reference: int, metric: str, label: int | None, level: float
) -> dict[str, Any]:
    table = _table(rows, candidates, metric, label)
    column = {reader: table.values[:, j] for j, reader in enumerate(candidates)}
    return {
        "reference": reference,
        "metric": metric,
        "label": label,
        "means": [{"reader": reader, **_mean(table, values)} for reader, values in column.items()],
        "pairs": [
            {
                "reader_a": a,
                "reader_b": b,
                "paired_t": paired_t(column[b], column[a], table.targets, level).to_json(),
                "wilcoxon": wilcoxon(column[b], column[a], table.targets, level).to_json(),
            }
            for a, b in combinations(candidates, 2)
        ],
        "friedman": plain(friedman(table, level)) if len(candidates) > 2 else None,
    }


def _table(rows: Sequence[Point], candidates: Sequence[int], metric: str, label: int | None) -> RatingTable:
    values: dict[str, dict[int, list[float]]] = {}
    for one in rows:
        value = one.measure(metric).value
        if (label is None or one.label.value == label) and value is not None:
            values.setdefault(one.target, {}).setdefault(one.entry["reader_b"], []).append(value)
    array = [
        [float(np.mean(of_case[reader])) if reader in of_case else math.nan for reader in candidates]
        for of_case in values.values()
    ]
    shaped = np.array(array, dtype=np.float64).reshape(len(values), len(candidates))
    return RatingTable(tuple(values), tuple(str(reader) for reader in candidates), shaped)


def _mean(table: RatingTable, values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    summary = summarise({t: None if math.isnan(v) else float(v) for t, v in zip(table.targets, values, strict=True)})
    return {"n": summary.n, "mean": summary.mean, "sd": summary.sd, "undefined": dict(summary.undefined)}


def _correct(entries: Sequence[dict[str, Any]]) -> None:
    for test in ("paired_t", "wilcoxon"):
        tests = {f"{i}/{j}": pair[test] for i, one in enumerate(entries) for j, pair in enumerate(one["pairs"])}
        adjusted = holm({key: found["p"] for key, found in tests.items()})
        for key, one in tests.items():
            one["holm_p"] = adjusted[key]
