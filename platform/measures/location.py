"""Where a mask lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.distance import checked_spacing
from measures.overlap import BOTH_EMPTY, CANDIDATE_EMPTY, REFERENCE_EMPTY
from measures.result import Measure, undefined


def centroid_ijk(mask: NDArray[Any]) -> NDArray[np.float64] | None:
    """Return the mean voxel index of a mask (non-zero is inside), shape (dimensions,); None where it is empty."""
    inside = np.nonzero(mask)
    return None if inside[0].size == 0 else np.array([float(axis.mean()) for axis in inside])


def centroid_distance_mm(reference: NDArray[Any], candidate: NDArray[Any], spacing_mm: Sequence[float]) -> Measure:
    """Distance between the centroids of two masks, mm.

    Parameters
    ----------
    reference, candidate : numpy.ndarray, one shape
        Non-zero is inside. Not modified.
    spacing_mm : sequence of float
        Voxel size along each array axis, mm; the axes are perpendicular.

    Returns
    -------
    Measure
        Undefined where a mask is empty.

    Raises
    ------
    ValueError
        Where the shapes differ or the spacing doesn't fit.
    """
    if reference.shape != candidate.shape:
        raise ValueError(f"Two masks of one shape are compared; {reference.shape} and {candidate.shape} came.")
    spacing = checked_spacing(spacing_mm, reference.ndim)
    return between_centroids_mm(centroid_ijk(reference), centroid_ijk(candidate), spacing)


def between_centroids_mm(
    reference: NDArray[np.float64] | None, candidate: NDArray[np.float64] | None, spacing_mm: Sequence[float]
) -> Measure:
    """Return what :func:`centroid_distance_mm` gives, from two centroids of one array; None for an empty mask."""
    if reference is None or candidate is None:
        both = reference is None and candidate is None
        return undefined(BOTH_EMPTY if both else REFERENCE_EMPTY if reference is None else CANDIDATE_EMPTY)
    return Measure(float(np.linalg.norm((reference - candidate) * np.asarray(spacing_mm))))
