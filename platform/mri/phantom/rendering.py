"""From anatomy to voxels: partial volume by supersampling, receive field and noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mri.geometry import Grid
from mri.labels import LabelMap
from mri.phantom.sampling import Points, subvoxel_offsets, voxel_points

Classify = Callable[[Points, Points, Points], NDArray[np.uint8]]
"""Takes x, y, z of points in mm in the subject's own RAS frame, shape (N,); gives the class of each."""

_SLAB = 60_000


def class_shares(
    grid: Grid, centre_ras_mm: tuple[float, float, float], classify: Classify, classes: int, finest_mm: float
) -> Points:
    """Return which share of every voxel each class fills.

    Parameters
    ----------
    grid : Grid
        Any orientation, oblique ones too.
    centre_ras_mm : tuple of float
        Origin of the subject's frame in world RAS; the frame's axes are the world's.
    classify : callable
        The anatomy.
    classes : int
        Number of classes; ``classify`` gives 0 to ``classes - 1``.
    finest_mm : float
        A voxel is sampled about once per cube of this edge; see :func:`mri.phantom.sampling.subvoxel_offsets`.

    Returns
    -------
    numpy.ndarray of float32, shape (classes, I, J, K)
        Sums to 1 in every voxel.

    Notes
    -----
    A voxel whose centre and whose 26 neighbours' centres are all of one class is taken as that class alone, and not
    sampled further: only what is thinner than a voxel could be missed by it.
    """
    x, y, z = (axis.ravel() for axis in voxel_points(grid, centre_ras_mm))
    at_centre = np.concatenate(
        [classify(x[n : n + _SLAB], y[n : n + _SLAB], z[n : n + _SLAB]) for n in range(0, grid.size, _SLAB)]
    )
    shares = np.zeros((classes, grid.size), dtype=np.float32)
    shares[at_centre, np.arange(grid.size)] = 1.0
    classed = at_centre.reshape(grid.shape)
    mixed = ndimage.maximum_filter(classed, 3) != ndimage.minimum_filter(classed, 3)
    edge = np.flatnonzero(mixed)
    offsets = subvoxel_offsets(grid, finest_mm)
    for start in range(0, edge.size, _SLAB):
        at = edge[start : start + _SLAB]
        counts = np.zeros((classes, at.size), dtype=np.uint8)
        rows = np.arange(at.size)
        for dx, dy, dz in offsets:
            # Each row occurs once, so fancy indexing counts each point once.
            counts[classify(x[at] + dx, y[at] + dy, z[at] + dz), rows] += 1
        shares[:, at] = counts / np.float32(len(offsets))
    return shares.reshape(classes, *grid.shape)


def majority_labels(shares: Points, values: Sequence[int], grid: Grid) -> LabelMap:
    """Label the voxels that labelled classes fill by half or more, with the class that fills most.

    Parameters
    ----------
    shares : numpy.ndarray of float32, shape (classes, I, J, K)
        As from :func:`class_shares`.
    values : sequence of int
        Label value of every class, 0 for a class without a label.
    grid : Grid
        Of the voxels.
    """
    labelled = [n for n, value in enumerate(values) if value]
    best = np.array([values[n] for n in labelled], dtype=np.uint8)[shares[labelled].argmax(axis=0)]
    best[shares[labelled].sum(axis=0) < 0.5] = 0
    return LabelMap(best, grid)


def receive_field(
    grid: Grid, centre_ras_mm: tuple[float, float, float], strength: float, rng: np.random.Generator
) -> Points:
    """Return a smooth positive field, shape (I, J, K): coils lie behind, so it falls off forwards."""
    x, y, z = (axis / np.float32(80.0) for axis in voxel_points(grid, centre_ras_mm))
    a, b, c = rng.normal(0.0, 0.35, 3)
    return np.asarray(np.exp(strength * ((0.3 * a - 0.8) * y + b * x + c * z - 0.5 * z**2)), dtype=np.float32)


def rician(signal: Points, sigma: float, rng: np.random.Generator) -> Points:
    """Return the magnitude of a signal with normal noise of SD ``sigma`` in both of its channels."""
    if sigma == 0.0:
        return signal.astype(np.float32)
    real = signal + np.float32(sigma) * rng.standard_normal(signal.shape, dtype=np.float32)
    imaginary = np.float32(sigma) * rng.standard_normal(signal.shape, dtype=np.float32)
    return np.asarray(np.hypot(real, imaginary), dtype=np.float32)


def as_stored(signal: Points) -> NDArray[np.int16]:
    """Round a magnitude image as scanners do."""
    return np.asarray(np.rint(signal).clip(0, 32767), dtype=np.int16)
