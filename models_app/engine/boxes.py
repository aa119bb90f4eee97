"""Boxes of voxels on a volume's own grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid

Triple = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A block of voxels.

    Attributes
    ----------
    start, stop : tuple of int, (i, j, k)
        First voxel, and the one after the last, along each array axis of the volume.
    """

    start: Triple
    stop: Triple

    @classmethod
    def whole(cls, shape: Sequence[int]) -> Self:
        """All of a volume."""
        i, j, k = (int(size) for size in shape)
        return cls((0, 0, 0), (i, j, k))

    @classmethod
    def around(cls, mask: NDArray[Any]) -> Self | None:
        """The smallest box that holds all voxels of a mask that are not 0; None where there is none."""
        sides = []
        for axis in range(3):
            others = tuple(other for other in range(3) if other != axis)
            places = np.flatnonzero(mask.any(axis=others))
            if places.size == 0:
                return None
            sides.append((int(places[0]), int(places[-1]) + 1))
        return cls((sides[0][0], sides[1][0], sides[2][0]), (sides[0][1], sides[1][1], sides[2][1]))

    def widened(self, margin_mm: float, grid: Grid) -> "Box":
        """The box with a margin on every side, within the grid; a part of a voxel counts as a whole one."""
        more = [int(np.ceil(margin_mm / side - 1e-6)) for side in grid.spacing_mm]
        start = [max(0, first - wide) for first, wide in zip(self.start, more, strict=True)]
        stop = [min(size, last + wide) for last, wide, size in zip(self.stop, more, grid.shape, strict=True)]
        return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))

    def moved(self, by: Triple) -> "Box":
        """The box elsewhere."""
        (i, j, k), (last_i, last_j, last_k) = self.start, self.stop
        return Box((i + by[0], j + by[1], k + by[2]), (last_i + by[0], last_j + by[1], last_k + by[2]))

    def joined(self, other: "Box") -> "Box":
        """The smallest box that holds both; one without voxels counts for nothing."""
        if not other.voxels:
            return self
        if not self.voxels:
            return other
        start = tuple(min(pair) for pair in zip(self.start, other.start, strict=True))
        stop = tuple(max(pair) for pair in zip(self.stop, other.stop, strict=True))
        return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))

    @property
    def voxels(self) -> int:
        """How many there are in it."""
        return int(np.prod([last - first for first, last in zip(self.start, self.stop, strict=True)]))

    def slices(self) -> tuple[slice, slice, slice]:
        """What cuts it out of an array."""
        i, j, k = (slice(first, last) for first, last in zip(self.start, self.stop, strict=True))
        return i, j, k

    def grid_of(self, grid: Grid) -> Grid:
        """The grid of the cut-out part: the same voxels at the same places in the world."""
        affine = grid.affine.copy()
        affine[:3, 3] = grid.ras_from_ijk(np.array(self.start, dtype=np.float64))
        i, j, k = (last - first for first, last in zip(self.start, self.stop, strict=True))
        return Grid((i, j, k), affine)

    def to_json(self) -> dict[str, list[int]]:
        """Plain data: `start` and `stop` in voxels of the volume."""
        return {"start": list(self.start), "stop": list(self.stop)}
