"""What a training is asked for, and what it would do, as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import Study
from models_app.selectors import model_version_list, protocol_of
from models_app.serializers.scores import NamedOutput
from models_app.services.splitting import WantedSplit
from models_app.services.training import MOST_EPOCHS
from models_app.services.training_proposal import TrainingProposal
from models_app.specification import ARCHITECTURES
from models_app.training_settings import DEFAULT_CACHE_MB, PLANS, PRECISIONS, SPACINGS

SUBJECT = 64


OPTIONS = (
    "encoder", "inputs", "left_out", "spacing", "margin_mm", "patience", "precision", "compiled", "processes",
    "cache_mb", "folds", "plan", "batch_size", "steps_per_epoch", "learning_rate",
    "patch_voxels",
)  # fmt: skip
"""What may be chosen for a training beyond its architecture, epochs and lists: attributes of `TrainingSettings`."""


class TrainingOptionsInput(serializers.Serializer[Any]):
    """How a network learns, where a person decides; what is left out follows from the protocol and the data."""

    model = serializers.CharField(max_length=64, required=False, help_text="A candidate of the study's protocol.")
    architecture = serializers.CharField(
        max_length=64, required=False, help_text="In the place of the candidate's architecture."
    )
    epochs = serializers.IntegerField(min_value=1, max_value=MOST_EPOCHS, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    initial = serializers.UUIDField(required=False, allow_null=True, help_text="A model version to begin from.")
    encoder = serializers.CharField(max_length=32, required=False, allow_blank=True)
    spacing = serializers.ChoiceField(list(SPACINGS), required=False)
    margin_mm = serializers.FloatField(min_value=0.0, max_value=200.0, required=False)
    patience = serializers.IntegerField(
        min_value=0, max_value=1000, required=False, help_text="Validations without a better Dice; 0 for no early end."
    )
    precision = serializers.ChoiceField(list(PRECISIONS), required=False)
    compiled = serializers.BooleanField(required=False)
    processes = serializers.IntegerField(
        min_value=0, max_value=64, required=False, help_text="Devices that train together; 0 for all GPUs."
    )
    cache_mb = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    folds = serializers.IntegerField(
        min_value=0, max_value=20, required=False, help_text="Of a cross-validation; 0 for a plain training."
    )
    plan = serializers.ChoiceField(list(PLANS), required=False, help_text="What nnU-Net may plan.")
    batch_size = serializers.IntegerField(min_value=1, max_value=1024, required=False)
    steps_per_epoch = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    learning_rate = serializers.FloatField(min_value=1e-8, max_value=10.0, required=False)
    patch_voxels = serializers.IntegerField(
        min_value=0, max_value=10**9, required=False, help_text="The most voxels of a patch; 0 for the protocol's."
    )

    def validate_folds(self, folds: int) -> int:
        """One fold would hold out everybody."""
        if folds == 1:
            raise serializers.ValidationError("One fold would hold out everybody: 0 for none, or 2 and more.")
        return folds

    def arguments(self) -> dict[str, Any]:
        """The validated input as the arguments of a service."""
        given = dict(self.validated_data)
        options = {name: given.pop(name) for name in OPTIONS if name in given}
        return {**given, "options": options}


class TrainingInput(TrainingOptionsInput):
    raters = serializers.ListField(child=serializers.CharField(max_length=64), required=False, default=list)
    inputs = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    left_out = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=65535), required=False)
    train = serializers.ListField(child=serializers.CharField(max_length=SUBJECT + 4), required=False)
    validation = serializers.ListField(child=serializers.CharField(max_length=SUBJECT + 4), required=False)
    test = serializers.ListField(child=serializers.CharField(max_length=SUBJECT + 4), required=False)

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        wanted = WantedSplit(*(given.pop(name, None) for name in ("train", "validation", "test")))
        return {**given, "wanted": wanted}


class TrainingPreviewInput(TrainingOptionsInput):
    raters = serializers.CharField(
        required=False, default="", help_text="Names, separated by commas, most wanted first."
    )
    inputs = serializers.CharField(required=False, help_text="Roles, separated by commas, the labelled one first.")
    left_out = serializers.RegexField(
        r"^(\d{1,5}(,\d{1,5})*)?$", required=False, allow_blank=True, help_text="Label values, separated by commas."
    )
    train = serializers.CharField(required=False, allow_blank=True, help_text="Subjects, separated by commas.")
    validation = serializers.CharField(
        required=False, allow_blank=True, help_text="Subjects, separated by commas; empty for none."
    )

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        options = given["options"]
        if "inputs" in options:
            options["inputs"] = _parted(options["inputs"])
        if "left_out" in options:
            options["left_out"] = [int(value) for value in _parted(options["left_out"])]
        listed = {name: _parted(given.pop(name)) for name in ("train", "validation") if name in given}
        return {**given, "raters": _parted(given["raters"]), "wanted": WantedSplit(**listed)}


def _parted(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


class TrainingDefaultsOutput(serializers.Serializer[Any]):
    """What a training takes where nobody chooses otherwise."""

    architecture = serializers.CharField()
    epochs = serializers.IntegerField()
    seed = serializers.IntegerField()
    raters = serializers.ListField(child=serializers.CharField())
    initial = serializers.UUIDField(allow_null=True)
    encoder = serializers.CharField()
    inputs = serializers.ListField(child=serializers.CharField())
    left_out = serializers.ListField(child=serializers.IntegerField())
    spacing = serializers.ChoiceField(list(SPACINGS))
    margin_mm = serializers.FloatField()
    patience = serializers.IntegerField()
    precision = serializers.ChoiceField(list(PRECISIONS))
    compiled = serializers.BooleanField()
    processes = serializers.IntegerField()
    cache_mb = serializers.IntegerField()
    folds = serializers.IntegerField()
    plan = serializers.ChoiceField(list(PLANS))
    batch_size = serializers.IntegerField()
    steps_per_epoch = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    patch_voxels = serializers.IntegerField()


class LocaliserOutput(serializers.Serializer[Any]):
    spacing_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    patch = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    margin_mm = serializers.FloatField()


class NetworkOutput(serializers.Serializer[Any]):
    """What a network sees and says: `models_app.specification.Specification`."""

    architecture = serializers.CharField()
    encoder = serializers.CharField(default="")
    channels = serializers.ListField(child=serializers.IntegerField())
    roles = serializers.ListField(child=serializers.CharField())
    labelled_role = serializers.CharField(default="", help_text="On whose grid it answers; empty for the first role.")
    spacing_mm = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, help_text="0 where images keep their own."
    )
    patch = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    normalisations = serializers.SerializerMethodField()
    label_values = serializers.ListField(child=serializers.IntegerField())
    left_out = serializers.ListField(child=serializers.IntegerField(), default=list)
    flips = serializers.ListField(child=serializers.CharField())
    mirror_pairs = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()), default=list)
    keep_largest = serializers.BooleanField()
    localiser = LocaliserOutput(allow_null=True, default=None)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_normalisations(self, stored: Any) -> list[str]:
        return list(stored.get("normalisations") or [stored["normalisation"]])


class LearningOutput(serializers.Serializer[Any]):
    """How a network learns: `models_app.training_settings.TrainingSettings`."""

    epochs = serializers.IntegerField()
    steps_per_epoch = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    foreground_share = serializers.FloatField()
    seed = serializers.IntegerField()
    spacing = serializers.CharField(default="protocol")
    patience = serializers.IntegerField(default=0)
    precision = serializers.CharField(default="auto")
    compiled = serializers.BooleanField(default=False)
    processes = serializers.IntegerField(default=0)
    cache_mb = serializers.IntegerField(default=DEFAULT_CACHE_MB)
    folds = serializers.IntegerField(default=0)
    patch_voxels = serializers.IntegerField(default=0)


class FingerprintOutput(serializers.Serializer[Any]):
    """What the training images have in common: `models_app.fingerprint.Fingerprint`."""

    images = serializers.IntegerField()
    spacing_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    finest_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    coarsest_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    size_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    orientations = serializers.DictField(child=serializers.IntegerField())
    signed = serializers.DictField(child=serializers.BooleanField())


class TrainingParametersOutput(serializers.Serializer[Any]):
    specification = NetworkOutput()
    settings = LearningOutput()
    raters = serializers.ListField(child=serializers.CharField())
    fingerprint = FingerprintOutput(allow_null=True, default=None)


class ArchitectureOutput(serializers.Serializer[Any]):
    """A network by name: `models_app.architectures.Architecture`."""

    name = serializers.CharField()
    title = serializers.CharField()
    encoders = serializers.ListField(child=serializers.CharField())
    dimensions = serializers.IntegerField()
    localises = serializers.BooleanField()
    plans_itself = serializers.BooleanField()


class CandidateOutput(serializers.Serializer[Any]):
    """A network that the study's protocol compares with others."""

    name = serializers.CharField()
    title = serializers.CharField()
    architecture = serializers.CharField()
    default = serializers.BooleanField()


