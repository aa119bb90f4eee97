"""Model versions, training runs and proposals."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.models import LabelVersion, Subject, Volume
from blobs.models import Blob
from jobs.models import Job


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
    """Trained weights: never overwritten, named by their hash, with what they were trained on."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="model_versions")
    training_run = models.OneToOneField(TrainingRun, on_delete=models.PROTECT, related_name="model_version")
    number = models.PositiveIntegerField()
    architecture = models.CharField(max_length=64)
    specification = models.JSONField()
    weights = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField(default=dict)
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
