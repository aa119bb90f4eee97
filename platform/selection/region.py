"""Where uncertainty counts: the predicted foreground and its surroundings, never the background of the image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SURROUNDINGS_MM = 3.0
"""Where labels of small structures end is decided within a few millimetres of them."""

LIKELIEST_SHARE = 0.5


def surroundings(mask: NDArray[np.bool_], spacing_mm: Sequence[float], margin_mm: float) -> NDArray[np.bool_]:
    """Return the voxels whose centre lies within a distance of a voxel centre of the mask.

    Parameters
    ----------
    mask : numpy.ndarray of bool, shape (I, J, K)
        What is surrounded; it belongs to its surroundings.
    spacing_mm : sequence of float
        Voxel size along the array's axes.
    margin_mm : float
        The distance, 0 or more.

    Returns
    -------
    numpy.ndarray of bool, shape (I, J, K)
        Empty for an empty mask.

    Notes
    -----
    The distance map is made in the mask's box alone, so the time does not grow with the background.
    """
    near = np.zeros(mask.shape, dtype=bool)
    box = _box(mask, [int(np.ceil(margin_mm / side)) for side in spacing_mm])
    if box is None:
        return near
    distance = ndimage.distance_transform_edt(~mask[box], sampling=spacing_mm)
    # A voxel at exactly the distance belongs to it, whatever rounding does.
    near[box] = distance <= margin_mm * (1 + 1e-9)
    return near


def region_of_interest(
    probabilities: NDArray[np.float32], spacing_mm: Sequence[float], margin_mm: float = SURROUNDINGS_MM
) -> tuple[NDArray[np.bool_], bool]:
    """Return where the uncertainty of a prediction is summed.

    Parameters
    ----------
    probabilities : numpy.ndarray of float32, shape (classes, I, J, K)
        Class 0 is background.
    spacing_mm : sequence of float
        Voxel size along the array's axes.
    margin_mm : float
        Reach of the surroundings.

    Returns
    -------
    region : numpy.ndarray of bool, shape (I, J, K)
        The predicted foreground and its surroundings.
    located : bool
        Whether any foreground was predicted. Where none was, the likeliest places stand in for it: voxels whose
        foreground probability is at least half of the image's largest. A case in which a model misses a structure would
        else count as one that it is sure of.
    """
    foreground = probabilities.argmax(axis=0) > 0
    located = bool(foreground.any())
    if not located:
        likely = 1.0 - probabilities[0]
        largest = float(likely.max(initial=0.0))
        foreground = (likely >= LIKELIEST_SHARE * largest) & (likely > 0)
    return surroundings(foreground, spacing_mm, margin_mm), located


def _box(mask: NDArray[np.bool_], wider: Sequence[int]) -> tuple[slice, ...] | None:
    sides = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        places = np.flatnonzero(mask.any(axis=others))
        if places.size == 0:
            return None
        sides.append(slice(max(0, int(places[0]) - wider[axis]), int(places[-1]) + 1 + wider[axis]))
    return tuple(sides)
