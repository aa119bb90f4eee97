"""Categorical ratings, and how much a disagreement between two categories weighs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from measures.ratings import RatingTable

Weights = Literal["identity", "linear", "quadratic"]


def observed_categories(table: RatingTable, categories: Sequence[float] | None = None) -> NDArray[np.float64]:
    """Return the categories, ascending: those given, or all that occur.

    Parameters
    ----------
    table : RatingTable
        Ratings as numbers; missing ones are NaN.
    categories : sequence of float, optional
        The scale. Weighted measures depend on it: a category that nobody used still lies between its neighbours.

    Returns
    -------
    numpy.ndarray of float64, shape (q,)

    Raises
    ------
    ValueError
        Where a rating is none of the categories given.
    """
    found = np.unique(table.values[~np.isnan(table.values)])
    if categories is None:
        return found
    scale = np.unique(np.asarray(categories, dtype=np.float64))
    unknown = np.setdiff1d(found, scale)
    if unknown.size:
        raise ValueError(f"Ratings are one of {scale.tolist()}; {unknown.tolist()} came as well.")
    return scale


def category_counts(table: RatingTable, scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count each target's ratings by category.

    Parameters
    ----------
    table : RatingTable
        Ratings; missing ones count nowhere.
    scale : numpy.ndarray of float64, shape (q,)
        The categories.

    Returns
    -------
    numpy.ndarray of float64, shape (n_targets, q)
    """
    return np.asarray((table.values[:, :, None] == scale).sum(axis=1), dtype=np.float64)


def agreement_weights(scale: NDArray[np.float64], weights: Weights = "identity") -> NDArray[np.float64]:
    """Return how far each pair of categories counts as agreement.

    Parameters
    ----------
    scale : numpy.ndarray of float64, shape (q,)
        The categories, ascending.
    weights : {"identity", "linear", "quadratic"}, default "identity"
        Identity: only equal categories agree. Else 1 minus the (squared) difference of the categories' values over the
        (squared) largest one. For categories without a unit, number them 1, 2, 3.

    Returns
    -------
    numpy.ndarray of float64, shape (q, q)
        1 on the diagonal.

    Raises
    ------
    ValueError
        For other weights.
    """
    if weights not in ("identity", "linear", "quadratic"):
        raise ValueError(f"Weights are identity, linear or quadratic; {weights!r} came.")
    if weights == "identity" or scale.size < 2:
        return np.eye(scale.size)
    apart = np.abs(scale[:, None] - scale[None, :]) / (scale[-1] - scale[0])
    return np.asarray(1 - (apart if weights == "linear" else apart**2), dtype=np.float64)
