"""Asking for the import of another tool's label maps: the upload is kept by hash, the work is a job."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import transaction

from access.errors import InvalidInput
from access.models import Study, User
from annotation.services.storing import known_values
from blobs.services import blob_put_file
from jobs.models import Job, Queue
from jobs.services import job_create

EXTERNAL_JOB = "external"


def external_request(
    *, study: Study, by: User | None, upload: BinaryIO, filename: str, tool: str, values: Mapping[int, int] | None
) -> Job:
    """Keep an uploaded archive of a tool's label maps and queue its import.

    Parameters
    ----------
    study : Study
        Whose volumes they label.
    by : User or None
        Who brought it.
    upload : binary file
        The zip archive, read in pieces.
    filename : str
        What it was called, for the job's title.
    tool : str
        What analyses call it.
    values : mapping of int to int, optional
        The tool's value to the protocol's; 0 leaves a label out.

    Raises
    ------
    InvalidInput
        If a value is none of the protocol's.
    """
    known = {0, *known_values(study)}
    unknown = sorted(set((values or {}).values()) - known)
    if unknown:
        detail = f"The protocol has the labels {', '.join(map(str, sorted(known - {0})))}; {unknown} came."
        raise InvalidInput(detail, {"values": [detail]})
    blob = blob_put_file(upload)
    name = PurePosixPath(filename).name[:120]
    with transaction.atomic():
        return job_create(
            study=study,
            kind=EXTERNAL_JOB,
            title=f"label maps of {tool} from {name}",
            queue=Queue.IO,
            parameters={
                "upload": blob.sha256,
                "tool": tool,
                "values": {str(theirs): ours for theirs, ours in (values or {}).items()},
            },
            by=by,
        )
