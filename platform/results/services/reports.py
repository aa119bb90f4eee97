"""Making the report of an analysis."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from django.db import transaction

from access.errors import Conflict
from access.models import User
from blobs.services import blob_put_bytes
from jobs.models import Queue
from jobs.services import job_create
from results.models import Analysis, AnalysisFile
from results.selectors.contents import readings_of, rows_of
from results.selectors.pictures import picture_draw, picture_rows
from results.selectors.reports import REPORT_JOB, Report, document_of, report_key, report_of

if TYPE_CHECKING:
    from results.reporting.source import CasePicture, ReportSource

PICTURES = 6
"""Of the images with the worst comparisons, in a report."""

SOFTWARE = ("numpy", "scipy", "SimpleITK", "nibabel", "matplotlib", "reportlab", "pyarrow")
"""What the numbers and the report come from, beside this project's own code."""


@transaction.atomic
def report_request(*, analysis: Analysis, by: User | None) -> Report:
    """Ask for the report; one that is up to date, or under way, is not made again.

    Raises
    ------
    Conflict
        Where the analysis has no result yet.
    """
    # Two who press the button at once get one job.
    Analysis.objects.select_for_update(of=("self",)).get(pk=analysis.pk)
    if analysis.document_id is None:
        raise Conflict("This analysis has no result yet; its report can be made when it is done.")
    found = report_of(analysis)
    if found.state == "making" or (found.state == "ready" and found.current):
        return found
    job_create(
        study=analysis.study,
        kind=REPORT_JOB,
        title=f"report: {analysis.title}",
        queue=Queue.IO,
        parameters={"analysis": str(analysis.pk)},
        by=by,
    )
    return report_of(analysis)


def report_source(analysis: Analysis) -> "ReportSource":
    """Everything that the report of an analysis says."""
    from results.reporting.source import ReportSource

    study = analysis.study
    return ReportSource(
        title=analysis.title,
        study_name=study.name,
        protocol_title=str(study.protocol.get("title") or study.protocol_name),
        document=document_of(analysis),
        document_sha256=str(analysis.document_id),
        rows=rows_of(analysis),
        readings=readings_of(analysis),
        software={"Python": platform.python_version()} | {name: version(name) for name in SOFTWARE},
    )


def _pictures(analysis: Analysis, source: "ReportSource") -> tuple["CasePicture", ...]:
    """QC pictures of the images with the worst comparisons, worst first."""
    from results.reporting.overlap import worst_rows
    from results.reporting.source import CasePicture

    worst = worst_rows(source.rows, most=len(source.rows))
    volumes = list(dict.fromkeys(row["volume"] for row in worst))[:PICTURES]
    rows = {str(one.volume_id): one for one in picture_rows(analysis).filter(volume__in=volumes)}
    found = []
    for volume in volumes:
        made = picture_draw(rows[volume])
        name = rows[volume].volume.name
        text = f"{name}: each label in the slice where it is largest, with the outline of every reader."
        found.append(CasePicture(volume, text, f"{name}. {made.text}", made.png, made.size))
    return tuple(found)


def report_make(*, analysis: Analysis, progress: Callable[[float, str], None]) -> list[str]:
    """Make every file of the report and keep them in place of the earlier ones.

    Returns
    -------
    list of str
        Their names.
    """
    # matplotlib, reportlab and pyarrow: a worker that makes no report never loads them.
    from results.reporting.report import report_files

    progress(0.05, "reading the result")
    source = report_source(analysis)
    progress(0.15, "drawing the worst cases")
    source = replace(source, pictures=_pictures(analysis, source))
    progress(0.3, "setting the report")
    files = report_files(source)
    progress(0.9, "keeping the files")
    files_keep(analysis=analysis, files=files, made_from=report_key(analysis))
    return sorted(files)


@transaction.atomic
def files_keep(*, analysis: Analysis, files: Mapping[str, bytes], made_from: str) -> None:
    """Store files under their names, in place of earlier ones."""
    for name, data in files.items():
        AnalysisFile.objects.update_or_create(
            analysis=analysis, name=name, defaults={"blob": blob_put_bytes(data), "made_from": made_from}
        )
