"""Open cases, decoded once: what a second click must not read and unpack again."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from annotation.models import Volume
from models_app.engine.files import volume_file
from mri.geometry import Grid
from mri.volumes import read_volume

MOST_BYTES = 1024**3

Kept = TypeVar("Kept")


class KeptByBytes(Generic[Kept]):
    """Values by key while they fit; the one unused for longest goes first. A value is made once, whoever asks.

    Parameters
    ----------
    most_bytes : int
        In all. One value alone may be larger: it stays until the next one comes.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._values: OrderedDict[Any, tuple[Kept, int]] = OrderedDict()
        self._makers: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], tuple[Kept, int]]) -> Kept:
        """A value, made with its size in bytes where it is not at hand."""
        with self._lock:
            maker = self._makers.setdefault(key, threading.Lock())
        with maker:
            found = self._find(key)
            if found is None:
                found, size = make()
                self._keep(key, found, size)
        with self._lock:
            self._makers.pop(key, None)
        return found

    def _find(self, key: Any) -> Kept | None:
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def _keep(self, key: Any, value: Kept, size: int) -> None:
        with self._lock:
            self._values[key] = (value, size)
            while len(self._values) > 1 and sum(row[1] for row in self._values.values()) > self._most:
                self._values.popitem(last=False)


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
