"""Names, scores and times as JSON."""

from typing import Any

from rest_framework import serializers


class NamedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class LabelScoreOutput(serializers.Serializer[Any]):
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    subjects = serializers.IntegerField(default=None, allow_null=True, help_text="To whom the n cases belong.")
    ci = serializers.ListField(
        child=serializers.FloatField(),
        min_length=2,
        max_length=2,
        default=None,
        allow_null=True,
        help_text="95 %, by a bootstrap that draws subjects.",
    )
    undefined = serializers.CharField(allow_null=True)


class LatencyOutput(serializers.Serializer[Any]):
    """What a case took, from the stored image to the label map."""

    median_seconds = serializers.FloatField()
    least_seconds = serializers.FloatField()
    most_seconds = serializers.FloatField()
    n = serializers.IntegerField()
    hardware = serializers.CharField()


class ScoresField(serializers.DictField):
    """Scores by label value."""

    child = LabelScoreOutput()
