"""Cases, volumes, tasks and label versions."""

from typing import Any, ClassVar

from django.db import models

from access.models import RandomIdModel, Study, User
from annotation.append_only import AppendOnlyModel, AppendOnlyQuerySet
from blobs.models import Blob
from measures.marks import MarkKind


class Subject(RandomIdModel):
    """A person scanned, by BIDS label (without `sub-`).

    `in_test_set` marks the frozen test set: chosen once per study, by subject, and never trained on.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="subjects")
    label = models.CharField(max_length=64)
    attributes = models.JSONField(default=dict, blank=True)
    in_test_set = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["label"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["study", "label"], name="subject_once_per_study"),
        ]

    def __str__(self) -> str:
        return f"sub-{self.label}"


class Case(RandomIdModel):
    """What one rater reads in one go: the volumes of a subject in a session."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="cases")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="cases")
    session = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["subject__label", "session"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subject", "session"], name="case_once_per_session"),
        ]

    @property
    def name(self) -> str:
        """The BIDS stem: `sub-01` or `sub-01_ses-02`."""
        session = f"_ses-{self.session}" if self.session else ""
        return f"sub-{self.subject.label}{session}"

    def __str__(self) -> str:
        return self.name


class VoxelType(models.TextChoices):
    """The element types that the browser is given."""

    UINT8 = "uint8"
    INT16 = "int16"
    UINT16 = "uint16"
    FLOAT32 = "float32"


class Volume(RandomIdModel):
    """An image on its own grid.

    `original` holds the file's bytes as they came. `voxels` holds the decoded array, gzip, i fastest, little-endian: of
    a 4-D image its first frame, every frame being a `VolumeFrame`. The three `components` of a colour or a direction
    stand together in it. The affine is 16 numbers, row-major, from voxel index to RAS mm.

    `bval` and `bvec` are the gradient files of a diffusion image, byte for byte, and `gradients` what the checks of
    them found. A volume that was computed has the one it was computed from in `derived_from`, and in `derivation` how:
    `derivation_key` is the hash of all that went in.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="volumes")
    role = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    source_path = models.CharField(max_length=500)
    entities = models.JSONField(default=dict, blank=True)
    original = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    voxels = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    voxel_type = models.CharField(max_length=8, choices=VoxelType.choices)
    original_type = models.CharField(max_length=16)
    shape = models.JSONField()
    frames = models.PositiveIntegerField(default=1)
    components = models.PositiveSmallIntegerField(default=1)
    affine = models.JSONField()
    spacing_mm = models.JSONField()
    orientation = models.CharField(max_length=3)
    lowest = models.FloatField()
    highest = models.FloatField()
    window_lower = models.FloatField()
    window_upper = models.FloatField()
    labelled = models.BooleanField(default=False)
    bval = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    bvec = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    gradients = models.JSONField(null=True, blank=True)
    derived_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="derived_volumes"
    )
    derivation = models.JSONField(null=True, blank=True)
    derivation_key = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["role", "name", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "original"], name="volume_once_per_case"),
            models.UniqueConstraint(
                fields=["derived_from", "derivation_key"],
                condition=models.Q(derived_from__isnull=False),
                name="volume_derived_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VolumeFrame(RandomIdModel):
    """A 3-D frame of a 4-D volume, with its gradient where it is a diffusion image.

    `b_value` is in s/mm2; `direction_ras` is a unit vector in world RAS, null for b = 0.
    """

    volume = models.ForeignKey(Volume, on_delete=models.CASCADE, related_name="frame_rows")
    number = models.PositiveIntegerField()
    voxels = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    b_value = models.FloatField(null=True, blank=True)
    direction_ras = models.JSONField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["volume", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["volume", "number"], name="frame_once_per_volume"),
        ]

    def __str__(self) -> str:
        return f"{self.volume}, frame {self.number}"


class ResampledVoxels(models.Model):
    """Voxels on another grid, kept because computing them took a worker.

    `key` is the hash of all that they follow from (source voxels, both grids, interpolation), so that a row is never
    out of date; any row may be deleted and is made again.
    """

    key = models.CharField(max_length=64, primary_key=True)
    voxels = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class Rater(RandomIdModel):
    """Who reads in a study: a member, or the named author of labels that were imported."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="raters")
    name = models.CharField(max_length=64)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="raters")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["study", "name"], name="rater_name_once_per_study"),
            models.UniqueConstraint(
                fields=["study", "user"], condition=models.Q(user__isnull=False), name="rater_user_once_per_study"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TaskState(models.TextChoices):
    """The life of a task."""

    TODO = "todo", "to do"
    IN_PROGRESS = "in_progress", "in progress"
    SUBMITTED = "submitted", "submitted"
    RETURNED = "returned", "returned"
    ACCEPTED = "accepted", "accepted"
    EXCLUDED = "excluded", "excluded"


class Task(RandomIdModel):
    """A case given to a rater for read 1, 2, ...

    `anatomy_findings` is what the checks on anatomy found in the labels as they were handed in, each with the rater's
    reason to leave it so.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="tasks")
    read = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=16, choices=TaskState.choices, default=TaskState.TODO)
    active_seconds = models.PositiveIntegerField(default=0)
    comment = models.TextField(blank=True)
    anatomy_findings = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "rater", "read"], name="task_once_per_read"),
            models.CheckConstraint(condition=models.Q(read__gte=1), name="task_read_from_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["rater", "state"], name="task_rater_state")]

    def __str__(self) -> str:
        return f"{self.case} by {self.rater}, read {self.read}"


class LabelSource(models.TextChoices):
    """Where a label version came from."""

    PERSON = "person", "person"
    IMPORTED = "imported", "imported"
    MODEL = "model", "model"
    EXTERNAL = "external", "another tool"


class LabelVersion(AppendOnlyModel, RandomIdModel):
    """An immutable label map on the grid of its volume.

    `voxels` is gzip, i fastest, uint8 or uint16 little-endian. `model_version` is the id of the model version that
    proposed it, as plain data: models are a layer above. A version without a task is a proposal that nobody opened yet.
    """

    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="label_versions")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="label_versions")
    number = models.PositiveIntegerField(default=1)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    source = models.CharField(max_length=16, choices=LabelSource.choices)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=64)
    model_version = models.UUIDField(null=True, blank=True)
    model_name = models.CharField(max_length=100, blank=True)
    voxels = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    voxel_type = models.CharField(max_length=8, choices=VoxelType.choices, default=VoxelType.UINT8)
    original = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_path = models.CharField(max_length=500, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["task", "volume", "number"], condition=models.Q(task__isnull=False), name="label_number_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["volume", "-created_at"], name="label_volume_created"),
            models.Index(fields=["task", "-created_at"], name="label_task_created"),
        ]

    def __str__(self) -> str:
        return f"{self.volume} by {self.author_name}, version {self.number}"


class TaskVolume(RandomIdModel):
    """The working label of a task on one volume: the newest agreed version, and the one handed in."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="working")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+")
    head = models.ForeignKey(LabelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted = models.ForeignKey(LabelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["task", "volume"], name="working_label_once"),
        ]


