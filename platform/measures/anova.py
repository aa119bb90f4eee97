"""Mean squares of a complete table of targets by raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures.ratings import RatingTable


@dataclass(frozen=True)
class Anova:
    """Two-way analysis of variance without replication, and the one-way analysis of the same table.

    Attributes
    ----------
    n_targets, n_raters : int
        Size of the complete table, both at least 2.
    mean : float
        Grand mean.
    ms_targets, ms_raters, ms_residual : float
        Mean squares between targets, between raters, and of the residual (targets x raters).
    ms_within : float
        Mean square within targets: raters and residual taken together.
    """

    n_targets: int
    n_raters: int
    mean: float
    ms_targets: float
    ms_raters: float
    ms_residual: float
    ms_within: float


def anova(table: RatingTable) -> Anova:
    """Compute the mean squares.

    Parameters
    ----------
    table : RatingTable
        Complete, at least 2 x 2.

    Returns
    -------
    Anova

    Raises
    ------
    ValueError
        For a smaller table or one with missing ratings.

    Notes
    -----
    A sum of squares that is not above the rounding of the ratings is set to 0, so that two raters who differ by a
    constant have no residual.
    """
    n, k = table.values.shape
    if n < 2 or k < 2 or np.isnan(table.values).any():
        raise ValueError(f"A complete table of at least 2 x 2 ratings is expected; {n} x {k} came.")
    mean = float(table.values.mean())
    centred = table.values - mean
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    residual = centred - rows[:, None] - columns[None, :]
    rounding = n * k * (8 * np.finfo(np.float64).eps * float(np.abs(table.values).max())) ** 2

    def square_sum(total: float) -> float:
        return total if total > rounding else 0.0

    targets = square_sum(k * float(np.sum(rows**2)))
    raters = square_sum(n * float(np.sum(columns**2)))
    rest = square_sum(float(np.sum(residual**2)))
    return Anova(
        n_targets=n,
        n_raters=k,
        mean=mean,
        ms_targets=targets / (n - 1),
        ms_raters=raters / (k - 1),
        ms_residual=rest / ((n - 1) * (k - 1)),
        ms_within=(raters + rest) / (n * (k - 1)),
    )
