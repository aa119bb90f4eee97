"""The frames and gradients of 4-D volumes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from annotation.models import Volume, VolumeFrame
from annotation.selectors.volumes import volume_grid
from annotation.services.storing import image_store
from blobs.models import Blob
from blobs.services import blob_put_file
from mri.browser import frames_for_browser
from mri.diffusion.gradient_check import gradient_check
from mri.diffusion.gradients import GradientTable, read_gradients, table_facts
from mri.geometry import Grid
from mri.volumes import VolumeFile


@dataclass(frozen=True)
class StoredFrames:
    """Every frame's decoded voxels, all of one type, in order."""

    blobs: list[Blob]
    dtype: str


@dataclass(frozen=True)
class GradientFiles:
    """The two files of a diffusion image's gradients."""

    bval: Path
    bvec: Path


@dataclass(frozen=True)
class StoredGradients:
    """Gradients that were read, checked and kept."""

    table: GradientTable
    bval: Blob
    bvec: Blob
    findings: dict[str, Any]


def frames_store(image: VolumeFile) -> StoredFrames:
    """Keep the decoded voxels of every frame."""
    blobs, dtype = [], ""
    for voxels in frames_for_browser(image):
        blobs.append(image_store(voxels.content))
        dtype = voxels.dtype
    return StoredFrames(blobs, dtype)


def gradients_store(image: VolumeFile, files: GradientFiles) -> StoredGradients:
    """Read, check and keep the gradient files of an image.

    Raises
    ------
    ImageError
        `bad-gradients`: they don't belong to the image, or hold no numbers.
    """
    table = read_gradients(files.bval, files.bvec, image.frames)
    facts = table_facts(table)
    findings: dict[str, Any] = {"facts": [fact.to_json() for fact in facts], "check": None}
    if all(fact.holds for fact in facts):
        findings["check"] = gradient_check(image.voxels, image.grid, table).to_json()
    return StoredGradients(table, blob_put_file(files.bval), blob_put_file(files.bvec), findings)


def frames_add(*, volume: Volume, frames: StoredFrames, gradients: StoredGradients | None) -> None:
    """Write the rows of a new volume's frames."""
    table, grid = (gradients.table if gradients else None), volume_grid(volume)
    VolumeFrame.objects.bulk_create(
        VolumeFrame(volume=volume, number=number, voxels=blob, **_gradient(table, grid, number))
        for number, blob in enumerate(frames.blobs)
    )


@transaction.atomic
def gradients_add(*, volume: Volume, gradients: StoredGradients) -> None:
    """Give a volume that was imported without gradient files those that came later; ones that are there stay."""
    volume = Volume.objects.select_for_update().get(pk=volume.pk)
    if volume.bval_id is not None:
        return
    volume.bval, volume.bvec, volume.gradients = gradients.bval, gradients.bvec, gradients.findings
    volume.save(update_fields=["bval", "bvec", "gradients"])
    grid = volume_grid(volume)
    rows = list(volume.frame_rows.all())
    for row in rows:
        facts = _gradient(gradients.table, grid, row.number)
        row.b_value, row.direction_ras = facts["b_value"], facts["direction_ras"]
    VolumeFrame.objects.bulk_update(rows, ["b_value", "direction_ras"])


def _gradient(table: GradientTable | None, grid: Grid, number: int) -> dict[str, Any]:
    if table is None:
        return {"b_value": None, "direction_ras": None}
    direction = None if table.b0_frames[number] else [float(n) for n in table.ras_directions(grid)[number]]
    return {"b_value": float(table.b_values[number]), "direction_ras": direction}
