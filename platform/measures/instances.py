"""Detection: which connected pieces of a reference a candidate has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, optimize

from measures.overlap import BOTH_EMPTY, CANDIDATE_EMPTY, REFERENCE_EMPTY
from measures.result import Measure, undefined


@dataclass(frozen=True)
class Detection:
    """Pieces found, missed and made up.

    Attributes
    ----------
    found, missed, extra : int
        Pieces of the reference with and without a match, and of the candidate without one.
    matches : tuple of (int, int, float)
        Piece of the reference, piece of the candidate (both from 1, in scan order), and their Jaccard index.
    f1, precision, recall : Measure
        Undefined where there is nothing to divide by.
    """

    found: int
    missed: int
    extra: int
    matches: tuple[tuple[int, int, float], ...]
    f1: Measure
    precision: Measure
    recall: Measure


def detect_instances(reference: NDArray[Any], candidate: NDArray[Any], least_jaccard: float = 0.5) -> Detection:
    """Match the connected pieces of two masks.

    Parameters
    ----------
    reference, candidate : numpy.ndarray, one shape
        Non-zero is inside; voxels that touch by a corner are connected. Not modified.
    least_jaccard : float, default 0.5
        Jaccard index from which two pieces match, above 0 and at most 1.

    Returns
    -------
    Detection

    Raises
    ------
    ValueError
        For shapes that differ or a bound outside its range.

    Notes
    -----
    Each piece matches at most one other: the matching with the largest sum of Jaccard indices is taken.
    ``F1 = 2 found / (2 found + missed + extra)``.

    References
    ----------
    Maier-Hein et al. 2024 (Metrics reloaded), doi:10.1038/s41592-023-02151-z.
    """
    if reference.shape != candidate.shape:
        raise ValueError(f"Two masks of one shape are compared; {reference.shape} and {candidate.shape} came.")
    if not 0 < least_jaccard <= 1:
        raise ValueError(f"Pieces match from a Jaccard index above 0 and at most 1; {least_jaccard} came.")
    pieces_r, n_r = _pieces(reference)
    pieces_c, n_c = _pieces(candidate)
    matches = _matches(pieces_r, n_r, pieces_c, n_c, least_jaccard) if n_r and n_c else ()
    found = len(matches)
    missed, extra = n_r - found, n_c - found
    empty = BOTH_EMPTY if n_r == n_c == 0 else None
    return Detection(
        found,
        missed,
        extra,
        matches,
        undefined(BOTH_EMPTY) if empty else Measure(2 * found / (n_r + n_c)),
        undefined(empty or CANDIDATE_EMPTY) if n_c == 0 else Measure(found / n_c),
        undefined(empty or REFERENCE_EMPTY) if n_r == 0 else Measure(found / n_r),
    )


def _pieces(mask: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    inside = np.asarray(mask) != 0
    pieces, n = ndimage.label(inside, structure=np.ones((3,) * inside.ndim))
    return np.asarray(pieces, dtype=np.int64), int(n)


def _matches(
    reference: NDArray[np.int64], n_r: int, candidate: NDArray[np.int64], n_c: int, least: float
) -> tuple[tuple[int, int, float], ...]:
    both = (reference > 0) & (candidate > 0)
    joint = np.zeros((n_r, n_c))
    np.add.at(joint, (reference[both] - 1, candidate[both] - 1), 1)
    sizes_r = np.bincount(reference.ravel(), minlength=n_r + 1)[1:]
    sizes_c = np.bincount(candidate.ravel(), minlength=n_c + 1)[1:]
    jaccard = joint / (sizes_r[:, None] + sizes_c[None, :] - joint)
    allowed = np.where(jaccard >= least, jaccard, 0.0)
    rows, columns = optimize.linear_sum_assignment(allowed, maximize=True)
    return tuple(
        (int(r) + 1, int(c) + 1, float(jaccard[r, c])) for r, c in zip(rows, columns, strict=True) if allowed[r, c] > 0
    )
