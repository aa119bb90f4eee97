"""A consensus of several raters' label maps, each rater against the others', and where they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from measures.compare import Comparison, compare_label_maps
from measures.pairs import checked_maps
from measures.staple import staple

Method = Literal["majority", "staple"]


@dataclass(frozen=True)
class Performance:
    """How well a rater knows a label, as STAPLE estimates it on the whole grid."""

    sensitivity: float
    specificity: float


@dataclass(frozen=True, eq=False)
class Consensus:
    """What several raters agree on.

    Attributes
    ----------
    labels : numpy.ndarray of uint16, shape (I, J, K)
        The consensus.
    method : {"majority", "staple"}
        How it was made.
    threshold : float or None
        Probability from which STAPLE takes a label; None for the majority.
    raters : tuple of str
        Whose.
    undecided_voxels : int
        Majority: voxels in which no value has more than half of the raters. STAPLE: voxels for which two labels are
        equally likely. They are background, and the lower label.
    performance : dict of int to dict of str to Performance
        STAPLE: label to rater to performance. Empty for the majority.
    not_converged : tuple of int
        Labels for which STAPLE had not settled after its last round.
    """

    labels: NDArray[np.uint16]
    method: Method
    threshold: float | None
    raters: tuple[str, ...]
    undecided_voxels: int
    performance: dict[int, dict[str, Performance]]
    not_converged: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Disagreement:
    """Where raters differ.

    Attributes
    ----------
    dissenters : numpy.ndarray of uint8, shape (I, J, K)
        Raters who don't have the voxel's most common value (background is a value).
    entropy_bits : numpy.ndarray of float32, shape (I, J, K)
        Shannon entropy of the values given.
    voxels : int
        Voxels with any disagreement.
    labelled_voxels : int
        Voxels that any rater labelled.
    """

    dissenters: NDArray[np.uint8]
    entropy_bits: NDArray[np.float32]
    voxels: int
    labelled_voxels: int


def consensus(maps: Mapping[str, NDArray[Any]], method: Method = "staple", threshold: float = 0.5) -> Consensus:
    """Make the consensus of two or more raters.

    Parameters
    ----------
    maps : mapping of rater to numpy.ndarray of an integer dtype, shape (I, J, K)
        Label maps on one grid, values 0 ... 65535. Not modified.
    method : {"staple", "majority"}, default "staple"
        Majority: the value (background is one) that more than half of the raters gave. STAPLE: each label alone, over
        the labels present in any map; a voxel takes the most likely label whose probability reaches the threshold.
    threshold : float, default 0.5
        For STAPLE, above 0 and at most 1.

    Returns
    -------
    Consensus

    Raises
    ------
    ValueError
        For fewer than two raters, maps that don't fit, values out of range, another method or threshold.

    Notes
    -----
    A voxel that no rater labelled stays background. STAPLE judges specificity and prior on the whole grid, as ITK does:
    the same maps in a smaller field of view can give another consensus. Where raters hardly overlap it may trust one of
    them alone: look at ``performance``. With two raters the majority is what both have.

    References
    ----------
    Warfield, Zou and Wells 2004, doi:10.1109/TMI.2004.828354.
    """
    if method not in ("majority", "staple"):
        raise ValueError(f"The method is majority or staple; {method!r} came.")
    if not 0 < threshold <= 1:
        raise ValueError(f"The threshold lies above 0 and at most at 1; {threshold} came.")
    if len(maps) < 2:
        raise ValueError(f"A consensus needs at least two raters; {len(maps)} came.")
    arrays = checked_maps(maps)
    raters = tuple(arrays)
    shape = arrays[raters[0]].shape
    where, given = _labelled(list(arrays.values()))
    result = np.zeros(shape, dtype=np.uint16)
    if method == "majority":
        values, undecided = _majority(given)
        result.ravel()[where] = values
        return Consensus(result, method, None, raters, undecided, {}, ())
    values, undecided, performance, unsettled = _staple_labels(given, result.size, raters, threshold)
    result.ravel()[where] = values
    return Consensus(result, method, threshold, raters, undecided, performance, unsettled)


def against_others(
    maps: Mapping[str, NDArray[Any]],
    spacing_mm: Sequence[float],
    method: Method = "staple",
    threshold: float = 0.5,
    labels: Iterable[int] | None = None,
    tolerance_mm: float = 1.0,
) -> dict[str, Comparison]:
    """Compare each rater with the consensus of the others, in which the rater has no say.

    Parameters
    ----------
    maps, method, threshold
        As for :func:`consensus`; three raters at least.
    spacing_mm, labels, tolerance_mm
        As for :func:`measures.compare.compare_label_maps`.

    Returns
    -------
    dict of str to Comparison
        Rater to comparison; the consensus is the reference.

    Raises
    ------
    ValueError
        For fewer than three raters, and what the two functions raise.
    """
    if len(maps) < 3:
        raise ValueError(
            f"Three raters are needed, so that others have a consensus; {len(maps)} came. Compare the two."
        )
    wanted = None if labels is None else list(labels)
    compared = {}
    for rater, own in maps.items():
        others = consensus({r: m for r, m in maps.items() if r != rater}, method, threshold)
        compared[rater] = compare_label_maps(others.labels, own, spacing_mm, wanted, tolerance_mm)
    return compared


def disagreement(maps: Mapping[str, NDArray[Any]]) -> Disagreement:
    """Map where two or more raters differ; parameters as for :func:`consensus`."""
    if len(maps) < 2:
        raise ValueError(f"At least two raters can differ; {len(maps)} came.")
    arrays = checked_maps(maps)
    shape = next(iter(arrays.values())).shape
    where, given = _labelled(list(arrays.values()))
    dissenters, entropy = np.zeros(shape, dtype=np.uint8), np.zeros(shape, dtype=np.float32)
    votes = _votes(given)
    k = given.shape[0]
    dissenters.ravel()[where] = np.minimum(k - votes.max(axis=0), 255)
    # Each rater carries log2 of the share of raters with the same value.
    entropy.ravel()[where] = np.abs(np.log2(votes / k).mean(axis=0))
    return Disagreement(dissenters, entropy, int(np.count_nonzero(dissenters)), where.size)


def _labelled(arrays: list[NDArray[Any]]) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
    """Return the flat places that any map labels, and every map's values there, shape (k, m)."""
    anyone = np.zeros(arrays[0].shape, dtype=np.bool_)
    for array in arrays:
        if array.size and (int(array.min()) < 0 or int(array.max()) > np.iinfo(np.uint16).max):
            raise ValueError(f"Labels lie from 0 to 65535; {int(array.min())} to {int(array.max())} came.")
        anyone |= array != 0
    where = np.flatnonzero(anyone)
    return where, np.stack([np.asarray(a[anyone], dtype=np.uint16) for a in arrays])


