"""Grids on which every clinical phantom is drawn, and the changes of array order that must not change an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations, product

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid
from mri.phantom.sampling import phantom_grid

# Orientation, voxel size from left to right, back to front, foot to head, and tilt.
GRIDS = [
    ("RAS", (1.0, 1.0, 1.0), 0.0),
    ("PSR", (1.0, 1.0, 1.0), 0.0),
    ("LPI", (0.5, 0.5, 0.5), 0.0),
    ("LAS", (0.6, 0.6, 1.2), 0.0),
    ("RAS", (1.0, 1.0, 1.0), 12.0),
    ("ASL", (0.5, 0.5, 0.5), 8.0),
]


def grid_over(
    extent_mm: tuple[float, float, float],
    spacing_mm: tuple[float, float, float],
    orientation: str,
    oblique_deg: float = 0.0,
    centre_ras_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Grid:
    """A grid that covers so many mm from left to right, back to front and foot to head."""
    shape = tuple(int(np.ceil(e / s)) for e, s in zip(extent_mm, spacing_mm, strict=True))
    return phantom_grid((shape[0], shape[1], shape[2]), spacing_mm, orientation, oblique_deg, centre_ras_mm)


def world(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """World coordinates of every voxel centre, mm."""
    points = grid.ras_from_ijk(np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1))
    return points[..., 0], points[..., 1], points[..., 2]


Reorder = Callable[[NDArray[np.generic]], NDArray[np.generic]]


def reorders(grid: Grid) -> Iterator[tuple[Grid, Reorder]]:
    """All 48 ways to store the same voxels: the grid, and what turns an array of the old order into the new one."""
    for axes in permutations(range(3)):
        for flips in product((1, -1), repeat=3):
            ornt = np.column_stack([axes, flips]).astype(float)
            affine = grid.affine @ nib.orientations.inv_ornt_aff(ornt, grid.shape)
            i, j, k = (grid.shape[int(a)] for a in np.argsort(ornt[:, 0]))

            def reorder(array: NDArray[np.generic], ornt: NDArray[np.float64] = ornt) -> NDArray[np.generic]:
                return np.ascontiguousarray(nib.orientations.apply_orientation(array, ornt))

            yield Grid((i, j, k), affine), reorder


def scaled(grid: Grid, factor: float) -> Grid:
    """The same array with every length in the world multiplied."""
    affine = grid.affine.copy()
    affine[:3] *= factor
    return Grid(grid.shape, affine)
