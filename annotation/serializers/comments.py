"""The JSON of comments."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.models import Comment, CommentThread
from annotation.selectors.visibility import oversees

SPEAKERS = ("you", "rater", "reviewer")


class CommentInput(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)


class ThreadInput(CommentInput):
    volume = serializers.UUIDField(required=False, allow_null=True, default=None)
    ijk = serializers.ListField(
        child=serializers.IntegerField(), min_length=3, max_length=3, required=False, allow_null=True, default=None
    )


class ResolveInput(serializers.Serializer[Any]):
    resolved = serializers.BooleanField()


class CommentOutput(serializers.ModelSerializer[Comment]):
    """One comment. Who oversees the study reads the author's name; a rater reads only in which part it was said."""

    speaker = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Comment
        fields = ("id", "speaker", "author", "text", "at")
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(SPEAKERS))
    def get_speaker(self, comment: Comment) -> str:
        if comment.author_id == self.context["request"].user.pk:
            return "you"
        return "rater" if comment.author_id == self.context["task"].rater.user_id else "reviewer"

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_author(self, comment: Comment) -> str | None:
        own = comment.author_id == self.context["request"].user.pk
        return comment.author.username if own or self.context["names"] else None


class ThreadOutput(serializers.ModelSerializer[CommentThread]):
    volume = serializers.UUIDField(source="volume_id", allow_null=True)
    ijk = serializers.ListField(source="voxel_ijk", child=serializers.IntegerField(), allow_null=True)
    resolved = serializers.SerializerMethodField()
    comments = CommentOutput(many=True)

    class Meta:
        model = CommentThread
        fields = ("id", "volume", "ijk", "resolved", "comments")
        read_only_fields = fields

    def get_resolved(self, thread: CommentThread) -> bool:
        return thread.resolved_at is not None


class CommentsOutput(serializers.Serializer[Any]):
    threads = ThreadOutput(many=True)
    unread = serializers.IntegerField()
    may_comment = serializers.BooleanField()


def comment_context(request: Any, task: Any) -> dict[str, Any]:
    """What the JSON of a task's comments depends on beside the comments."""
    return {"request": request, "task": task, "names": oversees(request.user, task.case.study)}
