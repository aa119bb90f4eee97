"""Asking for an import: the upload is kept by hash, the work is a job."""

from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import transaction

from access.models import Study, User
from blobs.services import blob_put_file
from jobs.models import Job, Queue
from jobs.services import job_create

JOB_KIND = "import"


def import_request(*, study: Study, by: User, upload: BinaryIO, filename: str, accept_labels: bool) -> Job:
    """Keep an uploaded archive and queue its import.

    Parameters
    ----------
    study : Study
        Where it goes.
    by : User
        Who brought it.
    upload : binary file
        The zip archive, read in pieces.
    filename : str
        What it was called, for the job's title.
    accept_labels : bool
        Take the labels as accepted instead of as submitted for review.
    """
    blob = blob_put_file(upload)
    name = PurePosixPath(filename).name[:150]
    with transaction.atomic():
        return job_create(
            study=study,
            kind=JOB_KIND,
            title=f"import of {name}",
            queue=Queue.IO,
            parameters={"upload": blob.sha256, "filename": name, "accept_labels": accept_labels},
            by=by,
        )
