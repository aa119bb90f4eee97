"""The marks that a user may see, as they are now."""

import gzip
from typing import Any

import numpy as np
from django.db.models import OuterRef, QuerySet, Subquery
from numpy.typing import NDArray

from access.models import Study, User
from annotation.models import MarkRevision, Task, Volume
from annotation.selectors.visibility import tasks_visible
from annotation.selectors.volumes import frame_voxels
from blobs.services import blob_read


def marks_of_task(task: Task) -> QuerySet[MarkRevision]:
    """The newest revision of each mark of a task that was not deleted, oldest mark first."""
    return _current(MarkRevision.objects.filter(task=task))


def mark_list_for_user(user: User, study: Study) -> QuerySet[MarkRevision]:
    """The marks of a study that a user may see: all of them for who oversees it, else those of the user's own tasks."""
    tasks = Task.objects.filter(tasks_visible(user), case__study=study).values("pk")
    return _current(MarkRevision.objects.filter(task__in=tasks)).select_related(
        "task__case__subject", "task__rater", "volume", "author"
    )


def mark_newest(task: Task, mark: Any) -> MarkRevision | None:
    """The newest revision of one mark of a task, its deletion included; None where the task has no such mark."""
    return MarkRevision.objects.filter(task=task, mark=mark).order_by("-number").first()


def volume_intensities(volume: Volume, frame: int) -> NDArray[Any] | None:
    """The intensities of a frame, shape (I, J, K); None where a voxel holds several."""
    if volume.components != 1:
        return None
    raw = gzip.decompress(blob_read(frame_voxels(volume, frame)))
    return np.frombuffer(raw, np.dtype(volume.voxel_type).newbyteorder("<")).reshape(volume.shape, order="F")


def _current(revisions: QuerySet[MarkRevision]) -> QuerySet[MarkRevision]:
    newest = MarkRevision.objects.filter(mark=OuterRef("mark")).order_by("-number").values("pk")[:1]
    return revisions.filter(pk=Subquery(newest), deleted=False).order_by("created_at", "id")
