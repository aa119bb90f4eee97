"""Simulated raters at work: they are given tasks, save labels, hand in and are reviewed as people are."""

import math
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np

from access.errors import Conflict
from access.models import User
from annotation.models import Case, Task, TaskState, TaskVolume, Verdict, Volume
from annotation.selectors.volumes import labelled_volumes, volume_grid
from annotation.services.labels import label_save
from annotation.services.reviews import task_review
from annotation.services.tasks import task_assign, task_open, task_submit
from mri.labels import LabelMap
from mri.nifti import read_labels
from mri.phantom.cohort import DEFAULT_RATERS
from mri.phantom.rater import RaterStyle, simulate_rater
from radicula.rerun.cohort import truth_files
from radicula.rerun.context import LEAD, RATERS, REVIEWER, Rerun

REPEAT_NOISE_MM = 0.25
STYLES: Mapping[str, RaterStyle] = {
    name: replace(style, repeat_noise_mm=REPEAT_NOISE_MM)
    for name, style in zip(RATERS, DEFAULT_RATERS.values(), strict=True)
}
"""How each of them departs from the truth."""

SECONDS_PER_SLICE: Mapping[str, float] = dict(zip(RATERS, (6.0, 8.0), strict=True))
"""The pace of a simulated rater: nobody sits there, so that the time of the manual arm is an assumption."""

FEWEST_REPEATS = 3


def cases_read(run: Rerun) -> str:
    """Let both raters read every case, and a share of them twice."""
    if not run.simulated:
        return _labels_there(run)
    cases = list(Case.objects.filter(study=run.study).select_related("subject"))
    users = {name: run.user(name) for name in RATERS}
    repeated = cases[: max(FEWEST_REPEATS, math.ceil(run.size.repeat_share * len(cases)))]
    keys = [user.pk for user in users.values()]
    for chosen, reads in ((cases, 1), (repeated, 2)):
        task_assign(
            study=run.study, case_ids=[case.pk for case in chosen], user_ids=keys, reads=reads, by=run.user(LEAD)
        )
    truth = truth_files(run)
    tasks = Task.objects.filter(case__study=run.study).exclude(state=TaskState.ACCEPTED)
    waiting = list(tasks.select_related("case__study", "case__subject", "rater").order_by("read", "created_at", "pk"))
    reviewer = run.user(REVIEWER)
    for place, task in enumerate(waiting, start=1):
        _read(task, users[task.rater.name], truth)
        task_review(task=task, by=reviewer, verdict=Verdict.ACCEPTED)
        if place % 20 == 0:
            run.say(f"      {place} of {len(waiting)} readings")
    done = Task.objects.filter(case__study=run.study, state=TaskState.ACCEPTED)
    findings = sum(len(row) for row in done.values_list("anatomy_findings", flat=True))
    return (
        f"{done.count()} readings by {len(users)} raters, {len(repeated)} cases twice; {findings} anatomical warnings"
    )


def _labels_there(run: Rerun) -> str:
    accepted = Task.objects.filter(case__study=run.study, state=TaskState.ACCEPTED)
    raters = sorted(set(accepted.values_list("rater__name", flat=True)))
    if not raters:
        raise Conflict(
            f"{run.dataset} holds no label map that fits the protocol '{run.protocol.name}'; put them under "
            "derivatives/labels, or run it on phantoms with --phantoms."
        )
    return f"{accepted.count()} readings came with the images, by {', '.join(raters)}"


def _read(task: Task, user: User, truth: Mapping[str, Path]) -> None:
    """Take a task from where it stands to being handed in."""
    if task.state == TaskState.SUBMITTED:
        return
    task = task_open(task=task, by=user)
    slices = 0
    for volume in labelled_volumes(task.case):
        labels = reading_of(volume, task.rater.name, task.read, truth)
        label_save(
            task=task, volume=volume, by=user, voxels=labels.to_bytes(), dtype=labels.voxels.dtype.name,
            parent=_head(task, volume),
        )  # fmt: skip
        slices += labelled_slices(labels)
    task_submit(task=task, by=user, active_seconds=round(slices * SECONDS_PER_SLICE[task.rater.name]))


def reading_of(volume: Volume, rater: str, read: int, truth: Mapping[str, Path]) -> LabelMap:
    """What a simulated rater draws on a volume; the same for the same rater, read and image."""
    source = volume.derived_from if volume.derived_from is not None else volume
    true = read_labels(truth[source.source_path], volume_grid(volume))
    seed = zlib.crc32(f"{rater} {source.source_path}".encode())
    return simulate_rater(true, STYLES[rater], seed, read=read - 1)


def labelled_slices(labels: LabelMap) -> int:
    """Axial slices (the array axis nearest to inferior-superior) that hold a label."""
    axis = next(place for place, code in enumerate(labels.grid.orientation) if code in "SI")
    return int(np.count_nonzero(np.moveaxis(labels.voxels, axis, 0).reshape(labels.grid.shape[axis], -1).any(axis=1)))


def _head(task: Task, volume: Volume) -> UUID | None:
    working = TaskVolume.objects.filter(task=task, volume=volume).first()
    return working.head_id if working is not None else None
