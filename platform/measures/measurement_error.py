"""Measurement error in the unit of the measurement: SEM, SDC, within-subject coefficient of variation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from measures.anova import Anova
from measures.estimate import Estimate, estimated
from measures.ratings import RatingTable
from measures.result import Measure, undefined

SDC_FACTOR = 1.96 * math.sqrt(2.0)


@dataclass(frozen=True)
class MeasurementError:
    """How far one rating may be off.

    Attributes
    ----------
    sem_consistency : Estimate
        Standard error of measurement without the raters' systematic differences, in the ratings' unit.
    sem_agreement : float
        The same with them.
    sdc_consistency, sdc_agreement : float
        Smallest detectable change, ``1.96 sqrt(2) SEM``.
    within_cov_percent : Measure
        Within-subject coefficient of variation, root mean square over the targets, in percent.
    """

    sem_consistency: Estimate
    sem_agreement: float
    sdc_consistency: float
    sdc_agreement: float
    within_cov_percent: Measure


def measurement_error(table: RatingTable, mean_squares: Anova, level: float = 0.95) -> MeasurementError:
    """Compute SEM, SDC and within-subject CoV of a complete table.

    Parameters
    ----------
    table : RatingTable
        Complete.
    mean_squares : Anova
        Of the same table.
    level : float, default 0.95
        Coverage of the interval of ``sem_consistency`` (from the chi-square of the residual).

    Returns
    -------
    MeasurementError

    Notes
    -----
    With MSE the residual mean square and MSJ the raters': consistency ``sqrt(MSE)``, agreement
    ``sqrt(MSE + (MSJ - MSE) / n)``. The raters' variance is not cut off at 0, as in ICC(A,1); the sum is never
    negative. The within-subject CoV is ``100 sqrt(mean(s_i^2 / m_i^2))`` with each target's variance (ddof 1) and mean
    over the raters; it is undefined where a mean is not positive, since a ratio needs a true zero.

    References
    ----------
    de Vet et al. 2006, doi:10.1016/j.jclinepi.2005.10.015. Bland and Altman 1996, doi:10.1136/bmj.312.7047.1654.
    """
    n, error = mean_squares.n_targets, mean_squares.ms_residual
    df = (n - 1) * (mean_squares.n_raters - 1)
    tail = (1 - level) / 2
    low, high = (math.sqrt(df * error / float(special.chdtri(df, 1 - q))) for q in (1 - tail, tail))
    consistency = math.sqrt(error)
    agreement = math.sqrt(max(0.0, error + (mean_squares.ms_raters - error) / n))
    return MeasurementError(
        estimated(consistency, low, high, level),
        agreement,
        SDC_FACTOR * consistency,
        SDC_FACTOR * agreement,
        within_subject_cov_percent(table),
    )


def within_subject_cov_percent(table: RatingTable) -> Measure:
    """Return the root mean square of the targets' coefficients of variation, percent; see :func:`measurement_error`."""
    if table.values.shape[0] < 1 or table.values.shape[1] < 2 or np.isnan(table.values).any():
        return undefined("two ratings of each target are needed")
    means = table.values.mean(axis=1)
    if not (means > 0).all():
        which = ", ".join(t for t, m in zip(table.targets, means, strict=True) if not m > 0)
        return undefined(f"the mean is not positive for {which}")
    return Measure(100 * math.sqrt(float(np.mean(table.values.var(axis=1, ddof=1) / means**2))))
