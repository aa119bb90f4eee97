"""What goes back to the browser: the box that changed, and which of its voxels are inside, as runs."""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models_app.engine.boxes import Box, Triple

MEDIA_TYPE = "application/vnd.radicula.runs"
_HEAD = struct.Struct("<9I")


@dataclass(frozen=True, eq=False)
class Region:
    """Voxels of a volume that are inside.

    Attributes
    ----------
    box : Box
        All that is inside lies in it.
    inside : numpy.ndarray of bool
        Of the box's shape.
    """

    box: Box
    inside: NDArray[np.bool_]

    @classmethod
    def empty(cls) -> "Region":
        """Nothing is inside."""
        return cls(Box((0, 0, 0), (0, 0, 0)), np.zeros((0, 0, 0), bool))

    def tight(self) -> "Region":
        """The same voxels in the smallest box."""
        around = Box.around(self.inside)
        if around is None:
            return Region.empty()
        return Region(around.moved(self.box.start), self.inside[around.slices()])

    def on(self, box: Box) -> NDArray[np.bool_]:
        """Which voxels of a box are inside; what lies outside of the box is left out."""
        out = np.zeros(tuple(last - first for first, last in zip(box.start, box.stop, strict=True)), dtype=bool)
        start = np.maximum(self.box.start, box.start)
        stop = np.minimum(self.box.stop, box.stop)
        if (stop > start).all():
            source = tuple(slice(a, b) for a, b in zip(start - self.box.start, stop - self.box.start, strict=True))
            target = tuple(slice(a, b) for a, b in zip(start - box.start, stop - box.start, strict=True))
            out[target] = self.inside[source]
        return out


def changed(before: Region, after: Region) -> Region:
    """The smallest box in which two regions differ, with what the later one says there."""
    both = before.box.joined(after.box)
    now = after.on(both)
    around = Box.around(before.on(both) != now)
    return Region.empty() if around is None else Region(around.moved(both.start), now[around.slices()])


def encode(region: Region, *, sequence: int, whole: bool) -> bytes:
    """Pack a region as bytes; every number is a little-endian uint32.

    `sequence`, 1 where all outside of the box is outside of the region too (0 where it stays as it was), the box's
    first voxel (i, j, k) and the one after its last, the number of runs, and the runs: how many voxels of the box are
    outside, then inside, then outside ..., i fastest. Voxels after the last run are outside.
    """
    runs = runs_of(region.inside)
    head = _HEAD.pack(sequence, int(whole), *region.box.start, *region.box.stop, len(runs))
    return head + runs.astype("<u4").tobytes()


def runs_of(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Lengths of the runs outside, inside, outside ... over an array, first axis fastest; ends with one inside."""
    flat = inside.ravel(order="F")
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(np.int8)))
    return np.diff(np.concatenate([[0], edges]))


def decode(content: bytes) -> tuple[int, bool, Region]:
    """Read what `encode` wrote: sequence, whole, region."""
    numbers = _HEAD.unpack_from(content)
    start: Triple = (numbers[2], numbers[3], numbers[4])
    stop: Triple = (numbers[5], numbers[6], numbers[7])
    runs = np.frombuffer(content, "<u4", count=numbers[8], offset=_HEAD.size).astype(np.int64)
    shape = tuple(last - first for first, last in zip(start, stop, strict=True))
    flat = np.zeros(int(np.prod(shape)), dtype=bool)
    ends = np.cumsum(runs)
    for first, last in zip(ends[0::2], ends[1::2], strict=True):
        flat[first:last] = True
    return numbers[0], bool(numbers[1]), Region(Box(start, stop), flat.reshape(shape, order="F"))
