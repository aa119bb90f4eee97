"""Tractograms of nerves, and the blinded ratings of them."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.append_only import AppendOnlyModel, AppendOnlyQuerySet
from annotation.models import Case, LabelVersion, Volume
from blobs.models import Blob


class Arm(models.TextChoices):
    """Who drew the mask that a tractogram was seeded from."""

    MANUAL = "manual", "manual"
    AUTOMATIC = "automatic", "automatic"


class Tractogram(AppendOnlyModel, RandomIdModel):
    """The streamlines that were followed from the nerves of a label version; never changed.

    `settings` is every parameter of the tracking, `nerves` and `sides` what was measured, `seconds` the wall-clock time
    by stage. `key` is the hash of all that the streamlines follow from: asking again gives the same row.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tractograms")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+")
    label_version = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="tractograms")
    arm = models.CharField(max_length=16, choices=Arm.choices)
    settings = models.JSONField()
    nerves = models.JSONField()
    sides = models.JSONField(default=list)
    seconds = models.JSONField()
    streamlines = models.PositiveIntegerField()
    trk = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    tck = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    provenance = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["label_version", "key"], name="tractogram_once"),
        ]

    def __str__(self) -> str:
        return f"tractogram of {self.case}, {self.arm}"


class TractRating(RandomIdModel):
    """A tractogram given to a person to rate from 1 (useless) to 5 (faultless), without a word of where it is from.

    `place` is its place in that person's order, which is drawn by chance. `score` is null until it is rated.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="tract_ratings")
    tractogram = models.ForeignKey(Tractogram, on_delete=models.PROTECT, related_name="ratings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tract_ratings")
    place = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    rated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["place", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["tractogram", "user"], name="tractogram_rated_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=1, score__lte=5), name="tract_score_range"
            ),
        ]

    def __str__(self) -> str:
        return f"rating {self.place} of {self.user}"
