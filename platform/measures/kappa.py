"""Agreement beyond chance on categories: Cohen's and Fleiss's kappa, Gwet's AC1 and AC2."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from measures.categories import Weights, agreement_weights, category_counts, observed_categories
from measures.estimate import Estimate, checked_level, estimated, not_estimated, without_interval
from measures.ratings import RatingTable
from measures.summary import Dropped

ONE_CATEGORY = "only one category occurs, so agreement by chance is certain"
NO_PAIR = "no target has two ratings"


@dataclass(frozen=True)
class Agreement:
    """A chance-corrected agreement.

    Attributes
    ----------
    name : str
        Which coefficient.
    coefficient : Estimate
        ``(observed - chance) / (1 - chance)``.
    observed, chance : float or None
        Share of agreement observed, and expected by chance; None where the coefficient is undefined for want of data.
    n_targets, n_raters : int
        Targets with at least one rating that entered, and raters.
    dropped : tuple of Dropped
        Targets left out.
    """

    name: str
    coefficient: Estimate
    observed: float | None
    chance: float | None
    n_targets: int
    n_raters: int
    dropped: tuple[Dropped, ...]

    @property
    def undefined(self) -> dict[str, str]:
        """Why a share is None, where one is."""
        missing = [name for name in ("observed", "chance") if getattr(self, name) is None]
        return dict.fromkeys(missing, self.coefficient.undefined.get("value", "the coefficient is undefined"))


def cohen_kappa(
    table: RatingTable,
    weights: Weights = "identity",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Agreement:
    """Cohen's kappa of two raters, plain or weighted.

    Parameters
    ----------
    table : RatingTable
        Two raters; targets that one has not read are dropped and named.
    weights : {"identity", "linear", "quadratic"}, default "identity"
        See :func:`measures.categories.agreement_weights`.
    categories : sequence of float, optional
        The scale; by default the categories that occur.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    Agreement
        Undefined without a complete target, and where both raters only used one and the same category.

    Raises
    ------
    ValueError
        For a number of raters other than two.

    Notes
    -----
    The interval is ``kappa +- z SE`` with the large-sample standard error of Fleiss, Cohen and Everitt, not cut off at
    1. Perfect agreement has a standard error of 0, and no interval.

    References
    ----------
    Cohen 1960, doi:10.1177/001316446002000104; 1968, doi:10.1037/h0026256. Fleiss et al. 1969, doi:10.1037/h0028106.

    Examples
    --------
    >>> from measures.ratings import rating_table
    >>> cohen_kappa(rating_table([[1, 1], [2, 2], [1, 2], [2, 1]])).coefficient.value
    0.0
    """
    checked_level(level)
    if len(table.raters) != 2:
        raise ValueError(f"Cohen's kappa compares two raters; {len(table.raters)} came. Use Fleiss's kappa.")
    name = "Cohen's kappa" if weights == "identity" else f"Cohen's kappa, {weights} weights"
    kept, dropped = table.complete()
    scale = observed_categories(table, categories)
    w = agreement_weights(scale, weights)
    n = len(kept.targets)
    if n == 0:
        return Agreement(name, not_estimated("no target was read by both raters"), None, None, 0, 2, dropped)
    joint = np.zeros_like(w)
    np.add.at(joint, (np.searchsorted(scale, kept.values[:, 0]), np.searchsorted(scale, kept.values[:, 1])), 1 / n)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    observed, chance = float(np.sum(w * joint)), float(rows @ w @ columns)
    if 1 - chance < 1e-12:
        return Agreement(name, not_estimated(ONE_CATEGORY), observed, chance, n, 2, dropped)
    value = (observed - chance) / (1 - chance)
    # Mean weight of each row's category against the column rater's distribution, and the other way.
    margins = (w @ columns)[:, None] + (w.T @ rows)[None, :]
    spread = float(np.sum(joint * (w - margins * (1 - value)) ** 2)) - (value - chance * (1 - value)) ** 2
    error = math.sqrt(max(0.0, spread) / n) / (1 - chance)
    return Agreement(name, _normal(value, error, level), observed, chance, n, 2, dropped)


def fleiss_kappa(
    table: RatingTable,
    weights: Weights = "identity",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Agreement:
    """Fleiss's kappa of any number of raters, plain or weighted, missing reads allowed.

    Parameters
    ----------
    table : RatingTable
        Ratings. Targets with one rating only speak for the frequency of the categories; those without any are dropped.
    weights, categories, level
        As for :func:`cohen_kappa`.

    Returns
    -------
    Agreement
        Undefined where no target has two ratings or only one category occurs.

    Notes
    -----
    Chance agreement from the categories' mean frequencies. Interval from Gwet's variance, linearised over targets, with
    Student's t at n - 1 degrees of freedom, not cut off at 1; none for fewer than two targets or where all agree.

    References
    ----------
    Fleiss 1971, doi:10.1037/h0031619. Gwet 2008, doi:10.1348/000711006X126600; 2021, doi:10.1177/0013164420973080.
    """
    return _over_targets(table, "Fleiss's kappa", "frequency", weights, categories, level)


def gwet_ac(
    table: RatingTable,
    weights: Weights = "identity",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Agreement:
    """Gwet's AC1 (identity weights) or AC2 (other weights); parameters and missing reads as for :func:`fleiss_kappa`.

    Notes
    -----
    Chance agreement ``sum(w) sum(pi (1 - pi)) / (q (q - 1))`` over the q categories, which stays sensible where one
    category is rare. Name the ``categories``: one that nobody used counts in q. With a single category it is undefined.

    References
    ----------
    Gwet 2008, doi:10.1348/000711006X126600.
    """
    name = "Gwet's AC1" if weights == "identity" else f"Gwet's AC2, {weights} weights"
    return _over_targets(table, name, "gwet", weights, categories, level)


def _over_targets(
    table: RatingTable,
    name: str,
    by: Literal["frequency", "gwet"],
    weights: Weights,
    categories: Sequence[float] | None,
    level: float,
) -> Agreement:
    checked_level(level)
    scale = observed_categories(table, categories)
    w = agreement_weights(scale, weights)
    counts = category_counts(table, scale)
    rated = counts.sum(axis=1) > 0
    dropped = tuple(Dropped(table.targets[int(i)], "no rating") for i in np.flatnonzero(~rated))
    counts = counts[rated]
    n, k = counts.shape[0], len(table.raters)
    ratings = counts.sum(axis=1)
    paired = ratings >= 2
    if not paired.any():
        return Agreement(name, not_estimated(NO_PAIR), None, None, n, k, dropped)
    each, observed = _observed(counts, w)
    shares = counts / ratings[:, None]
    frequency = shares.mean(axis=0)
    q = scale.size
    if by == "gwet" and q < 2:
        return Agreement(name, not_estimated(ONE_CATEGORY), observed, None, n, k, dropped)
    factor = float(w.sum()) / (q * (q - 1)) if by == "gwet" else 0.0
    by_category = factor * (1 - frequency) if by == "gwet" else w @ frequency
    chance = float(frequency @ by_category)
    if 1 - chance < 1e-12:
        return Agreement(name, not_estimated(ONE_CATEGORY), observed, chance, n, k, dropped)
    value = (observed - chance) / (1 - chance)
    if n < 2:
        return Agreement(name, without_interval(value, "two targets are needed"), observed, chance, n, k, dropped)
    own = n / np.count_nonzero(paired) * np.where(paired, each - chance, 0.0) / (1 - chance)
    linear = own - 2 * (1 - value) * (shares @ by_category - chance) / (1 - chance)
    error = math.sqrt(float(np.sum((linear - value) ** 2)) / (n * (n - 1)))
    return Agreement(name, _student(value, error, n - 1, level), observed, chance, n, k, dropped)


def _observed(counts: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    ratings = counts.sum(axis=1)
    pairs = np.maximum(ratings * (ratings - 1), 1)
    each = np.sum(counts * (counts @ w - 1), axis=1) / pairs
    return each, float(each[ratings >= 2].mean())


def _student(value: float, error: float, df: int, level: float) -> Estimate:
    if error < 1e-12:
        return without_interval(value, "the standard error is zero: every target agrees alike")
    half = float(special.stdtrit(df, (1 + level) / 2)) * error
    return estimated(value, value - half, value + half, level)


def _normal(value: float, error: float, level: float) -> Estimate:
    if error < 1e-12:
        return without_interval(value, "the standard error is zero: every target agrees alike")
    half = float(special.ndtri((1 + level) / 2)) * error
    return estimated(value, value - half, value + half, level)
