"""Grids for phantoms, and the world points of their voxels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid

_AXES = {"R": (0, 1.0), "L": (0, -1.0), "A": (1, 1.0), "P": (1, -1.0), "S": (2, 1.0), "I": (2, -1.0)}

Points = NDArray[np.float32]


def phantom_grid(
    shape_ras: tuple[int, int, int],
    spacing_ras_mm: tuple[float, float, float],
    orientation: str,
    oblique_deg: float,
    centre_ras_mm: tuple[float, float, float],
) -> Grid:
    """Lay a grid of a given field of view over the world.

    Parameters
    ----------
    shape_ras : tuple of int
        Voxels from left to right, posterior to anterior, inferior to superior.
    spacing_ras_mm : tuple of float
        Voxel size in the same order, mm.
    orientation : str
        Axis codes of the array, such as ``"PSR"``; the field of view stays the same.
    oblique_deg : float
        Tilt about the left-right axis, and half of it about the vertical axis; the codes must still hold.
    centre_ras_mm : tuple of float
        World position of the centre of the field of view.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        For axis codes that are none, or a tilt that changes them.
    """
    if len(orientation) != 3 or {_AXES.get(c, (3, 0.0))[0] for c in orientation} != {0, 1, 2}:
        raise ValueError(f"An orientation names three axes, such as RAS or PSR; {orientation!r} came.")
    tilt, turn = np.radians(oblique_deg), np.radians(oblique_deg / 2)
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    about_z = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    directions = about_z @ about_x
    shape: list[int] = []
    affine = np.eye(4)
    for column, code in enumerate(orientation):
        axis, sign = _AXES[code]
        affine[:3, column] = directions[:, axis] * sign * spacing_ras_mm[axis]
        shape.append(int(shape_ras[axis]))
    middle = (np.array(shape) - 1) / 2
    affine[:3, 3] = np.array(centre_ras_mm) - affine[:3, :3] @ middle
    # Files keep affines in single precision: starting from it, a written phantom reads back on the very same grid.
    grid = Grid((shape[0], shape[1], shape[2]), affine.astype(np.float32).astype(np.float64))
    if grid.orientation != orientation:
        raise ValueError(f"A tilt of {oblique_deg} degrees turns {orientation} into {grid.orientation}; tilt less.")
    return grid


def voxel_points(grid: Grid, shift_ras_mm: tuple[float, float, float]) -> tuple[Points, Points, Points]:
    """Return x, y, z of every voxel centre in mm, each float32 of shape (I, J, K), moved by ``-shift_ras_mm``."""
    i, j, k = (np.arange(n, dtype=np.float64) for n in grid.shape)
    a = grid.affine
    x, y, z = (
        (
            (a[row, 0] * i)[:, None, None]
            + (a[row, 1] * j)[None, :, None]
            + (a[row, 2] * k + a[row, 3] - shift_ras_mm[row])[None, None, :]
        ).astype(np.float32)
        for row in range(3)
    )
    return x, y, z


def subvoxel_offsets(grid: Grid, finest_mm: float, most: int = 63) -> Points:
    """Return offsets in mm, shape (n, 3), that sample a voxel evenly, about one per cube of ``finest_mm``.

    Notes
    -----
    The number is odd, so that a majority is never a tie: ties would push every boundary outwards. The points follow a
    low-discrepancy sequence laid along the anatomical directions, so that they do not depend on the array's axes.
    """
    wanted = int(np.ceil(grid.voxel_volume_mm3 / finest_mm**3))
    count = min(max(wanted, 8), most) | 1
    # Powers of 1/g with g**4 = g + 1 fill a cube evenly (the plastic sequence in three dimensions).
    steps = 1.2207440846057596 ** -np.arange(1.0, 4.0)
    unit = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0
    unit -= unit.mean(axis=0)
    edges = np.zeros((3, 3))
    for column, code in enumerate(grid.orientation):
        axis, sign = _AXES[code]
        edges[:, axis] = sign * grid.affine[:3, column]
    return np.asarray(unit @ edges.T, dtype=np.float32)
