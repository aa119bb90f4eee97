"""The two endplates of a vertebra or a disc in the mid-sagittal plane, below the size of a voxel."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid

CENTRAL_SHARE = 0.8
EDGE_SHARE = 0.1
"""Anterior and posterior heights are taken this share of the depth inside either margin: the corners are round."""

_SUBPOINTS = 3
_COLUMNS = 40
_TURNS = 4


@dataclass(frozen=True)
class SagittalShape:
    """A structure cut by the mid-sagittal plane, between an upper and a lower endplate.

    Attributes
    ----------
    centre_ras_mm : tuple of float
        Centroid of the whole structure.
    tilt_deg : float
        Inclination of the structure's own forward axis: positive where its front is higher.
    upper_deg, lower_deg : float
        Inclination of the endplates, in the same sense.
    depth_mm : float
        Extent along the forward axis.
    area_mm2 : float
        Area of the cut.
    anterior_mm, middle_mm, posterior_mm : float
        Distance of the endplates across the forward axis, near the front, half way, and near the back.
    mean_mm : float
        Mean distance over the central 80 % of the depth.
    """

    centre_ras_mm: tuple[float, float, float]
    tilt_deg: float
    upper_deg: float
    lower_deg: float
    depth_mm: float
    area_mm2: float
    anterior_mm: float
    middle_mm: float
    posterior_mm: float
    mean_mm: float

    @property
    def three_point_mm(self) -> float:
        """Mean of the anterior, the middle and the posterior height."""
        return (self.anterior_mm + self.middle_mm + self.posterior_mm) / 3

    @property
    def wedge_deg(self) -> float:
        """Angle between the endplates, positive where they open to the front."""
        return self.upper_deg - self.lower_deg


def sagittal_shape(mask: NDArray[Any], grid: Grid, tilt_deg: float = 0.0) -> SagittalShape | None:
    """Measure a structure in its mid-sagittal slice and one to either side.

    Parameters
    ----------
    mask : numpy.ndarray, shape (I, J, K)
        Non-zero is inside. Not modified.
    grid : Grid
        Any orientation, oblique ones too.
    tilt_deg : float, default 0
        First guess of the tilt, such as the direction of the spine there.

    Returns
    -------
    SagittalShape or None
        None for a structure that is empty, or too small to have two endplates (under 30 voxels in the slab).

    Notes
    -----
    Sagittal is the world's plane of constant x. The slab reaches one and a half voxels to either side of the centroid,
    which is the middle slice and its neighbours on a sagittal image. Each voxel is spread over 27 points, and the slab
    is cut into 40 columns along the forward axis: what a column holds is its height, so heights come out far below the
    size of a voxel. Straight lines through the column ends over the central 80 % of the depth are the endplates; the
    forward axis is turned until it halves their angle.
    """
    voxels = np.argwhere(mask)
    if len(voxels) == 0:
        return None
    points = grid.ras_from_ijk(voxels)
    centre = points.mean(axis=0)
    across = float(np.abs(grid.affine[0, :3]).max())
    slab = 3 * across
    reach = float(np.abs(grid.affine[0, :3]).sum()) / 2
    points = points[np.abs(points[:, 0] - centre[0]) <= slab / 2 + reach] - centre
    steps = (np.arange(_SUBPOINTS) - (_SUBPOINTS - 1) / 2) / _SUBPOINTS
    offsets = np.array(list(product(steps, repeat=3))) @ grid.affine[:3, :3].T
    inside = (points + offsets[:, None]).reshape(-1, 3)
    # Half open, so that a point on either face of the slab is counted once.
    edge = 1e-6 * slab
    inside = inside[(inside[:, 0] > edge - slab / 2) & (inside[:, 0] <= edge + slab / 2)]
    if len(inside) < 30 * _SUBPOINTS**3:
        return None
    # Each point stands for this much of the cut's area.
    weight = grid.voxel_volume_mm3 / _SUBPOINTS**3 / slab
    tilt = np.radians(tilt_deg)
    columns = _Columns(inside[:, 1:], weight, tilt)
    for _ in range(_TURNS):
        columns = _Columns(inside[:, 1:], weight, columns.tilt + (columns.upper + columns.lower) / 2)
    middle, front, back = (columns.height(share) for share in (0.5, 1 - EDGE_SHARE, EDGE_SHARE))
    turned = columns.tilt
    return SagittalShape(
        (float(centre[0]), float(centre[1]), float(centre[2])),
        float(np.degrees(turned)),
        float(np.degrees(turned + columns.upper)),
        float(np.degrees(turned + columns.lower)),
        columns.depth_mm,
        weight * len(inside),
        front,
        middle,
        back,
        columns.mean_mm,
    )


class _Columns:
    """The cut in columns across the forward axis."""

    def __init__(self, points: NDArray[np.float64], weight: float, tilt: float) -> None:
        self.tilt = float(tilt)
        forwards, upwards = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
        u, v = points @ forwards, points @ upwards
        # The half percent at either end leaves single ragged voxels out; it is put back in proportion.
        low, high = np.percentile(u, [0.5, 99.5])
        low, high = low - 0.005 * (high - low), high + 0.005 * (high - low)
        self.depth_mm = float(high - low)
        width = self.depth_mm / _COLUMNS
        # Columns of one width need no sorting of the points.
        counts, edges = np.histogram(u, _COLUMNS, (low, high))
        sums, _ = np.histogram(u, _COLUMNS, (low, high), weights=v)
        self._at = (edges[:-1] + edges[1:]) / 2
        self._heights = counts * weight / width
        middles = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        share = (self._at - low) / self.depth_mm
        central = (np.abs(share - 0.5) <= CENTRAL_SHARE / 2) & (counts > 0)
        self._share = share
        self.mean_mm = float(self._heights[central].mean())
        line = [np.polyfit(self._at[central], (middles + s * self._heights / 2)[central], 1)[0] for s in (1, -1)]
        self.upper, self.lower = (float(np.arctan(slope)) for slope in line)

    def height(self, share: float) -> float:
        """Return the height about a share of the depth, from the back: the mean of a tenth of the depth."""
        return float(self._heights[np.abs(self._share - share) <= 0.05 + 1e-9].mean())
