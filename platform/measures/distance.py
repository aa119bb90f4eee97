"""Distances between the surfaces of two masks, in mm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from measures.overlap import BOTH_EMPTY, CANDIDATE_EMPTY, REFERENCE_EMPTY
from measures.result import Measure, undefined


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """Nearest distances between two surfaces.

    Attributes
    ----------
    from_reference_mm : numpy.ndarray of float64, shape (n,)
        For each surface voxel of the reference, the distance to the nearest surface voxel of the candidate.
    from_candidate_mm : numpy.ndarray of float64, shape (m,)
        The other way.
    emptiness : str or None
        Which mask is empty; a surface without a partner has no distances.
    reference_size, candidate_size : int
        Number of surface voxels.
    """

    from_reference_mm: NDArray[np.float64]
    from_candidate_mm: NDArray[np.float64]
    emptiness: str | None
    reference_size: int
    candidate_size: int


@dataclass(frozen=True, eq=False)
class SurfaceField:
    """A mask's surface, and how far every voxel of the array lies from it.

    Attributes
    ----------
    edge : numpy.ndarray of intp, shape (n,)
        Flat (C order) indices of the surface voxels.
    distance_mm : numpy.ndarray of float64, shape (voxels,)
        Distance of each voxel, flat, to the nearest surface voxel; empty where the mask is.
    """

    edge: NDArray[np.intp]
    distance_mm: NDArray[np.float64]


def surface(mask: NDArray[Any]) -> NDArray[np.bool_]:
    """Return a mask's surface: its voxels with a face neighbour outside.

    Parameters
    ----------
    mask : numpy.ndarray, any dimension
        Non-zero is inside. What lies beyond the array counts as outside. Not modified.

    Returns
    -------
    numpy.ndarray of bool, the same shape
    """
    inside = np.asarray(mask) != 0
    return np.asarray(inside & ~ndimage.binary_erosion(inside, border_value=0), dtype=np.bool_)


def surface_distances(
    reference: NDArray[Any], candidate: NDArray[Any], spacing_mm: Sequence[float]
) -> SurfaceDistances:
    """Measure from each surface to the other.

    Parameters
    ----------
    reference, candidate : numpy.ndarray, one shape
        Non-zero is inside. Not modified.
    spacing_mm : sequence of float
        Voxel size along each array axis, mm; it may differ between axes.

    Returns
    -------
    SurfaceDistances

    Raises
    ------
    ValueError
        Where the shapes differ, or the spacing doesn't fit or is not positive.

    Notes
    -----
    Distances run between voxel centres and are exact (Euclidean distance transform). Time and memory grow with the box
    around both masks and not with the image.
    """
    spacing = checked_spacing(spacing_mm, reference.ndim)
    if reference.shape != candidate.shape:
        raise ValueError(f"Two masks of one shape are compared; {reference.shape} and {candidate.shape} came.")
    box = _common_box(reference, candidate)
    nothing = np.zeros(0)
    if box is None:
        return SurfaceDistances(nothing, nothing, BOTH_EMPTY, 0, 0)
    edge_r, edge_c = surface(reference[box]), surface(candidate[box])
    sizes = int(np.count_nonzero(edge_r)), int(np.count_nonzero(edge_c))
    if min(sizes) == 0:
        return SurfaceDistances(nothing, nothing, REFERENCE_EMPTY if sizes[0] == 0 else CANDIDATE_EMPTY, *sizes)
    to_candidate = ndimage.distance_transform_edt(~edge_c, sampling=spacing)[edge_r]
    to_reference = ndimage.distance_transform_edt(~edge_r, sampling=spacing)[edge_c]
    return SurfaceDistances(to_candidate, to_reference, None, *sizes)


def surface_field(mask: NDArray[Any], spacing_mm: Sequence[float]) -> SurfaceField:
    """Prepare a mask for distances to many others: its surface and distance map are made once.

    Parameters
    ----------
    mask : numpy.ndarray, any dimension
        Non-zero is inside. Not modified.
    spacing_mm : sequence of float
        Voxel size along each array axis, mm.

    Returns
    -------
    SurfaceField
    """
    edge = surface(mask)
    flat = np.flatnonzero(edge)
    if flat.size == 0:
        return SurfaceField(flat, np.zeros(0))
    distance = ndimage.distance_transform_edt(~edge, sampling=checked_spacing(spacing_mm, mask.ndim))
    return SurfaceField(flat, np.asarray(distance, dtype=np.float64).ravel())


def distances_between(reference: SurfaceField, candidate: SurfaceField) -> SurfaceDistances:
    """Return what :func:`surface_distances` gives for two masks of one array, from their fields."""
    sizes = reference.edge.size, candidate.edge.size
    if min(sizes) == 0:
        reason = BOTH_EMPTY if max(sizes) == 0 else REFERENCE_EMPTY if sizes[0] == 0 else CANDIDATE_EMPTY
        return SurfaceDistances(np.zeros(0), np.zeros(0), reason, *sizes)
    to_candidate, to_reference = candidate.distance_mm[reference.edge], reference.distance_mm[candidate.edge]
    return SurfaceDistances(to_candidate, to_reference, None, *sizes)


def hausdorff_mm(distances: SurfaceDistances) -> Measure:
    """Hausdorff distance: the largest of all nearest distances, mm; undefined where a mask is empty."""
    if distances.emptiness is not None:
        return undefined(distances.emptiness)
    return Measure(float(max(distances.from_reference_mm.max(), distances.from_candidate_mm.max())))


def hd95_mm(distances: SurfaceDistances) -> Measure:
    """95 % Hausdorff distance, mm; undefined where a mask is empty.

    Notes
    -----
    The larger of the two directed 95th percentiles (linear interpolation). Tools that pool both directions before the
    percentile give slightly smaller values.

    References
    ----------
    Maier-Hein et al. 2024 (Metrics reloaded), doi:10.1038/s41592-023-02151-z.
    """
    if distances.emptiness is not None:
        return undefined(distances.emptiness)
    directed = (np.percentile(d, 95) for d in (distances.from_reference_mm, distances.from_candidate_mm))
    return Measure(float(max(directed)))


def assd_mm(distances: SurfaceDistances) -> Measure:
    """Average symmetric surface distance, mm: the mean of both directions' distances taken together.

    Undefined where a mask is empty.
    """
    if distances.emptiness is not None:
        return undefined(distances.emptiness)
    total = float(distances.from_reference_mm.sum() + distances.from_candidate_mm.sum())
    return Measure(total / (distances.from_reference_mm.size + distances.from_candidate_mm.size))


def surface_dice(distances: SurfaceDistances, tolerance_mm: float) -> Measure:
    """Normalised surface Dice: the share of both surfaces that lies within a tolerance of the other.

    Parameters
    ----------
    distances : SurfaceDistances
        From :func:`surface_distances`.
    tolerance_mm : float
        Largest distance that counts as agreement; the bound itself counts.

    Returns
    -------
    Measure
        0 where one mask is empty (none of the other's surface is matched); undefined where both are.

    Raises
    ------
    ValueError
        For a negative tolerance.

    Notes
    -----
    Surface voxels are counted, each once, whatever area of the surface they stand for.

    References
    ----------
    Nikolov et al. 2021, doi:10.2196/26151.
    """
    if not tolerance_mm >= 0:
        raise ValueError(f"A tolerance is not negative; {tolerance_mm} mm came.")
    surface_voxels = distances.reference_size + distances.candidate_size
    if surface_voxels == 0:
        return undefined(BOTH_EMPTY)
    # Distances are square roots: 1.0000000000000002 mm is 1 mm.
    bound = tolerance_mm * (1.0 + 1e-12)
    matched = np.count_nonzero(distances.from_reference_mm <= bound)
    matched += np.count_nonzero(distances.from_candidate_mm <= bound)
    return Measure(float(matched) / surface_voxels)


def checked_spacing(spacing_mm: Sequence[float], dimensions: int) -> tuple[float, ...]:
    """Return the spacing as floats, one positive number per axis, or raise ValueError."""
    spacing = tuple(float(s) for s in spacing_mm)
    if len(spacing) != dimensions or not all(np.isfinite(s) and s > 0 for s in spacing):
        raise ValueError(f"The spacing is {dimensions} positive numbers in mm; {spacing} came.")
    return spacing


def _common_box(reference: NDArray[Any], candidate: NDArray[Any]) -> tuple[slice, ...] | None:
    either = (reference != 0) | (candidate != 0)
    if not either.any():
        return None
    box = ndimage.find_objects(either.astype(np.uint8))[0]
    return tuple(box)
