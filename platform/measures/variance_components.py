"""Variance of subjects, raters, sites, vendors: a linear mixed model with crossed or nested random effects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from measures.result import Measure, undefined

MOST_ROWS = 20_000
RESIDUAL = "residual"
LOG_RATIOS = (-14.0, 14.0)
"""Range of the logarithm of a variance over the error's."""


@dataclass(frozen=True)
class VarianceComponents:
    """A mixed model with one mean and independent random effects.

    Attributes
    ----------
    n : int
        Rows used.
    mean : Measure
        Generalised least squares estimate of the mean.
    variances : dict of str to float
        Factor to variance, ``"residual"`` last; empty where undefined. A variance at its bound is 0.
    shares : dict of str to float
        The same as a share of their sum.
    levels : dict of str to int
        Factor to number of levels.
    log_likelihood : float or None
        Restricted log likelihood at the estimate.
    dropped : tuple of int
        Rows (from 0) without a value.
    undefined : str or None
        Why there is no estimate.
    """

    n: int
    mean: Measure
    variances: dict[str, float]
    shares: dict[str, float]
    levels: dict[str, int]
    log_likelihood: float | None
    dropped: tuple[int, ...]
    undefined: str | None


def variance_components(
    values: Sequence[float | None] | NDArray[np.float64], factors: Mapping[str, Sequence[str]]
) -> VarianceComponents:
    """Split the variance of readings by restricted maximum likelihood.

    Parameters
    ----------
    values : array-like, shape (n,)
        Readings; rows with None or NaN are dropped and named. At most 20 000 rows.
    factors : mapping of str to sequence of str, shape (n,)
        Name of a factor (subject, rater, site, vendor, session) to its level in each row. A nested factor needs levels
        that are unique over the whole study, such as ``"siteA/scanner1"``.

    Returns
    -------
    VarianceComponents
        Undefined where a factor has fewer than two levels or one level per row, where two factors are the same, or
        where the readings don't vary.

    Raises
    ------
    ValueError
        For lengths that differ, no factor, a factor called residual, infinite readings or too many rows.

    Notes
    -----
    ``y = mean + sum of effects + error``, each normal with its own variance, fitted by REML with the error variance
    profiled out. In a balanced design with no variance at its bound these are the estimates of the analysis of
    variance. With two or three levels (two vendors) a variance is hardly known at all.

    References
    ----------
    Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545.
    """
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 1 or not factors or any(len(column) != y.size for column in factors.values()):
        lengths = ", ".join(f"{len(column)} of {name}" for name, column in factors.items()) or "no factor"
        raise ValueError(f"Each reading has one level of each factor; {y.shape} readings and {lengths} came.")
    if RESIDUAL in factors:
        raise ValueError("A factor can't be called residual.")
    if np.isinf(y).any():
        raise ValueError("A reading is a finite number, or missing; an infinite one came.")
    keep = ~np.isnan(y)
    dropped = tuple(int(i) for i in np.flatnonzero(~keep))
    y = y[keep]
    if y.size > MOST_ROWS:
        raise ValueError(f"At most {MOST_ROWS} readings are fitted; {y.size} came.")
    codes = {name: _codes(np.asarray(column)[keep]) for name, column in factors.items()}
    levels = {name: int(code.max()) + 1 if code.size else 0 for name, code in codes.items()}
    reason = _obstacle(y, codes, levels)
    if reason:
        return VarianceComponents(y.size, undefined(reason), {}, {}, levels, None, dropped, reason)
    scale, centre = float(y.std()), float(y.mean())
    fit = _fit(_moments((y - centre) / scale, list(codes.values())))
    variances = dict(zip([*codes, RESIDUAL], (float(v) * scale**2 for v in fit.variances), strict=True))
    total = sum(variances.values())
    shares = {name: v / total for name, v in variances.items()}
    log_likelihood = fit.log_likelihood - (y.size - 1) * math.log(scale)
    mean = Measure(fit.mean * scale + centre)
    return VarianceComponents(y.size, mean, variances, shares, levels, log_likelihood, dropped, None)


@dataclass(frozen=True, eq=False)
class _Fit:
    variances: NDArray[np.float64]
    mean: float
    log_likelihood: float


def _codes(column: NDArray[np.str_]) -> NDArray[np.intp]:
    return np.asarray(np.unique(column, return_inverse=True)[1], dtype=np.intp)


def _obstacle(y: NDArray[np.float64], codes: dict[str, NDArray[np.intp]], levels: dict[str, int]) -> str | None:
    for name, count in levels.items():
        if count < 2:
            return f"{name} has fewer than two levels"
        if count == y.size:
            return f"{name} has one level per reading: it can't be told from the error"
    names = list(codes)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            pairs = len(set(zip(codes[one].tolist(), codes[other].tolist(), strict=True)))
            if pairs == levels[one] == levels[other]:
                return f"{one} and {other} are the same factor"
    if float(np.ptp(y)) <= 16 * np.finfo(np.float64).eps * float(np.abs(y).max()):
        return "all readings are equal"
    return None


