"""Voxel grids: shape and affine, in RAS millimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mri.errors import ImageError

DEFAULT_TOLERANCE_MM = 0.01
"""How far the corners of two grids may lie apart and still be one grid.

NIfTI keeps a qform as 32-bit quaternions: at 300 mm from the origin that costs about 0.001 mm. A shift that a person
could see or a measure could feel is far above 0.01 mm.
"""

MAX_AXIS_COSINE = 0.02
"""Largest cosine between two voxel axes (about 1.1 degrees): every distance here is taken along perpendicular axes."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The voxel grid of an image.

    Parameters
    ----------
    shape : tuple of int, (I, J, K)
        Number of voxels along each array axis.
    affine : numpy.ndarray of float64, shape (4, 4)
        Voxel index (i, j, k) to world RAS in mm. A read-only copy is kept.

    Raises
    ------
    ImageError
        ``bad-affine`` where a number is not finite, the last row is not (0, 0, 0, 1), the axes don't span space or are
        not perpendicular; ``not-3d`` where the shape is not three positive numbers.

    Notes
    -----
    Two grids are compared with :meth:`same_as`; ``==`` is identity, since affines carry rounding.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]

    def __post_init__(self) -> None:
        shape = tuple(int(n) for n in self.shape)
        if len(shape) != 3 or any(n < 1 for n in shape):
            raise ImageError(f"A grid needs three positive sizes (I, J, K); {shape} came.", "not-3d")
        affine = np.array(self.affine, dtype=np.float64)
        _check_affine(affine)
        affine.setflags(write=False)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "affine", affine)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Voxel size along i, j, k in mm: the length of each affine column."""
        i, j, k = (float(v) for v in np.linalg.norm(self.affine[:3, :3], axis=0))
        return (i, j, k)

    @property
    def orientation(self) -> str:
        """The world direction nearest to each array axis, such as ``"PSR"``: i runs to posterior, j up, k right."""
        return "".join(str(code) for code in nib.orientations.aff2axcodes(self.affine))

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of a voxel in mm3: the absolute determinant of the affine's 3 x 3 part."""
        return float(abs(np.linalg.det(self.affine[:3, :3])))

    @property
    def size(self) -> int:
        """Number of voxels."""
        i, j, k = self.shape
        return i * j * k

    def distance_mm(self, other: Grid) -> float | None:
        """Return how far apart the two grids put their corner voxels at most, in mm.

        Parameters
        ----------
        other : Grid
            The grid to compare with.

        Returns
        -------
        float or None
            The largest distance over the eight corner voxels; None where the shapes differ, since then no voxel of one
            corresponds to a voxel of the other.
        """
        if self.shape != other.shape:
            return None
        corners = np.array([[*c, 1.0] for c in product(*((0, n - 1) for n in self.shape))])
        shifts = (corners @ (self.affine - other.affine).T)[:, :3]
        return float(np.linalg.norm(shifts, axis=1).max())

    def same_as(self, other: Grid, tolerance_mm: float = DEFAULT_TOLERANCE_MM) -> bool:
        """Tell whether both grids put every voxel at the same place.

        Parameters
        ----------
        other : Grid
            The grid to compare with.
        tolerance_mm : float, default 0.01
            How far a corner voxel may lie off.

        Returns
        -------
        bool
            True where the shapes are equal and no voxel is further off than the tolerance.
        """
        distance = self.distance_mm(other)
        return distance is not None and distance <= tolerance_mm

    def describe(self) -> str:
        """Return shape, spacing, orientation and origin in one phrase, for messages."""
        shape = "x".join(str(n) for n in self.shape)
        spacing = "x".join(f"{s:.4g}" for s in self.spacing_mm)
        origin = ", ".join(f"{o:.2f}" for o in self.affine[:3, 3])
        return f"{shape} voxels of {spacing} mm, {self.orientation}, first voxel at RAS ({origin}) mm"

    def ras_from_ijk(self, points_ijk: ArrayLike) -> NDArray[np.float64]:
        """Map voxel indices, shape (..., 3), to world RAS in mm, shape (..., 3)."""
        points = np.asarray(points_ijk, dtype=np.float64)
        return np.asarray(points @ self.affine[:3, :3].T + self.affine[:3, 3], dtype=np.float64)

    def ijk_from_ras(self, points_ras_mm: ArrayLike) -> NDArray[np.float64]:
        """Map world RAS in mm, shape (..., 3), to voxel indices (not rounded), shape (..., 3)."""
        points = np.asarray(points_ras_mm, dtype=np.float64) - self.affine[:3, 3]
        return np.asarray(points @ np.linalg.inv(self.affine[:3, :3]).T, dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return ``{"shape": [I, J, K], "affine": [[...], ...]}``; every float64 survives JSON unchanged."""
        return {"shape": list(self.shape), "affine": self.affine.tolist()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Grid:
        """Build the grid that :meth:`to_json` described."""
        i, j, k = stored["shape"]
        return cls((int(i), int(j), int(k)), np.array(stored["affine"], dtype=np.float64))


def _check_affine(affine: NDArray[np.float64]) -> None:
    if affine.shape != (4, 4):
        raise ImageError(f"An affine has shape (4, 4); {affine.shape} came.", "bad-affine")
    if not np.isfinite(affine).all():
        raise ImageError(
            "The affine holds NaN or infinite numbers, so no voxel has a place; write the file again with a valid "
            "sform or qform.",
            "bad-affine",
        )
    if not np.allclose(affine[3], (0.0, 0.0, 0.0, 1.0), atol=1e-6):
        raise ImageError(f"The last row of an affine is 0 0 0 1; {affine[3].tolist()} came.", "bad-affine")
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if (lengths < 1e-6).any() or abs(np.linalg.det(affine[:3, :3] / np.maximum(lengths, 1e-12))) < 1e-3:
        raise ImageError(
            "The affine is singular: its three voxel axes don't span space; write the file again with a valid sform "
            "or qform.",
            "bad-affine",
        )
    axes = affine[:3, :3] / lengths
    cosine = float(np.abs(axes.T @ axes - np.eye(3)).max())
    if cosine > MAX_AXIS_COSINE:
        angle = float(np.degrees(np.arccos(min(cosine, 1.0))))
        raise ImageError(
            f"The affine is sheared (two voxel axes meet at {angle:.1f} degrees instead of 90), so distances along its "
            "axes would be wrong; resample the image to a grid with perpendicular axes.",
            "bad-affine",
        )
