"""Voxels on another grid: what they follow from, and whether they are there."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from annotation.models import LabelVersion, ResampledVoxels, Volume
from annotation.selectors.volumes import frame_voxels, volume_grid
from mri.geometry import Grid
from mri.resampling import VERSION, Interpolation


@dataclass(frozen=True)
class Resampling:
    """A question: these voxels, on that grid.

    Attributes
    ----------
    voxels : str
        Hash of the stored source voxels.
    dtype : str
        What they are.
    components : int
        Numbers per voxel.
    source, target : Grid
        Where they lie, and where they are wanted.
    interpolation : {"linear", "nearest"}
        Linear for images, nearest for labels.
    """

    voxels: str
    dtype: str
    components: int
    source: Grid
    target: Grid
    interpolation: Interpolation

    @property
    def key(self) -> str:
        """The hash of all that the answer follows from."""
        content = json.dumps({**self.to_json(), "version": VERSION}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The question as a job's parameters."""
        return {
            "voxels": self.voxels,
            "dtype": self.dtype,
            "components": self.components,
            "source": self.source.to_json(),
            "target": self.target.to_json(),
            "interpolation": self.interpolation,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Resampling":
        """The question of a job's parameters."""
        return cls(
            voxels=stored["voxels"],
            dtype=stored["dtype"],
            components=stored["components"],
            source=Grid.from_json(stored["source"]),
            target=Grid.from_json(stored["target"]),
            interpolation=stored["interpolation"],
        )


def volume_on_grid(volume: Volume, frame: int, target: Volume) -> Resampling:
    """A frame of an image on another volume's grid.

    Raises
    ------
    NotFound
        If the volume has no such frame.
    """
    return Resampling(
        voxels=frame_voxels(volume, frame),
        dtype=volume.voxel_type,
        components=volume.components,
        source=volume_grid(volume),
        target=volume_grid(target),
        interpolation="linear",
    )


def labels_on_grid(version: LabelVersion, target: Volume) -> Resampling:
    """A label map on another volume's grid."""
    return Resampling(
        voxels=version.voxels_id,
        dtype=version.voxel_type,
        components=1,
        source=volume_grid(version.volume),
        target=volume_grid(target),
        interpolation="nearest",
    )


def resampled_find(question: Resampling) -> str | None:
    """The hash of the answer's stored voxels, None where it has not been computed yet."""
    if question.source.same_as(question.target):
        return question.voxels
    return ResampledVoxels.objects.filter(key=question.key).values_list("voxels_id", flat=True).first()
