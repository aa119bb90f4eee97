"""The worker's side of analyses.

The job itself works through the volumes, and asks the other io workers to help: each takes the next volume that nobody
is at. With one worker the job does all; a helper's message that comes late finds nothing to do.
"""

import logging
import time
from typing import Any

from celery import current_app, shared_task
from kombu.exceptions import OperationalError

from access.errors import ApplicationError
from annotation.services.importing.external import import_external_archive
from jobs.models import Queue
from jobs.running import JobFailed, JobRun, job_task
from mri.errors import ImageError
from results.models import Analysis
from results.selectors.reports import REPORT_JOB
from results.services.computing import (
    analysis_finish,
    analysis_of_job,
    analysis_reset,
    is_under_way,
    volume_compute_next,
    volumes_left,
)
from results.services.external import EXTERNAL_JOB
from results.services.reports import report_make
from results.services.starting import ANALYSIS_JOB

log = logging.getLogger(__name__)

HELP_TASK = "analysis.help"
MOST_HELPERS = 8
HELP_EXPIRES_SECONDS = 3600
LOOK_SECONDS = 0.1
SHARE_OF_VOLUMES = 0.95
"""Of the progress bar; the rest is for the statistics."""


@job_task(ANALYSIS_JOB)
def run_analysis(run: JobRun) -> dict[str, Any]:
    """Answer the question of an analysis on the label versions that were chosen when it was asked.

    A run that goes on after a lost worker keeps the volumes that were done.
    """
    analysis = analysis_of_job(run.job)
    analysis_reset(analysis=analysis)
    done, total = volumes_left(analysis)
    _ask_for_help(analysis, total - done)
    while done < total:
        run.report(SHARE_OF_VOLUMES * done / total, f"{done} of {total} volumes")
        if volume_compute_next(analysis) is None:
            time.sleep(LOOK_SECONDS)  # the last ones are in other workers' hands
        done, total = volumes_left(analysis)
    run.report(SHARE_OF_VOLUMES, "statistics")
    rows = analysis_finish(analysis=analysis)
    return {"analysis": str(analysis.pk), "rows": rows}


@job_task(EXTERNAL_JOB)
def run_external_import(run: JobRun) -> dict[str, Any]:
    """Take an archive of another tool's label maps; the result says which files were matched, and why others not."""
    try:
        report = import_external_archive(
            study=run.job.study,
            upload_sha256=run.parameters["upload"],
            tool=run.parameters["tool"],
            by=run.job.created_by,
            values={int(theirs): ours for theirs, ours in run.parameters["values"].items()},
            progress=run.report,
        )
    except ImageError as error:
        raise JobFailed(str(error)) from error
    return report.to_json()


@job_task(REPORT_JOB)
def run_report(run: JobRun) -> dict[str, Any]:
    """Make the report of an analysis; the result names its files."""
    analysis = Analysis.objects.select_related("study").get(pk=run.parameters["analysis"])
    return {"report": str(analysis.pk), "names": report_make(analysis=analysis, progress=run.report)}


@shared_task(name=HELP_TASK)
def help_with_analysis(analysis_id: str) -> None:
    """Compute volumes of another worker's job until none is left, or the job ends."""
    analysis = Analysis.objects.select_related("study", "job").filter(pk=analysis_id).first()
    try:
        while analysis is not None and is_under_way(analysis) and volume_compute_next(analysis) is not None:
            pass
    except ApplicationError as error:
        # The job comes to the same volume itself, and fails with the same sentence where its maker sees it.
        log.warning("Helping with analysis %s ended: %s", analysis_id, error.detail)


def _ask_for_help(analysis: Analysis, volumes: int) -> None:
    try:
        for _ in range(min(MOST_HELPERS, volumes - 1)):
            current_app.send_task(
                HELP_TASK, args=[str(analysis.pk)], queue=Queue.IO, retry=False, expires=HELP_EXPIRES_SECONDS
            )
    except OperationalError:
        log.warning("The broker is away; analysis %s is computed by one worker.", analysis.pk)
