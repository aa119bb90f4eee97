"""The files of a report by name: light enough for the web process to know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A file of a report: what it is for people, and its media type."""

    title: str
    media_type: str


REPORT_STATES = ["none", "making", "ready", "failed"]
"""Of any report: of an analysis, or of a study."""

FORMATS: dict[str, Format] = {
    "report.html": Format("Report (HTML)", "text/html; charset=utf-8"),
    "report.pdf": Format("Report (PDF)", "application/pdf"),
    "values.csv": Format("All values (CSV)", "text/csv; charset=utf-8"),
    "values.parquet": Format("All values (Parquet)", "application/vnd.apache.parquet"),
    "columns.csv": Format("Dictionary of the columns (CSV)", "text/csv; charset=utf-8"),
    "results.json": Format("Results with provenance (JSON)", "application/json"),
}
