"""The JSON of studies."""

from typing import Any

from django.core.validators import validate_slug
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import Role
from access.serializers import EventOutput, LabelOutput
from annotation.models import Rater
from annotation.selectors.studies import Overview, StudyFacts
from protocols.difference import Change
from protocols.loader import LARGEST_FILE


class StudyInput(serializers.Serializer[Any]):
    slug = serializers.CharField(max_length=64, validators=[validate_slug])
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, default="")
    protocol = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="Name in the library."
    )
    protocol_file = serializers.CharField(
        max_length=LARGEST_FILE,
        required=False,
        allow_null=True,
        default=None,
        trim_whitespace=False,
        help_text="The text of a protocol file of one's own instead.",
    )
    options = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        allow_null=True,
        default=None,
        help_text="Options of the protocol; null for its defaults.",
    )


class ProtocolChangeOutput(serializers.Serializer[Change]):
    """A difference between two versions of a protocol."""

    part = serializers.CharField(help_text="Section of the file.")
    kind = serializers.ChoiceField(("added", "removed", "changed"))
    name = serializers.CharField()
    text = serializers.CharField()


class ProtocolUpgradeInput(serializers.Serializer[Any]):
    file = serializers.CharField(
        max_length=LARGEST_FILE,
        required=False,
        allow_null=True,
        default=None,
        trim_whitespace=False,
        help_text="The text of a newer version of one's own protocol; null for the library's.",
    )


class ProtocolUpgradeOutput(serializers.Serializer[Any]):
    """The version of a study's protocol, and what a newer one would change."""

    name = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    newer = serializers.IntegerField(allow_null=True, help_text="Null where there is no newer version.")
    changes = ProtocolChangeOutput(many=True)
    refusals = serializers.ListField(child=serializers.CharField(), help_text="Why it can't be taken.")


class StudyChangeInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(required=False, allow_blank=True)


class StudyProtocolOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()


class CountsOutput(serializers.Serializer[Any]):
    cases = serializers.IntegerField()
    tasks = serializers.IntegerField()
    todo = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    submitted = serializers.IntegerField()
    returned = serializers.IntegerField()
    accepted = serializers.IntegerField()


class StudyOutput(serializers.Serializer[StudyFacts]):
    slug = serializers.CharField(source="study.slug")
    name = serializers.CharField(source="study.name")
    description = serializers.CharField(source="study.description")
    protocol = StudyProtocolOutput(source="study.protocol")
    labels = LabelOutput(source="study.protocol.labels", many=True)
    my_roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    counts = CountsOutput()
    created_at = serializers.DateTimeField(source="study.created_at")
    is_demo = serializers.BooleanField(source="study.is_demo")


class RaterCountsOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    user = serializers.CharField(source="user__username", allow_null=True)
    todo = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    submitted = serializers.IntegerField()
    returned = serializers.IntegerField()
    accepted = serializers.IntegerField()


class WaitingOutput(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)
    what = serializers.CharField()
    count = serializers.IntegerField()


class OverviewOutput(serializers.Serializer[Overview]):
    counts = CountsOutput()
    raters = RaterCountsOutput(many=True)
    waiting = WaitingOutput(many=True)
    next_task = serializers.SerializerMethodField()
    latest_events = EventOutput(many=True)

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_next_task(self, overview: Overview) -> str | None:
        return str(overview.next_task.pk) if overview.next_task else None


class RaterOutput(serializers.ModelSerializer[Rater]):
    user = serializers.CharField(source="user.username", allow_null=True)

    class Meta:
        model = Rater
        fields = ("id", "name", "user", "created_at")
        read_only_fields = fields


class TestSetInput(serializers.Serializer[Any]):
    subjects = serializers.ListField(child=serializers.CharField(max_length=64), allow_empty=False)


class TestSetOutput(serializers.Serializer[Any]):
    subjects = serializers.ListField(child=serializers.CharField())


class ImportInput(serializers.Serializer[Any]):
    file = serializers.FileField()
    accept_labels = serializers.BooleanField(default=False)
