"""The anatomy of a cervical phantom: its sizes, and the curved frame that follows the cord."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.phantom.sampling import Points

LEVELS = (2, 3, 4, 5, 6, 7, 8)
"""Spinal levels C2 to C8, which are also the label values of their rootlets."""

_ENTRY_MM = (45.0, 31.0, 17.5, 4.5, -8.0, -20.5, -33.0)
_BODY_PITCH_MM = 17.5
_C4_CENTRE_MM = 1.0


@dataclass(frozen=True)
class CervicalSubject:
    """Sizes of one subject, in mm; heights are arc lengths along the cord, upwards from the middle of the neck.

    Attributes
    ----------
    lordosis_mm : float
        How far the cord bows forward over 60 mm.
    apex_mm : float
        Height of the foremost point, along z.
    scoliosis_mm : float
        Amplitude of the sideways sway.
    cord_half_width_mm, cord_half_depth_mm : float
        Half axes of the cord's cross-section away from its enlargement.
    enlargement : float
        How much larger both are at the enlargement (0.1 is 10 %).
    canal_gap_mm : float
        Width of the CSF around the cord.
    entry_mm : tuple of float
        Middle of each level's dorsal root entry, C2 to C8.
    entry_half_height_mm : float
        Half the height over which a level's rootlets leave the cord.
    rootlet_thickness_mm : float
        Thickness of the fan of rootlets.
    body_offset_mm : float
        Shift of the vertebrae against the cord.
    pmj_mm : float
        Height of the pontomedullary junction, which lies above most fields of view.
    """

    lordosis_mm: float = 5.5
    apex_mm: float = 4.0
    scoliosis_mm: float = 0.6
    cord_half_width_mm: float = 6.0
    cord_half_depth_mm: float = 4.0
    enlargement: float = 0.1
    canal_gap_mm: float = 3.2
    entry_mm: tuple[float, ...] = _ENTRY_MM
    entry_half_height_mm: float = 5.0
    rootlet_thickness_mm: float = 1.8
    body_offset_mm: float = 0.0
    pmj_mm: float = 71.0

    @property
    def bend_per_mm(self) -> float:
        """Change of the cord's forward slope per mm of height."""
        return -2.0 * self.lordosis_mm / 60.0**2

    def body_centre_mm(self, vertebra: int) -> float:
        """Height of a vertebral body's middle (2 = C2 ... 8 = T1)."""
        return _C4_CENTRE_MM + self.body_offset_mm - _BODY_PITCH_MM * (vertebra - 4)

    @property
    def body_pitch_mm(self) -> float:
        """Height from one vertebral body to the next."""
        return _BODY_PITCH_MM

    def exit_drop_mm(self, level: int) -> float:
        """How far below its entry a level's root leaves the canal; caudal levels run longer."""
        return 3.5 + 1.0 * (level - 2)


def draw_subject(rng: np.random.Generator) -> CervicalSubject:
    """Draw a subject: stature, lordosis, cord and canal size, heights of the levels.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced by the draws.

    Returns
    -------
    CervicalSubject
    """
    scale = float(np.clip(rng.normal(1.0, 0.05), 0.88, 1.12))
    shift = float(rng.normal(0.0, 1.5))
    jitter = rng.normal(0.0, 0.6, len(LEVELS))
    return CervicalSubject(
        lordosis_mm=float(np.clip(rng.normal(5.5, 2.0), 1.0, 10.0)),
        apex_mm=float(rng.normal(4.0, 5.0)),
        scoliosis_mm=float(rng.normal(0.0, 0.8)),
        cord_half_width_mm=6.0 * float(np.clip(rng.normal(1.0, 0.06), 0.85, 1.15)),
        cord_half_depth_mm=4.0 * float(np.clip(rng.normal(1.0, 0.07), 0.82, 1.18)),
        enlargement=float(np.clip(rng.normal(0.1, 0.03), 0.02, 0.18)),
        canal_gap_mm=float(np.clip(rng.normal(3.2, 0.4), 2.4, 4.2)),
        entry_mm=tuple(float(shift + scale * e + j) for e, j in zip(_ENTRY_MM, jitter, strict=True)),
        entry_half_height_mm=5.0 * scale,
        rootlet_thickness_mm=float(np.clip(rng.normal(1.8, 0.15), 1.4, 2.2)),
        body_offset_mm=float(rng.normal(0.0, 2.0)),
        pmj_mm=71.0 * scale,
    )


@dataclass(frozen=True)
class CordFrame:
    """Curved coordinates along the cord: u to the right, v forward, s upwards along the cord, all in mm.

    The centreline is a parabola in the sagittal plane with a slow sideways sway; its arc length has a closed form, so
    that true heights and distances are exact.
    """

    subject: CervicalSubject

    def centre_y(self, z: Points) -> Points:
        """Forward position of the centreline at height z, mm."""
        bend = self.subject.bend_per_mm
        return np.asarray(self.subject.lordosis_mm + 0.5 * bend * (z - self.subject.apex_mm) ** 2, dtype=np.float32)

    def centre_x(self, z: Points) -> Points:
        """Sideways position of the centreline at height z, mm."""
        return np.asarray(self.subject.scoliosis_mm * np.sin(z / 28.0), dtype=np.float32)

    def arc_mm(self, z: NDArray[np.floating]) -> NDArray[np.floating]:
        """Arc length of the sagittal parabola from z = 0 to z, mm, upwards positive."""
        bend, apex = self.subject.bend_per_mm, self.subject.apex_mm

        def from_apex(slope: NDArray[np.floating]) -> NDArray[np.floating]:
            return np.asarray(0.5 / bend * (slope * np.sqrt(1.0 + slope**2) + np.arcsinh(slope)))

        return np.asarray(from_apex(bend * (z - apex)) - from_apex(np.asarray(-bend * apex)))

    def coordinates(self, x: Points, y: Points, z: Points) -> tuple[Points, Points, Points]:
        """Return u, v, s of points.

        Parameters
        ----------
        x, y, z : numpy.ndarray of float32, one shape
            Position in mm, in the phantom's own RAS frame.

        Returns
        -------
        u, v, s : numpy.ndarray of float32, the same shape
            To the right, forward and up along the cord, in mm.
        """
        bend, apex = self.subject.bend_per_mm, self.subject.apex_mm
        slope = bend * (z - apex)
        # One step towards the foot of the perpendicular: within 30 mm of the cord it is off by less than 0.1 mm.
        foot = z + (y - self.centre_y(z)) * slope / (1.0 + slope**2)
        slope = bend * (foot - apex)
        v = ((y - self.centre_y(foot)) - slope * (z - foot)) / np.sqrt(1.0 + slope**2)
        u = x - self.centre_x(foot)
        s = self.arc_mm(foot)
        return u.astype(np.float32), v.astype(np.float32), s.astype(np.float32)

    def cord_half_axes(self, s: Points) -> tuple[Points, Points]:
        """Half width and half depth of the cord at heights s, mm; largest at the entry of C6."""
        subject = self.subject
        bulge = 1.0 + subject.enlargement * np.exp(-(((s - subject.entry_mm[4]) / 22.0) ** 2))
        # Above C2 the cord widens towards the brainstem.
        bulge = bulge + 0.25 / (1.0 + np.exp(-(s - subject.entry_mm[0] - 16.0) / 4.0))
        return (
            np.asarray(subject.cord_half_width_mm * bulge, dtype=np.float32),
            np.asarray(subject.cord_half_depth_mm * bulge, dtype=np.float32),
        )
