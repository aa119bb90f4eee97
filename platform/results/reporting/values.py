"""All raw values, one row per case, label, pair (or reader) and metric, as CSV and Parquet; and results.json."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from results.canonical import canonical_json
from results.parameters import METRICS
from results.reporting.numbers import unit_of
from results.reporting.source import ReportSource

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
VOLUMES = ("volume_a_mm3", "volume_b_mm3")

COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "kind": (pa.string(), "`pair`: a voxel metric of two readings. `reading`: a measurement of one."),
    "case": (pa.string(), "Name of the case."),
    "subject": (pa.string(), "BIDS label of the subject; rows of one subject are not independent."),
    "session": (pa.string(), "BIDS label of the session, empty where there is none."),
    "volume": (pa.string(), "Name of the image that was read."),
    "label": (pa.int32(), "Value of the label in the label maps."),
    "label_name": (pa.string(), "Its name in the protocol."),
    "reader_a": (pa.string(), "Reference of a pair; `consensus of the others`, or empty for a reading."),
    "reader_b": (pa.string(), "Candidate of a pair, or whose reading it is."),
    "metric": (pa.string(), "Name of the metric or measurement."),
    "unit": (pa.string(), "Its unit; empty for a number without one."),
    "value": (pa.float64(), "The value, unrounded; empty (null) where it is undefined."),
    "undefined": (pa.string(), "Why there is no value."),
    "tolerance_mm": (pa.float64(), "Tolerance of the surface Dice, mm; empty for other metrics."),
    "version_a": (pa.string(), "Id of the label version of reader_a; empty for a consensus."),
    "version_b": (pa.string(), "Id of the label version of reader_b."),
}
"""Name to type and meaning."""

Row = dict[str, Any]


def long_rows(source: ReportSource) -> Iterator[Row]:
    """Every value of an analysis: pairs first, then readings, in the order of the API."""
    facts = {one["volume"]: one for one in source.document["cases"]}
    for row in source.rows:
        versions = {"version_a": row["version_a"] or "", "version_b": row["version_b"]}
        for name in (*METRICS, *VOLUMES):
            tolerance = source.parameters["tolerance_mm"] if name == "surface_dice" else None
            yield {
                "kind": "pair",
                **_place(row, facts),
                "reader_a": source.reader(row["reader_a"]),
                "reader_b": source.reader(row["reader_b"]),
                **_value(row, row, name),
                "unit": unit_of(name).replace("³", "3"),
                "tolerance_mm": tolerance,
                **versions,
            }
    for reading in source.readings:
        for name in source.parameters["measurements"]:
            yield {
                "kind": "reading",
                **_place(reading, facts),
                "reader_a": "",
                "reader_b": source.reader(reading["reader"]),
                **_value(reading, reading["values"], name),
                "unit": source.measurement(name)["unit"],
                "tolerance_mm": None,
                "version_a": "",
                "version_b": reading["version"],
            }


def _place(entry: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]) -> Row:
    case = facts[entry["volume"]]
    return {
        "case": case["name"],
        "subject": case["subject"],
        "session": case["session"],
        "volume": case["volume_name"],
        "label": entry["label"],
        "label_name": entry["label_name"],
    }


def _value(entry: Mapping[str, Any], values: Mapping[str, Any], name: str) -> Row:
    value = values.get(name)
    why = "" if value is not None else entry["undefined"].get(name, "it was not measured")
    return {"metric": name, "value": None if value is None else float(value), "undefined": why}


def values_csv(source: ReportSource) -> bytes:
    """The values as CSV, floats in full; text that a spreadsheet would run as a formula is quoted."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in long_rows(source))
    return stream.getvalue().encode()


def _safe(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def values_parquet(source: ReportSource) -> bytes:
    """The values as Parquet, each column with its meaning as metadata."""
    fields = [
        pa.field(name, kind, metadata={"description": meaning.encode()}) for name, (kind, meaning) in COLUMNS.items()
    ]
    provenance = {"radicula": canonical_json({"document_sha256": source.document_sha256})}
    table = pa.Table.from_pylist(list(long_rows(source)), schema=pa.schema(fields, metadata=provenance))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def columns_csv() -> bytes:
    """The dictionary of the columns."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("column", "type", "meaning"))
    writer.writerows((name, str(kind), meaning) for name, (kind, meaning) in COLUMNS.items())
    return stream.getvalue().encode()


def results_json(source: ReportSource) -> bytes:
    """The stored document with its rows and readings, and what made them: all numbers of the report in one file."""
    return canonical_json(
        {
            "format": "radicula.results",
            "format_version": 1,
            "title": source.title,
            "study": source.study_name,
            "provenance": {
                "document_sha256": source.document_sha256,
                "code_version": source.document["code_version"],
                "software": dict(source.software),
                "parameters": source.parameters,
                "inputs": source.document["inputs"],
            },
            "columns": {name: {"type": str(kind), "meaning": meaning} for name, (kind, meaning) in COLUMNS.items()},
            "document": source.document,
            "rows": list(source.rows),
            "readings": list(source.readings),
        }
    )