class Correction(AppendOnlyModel, RandomIdModel):
    """What became of a proposal: counted once, when the label map that began as one was handed in.

    `labels` holds for each label value how many voxels were `proposed`, `submitted` and `kept`, the `untouched` share
    of what was proposed, and `dice` of the two; a share of nothing is null.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="corrections")
    proposal = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="corrections")
    submitted = models.ForeignKey(LabelVersion, on_delete=models.PROTECT, related_name="+")
    voxels_changed = models.PositiveBigIntegerField()
    labels = models.JSONField(default=dict)
    active_seconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["proposal", "submitted"], name="correction_once"),
        ]


class Verdict(models.TextChoices):
    """What a reviewer says."""

    ACCEPTED = "accepted", "accepted"
    RETURNED = "returned", "returned"


class Review(RandomIdModel):
    """A verdict on what a rater handed in, with a comment and, where it helps, the volume and voxel it is about."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    comment = models.TextField(blank=True)
    volume = models.ForeignKey(Volume, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    voxel_ijk = models.JSONField(null=True, blank=True)
    versions = models.ManyToManyField(LabelVersion, related_name="reviews")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]


class MarkRevision(AppendOnlyModel, RandomIdModel):
    """A measurement or a named point as it was at one time: changing a mark adds a revision, deleting it one more.

    `mark` is the same in all revisions of a mark. Points are in voxels with fractions, and in RAS mm by the volume's
    affine; `values` and `undefined` are what `measures.marks` makes of them.
    """

    mark = models.UUIDField()
    number = models.PositiveIntegerField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="mark_revisions")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in MarkKind])
    name = models.CharField(max_length=100, blank=True)
    frame = models.PositiveIntegerField(default=0)
    slice_axis = models.PositiveSmallIntegerField(null=True, blank=True)
    points_ijk = models.JSONField()
    points_ras_mm = models.JSONField()
    values = models.JSONField(default=dict, blank=True)
    undefined = models.JSONField(default=dict, blank=True)
    deleted = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["mark", "number"], name="mark_revision_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["task", "mark", "-number"], name="mark_of_task")]


class CommentThread(RandomIdModel):
    """What is said about a task at one place, or about all of it where there is no place."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="threads")
    volume = models.ForeignKey(Volume, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    voxel_ijk = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]


class Comment(AppendOnlyModel, RandomIdModel):
    """One thing said in a thread."""

    thread = models.ForeignKey(CommentThread, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]


class CommentsRead(models.Model):
    """Until when a person has read the comments of a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["task", "user"], name="comments_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} read until {self.until:%Y-%m-%d %H:%M}"
