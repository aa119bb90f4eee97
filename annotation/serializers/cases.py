"""The JSON of cases."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.models import Case, TaskState
from annotation.serializers.volumes import LabelVersionOutput, VolumeOutput


class CaseTaskOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    rater = serializers.CharField(source="rater.name")
    read = serializers.IntegerField()
    state = serializers.ChoiceField(TaskState.choices)


class CaseOutput(serializers.ModelSerializer[Case]):
    """A case as one user sees it: `visible_tasks` and `visible_versions` come from the selector."""

    subject = serializers.CharField(source="subject.label")
    in_test_set = serializers.BooleanField(source="subject.in_test_set")
    volumes = VolumeOutput(many=True)
    tasks = CaseTaskOutput(source="visible_tasks", many=True)
    label_versions = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = ("id", "name", "subject", "session", "in_test_set", "volumes", "tasks", "label_versions")
        read_only_fields = fields

    @extend_schema_field(LabelVersionOutput(many=True))
    def get_label_versions(self, case: Case) -> Any:
        versions = [version for volume in case.volumes.all() for version in getattr(volume, "visible_versions")]  # noqa: B009
        return LabelVersionOutput(sorted(versions, key=lambda v: (v.created_at, str(v.pk))), many=True).data
