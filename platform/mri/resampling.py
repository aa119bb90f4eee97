"""An image on the grid of another one: linear for images, nearest for labels."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mri.geometry import Grid

Interpolation = Literal["linear", "nearest"]

VERSION = 1
"""Goes into the key of what is kept: a change of the numbers below is a new version."""

_EDGE = 1e-6


def resample(
    voxels: NDArray[Any], source: Grid, target: Grid, interpolation: Interpolation, *, outside: float = 0.0
) -> NDArray[Any]:
    """Sample an image at the voxel centres of another grid.

    Parameters
    ----------
    voxels : numpy.ndarray, shape (I, J, K) or (I, J, K, components)
        The image. Several components, such as colours, are sampled one by one.
    source, target : Grid
        Where its voxels lie, and where they are wanted.
    interpolation : {"linear", "nearest"}
        Linear for images; nearest is the only way for labels, whose values mean nothing in between.
    outside : float, default 0
        The value of voxels whose centre lies beyond the outermost voxel centres by more than half a voxel. Within that
        half voxel the outermost value holds, as in SimpleITK.

    Returns
    -------
    numpy.ndarray, shape target.shape[, components]
        In the dtype that came; whole numbers are rounded to the nearest after linear interpolation.

    Notes
    -----
    No smoothing comes first: where the target is much coarser, it samples and does not average.
    """
    if voxels.ndim == 4:
        parts = [
            resample(voxels[..., n], source, target, interpolation, outside=outside) for n in range(voxels.shape[3])
        ]
        return np.stack(parts, axis=-1)
    if source.same_as(target):
        return np.array(voxels)
    to_source = np.linalg.inv(source.affine) @ target.affine
    working: NDArray[Any] = voxels
    if interpolation == "linear":
        working = voxels.astype(np.float64 if voxels.itemsize > 4 else np.float32)
    sampled: NDArray[Any] = ndimage.affine_transform(
        working,
        _without_dust(to_source[:3, :3]),
        offset=to_source[:3, 3],
        output_shape=target.shape,
        order=1 if interpolation == "linear" else 0,
        mode="nearest",
        prefilter=False,
    )
    sampled[~_inside(to_source, source.shape, target.shape)] = outside
    if interpolation == "linear" and voxels.dtype.kind in "iu":
        limits = np.iinfo(voxels.dtype)
        sampled = np.clip(np.rint(sampled), limits.min, limits.max)
    return sampled.astype(voxels.dtype, copy=False)


def _without_dust(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    # Rounding in affines would keep scipy from its fast path for axes that run along one another.
    return np.where(np.abs(matrix) < 1e-9, 0.0, matrix)


def _inside(
    to_source: NDArray[np.float64], source: tuple[int, int, int], target: tuple[int, int, int]
) -> NDArray[np.bool_]:
    """Which voxels of the target lie within the source's voxels, edges included; shape as the target."""
    inside = np.ones(target, dtype=bool)
    i, j, k = (np.arange(n, dtype=np.float64) for n in target)
    for row, size in zip(to_source[:3], source, strict=True):
        place = row[0] * i[:, None, None] + row[1] * j[None, :, None] + row[2] * k[None, None, :] + row[3]
        inside &= (place >= -0.5 - _EDGE) & (place <= size - 0.5 + _EDGE)
    return inside