@dataclass(frozen=True, eq=False)
class _Moments:
    """All that the likelihood needs of the readings; its size grows with the levels and not with the readings.

    Levels of one factor share no reading, so that the part of the factor with the most levels is diagonal and is
    solved for by division: the work grows with its levels times the square of all others'.

    Attributes
    ----------
    n : int
        Readings.
    most : int
        Place of the factor with the most levels.
    others : numpy.ndarray of intp, shape (q,)
        The factor of each level of the other factors, one after another.
    counts, sums : tuple of numpy.ndarray, shapes (m,) and (q,)
        Number and sum of the readings of each level: of that factor, and of the others.
    across : numpy.ndarray, shape (m, q)
        How many readings a level of that factor shares with one of the others.
    among : numpy.ndarray, shape (q, q)
        The same among the others.
    total, square : float
        Sum and sum of squares of all.
    """

    n: int
    most: int
    others: NDArray[np.intp]
    counts: tuple[NDArray[np.float64], NDArray[np.float64]]
    sums: tuple[NDArray[np.float64], NDArray[np.float64]]
    across: NDArray[np.float64]
    among: NDArray[np.float64]
    total: float
    square: float


def _moments(y: NDArray[np.float64], codes: list[NDArray[np.intp]]) -> _Moments:
    sizes = [int(code.max()) + 1 for code in codes]
    most = int(np.argmax(sizes))
    rest = [i for i in range(len(codes)) if i != most]
    design = np.zeros((y.size, sum(sizes[i] for i in rest)))
    start = 0
    for i in rest:
        design[np.arange(y.size), start + codes[i]] = 1.0
        start += sizes[i]
    across = np.zeros((sizes[most], design.shape[1]))
    np.add.at(across, codes[most], design)
    count, total = (
        np.bincount(codes[most], part, sizes[most]).astype(np.float64, copy=False) for part in (np.ones(y.size), y)
    )
    return _Moments(
        y.size,
        most,
        np.repeat(np.array(rest, dtype=np.intp), [sizes[i] for i in rest]),
        (count, design.sum(axis=0)),
        (total, design.T @ y),
        across,
        design.T @ design,
        float(y.sum()),
        float(y @ y),
    )


def _fit(moments: _Moments) -> _Fit:
    factors = len(np.unique(moments.others)) + 1

    def loss(logs: NDArray[np.float64]) -> float:
        return -_profile(moments, np.exp(logs))[0]

    bounds = [LOG_RATIOS] * factors
    best = np.zeros(factors)
    for start in (0.0, -3.0):
        found = optimize.minimize(loss, np.full(factors, start), method="L-BFGS-B", bounds=bounds, tol=1e-12)
        if start == 0.0 or float(found.fun) < loss(best):
            best = np.asarray(found.x, dtype=np.float64)
    # On a log scale 0 lies infinitely far away, so it is tried for each factor.
    ratios = np.exp(best)
    for i in range(ratios.size):
        without = ratios.copy()
        without[i] = 0.0
        if _profile(moments, without)[0] >= _profile(moments, ratios)[0]:
            ratios = without
    log_likelihood, error, mean = _profile(moments, ratios)
    return _Fit(np.append(ratios, 1.0) * error, mean, log_likelihood)


def _profile(moments: _Moments, ratios: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return restricted log likelihood, error variance and mean at given ratios of the variances to the error's.

    The covariance of the readings is ``I + Z D Z'`` over the error variance. By Woodbury's identity its inverse and
    determinant are those of ``I + S Z'Z S`` with ``S = sqrt(D)``, which has a row per level and not per reading; its
    Cholesky factor is ``[[sqrt(d), 0], [B' / sqrt(d), R]]`` with the diagonal d of the factor with the most levels.
    """
    n, root = moments.n, np.sqrt(ratios)
    first, others = float(root[moments.most]), root[moments.others]
    diagonal = 1 + first**2 * moments.counts[0]
    shared = first * moments.across * others
    left = np.eye(others.size) + others[:, None] * moments.among * others - shared.T @ (shared / diagonal[:, None])
    factor = linalg.cholesky(left, lower=True, check_finite=False) if others.size else left
    lower = np.sqrt(diagonal)

    def solved(column: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
        upper = first * column[0] / lower
        rest = others * column[1] - shared.T @ (upper / lower)
        if rest.size:
            rest = linalg.solve_triangular(factor, rest, lower=True, check_finite=False)
        return np.concatenate([upper, rest])

    one, own = solved(moments.counts), solved(moments.sums)
    weight = n - float(one @ one)
    mean = (moments.total - float(one @ own)) / weight
    # (y - mean)' V^-1 (y - mean), in which the cross term drops out at the mean.
    error = (moments.square - float(own @ own) - mean**2 * weight) / (n - 1)
    if error <= 0:
        return -math.inf, 0.0, mean
    log_determinant = float(np.sum(np.log(diagonal))) + 2 * float(np.sum(np.log(np.diag(factor))))
    value = -0.5 * ((n - 1) * (math.log(2 * math.pi * error) + 1) + log_determinant + math.log(weight))
    return value, error, mean
