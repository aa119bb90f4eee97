"""How many subjects a reliability study needs."""

from __future__ import annotations

import math

from scipy import special

from measures.estimate import checked_level


def subjects_for_icc_width(icc: float, raters: int, width: float, level: float = 0.95) -> int:
    """Return the number of subjects for which the interval of a single-measure ICC has a wanted width.

    Parameters
    ----------
    icc : float
        The ICC that is planned with, 0 <= icc < 1.
    raters : int
        Readings per subject, at least 2.
    width : float
        Wanted width of the interval, from end to end, between 0 and 2.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    int
        At least 3, rounded up.

    Raises
    ------
    ValueError
        For numbers outside these ranges.

    Notes
    -----
    Bonett's ``8 z^2 (1 - r)^2 (1 + (k - 1) r)^2 / (k (k - 1) w^2) + 1``, with his ``+ 5 r`` for two raters and r of 0.7
    or more. It is made for ICC(1) and ICC(C,1); ICC(A,1) needs more where raters differ systematically, and with few
    raters no number of subjects makes its interval narrow.

    References
    ----------
    Bonett 2002, doi:10.1002/sim.1108.

    Examples
    --------
    >>> subjects_for_icc_width(0.9, raters=3, width=0.1)
    42
    """
    checked_level(level)
    if not 0 <= icc < 1:
        raise ValueError(f"The planned ICC lies from 0 to below 1; {icc} came.")
    if raters < 2:
        raise ValueError(f"At least two raters are needed; {raters} came.")
    if not 0 < width < 2:
        raise ValueError(f"The width of the interval lies between 0 and 2; {width} came.")
    z = float(special.ndtri((1 + level) / 2))
    n = 8 * z**2 * (1 - icc) ** 2 * (1 + (raters - 1) * icc) ** 2 / (raters * (raters - 1) * width**2) + 1
    if raters == 2 and icc >= 0.7:
        n += 5 * icc
    return max(3, math.ceil(n))


def icc_width(icc: float, raters: int, subjects: int, level: float = 0.95) -> float:
    """Return the width of the exact interval of ICC(1), if the estimate comes out as planned.

    Parameters
    ----------
    icc, raters, level
        As for :func:`subjects_for_icc_width`.
    subjects : int
        At least 2.

    Returns
    -------
    float
    """
    checked_level(level)
    if not 0 <= icc < 1 or raters < 2 or subjects < 2:
        raise ValueError(f"0 <= ICC < 1, two raters and two subjects are needed; {icc}, {raters}, {subjects} came.")
    df1, df2 = subjects - 1, subjects * (raters - 1)
    ratio = (1 + (raters - 1) * icc) / (1 - icc)
    low = ratio / float(special.fdtri(df1, df2, (1 + level) / 2))
    high = ratio * float(special.fdtri(df2, df1, (1 + level) / 2))
    return (high - 1) / (high + raters - 1) - (low - 1) / (low + raters - 1)
