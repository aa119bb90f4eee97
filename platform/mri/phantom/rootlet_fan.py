"""Nerve rootlets as fans between the cord and the wall of the canal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.phantom.anatomy import LEVELS, CervicalSubject
from mri.phantom.sampling import Points

_FILAMENTS = 4


@dataclass(frozen=True)
class FanHits:
    """Which points lie in rootlets.

    Attributes
    ----------
    level : numpy.ndarray of uint8
        Spinal level 2 to 8, 0 where a point lies in none.
    density : numpy.ndarray of float32
        1 in a filament, less in the CSF between two of them.
    """

    level: NDArray[np.uint8]
    density: Points


def fan_hits(
    subject: CervicalSubject, u: Points, v: Points, s: Points, half_width: Points, half_depth: Points, *, dorsal: bool
) -> FanHits:
    """Find the points inside the dorsal (or ventral) rootlets of any level, on either side.

    Parameters
    ----------
    subject : CervicalSubject
        Sizes.
    u, v, s : numpy.ndarray of float32, shape (N,)
        Points in the cord's frame, mm, outside the cord.
    half_width, half_depth : numpy.ndarray of float32, shape (N,)
        Half axes of the cord at the points' heights, mm.
    dorsal : bool
        Which of the two rows of rootlets.

    Returns
    -------
    FanHits

    Notes
    -----
    In the cross-section a fan is a straight strip from the sulcus of the cord to the wall of the canal, ``t`` running
    from 0 to 1. Along the cord it is ``entry - drop * t`` high in the middle and narrows from the whole entry height to
    the root. Where the strips of neighbours overlap, the fan whose middle is nearer (in units of its height) wins.
    """
    backward = 1.0 if dorsal else -1.0
    gap = subject.canal_gap_mm
    across, back = np.abs(u), -backward * v
    from_angle, to_angle = np.radians(38.0), np.radians(78.0)
    u0, b0 = 0.9 * half_width * np.sin(from_angle), 0.9 * half_depth * np.cos(from_angle)
    u1, b1 = (half_width + gap) * np.sin(to_angle), (half_depth + gap) * np.cos(to_angle)
    du, db = u1 - u0, b1 - b0
    t = np.clip(((across - u0) * du + (back - b0) * db) / (du**2 + db**2), 0.0, 1.0)
    off = np.hypot(across - u0 - t * du, back - b0 - t * db)
    in_strip = off <= 0.5 * subject.rootlet_thickness_mm
    half_height = subject.entry_half_height_mm * (1.0 - 0.55 * t)

    level = np.zeros(u.shape, dtype=np.uint8)
    nearest = np.ones(u.shape, dtype=np.float32)
    for value, entry in zip(LEVELS, subject.entry_mm, strict=True):
        away = (s - (entry - subject.exit_drop_mm(value) * t)) / half_height
        closer = in_strip & (np.abs(away) < np.abs(nearest))
        level[closer] = value
        nearest[closer] = away[closer]
    density = 0.62 + 0.38 * np.cos(np.pi * _FILAMENTS * nearest)
    return FanHits(level, density.astype(np.float32))
