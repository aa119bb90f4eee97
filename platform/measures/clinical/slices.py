"""Label maps seen slice by slice from the feet to the head, whatever the order of their array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid

RPI_AXES = ("L", "A", "S")
"""Where the axes of an array in RPI order run to: RPI names where they start, from the right, the back and the feet."""


@dataclass(frozen=True, eq=False)
class RpiOrder:
    """An array order in which the third axis runs nearest to up, the first to the left and the second forwards.

    Attributes
    ----------
    grid : Grid
        The same voxels in this order: axes are swapped and flipped, nothing is resampled.
    forth, back : numpy.ndarray, shape (3, 2)
        nibabel's orientation transforms from the original order and to it.
    """

    grid: Grid
    forth: NDArray[np.float64]
    back: NDArray[np.float64]

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return an array of the original order in this one, as a view."""
        return np.asarray(nib.orientations.apply_orientation(array, self.forth))

    def undo(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return an array of this order in the original one."""
        return np.asarray(nib.orientations.apply_orientation(array, self.back))

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        """Voxel size along the three axes, mm."""
        return np.asarray(self.grid.spacing_mm, dtype=np.float64)


def rpi_order(grid: Grid) -> RpiOrder:
    """Return the RPI order of a grid.

    Parameters
    ----------
    grid : Grid
        Any orientation, oblique ones among them: an axis counts as the world direction that it is nearest to.

    Returns
    -------
    RpiOrder
    """
    current = nib.orientations.io_orientation(grid.affine)
    wanted = nib.orientations.axcodes2ornt(RPI_AXES)
    forth = nib.orientations.ornt_transform(current, wanted)
    back = nib.orientations.ornt_transform(wanted, current)
    i, j, k = (grid.shape[int(axis)] for axis in np.argsort(forth[:, 0]))
    affine = grid.affine @ nib.orientations.inv_ornt_aff(forth, grid.shape)
    return RpiOrder(Grid((i, j, k), affine), forth, back)


def occupied_box(
    mask: NDArray[np.bool_], margin: tuple[int, int, int] = (0, 0, 0)
) -> tuple[slice, slice, slice] | None:
    """Return the box around the voxels of a mask, widened and clipped to the array; None for an empty mask."""
    found = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        inside = np.flatnonzero(mask.any(axis=others))
        if inside.size == 0:
            return None
        found.append(
            slice(max(0, int(inside[0]) - margin[axis]), min(mask.shape[axis], int(inside[-1]) + 1 + margin[axis]))
        )
    return (found[0], found[1], found[2])
