"""How much better one of two is on the same cases: the mean paired difference, its interval, and a rank test."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.bootstrap import SubjectDraws
from measures.comparison_tests import TwoSampleTest, wilcoxon
from measures.estimate import Estimate, not_estimated

Values = Sequence[float | None] | NDArray[np.float64]


@dataclass(frozen=True)
class PairedDifference:
    """First against second, on the pairs in which both are defined.

    Attributes
    ----------
    n, clusters : int
        Pairs used, and the subjects that they belong to.
    first_mean, second_mean : float or None
        Over the pairs used.
    difference : Estimate
        Mean of first minus second; its interval is a percentile bootstrap that draws subjects.
    test : TwoSampleTest
        Wilcoxon's signed-rank test of the subjects' mean differences.
    """

    n: int
    clusters: int
    first_mean: float | None
    second_mean: float | None
    difference: Estimate
    test: TwoSampleTest

    def to_json(self) -> dict[str, Any]:
        """Return the numbers by name."""
        return {
            "n": self.n,
            "clusters": self.clusters,
            "first_mean": self.first_mean,
            "second_mean": self.second_mean,
            "difference": self.difference.to_json(),
            "test": self.test.to_json(),
        }


def paired_difference(
    first: Values,
    second: Values,
    clusters: Sequence[Hashable],
    rng: np.random.Generator,
    *,
    resamples: int = 2000,
    level: float = 0.95,
) -> PairedDifference:
    """Compare two sets of readings of the same cases.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Paired readings, in one unit; a pair in which one is missing (None or NaN) is left out. Not modified.
    clusters : sequence of hashable, shape (n,)
        The subject of each pair.
    rng : numpy.random.Generator
        Seeded by the caller: the same seed gives the same interval.
    resamples : int, default 2000
        Of the bootstrap.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    PairedDifference
        No interval for fewer than two subjects; no p where all differences are zero.

    Raises
    ------
    ValueError
        For lengths that differ.

    Notes
    -----
    Cases of one subject are alike. The bootstrap draws whole subjects, and the rank test, which takes its differences
    for independent, gets one per subject: the mean over its cases.

    References
    ----------
    Wilcoxon 1945, doi:10.2307/3001968. Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.

    Examples
    --------
    >>> found = paired_difference([0.8, 0.9, 0.7], [0.7, 0.8, 0.6], "abc", np.random.default_rng(0))
    >>> round(found.difference.value, 3)
    0.1
    """
    a, b = (np.asarray(values, dtype=np.float64) for values in (first, second))
    if not a.shape == b.shape == (len(clusters),):
        raise ValueError(f"Pairs and their subjects are of one length; {a.shape}, {b.shape}, {len(clusters)} came.")
    complete = np.flatnonzero(~(np.isnan(a) | np.isnan(b)))
    a, b, kept = a[complete], b[complete], [clusters[int(i)] for i in complete]
    by_subject: dict[Hashable, list[float]] = {}
    for subject, gap in zip(kept, a - b, strict=True):
        by_subject.setdefault(subject, []).append(float(gap))
    means = np.array([np.mean(gaps) for gaps in by_subject.values()])
    test = wilcoxon(means, np.zeros_like(means), [str(subject) for subject in by_subject], level)
    if not kept:
        nothing = not_estimated("no case has both readings")
        return PairedDifference(0, 0, None, None, nothing, test)
    difference = SubjectDraws(kept, rng, resamples).mean(kept, a - b, level)
    return PairedDifference(len(kept), len(by_subject), float(a.mean()), float(b.mean()), difference, test)
