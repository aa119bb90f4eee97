"""What changed in a label map, as runs of voxels: how the viewer saves.

Wire format, little-endian: ``b"RLC1"``, uint32 number of runs n, then four columns: n uint32 first voxels (index in the
array, i fastest), n uint32 lengths, n uint16 values before, n uint16 values after. Runs ascend and do not touch voxels
twice. That the values before are stated lets whoever applies the changes see that both sides speak of the same map.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.errors import ImageError
from mri.labels import LabelArray

MAGIC = b"RLC1"
RUN_BYTES = 12
MOST_RUNS = 1 << 21
"""24 MiB of runs: a change in more pieces is smaller as a whole map."""


@dataclass(frozen=True, eq=False)
class LabelChanges:
    """Runs of changed voxels, first ones ascending.

    Attributes
    ----------
    starts, lengths : numpy.ndarray of int64, shape (n,)
        First voxel of each run and how many it has.
    before, after : numpy.ndarray of uint16, shape (n,)
        The value of the run's voxels.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    before: NDArray[np.uint16]
    after: NDArray[np.uint16]

    @property
    def voxels(self) -> int:
        """How many voxels change."""
        return int(self.lengths.sum())

    @staticmethod
    def most_bytes(voxels: int) -> int:
        """The longest form that a change of a map of so many voxels may have."""
        return len(MAGIC) + 4 + RUN_BYTES * min(MOST_RUNS, voxels)

    @classmethod
    def from_bytes(cls, data: bytes, voxels: int) -> LabelChanges:
        """Read the wire format.

        Parameters
        ----------
        data : bytes
            As in the module's description.
        voxels : int
            How many voxels the map has.

        Raises
        ------
        ImageError
            ``bad-changes`` if it is too short or long, runs overlap or leave the grid, or a run changes nothing.
        """
        if data[:4] != MAGIC or len(data) < 8:
            raise _bad("they do not begin with RLC1 and a number of runs")
        (count,) = struct.unpack_from("<I", data, 4)
        if len(data) != 8 + RUN_BYTES * count:
            raise _bad(f"{len(data)} bytes came, {8 + RUN_BYTES * count} were expected for {count} runs")
        starts = np.frombuffer(data, "<u4", count, 8).astype(np.int64)
        lengths = np.frombuffer(data, "<u4", count, 8 + 4 * count).astype(np.int64)
        before = np.frombuffer(data, "<u2", count, 8 + 8 * count).astype(np.uint16)
        after = np.frombuffer(data, "<u2", count, 8 + 10 * count).astype(np.uint16)
        ends = starts + lengths
        if count and (lengths.min() < 1 or ends[-1] > voxels or np.any(ends[:-1] > starts[1:])):
            raise _bad(f"their runs must ascend, not overlap, and stay within the {voxels} voxels of the grid")
        if np.any(before == after):
            raise _bad("a run has the same value before and after")
        return cls(starts, lengths, before, after)

    @classmethod
    def between(cls, base: LabelArray, other: LabelArray) -> LabelChanges:
        """What leads from one map to another on the same grid, in as few runs as there can be."""
        old, new = base.ravel(order="F").astype(np.uint16), other.ravel(order="F").astype(np.uint16)
        at = np.flatnonzero(old != new)
        opens = np.ones(at.size, dtype=bool)
        opens[1:] = (np.diff(at) != 1) | (np.diff(old[at].astype(int)) != 0) | (np.diff(new[at].astype(int)) != 0)
        first = np.flatnonzero(opens)
        lengths = np.diff(np.append(first, at.size))
        starts = at[first]
        return cls(starts, lengths, old[starts], new[starts])

    def to_bytes(self) -> bytes:
        """Write the wire format."""
        columns = (self.starts.astype("<u4"), self.lengths.astype("<u4"), self.before, self.after)
        return MAGIC + struct.pack("<I", self.starts.size) + b"".join(column.tobytes() for column in columns)

    def counts_after(self, counts: dict[int, int]) -> dict[int, int]:
        """Label value -> number of voxels after the change, from that before; background left out, values ascending."""
        size = int(max(self.before.max(initial=0), self.after.max(initial=0), *counts, 0)) + 1
        totals = np.zeros(size, dtype=np.int64)
        for value, count in counts.items():
            totals[value] = count
        totals -= np.bincount(self.before, self.lengths, size).astype(np.int64)
        totals += np.bincount(self.after, self.lengths, size).astype(np.int64)
        return {int(value): int(totals[value]) for value in np.flatnonzero(totals) if value != 0}

    def touched(self, part: int) -> list[int]:
        """Which parts of so many voxels each hold a change, ascending."""
        first, last = self.starts // part, (self.starts + self.lengths - 1) // part
        found: set[int] = set(np.unique(np.concatenate((first, last))).tolist())
        for a, b in zip(first[last > first + 1], last[last > first + 1], strict=True):
            found.update(range(int(a), int(b) + 1))
        return sorted(found)

    def apply(self, voxels: LabelArray, first: int = 0) -> None:
        """Write the changes that fall into a part of the map, in place.

        Parameters
        ----------
        voxels : numpy.ndarray of uint8 or uint16, one-dimensional
            The part, i fastest.
        first : int, default 0
            The index in the whole map of the part's first voxel.

        Raises
        ------
        ImageError
            ``base-mismatch`` if a voxel has another value than the changes say it had.
        """
        end = first + voxels.size
        low = int(np.searchsorted(self.starts + self.lengths, first, side="right"))
        high = int(np.searchsorted(self.starts, end, side="left"))
        starts = np.maximum(self.starts[low:high], first)
        lengths = np.minimum(self.starts[low:high] + self.lengths[low:high], end) - starts
        at = np.repeat(starts - first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths) + np.arange(
            lengths.sum()
        )
        wrong = int(np.count_nonzero(voxels[at] != np.repeat(self.before[low:high], lengths)))
        if wrong:
            raise ImageError(
                f"The change was made on another map: {wrong} voxels do not have the value that it starts from. "
                "Send the whole map.",
                "base-mismatch",
            )
        voxels[at] = np.repeat(self.after[low:high], lengths)


def _bad(why: str) -> ImageError:
    return ImageError(f"These are no label changes: {why}. Send the whole map.", "bad-changes")
