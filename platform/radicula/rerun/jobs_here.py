"""Jobs done in this process, or waited for where a worker of the site has taken them."""

import time

from celery import current_app

from access.errors import ApplicationError
from jobs.models import Job, JobState
from jobs.services import jobs_reap_lost, task_name

LOOK_SECONDS = 0.5


class JobNotDone(ApplicationError):
    """A job of a re-run ended otherwise than done."""


def job_finish(job: Job) -> Job:
    """Bring a job to its end.

    A worker that is there may take it first: whoever comes second finds it no longer queued. A job whose worker is lost
    is begun again if its kind goes on from where it stood.

    Raises
    ------
    JobNotDone
        If it failed or was cancelled, in its own words.
    """
    current_app.loader.import_default_modules()
    while True:
        job.refresh_from_db()
        if job.state == JobState.QUEUED:
            current_app.tasks[task_name(job.kind)](str(job.pk))
        elif job.state == JobState.RUNNING:
            time.sleep(LOOK_SECONDS)
            jobs_reap_lost()
        else:
            break
    if job.state != JobState.DONE:
        raise JobNotDone(f"{job.title}: {job.error or f'it was {job.state}'}")
    return job
