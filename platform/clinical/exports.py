"""The values of a study's clinical measures as files: CSV, and Parquet with units and provenance."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from access.models import Study
from clinical.models import StudyMeasureValue
from clinical.selectors.tables import SliceValue
from jobs.provenance import code_version

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

COLUMNS: Mapping[str, str] = {
    "subject": "string",
    "session": "string",
    "volume": "string",
    "source": "string",
    "reader": "string",
    "read": "int32",
    "accepted": "bool",
    "measure": "string",
    "quantity": "string",
    "item": "string",
    "label": "int32",
    "side": "string",
    "level": "string",
    "variant": "string",
    "slice": "int32",
    "value": "float64",
    "unit": "string",
    "undefined": "string",
    "outdated": "string",
    "label_versions": "string",
    "computed_at": "timestamp[ms]",
    "protocol_version": "int32",
    "code_version": "string",
    "inputs_sha256": "string",
}
"""Columns of both files, with their types by the names of Arrow."""


def values_csv(
    values: Iterable[StudyMeasureValue], outdated: Mapping[UUID, str], slices: Iterable[SliceValue] = ()
) -> str:
    """One line per value; an undefined one is empty, and the column `undefined` says why. Numbers are in full.

    The numbers of single slices follow those of whole label maps, whose column `slice` is empty.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    for line in _lines(values, outdated, slices):
        line["computed_at"] = line["computed_at"].isoformat(timespec="seconds")
        writer.writerow({name: _cell(cell) for name, cell in line.items()})
    return stream.getvalue()


def values_parquet(
    study: Study,
    values: Iterable[StudyMeasureValue],
    outdated: Mapping[UUID, str],
    slices: Iterable[SliceValue] = (),
) -> bytes:
    """The same as Parquet; the file's metadata name the study, the protocol and the code."""
    # Here and not above: the web process starts a third of a second sooner, and seldom writes Parquet.
    import pyarrow as pa
    import pyarrow.parquet as pq

    lines = list(_lines(values, outdated, slices))
    about = {
        "study": study.slug,
        "protocol": study.protocol_name,
        "protocol_version": study.protocol_version,
        "code_version": code_version(),
    }
    types = {name: pa.timestamp("ms", tz="UTC") if kind == "timestamp[ms]" else kind for name, kind in COLUMNS.items()}
    fields = [
        pa.field(name, pa.type_for_alias(kind) if isinstance(kind, str) else kind) for name, kind in types.items()
    ]
    schema = pa.schema(fields, metadata={b"radicula": json.dumps(about).encode()})
    table = pa.table({name: [line[name] for line in lines] for name in COLUMNS}, schema=schema)
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _lines(
    values: Iterable[StudyMeasureValue], outdated: Mapping[UUID, str], slices: Iterable[SliceValue]
) -> Iterator[dict[str, Any]]:
    for value in values:
        yield _line(value, None, outdated)
    for one in slices:
        yield _line(one.value, one.slice, outdated)


def _line(value: StudyMeasureValue, number: int | None, outdated: Mapping[UUID, str]) -> dict[str, Any]:
    table = value.table
    case = table.volume.case
    return {
        "subject": case.subject.label,
        "session": case.session,
        "volume": table.volume.name,
        "source": table.source,
        "reader": table.reader if table.source in ("rater", "tool") else table.title,
        "read": table.read,
        "accepted": table.accepted,
        "measure": table.measure,
        "quantity": value.quantity,
        "item": value.item,
        "label": value.label,
        "side": value.side,
        "level": value.level,
        "variant": value.variant,
        "slice": number,
        "value": value.value,
        "unit": value.unit,
        "undefined": value.undefined,
        "outdated": outdated.get(table.pk, ""),
        "label_versions": " ".join(one["version"] for one in table.inputs["labels"]),
        "computed_at": table.created_at,
        "protocol_version": table.protocol_version,
        "code_version": table.code_version,
        "inputs_sha256": table.key,
    }


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value