class TrainingPreviewOutput(serializers.Serializer[Any]):
    architectures = serializers.ListField(child=serializers.CharField())
    titles = serializers.DictField(child=serializers.CharField(), help_text="What people call each architecture.")
    networks = ArchitectureOutput(many=True)
    models = serializers.ListField(child=CandidateOutput(), help_text="What the protocol compares.")
    roles = serializers.ListField(child=serializers.CharField(), help_text="The study's roles.")
    versions = serializers.ListField(child=NamedOutput(), help_text="Model versions that a training can begin from.")
    defaults = TrainingDefaultsOutput()
    train = serializers.ListField(child=serializers.CharField())
    validation = serializers.ListField(child=serializers.CharField())
    test = serializers.ListField(child=serializers.CharField())
    folds = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    problems = serializers.ListField(child=serializers.CharField(), help_text="Why it can't start; empty when it can.")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What to know beforehand.")
    specification = NetworkOutput()
    settings = LearningOutput()
    fingerprint = FingerprintOutput(allow_null=True)


def preview_json(study: Study, plan: TrainingProposal) -> dict[str, Any]:
    """The preview in the shape of `TrainingPreviewOutput`."""
    protocol = protocol_of(study)
    return TrainingPreviewOutput(
        {
            "architectures": list(ARCHITECTURES),
            "titles": {row.name: row.title for row in ARCHITECTURES.values()},
            "networks": [vars(row) for row in ARCHITECTURES.values()],
            "models": protocol.models,
            "roles": [role.name for role in protocol.volumes],
            "versions": [{"id": row.pk, "name": row.name} for row in model_version_list(study)],
            "defaults": {
                **plan.settings.to_json(),
                "architecture": plan.specification.architecture,
                "encoder": plan.specification.encoder,
                "inputs": plan.specification.roles,
                "raters": plan.raters,
                "initial": plan.initial.pk if plan.initial is not None else None,
            },
            "train": plan.split.train,
            "validation": plan.split.validation,
            "test": plan.split.test,
            "folds": plan.folds,
            "problems": plan.problems,
            "notes": plan.notes,
            "specification": plan.specification.to_json(),
            "settings": plan.settings.to_json(),
            "fingerprint": plan.fingerprint.to_json() if plan.fingerprint is not None else None,
        }
    ).data
