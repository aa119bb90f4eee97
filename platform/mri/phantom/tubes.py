"""Bent tubes with real tensor signal: nerves whose axis, and the fibre direction at every point, are known exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable
from mri.geometry import Grid

ISOTROPIC = 1.0e-3
"""Diffusivity of what lies around the tubes, mm2/s."""


@dataclass(frozen=True, eq=False)
class BentTube:
    """A tube along an arc of a circle.

    Attributes
    ----------
    centre_ras_mm : numpy.ndarray, shape (3,)
        Centre of the circle.
    start, turn : numpy.ndarray, shape (3,)
        Orthonormal vectors in world RAS: from the centre to the arc's first point, and the direction of the tube there.
    bend_mm : float
        Radius of the circle.
    angle_rad : float
        How far the arc goes, at most pi.
    radius_mm : float
        Of the tube.
    eigenvalues : tuple of float
        Along and across the fibres, mm2/s; the two across are equal.
    """

    centre_ras_mm: NDArray[np.float64]
    start: NDArray[np.float64]
    turn: NDArray[np.float64]
    bend_mm: float
    angle_rad: float
    radius_mm: float
    eigenvalues: tuple[float, float] = (1.7e-3, 0.4e-3)

    @property
    def fa(self) -> float:
        """Fractional anisotropy of the fibres."""
        along, across = self.eigenvalues
        return float((along - across) / np.sqrt(along**2 + 2 * across**2))

    @property
    def md(self) -> float:
        """Mean diffusivity of the fibres, mm2/s."""
        return (self.eigenvalues[0] + 2 * self.eigenvalues[1]) / 3.0

    @property
    def length_mm(self) -> float:
        """Length of the axis."""
        return self.bend_mm * self.angle_rad

    def axis(self, points: int) -> NDArray[np.float64]:
        """Return points of the axis, equally apart, in RAS mm, shape (points, 3)."""
        angles = np.linspace(0.0, self.angle_rad, points)[:, None]
        return np.asarray(
            self.centre_ras_mm + self.bend_mm * (np.cos(angles) * self.start + np.sin(angles) * self.turn)
        )

    def distance_mm(self, points_ras_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of points, shape (..., 3), to the axis; the ends are round."""
        offset = points_ras_mm - self.centre_ras_mm
        x, y = offset @ self.start, offset @ self.turn
        out_of_plane = offset @ np.cross(self.start, self.turn)
        angle = np.arctan2(y, x)
        # Past the far end the nearer one of the two ends counts.
        angle = np.where(angle < self.angle_rad / 2 - np.pi, angle + 2 * np.pi, angle)
        nearest = np.clip(angle, 0.0, self.angle_rad)
        in_plane = np.hypot(x - self.bend_mm * np.cos(nearest), y - self.bend_mm * np.sin(nearest))
        return np.asarray(np.hypot(in_plane, out_of_plane))

    def directions(self, points_ras_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the fibre direction at points, shape (..., 3): the tangent of the circle through them."""
        offset = points_ras_mm - self.centre_ras_mm
        x, y = offset @ self.start, offset @ self.turn
        length = np.maximum(np.hypot(x, y), 1e-9)
        return np.asarray((-y / length)[..., None] * self.start + (x / length)[..., None] * self.turn)


@dataclass(frozen=True, eq=False)
class TubePhantom:
    """A diffusion image of tubes, and its truth.

    Attributes
    ----------
    voxels : numpy.ndarray of float32, shape (I, J, K, N)
        Signal.
    labels : numpy.ndarray of uint8, shape (I, J, K)
        1, 2 ... where a voxel's centre lies in a tube.
    grid, table, tubes
        What it was made of.
    """

    voxels: NDArray[np.float32]
    labels: NDArray[np.uint8]
    grid: Grid
    table: GradientTable
    tubes: tuple[BentTube, ...]


def bent_tube(grid: Grid, *, bend_mm: float, angle_deg: float, radius_mm: float, side: float = 0.0) -> BentTube:
    """Lay a tube into the middle of a grid: it comes down, and bends to the front and to its side.

    Parameters
    ----------
    grid : Grid
        In its middle (in world space) the arc has its middle.
    bend_mm, angle_deg, radius_mm : float
        Of the arc and of the tube.
    side : float, default 0
        Offset to the right in mm (negative: to the left); the bend goes to the same side.
    """
    middle = grid.ras_from_ijk((np.array(grid.shape) - 1) / 2.0)
    outward = np.array([np.sign(side) * 0.5 if side else 0.3, 1.0, 0.0])
    outward /= np.linalg.norm(outward)
    down = np.array([0.0, 0.0, -1.0])
    half = np.radians(angle_deg) / 2.0
    # The arc's middle runs along `down`; its circle lies in the plane of down and outward.
    start = np.cos(half) * -outward - np.sin(half) * down
    turn = np.sin(half) * -outward + np.cos(half) * down
    centre = middle + np.array([side, 0.0, 0.0]) + bend_mm * outward
    return BentTube(centre, start, turn, bend_mm, 2 * half, radius_mm)


def tube_phantom(
    grid: Grid,
    table: GradientTable,
    tubes: tuple[BentTube, ...],
    *,
    signal: float = 1000.0,
    noise: float = 0.0,
    seed: int = 0,
) -> TubePhantom:
    """Make the diffusion image of tubes in an isotropic surrounding.

    Parameters
    ----------
    grid, table : Grid, GradientTable
        Where, and how it is measured.
    tubes : tuple of BentTube
        The nerves; the first one has label 1.
    signal : float
        At b = 0 within a tube; the surrounding has 0.6 of it.
    noise : float, default 0
        Standard deviation of the noise of each of the two channels: the magnitude is Rician.
    seed : int
        The same arguments give the same bytes.
    """
    places = grid.ras_from_ijk(np.moveaxis(np.indices(grid.shape), 0, -1))
    labels = np.zeros(grid.shape, np.uint8)
    diffusivity = np.full((*grid.shape, table.frames), ISOTROPIC)
    gradients = table.ras_directions(grid)
    for value, tube in enumerate(tubes, start=1):
        inside = tube.distance_mm(places) <= tube.radius_mm
        labels[inside] = value
        along, across = tube.eigenvalues
        cosines = tube.directions(places[inside]) @ gradients.T
        diffusivity[inside] = across + (along - across) * cosines**2
    level = np.where(labels > 0, signal, 0.6 * signal)[..., None]
    voxels = level * np.exp(-table.b_values * diffusivity)
    if noise > 0.0:
        rng = np.random.default_rng(seed)
        voxels = np.hypot(voxels + rng.normal(0, noise, voxels.shape), rng.normal(0, noise, voxels.shape))
    return TubePhantom(voxels.astype(np.float32), labels, grid, table, tubes)


def spread_directions(count: int) -> NDArray[np.float64]:
    """Return unit vectors spread evenly over half a sphere (a Fibonacci spiral), shape (count, 3)."""
    n = np.arange(count)
    z = (n + 0.5) / count
    turn = np.pi * (1.0 + np.sqrt(5.0)) * n
    ring = np.sqrt(1.0 - z**2)
    return np.column_stack([ring * np.cos(turn), ring * np.sin(turn), z])


def spread_table(directions: int, b_value: float, b0_frames: int = 2) -> GradientTable:
    """Return a single-shell gradient table with evenly spread directions."""
    vectors = np.vstack([np.zeros((b0_frames, 3)), spread_directions(directions)])
    return GradientTable(np.array([0.0] * b0_frames + [b_value] * directions), vectors)
