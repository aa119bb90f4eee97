"""The worker's side of a job: progress, heartbeat, cancel, and how it ends.

A kind of job is a function decorated with `job_task`::

    @job_task("import")
    def import_dataset(run: JobRun) -> dict[str, Any]:
        for index, file in enumerate(files):
            run.report(index / len(files), f"reading {file}")
        return {"taken": ...}
"""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from celery import shared_task
from django.db import close_old_connections, connection
from django.db.models import F, QuerySet
from django.utils import timezone

from access.errors import ApplicationError
from jobs.models import Job, JobState
from jobs.services import RESUMING_KINDS, task_name

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 3.0
REPORT_SECONDS = 0.3


class JobCancelled(Exception):
    """The user asked the job to stop."""


class JobFailed(ApplicationError):
    """The job cannot be done, for a reason that the user can be told."""


class JobRun:
    """A job under way.

    Attributes
    ----------
    job : Job
        The row, as it was when the job started.
    parameters : dict
        What the job was asked for.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.parameters: dict[str, Any] = job.parameters
        self._cancelled = threading.Event()
        self._stop = threading.Event()
        self._written = 0.0
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=10.0)

    @property
    def cancelled(self) -> bool:
        """Whether the user asked the job to stop (known within a heartbeat)."""
        return self._cancelled.is_set()

    def report(self, progress: float, message: str) -> None:
        """Say how far the job is.

        Parameters
        ----------
        progress : float
            From 0 to 1.
        message : str
            What is being done, for the user.

        Raises
        ------
        JobCancelled
            If the user asked the job to stop.
        """
        if self.cancelled:
            raise JobCancelled
        now = time.monotonic()
        if now - self._written < REPORT_SECONDS and progress < 1.0:
            return
        self._written = now
        rows = self._rows()
        told = rows.update(progress=min(max(progress, 0.0), 1.0), message=message[:300], heartbeat_at=timezone.now())
        if not told:
            # Declared lost while this worker could not be heard of: another one has the job, or will have it.
            self._cancelled.set()
            raise JobCancelled
        if rows.filter(cancel_requested=True).exists():
            self._cancelled.set()
            raise JobCancelled

    def _rows(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempt=self.job.attempt)

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            try:
                close_old_connections()
                rows = self._rows()
                rows.update(heartbeat_at=timezone.now())
                if rows.filter(cancel_requested=True).exists():
                    self._cancelled.set()
            except Exception:
                # The database may be away for a moment; the next beat tries again on a new connection.
                log.warning("No heartbeat for job %s", self.job.pk, exc_info=True)
                connection.close()
        connection.close()


def job_task(
    kind: str, *, resumes: bool = False
) -> Callable[[Callable[[JobRun], dict[str, Any]]], Callable[[str], None]]:
    """Make a function the worker's code for jobs of a kind.

    The function gets a `JobRun` and returns the job's result (JSON). An `ApplicationError` fails the job with its
    sentence; any other error fails it with a note that points to the worker's log.

    Parameters
    ----------
    kind : str
        The kind.
    resumes : bool
        Whether it keeps where it stands and goes on from there: such a job is queued again when its worker is lost.
    """
    if resumes:
        RESUMING_KINDS.add(kind)

    def decorate(work: Callable[[JobRun], dict[str, Any]]) -> Callable[[str], None]:
        @shared_task(name=task_name(kind))
        def run_job(job_id: str) -> None:
            _run(job_id, work)

        return run_job

    return decorate


def _run(job_id: str, work: Callable[[JobRun], dict[str, Any]]) -> None:
    now = timezone.now()
    # One atomic step from queued to running: a message that is delivered twice runs the job once.
    started = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        started_at=now,
        heartbeat_at=now,
        progress=0.0,
        message="starting",
        attempt=F("attempt") + 1,
    )
    if not started:
        log.info("Job %s is not queued any more; nothing to do.", job_id)
        return
    job = Job.objects.select_related("study", "created_by").get(pk=job_id)
    with JobRun(job) as run:
        try:
            result = work(run)
        except JobCancelled:
            _end(job, state=JobState.CANCELLED, message="cancelled")
        except ApplicationError as error:
            _end(job, state=JobState.FAILED, error=error.detail)
        except Exception as error:
            log.exception("Job %s failed", job_id)
            _end(
                job,
                state=JobState.FAILED,
                error=f"It stopped on an unexpected error ({type(error).__name__}: {error}). "
                "The worker's log has the details; run it again, or send them to the maintainers.",
            )
        else:
            _end(job, state=JobState.DONE, progress=1.0, message="done", result=result)


def _end(job: Job, **fields: Any) -> None:
    # Only what this attempt still runs is ended here: a job that was declared lost stays so, or is another worker's.
    rows = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)
    rows.update(finished_at=timezone.now(), **fields)
