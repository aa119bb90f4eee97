"""Comments over HTTP."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotAllowed
from access.models import User
from access.selectors import user_of
from annotation.models import Task
from annotation.selectors.comments import comments_unread, thread_get, thread_list
from annotation.selectors.tasks import task_get_for_user
from annotation.serializers.comments import CommentInput, CommentsOutput, ResolveInput, ThreadInput, comment_context
from annotation.services.comments import comments_read, require_speaker, thread_reply, thread_resolve, thread_start


def _answer(request: Request, user: User, task: Task, status: int = 200) -> Response:
    comments = {
        "threads": thread_list(task),
        "unread": comments_unread(task, user),
        "may_comment": _may_comment(task, user),
    }
    return Response(CommentsOutput(comments, context=comment_context(request, task)).data, status=status)


def _may_comment(task: Task, user: User) -> bool:
    try:
        require_speaker(task, user)
    except NotAllowed:
        return False
    return True


class TaskComments(APIView):
    """What is said about a task."""

    @extend_schema(responses=CommentsOutput)
    def get(self, request: Request, task_id: UUID) -> Response:
        """All threads, oldest first, and how many comments the user has not read."""
        user = user_of(request)
        return _answer(request, user, task_get_for_user(user, task_id))

    @extend_schema(request=ThreadInput, responses={201: CommentsOutput})
    def post(self, request: Request, task_id: UUID) -> Response:
        """Begin a thread, at a voxel of a volume or about the whole task."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = ThreadInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        thread_start(task=task, by=user, text=asked["text"], volume_id=asked["volume"], voxel_ijk=asked["ijk"])
        return _answer(request, user, task, 201)


class CommentsReadMark(APIView):
    """Reading."""

    @extend_schema(request=None, responses=CommentsOutput)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Everything said until now was read."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        comments_read(task=task, by=user)
        return _answer(request, user, task)


class ThreadReplies(APIView):
    """Answering."""

    @extend_schema(request=CommentInput, responses={201: CommentsOutput})
    def post(self, request: Request, task_id: UUID, thread_id: UUID) -> Response:
        """Answer in a thread; a resolved one opens again."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = CommentInput(data=request.data)
        given.is_valid(raise_exception=True)
        thread_reply(thread=thread_get(task, thread_id), by=user, text=given.validated_data["text"])
        return _answer(request, user, task, 201)


class ThreadResolve(APIView):
    """Dealing with it."""

    @extend_schema(request=ResolveInput, responses=CommentsOutput)
    def post(self, request: Request, task_id: UUID, thread_id: UUID) -> Response:
        """A thread is dealt with, or open again."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = ResolveInput(data=request.data)
        given.is_valid(raise_exception=True)
        thread_resolve(thread=thread_get(task, thread_id), by=user, resolved=given.validated_data["resolved"])
        return _answer(request, user, task)
