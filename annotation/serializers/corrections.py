"""The JSON of corrections."""

from typing import Any

from rest_framework import serializers

from annotation.models import Correction


class LabelCorrectionOutput(serializers.Serializer[Any]):
    proposed = serializers.IntegerField()
    submitted = serializers.IntegerField()
    kept = serializers.IntegerField()
    untouched = serializers.FloatField(allow_null=True)
    dice = serializers.FloatField(allow_null=True)


class CorrectionOutput(serializers.ModelSerializer[Correction]):
    task = serializers.UUIDField(source="task_id")
    volume = serializers.UUIDField(source="proposal.volume_id")
    proposal = serializers.UUIDField(source="proposal_id")
    submitted = serializers.UUIDField(source="submitted_id")
    rater = serializers.CharField(source="task.rater.name")
    model_version = serializers.UUIDField(source="proposal.model_version", allow_null=True)
    model_name = serializers.CharField(source="proposal.model_name")
    labels = serializers.DictField(child=LabelCorrectionOutput())

    class Meta:
        model = Correction
        fields = (
            "id", "task", "volume", "rater", "proposal", "model_version", "model_name", "submitted", "voxels_changed",
            "labels", "active_seconds", "created_at",
        )  # fmt: skip
        read_only_fields = fields
