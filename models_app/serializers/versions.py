"""Model versions and their proposals as JSON."""

from typing import Any

from rest_framework import serializers

from models_app.models import ModelState, ModelVersion, Proposal
from models_app.serializers.scores import LabelScoreOutput, LatencyOutput, NamedOutput, ScoresField
from models_app.specification import ARCHITECTURES


class ArchitectureTitleField(serializers.CharField):
    """What people call the architecture whose name a row holds; one that is no longer there keeps its name."""

    def to_representation(self, value: Any) -> str:
        known = ARCHITECTURES.get(value)
        return known.title if known else str(value)


class ModelVersionOutput(serializers.ModelSerializer[ModelVersion]):
    name = serializers.CharField()
    architecture_title = ArchitectureTitleField(source="architecture")
    weights_sha256 = serializers.CharField(source="weights_id")
    size_bytes = serializers.IntegerField(source="weights.size_bytes")
    scores = ScoresField()
    overall = LabelScoreOutput(allow_null=True, help_text="Dice, of the means over a case's labels.")
    latency = LatencyOutput(allow_null=True)
    state = serializers.ChoiceField(ModelState.choices)
    training_run = serializers.UUIDField(source="training_run_id", allow_null=True)
    parent = NamedOutput(allow_null=True)
    promoted_by = serializers.CharField(source="promoted_by.username", allow_null=True)

    class Meta:
        model = ModelVersion
        fields = (
            "id", "number", "name", "architecture", "architecture_title", "state", "weights_sha256", "size_bytes",
            "scores", "overall", "latency", "training_run", "parent", "intended_use", "limits", "created_at",
            "promoted_at", "promoted_by",
        )  # fmt: skip
        read_only_fields = fields


class ProposalsInput(serializers.Serializer[Any]):
    model_version = serializers.UUIDField(required=False, allow_null=True, default=None)
    cases = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True, default=None)


class BoxOutput(serializers.Serializer[Any]):
    """What a two-step model segmented: voxels of the volume, the stop not included."""

    start = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    stop = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    margin_mm = serializers.FloatField()
    located = serializers.BooleanField(help_text="False where nothing was found, and all of the image was segmented.")


class ProposalOutput(serializers.ModelSerializer[Proposal]):
    case = NamedOutput(source="volume.case")
    volume = serializers.UUIDField(source="volume_id")
    model_version = NamedOutput()
    label_version = serializers.UUIDField(source="label_version_id")
    box = BoxOutput(allow_null=True)

    class Meta:
        model = Proposal
        fields = ("id", "case", "volume", "model_version", "label_version", "box", "created_at", "seconds")
