"""The bones and discs of a lumbar spine in the sagittal plane: a chain of wedges, known in closed form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from mri.phantom.case import Truth

LEVELS = ("L1", "L2", "L3", "L4", "L5", "S1")
VALUES = {"L1": 1, "L2": 2, "L3": 3, "L4": 4, "L5": 5, "S1": 6}
VALUES |= {f"{upper}/{lower}": 10 + VALUES[upper] for upper, lower in pairwise(LEVELS)}
"""Label values of the protocol: a disc has 10 and the value of the vertebra above it."""

_EDGE_SHARE = 0.1
_HEIGHT_MM = {"L1": 25.5, "L2": 26.5, "L3": 27.0, "L4": 27.0, "L5": 26.5, "S1": 26.0}
_HEIGHT_MM |= {"L1/L2": 8.0, "L2/L3": 9.0, "L3/L4": 10.0, "L4/L5": 11.0, "L5/S1": 10.0}
_WEDGE_DEG = {"L1": -2.0, "L2": 0.0, "L3": 1.0, "L4": 2.0, "L5": 9.0, "S1": 4.0}
_WEDGE_DEG |= {"L1/L2": 4.0, "L2/L3": 6.0, "L3/L4": 8.0, "L4/L5": 11.0, "L5/S1": 14.0}
_DEPTH_MM = {"vertebra": 34.0, "disc": 35.0}


@dataclass(frozen=True)
class Wedge:
    """A vertebral body or a disc in the sagittal plane.

    The two endplates are straight and incline to both sides of the forward axis by half the wedge angle; front and back
    stand upright on that axis.

    Attributes
    ----------
    name : str
        ``"L4"`` or ``"L4/L5"``.
    centre_mm : tuple of float
        Forwards and up in the subject's frame: half way between the endplates and half way along the forward axis.
    tilt_deg : float
        Inclination of the forward axis, positive where the front is higher.
    wedge_deg : float
        Angle of the endplates, positive where they open to the front.
    height_mm : float
        Distance of the endplates half way.
    depth_mm : float
        Extent along the forward axis.
    """

    name: str
    centre_mm: tuple[float, float]
    tilt_deg: float
    wedge_deg: float
    height_mm: float
    depth_mm: float

    @property
    def upper_deg(self) -> float:
        """Inclination of the upper endplate."""
        return self.tilt_deg + self.wedge_deg / 2

    def height_at(self, share: float) -> float:
        """Return the endplates' distance across the forward axis at a share of the depth, from the back."""
        slope = 2.0 * np.tan(np.radians(self.wedge_deg / 2))
        return float(self.height_mm + slope * (share - 0.5) * self.depth_mm)

    def truth(self) -> tuple[Truth, ...]:
        """Return heights in all named definitions, depth, area and angle."""
        front, back = self.height_at(1 - _EDGE_SHARE), self.height_at(_EDGE_SHARE)
        values: list[tuple[str, float, str]] = [
            ("mid_height", self.height_mm, "mm"),
            ("anterior_height", front, "mm"),
            ("posterior_height", back, "mm"),
            ("depth", self.depth_mm, "mm"),
        ]
        if "/" in self.name:
            values += [
                ("anterior_posterior_mean", (front + back) / 2, "mm"),
                ("three_point_mean", (front + back + self.height_mm) / 3, "mm"),
                ("mean_height", self.height_mm, "mm"),
                ("area", self.height_mm * self.depth_mm, "mm2"),
                ("area_over_depth", self.height_mm, "mm"),
                ("wedge_angle", self.wedge_deg, "deg"),
            ]
        else:
            values.append(("tilt", self.tilt_deg, "deg"))
        return tuple(Truth(self.name, quantity, value, unit) for quantity, value, unit in values)


def draw_column(rng: np.random.Generator) -> tuple[Wedge, ...]:
    """Draw a subject's column from L1 down to S1; neighbours share an endplate, and L3 lies in the middle.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced.
    """
    scale = float(np.clip(rng.normal(1.0, 0.05), 0.88, 1.12))
    curve = float(np.clip(rng.normal(1.0, 0.15), 0.6, 1.4))
    upper_deg = 15.0 * curve + float(rng.normal(0.0, 2.0))
    names = [name for a, b in pairwise(LEVELS) for name in (a, f"{a}/{b}")] + [LEVELS[-1]]
    wedges: list[Wedge] = []
    top = np.zeros(2)
    for name in names:
        disc = "/" in name
        height = _HEIGHT_MM[name] * scale * float(np.clip(rng.normal(1.0, 0.1 if disc else 0.025), 0.7, 1.3))
        wedge = _WEDGE_DEG[name] * curve + float(rng.normal(0.0, 1.0))
        tilt = upper_deg - wedge / 2
        down = np.array([np.sin(np.radians(tilt)), -np.cos(np.radians(tilt))])
        middle = top + down * height / 2
        depth = _DEPTH_MM["disc" if disc else "vertebra"] * scale
        wedges.append(Wedge(name, (float(middle[0]), float(middle[1])), tilt, wedge, height, depth))
        top, upper_deg = top + down * height, tilt - wedge / 2
    third = next(w for w in wedges if w.name == "L3").centre_mm
    return tuple(replace(w, centre_mm=(w.centre_mm[0] - third[0], w.centre_mm[1] - third[1])) for w in wedges)


def column_truth(column: tuple[Wedge, ...]) -> tuple[Truth, ...]:
    """Return the true values of all parts, the height index of the discs, lordosis and segments."""
    by_name = {wedge.name: wedge for wedge in column}
    found = [value for wedge in column for value in wedge.truth()]
    for disc in (wedge for wedge in column if "/" in wedge.name):
        around = [by_name[level] for level in disc.name.split("/")]
        bodies = sum(w.height_mm for w in around) / len(around)
        found.append(Truth(disc.name, "height_index", disc.height_mm / bodies, ""))
    pairs = [("lordosis L1-S1", "L1", "S1"), *((f"{a}-{b}", a, b) for a, b in pairwise(LEVELS))]
    found += [Truth(name, "degrees", by_name[a].upper_deg - by_name[b].upper_deg, "deg") for name, a, b in pairs]
    return tuple(found)
