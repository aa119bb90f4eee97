"""Rounds of choosing, labelling and training, and what a model was unsure about."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.models import Case, Rater, Task, Volume
from blobs.models import Blob
from jobs.models import Job
from selection.strategies import STRATEGIES
from selection.summary import Sampling


class RoundState(models.TextChoices):
    """The life of a round."""

    CHOOSING = "choosing", "choosing cases"
    LABELLING = "labelling", "waiting for labels"
    TRAINING = "training", "training"
    DONE = "done", "done"
    CANCELLED = "cancelled", "cancelled"


OPEN_ROUND = (RoundState.CHOOSING, RoundState.LABELLING, RoundState.TRAINING)


class RoundTrigger(models.TextChoices):
    """What begins a round's training."""

    BY_HAND = "by_hand", "by hand"
    ACCEPTED = "accepted", "after n accepted labels"
    NIGHTLY = "nightly", "every night with a new label"


class Round(RandomIdModel):
    """Choose k cases, have them labelled, train, score on the frozen test set; `repeats` rounds follow by themselves.

    `raters` are the ids of the users whom cases are dealt to; empty where whoever reads may take one. `training` holds
    attributes of `models_app.services.training.TrainingWish`. `asked` is the model version that cases were scored by,
    `result` what came of the round. `problem` says why it does not go on by itself.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=RoundState.choices, default=RoundState.CHOOSING)
    strategy = models.CharField(max_length=32, choices=[(row.name, row.title) for row in STRATEGIES.values()])
    k = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    raters = models.JSONField(default=list)
    hold_hours = models.PositiveIntegerField()
    trigger = models.CharField(max_length=16, choices=RoundTrigger.choices)
    accepted_needed = models.PositiveIntegerField(null=True)
    hour_utc = models.PositiveSmallIntegerField(null=True)
    training = models.JSONField(default=dict)
    repeats = models.PositiveSmallIntegerField(default=0)
    proposes = models.BooleanField(default=True)
    shows_scores = models.BooleanField(default=False)
    asked = models.ForeignKey(
        "models_app.ModelVersion", null=True, on_delete=models.PROTECT, related_name="rounds_asked"
    )
    choice_job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="chosen_round")
    training_run = models.OneToOneField(
        "models_app.TrainingRun", null=True, on_delete=models.PROTECT, related_name="round"
    )
    result = models.OneToOneField("models_app.ModelVersion", null=True, on_delete=models.PROTECT, related_name="round")
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    chosen_at = models.DateTimeField(null=True)
    trained_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["study", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["study"], condition=models.Q(state__in=OPEN_ROUND), name="one_open_round_per_study"
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.study}"


class ChoiceState(models.TextChoices):
    """Where a chosen case is."""

    OPEN = "open", "open"
    RESERVED = "reserved", "reserved"
    WITHDRAWN = "withdrawn", "withdrawn"


class RoundChoice(RandomIdModel):
    """A case that a round chose, and for whom it is reserved.

    A case is reserved once at most, whatever round chose it: the database sees to that. A reservation whose task was
    not begun by `expires_at` ends; begun work is never taken away.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="choices")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    score = models.FloatField(null=True)
    state = models.CharField(max_length=16, choices=ChoiceState.choices, default=ChoiceState.OPEN)
    rater = models.ForeignKey(Rater, null=True, on_delete=models.PROTECT, related_name="+")
    task = models.OneToOneField(Task, null=True, on_delete=models.SET_NULL, related_name="round_choice")
    reserved_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["round", "rank"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["round", "case"], name="case_chosen_once_per_round"),
            models.UniqueConstraint(fields=["round", "rank"], name="rank_once_per_round"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state=ChoiceState.RESERVED), name="case_reserved_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} in {self.round}"


class UncertaintyRecord(RandomIdModel):
    """What a model version was unsure about in a volume: numbers, an embedding, and a map.

    `summary` is a `selection.summary.CaseSummary`. `embedding` holds little-endian float32. `voxels` is the map on the
    volume's own grid, uint8, gzip, i fastest; 1 stands for `step`. `members` are the versions of an ensemble, and
    `settings_key` the hash of all that decided the record beside the version and the volume.
    """

    model_version = models.ForeignKey(
        "models_app.ModelVersion", on_delete=models.CASCADE, related_name="uncertainty_records"
    )
    volume = models.ForeignKey(Volume, on_delete=models.CASCADE, related_name="uncertainty_records")
    sampling = models.CharField(max_length=16, choices=[(row.value, row.value) for row in Sampling])
    members = models.JSONField(default=list)
    settings_key = models.CharField(max_length=64)
    summary = models.JSONField()
    embedding = models.BinaryField()
    voxels = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    step = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["model_version", "volume", "sampling", "settings_key"], name="uncertainty_recorded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sampling} uncertainty about {self.volume}"
