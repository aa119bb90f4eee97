"""Saving labels: every save is a new version, and none is ever changed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from access.errors import Conflict, InvalidInput, NotAllowed, NotFound
from access.models import User
from access.services import event_record
from annotation.models import LabelSource, LabelVersion, Task, TaskState, Volume
from annotation.selectors.tasks import OPEN_STATES
from annotation.selectors.volumes import volume_grid
from annotation.services.storing import StoredLabels, labels_check, labels_store, labels_store_changed
from annotation.services.working import next_number, task_lock, version_of_task, working_lock
from mri.label_changes import LabelChanges
from mri.labels import LabelArray, LabelMap


@dataclass(frozen=True)
class SavedLabel:
    """What came of a save.

    Attributes
    ----------
    version : LabelVersion
        The version that holds the voxels that were sent.
    conflict : LabelVersion or None
        The head that the save was not made from. Both are kept and the head stays; `label_adopt` chooses.
    """

    version: LabelVersion
    conflict: LabelVersion | None


def require_rater(task: Task, by: User) -> None:
    """Refuse everyone but the rater of a task.

    Raises
    ------
    NotAllowed
        If it is someone else's task.
    """
    if task.rater.user_id != by.pk:
        raise NotAllowed("This task is someone else's reading; only its rater may do this.")


def require_open(task: Task) -> None:
    """Refuse a task that the rater is done with.

    Raises
    ------
    Conflict
        Saying how to go on.
    """
    if task.state in OPEN_STATES:
        return
    if task.state == TaskState.EXCLUDED:
        raise Conflict("This task was excluded from the study, so it takes no more labels; ask the study lead.")
    raise Conflict(
        f"This task is {TaskState(task.state).label}, so its labels stand. Nothing was lost: keep this window open and "
        "ask a reviewer to return the task, then save again."
    )


def label_save(
    *,
    task: Task,
    volume: Volume,
    by: User,
    voxels: bytes,
    dtype: str,
    parent: UUID | None,
    active_seconds: int | None = None,
) -> SavedLabel:
    """Keep what a rater painted as a new version.

    Parameters
    ----------
    task, volume : Task, Volume
        Whose label, and of what.
    by : User
        The rater.
    voxels : bytes
        The whole map, little-endian, i fastest.
    dtype : {"uint8", "uint16"}
        What an item is.
    parent : UUID or None
        The version that was edited; None where there was none.
    active_seconds : int, optional
        How long the rater has worked on the task in all; the larger number is kept.

    Returns
    -------
    SavedLabel
        Voxels that equal the head's give the head back and no new version.

    Raises
    ------
    ImageError
        If the size, the type or a value does not fit.
    Conflict
        If the task was handed in.
    NotAllowed, NotFound, InvalidInput
        If it is not the user's task, the parent is none of its versions, or the volume is not labelled.
    """
    require_rater(task, by)
    require_open(task)
    _require_labelled(task, volume)
    labels = LabelMap.from_bytes(voxels, dtype, volume_grid(volume))
    # Written before the lock is taken: compressing and flushing to the disk takes a while. A save that is refused after
    # this leaves a file that nothing names.
    stored = labels_store(labels_check(volume, labels.voxels, "The label map"))
    return _save(task, volume, by, stored, parent, active_seconds)


def label_change(
    *,
    task: Task,
    volume: Volume,
    by: User,
    changes: LabelChanges,
    base: UUID | None,
    base_sha256: str = "",
    active_seconds: int | None = None,
) -> SavedLabel:
    """Keep what a rater changed in a version as a new version: as `label_save` of the whole map does, byte for byte.

    Parameters
    ----------
    task, volume, by, active_seconds
        As in `label_save`.
    changes : LabelChanges
        What was changed.
    base : UUID or None
        The version that was edited; None for the empty map.
    base_sha256 : str, default ""
        Its `voxels_sha256` as the rater's side knows it; empty to trust the id.

    Raises
    ------
    ImageError
        `unknown-label`; `base-mismatch` if the base is not the map that was edited.
    Conflict, NotAllowed, NotFound, InvalidInput
        As in `label_save`; Conflict if the base has another hash.
    """
    require_rater(task, by)
    require_open(task)
    _require_labelled(task, volume)
    version = version_of_task(task, base) if base is not None else None
    if version is not None and version.volume_id != volume.pk:
        raise InvalidInput("The base is a label of another volume.", {"base": ["A label of another volume."]})
    if version is not None and base_sha256 and version.voxels_id != base_sha256:
        raise Conflict("The version that was changed has other voxels than stated; send the whole map.")
    stored = labels_store_changed(volume, version, changes)
    return _save(task, volume, by, stored, base, active_seconds)


@transaction.atomic
def _save(
    task: Task, volume: Volume, by: User, stored: StoredLabels, parent_id: UUID | None, active_seconds: int | None
) -> SavedLabel:
    task = task_lock(task)
    require_open(task)
    working = working_lock(task, volume)
    parent = version_of_task(task, parent_id) if parent_id is not None else None
    if parent is not None and parent.volume_id != volume.pk:
        raise InvalidInput("The parent is a label of another volume.", {"parent": ["A label of another volume."]})
    _task_worked_on(task, active_seconds)
    head = working.head
    upon_head = parent_id == working.head_id
    # Also where the parent is an older version: then the same save came twice, as its first answer was lost.
    if head is not None and head.voxels_id == stored.blob.pk and head.voxel_type == stored.dtype:
        return SavedLabel(head, None)
    version = LabelVersion(
        volume=volume,
        task=task,
        number=next_number(task, volume),
        parent=parent,
        source=LabelSource.PERSON,
        author=by,
        author_name=task.rater.name,
        voxels=stored.blob,
        voxel_type=stored.dtype,
        counts=stored.counts,
    )
    version.full_clean(validate_unique=False, validate_constraints=False)
    version.save(force_insert=True)
    if not upon_head:
        detail = {"task": str(task.pk), "head": str(working.head_id)}
        event_record(study=task.case.study, actor=by, verb="label.conflict", subject=version, detail=detail)
        return SavedLabel(version, head)
    working.head = version
    working.save(update_fields=["head"])
    return SavedLabel(version, None)


def _require_labelled(task: Task, volume: Volume) -> None:
    if volume.case_id != task.case_id:
        raise NotFound("This task has no such volume.")
    if not volume.labelled:
        raise InvalidInput(
            f"{volume.name} is shown for comparison; the protocol labels other volumes of the case.",
            {"volume": ["The protocol does not label this volume."]},
        )


def _task_worked_on(task: Task, active_seconds: int | None) -> None:
    """A save is work: whatever the tab missed, the task is in progress. The time spent never shrinks."""
    task.state = TaskState.IN_PROGRESS
    task.active_seconds = max(task.active_seconds, active_seconds or 0)
    task.save(update_fields=["state", "active_seconds"])


@transaction.atomic
def label_adopt(*, task: Task, version_id: UUID, by: User) -> LabelVersion:
    """Make one of a task's versions the head; every other version stays.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        If it is not the user's task, it has no such version, or it was handed in.
    """
    require_rater(task, by)
    task = task_lock(task)
    require_open(task)
    version = version_of_task(task, version_id)
    working = working_lock(task, version.volume)
    if working.head_id != version.pk:
        detail = {"task": str(task.pk), "instead_of": str(working.head_id)}
        working.head = version
        working.save(update_fields=["head"])
        event_record(study=task.case.study, actor=by, verb="label.adopted", subject=version, detail=detail)
    return version


def proposal_add(
    *, volume: Volume, voxels: LabelArray, model_version_id: UUID, model_name: str, provenance: dict[str, Any]
) -> LabelVersion:
    """Keep what a model proposes for a volume. It belongs to no task until someone opens one.

    Parameters
    ----------
    volume : Volume
        The image.
    voxels : numpy.ndarray of uint8 or uint16, shape (I, J, K)
        Labels on the volume's own grid.
    model_version_id : UUID
        Which model version made it.
    model_name : str
        How people call that one.
    provenance : dict
        Code version, parameters and seed, as JSON.

    Raises
    ------
    ImageError
        If the grid or a value does not fit.
    InvalidInput
        If the protocol does not label this volume.
    """
    if not volume.labelled:
        raise InvalidInput(f"The protocol does not label {volume.name}, so a proposal for it has no use.")
    stored = labels_store(labels_check(volume, voxels, f"The proposal for {volume.name}"))
    with transaction.atomic():
        Volume.objects.select_for_update(of=("self",)).get(pk=volume.pk)
        earlier = LabelVersion.objects.filter(volume=volume, task=None).aggregate(highest=Max("number"))["highest"]
        version = LabelVersion(
            volume=volume,
            number=(earlier or 0) + 1,
            source=LabelSource.MODEL,
            author_name=model_name[:64],
            model_version=model_version_id,
            model_name=model_name,
            voxels=stored.blob,
            voxel_type=stored.dtype,
            counts=stored.counts,
            provenance=provenance,
        )
        version.full_clean(validate_unique=False, validate_constraints=False)
        version.save(force_insert=True)
    return version
