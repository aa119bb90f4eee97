"""Training runs, model versions with their scores and history, and proposals."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.append_only import AppendOnlyModel, AppendOnlyQuerySet
from annotation.models import LabelVersion, Subject, Volume, VoxelType
from blobs.models import Blob
from jobs.models import Job
from models_app.comparison_models import ArchitectureComparison, ComparedArchitecture
from models_app.round_models import (
    OPEN_ROUND,
    ChoiceState,
    Round,
    RoundChoice,
    RoundState,
    RoundTrigger,
    UncertaintyRecord,
)

__all__ = [
    "OPEN_ROUND",
    "ArchitectureComparison",
    "ChoiceState",
    "ComparedArchitecture",
    "ExportFormat",
    "ModelExport",
    "ModelState",
    "ModelTransition",
    "ModelVersion",
    "Proposal",
    "ProposalRequest",
    "RequestState",
    "Round",
    "RoundChoice",
    "RoundState",
    "RoundTrigger",
    "ScoredCase",
    "Split",
    "TrainingCase",
    "TrainingEpoch",
    "TrainingRun",
    "TransitionKind",
    "UncertaintyRecord",
]


class TrainingRun(RandomIdModel):
    """A training on a frozen list of label versions.

    `initial` is the version whose weights it began from. `outcome` holds what turned out on the way: seconds by part,
    precision, epochs done, what was transferred, and the rows of a cross-validation's folds.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="training_runs")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="training_run")
    architecture = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    seed = models.PositiveIntegerField()
    code_version = models.CharField(max_length=64)
    libraries = models.JSONField(default=dict)
    hardware = models.CharField(max_length=200, blank=True)
    scores = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    initial = models.ForeignKey(
        "ModelVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="trained_from"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.architecture} on {self.study} at {self.created_at:%Y-%m-%d %H:%M}"


class Split(models.TextChoices):
    """What a case is for in a training run."""

    TRAIN = "train", "train"
    VALIDATION = "validation", "validation"
    TEST = "test", "test"


class TrainingCase(RandomIdModel):
    """A label version in a training run, and what it was for.

    `inputs` are the ids of the case's other volumes that went in, in the order of the model's roles.
    """

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="cases")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    label_version = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="+")
    split = models.CharField(max_length=16, choices=Split.choices)
    inputs = models.JSONField(default=list)
    scores = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["split", "subject__label"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "label_version"], name="training_case_once"),
        ]


class TrainingEpoch(models.Model):
    """A point of a learning curve.

    A run has one curve, or one for each `fold` of a cross-validation (counted from 1) and each `stage` of a cascade.
    """

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="epochs")
    fold = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=16, blank=True)
    epoch = models.PositiveIntegerField()
    loss = models.FloatField()
    validation_dice = models.JSONField(default=dict)
    seconds = models.FloatField()
    peak_memory_bytes = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["fold", "stage", "epoch"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "fold", "stage", "epoch"], name="training_epoch_once"),
        ]

    def __str__(self) -> str:
        return f"epoch {self.epoch} of {self.run}"


class ModelState(models.TextChoices):
    """Whether a model version makes proposals."""

    CANDIDATE = "candidate", "candidate"
    SERVING = "serving", "serving"
    RETIRED = "retired", "retired"


