"""Analyses as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from results.models import Analysis
from results.parameters import METRICS
from results.selectors.analyses import parameters_of
from results.selectors.readings import model_names

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CONSENSUS = "consensus of the others"


def rows_csv(analysis: Analysis, rows: Sequence[Mapping[str, Any]]) -> str:
    """One line per pair, volume and label, with the label versions it came from.

    A measure that is not defined is empty, and the column `undefined` says why. Numbers are written in full: they are
    equal to those of the API.
    """
    titles = _titles(analysis)
    columns = (
        "case", "volume", "reader_a", "reader_b", "label", "label_name", *METRICS, "volume_a_mm3", "volume_b_mm3",
        "undefined", "version_a", "version_b", "tolerance_mm", "code_version",
    )  # fmt: skip
    shared = {"tolerance_mm": parameters_of(analysis).tolerance_mm, "code_version": analysis.code_version}
    lines = (
        {
            **row,
            **shared,
            **_place(row),
            "reader_a": CONSENSUS if row["reader_a"] is None else titles[row["reader_a"]],
            "reader_b": titles[row["reader_b"]],
        }
        for row in rows
    )
    return _csv(columns, lines)


def readings_csv(analysis: Analysis, readings: Sequence[Mapping[str, Any]]) -> str:
    """One line per reader, volume and label, with its measurements."""
    titles = _titles(analysis)
    names = parameters_of(analysis).measurements
    columns = ("case", "volume", "reader", "label", "label_name", *names, "undefined", "version", "code_version")
    lines = (
        {
            **reading,
            **reading["values"],
            **_place(reading),
            "reader": titles[reading["reader"]],
            "code_version": analysis.code_version,
        }
        for reading in readings
    )
    return _csv(columns, lines)


def _titles(analysis: Analysis) -> list[str]:
    readers = parameters_of(analysis).readers
    names = model_names(analysis.study, readers)
    return [reader.describe(names) for reader in readers]


def _place(entry: Mapping[str, Any]) -> dict[str, Any]:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in entry["undefined"].items())
    return {"case": entry["case"]["name"], "volume": entry["volume_name"], "undefined": reasons}


def _csv(columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value
