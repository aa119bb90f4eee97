"""The Celery application that both kinds of worker run."""

import os

from celery import Celery, platforms, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")

app = Celery("radicula")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.beat_embedded_init.connect
def end_with_the_worker(**_: object) -> None:
    """The clock is a process of the io worker; it must not outlive a worker that was killed."""
    platforms.set_pdeathsig("SIGKILL")  # type: ignore[attr-defined]  # missing from the stubs
