"""Asking the other io workers to help with a job.

A job whose work falls into pieces takes one after another, each under a lock of its own, and asks for help first: other
workers then take pieces too, by the same function. A job never waits for help that doesn't come.
"""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from jobs.models import Queue

log = logging.getLogger(__name__)

MOST_HELPERS = 8
HELP_EXPIRES_SECONDS = 3600


def help_ask(task: str, *arguments: str, pieces: int) -> None:
    """Send a message to each worker that may be free.

    Parameters
    ----------
    task : str
        Name of the Celery task that helps. It must do nothing where nothing is left.
    *arguments : str
        Its arguments.
    pieces : int
        How many pieces are left: whoever asks takes the first of them.
    """
    try:
        for _ in range(min(MOST_HELPERS, pieces - 1)):
            current_app.send_task(task, args=list(arguments), queue=Queue.IO, retry=False, expires=HELP_EXPIRES_SECONDS)
    except OperationalError:
        log.warning("The broker is away; nobody helps with %s %s.", task, " ".join(arguments))
