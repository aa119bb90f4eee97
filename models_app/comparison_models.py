"""Architectures of a protocol trained on one split, to be compared."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User


class ArchitectureComparison(RandomIdModel):
    """A protocol's candidates on one identical split, or on the same folds.

    `split` holds the subjects of every candidate: `train`, `validation`, `test`, and `folds` where each is held out
    once.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="architecture_comparisons")
    seed = models.PositiveIntegerField()
    split = models.JSONField(default=dict)
    code_version = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"comparison of architectures in {self.study} at {self.created_at:%Y-%m-%d %H:%M}"


class ComparedArchitecture(RandomIdModel):
    """A candidate of a comparison: its training run, or the reason why it could not be trained."""

    comparison = models.ForeignKey(ArchitectureComparison, on_delete=models.CASCADE, related_name="candidates")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    run = models.OneToOneField("TrainingRun", null=True, blank=True, on_delete=models.PROTECT, related_name="compared")
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["comparison", "place"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["comparison", "place"], name="compared_architecture_place"),
        ]

    def __str__(self) -> str:
        return self.title
