"""Stored, re-runnable computations over label versions."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.models import LabelVersion, Volume
from blobs.models import Blob
from jobs.models import Job


class AnalysisKind(models.TextChoices):
    """What an analysis compares."""

    INTER_RATER = "inter_rater", "raters on the same cases"
    INTRA_RATER = "intra_rater", "repeated reads of the same rater"
    HUMAN_MODEL = "human_model", "raters against a model's proposals"
    MODEL_MODEL = "model_model", "model versions against each other"
    EXTERNAL = "external", "another tool's label maps against raters"
    ROUNDS = "rounds", "successive model versions on the frozen test set"
    VARIABILITY = "variability", "sites, vendors, sessions or resolutions"


class Analysis(RandomIdModel):
    """A computation with its inputs and its outcome.

    `parameters` is the whole question (`results.parameters.Parameters`). `document` is the answer, as canonical JSON
    in the blob store: the same inputs give the same bytes. `summary` repeats its means for lists of analyses. The
    document is null until the job is done.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="analyses")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="analysis")
    kind = models.CharField(max_length=32, choices=AnalysisKind.choices)
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    excluded = models.JSONField(default=list)
    document = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    rerun_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="reruns")
    code_version = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return self.title


class AnalysisInput(RandomIdModel):
    """A label version that went into an analysis; `reader` is the place of its author in the parameters' readers."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="inputs")
    label_version = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="+")
    reader = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["analysis", "label_version", "reader"], name="analysis_input_once"),
        ]


class AnalysisVolume(RandomIdModel):
    """What an analysis found on one volume: the unit of its work.

    Whoever computes it holds the row's lock meanwhile, so that a worker that dies gives it back. `rows` has an entry
    per pair of readings and label, `readings` one per reading and label, `overall` one per pair.
    """

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="volumes")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    done = models.BooleanField(default=False)
    rows = models.JSONField(default=list)
    readings = models.JSONField(default=list)
    overall = models.JSONField(default=list)
    row_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["analysis", "position"], name="analysis_volume_place"),
            models.UniqueConstraint(fields=["analysis", "volume"], name="analysis_volume_once"),
        ]


class AnalysisPart(RandomIdModel):
    """A part of an analysis' statistics while its job runs: the unit of that work, as `AnalysisVolume` is before it.

    `found` is canonical JSON as text, so that numbers come back as they were. The parts go when the answer is stored.
    """

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    done = models.BooleanField(default=False)
    found = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["analysis", "position"], name="analysis_part_place"),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of {self.analysis_id}"


class AnalysisFile(RandomIdModel):
    """A file made from an analysis: a part of its report, or a picture of a volume.

    `made_from` is the hash of everything that went into it: where that differs now, the file is made again.
    """

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    made_from = models.CharField(max_length=64)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["analysis", "name"], name="analysis_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StudyReportFile(RandomIdModel):
    """A file of the report of a whole study, as it was last made.

    `made_from` is the hash of what the study held then: where that differs now, a newer one would say more.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="report_files")
    name = models.CharField(max_length=120)
    made_from = models.CharField(max_length=64)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["study", "name"], name="study_report_file_once"),
        ]

    def __str__(self) -> str:
        return self.name