class ModelVersion(RandomIdModel):
    """Trained weights: never overwritten, named by their hash, with what they were trained on.

    A version comes from a training run, or from a file: then `origin` holds what the file said of it. `parent` is the
    version whose weights its training began from. `scores` (by label), `overall` (of the means over a case's labels)
    and `latency` sum up its scored cases on the frozen test set. `intended_use` and `limits` are a person's words for
    its card.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="model_versions")
    training_run = models.OneToOneField(
        TrainingRun, null=True, blank=True, on_delete=models.PROTECT, related_name="model_version"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    origin = models.JSONField(null=True, blank=True)
    number = models.PositiveIntegerField()
    architecture = models.CharField(max_length=64)
    specification = models.JSONField()
    weights = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField(default=dict)
    overall = models.JSONField(null=True, blank=True)
    latency = models.JSONField(null=True, blank=True)
    intended_use = models.TextField(blank=True)
    limits = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=ModelState.choices, default=ModelState.CANDIDATE)
    created_at = models.DateTimeField(auto_now_add=True)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["study", "number"], name="model_version_number_once"),
            models.UniqueConstraint(
                fields=["study"], condition=models.Q(state="serving"), name="one_serving_model_per_study"
            ),
        ]

    @property
    def name(self) -> str:
        """How people call it, and what a proposal says: `demo v3 (unet3d)`."""
        return f"{self.study.slug} v{self.number} ({self.architecture})"

    def __str__(self) -> str:
        return self.name


class ScoredCase(AppendOnlyModel, RandomIdModel):
    """How a model version did on one volume, against one accepted label version.

    `labels` holds for each label value the measures of `models_app.score_table.MEASURES` and why one is `undefined`.
    `voxels` is the label map that the version made, kept so that a bad case can be looked at. It is no proposal: nobody
    begins from it, so that the frozen test set stays what people drew.
    """

    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="scored_cases")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+")
    reference = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="+")
    labels = models.JSONField()
    voxels = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    voxel_type = models.CharField(max_length=8, choices=VoxelType.choices)
    seconds = models.FloatField()
    hardware = models.CharField(max_length=200)
    code_version = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["model_version", "reference"], name="scored_once_per_reference"),
        ]


class TransitionKind(models.TextChoices):
    """What can happen to a model version."""

    PROMOTED = "promoted", "promoted"
    ROLLED_BACK = "rolled_back", "rolled back to"
    RETIRED = "retired", "retired"
    REINSTATED = "reinstated", "brought back"


class ModelTransition(AppendOnlyModel, RandomIdModel):
    """A step in the history of which version serves; written once.

    `before` is what served until then. `verdict` is what the gate said at a promotion, and `reason` why a person went
    past it, rolled back or retired.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="model_transitions")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="transitions")
    kind = models.CharField(max_length=16, choices=TransitionKind.choices)
    before = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "id"]


class ExportFormat(models.TextChoices):
    """The files that a version can be handed on as."""

    RADICULA = "radicula", "Radicula file"
    MONAI_BUNDLE = "monai-bundle", "MONAI bundle"
    TORCHSCRIPT = "torchscript", "TorchScript"


class ModelExport(RandomIdModel):
    """A model version as a file; `file` is there once its job is done."""

    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="model_export")
    format = models.CharField(max_length=16, choices=ExportFormat.choices)
    name = models.CharField(max_length=200)
    file = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name


class Proposal(RandomIdModel):
    """A label version that a model version made for a volume.

    `box` is what a cascade segmented: `{"start": [i, j, k], "stop": [i, j, k], "margin_mm", "located"}` in voxels of
    the volume, the stop not included. It is null for a model of one step.
    """

    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="proposals")
    volume = models.ForeignKey(Volume, on_delete=models.CASCADE, related_name="proposals")
    label_version = models.OneToOneField(LabelVersion, on_delete=models.PROTECT, related_name="proposal")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="proposals")
    seconds = models.FloatField()
    box = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]


class RequestState(models.TextChoices):
    """What became of one image of a bulk of proposals."""

    WAITING = "waiting", "waiting"
    MADE = "made", "made"
    SKIPPED = "skipped", "skipped"
    FAILED = "failed", "failed"


class ProposalRequest(RandomIdModel):
    """One image that a job proposes for: what became of it, how often it was tried, and why there is no proposal."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="proposal_requests")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="proposal_requests")
    volume = models.ForeignKey(Volume, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=RequestState.choices, default=RequestState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    proposal = models.OneToOneField(Proposal, null=True, on_delete=models.SET_NULL, related_name="request")

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["job", "volume"], name="proposal_request_once"),
        ]
