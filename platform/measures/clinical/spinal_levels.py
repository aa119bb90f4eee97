"""Spinal levels from nerve rootlets, and their distances from the pontomedullary junction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from measures.clinical.centreline import DEFAULT_CUT_OFF_MM, Centreline, cord_centreline
from measures.clinical.slices import RpiOrder, occupied_box, rpi_order
from measures.result import Measure, undefined
from mri.geometry import Grid

Dilation = Literal["voxels", "mm"]
Ends = Literal["rootlets", "next-level"]

LEVEL_NAMES: Mapping[int, str] = {2: "C2", 3: "C3", 4: "C4", 5: "C5", 6: "C6", 7: "C7", 8: "C8", 9: "T1"}
PMJ_VALUE = 50
PUBLISHED_REACH_VOXELS = 3
DEFAULT_REACH_MM = 2.4
"""Three voxels of the 0.8 mm images of the published study."""
GAP_MM = 3.0
"""Rootlets of one level leave the cord in a row: a longer gap is reported."""


@dataclass(frozen=True)
class SpinalLevel:
    """One spinal level.

    Attributes
    ----------
    level : int
        2 = C2 ... 8 = C8, 9 = T1: the label value.
    slice_start, slice_end : int or None
        Most caudal and most rostral slice in RPI order, both inclusive; None where the rootlets don't reach the cord.
    distance_from_pmj_start_mm, distance_from_pmj_end_mm : Measure
        Arc length from the pontomedullary junction down to the centre of either slice.
    height_mm, midpoint_mm : Measure
        ``start - end`` and ``end + height / 2``.
    """

    level: int
    slice_start: int | None
    slice_end: int | None
    distance_from_pmj_start_mm: Measure
    distance_from_pmj_end_mm: Measure
    height_mm: Measure
    midpoint_mm: Measure


@dataclass(frozen=True, eq=False)
class SpinalLevels:
    """The spinal levels of a subject.

    Attributes
    ----------
    levels : tuple of SpinalLevel
        For every level with rootlets, ascending.
    level_map : numpy.ndarray of uint8, shape (I, J, K)
        The cord filled with its level, in the array order of the input.
    dilation : {"voxels", "mm"}
        How the reach of the cord was measured.
    reach : float
        The reach in that unit.
    ends : {"rootlets", "next-level"}
        Where a level ends.
    pmj_beyond_cord_mm : float or None
        How far above the last slice of cord the junction lies: so much of each distance runs along the straight
        continuation of the centreline. None without a junction.
    findings : tuple of str
        Levels in two places, out of order or off the cord, and slices that two levels share.
    """

    levels: tuple[SpinalLevel, ...]
    level_map: NDArray[np.uint8]
    dilation: Dilation
    reach: float
    ends: Ends
    pmj_beyond_cord_mm: float | None
    findings: tuple[str, ...]


def spinal_levels(
    rootlets: NDArray[Any],
    cord: NDArray[Any],
    grid: Grid,
    pmj: NDArray[Any] | None = None,
    *,
    pmj_ras_mm: ArrayLike | None = None,
    dilation: Dilation = "mm",
    reach: float | None = None,
    ends: Ends = "rootlets",
    cut_off_mm: float = DEFAULT_CUT_OFF_MM,
) -> SpinalLevels:
    """Find the spinal levels of a cord from its rootlets.

    Parameters
    ----------
    rootlets : numpy.ndarray of an integer dtype, shape (I, J, K)
        Value = spinal level, 2 to 9. Not modified.
    cord : numpy.ndarray, shape (I, J, K)
        Non-zero is cord. Not modified.
    grid : Grid
        Of all three arrays; any orientation, oblique ones too.
    pmj : numpy.ndarray, shape (I, J, K), optional
        One voxel of value 50 at the pontomedullary junction; without it the distances are undefined.
    pmj_ras_mm : array_like of float, shape (3,), optional
        The junction as a point in world RAS instead; it may lie beyond the grid.
    dilation : {"mm", "voxels"}, default "mm"
        ``"voxels"``, as published: a rootlet voxel counts where a cord voxel lies within ``reach`` voxels along each
        axis. ``"mm"``, ours: where one lies within ``reach`` mm, so that the voxel size doesn't change the answer.
    reach : float, optional
        3 voxels or 2.4 mm by default.
    ends : {"rootlets", "next-level"}, default "rootlets"
        ``"next-level"``: a level ends below the start of the next one up, so that no gap is left between neighbours.
    cut_off_mm : float, default 20
        Smoothing of the centreline, see :func:`measures.clinical.centreline.cord_centreline`.

    Returns
    -------
    SpinalLevels

    Raises
    ------
    ValueError
        For arrays off the grid, values that are no level (with their voxel counts), an empty cord, a junction that is
        not one voxel of value 50, or options that can't be.

    Notes
    -----
    Slices are counted in RPI order, from the feet. Distances run along the centreline from the point nearest to the
    junction. A slice that belongs to two levels is filled with the one whose middle is nearer.

    References
    ----------
    Valosek et al. 2024, doi:10.1162/imag_a_00218 (PMC11340644).
    """
    reach = _checked(rootlets, cord, grid, dilation, reach, ends)
    order = rpi_order(grid)
    roots, mask = order.apply(rootlets), order.apply(np.asarray(cord) != 0)
    values = _level_values(roots)
    reached = _reached(roots, mask, order, values, dilation, reach)
    extents = {v: (int(s[0]), int(s[-1])) if s.size else None for v, s in reached.items()}
    findings = (*_gaps(reached, float(order.spacing_mm[2])), *_findings(extents))
    if ends == "next-level":
        extents = _to_next_level(extents)
    filled = _fill(mask, extents)
    height, beyond = None, None
    line: Centreline | None = None
    junction = _junction(order, pmj, pmj_ras_mm)
    if junction is not None:
        line = cord_centreline(mask, order, cut_off_mm)
        height = line.nearest_height_mm(junction)
        beyond = max(0.0, float(line.arc_mm(height)[0] - line.arc_mm(line.last_mm)[0]))
    levels = tuple(_level(value, extents[value], line, height, order) for value in values)
    return SpinalLevels(levels, order.undo(filled).astype(np.uint8), dilation, reach, ends, beyond, findings)


def _checked(
    rootlets: NDArray[Any], cord: NDArray[Any], grid: Grid, dilation: Dilation, reach: float | None, ends: Ends
) -> float:
    for name, array in (("rootlets", rootlets), ("cord mask", cord)):
        if array.shape != grid.shape:
            raise ValueError(f"The {name} has shape {array.shape}, the grid {grid.shape}; they must be equal.")
    if dilation not in ("voxels", "mm") or ends not in ("rootlets", "next-level"):
        raise ValueError(f"Dilation is voxels or mm and ends are rootlets or next-level; {dilation}, {ends} came.")
    if reach is None:
        reach = PUBLISHED_REACH_VOXELS if dilation == "voxels" else DEFAULT_REACH_MM
    if reach < 0 or (dilation == "voxels" and reach != int(reach)):
        raise ValueError(f"The reach is a whole number of voxels, or a length in mm, from 0; {reach} came.")
    if not np.any(cord):
        raise ValueError("The cord mask is empty; spinal levels are read on a cord.")
    return float(reach)


def _level_values(rootlets: NDArray[Any]) -> tuple[int, ...]:
    present, counts = np.unique(rootlets[rootlets != 0], return_counts=True)
    wrong = {int(v): int(n) for v, n in zip(present, counts, strict=True) if int(v) not in LEVEL_NAMES}
    if wrong:
        named = ", ".join(f"{v} ({n} voxel{'s' if n != 1 else ''})" for v, n in wrong.items())
        raise ValueError(f"Rootlets hold spinal levels, 2 (C2) to 9 (T1); {named} came.")
    return tuple(int(v) for v in present)


def _reached(
    roots: NDArray[Any],
    mask: NDArray[np.bool_],
    order: RpiOrder,
    values: tuple[int, ...],
    dilation: Dilation,
    reach: float,
) -> dict[int, NDArray[np.intp]]:
    i, j, k = (int(n) for n in np.ceil(reach / order.spacing_mm)) if dilation == "mm" else (int(reach),) * 3
    box = occupied_box(mask, (i + 1, j + 1, k + 1))
    near, part = mask[box or ()], roots[box or ()]
    if dilation == "voxels":
        near = ndimage.maximum_filter(near, size=2 * int(reach) + 1, mode="constant")
    else:
        away = ndimage.distance_transform_edt(~near, sampling=order.spacing_mm)
        # A distance of exactly the reach must not depend on rounding in the affine.
        near = away <= reach + 1e-4
    offset = box[2].start if box is not None else 0
    return {v: np.flatnonzero(((part == v) & near).any(axis=(0, 1))) + offset for v in values}


def _gaps(reached: Mapping[int, NDArray[np.intp]], slice_mm: float) -> list[str]:
    found = []
    for value, slices in reached.items():
        steps = np.diff(slices)
        wide = np.flatnonzero((steps - 1) * slice_mm >= GAP_MM)
        if wide.size:
            at = int(wide[np.argmax(steps[wide])])
            found.append(
                f"the rootlets of {LEVEL_NAMES[value]} lie in two places, with none from slice {slices[at] + 1} to "
                f"{slices[at + 1] - 1}: a stray voxel stretches the level"
            )
    return found


def _to_next_level(extents: Mapping[int, tuple[int, int] | None]) -> dict[int, tuple[int, int] | None]:
    moved = dict(extents)
    for value, extent in extents.items():
        above = extents.get(value - 1)
        # Only a direct neighbour closes the gap: across a missing level it would swallow that level's cord.
        if extent is not None and above is not None and above[0] > extent[0]:
            moved[value] = (extent[0], above[0] - 1)
    return moved


def _fill(mask: NDArray[np.bool_], extents: Mapping[int, tuple[int, int] | None]) -> NDArray[np.uint8]:
    n = mask.shape[2]
    best = np.full(n, np.inf)
    of_slice = np.zeros(n, dtype=np.uint8)
    for value, extent in sorted(extents.items()):
        if extent is None:
            continue
        part = np.arange(extent[0], extent[1] + 1)
        distance = np.abs(part - (extent[0] + extent[1]) / 2)
        nearer = part[distance < best[part]]
        best[part] = np.minimum(best[part], distance)
        of_slice[nearer] = value
    return np.where(mask, of_slice[None, None, :], np.uint8(0))


def _junction(order: RpiOrder, pmj: NDArray[Any] | None, pmj_ras_mm: ArrayLike | None) -> NDArray[np.float64] | None:
    """The junction in voxels of the RPI order, with fractions; None where there is none."""
    if pmj_ras_mm is not None:
        if pmj is not None:
            raise ValueError("The pontomedullary junction is a voxel or a point; both came.")
        return np.asarray(order.grid.ijk_from_ras(pmj_ras_mm), dtype=np.float64)
    if pmj is None:
        return None
    found = np.argwhere(order.apply(pmj) == PMJ_VALUE)
    if len(found) != 1:
        there = {int(v): int(n) for v, n in zip(*np.unique(pmj[pmj != 0], return_counts=True), strict=True)}
        came = ", ".join(f"{v} ({n})" for v, n in there.items()) or "an empty map"
        raise ValueError(f"The pontomedullary junction is one voxel of value {PMJ_VALUE}; {came} came.")
    return np.asarray(found[0], dtype=np.float64)


def _level(
    value: int, extent: tuple[int, int] | None, line: Centreline | None, junction_mm: float | None, order: RpiOrder
) -> SpinalLevel:
    if extent is None or line is None or junction_mm is None:
        reason = "no pontomedullary junction was given" if extent is not None else "its rootlets don't reach the cord"
        none = undefined(reason)
        start, end = extent if extent is not None else (None, None)
        return SpinalLevel(value, start, end, none, none, none, none)
    heights = np.array([extent[0], extent[1]]) * order.spacing_mm[2]
    arcs = line.arc_mm([junction_mm, *heights])
    start_mm, end_mm = float(arcs[0] - arcs[1]), float(arcs[0] - arcs[2])
    height = start_mm - end_mm
    return SpinalLevel(
        value, *extent, Measure(start_mm), Measure(end_mm), Measure(height), Measure(end_mm + height / 2)
    )


def _findings(extents: Mapping[int, tuple[int, int] | None]) -> tuple[str, ...]:
    found = []
    there = [(value, extent) for value, extent in sorted(extents.items()) if extent is not None]
    for (upper, high), (lower, low) in pairwise(there):
        names = f"{LEVEL_NAMES[lower]} and {LEVEL_NAMES[upper]}"
        if sum(low) > sum(high):
            found.append(f"{LEVEL_NAMES[lower]} lies above {LEVEL_NAMES[upper]}: the order of the levels is broken")
        elif low[1] >= high[0]:
            shared = low[1] - high[0] + 1
            found.append(f"{names} share {shared} slice{'s' if shared != 1 else ''}, filled with the nearer level")
    found += [f"the rootlets of {LEVEL_NAMES[v]} don't reach the cord" for v, e in extents.items() if e is None]
    return tuple(found)
