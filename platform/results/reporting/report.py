"""The report as a list of builders over the stored document; a study with more to say adds its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from results.reporting.blocks import Section
from results.reporting.comparing import comparisons, published, variability
from results.reporting.front import participants, summary
from results.reporting.html import to_html
from results.reporting.methods import methods
from results.reporting.overlap import overlap
from results.reporting.pdf import to_pdf
from results.reporting.provenance import provenance
from results.reporting.reliability import reliability
from results.reporting.source import ReportSource
from results.reporting.values import columns_csv, results_json, values_csv, values_parquet

Builder = Callable[[ReportSource], Section]
BUILDERS: tuple[Builder, ...] = (
    summary,
    participants,
    methods,
    overlap,
    reliability,
    comparisons,
    variability,
    published,
    provenance,
)
"""In the order of the report; an empty section is left out."""


def report_files(source: ReportSource, builders: Sequence[Builder] = BUILDERS) -> dict[str, bytes]:
    """Make every file of a report.

    Returns
    -------
    dict of str to bytes
        By the names in `results.report_formats.FORMATS`; the same source gives the same bytes.
    """
    sections = [build(source) for build in builders]
    return {
        "report.html": to_html(source.title, subtitle(source), sections),
        "report.pdf": to_pdf(source.title, subtitle(source), sections),
        "values.csv": values_csv(source),
        "values.parquet": values_parquet(source),
        "columns.csv": columns_csv(),
        "results.json": results_json(source),
    }


def subtitle(source: ReportSource) -> str:
    """Study, protocol and code in one line."""
    study = source.document["study"]
    return (
        f"Study “{source.study_name}” · protocol “{source.protocol_title}”, version {study['protocol_version']} · "
        f"{source.kind_title} · Radicula {source.document['code_version']}"
    )
