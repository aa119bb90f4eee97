"""STAPLE of one label: the most likely truth and how well each rater knows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONVERGED = 1e-7
MOST_ITERATIONS = 10_000


@dataclass(frozen=True, eq=False)
class Staple:
    """Result of the expectation maximisation.

    Attributes
    ----------
    probability : numpy.ndarray of float64, shape (n_patterns,)
        For each pattern of votes, the probability that the label is there.
    sensitivity, specificity : numpy.ndarray of float64, shape (n_raters,)
        Estimated performance of each rater.
    iterations : int
        Number of rounds.
    converged : bool
        Whether the last round moved no number by more than 1e-7.
    """

    probability: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]
    iterations: int
    converged: bool


def staple(patterns: NDArray[np.bool_], voxels: NDArray[np.int64]) -> Staple:
    """Estimate truth and performance from the raters' votes.

    Parameters
    ----------
    patterns : numpy.ndarray of bool, shape (n_patterns, n_raters)
        Who votes for the label; each pattern once.
    voxels : numpy.ndarray of int64, shape (n_patterns,)
        Number of voxels with each pattern, those without any vote included: they set how rare the label is.

    Returns
    -------
    Staple

    Raises
    ------
    ValueError
        For fewer than two raters, or no voxel with a vote.

    Notes
    -----
    The algorithm, its start (the share of votes), its prior (mean share of labelled voxels over the raters) and its end
    are those of ITK's STAPLEImageFilter on the whole grid. Two raters don't determine a truth: where they differ the
    result hangs on the start. A voxel enters by its votes only, so voxels with equal votes are
    taken together: time grows with the number of patterns, not with the image.

    References
    ----------
    Warfield, Zou and Wells 2004, doi:10.1109/TMI.2004.828354.
    """
    votes, n = patterns.astype(np.float64), voxels.astype(np.float64)
    if votes.ndim != 2 or votes.shape[1] < 2 or votes.shape[0] != n.size:
        raise ValueError(f"Votes of two raters or more are expected; patterns of shape {patterns.shape} came.")
    prior = float((n @ votes).mean() / n.sum())
    if not prior > 0:
        raise ValueError("A label needs at least one vote.")
    weight = votes.mean(axis=1)
    before = np.full(2 * votes.shape[1], np.inf)
    for iteration in range(1, MOST_ITERATIONS + 1):
        sensitivity, specificity = _share(n * weight, votes), _share(n * (1 - weight), 1 - votes)
        there = prior * np.prod(np.where(patterns, sensitivity, 1 - sensitivity), axis=1)
        absent = (1 - prior) * np.prod(np.where(patterns, 1 - specificity, specificity), axis=1)
        total = there + absent
        weight = np.divide(there, total, out=np.zeros_like(there), where=total > 0)
        now = np.concatenate([sensitivity, specificity])
        converged = float(np.abs(now - before).max()) <= CONVERGED
        if converged or iteration == MOST_ITERATIONS:
            break
        before = now
    return Staple(weight, sensitivity, specificity, iteration, converged)


def _share(n: NDArray[np.float64], votes: NDArray[np.float64]) -> NDArray[np.float64]:
    total = float(n.sum())
    # Without a voxel of this kind nothing contradicts the rater.
    return np.asarray(n @ votes / total, dtype=np.float64) if total > 0 else np.ones(votes.shape[1])