def _votes(given: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Return for each rater and place how many raters have that rater's value."""
    return np.stack([(given == own).sum(axis=0, dtype=np.int64) for own in given])


def _majority(given: NDArray[np.uint16]) -> tuple[NDArray[np.uint16], int]:
    votes = _votes(given)
    leader = votes.argmax(axis=0)
    places = np.arange(given.shape[1])
    decided = 2 * votes[leader, places] > given.shape[0]
    values = np.where(decided, given[leader, places], 0).astype(np.uint16)
    return values, int(np.count_nonzero(~decided))


def _staple_labels(
    given: NDArray[np.uint16], grid_voxels: int, raters: tuple[str, ...], threshold: float
) -> tuple[NDArray[np.uint16], int, dict[int, dict[str, Performance]], tuple[int, ...]]:
    best, values = np.zeros(given.shape[1]), np.zeros(given.shape[1], dtype=np.uint16)
    tied = np.zeros(given.shape[1], dtype=np.bool_)
    performance, unsettled = {}, []
    for value in (int(v) for v in np.unique(given) if v != 0):
        mine = given == value
        place = np.flatnonzero(mine.any(axis=0))
        patterns, inverse, counts = _patterns(mine[:, place])
        with_empty = np.vstack([patterns, np.zeros((1, len(raters)), dtype=np.bool_)])
        found = staple(with_empty, np.append(counts, grid_voxels - place.size))
        probability = found.probability[:-1][inverse]
        enough = probability >= threshold
        better = enough & (probability > best[place])
        tied[place] = (tied[place] & ~better) | (enough & (probability == best[place]))
        values[place[better]], best[place[better]] = value, probability[better]
        performance[value] = {
            rater: Performance(float(p), float(q))
            for rater, p, q in zip(raters, found.sensitivity, found.specificity, strict=True)
        }
        if not found.converged:
            unsettled.append(value)
    return values, int(np.count_nonzero(tied)), performance, tuple(unsettled)


def _patterns(votes: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.int64]]:
    """Return each pattern of votes once, the pattern of each place, and how often each occurs."""
    # Eight raters to a byte: equal patterns are equal strings of bytes, which sort faster than rows of bools.
    packed = np.ascontiguousarray(np.packbits(votes, axis=0).T)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel() if packed.shape[1] > 1 else packed.ravel()
    _, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    return votes[:, first].T, np.asarray(inverse, dtype=np.intp).ravel(), np.asarray(counts, dtype=np.int64)
