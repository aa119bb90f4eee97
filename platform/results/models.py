"""Stored, re-runnable computations over label versions."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.models import LabelVersion
from jobs.models import Job


class AnalysisKind(models.TextChoices):
    """What an analysis computes."""

    INTER_RATER = "inter_rater", "two raters on the same cases"


class Analysis(RandomIdModel):
    """A computation with its inputs and its outcome.

    `rows` holds one entry per volume and label; each names the two label versions that it was computed from.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="analyses")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="analysis")
    kind = models.CharField(max_length=32, choices=AnalysisKind.choices)
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    excluded = models.JSONField(default=list)
    code_version = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return self.title


class AnalysisInput(RandomIdModel):
    """A label version that went into an analysis, and in whose name."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="inputs")
    label_version = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["analysis", "label_version", "side"], name="analysis_input_once"),
        ]
