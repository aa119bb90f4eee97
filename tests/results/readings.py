"""A small study that several people and a model have read, for the tests of analyses."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from access.models import Role, Study, User
from annotation.models import LabelVersion, TaskVolume, Volume
from annotation.selectors.labels import label_voxels
from annotation.selectors.volumes import volume_grid
from annotation.services.storing import labels_store
from jobs.models import JobState
from mri.labels import LabelMap
from results.models import Analysis
from results.readers import Reader, ReaderType
from results.selectors.contents import rows_of
from results.services.starting import analysis_start
from results.tasks import run_analysis
from tests.factories.labels import make_submitted, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user


class Readings:
    """A study in which ada and ben have read two cases, and ada a third."""

    def __init__(self) -> None:
        self.lead = make_user("lena")
        self.study = make_study(self.lead)
        self.ada, self.ben = make_user("ada"), make_user("ben")
        for user in (self.ada, self.ben):
            make_member(self.study, user, Role.ANNOTATOR)
        self.volumes = [make_volume(self.study, subject=f"0{n}") for n in (1, 2, 3)]
        for number, volume in enumerate(self.volumes):
            make_submitted(volume.case, self.ada, seed=number)
            if number < 2:
                make_submitted(volume.case, self.ben, seed=number + 10)


def rater(name: str, read: int = 1) -> Reader:
    """A rater's read."""
    return Reader(ReaderType.RATER, name, read)


def start(study: Study, by: User | None, *readers: Reader, kind: str = "inter_rater", **more: Any) -> Analysis:
    """Ask a question; few resamples make it quick."""
    return analysis_start(study=study, by=by, kind=kind, readers=readers or None, **{"resamples": 200, **more})


def compute(analysis: Analysis) -> Analysis:
    """Do the job's work in this process."""
    run_analysis(str(analysis.job_id))
    analysis.refresh_from_db()
    analysis.job.refresh_from_db()
    assert analysis.job.state == JobState.DONE, analysis.job.error
    return analysis


def voxels_of(version: str) -> NDArray[np.generic]:
    """The voxels of a label version."""
    return label_voxels(LabelVersion.objects.get(pk=version)).voxels


def hand_in(volume: Volume, user: User, voxels: NDArray[np.uint8], *, read: int = 1) -> LabelVersion:
    """A reading with given voxels, handed in."""
    task = make_task(volume.case, user, read=read)
    return put(task.working.get(), voxels)


def put(working: TaskVolume, voxels: NDArray[np.uint8]) -> LabelVersion:
    """Hand a label map in on a task, as its newest version."""
    stored = labels_store(LabelMap(voxels, volume_grid(working.volume)))
    before = working.submitted
    version = LabelVersion.objects.create(
        volume=working.volume,
        task=working.task,
        number=before.number + 1 if before else 1,
        parent=before,
        source="person",
        author_name=working.task.rater.name,
        voxels=stored.blob,
        voxel_type=stored.dtype,
        counts=stored.counts,
    )
    working.head = working.submitted = version
    working.save()
    working.task.state = "submitted"
    working.task.save()
    return version


__all__ = ["Readings", "compute", "hand_in", "put", "rater", "rows_of", "start", "voxels_of"]
