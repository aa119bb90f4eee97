"""The JSON of tasks and reviews."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.serializers import HangingOutput, LabelOutput
from annotation.models import Review, Task, TaskState, Verdict, VoxelType
from annotation.selectors.labels import proposals_begun_from
from annotation.selectors.tasks import task_may
from annotation.selectors.volumes import volumes_in_order
from annotation.serializers.volumes import LabelVersionOutput, TaskVolumeOutput
from protocols.loader import from_json
from protocols.names import CHECKS

LARGEST_ID = 2**31 - 1
LONGEST_SECONDS = 365 * 24 * 3600


class TaskAssignInput(serializers.Serializer[Any]):
    cases = serializers.ListField(child=serializers.UUIDField(), allow_empty=False)
    raters = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), allow_empty=False)
    reads = serializers.IntegerField(default=1, min_value=1, max_value=10)


class TaskNextInput(serializers.Serializer[Any]):
    study = serializers.CharField(required=False, allow_null=True, default=None)


class OverrideInput(serializers.Serializer[Any]):
    volume = serializers.UUIDField()
    code = serializers.ChoiceField(tuple(CHECKS))
    labels = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=65535), max_length=100)
    reason = serializers.CharField(max_length=2000)


class AnatomyFindingOutput(serializers.Serializer[Any]):
    volume = serializers.UUIDField()
    code = serializers.ChoiceField(tuple(CHECKS))
    severity = serializers.ChoiceField(("serious", "minor"))
    sentence = serializers.CharField()
    labels = serializers.ListField(child=serializers.IntegerField())
    ijk = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    reason = serializers.CharField(help_text="Why the rater left it so; empty where no reason was asked for or given.")


class SubmitInput(serializers.Serializer[Any]):
    active_seconds = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=LONGEST_SECONDS
    )
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    overrides = OverrideInput(
        many=True,
        required=False,
        allow_null=True,
        default=None,
        help_text="Reasons to leave what anatomy speaks against as it is. Null: findings are kept and stop nothing.",
    )


class ExcludeInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class AdoptInput(serializers.Serializer[Any]):
    version = serializers.UUIDField()


class ReviewInput(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(Verdict.choices)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    volume = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The volume that `ijk` is a voxel of; the primary labelled one where it is not said.",
    )
    ijk = serializers.ListField(
        child=serializers.IntegerField(), min_length=3, max_length=3, required=False, allow_null=True, default=None
    )


class LabelSaveQuery(serializers.Serializer[Any]):
    volume = serializers.UUIDField(help_text="The volume that was labelled.")
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a JSON name
        required=False, allow_null=True, default=None, help_text="The version that was edited."
    )
    dtype = serializers.ChoiceField((VoxelType.UINT8.value, VoxelType.UINT16.value), default=VoxelType.UINT8.value)
    active_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LONGEST_SECONDS,
        help_text="Time spent on the task in all; the larger number is kept.",
    )


class LabelChangesQuery(serializers.Serializer[Any]):
    volume = serializers.UUIDField(help_text="The volume that was labelled.")
    base = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The version that was changed; none for the empty map."
    )
    base_sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$",
        required=False,
        allow_blank=True,
        default="",
        help_text="Its `voxels_sha256`: another one is refused.",
    )
    active_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LONGEST_SECONDS,
        help_text="Time spent on the task in all; the larger number is kept.",
    )


class SavedLabelOutput(serializers.Serializer[Any]):
    version = LabelVersionOutput()
    conflict = LabelVersionOutput(allow_null=True)


class ReviewOutput(serializers.ModelSerializer[Review]):
    verdict = serializers.ChoiceField(Verdict.choices)
    volume = serializers.UUIDField(source="volume_id", allow_null=True)
    ijk = serializers.ListField(source="voxel_ijk", child=serializers.IntegerField(), allow_null=True)
    reviewer = serializers.CharField(source="reviewer.username", allow_null=True)
    at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Review
        fields = ("verdict", "comment", "volume", "ijk", "reviewer", "at")
        read_only_fields = fields


class LatestReviewOutput(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(Verdict.choices)
    comment = serializers.CharField()
    at = serializers.DateTimeField(source="created_at")


class TaskStudyOutput(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class TaskCaseOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    subject = serializers.CharField(source="subject.label")
    session = serializers.CharField()


class TaskRaterOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    user = serializers.CharField(source="user.username", allow_null=True)


class TaskOutput(serializers.ModelSerializer[Task]):
    study = TaskStudyOutput(source="case.study")
    case = TaskCaseOutput()
    rater = TaskRaterOutput()
    state = serializers.ChoiceField(TaskState.choices)
    latest_review = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields: tuple[str, ...] = (
            "id", "study", "case", "rater", "read", "state", "created_at", "submitted_at", "active_seconds",
            "latest_review",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(LatestReviewOutput(allow_null=True))
    def get_latest_review(self, task: Task) -> Any:
        reviews = list(task.reviews.all())
        return LatestReviewOutput(reviews[0]).data if reviews else None


class MayOutput(serializers.Serializer[Any]):
    edit = serializers.BooleanField()
    submit = serializers.BooleanField()
    review = serializers.BooleanField()


class TaskDetailOutput(TaskOutput):
    """A task as the viewer gets it."""

    may = serializers.SerializerMethodField()
    instructions = serializers.SerializerMethodField()
    labels = LabelOutput(source="case.study.protocol.labels", many=True)
    hanging = serializers.SerializerMethodField()
    anatomy_findings = AnatomyFindingOutput(many=True)
    reviews = ReviewOutput(many=True)
    volumes = serializers.SerializerMethodField()

    class Meta(TaskOutput.Meta):
        fields = (
            *TaskOutput.Meta.fields,
            "comment", "may", "instructions", "labels", "hanging", "anatomy_findings", "reviews", "volumes",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MayOutput)
    def get_may(self, task: Task) -> dict[str, bool]:
        return task_may(self.context["request"].user, task)

    def get_instructions(self, task: Task) -> str:
        return task.case.study.description

    @extend_schema_field(HangingOutput)
    def get_hanging(self, task: Task) -> Any:
        return HangingOutput(from_json(task.case.study.protocol)).data

    @extend_schema_field(TaskVolumeOutput(many=True))
    def get_volumes(self, task: Task) -> Any:
        working = {row.volume_id: row for row in task.working.all()}
        volumes = volumes_in_order(task.case)
        context = {**self.context, "working": working, "proposals": proposals_begun_from(task)}
        return TaskVolumeOutput(volumes, many=True, context=context).data
