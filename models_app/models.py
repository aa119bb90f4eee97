"""Model versions, training runs and proposals."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.models import LabelVersion, Subject, Volume
from blobs.models import Blob
from jobs.models import Job


class TrainingRun(RandomIdModel):
    """A training on a frozen list of label versions."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="training_runs")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="training_run")
    architecture = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    seed = models.PositiveIntegerField()
    code_version = models.CharField(max_length=64)
    libraries = models.JSONField(default=dict)
    hardware = models.CharField(max_length=200, blank=True)
    scores = models.JSONField(default=dict)
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
    """A label version in a training run, and what it was for."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="cases")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    label_version = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="+")
    split = models.CharField(max_length=16, choices=Split.choices)
    scores = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["split", "subject__label"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "label_version"], name="training_case_once"),
        ]


class TrainingEpoch(models.Model):
    """A point of the learning curve."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="epochs")
    epoch = models.PositiveIntegerField()
    loss = models.FloatField()
    validation_dice = models.JSONField(default=dict)
    seconds = models.FloatField()

    class Meta:
        ordering: ClassVar[list[str]] = ["epoch"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "epoch"], name="training_epoch_once"),
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
    """A label version that a model version made for a volume."""

    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="proposals")
    volume = models.ForeignKey(Volume, on_delete=models.CASCADE, related_name="proposals")
    label_version = models.OneToOneField(LabelVersion, on_delete=models.PROTECT, related_name="proposal")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="proposals")
    seconds = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
