"""The clinical measures of a study's label maps, with all that they follow from."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study
from annotation.models import LabelVersion, Volume
from jobs.models import Job


class Source(models.TextChoices):
    """Whose label map was measured."""

    RATER = "rater", "rater"
    MODEL = "model", "model"
    TOOL = "tool", "another tool"
    CONSENSUS = "consensus", "consensus of the raters"


class StudyMeasure(RandomIdModel):
    """A clinical measure of one label map: a table, or the reason why there is none.

    `reader` is a rater's or tool's name, or the id of a model version; `title` is what people call it.
    `label_version` is null for a consensus, whose versions stand in `inputs` with every other file and point that went
    in. `key` is the hash of the inputs, the options and the version of the definitions: where it differs from that of
    the inputs as they are now, the table is outdated. `columns`, `rows`, `findings`, `notes` and `details` are those of
    `measures.clinical.table.MeasureTable`; `undefined` says why they are empty.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="clinical_measures")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=64)
    source = models.CharField(max_length=16, choices=Source.choices)
    reader = models.CharField(max_length=100, blank=True)
    read = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=150)
    accepted = models.BooleanField(default=False)
    label_version = models.ForeignKey(LabelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    inputs = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    undefined = models.TextField(blank=True)
    protocol_version = models.PositiveIntegerField()
    code_version = models.CharField(max_length=64)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["volume", "measure", "source", "reader", "read", "key"], name="clinical_measure_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["study", "measure", "-created_at"], name="clinical_study_measure"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} of {self.volume} by {self.title}"


class StudyMeasureValue(models.Model):
    """A number of a table: `place` is its place in it. `value` is null where it is undefined, with the reason."""

    table = models.ForeignKey(StudyMeasure, on_delete=models.CASCADE, related_name="values")
    place = models.PositiveIntegerField()
    quantity = models.CharField(max_length=64)
    unit = models.CharField(max_length=16, blank=True)
    item = models.CharField(max_length=100)
    label = models.PositiveIntegerField(null=True, blank=True)
    side = models.CharField(max_length=8, blank=True)
    level = models.CharField(max_length=16, blank=True)
    variant = models.CharField(max_length=32, blank=True)
    value = models.FloatField(null=True, blank=True)
    undefined = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["table", "place"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["table", "place"], name="clinical_value_place"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False, undefined="")
                | (models.Q(value__isnull=True) & ~models.Q(undefined="")),
                name="clinical_value_or_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item}"
