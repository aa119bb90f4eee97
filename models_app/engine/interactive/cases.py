"""Open cases, decoded once: what a second click must not read and unpack again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        return self._kept.get(volume.original_id, lambda: _read(volume))


def _read(volume: Volume) -> tuple[OpenCase, int]:
    file = read_volume(volume_file(volume), allow_frames=True)
    voxels = np.nan_to_num(file.frame(0).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return OpenCase(voxels, file.grid), voxels.nbytes
