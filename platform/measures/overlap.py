"""How much two masks overlap, and how their volumes compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.result import Measure, undefined

BOTH_EMPTY = "reference and candidate are empty"
REFERENCE_EMPTY = "reference is empty"
CANDIDATE_EMPTY = "candidate is empty"


@dataclass(frozen=True)
class OverlapCounts:
    """Voxels of a reference mask R and a candidate mask C.

    Attributes
    ----------
    reference, candidate, both : int
        Voxels in R, in C, and in both.
    """

    reference: int
    candidate: int
    both: int

    def __post_init__(self) -> None:
        if not 0 <= self.both <= min(self.reference, self.candidate):
            raise ValueError(f"{self.both} common voxels can't lie in {self.reference} and {self.candidate} voxels.")

    @property
    def emptiness(self) -> str | None:
        """Which of the masks is empty, in words; None where neither is."""
        if self.reference == 0:
            return BOTH_EMPTY if self.candidate == 0 else REFERENCE_EMPTY
        return CANDIDATE_EMPTY if self.candidate == 0 else None


def count_overlap(reference: NDArray[Any], candidate: NDArray[Any]) -> OverlapCounts:
    """Count the voxels of two masks.

    Parameters
    ----------
    reference, candidate : numpy.ndarray, one shape
        Non-zero is inside. Not modified.

    Returns
    -------
    OverlapCounts

    Raises
    ------
    ValueError
        Where the shapes differ.
    """
    if reference.shape != candidate.shape:
        raise ValueError(f"Two masks of one shape are compared; {reference.shape} and {candidate.shape} came.")
    inside_reference, inside_candidate = reference != 0, candidate != 0
    return OverlapCounts(
        int(np.count_nonzero(inside_reference)),
        int(np.count_nonzero(inside_candidate)),
        int(np.count_nonzero(inside_reference & inside_candidate)),
    )


def dice(counts: OverlapCounts) -> Measure:
    """Dice coefficient, ``2 |R & C| / (|R| + |C|)``.

    Parameters
    ----------
    counts : OverlapCounts
        Voxels of both masks.

    Returns
    -------
    Measure
        0 where one mask is empty; undefined where both are.

    References
    ----------
    Dice 1945, doi:10.2307/1932409.

    Examples
    --------
    >>> dice(OverlapCounts(reference=4, candidate=6, both=3)).value
    0.6
    """
    return _ratio(2 * counts.both, counts.reference + counts.candidate, BOTH_EMPTY)


def jaccard(counts: OverlapCounts) -> Measure:
    """Jaccard index, ``|R & C| / |R | C|``; undefined where both masks are empty."""
    return _ratio(counts.both, counts.reference + counts.candidate - counts.both, BOTH_EMPTY)


def precision(counts: OverlapCounts) -> Measure:
    """Share of the candidate that lies in the reference, ``|R & C| / |C|``; undefined where the candidate is empty."""
    return _ratio(counts.both, counts.candidate, BOTH_EMPTY if counts.reference == 0 else CANDIDATE_EMPTY)


def recall(counts: OverlapCounts) -> Measure:
    """Share of the reference that the candidate covers, ``|R & C| / |R|``; undefined where the reference is empty."""
    return _ratio(counts.both, counts.reference, BOTH_EMPTY if counts.candidate == 0 else REFERENCE_EMPTY)


def specificity(counts: OverlapCounts, field_voxels: int) -> Measure:
    """Share of what lies outside the reference that the candidate leaves out, ``|not R & not C| / |not R|``.

    Parameters
    ----------
    counts : OverlapCounts
        Voxels of both masks.
    field_voxels : int
        Voxels of the field that both masks lie in. The larger it is, the nearer the value comes to 1: for a small
        structure on a whole image it says next to nothing.

    Returns
    -------
    Measure
        Undefined where the reference fills the field.

    Raises
    ------
    ValueError
        Where the masks have more voxels than the field.
    """
    either = counts.reference + counts.candidate - counts.both
    if field_voxels < either:
        raise ValueError(f"{either} labelled voxels can't lie in a field of {field_voxels}.")
    return _ratio(field_voxels - either, field_voxels - counts.reference, "the reference fills the field")


def volume_similarity(counts: OverlapCounts) -> Measure:
    """Likeness of the two volumes wherever they lie, ``1 - | |R| - |C| | / (|R| + |C|)``.

    Undefined where both masks are empty.

    References
    ----------
    Taha and Hanbury 2015, doi:10.1186/s12880-015-0068-x.
    """
    total = counts.reference + counts.candidate
    return _ratio(total - abs(counts.reference - counts.candidate), total, BOTH_EMPTY)


def volume_difference_percent(counts: OverlapCounts) -> Measure:
    """Candidate's volume against the reference's, ``100 (|C| - |R|) / |R|``; undefined where the reference is empty."""
    reason = BOTH_EMPTY if counts.candidate == 0 else REFERENCE_EMPTY
    return _ratio(100 * (counts.candidate - counts.reference), counts.reference, reason)


def _ratio(numerator: int, denominator: int, reason: str) -> Measure:
    return undefined(reason) if denominator == 0 else Measure(numerator / denominator)
