"""The centreline of the spinal cord, and distances along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import BSpline, make_smoothing_spline

from measures.clinical.slices import RpiOrder

DEFAULT_CUT_OFF_MM = 20.0
"""Waves of the slice centroids this long are halved by the smoothing; the cord's own curves are 100 mm and longer."""

_STEP_MM = 0.25
_END_MM = 10.0


@dataclass(frozen=True, eq=False)
class Centreline:
    """A smooth curve through the cord.

    Attributes
    ----------
    first_mm, last_mm : float
        Height of the lowest and the highest slice with cord, along the slice normal; beyond them the curve goes on
        straight.
    order : RpiOrder
        The grid's order, in which heights are slice index times slice spacing.
    """

    first_mm: float
    last_mm: float
    order: RpiOrder
    _spline: tuple[BSpline, BSpline]

    def points_mm(self, heights_mm: ArrayLike) -> NDArray[np.float64]:
        """Return the curve at heights, shape (n,): in-plane position and height along the grid's axes, (n, 3) mm."""
        heights = np.atleast_1d(np.asarray(heights_mm, dtype=np.float64))
        inside = np.clip(heights, self.first_mm, self.last_mm)
        low, high = self._slopes()
        plane = np.stack([s(inside) for s in self._spline], axis=1)
        plane += np.where(heights < self.first_mm, heights - self.first_mm, 0.0)[:, None] * low
        plane += np.where(heights > self.last_mm, heights - self.last_mm, 0.0)[:, None] * high
        return np.column_stack([plane, heights])

    def points_ras_mm(self, heights_mm: ArrayLike) -> NDArray[np.float64]:
        """Return the curve at heights in world RAS, shape (n, 3), mm."""
        return self.order.grid.ras_from_ijk(self.points_mm(heights_mm) / self.order.spacing_mm)

    def arc_mm(self, heights_mm: ArrayLike) -> NDArray[np.float64]:
        """Return the length along the curve from its lowest slice to heights, shape (n,), mm; negative below it."""
        heights = np.atleast_1d(np.asarray(heights_mm, dtype=np.float64))
        low, high = min(self.first_mm, float(heights.min())), max(self.last_mm, float(heights.max()))
        dense = np.linspace(low, high, max(2, int(np.ceil((high - low) / _STEP_MM)) + 1))
        lengths = np.linalg.norm(np.diff(self.points_mm(dense), axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(lengths)])
        start = float(np.interp(self.first_mm, dense, along))
        return np.asarray(np.interp(heights, dense, along) - start, dtype=np.float64)

    def nearest_height_mm(self, point_ijk: ArrayLike) -> float:
        """Return the height at which the curve comes nearest to a voxel, given in RPI order."""
        point = np.asarray(point_ijk, dtype=np.float64) * self.order.spacing_mm
        # Half a step of the search is far below any voxel.
        low, high = min(self.first_mm, point[2]) - 30.0, max(self.last_mm, point[2]) + 30.0
        heights = np.arange(low, high, _STEP_MM / 5)
        return float(heights[np.argmin(np.linalg.norm(self.points_mm(heights) - point, axis=1))])

    def _slopes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        # Over 10 mm and not at the end itself: there one ragged slice would turn the whole continuation.
        reach = min(_END_MM, self.last_mm - self.first_mm)
        ends = []
        for start in (self.first_mm, self.last_mm - reach):
            pair = np.array([[s(start), s(start + reach)] for s in self._spline])
            ends.append((pair[:, 1] - pair[:, 0]) / reach)
        return ends[0], ends[1]


def cord_centreline(cord: NDArray[np.bool_], order: RpiOrder, cut_off_mm: float = DEFAULT_CUT_OFF_MM) -> Centreline:
    """Fit the centreline of a cord mask.

    Parameters
    ----------
    cord : numpy.ndarray of bool, shape (I, J, K)
        The mask in RPI order. Not modified.
    order : RpiOrder
        Its order, which knows the spacing.
    cut_off_mm : float, default 20
        Wavelength along the cord at which the smoothing halves the amplitude.

    Returns
    -------
    Centreline

    Raises
    ------
    ValueError
        For a mask with fewer than five slices of whole cord, or a cut-off that is not positive.

    Notes
    -----
    The centroid of each slice's voxels, weighted by the slice spacing, is fitted by a cubic smoothing spline with the
    penalty ``lambda * integral of f''^2`` and ``lambda = (cut_off / 2 pi)^4``, in which neither the number of slices
    nor their spacing appears. Slices without cord are bridged, and so are those in which the cord touches the side of
    the field of view, since their centroid is not the cord's. On an oblique grid the slices cut the cord at an angle;
    the centroids of such cuts still lie on the axis of a tube, so nothing needs to be resampled.
    """
    if cut_off_mm <= 0:
        raise ValueError(f"The cut-off of the centreline is a length in mm above 0; {cut_off_mm} came.")
    counts = cord.sum(axis=(0, 1))
    slices = np.flatnonzero((counts > 0) & ~_cut_off(cord))
    if slices.size < 5:
        raise ValueError(f"A centreline needs at least five slices with the whole cord; {slices.size} came.")
    di, dj, dk = order.spacing_mm
    x = np.arange(cord.shape[0]) @ cord.sum(axis=1)[:, slices] / counts[slices] * di
    y = np.arange(cord.shape[1]) @ cord.sum(axis=0)[:, slices] / counts[slices] * dj
    heights = slices * dk
    penalty = (cut_off_mm / (2 * np.pi)) ** 4
    weights = np.full(slices.size, dk)
    fitted = tuple(make_smoothing_spline(heights, v, w=weights, lam=penalty) for v in (x, y))
    return Centreline(float(heights[0]), float(heights[-1]), order, (fitted[0], fitted[1]))


def _cut_off(cord: NDArray[np.bool_]) -> NDArray[np.bool_]:
    sides = (cord[0], cord[-1], cord[:, 0], cord[:, -1])
    return np.asarray(np.logical_or.reduce([side.any(axis=0) for side in sides]))
