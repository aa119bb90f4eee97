"""What is said about a task, for whoever may see the task."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from access.errors import NotFound
from access.models import User
from annotation.models import Comment, CommentsRead, CommentThread, Task


def thread_list(task: Task) -> QuerySet[CommentThread]:
    """The threads of a task, oldest first, with their comments; whoever asks must see the task."""
    comments = Comment.objects.select_related("author").order_by("created_at", "id")
    return (
        CommentThread.objects.filter(task=task)
        .select_related("task__rater", "task__case__study")
        .prefetch_related(Prefetch("comments", queryset=comments))
    )


def thread_get(task: Task, thread_id: UUID) -> CommentThread:
    """One thread of a task.

    Raises
    ------
    NotFound
        If the task has no such thread.
    """
    thread = thread_list(task).filter(pk=thread_id).first()
    if thread is None:
        raise NotFound("This task has no such comment; load the task again.")
    return thread


def comments_unread(task: Task, user: User) -> int:
    """How many comments of others a user has not read yet."""
    said = Comment.objects.filter(thread__task=task).exclude(author=user)
    read = CommentsRead.objects.filter(task=task, user=user).first()
    return (said.filter(created_at__gt=read.until) if read else said).count()
