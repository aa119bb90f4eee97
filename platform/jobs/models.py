"""Long jobs: what runs, how far it is, how it ended."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User


class JobState(models.TextChoices):
    """The life of a job."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


class Queue(models.TextChoices):
    """The kinds of worker."""

    IO = "io", "import, export, measures"
    ENGINE = "engine", "training and inference"


class Job(RandomIdModel):
    """A long job.

    `parameters` is all that the job needs, so that it can be run again. `heartbeat_at` is written by the worker while
    the job runs: a running job without a recent heartbeat has lost its worker.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    queue = models.CharField(max_length=16, choices=Queue.choices)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(null=True)
    cancel_requested = models.BooleanField(default=False)
    attempt = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["study", "-created_at"], name="job_study_created"),
            models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(progress__gte=0.0) & models.Q(progress__lte=1.0), name="job_progress_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
