"""Values of marks that a person sets on an image: lengths, angles and statistics of a region.

The viewer shows the same values while a mark is drawn (`frontend/src/geometry/marks.ts`); both are held to the cases in
`frontend/src/geometry/markCases.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import floor, pi
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mri.geometry import Grid

EDGE = 1e-9
"""A voxel centre exactly on the rim belongs to the region, whatever rounding does to it."""


class MarkKind(StrEnum):
    """What a mark measures."""

    LENGTH = "length"
    ANGLE = "angle"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POINT = "point"


KINDS = tuple(kind.value for kind in MarkKind)

POINTS_OF = {
    MarkKind.LENGTH: 2,
    MarkKind.ANGLE: 3,
    MarkKind.ELLIPSE: 2,
    MarkKind.RECTANGLE: 2,
    MarkKind.POINT: 1,
}
"""How many points each kind has. An angle's second is its vertex; a region's are opposite corners of its box."""

REGIONS = frozenset({MarkKind.ELLIPSE, MarkKind.RECTANGLE})


@dataclass(frozen=True)
class MarkValues:
    """What a mark measures.

    Attributes
    ----------
    values : dict of str to float or None
        ``length_mm``; ``angle_degrees``; or ``area_mm2``, ``n``, ``mean``, ``sd``, ``min`` and ``max``.
    undefined : dict of str to str
        For each value that is None, why.
    """

    values: dict[str, float | None] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return both as plain data."""
        return {"values": dict(self.values), "undefined": dict(self.undefined)}


def length_mm(points_ras_mm: ArrayLike) -> float:
    """Return the distance between two points, shape (2, 3), in world mm."""
    first, second = np.asarray(points_ras_mm, dtype=np.float64)
    return float(np.linalg.norm(second - first))


def angle_degrees(points_ras_mm: ArrayLike) -> float | None:
    """Return the angle at the second of three points, 0 to 180 degrees.

    Parameters
    ----------
    points_ras_mm : array_like, shape (3, 3)
        World places in mm; the second is the vertex.

    Returns
    -------
    float or None
        None where an arm has no length.

    Notes
    -----
    ``2 atan2(|u - v|, |u + v|)`` of the unit arms keeps its digits near 0 and 180 degrees, where the arc cosine of
    their product loses half of them (W. Kahan, "How futile are mindless assessments of roundoff in floating-point
    computation?", 2006, "Mangled angles").
    """
    first, vertex, last = np.asarray(points_ras_mm, dtype=np.float64)
    arms = np.array([first - vertex, last - vertex])
    lengths = np.linalg.norm(arms, axis=1)
    if (lengths == 0).any():
        return None
    u, v = arms / lengths[:, None]
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))))


def region_voxels(
    kind: MarkKind, corners_ijk: ArrayLike, slice_axis: int, shape: tuple[int, int, int]
) -> tuple[NDArray[np.intp], ...]:
    """Return the voxels of one slice whose centres lie in a region.

    Parameters
    ----------
    kind : MarkKind
        An ellipse or a rectangle, its axes along the grid's.
    corners_ijk : array_like, shape (2, 3)
        Opposite corners of its box, in voxels; whole numbers are voxel centres.
    slice_axis : {0, 1, 2}
        The array axis across the slice, which is the one nearest to the first corner.
    shape : tuple of int, (I, J, K)
        Of the image; voxels outside are left out.

    Returns
    -------
    tuple of three numpy.ndarray of int
        Indices, as numpy takes them.
    """
    corners = np.asarray(corners_ijk, dtype=np.float64)
    axes = [axis for axis in range(3) if axis != slice_axis]
    index = floor(corners[0, slice_axis] + 0.5)
    if not 0 <= index < shape[slice_axis]:
        nothing = np.empty(0, dtype=np.intp)
        return (nothing, nothing, nothing)
    middle, half = corners.mean(axis=0), np.abs(corners[1] - corners[0]) / 2
    away = [_away(np.arange(shape[axis]), middle[axis], half[axis]) for axis in axes]
    x, y = away[0][:, None], away[1][None, :]
    inside = x**2 + y**2 <= 1 + EDGE if kind == MarkKind.ELLIPSE else np.maximum(np.abs(x), np.abs(y)) <= 1 + EDGE
    found = dict(zip(axes, np.nonzero(inside), strict=True))
    found[slice_axis] = np.full(len(found[axes[0]]), index, dtype=np.intp)
    return (found[0], found[1], found[2])


