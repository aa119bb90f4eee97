"""A label file into a study: a version in the task of the rater whom the file names."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.models import Study, User
from access.services import event_record
from annotation.models import LabelSource, LabelVersion, Rater, Task, TaskState, TaskVolume, Volume
from annotation.selectors.volumes import volume_grid
from annotation.services.importing.images import file_sha256
from annotation.services.importing.outcome import FileRefused, Outcome
from annotation.services.raters import rater_for_import
from annotation.services.storing import StoredLabels, labels_store
from annotation.services.working import next_number, task_lock, working_lock
from blobs.models import Blob
from blobs.services import blob_put_file
from mri.bids import BidsName
from mri.nifti import read_labels
from protocols.protocol import Protocol

FIRST_READ = 1


def require_label_of(protocol: Protocol, name: BidsName) -> None:
    """Refuse a label file that labels something else than the protocol does.

    Raises
    ------
    FileRefused
        Naming what it labels and what is wanted.
    """
    if protocol.accepts_label_file(name.label, name.suffix):
        return
    wanted = ", ".join(f"label-{label}" for label in protocol.files.accepted_labels)
    came = f"it is a label-{name.label} file" if name.label else f"its name ends in {name.suffix} and has no label-"
    raise FileRefused(f"{came}; the protocol '{protocol.name}' takes {wanted}")


def sidecar_of(folder: Path, name: BidsName) -> dict[str, Any]:
    """The JSON file of a label file's stem; empty where there is none.

    Raises
    ------
    FileRefused
        If it is no JSON: the rater's name may be in it, and a wrong one must not be guessed.
    """
    path = folder / name.sidecar_path
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileRefused(f"its sidecar {path.name} is no JSON ({error}), and may name the rater") from error
    return content if isinstance(content, dict) else {}


def label_import(
    *, study: Study, volume: Volume, path: Path, name: BidsName, rater: str, accept_labels: bool, by: User | None
) -> Outcome:
    """Take a label file into a study.

    Parameters
    ----------
    study : Study
        Where it goes.
    volume : Volume
        The image that it labels, with `case.study` at hand.
    path, name : Path, BidsName
        The file.
    rater : str
        Whose it is.
    accept_labels : bool
        Whether the task becomes accepted instead of submitted.
    by : User or None
        Who imports, for the log.

    Returns
    -------
    Outcome
        `LABEL`; `UNCHANGED` where the rater's newest imported version of the volume came from the same bytes;
        `KEPT_ASIDE` where the rater has worked on: the file becomes a version beside the head, which stays.

    Raises
    ------
    ImageError
        If it is no label map on the image's grid with values of the protocol.
    """
    sha256 = file_sha256(path)
    newest = _newest(volume, rater)
    if newest is not None and newest.original_id == sha256:
        return Outcome.UNCHANGED
    labels = read_labels(path, volume_grid(volume), [int(label["value"]) for label in study.protocol["labels"]])
    stored, original = labels_store(labels), blob_put_file(path)
    with transaction.atomic():
        task = _task(volume, rater_for_import(study=study, name=rater))
        working = working_lock(task, volume)
        newest = _newest(volume, rater)
        if newest is not None and newest.original_id == sha256:
            return Outcome.UNCHANGED  # another import took it just now
        version = _version(task, volume, stored, original, name, newest)
        if working.head is not None and working.head.source != LabelSource.IMPORTED:
            detail = {"task": str(task.pk), "head": str(working.head_id), "file": name.path}
            event_record(study=study, actor=by, verb="label.conflict", subject=version, detail=detail)
            return Outcome.KEPT_ASIDE
        _hand_in(task, working, version, TaskState.ACCEPTED if accept_labels else TaskState.SUBMITTED)
    return Outcome.LABEL


def _newest(volume: Volume, rater: str) -> LabelVersion | None:
    imported = LabelVersion.objects.filter(
        volume=volume, task__rater__name=rater, task__read=FIRST_READ, source=LabelSource.IMPORTED
    )
    return imported.order_by("-number").first()


def _task(volume: Volume, rater: Rater) -> Task:
    task, _ = Task.objects.get_or_create(case=volume.case, rater=rater, read=FIRST_READ)
    return task_lock(task)


def _version(
    task: Task, volume: Volume, stored: StoredLabels, original: Blob, name: BidsName, parent: LabelVersion | None
) -> LabelVersion:
    version = LabelVersion(
        volume=volume,
        task=task,
        number=next_number(task, volume),
        parent=parent,
        source=LabelSource.IMPORTED,
        author=task.rater.user,
        author_name=task.rater.name,
        voxels=stored.blob,
        voxel_type=stored.dtype,
        counts=stored.counts,
        original=original,
        source_path=name.path,
    )
    version.full_clean(validate_unique=False, validate_constraints=False)
    version.save(force_insert=True)
    return version


def _hand_in(task: Task, working: TaskVolume, version: LabelVersion, state: TaskState) -> None:
    """Make an imported version what the rater stands for, unless the rater is at work on the task or it is left out."""
    working.head = version
    begun = task.state in (TaskState.IN_PROGRESS, TaskState.RETURNED, TaskState.EXCLUDED)
    if not begun:
        working.submitted = version
        task.state = state
        task.submitted_at = timezone.now()
        task.decided_at = timezone.now() if state == TaskState.ACCEPTED else None
        task.save(update_fields=["state", "submitted_at", "decided_at"])
    working.save(update_fields=["head", "submitted"])
