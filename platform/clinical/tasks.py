"""The io worker's part: measuring label maps."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task

from access.errors import ApplicationError
from blobs.services import BlobDamaged
from clinical.services.measuring import JOB_KIND, measures_compute, measures_help
from jobs.helping import MOST_HELPERS, help_ask
from jobs.models import Job, JobState
from jobs.running import JobFailed, JobRun, job_task

log = logging.getLogger(__name__)

HELP_TASK = "measure.help"


@job_task(JOB_KIND)
def run_measures(run: JobRun) -> dict[str, Any]:
    """Compute the clinical measures that were asked for; the result counts the tables."""
    asked = run.parameters
    help_ask(HELP_TASK, str(run.job.pk), pieces=MOST_HELPERS + 1)
    cases = asked["cases"]
    try:
        found = measures_compute(
            study=run.job.study,
            measures=asked["measures"],
            sources=asked["sources"],
            cases=None if cases is None else [UUID(case) for case in cases],
            options=asked["options"],
            job=run.job,
            progress=run.report,
        )
    except BlobDamaged as error:
        raise JobFailed(str(error)) from error
    return found.to_json()


@shared_task(name=HELP_TASK)
def help_with_measures(job_id: str) -> None:
    """Measure label maps of another worker's job; one whose message comes late finds nothing to do."""
    job = Job.objects.select_related("study").filter(pk=job_id, state=JobState.RUNNING).first()
    if job is None:
        return
    try:
        measures_help(job=job)
    except (ApplicationError, BlobDamaged) as error:
        # The job comes to the same label map itself, and fails with the same sentence where its maker sees it.
        log.warning("Helping with the measures of job %s ended: %s", job_id, error)
