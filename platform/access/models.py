"""People, studies, roles, and the audit log."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class RandomIdModel(models.Model):
    """A row whose id tells nothing.

    A sequential id would tell a blinded rater in which order reads were made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class User(AbstractUser):
    """A person who signs in."""

    @property
    def shown_name(self) -> str:
        """The name other people see: the full name where there is one, else the user name."""
        return self.get_full_name() or self.username


class Study(RandomIdModel):
    """A protocol at work on a dataset with a team.

    `protocol` is a snapshot of the protocol file, so that a later version of the file changes no study under way.
    """

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    protocol_name = models.CharField(max_length=64)
    protocol_version = models.PositiveIntegerField()
    protocol = models.JSONField()
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.slug


class Role(models.TextChoices):
    """What a member may do in a study."""

    LEAD = "lead", "study lead"
    ANNOTATOR = "annotator", "annotator"
    REVIEWER = "reviewer", "reviewer"
    ENGINEER = "engineer", "model engineer"


class Membership(RandomIdModel):
    """A role of a user in a study; one user may hold several."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["user__username", "role"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["study", "user", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} of {self.study}"


class Event(models.Model):
    """A line of the audit log. Written once, never changed."""

    at = models.DateTimeField(auto_now_add=True)
    study = models.ForeignKey(Study, null=True, on_delete=models.SET_NULL, related_name="events")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["study", "-at"], name="event_study_at")]

    def __str__(self) -> str:
        return f"{self.verb} at {self.at:%Y-%m-%d %H:%M:%S}"
