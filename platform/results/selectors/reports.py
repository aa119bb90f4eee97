"""The report of an analysis: whether it is there and up to date, and what it is made from."""

import gzip
import json
from dataclasses import dataclass
from typing import Any

from access.errors import NotFound
from blobs.services import blob_read
from jobs.models import Job, JobState
from jobs.provenance import code_version
from results.canonical import sha256_of
from results.models import Analysis, AnalysisFile
from results.report_formats import FORMATS

REPORT_JOB = "report"
REPORT_VERSION = 1
"""Of the report's form; a change of it makes the reports that there are out of date."""

LIVE = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class Report:
    """The files of a report and the job that makes or made them.

    Attributes
    ----------
    state : str
        ``none``, ``making``, ``ready`` or ``failed``.
    current : bool
        Whether the files are what this code would make of the stored result.
    job : Job or None
        The newest.
    files : list of AnalysisFile
        In the order of the formats; they stay while newer ones are made.
    """

    state: str
    current: bool
    job: Job | None
    files: list[AnalysisFile]


def document_of(analysis: Analysis) -> dict[str, Any]:
    """The stored document of an analysis.

    Raises
    ------
    NotFound
        Where it is not done.
    """
    if analysis.document_id is None:
        raise NotFound("This analysis has no result yet.")
    found: dict[str, Any] = json.loads(gzip.decompress(blob_read(analysis.document_id)))
    return found


def report_key(analysis: Analysis) -> str:
    """The hash of everything that a report is made from."""
    return sha256_of(
        {
            "document": analysis.document_id,
            "title": analysis.title,
            "study": analysis.study.name,
            "code": code_version(),
            "version": REPORT_VERSION,
        }
    )


def report_of(analysis: Analysis) -> Report:
    """What there is of the report of an analysis."""
    places = {name: place for place, name in enumerate(FORMATS)}
    found = analysis.files.filter(name__in=FORMATS).select_related("blob")
    files = sorted(found, key=lambda one: places[one.name])
    jobs = Job.objects.filter(study=analysis.study, kind=REPORT_JOB, parameters__analysis=str(analysis.pk))
    job = jobs.select_related("study", "created_by").order_by("-created_at").first()
    key = report_key(analysis)
    current = bool(files) and all(one.made_from == key for one in files)
    if job is not None and job.state in LIVE:
        state = "making"
    elif files:
        state = "ready"
    else:
        state = "none" if job is None or job.state == JobState.DONE else "failed"
    return Report(state, current, job, files)


def report_file(analysis: Analysis, name: str) -> AnalysisFile:
    """One file of a report.

    Raises
    ------
    NotFound
        Where it is not made, or there is none of that name.
    """
    if name not in FORMATS:
        raise NotFound(f"A report has no file '{name}'; it has: {', '.join(FORMATS)}.")
    found = analysis.files.filter(name=name).first()
    if found is None:
        raise NotFound("The report of this analysis is not made yet; POST to its address makes it.")
    return found
