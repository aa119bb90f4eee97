"""The paraspinal muscles: columns whose horizontal section is an ellipse, along straight axes that lean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.phantom.case import Truth
from mri.phantom.lumbar_column import Wedge
from mri.phantom.sampling import Points

MUSCLES = ("Erector spinae", "Multifidus", "Quadratus lumborum", "Psoas")
# At the height of L3: to the side and forwards, half axes, and how far the axis leans per mm of height. All mm.
_PLACE_MM = {
    "Erector spinae": (37.0, -62.0),
    "Multifidus": (14.0, -60.0),
    "Quadratus lumborum": (64.0, -34.0),
    "Psoas": (43.0, -2.0),
}
_HALF_AXES_MM = {
    "Erector spinae": (15.0, 17.0),
    "Multifidus": (9.0, 12.0),
    "Quadratus lumborum": (9.0, 16.0),
    "Psoas": (14.0, 16.0),
}
_LEAN = {
    "Erector spinae": (0.06, 0.0),
    "Multifidus": (-0.04, 0.0),
    "Quadratus lumborum": (-0.12, -0.05),
    "Psoas": (-0.16, -0.1),
}


@dataclass(frozen=True)
class Muscle:
    """A muscle of one side.

    Attributes
    ----------
    name : str
        ``"Psoas left"`` ...
    value : int
        Its label value: 21 to 24 left, 25 to 28 right.
    place_mm, lean : tuple of float
        To the right and forwards: where its axis crosses height 0, and what that gains per mm of height.
    half_axes_mm : tuple of float
        Of the horizontal section, left-right and front-back.
    """

    name: str
    value: int
    place_mm: tuple[float, float]
    lean: tuple[float, float]
    half_axes_mm: tuple[float, float]

    @property
    def csa_cm2(self) -> float:
        """Cross-section across the axis, the same at every height."""
        cosine = 1.0 / np.sqrt(1.0 + self.lean[0] ** 2 + self.lean[1] ** 2)
        return float(np.pi * self.half_axes_mm[0] * self.half_axes_mm[1] * cosine / 100.0)

    def holds(self, x: Points, y: Points, z: Points) -> NDArray[np.bool_]:
        """Tell which points lie in the muscle."""
        across = (x - self.place_mm[0] - self.lean[0] * z) / self.half_axes_mm[0]
        front = (y - self.place_mm[1] - self.lean[1] * z) / self.half_axes_mm[1]
        return np.asarray(across**2 + front**2 <= 1.0)

    def offset_cm(self, vertebra: Wedge) -> tuple[float, float]:
        """Return the section's centroid at a vertebra's middle: forwards along the vertebra, and to the right."""
        forwards, up = vertebra.centre_mm
        front = self.place_mm[1] + self.lean[1] * up - forwards
        right = self.place_mm[0] + self.lean[0] * up
        return float(front * np.cos(np.radians(vertebra.tilt_deg)) / 10), float(right / 10)


def draw_muscles(rng: np.random.Generator) -> tuple[Muscle, ...]:
    """Draw a subject's eight muscles; both sides are alike, and never the same.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced.
    """
    scale = float(np.clip(rng.normal(1.0, 0.08), 0.82, 1.12))
    shared = {name: float(np.clip(rng.normal(scale, 0.05), 0.8, 1.15)) for name in MUSCLES}
    found: list[Muscle] = []
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for name in MUSCLES:
            own = shared[name] * float(np.clip(rng.normal(1.0, 0.02), 0.95, 1.05))
            (x, y), (lean_x, lean_y), (a, b) = _PLACE_MM[name], _LEAN[name], _HALF_AXES_MM[name]
            value = 21 + len(found)
            found.append(Muscle(f"{name} {side}", value, (sign * x, y), (sign * lean_x, lean_y), (a * own, b * own)))
    return tuple(found)


def muscle_truth(muscles: tuple[Muscle, ...], column: tuple[Wedge, ...]) -> tuple[Truth, ...]:
    """Return every muscle's cross-section, and its offset from each vertebra."""
    found = [Truth(muscle.name, "csa", muscle.csa_cm2, "cm2") for muscle in muscles]
    for vertebra in (w for w in column if "/" not in w.name and w.name != "S1"):
        for muscle in muscles:
            ap, ml = muscle.offset_cm(vertebra)
            found += [
                Truth(f"{muscle.name} at {vertebra.name}", "ap", ap, "cm"),
                Truth(f"{muscle.name} at {vertebra.name}", "ml", ml, "cm"),
            ]
    return tuple(found)
