"""The appendix: which label versions, which models, which code, which parameters."""

from __future__ import annotations

import json

from results.reporting.blocks import Cell, Section, Table, columns, paragraph
from results.reporting.source import ReportSource


def provenance(source: ReportSource) -> Section:
    """Everything by which the numbers can be made again."""
    document = source.document
    facts: list[tuple[Cell, ...]] = [
        ("Study", f"{source.study_name} ({document['study']['slug']})"),
        (
            "Protocol",
            (
                f"{source.protocol_title} ({document['study']['protocol']}), version "
                f"{document['study']['protocol_version']}"
            ),
        ),
        ("Code", f"Radicula {document['code_version']}"),
        ("Document, SHA-256", source.document_sha256),
        ("Rows, SHA-256", f"{document['rows']['sha256']} ({document['rows']['count']} rows)"),
        ("Readings, SHA-256", f"{document['readings']['sha256']} ({document['readings']['count']} readings)"),
    ]
    facts += [(f"{name} version", version) for name, version in sorted(source.software.items())]
    parameters = [(name, _plain(value)) for name, value in sorted(source.parameters.items()) if name != "readers"]
    readers = [(one["title"], one["type"], one["name"] or "–", str(one["read"])) for one in document["readers"]]
    names = {one["volume"]: one["volume_name"] for one in document["cases"]}
    inputs = [
        (names.get(one["volume"], one["volume"]), source.reader(one["reader"]), one["label_version"], one["sha256"])
        for one in sorted(document["inputs"], key=lambda one: (names.get(one["volume"], ""), one["reader"]))
    ]
    return Section(
        "Appendix: provenance",
        (
            paragraph(
                "The same label versions, parameters and code give the same document, byte for byte, and this report "
                "again."
            ),
            Table("What made this report.", columns("", "$Value"), facts),
            Table("Parameters of the analysis.", columns("Parameter", "$Value"), parameters),
            Table(
                "Readers; the name of a model is the id of its version.",
                columns("Reader", "Type", "$Name", "Read"),
                readers,
            ),
            Table(
                "Label versions that were read, and the SHA-256 of their stored voxels.",
                columns("Image", "Reader", "$Label version", "$SHA-256"),
                inputs,
            ),
        ),
    )


def _plain(value: object) -> str:
    if value is None:
        return "all"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
