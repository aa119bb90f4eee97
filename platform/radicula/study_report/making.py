"""The report of a study: sections in their order, as one page of its own, and the clinical measures as CSV."""

from collections.abc import Callable

from access.models import Study
from clinical.exports import values_csv
from clinical.selectors.tables import ValueFilter, values_of
from radicula.study_report.clinical_numbers import clinical_numbers
from radicula.study_report.front import provenance, stages, what_was_run
from radicula.study_report.label_maps import external, networks, raters
from radicula.study_report.published import published
from radicula.study_report.source import RunFacts, StudySource, study_source
from radicula.study_report.structures import disc_forces, index_errors, level_spread, tract_arms
from results.reporting.blocks import Section

Builder = Callable[[StudySource], Section]
BUILDERS: tuple[Builder, ...] = (
    what_was_run,
    published,
    raters,
    networks,
    external,
    clinical_numbers,
    level_spread,
    index_errors,
    tract_arms,
    disc_forces,
    stages,
    provenance,
)
"""In the order of the report; an empty section is left out."""

PAGE, MEASURES = "report.html", "clinical-measures.csv"


def study_report(
    study: Study, run: RunFacts | None = None, progress: Callable[[float, str], None] | None = None
) -> dict[str, bytes]:
    """Make the report of a study.

    Parameters
    ----------
    study : Study
        With whatever it has by now: analyses, networks, clinical measures, tractograms.
    run : RunFacts, optional
        What is to be said of a re-run.
    progress : callable, optional
        Told how far it is; it may raise to stop.

    Returns
    -------
    dict of str to bytes
        `report.html`, and `clinical-measures.csv` where there are any.
    """
    # matplotlib: who makes no report never loads it.
    from results.reporting.html import to_html

    tell = progress or _untold
    tell(0.05, "reading the study")
    source = study_source(study, run)
    subtitle = f"Study “{study.name}” · protocol “{source.protocol.title}”, version {source.protocol.version}"
    sections = []
    for place, build in enumerate(BUILDERS):
        tell(0.2 + 0.6 * place / len(BUILDERS), build.__name__.replace("_", " "))
        sections.append(build(source))
    tell(0.8, "setting the report")
    files = {PAGE: to_html(f"{source.protocol.title}: study report", subtitle, sections)}
    if source.clinical:
        files[MEASURES] = values_csv(values_of(study, ValueFilter()), {}).encode()
    return files


def _untold(share: float, message: str) -> None:
    """Say nothing."""
