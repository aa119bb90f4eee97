"""The Celery application that both kinds of worker run."""

import os

from celery import Celery, platforms, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")

app = Celery("radicula")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_process_init.connect
@signals.beat_embedded_init.connect
def end_with_the_worker(**_: object) -> None:
    """What computes, and the clock, are processes of a worker; they must not outlive one that was killed."""
    platforms.set_pdeathsig("SIGKILL")  # type: ignore[attr-defined]  # missing from the stubs