def _away(centres: NDArray[np.intp], middle: float, half: float) -> NDArray[np.float64]:
    """Distances from the middle in half widths; a region without width reaches nothing but its own line."""
    off = centres - middle
    if half > 0:
        return np.asarray(off / half, dtype=np.float64)
    return np.where(np.abs(off) <= EDGE, 0.0, np.inf)


def region_values(
    kind: MarkKind, corners_ijk: ArrayLike, slice_axis: int, grid: Grid, image: NDArray[Any] | None
) -> MarkValues:
    """Return area and intensity statistics of a region on one slice.

    Parameters
    ----------
    kind, corners_ijk, slice_axis
        As for :func:`region_voxels`.
    grid : Grid
        Of the image.
    image : numpy.ndarray of a real dtype, shape (I, J, K), or None
        Its intensities; None where one number per voxel is not what it holds.

    Returns
    -------
    MarkValues
        ``area_mm2`` is that of the drawn shape; ``n`` counts the voxels whose centres lie in it and whose intensity is
        finite; ``sd`` divides by n - 1.
    """
    corners = np.asarray(corners_ijk, dtype=np.float64)
    x, y = (axis for axis in range(3) if axis != slice_axis)
    width, height = np.abs(corners[1] - corners[0])[[x, y]] * np.array(grid.spacing_mm)[[x, y]]
    area = float(width * height * (pi / 4 if kind == MarkKind.ELLIPSE else 1.0))
    names = ("mean", "sd", "min", "max")
    if image is None:
        why = "The image has no single intensity per voxel."
        values: dict[str, float | None] = {"area_mm2": area, "n": None, **dict.fromkeys(names)}
        return MarkValues(values, dict.fromkeys(("n", *names), why))
    found = image[region_voxels(kind, corners, slice_axis, grid.shape)].astype(np.float64)
    found = found[np.isfinite(found)]
    n = found.size
    if n == 0:
        why = "No voxel centre with an intensity lies in the region."
        return MarkValues({"area_mm2": area, "n": 0, **dict.fromkeys(names)}, dict.fromkeys(names, why))
    values = {
        "area_mm2": area,
        "n": n,
        "mean": float(found.mean()),
        "sd": float(found.std(ddof=1)) if n > 1 else None,
        "min": float(found.min()),
        "max": float(found.max()),
    }
    return MarkValues(values, {} if n > 1 else {"sd": "One voxel has no spread."})


def mark_values(
    kind: MarkKind, points_ijk: ArrayLike, slice_axis: int | None, grid: Grid, image: NDArray[Any] | None
) -> MarkValues:
    """Return what a mark measures.

    Parameters
    ----------
    kind : MarkKind
        What it is.
    points_ijk : array_like, shape (P, 3)
        Its points in voxels with fractions, as many as `POINTS_OF` says.
    slice_axis : {0, 1, 2} or None
        Of a region: the array axis across its slice.
    grid : Grid
        Of the image: its affine makes millimetres of voxels, on oblique and anisotropic grids too.
    image : numpy.ndarray or None
        Of a region: the intensities.

    Raises
    ------
    ValueError
        If the number of points is wrong, or a region has no slice.
    """
    points: Sequence[Any] = np.asarray(points_ijk, dtype=np.float64).tolist()
    if len(points) != POINTS_OF[kind]:
        raise ValueError(f"A mark of kind {kind} has {POINTS_OF[kind]} points; {len(points)} came.")
    if kind in REGIONS:
        if slice_axis is None:
            raise ValueError(f"A mark of kind {kind} lies on a slice; say its slice_axis (0, 1 or 2).")
        return region_values(kind, points, slice_axis, grid, image)
    world = grid.ras_from_ijk(points)
    if kind == MarkKind.LENGTH:
        return MarkValues({"length_mm": length_mm(world)})
    if kind == MarkKind.ANGLE:
        angle = angle_degrees(world)
        return MarkValues(
            {"angle_degrees": angle}, {} if angle is not None else {"angle_degrees": "An arm has no length."}
        )
    return MarkValues()
