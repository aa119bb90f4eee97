"""Analyses as CSV."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from results.models import Analysis

COLUMNS = (
    "case",
    "volume",
    "label",
    "label_name",
    "dice",
    "jaccard",
    "hd95_mm",
    "assd_mm",
    "surface_dice",
    "volume_a_mm3",
    "volume_b_mm3",
    "volume_difference_mm3",
    "undefined",
    "rater_a",
    "read_a",
    "version_a",
    "rater_b",
    "read_b",
    "version_b",
    "tolerance_mm",
    "code_version",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def analysis_csv(analysis: Analysis) -> str:
    """One line per volume and label, with the label versions it came from.

    A measure that is not defined is empty, and the column `undefined` says why. Numbers are written in full: they are
    equal to those of the API.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    shared = {**analysis.parameters, "code_version": analysis.code_version}
    for row in analysis.rows:
        writer.writerow({name: _cell(value) for name, value in _flat({**shared, **row}).items() if name in COLUMNS})
    return stream.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in row["undefined"].items())
    return {**row, "case": row["case"]["name"], "volume": row["volume_name"], "undefined": reasons}


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value
