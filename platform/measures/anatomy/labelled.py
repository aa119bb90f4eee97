"""A label map with what its values mean: the input of every check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from measures.anatomy.levels import level_rank
from mri.geometry import Grid

Severity = Literal["serious", "minor"]
Points = NDArray[np.int64]


@dataclass(frozen=True)
class Structure:
    """What a label value stands for.

    Attributes
    ----------
    value : int
        In the label map.
    name : str
        On screen.
    side : {"left", "right", "both", "midline"}
        Anatomical side.
    level : str
        Spinal or vertebral level, empty where there is none.
    group : str
        Kind of structure, empty where all are of a kind.
    optional : bool
        Whether a case is complete without it.
    """

    value: int
    name: str
    side: str
    level: str = ""
    group: str = ""
    optional: bool = False

    @property
    def rank(self) -> float | None:
        """Place from the head downwards, None where it has no level."""
        return level_rank(self.level)


@dataclass(frozen=True)
class Finding:
    """Something about a label map that anatomy speaks against.

    Attributes
    ----------
    code : str
        Name of the check.
    severity : {"serious", "minor"}
        ``serious`` is most likely a mistake; ``minor`` is worth a look.
    sentence : str
        For the rater.
    labels : tuple of int
        The values that it is about.
    ijk : tuple of int, length 3
        A voxel to look at.
    """

    code: str
    severity: Severity
    sentence: str
    labels: tuple[int, ...]
    ijk: tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class LabelledAnatomy:
    """A label map, its grid, and what its values stand for.

    Attributes
    ----------
    voxels : numpy.ndarray of int, shape (I, J, K)
        The label map.
    grid : Grid
        Its grid; RAS mm.
    structures : sequence of Structure
        Those that may be drawn on this image.
    cord : numpy.ndarray of bool, shape (I, J, K), or None
        Mask of the spinal cord on the same grid, where there is one.
    """

    voxels: NDArray[np.integer]
    grid: Grid
    structures: Sequence[Structure]
    cord: NDArray[np.bool_] | None = None
    _points: dict[int, Points] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.voxels.shape != self.grid.shape:
            raise ValueError(f"The label map has shape {self.voxels.shape}; its grid has {self.grid.shape}.")
        if self.cord is not None and self.cord.shape != self.grid.shape:
            raise ValueError(f"The cord mask has shape {self.cord.shape}; the label map has {self.grid.shape}.")

    @cached_property
    def boxes(self) -> Mapping[int, tuple[slice, ...]]:
        """The box around each value that occurs."""
        known = {structure.value for structure in self.structures}
        found = ndimage.find_objects(self.voxels.astype(np.int32, copy=False))
        return {n: box for n, box in enumerate(found, start=1) if box is not None and n in known}

    @property
    def present(self) -> list[Structure]:
        """The structures that are drawn, in the order given."""
        return [structure for structure in self.structures if structure.value in self.boxes]

    def mask(self, value: int) -> tuple[NDArray[np.bool_], Points]:
        """Return a value's mask within its box, and the box's first voxel."""
        box = self.boxes[value]
        return self.voxels[box] == value, np.array([part.start for part in box], dtype=np.int64)

    def points(self, value: int) -> Points:
        """Return the voxels of a value, shape (N, 3)."""
        if value not in self._points:
            mask, first = self.mask(value)
            self._points[value] = np.argwhere(mask) + first
        return self._points[value]

    def ras(self, points: Points) -> NDArray[np.float64]:
        """Return voxels in RAS mm."""
        return self.grid.ras_from_ijk(points)

    def centre_ras(self, value: int) -> NDArray[np.float64]:
        """Return the centroid of a value in RAS mm."""
        middle: NDArray[np.float64] = self.ras(self.points(value)).mean(axis=0)
        return middle

    def components(self, value: int) -> list[Points]:
        """Return the pieces of a value, largest first; voxels that touch at a corner belong together."""
        mask, first = self.mask(value)
        marked, count = ndimage.label(mask, np.ones((3, 3, 3)))
        where, found = np.argwhere(marked), marked[marked > 0]
        pieces = [where[found == n] + first for n in range(1, count + 1)] if count < 50 else _split(where, found, first)
        return sorted(pieces, key=lambda piece: -len(piece))

    def nearest(self, points: Points) -> tuple[int, int, int]:
        """Return the one of some voxels that lies nearest to their centroid: a place to jump to within them."""
        ras = self.ras(points)
        i, j, k = points[int(np.argmin(((ras - ras.mean(axis=0)) ** 2).sum(axis=1)))]
        return int(i), int(j), int(k)


def _split(where: Points, found: NDArray[np.integer], first: Points) -> list[Points]:
    order = np.argsort(found, kind="stable")
    edges = np.flatnonzero(np.diff(found[order])) + 1
    return [piece + first for piece in np.split(where[order], edges)]
