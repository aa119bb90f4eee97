"""Open cases, decoded once: what a second click must not read and unpack again."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from access.errors import NotFound
from annotation.models import Volume
from models_app.engine.files import volume_file
from models_app.engine.kept import KeptByBytes
from mri.geometry import Grid
from mri.volumes import read_volume


@dataclass(frozen=True, eq=False)
class OpenCase:
    """A decoded volume.

    Attributes
    ----------
    voxels : numpy.ndarray of float32, shape (I, J, K)
        The first frame; what is not finite is 0.
    grid : Grid
    """

    voxels: NDArray[np.float32]
    grid: Grid


class OpenCases:
    """Decoded volumes by the hash of their file."""

    def __init__(self) -> None:
        self._kept: KeptByBytes[OpenCase] = KeptByBytes()

    def get(self, volume: Volume) -> OpenCase:
        """A volume, from memory where it was used lately."""
        return self._kept.get(volume.original_id, lambda: _sized(case_read(volume_file(volume))))


def case_read(path: Path) -> OpenCase:
    """Decode a file."""
    file = read_volume(path, allow_frames=True)
    voxels = np.nan_to_num(file.frame(0).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return OpenCase(voxels, file.grid)


def volume_to_label(slug: str, volume_id: UUID) -> Volume:
    """A volume of a study that takes labels.

    Raises
    ------
    NotFound
        If the study has none with this id.
    """
    volume = (
        Volume.objects.filter(pk=volume_id, case__study__slug=slug, labelled=True).select_related("case__study").first()
    )
    if volume is None:
        raise NotFound("There is no such volume in this study.")
    return volume


def _sized(case: OpenCase) -> tuple[OpenCase, int]:
    return case, case.voxels.nbytes
