"""The JSON of people and studies."""

from typing import Any

from rest_framework import serializers

from access.models import Event, Membership, Role


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
    side = serializers.CharField(allow_null=True)
    level = serializers.CharField(allow_null=True)


class ProtocolOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    version = serializers.IntegerField()
    labels = LabelOutput(many=True)


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
