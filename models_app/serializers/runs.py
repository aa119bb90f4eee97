"""Training runs as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.serializers import JobOutput
from models_app.models import ModelVersion, Split, TrainingEpoch, TrainingRun
from models_app.serializers.scores import ScoresField
from models_app.serializers.training import TrainingParametersOutput
from models_app.serializers.versions import ArchitectureTitleField


class EpochOutput(serializers.ModelSerializer[TrainingEpoch]):
    validation_dice = serializers.DictField(child=serializers.FloatField(allow_null=True))

    class Meta:
        model = TrainingEpoch
        fields = ("fold", "stage", "epoch", "loss", "validation_dice", "seconds", "peak_memory_bytes")


class TransferOutput(serializers.Serializer[Any]):
    """What a network took over from an earlier version: how many tensors, and the names of those that stayed fresh."""

    taken = serializers.IntegerField()
    left = serializers.ListField(child=serializers.CharField())


class FoldOutput(serializers.Serializer[Any]):
    """One fold of a cross-validation: the scores on the subjects that it held out."""

    fold = serializers.IntegerField()
    validation = serializers.ListField(child=serializers.CharField())
    best_epoch = serializers.IntegerField()
    scores = ScoresField()


class OutcomeOutput(serializers.Serializer[Any]):
    """What turned out while a run trained."""

    best_epoch = serializers.IntegerField(required=False)
    seconds = serializers.DictField(child=serializers.FloatField(), required=False)
    precision = serializers.CharField(required=False)
    processes = serializers.IntegerField(required=False)
    epochs_done = serializers.IntegerField(required=False)
    stopped_early = serializers.BooleanField(required=False)
    resumed_from_epoch = serializers.IntegerField(required=False, allow_null=True)
    transferred = TransferOutput(required=False)
    folds = FoldOutput(many=True, required=False)


class TrainingRunOutput(serializers.ModelSerializer[TrainingRun]):
    study = serializers.CharField(source="study.slug")
    architecture_title = ArchitectureTitleField(source="architecture")
    job = JobOutput()
    train = serializers.SerializerMethodField()
    validation = serializers.SerializerMethodField()
    test = serializers.SerializerMethodField()
    epochs = EpochOutput(many=True)
    scores = ScoresField()
    parameters = TrainingParametersOutput()
    outcome = OutcomeOutput()
    initial = serializers.CharField(source="initial.name", allow_null=True, default=None)
    libraries = serializers.DictField(child=serializers.CharField())
    model_version = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username", allow_null=True)

    class Meta:
        model = TrainingRun
        fields = (
            "id", "study", "job", "architecture", "architecture_title", "parameters", "seed", "train", "validation",
            "test", "epochs", "scores", "outcome", "initial", "model_version", "code_version", "libraries", "hardware",
            "created_at", "created_by",
        )  # fmt: skip
        read_only_fields = fields

    def _subjects(self, run: TrainingRun, split: Split) -> list[str]:
        return sorted({case.subject.label for case in run.cases.all() if case.split == split})

    def get_train(self, run: TrainingRun) -> list[str]:
        return self._subjects(run, Split.TRAIN)

    def get_validation(self, run: TrainingRun) -> list[str]:
        return self._subjects(run, Split.VALIDATION)

    def get_test(self, run: TrainingRun) -> list[str]:
        return self._subjects(run, Split.TEST)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_model_version(self, run: TrainingRun) -> str | None:
        version: ModelVersion | None = getattr(run, "model_version", None)
        return str(version.pk) if version is not None else None
