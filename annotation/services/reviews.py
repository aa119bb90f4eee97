"""Reviews: a verdict on what a rater handed in."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.errors import Conflict, InvalidInput, NotAllowed
from access.models import User
from access.selectors import require_role
from access.services import event_record
from annotation.models import Review, Task, TaskState, TaskVolume, Verdict
from annotation.selectors.tasks import REVIEWERS
from annotation.selectors.volumes import labelled_volumes
from annotation.services.comments import place_in, thread_start
from annotation.services.working import task_lock


@transaction.atomic
def task_review(
    *,
    task: Task,
    by: User,
    verdict: Verdict,
    comment: str = "",
    volume_id: UUID | None = None,
    voxel_ijk: Sequence[int] | None = None,
) -> Review:
    """Accept what was handed in, or send it back.

    Parameters
    ----------
    task : Task
        The task.
    by : User
        A reviewer or lead who is not its rater: nobody reviews their own reading.
    verdict : Verdict
        `accepted` or `returned`. What was accepted can still be returned.
    comment : str
        Needed to send a task back. It begins a thread of comments, so that the rater can answer it.
    volume_id : UUID, optional
        The volume that the voxel is of; the case's primary labelled volume where it is not said.
    voxel_ijk : sequence of three int, optional
        Where, on the grid of that volume.

    Raises
    ------
    NotAllowed
        If the user may not review this task.
    Conflict
        If it was not handed in.
    InvalidInput
        If the comment is missing, the volume is not of the case, or the voxel lies outside its grid.
    """
    require_role(by, task.case.study, *REVIEWERS)
    task = task_lock(task)
    if task.rater.user_id == by.pk:
        raise NotAllowed("This is your own reading; someone else must review it.")
    reviewable = (TaskState.SUBMITTED, TaskState.ACCEPTED) if verdict == Verdict.RETURNED else (TaskState.SUBMITTED,)
    if task.state not in reviewable:
        raise Conflict(f"This task is {TaskState(task.state).label}; only what was handed in can be {verdict}.")
    if verdict == Verdict.RETURNED and not comment.strip():
        raise InvalidInput("Say what is to be changed.", {"comment": ["Say what is to be changed."]})
    volume, voxel = place_in(task, _volume_id(task, volume_id, voxel_ijk), voxel_ijk)
    review = Review(task=task, reviewer=by, verdict=verdict, comment=comment.strip(), volume=volume, voxel_ijk=voxel)
    review.save(force_insert=True)
    if verdict == Verdict.RETURNED:
        place = volume.pk if volume else None
        thread_start(task=task, by=by, text=comment, volume_id=place, voxel_ijk=voxel)
    handed_in = TaskVolume.objects.filter(task=task, submitted__isnull=False).select_related("submitted")
    review.versions.set([row.submitted for row in handed_in if row.submitted is not None])
    task.state = TaskState.ACCEPTED if verdict == Verdict.ACCEPTED else TaskState.RETURNED
    task.decided_at = timezone.now()
    task.save(update_fields=["state", "decided_at"])
    event_record(study=task.case.study, actor=by, verb=f"task.{verdict}", subject=task, detail={"comment": comment})
    return review


def _volume_id(task: Task, volume_id: UUID | None, voxel_ijk: Sequence[int] | None) -> UUID | None:
    if voxel_ijk is None:
        return None
    return volume_id or next((volume.pk for volume in labelled_volumes(task.case)), None)
