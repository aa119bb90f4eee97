"""Reviews: a verdict on what a rater handed in."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from access.errors import Conflict, InvalidInput, NotAllowed
from access.models import User
from access.selectors import require_role
from access.services import event_record
from annotation.models import Review, Task, TaskState, TaskVolume, Verdict
from annotation.selectors.tasks import REVIEWERS
from annotation.selectors.volumes import labelled_volumes
from annotation.services.working import task_lock


@transaction.atomic
def task_review(
    *, task: Task, by: User, verdict: Verdict, comment: str = "", voxel_ijk: Sequence[int] | None = None
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
        Needed to send a task back.
    voxel_ijk : sequence of three int, optional
        Where, on the grid of the case's primary labelled volume.

    Raises
    ------
    NotAllowed
        If the user may not review this task.
    Conflict
        If it was not handed in.
    InvalidInput
        If the comment is missing or the voxel lies outside the grid.
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
    review = Review(task=task, reviewer=by, verdict=verdict, comment=comment.strip(), voxel_ijk=_voxel(task, voxel_ijk))
    review.save(force_insert=True)
    handed_in = TaskVolume.objects.filter(task=task, submitted__isnull=False).select_related("submitted")
    review.versions.set([row.submitted for row in handed_in if row.submitted is not None])
    task.state = TaskState.ACCEPTED if verdict == Verdict.ACCEPTED else TaskState.RETURNED
    task.decided_at = timezone.now()
    task.save(update_fields=["state", "decided_at"])
    event_record(study=task.case.study, actor=by, verb=f"task.{verdict}", subject=task, detail={"comment": comment})
    return review


def _voxel(task: Task, voxel_ijk: Sequence[int] | None) -> list[int] | None:
    if voxel_ijk is None:
        return None
    volumes = labelled_volumes(task.case)
    shape = volumes[0].shape if volumes else [0, 0, 0]
    if len(voxel_ijk) != 3 or not all(0 <= at < size for at, size in zip(voxel_ijk, shape, strict=False)):
        raise InvalidInput(
            f"The voxel {list(voxel_ijk)} lies outside the image of {'x'.join(map(str, shape))} voxels.",
            {"ijk": ["Outside the image."]},
        )
    return list(voxel_ijk)
