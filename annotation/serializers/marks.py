"""The JSON and the CSV of marks."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.models import MarkRevision, Task
from measures.marks import KINDS

VALUES = ("length_mm", "angle_degrees", "area_mm2", "n", "mean", "sd", "min", "max")
FACTS = (
    "subject", "session", "volume", "role", "rater", "read", "state", "mark", "revision", "kind", "name", "frame",
    "slice_axis", "points_ijk", "points_ras_mm",
)  # fmt: skip


def _points() -> serializers.ListField:
    point = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    return serializers.ListField(child=point, min_length=1, max_length=3)


class MarkInput(serializers.Serializer[Any]):
    volume = serializers.UUIDField()
    kind = serializers.ChoiceField(KINDS)
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    points_ijk = _points()
    slice_axis = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=2)
    frame = serializers.IntegerField(required=False, default=0, min_value=0)


class MarkOutput(serializers.ModelSerializer[MarkRevision]):
    id = serializers.UUIDField(source="mark")
    revision = serializers.IntegerField(source="number")
    volume = serializers.UUIDField(source="volume_id")
    kind = serializers.ChoiceField(KINDS)
    points_ijk = _points()
    points_ras_mm = _points()
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))
    undefined = serializers.DictField(child=serializers.CharField())
    at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = MarkRevision
        fields: tuple[str, ...] = (
            "id", "revision", "volume", "kind", "name", "frame", "slice_axis", "points_ijk", "points_ras_mm", "values",
            "undefined", "at",
        )  # fmt: skip
        read_only_fields = fields


class StudyMarkOutput(MarkOutput):
    task = serializers.UUIDField(source="task_id")
    state = serializers.CharField(source="task.state")
    subject = serializers.CharField(source="task.case.subject.label")
    session = serializers.CharField(source="task.case.session")
    volume_name = serializers.CharField(source="volume.name")
    role = serializers.CharField(source="volume.role")
    rater = serializers.CharField(source="task.rater.name")
    read = serializers.IntegerField(source="task.read")

    class Meta(MarkOutput.Meta):
        fields = (
            *MarkOutput.Meta.fields, "task", "state", "subject", "session", "volume_name", "role", "rater", "read",
        )  # fmt: skip
        read_only_fields = fields


class MarkOfImageOutput(MarkOutput):
    """A mark in a file of its own, which names the image too."""

    volume_name = serializers.CharField(source="volume.name")

    class Meta(MarkOutput.Meta):
        fields = (*MarkOutput.Meta.fields, "volume_name")
        read_only_fields = fields


class MarksFileOutput(serializers.Serializer[Task]):
    """The marks of a read as a file beside its label maps. Its keys are written as BIDS writes those of sidecars."""

    Description = serializers.CharField(default="Measurements and named points of one read, in RAS mm and in voxels.")
    Subject = serializers.CharField(source="case.subject.label")
    Session = serializers.CharField(source="case.session")
    Read = serializers.IntegerField(source="read")
    CoordinateSystem = serializers.CharField(default="World space of the image's NIfTI affine, RAS")
    CoordinateUnits = serializers.CharField(default="mm")
    Marks = serializers.SerializerMethodField()

    @extend_schema_field(MarkOfImageOutput(many=True))
    def get_Marks(self, task: Task) -> Any:  # noqa: N802
        return MarkOfImageOutput(self.context["marks"], many=True).data


def marks_csv(marks: Iterable[MarkRevision]) -> str:
    """One row per mark; a value that is undefined is empty."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow((*FACTS, *VALUES, "author", "at"))
    for one in marks:
        facts = (
            one.task.case.subject.label, one.task.case.session, one.volume.name, one.volume.role, one.task.rater.name,
            one.task.read, one.task.state, one.mark, one.number, one.kind, _cell(one.name), one.frame, one.slice_axis,
            json.dumps(one.points_ijk), json.dumps(one.points_ras_mm),
        )  # fmt: skip
        values = [one.values.get(name) for name in VALUES]
        rows.writerow([*facts, *values, one.author.username, one.created_at.isoformat()])
    return text.getvalue()


def _cell(name: str) -> str:
    """A name that a spreadsheet would take for a formula stands behind an apostrophe (OWASP, "CSV injection")."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name
