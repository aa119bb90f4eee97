"""What a user marked: voxels that belong to a structure, and voxels that don't."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from access.errors import InvalidInput
from models_app.engine.boxes import Box, Triple

MOST_VOXELS = 400_000
"""So many voxels may be marked: a wide brush over a whole slice."""


@dataclass(frozen=True, eq=False)
class Hints:
    """Marked voxels of a volume.

    Attributes
    ----------
    positive, negative : numpy.ndarray of int64, shape (n, 3)
        Voxels (i, j, k) inside and outside of the structure. None is in both.
    """

    positive: NDArray[np.int64]
    negative: NDArray[np.int64]

    @classmethod
    def from_runs(cls, positive: Sequence[int], negative: Sequence[int], shape: Triple) -> Self:
        """Read `[start, length, start, length, ...]` over the voxels of a volume, i fastest.

        Raises
        ------
        InvalidInput
            If runs are not in pairs, leave the volume, mark too much, or mark a voxel as both.
        """
        inside, outside = _voxels(positive, shape), _voxels(negative, shape)
        if np.intersect1d(inside, outside, assume_unique=True).size:
            raise InvalidInput("A voxel is marked as inside and as outside; it can be one of the two.")
        return cls(_places(inside, shape), _places(outside, shape))

    @classmethod
    def from_masks(cls, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> Self:
        """Take what two masks of a volume hold; they share no voxel.

        Raises
        ------
        InvalidInput
            If that is too much.
        """
        hints = cls(np.argwhere(inside), np.argwhere(outside))
        _require_few(len(hints.positive) + len(hints.negative))
        return hints

    def box(self) -> Box | None:
        """The smallest box around all that is marked."""
        marked = np.concatenate([self.positive, self.negative])
        if not len(marked):
            return None
        start, stop = marked.min(axis=0), marked.max(axis=0) + 1
        return Box(_triple(start), _triple(stop))

    def within(self, box: Box) -> "Hints":
        """The marks inside a box, counted from its first voxel."""
        return Hints(_cropped(self.positive, box), _cropped(self.negative, box))

    def moved(self, by: Triple) -> "Hints":
        """The same marks, counted from elsewhere."""
        return Hints(self.positive + np.array(by), self.negative + np.array(by))


def _voxels(runs: Sequence[int], shape: Triple) -> NDArray[np.int64]:
    if len(runs) % 2:
        raise InvalidInput("Marks come as pairs of a first voxel and a number of voxels.")
    pairs = np.array(runs, dtype=np.int64).reshape(-1, 2)
    if not len(pairs):
        return np.zeros(0, np.int64)
    starts, lengths = pairs[:, 0], pairs[:, 1]
    total = int(np.prod(shape))
    if (starts < 0).any() or (lengths < 1).any() or (lengths > total).any() or (starts + lengths > total).any():
        raise InvalidInput(f"A mark lies outside of the volume's {total} voxels.")
    count = int(lengths.sum())
    _require_few(count)
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.unique(np.repeat(starts, lengths) + np.arange(count) - before)


def _require_few(count: int) -> None:
    if count > MOST_VOXELS:
        raise InvalidInput(f"{count} voxels are marked; up to {MOST_VOXELS} can be. Mark less, in strokes.")


def _places(flat: NDArray[np.int64], shape: Triple) -> NDArray[np.int64]:
    return np.stack(np.unravel_index(flat, shape, order="F"), axis=1).astype(np.int64).reshape(-1, 3)


def _cropped(places: NDArray[np.int64], box: Box) -> NDArray[np.int64]:
    moved = places - np.array(box.start)
    size = np.array(box.stop) - np.array(box.start)
    return moved[((moved >= 0) & (moved < size)).all(axis=1)]


def _triple(values: NDArray[np.int64]) -> Triple:
    i, j, k = (int(value) for value in values)
    return i, j, k
