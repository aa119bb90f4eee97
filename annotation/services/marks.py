"""Measurements and named points: every change is a revision, and none is ever lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from uuid import UUID

from django.db import transaction

from access.errors import Conflict, InvalidInput, NotFound
from access.models import User
from annotation.models import MarkRevision, Task, Volume
from annotation.selectors.marks import mark_newest, volume_intensities
from annotation.selectors.volumes import volume_grid
from annotation.services.labels import require_open, require_rater
from annotation.services.working import task_lock
from measures.marks import POINTS_OF, REGIONS, MarkKind, MarkValues, mark_values

MOST_MARKS = 2000
"""Marks that one task may hold: beyond it something writes by itself."""


@dataclass(frozen=True)
class MarkDrawing:
    """What a rater drew.

    Attributes
    ----------
    volume : UUID
        The volume it was drawn on.
    kind : MarkKind
        What it measures.
    points_ijk : sequence of sequences of three float
        In voxels; whole numbers are voxel centres.
    name : str
        What the rater calls it, such as ``PMJ``.
    slice_axis : {0, 1, 2} or None
        Of a region: the array axis across its slice.
    frame : int
        Of a region on a 4-D volume: whose intensities count.
    """

    volume: UUID
    kind: MarkKind
    points_ijk: Sequence[Sequence[float]]
    name: str = ""
    slice_axis: int | None = None
    frame: int = 0


@transaction.atomic
def mark_save(*, task: Task, by: User, mark: UUID, drawing: MarkDrawing) -> MarkRevision:
    """Keep a mark as it is now: a new one, a changed one, or one that comes back after it was deleted.

    Parameters
    ----------
    task : Task
        The task.
    by : User
        Its rater.
    mark : UUID
        Chosen by the caller, the same in all revisions; saving the same twice makes one revision.
    drawing : MarkDrawing
        What was drawn. Its places in mm and its values are computed here.

    Raises
    ------
    NotAllowed
        If it is someone else's task.
    Conflict
        If the task was handed in, or the mark's id is taken.
    InvalidInput
        If the geometry does not fit the volume.
    """
    require_rater(task, by)
    volume = _volume(task, drawing)
    values = _values(volume, drawing)
    task = task_lock(task)
    require_open(task)
    before = mark_newest(task, mark)
    if before is None:
        _require_free(task, mark)
    points = [list(map(float, point)) for point in drawing.points_ijk]
    revision = MarkRevision(
        mark=mark,
        number=before.number + 1 if before else 1,
        task=task,
        volume=volume,
        kind=drawing.kind.value,
        name=drawing.name.strip(),
        frame=drawing.frame if drawing.kind in REGIONS else 0,
        slice_axis=drawing.slice_axis if drawing.kind in REGIONS else None,
        points_ijk=points,
        points_ras_mm=volume_grid(volume).ras_from_ijk(points).tolist(),
        values=values.values,
        undefined=values.undefined,
        author=by,
    )
    if before is not None and _same(before, revision):
        return before
    revision.save(force_insert=True)
    return revision


@transaction.atomic
def mark_delete(*, task: Task, by: User, mark: UUID) -> None:
    """Take a mark away; what it was stays on record. A mark that is away already stays so.

    Raises
    ------
    NotAllowed
        If it is someone else's task.
    Conflict
        If the task was handed in.
    NotFound
        If the task never had such a mark.
    """
    require_rater(task, by)
    task = task_lock(task)
    require_open(task)
    before = mark_newest(task, mark)
    if before is None:
        raise NotFound(f"This task has no mark {mark}; load the task again.")
    if before.deleted:
        return
    kept = {
        field.attname: getattr(before, field.attname)
        for field in MarkRevision._meta.concrete_fields
        if field.name not in ("id", "number", "created_at", "author", "deleted")
    }
    MarkRevision.objects.create(**kept, number=before.number + 1, deleted=True, author=by)


def _same(before: MarkRevision, now: MarkRevision) -> bool:
    drawn = ("volume_id", "kind", "name", "frame", "slice_axis", "points_ijk", "deleted")
    return all(getattr(before, name) == getattr(now, name) for name in drawn)


def _require_free(task: Task, mark: UUID) -> None:
    if MarkRevision.objects.filter(mark=mark).exists():
        raise Conflict("This mark's id is taken; draw it again.")
    if MarkRevision.objects.filter(task=task, number=1).count() >= MOST_MARKS:
        raise Conflict(f"A task holds at most {MOST_MARKS} marks.")


def _volume(task: Task, drawing: MarkDrawing) -> Volume:
    volume = task.case.volumes.filter(pk=drawing.volume).first()
    if volume is None:
        raise InvalidInput("The case has no such volume.", {"volume": ["Not a volume of this case."]})
    if drawing.frame >= volume.frames:
        raise InvalidInput(
            f"{volume.name} has frames 0 to {volume.frames - 1}; {drawing.frame} came.", {"frame": ["No such frame."]}
        )
    return volume


def _values(volume: Volume, drawing: MarkDrawing) -> MarkValues:
    kind, points = drawing.kind, drawing.points_ijk
    if len(points) != POINTS_OF[kind]:
        problem = f"A mark of kind {kind.value} has {POINTS_OF[kind]} points; {len(points)} came."
        raise InvalidInput(problem, {"points_ijk": [problem]})
    if not all(
        isfinite(at) and -0.5 <= at <= size - 0.5 for p in points for at, size in zip(p, volume.shape, strict=True)
    ):
        size = "x".join(map(str, volume.shape))
        problem = f"A point lies outside {volume.name} of {size} voxels; draw it inside."
        raise InvalidInput(problem, {"points_ijk": [problem]})
    if kind not in REGIONS:
        return mark_values(kind, points, None, volume_grid(volume), None)
    axis = drawing.slice_axis
    if axis is None or abs(points[0][axis] - points[1][axis]) > 0.5:
        problem = "A region lies on one slice: give its slice_axis (0, 1 or 2) and two corners on that slice."
        raise InvalidInput(problem, {"slice_axis": [problem]})
    return mark_values(kind, points, axis, volume_grid(volume), volume_intensities(volume, drawing.frame))
