"""Cases, volumes, tasks and labels."""

from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from access.models import Study, User
from annotation.models import Case, LabelVersion, Subject, Task, TaskVolume, Volume
from annotation.services.labels import label_save, proposal_add
from annotation.services.raters import rater_for_member
from annotation.services.storing import image_store
from annotation.services.tasks import task_submit
from blobs.services import blob_put_bytes
from mri.geometry import Grid
from tests.factories.images import affine_of, image_voxels, label_voxels, nifti_bytes, raw


def make_volume(
    study: Study, subject: str = "01", *, affine: NDArray[np.float64] | None = None, seed: int = 0, role: str = "T2w"
) -> Volume:
    """A volume with its case and subject."""
    affine = affine_of("PSR") if affine is None else affine
    voxels = image_voxels(seed)
    grid = Grid(voxels.shape, affine)
    owner, _ = Subject.objects.get_or_create(study=study, label=subject)
    case, _ = Case.objects.get_or_create(study=study, subject=owner, session="")
    return Volume.objects.create(
        case=case,
        role=role,
        name=f"sub-{subject}_{role}",
        source_path=f"sub-{subject}/anat/sub-{subject}_{role}.nii.gz",
        entities={"sub": subject, "suffix": role, "datatype": "anat"},
        original=blob_put_bytes(nifti_bytes(voxels, affine)),
        voxels=image_store(raw(voxels)),
        voxel_type="int16",
        original_type="int16",
        shape=list(voxels.shape),
        affine=[float(number) for number in affine.ravel()],
        spacing_mm=list(grid.spacing_mm),
        orientation=grid.orientation,
        lowest=float(voxels.min()),
        highest=float(voxels.max()),
        window_lower=0.0,
        window_upper=900.0,
        labelled=True,
    )


def make_task(case: Case, user: User, *, read: int = 1) -> Task:
    """A task to do."""
    rater = rater_for_member(study=case.study, user=user)
    task = Task.objects.create(case=case, rater=rater, read=read)
    for volume in case.volumes.filter(labelled=True):
        TaskVolume.objects.create(task=task, volume=volume)
    return task


def make_label(
    task: Task, *, seed: int = 0, parent: LabelVersion | None = None, volume: Volume | None = None
) -> LabelVersion:
    """A saved label of a task; it conflicts when the parent is not the head."""
    volume = volume or task.case.volumes.get()
    saved = label_save(
        task=task,
        volume=volume,
        by=task.rater.user,
        voxels=raw(label_voxels(seed)),
        dtype="uint8",
        parent=parent.pk if parent else None,
    )
    return saved.version


def make_submitted(case: Case, user: User, *, seed: int = 0) -> Task:
    """A task that was handed in."""
    task = make_task(case, user)
    make_label(task, seed=seed)
    return task_submit(task=task, by=user, active_seconds=61)


def make_proposal(volume: Volume, *, seed: int = 9) -> LabelVersion:
    """What a model proposes."""
    return proposal_add(
        volume=volume,
        voxels=label_voxels(seed),
        model_version_id=uuid4(),
        model_name="cord v1 (unet3d)",
        provenance={"seed": seed},
    )
