"""Gradient tables: b values and directions as FSL and BIDS write them, checked, and turned to other frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mri.errors import ImageError
from mri.geometry import Grid

B0_BELOW = 50.0
"""Frames below this b value (s/mm2) count as b = 0: scanners write 5 or 10 where they mean 0."""

LENGTH_TOLERANCE = 0.05
"""How far a direction's length may be off 1. Rounded files lie within 0.01; beyond 0.05 the length means something
else (some exports scale directions by the b value), and the b values would be wrong."""

MOST_BYTES = 1024 * 1024
FEWEST_DIRECTIONS = 6


@dataclass(frozen=True, eq=False)
class GradientTable:
    """The gradients of a diffusion image.

    Attributes
    ----------
    b_values : numpy.ndarray of float64, shape (N,)
        In s/mm2.
    directions : numpy.ndarray of float64, shape (N, 3)
        As in the ``.bvec`` file: FSL's frame, which is the voxel axes, with the first one turned round where the affine
        has a positive determinant. Zero for frames without a direction.
    b0_below : float, default 50
        Frames below this b value in s/mm2 count as b = 0.
    """

    b_values: NDArray[np.float64]
    directions: NDArray[np.float64]
    b0_below: float = B0_BELOW

    @property
    def frames(self) -> int:
        """Number of frames."""
        return int(self.b_values.size)

    @property
    def b0_frames(self) -> NDArray[np.bool_]:
        """Which frames are b = 0, shape (N,)."""
        return np.asarray(self.b_values < self.b0_below)

    def voxel_directions(self, grid: Grid) -> NDArray[np.float64]:
        """Return unit directions along the voxel axes i, j, k, shape (N, 3); zero for b = 0.

        Notes
        -----
        FSL's rule: with a positive determinant of the affine, the first component of ``.bvec`` is turned round.
        """
        turned = self.directions.copy()
        if np.linalg.det(grid.affine[:3, :3]) > 0:
            turned[:, 0] *= -1.0
        lengths = np.linalg.norm(turned, axis=1)
        weighted = ~self.b0_frames & (lengths > 0)
        turned[weighted] /= lengths[weighted, None]
        turned[~weighted] = 0.0
        return turned

    def ras_directions(self, grid: Grid) -> NDArray[np.float64]:
        """Return unit directions in world RAS, shape (N, 3); zero for b = 0."""
        return np.asarray(self.voxel_directions(grid) @ voxel_axes(grid).T)


@dataclass(frozen=True)
class TableFact:
    """A check of a gradient table: its name, whether it holds, and what was found, in words."""

    name: str
    holds: bool
    words: str

    def to_json(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return {"name": self.name, "holds": self.holds, "words": self.words}


def voxel_axes(grid: Grid) -> NDArray[np.float64]:
    """Return the unit world directions of the voxel axes as columns, shape (3, 3)."""
    matrix = grid.affine[:3, :3]
    return np.asarray(matrix / np.linalg.norm(matrix, axis=0))


def read_gradients(bval: Path, bvec: Path, frames: int) -> GradientTable:
    """Read a ``.bval`` and a ``.bvec`` file.

    Parameters
    ----------
    bval : pathlib.Path
        One b value per frame, in s/mm2.
    bvec : pathlib.Path
        Three rows of one number per frame, or one row of three numbers per frame.
    frames : int
        Number of frames of the image.

    Returns
    -------
    GradientTable
        NaN directions of b = 0 frames, which some converters write, are taken as zero.

    Raises
    ------
    ImageError
        ``bad-gradients`` where a file is no table of numbers, has another count than the image has frames, or holds a
        number that is not finite (or a negative b value).
    """
    b_values = _numbers(bval).ravel()
    if b_values.size != frames:
        raise _refusal(f"{bval.name} has {b_values.size} b values, the image has {frames} frames")
    if not np.isfinite(b_values).all() or (b_values < 0).any():
        raise _refusal(f"{bval.name} holds a b value that is negative or no finite number")
    directions = _three_columns(bvec, _numbers(bvec), frames)
    without = b_values < B0_BELOW
    directions[without & ~np.isfinite(directions).all(axis=1)] = 0.0
    if not np.isfinite(directions).all():
        at = int(np.flatnonzero(~np.isfinite(directions).all(axis=1))[0])
        raise _refusal(f"{bvec.name} holds no finite direction for frame {at}, which has b = {b_values[at]:g}")
    return GradientTable(b_values, directions)


def table_facts(table: GradientTable) -> tuple[TableFact, ...]:
    """Check a table on its own: b = 0 frames, lengths of directions, and how many differ."""
    return (_b0_fact(table), _length_fact(table), _directions_fact(table))


def require_tensor(table: GradientTable) -> None:
    """Refuse a table that no tensor can be fitted to.

    Raises
    ------
    ImageError
        ``bad-gradients``, with the first check that fails.
    """
    for fact in table_facts(table):
        if not fact.holds:
            raise _refusal(f"The tensor can't be fitted: {fact.words}")


def _b0_fact(table: GradientTable) -> TableFact:
    count = int(table.b0_frames.sum())
    words = f"{count} of {table.frames} frames have b < {table.b0_below:g} s/mm2"
    return TableFact("b0 present", count > 0, words)


def _length_fact(table: GradientTable) -> TableFact:
    lengths = np.linalg.norm(table.directions[~table.b0_frames], axis=1)
    if lengths.size == 0:
        return TableFact("unit length", True, "no frame has a direction")
    off = float(np.abs(lengths - 1.0).max())
    words = f"directions are {lengths.min():.4g} to {lengths.max():.4g} long, 1 was expected"
    return TableFact("unit length", off <= LENGTH_TOLERANCE, words)


def _directions_fact(table: GradientTable) -> TableFact:
    weighted = table.directions[~table.b0_frames]
    axes = weighted * np.where((weighted @ np.array([1.0, 1e-3, 1e-6])) < 0, -1.0, 1.0)[:, None]
    count = len(np.unique(np.round(axes, 3), axis=0)) if len(axes) else 0
    words = f"{count} different directions, a tensor needs {FEWEST_DIRECTIONS} or more"
    return TableFact("directions", count >= FEWEST_DIRECTIONS, words)


def _numbers(path: Path) -> NDArray[np.float64]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refusal(f"{path.name} is larger than {MOST_BYTES} bytes, so it is no gradient table")
        rows = [line.replace(",", " ").split() for line in path.read_text(encoding="utf-8-sig").splitlines()]
        table = np.array([[float(cell) for cell in row] for row in rows if row], dtype=np.float64)
    except OSError as error:
        raise _refusal(f"{path.name} can't be read ({error.strerror})") from error
    except (UnicodeDecodeError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        raise _refusal(f"{path.name} is no table of numbers with rows of one length") from error
    if table.size == 0:
        raise _refusal(f"{path.name} is empty")
    return table


def _three_columns(path: Path, table: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    if table.shape == (3, frames):
        return table.T.copy()
    if table.shape == (frames, 3):
        return table.copy()
    rows, columns = table.shape
    raise _refusal(f"{path.name} has {rows} rows of {columns} numbers, 3 rows of {frames} were expected")


def _refusal(words: str) -> ImageError:
    return ImageError(f"{words}; export or correct the gradient files (.bval, .bvec).", "bad-gradients")
