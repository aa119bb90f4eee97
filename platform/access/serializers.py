"""The JSON of people and studies."""

from typing import Any

from rest_framework import serializers

from access.models import Event, Membership, Role
from protocols.loader import LARGEST_FILE
from protocols.names import COLOUR_MAPS, CONVENTIONS, FRAMES, PLANES, SIDES, VIEWPORTS_OF_LAYOUT, VIEWS, WINDOW_UNITS
from protocols.protocol import Protocol


class CredentialsInput(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class UserOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField(source="shown_name")


class DemoLoginOutput(serializers.Serializer[Any]):
    username = serializers.CharField()
    password = serializers.CharField()
    role = serializers.CharField()


class SessionOutput(serializers.Serializer[Any]):
    user = UserOutput(allow_null=True)
    csrf_token = serializers.CharField()
    demo_logins = DemoLoginOutput(many=True)


class TokenOutput(serializers.Serializer[Any]):
    token = serializers.CharField()


class LabelOutput(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    name = serializers.CharField()
    colour = serializers.CharField()
    side = serializers.ChoiceField(SIDES)
    level = serializers.CharField(help_text="Spinal or vertebral level; empty where there is none.")
    group = serializers.CharField(default="", help_text="Kind of structure; empty where all are of a kind.")
    optional = serializers.BooleanField(default=False, help_text="Whether a case is complete without it.")
    roles = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        help_text="Roles that it is drawn on; empty for every labelled one.",
    )


class ProtocolOptionOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    default = serializers.BooleanField()


class WindowPresetOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    lower = serializers.FloatField()
    upper = serializers.FloatField()
    of = serializers.ChoiceField(WINDOW_UNITS)


class RoleOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # a JSON name
    labelled = serializers.BooleanField()
    frames = serializers.ChoiceField(FRAMES)
    derived = serializers.CharField(help_text="The map that it is computed as; empty for what is only imported.")
    unit = serializers.CharField()
    signed = serializers.BooleanField()
    symmetric = serializers.BooleanField(help_text="Its window stays symmetric about zero.")
    colour_map = serializers.ChoiceField(COLOUR_MAPS)
    window_percentiles = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    windows = WindowPresetOutput(many=True)


class ViewportOutput(serializers.Serializer[Any]):
    view = serializers.ChoiceField(VIEWS)
    role = serializers.CharField()


class HangingLayoutOutput(serializers.Serializer[Any]):
    name = serializers.ChoiceField(tuple(VIEWPORTS_OF_LAYOUT))
    title = serializers.CharField()
    viewports = ViewportOutput(many=True)


class HangingOutput(serializers.Serializer[Protocol]):
    """How the images of a case hang on screen."""

    convention = serializers.ChoiceField(CONVENTIONS, source="display.convention")
    planes = serializers.ListField(child=serializers.ChoiceField(PLANES), source="layout.planes")
    primary_plane = serializers.ChoiceField(PLANES, source="layout.primary_plane")
    start_at = serializers.ChoiceField(("labels", "middle"), source="layout.start_at")
    first = serializers.CharField(source="layout.first", help_text="The layout that opens; empty where none is named.")
    layouts = HangingLayoutOutput(many=True)
    roles = RoleOutput(many=True, source="volumes")


class ProtocolLabelOutput(LabelOutput):
    option = serializers.CharField(default="", help_text="The option that brings it in; empty where none does.")


class ProtocolOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    reference = serializers.CharField()
    version = serializers.IntegerField()
    labels = ProtocolLabelOutput(many=True)
    options = ProtocolOptionOutput(many=True)


class ProtocolFileInput(serializers.Serializer[Any]):
    file = serializers.CharField(max_length=LARGEST_FILE, trim_whitespace=False, help_text="The text of the file.")


class MemberInput(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(Role.choices)


class MemberOutput(serializers.ModelSerializer[Membership]):
    user = UserOutput()

    class Meta:
        model = Membership
        fields = ("id", "user", "role", "created_at")


class EventOutput(serializers.ModelSerializer[Event]):
    actor = serializers.CharField(source="actor.username", allow_null=True)
    object = serializers.CharField(source="object_type")
    detail = serializers.DictField()

    class Meta:
        model = Event
        fields = ("id", "at", "actor", "verb", "object", "object_id", "detail")
        read_only_fields = fields
