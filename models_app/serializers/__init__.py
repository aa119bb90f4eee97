"""The JSON of training runs, model versions and proposals."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import Study
from jobs.serializers import JobOutput
from models_app.models import ModelState, ModelVersion, Proposal, Split, TrainingEpoch, TrainingRun
from models_app.selectors import model_version_list, protocol_of
from models_app.services.splitting import WantedSplit
from models_app.services.training import MOST_EPOCHS, TrainingProposal
from models_app.specification import ARCHITECTURES
from models_app.training_settings import DEFAULT_CACHE_MB, PLANS, PRECISIONS, SPACINGS

SUBJECT = 64


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


OPTIONS = (
    "encoder", "inputs", "left_out", "spacing", "margin_mm", "patience", "precision", "compiled", "processes",
    "cache_mb", "folds", "plan", "batch_size", "steps_per_epoch", "learning_rate",
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


class ArchitectureTitleField(serializers.CharField):
    """What people call the architecture whose name a row holds; one that is no longer there keeps its name."""

    def to_representation(self, value: Any) -> str:
        known = ARCHITECTURES.get(value)
        return known.title if known else str(value)


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
