"""The worker's side of analyses.

The job itself works through the volumes and then through the parts of the statistics, and asks the other io workers to
help with both: each takes the next one that nobody is at. With one worker the job does all; a helper's message that
comes late finds nothing to do.
"""

import logging
import time
from typing import Any

from celery import shared_task
from threadpoolctl import threadpool_limits

from access.errors import ApplicationError
from annotation.services.importing.external import import_external_archive
from jobs.helping import help_ask
from jobs.running import JobFailed, JobRun, job_task
from mri.errors import ImageError
from results.models import Analysis
from results.selectors.reports import REPORT_JOB
from results.services.computing import (
    analysis_of_job,
    analysis_reset,
    is_under_way,
    volume_compute_next,
    volumes_left,
)
from results.services.external import EXTERNAL_JOB
from results.services.reports import report_make
from results.services.starting import ANALYSIS_JOB
from results.services.summing import Summing, analysis_finish, part_compute_next, parts_left, parts_prepare, summing_of

log = logging.getLogger(__name__)

HELP_TASK = "analysis.help"
LOOK_SECONDS = 0.05
SHARE_OF_VOLUMES, SHARE_OF_STATISTICS = 0.7, 0.27
"""Of the progress bar; the rest is for storing the answer."""


@job_task(ANALYSIS_JOB, resumes=True)
def run_analysis(run: JobRun) -> dict[str, Any]:
    """Answer the question of an analysis on the label versions that were chosen when it was asked.

    A run that goes on after a lost worker keeps the volumes and parts that were done.
    """
    analysis = analysis_of_job(run.job)
    analysis_reset(analysis=analysis)
    # The bytes of the answer must not depend on how many threads a matrix product is shared by; and beside other
    # workers one thread is the fastest.
    with threadpool_limits(limits=1):
        _volumes(run, analysis)
        summing = summing_of(analysis)
        _statistics(run, summing)
        run.report(SHARE_OF_VOLUMES + SHARE_OF_STATISTICS, "storing the answer")
        rows = analysis_finish(summing=summing)
    return {"analysis": str(analysis.pk), "rows": rows}


def _volumes(run: JobRun, analysis: Analysis) -> None:
    done, total = volumes_left(analysis)
    help_ask(HELP_TASK, str(analysis.pk), pieces=total - done)
    while done < total:
        run.report(SHARE_OF_VOLUMES * done / total, f"{done} of {total} volumes")
        if volume_compute_next(analysis) is None:
            time.sleep(LOOK_SECONDS)  # the last ones are in other workers' hands
        done, total = volumes_left(analysis)


def _statistics(run: JobRun, summing: Summing) -> None:
    parts_prepare(summing=summing)
    done, total = parts_left(summing.analysis)
    help_ask(HELP_TASK, str(summing.analysis.pk), pieces=total - done)
    while done < total:
        run.report(SHARE_OF_VOLUMES + SHARE_OF_STATISTICS * done / total, f"statistics, {done} of {total} parts")
        if not part_compute_next(summing=summing):
            time.sleep(LOOK_SECONDS)
        done, total = parts_left(summing.analysis)


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
    """Compute volumes, or parts of the statistics, of another worker's job until none is left, or the job ends."""
    analysis = Analysis.objects.select_related("study", "job").filter(pk=analysis_id).first()
    if analysis is None:
        return
    try:
        with threadpool_limits(limits=1):
            while is_under_way(analysis) and volume_compute_next(analysis) is not None:
                pass
            done, total = parts_left(analysis)
            summing = summing_of(analysis) if done < total and is_under_way(analysis) else None
            while summing is not None and is_under_way(analysis) and part_compute_next(summing=summing):
                pass
    except ApplicationError as error:
        # The job comes to the same volume itself, and fails with the same sentence where its maker sees it.
        log.warning("Helping with analysis %s ended: %s", analysis_id, error.detail)
