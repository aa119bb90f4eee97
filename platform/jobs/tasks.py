"""House-keeping of jobs, on the io worker."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from jobs.services import jobs_reap_lost, jobs_resend_unsent


@shared_task(name="jobs.reap_lost")
def reap_lost() -> None:
    """Fail jobs whose worker is gone, and send those that never reached the broker."""
    jobs_reap_lost()
    jobs_resend_unsent()


@worker_ready.connect
def resend_after_start(**_: Any) -> None:
    """At a worker's start the broker may have lost its memory; a job that is delivered twice runs once."""
    jobs_resend_unsent(also_sent=True)
