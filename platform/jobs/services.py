"""What makes, ends and repeats jobs. The worker's side is in `jobs.running`."""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from access.errors import Conflict
from access.models import Study, User
from access.services import event_record
from jobs.models import Job, JobState, Queue

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(seconds=30)
"""A running job whose worker has not been heard of for so long has lost it. Workers write every 3 s."""

LOST = "The worker stopped while this job ran (it was killed, or the machine restarted). Run it again."
LOST_AGAIN = (
    "The worker stopped while this job ran, and did so at each attempt: its memory may not suffice. "
    "The last checkpoint is kept; running it again goes on from there."
)

RESUMING_KINDS: set[str] = set()
"""Kinds that go on from where they stood; `jobs.running.job_task` fills it."""

MOST_ATTEMPTS = 3
"""So often a job is begun by itself: one that takes its worker down each time must not do so for ever."""

UNSENT_AFTER = timedelta(seconds=15)
LIVE_STATES = (JobState.QUEUED, JobState.RUNNING)


def task_name(kind: str) -> str:
    """The Celery task that does jobs of a kind."""
    return f"job.{kind}"


def job_create(
    *, study: Study, kind: str, title: str, queue: Queue, parameters: dict[str, Any], by: User | None
) -> Job:
    """Queue a job. It is sent to the workers when the transaction commits."""
    job = Job.objects.create(study=study, kind=kind, title=title, queue=queue, parameters=parameters, created_by=by)
    event_record(study=study, actor=by, verb="job.queued", subject=job, detail={"kind": kind, "title": title})
    transaction.on_commit(lambda: _send(job))
    return job


def _send(job: Job) -> None:
    try:
        current_app.send_task(task_name(job.kind), args=[str(job.pk)], queue=job.queue, retry=False)
    except OperationalError:
        # The row is the truth: `jobs_resend_unsent` sends it when the broker is back.
        log.warning("The broker is away; job %s waits for it.", job.pk)
        return
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())


@transaction.atomic
def job_cancel(*, job: Job, by: User | None) -> Job:
    """Ask a job to stop. A queued job is cancelled at once; a running one at its next report.

    Raises
    ------
    Conflict
        If the job has ended.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in LIVE_STATES:
        raise Conflict(f"The job '{job.title}' has ended ({job.state}); there is nothing to cancel.")
    job.cancel_requested = True
    if job.state == JobState.QUEUED:
        job.state = JobState.CANCELLED
        job.finished_at = timezone.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    event_record(study=job.study, actor=by, verb="job.cancelled", subject=job, detail={"title": job.title})
    return job


@transaction.atomic
def job_retry(*, job: Job, by: User | None) -> Job:
    """Run a failed or cancelled job again, with the same parameters.

    Raises
    ------
    Conflict
        If the job is still under way, or was done.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise Conflict(f"The job '{job.title}' is {job.state}; only a failed or cancelled job can be run again.")
    job.state = JobState.QUEUED
    job.progress, job.message, job.error, job.result = 0.0, "", "", None
    job.cancel_requested = False
    job.started_at = job.heartbeat_at = job.finished_at = job.sent_at = None
    job.save()
    event_record(study=job.study, actor=by, verb="job.retried", subject=job, detail={"title": job.title})
    transaction.on_commit(lambda: _send(job))
    return job


def jobs_reap_lost() -> int:
    """Queue lost jobs again if their kind resumes; mark the other ones as failed.

    Returns
    -------
    int
        How many jobs had lost their worker.
    """
    now = timezone.now()
    lost = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    resuming = lost.filter(kind__in=RESUMING_KINDS, attempt__lt=MOST_ATTEMPTS, cancel_requested=False)
    resumed = resuming.update(
        state=JobState.QUEUED,
        sent_at=None,
        heartbeat_at=None,
        message="The worker stopped; the job goes on from its last checkpoint.",
    )
    cancelled = lost.filter(cancel_requested=True).update(
        state=JobState.CANCELLED, finished_at=now, message="cancelled"
    )
    failed = lost.filter(kind__in=RESUMING_KINDS).update(state=JobState.FAILED, finished_at=now, error=LOST_AGAIN)
    return resumed + cancelled + failed + lost.update(state=JobState.FAILED, finished_at=now, error=LOST)


def jobs_resend_unsent(*, also_sent: bool = False) -> int:
    """Send queued jobs that never reached the broker.

    Parameters
    ----------
    also_sent : bool
        Send also those that did: for a worker's start, in case the broker lost its memory. A job that is delivered
        twice runs once.

    Returns
    -------
    int
        How many were sent.
    """
    queued = Job.objects.filter(state=JobState.QUEUED, created_at__lt=timezone.now() - UNSENT_AFTER)
    if not also_sent:
        queued = queued.filter(sent_at=None)
    jobs = list(queued.order_by("created_at"))
    for job in jobs:
        _send(job)
    return len(jobs)
