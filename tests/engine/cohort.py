"""A study of small synthetic cords: a bright tube in noise, one per subject, in several orientations."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from access.models import Role, Study, User
from annotation.models import Case, Subject, Task, TaskState, Verdict, Volume
from annotation.services.labels import label_save
from annotation.services.reviews import task_review
from annotation.services.storing import image_store
from annotation.services.tasks import task_submit
from blobs.services import blob_put_bytes
from mri.geometry import Grid
from tests.factories.images import affine_of, nifti_bytes, oblique, raw
from tests.factories.labels import make_task
from tests.factories.people import make_member, make_study, make_user

SHAPE = (28, 24, 20)
GRIDS = (
    affine_of("PSR", (1.0, 1.0, 1.0)),
    affine_of("LAS", (1.0, 1.0, 1.0)),
    affine_of("RPI", (1.2, 1.0, 1.5)),
    oblique() / np.array([0.5, 0.75, 2.0, 1.0]),
)


class Cohort:
    """A study with people, and volumes by subject label."""

    def __init__(self, subjects: Sequence[str] = ("01", "02", "03", "04", "05"), *, steps: int = 12) -> None:
        names = ("lena", "ada", "benedikt", "rita", "emil", "olga")
        self.lead, self.ada, self.ben, self.rita, self.emil, self.olga = (
            make_user(name, with_password=name in ("ada", "emil")) for name in names
        )
        self.study: Study = make_study(self.lead)
        make_member(self.study, self.ada, Role.ANNOTATOR)
        make_member(self.study, self.ben, Role.ANNOTATOR)
        make_member(self.study, self.rita, Role.REVIEWER)
        make_member(self.study, self.emil, Role.ENGINEER)
        for network in (self.study.protocol["model"], *self.study.protocol["models"]):
            network["training"] |= {"steps": steps * 2, "steps_per_epoch": steps, "learning_rate": 0.01}
        self.study.save()
        self.volumes: dict[str, Volume] = {}
        self.truth: dict[str, NDArray[np.uint8]] = {}
        for index, label in enumerate(subjects):
            self._volume(label, index)

    def accept(self, label: str, user: User | None = None, *, empty: bool = False) -> Task:
        """A rater hands in the truth, and the reviewer accepts it."""
        user = user or self.ada
        volume = self.volumes[label]
        task = make_task(volume.case, user)
        voxels = np.zeros_like(self.truth[label]) if empty else self.truth[label]
        label_save(task=task, volume=volume, by=user, voxels=raw(voxels), dtype="uint8", parent=None)
        task_submit(task=task, by=user)
        task_review(task=task, by=self.rita, verdict=Verdict.ACCEPTED)
        task.refresh_from_db()
        assert task.state == TaskState.ACCEPTED
        return task

    def hold_out(self, *labels: str) -> None:
        """Freeze the test set."""
        Subject.objects.filter(study=self.study, label__in=labels).update(in_test_set=True)

    def _volume(self, label: str, index: int) -> None:
        affine = GRIDS[index % len(GRIDS)]
        image, truth = _tube(affine, index)
        grid = Grid(SHAPE, affine)
        subject = Subject.objects.create(study=self.study, label=label)
        case = Case.objects.create(study=self.study, subject=subject, session="")
        self.truth[label] = truth
        self.volumes[label] = Volume.objects.create(
            case=case,
            role="T2w",
            name=f"sub-{label}_T2w",
            source_path=f"sub-{label}/anat/sub-{label}_T2w.nii.gz",
            entities={"sub": label, "suffix": "T2w", "datatype": "anat"},
            original=blob_put_bytes(nifti_bytes(image, affine)),
            voxels=image_store(raw(image)),
            voxel_type="int16",
            original_type="int16",
            shape=list(SHAPE),
            affine=[float(number) for number in affine.ravel()],
            spacing_mm=list(grid.spacing_mm),
            orientation=grid.orientation,
            lowest=float(image.min()),
            highest=float(image.max()),
            window_lower=0.0,
            window_upper=900.0,
            labelled=True,
        )


def _tube(affine: NDArray[np.float64], seed: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """A tube of 4 mm radius that runs up and down, off the centre by a little."""
    grid = Grid(SHAPE, affine)
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij"), axis=-1)
    world = grid.ras_from_ijk(indices)
    random = np.random.default_rng(seed)
    middle = grid.ras_from_ijk((np.array(SHAPE) - 1) / 2) + random.uniform(-2.0, 2.0, 3)
    truth = np.hypot(world[..., 0] - middle[0], world[..., 1] - middle[1]) < 4.0
    image = 200.0 + 400.0 * truth + random.normal(0.0, 40.0, SHAPE)
    return image.astype(np.int16), truth.astype(np.uint8)
