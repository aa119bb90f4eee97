"""Comments on a task, pinned to a voxel or about all of it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.errors import InvalidInput, NotAllowed
from access.models import User
from access.selectors import has_role
from annotation.models import Comment, CommentsRead, CommentThread, Task, Volume
from annotation.selectors.tasks import REVIEWERS


def require_speaker(task: Task, by: User) -> None:
    """Refuse everyone but the rater of a task and its study's reviewers and leads.

    Raises
    ------
    NotAllowed
        If it is someone else.
    """
    if task.rater.user_id != by.pk and not has_role(by, task.case.study, REVIEWERS):
        raise NotAllowed("Only the rater of a task, a reviewer or the study lead comments on it.")


@transaction.atomic
def thread_start(
    *, task: Task, by: User, text: str, volume_id: UUID | None = None, voxel_ijk: Sequence[int] | None = None
) -> CommentThread:
    """Say something about a task, at a voxel of one of its volumes or about all of it.

    Raises
    ------
    NotAllowed
        If the user may not comment on it.
    InvalidInput
        If nothing is said, the volume is not of the case, or the voxel lies outside it.
    """
    require_speaker(task, by)
    volume, voxel = place_in(task, volume_id, voxel_ijk)
    thread = CommentThread.objects.create(task=task, volume=volume, voxel_ijk=voxel)
    _say(thread, by, text)
    return thread


@transaction.atomic
def thread_reply(*, thread: CommentThread, by: User, text: str) -> None:
    """Answer in a thread; one that was resolved is open again."""
    require_speaker(thread.task, by)
    _say(thread, by, text)
    if thread.resolved_at is not None:
        _resolve(thread, None)


def thread_resolve(*, thread: CommentThread, by: User, resolved: bool) -> None:
    """Say that a thread is dealt with, or that it is not."""
    require_speaker(thread.task, by)
    _resolve(thread, by if resolved else None)


def comments_read(*, task: Task, by: User) -> None:
    """Remember that a user has read what was said about a task until now."""
    CommentsRead.objects.update_or_create(task=task, user=by, defaults={"until": timezone.now()})


def place_in(
    task: Task, volume_id: UUID | None, voxel_ijk: Sequence[int] | None
) -> tuple[Volume | None, list[int] | None]:
    """The volume and the voxel of a place, checked against each other and the task's case.

    Raises
    ------
    InvalidInput
        Saying which of them is wrong.
    """
    if volume_id is None and voxel_ijk is None:
        return None, None
    if volume_id is None or voxel_ijk is None:
        problem = "A place is a volume and a voxel of it; give both or none."
        raise InvalidInput(problem, {"volume" if volume_id is None else "ijk": [problem]})
    volume = task.case.volumes.filter(pk=volume_id).first()
    if volume is None:
        raise InvalidInput("The case has no such volume.", {"volume": ["Not a volume of this case."]})
    if len(voxel_ijk) != 3 or not all(0 <= at < size for at, size in zip(voxel_ijk, volume.shape, strict=False)):
        raise InvalidInput(
            f"The voxel {list(voxel_ijk)} lies outside the image of {'x'.join(map(str, volume.shape))} voxels.",
            {"ijk": ["Outside the image."]},
        )
    return volume, list(voxel_ijk)


def _say(thread: CommentThread, by: User, text: str) -> None:
    if not text.strip():
        raise InvalidInput("Say something.", {"text": ["Say something."]})
    Comment.objects.create(thread=thread, author=by, text=text.strip())


def _resolve(thread: CommentThread, by: User | None) -> None:
    thread.resolved_by = by
    thread.resolved_at = timezone.now() if by else None
    thread.save(update_fields=["resolved_by", "resolved_at"])
