"""The JSON of training runs, model versions and proposals."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.serializers import JobOutput
from models_app.models import ModelState, ModelVersion, Proposal, Split, TrainingEpoch, TrainingRun
from models_app.services.splitting import WantedSplit
from models_app.services.training import MOST_EPOCHS, TrainingProposal
from models_app.specification import ARCHITECTURES

SUBJECT = 64


class LabelScoreOutput(serializers.Serializer[Any]):
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    undefined = serializers.CharField(allow_null=True)


class ScoresField(serializers.DictField):
    """Scores by label value."""

    child = LabelScoreOutput()


class TrainingInput(serializers.Serializer[Any]):
    architecture = serializers.CharField(max_length=64, required=False)
    epochs = serializers.IntegerField(min_value=1, max_value=MOST_EPOCHS, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    raters = serializers.ListField(child=serializers.CharField(max_length=64), required=False, default=list)
    train = serializers.ListField(child=serializers.CharField(max_length=SUBJECT + 4), required=False)
    validation = serializers.ListField(child=serializers.CharField(max_length=SUBJECT + 4), required=False)
    test = serializers.ListField(child=serializers.CharField(max_length=SUBJECT + 4), required=False)

    def arguments(self) -> dict[str, Any]:
        """The validated input as the arguments of a service."""
        given = dict(self.validated_data)
        wanted = WantedSplit(*(given.pop(name, None) for name in ("train", "validation", "test")))
        return {**given, "wanted": wanted}


class TrainingPreviewInput(serializers.Serializer[Any]):
    architecture = serializers.CharField(max_length=64, required=False)
    epochs = serializers.IntegerField(min_value=1, max_value=MOST_EPOCHS, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    raters = serializers.CharField(
        required=False, default="", help_text="Names, separated by commas, most wanted first."
    )
    train = serializers.CharField(required=False, allow_blank=True, help_text="Subjects, separated by commas.")
    validation = serializers.CharField(
        required=False, allow_blank=True, help_text="Subjects, separated by commas; empty for none."
    )

    def arguments(self) -> dict[str, Any]:
        """The validated input as the arguments of a service."""
        given = dict(self.validated_data)
        listed = {name: _parted(given.pop(name)) for name in ("train", "validation") if name in given}
        return {**given, "raters": _parted(given["raters"]), "wanted": WantedSplit(**listed)}


def _parted(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


class TrainingDefaultsOutput(serializers.Serializer[Any]):
    architecture = serializers.CharField()
    epochs = serializers.IntegerField()
    seed = serializers.IntegerField()
    raters = serializers.ListField(child=serializers.CharField())


class TrainingSettingsOutput(serializers.Serializer[Any]):
    spacing_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    patch = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    normalisation = serializers.CharField()
    flips = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.IntegerField())
    label_values = serializers.ListField(child=serializers.IntegerField())
    roles = serializers.ListField(child=serializers.CharField())
    steps_per_epoch = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    foreground_share = serializers.FloatField()


class NetworkOutput(serializers.Serializer[Any]):
    """What a network sees and says: `models_app.specification.Specification`."""

    architecture = serializers.CharField()
    channels = serializers.ListField(child=serializers.IntegerField())
    roles = serializers.ListField(child=serializers.CharField())
    spacing_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    patch = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    normalisation = serializers.CharField()
    label_values = serializers.ListField(child=serializers.IntegerField())
    flips = serializers.ListField(child=serializers.CharField())
    keep_largest = serializers.BooleanField()


class LearningOutput(serializers.Serializer[Any]):
    """How a network learns: `models_app.specification.TrainingSettings`."""

    epochs = serializers.IntegerField()
    steps_per_epoch = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    foreground_share = serializers.FloatField()
    seed = serializers.IntegerField()


class TrainingParametersOutput(serializers.Serializer[Any]):
    specification = NetworkOutput()
    settings = LearningOutput()
    raters = serializers.ListField(child=serializers.CharField())


class TrainingPreviewOutput(serializers.Serializer[Any]):
    architectures = serializers.ListField(child=serializers.CharField())
    titles = serializers.DictField(child=serializers.CharField(), help_text="What people call each architecture.")
    defaults = TrainingDefaultsOutput()
    train = serializers.ListField(child=serializers.CharField())
    validation = serializers.ListField(child=serializers.CharField())
    test = serializers.ListField(child=serializers.CharField())
    problems = serializers.ListField(child=serializers.CharField(), help_text="Why it can't start; empty when it can.")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What to know beforehand.")
    settings = TrainingSettingsOutput()


def preview_json(plan: TrainingProposal) -> dict[str, Any]:
    """The preview in the shape of `TrainingPreviewOutput`."""
    settings = {**plan.specification.to_json(), **plan.settings.to_json()}
    return TrainingPreviewOutput(
        {
            "architectures": list(ARCHITECTURES),
            "titles": {row.name: row.title for row in ARCHITECTURES.values()},
            "defaults": {
                "architecture": plan.specification.architecture,
                "epochs": plan.settings.epochs,
                "seed": plan.settings.seed,
                "raters": plan.raters,
            },
            "train": plan.split.train,
            "validation": plan.split.validation,
            "test": plan.split.test,
            "problems": plan.problems,
            "notes": plan.notes,
            "settings": settings,
        }
    ).data


class ArchitectureTitleField(serializers.CharField):
    """What people call the architecture whose name a row holds; one that is no longer there keeps its name."""

    def to_representation(self, value: Any) -> str:
        known = ARCHITECTURES.get(value)
        return known.title if known else str(value)


class EpochOutput(serializers.ModelSerializer[TrainingEpoch]):
    validation_dice = serializers.DictField(child=serializers.FloatField(allow_null=True))

    class Meta:
        model = TrainingEpoch
        fields = ("epoch", "loss", "validation_dice", "seconds")


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
    libraries = serializers.DictField(child=serializers.CharField())
    model_version = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username", allow_null=True)

    class Meta:
        model = TrainingRun
        fields = (
            "id", "study", "job", "architecture", "architecture_title", "parameters", "seed", "train", "validation",
            "test", "epochs", "scores", "model_version", "code_version", "libraries", "hardware", "created_at",
            "created_by",
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


class ModelVersionOutput(serializers.ModelSerializer[ModelVersion]):
    name = serializers.CharField()
    architecture_title = ArchitectureTitleField(source="architecture")
    weights_sha256 = serializers.CharField(source="weights_id")
    size_bytes = serializers.IntegerField(source="weights.size_bytes")
    scores = ScoresField()
    state = serializers.ChoiceField(ModelState.choices)
    training_run = serializers.UUIDField(source="training_run_id")
    promoted_by = serializers.CharField(source="promoted_by.username", allow_null=True)

    class Meta:
        model = ModelVersion
        fields = (
            "id", "number", "name", "architecture", "architecture_title", "state", "weights_sha256", "size_bytes",
            "scores", "training_run", "created_at", "promoted_at", "promoted_by",
        )  # fmt: skip
        read_only_fields = fields


class ProposalsInput(serializers.Serializer[Any]):
    model_version = serializers.UUIDField(required=False, allow_null=True, default=None)
    cases = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True, default=None)


class NamedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ProposalOutput(serializers.ModelSerializer[Proposal]):
    case = NamedOutput(source="volume.case")
    volume = serializers.UUIDField(source="volume_id")
    model_version = NamedOutput()
    label_version = serializers.UUIDField(source="label_version_id")

    class Meta:
        model = Proposal
        fields = ("id", "case", "volume", "model_version", "label_version", "created_at", "seconds")
