"""What the planar loading model is given: body segments, joints, fascicles, and loads in the hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

JOINTS = ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
"""From the head to the feet. A fascicle from L3 crosses every joint from L3/L4 on."""

ATTACHED = ("thorax", "L1", "L2", "L3", "L4", "L5")
"""What a fascicle can come from: the body above each joint, in the order of :data:`JOINTS`."""

PELVIS = "pelvis"
GRAVITY = 9.81
DEFAULT_MMS_N_CM2 = 100.0


@dataclass(frozen=True)
class Joint:
    """A joint between two vertebrae.

    Attributes
    ----------
    name : str
        One of :data:`JOINTS`.
    x_m, y_m : float
        Centre, forwards and upwards from the centre of L5/S1.
    tilt_deg : float
        How far the disc's axis leans forwards from the vertical.
    """

    name: str
    x_m: float
    y_m: float
    tilt_deg: float


@dataclass(frozen=True)
class Segment:
    """A part of the body with its weight.

    Attributes
    ----------
    name : str
        ``"L1"`` ... ``"L5"``, or ``"upper body"`` (trunk above L1, arms, head).
    above : str
        The lowest joint that carries it.
    mass_share : float
        Share of the body mass.
    x_m : float
        Centre of mass, forwards from L5/S1.
    """

    name: str
    above: str
    mass_share: float
    x_m: float


@dataclass(frozen=True)
class Fascicle:
    """A muscle fascicle, both sides together: straight, or held down to the bodies that it passes.

    Attributes
    ----------
    name : str
        Its name.
    muscle : str
        ``"erector spinae"``, ``"multifidus"``, ``"quadratus lumborum"``, ``"psoas"`` or ``"rectus abdominis"``.
    origin : str
        What it pulls on, one of :data:`ATTACHED`.
    insertion : str
        Where it is held: a vertebra below, or ``"pelvis"``. It crosses the joints in between.
    origin_m, insertion_m : tuple of float
        Ends (x, y) in the frame of the joints.
    pcsa_cm2 : float
        Physiological cross-section of left and right together.
    via : tuple of (str, float, float)
        Points that it runs through, from above: the body that each belongs to, and where it is.
    """

    name: str
    muscle: str
    origin: str
    insertion: str
    origin_m: tuple[float, float]
    insertion_m: tuple[float, float]
    pcsa_cm2: float
    via: tuple[tuple[str, float, float], ...] = ()

    @property
    def crosses(self) -> range:
        """Indices into :data:`JOINTS` of the joints that it crosses."""
        last = len(JOINTS) if self.insertion == PELVIS else ATTACHED.index(self.insertion)
        return range(ATTACHED.index(self.origin), last)

    @property
    def path_m(self) -> tuple[tuple[str, float, float], ...]:
        """Its points from above: body, x and y."""
        return ((self.origin, *self.origin_m), *self.via, (self.insertion, *self.insertion_m))

    def across(self, joint: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the two ends of the part that spans a joint, the upper one first."""
        path = self.path_m
        above = max(n for n, (body, *_) in enumerate(path) if body in ATTACHED[: joint + 1])
        (_, *upper), (_, *lower) = path[above], path[above + 1]
        return (upper[0], upper[1]), (lower[0], lower[1])


@dataclass(frozen=True)
class HeldLoad:
    """A mass carried by the upper body."""

    mass_kg: float
    x_m: float


@dataclass(frozen=True)
class MuscleMeasure:
    """What was measured of a muscle.

    Attributes
    ----------
    csa_cm2 : float
        Cross-section of left and right together.
    ap_offset_cm : float or None
        Mean centroid offset from the vertebral centroid, forwards; None leaves the model's own place.
    """

    csa_cm2: float
    ap_offset_cm: float | None = None


@dataclass(frozen=True)
class LoadingInputs:
    """All that the model is given; exportable as JSON.

    Attributes
    ----------
    body_mass_kg : float
        Mass of the whole body.
    joints : tuple of Joint
        All six, from the head to the feet.
    segments : tuple of Segment
        What has weight.
    fascicles : tuple of Fascicle
        What can pull.
    loads : tuple of HeldLoad
        What is carried.
    mms_n_cm2 : float
        Maximum muscle stress; published values run from 40 to 130.
    power : int
        2 or 3: the sum of activations to this power is minimised.
    """

    body_mass_kg: float
    joints: tuple[Joint, ...]
    segments: tuple[Segment, ...]
    fascicles: tuple[Fascicle, ...]
    loads: tuple[HeldLoad, ...] = ()
    mms_n_cm2: float = DEFAULT_MMS_N_CM2
    power: int = 3

    def __post_init__(self) -> None:
        if self.power not in (2, 3):
            raise ValueError(f"The power of the activations is 2 or 3; {self.power} came.")
        if not self.body_mass_kg > 0 or not self.mms_n_cm2 > 0:
            raise ValueError("Body mass and maximum muscle stress are above 0.")
        if tuple(joint.name for joint in self.joints) != JOINTS:
            raise ValueError(f"The joints are {', '.join(JOINTS)}; {[j.name for j in self.joints]} came.")

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> LoadingInputs:
        """Rebuild the inputs from :meth:`to_json`."""
        parts = dict(stored)
        parts["joints"] = tuple(Joint(**j) for j in stored["joints"])
        parts["segments"] = tuple(Segment(**s) for s in stored["segments"])
        parts["fascicles"] = tuple(
            Fascicle(
                **{
                    **f,
                    "origin_m": tuple(f["origin_m"]),
                    "insertion_m": tuple(f["insertion_m"]),
                    "via": tuple(tuple(point) for point in f.get("via", ())),
                }
            )
            for f in stored["fascicles"]
        )
        parts["loads"] = tuple(HeldLoad(**one) for one in stored["loads"])
        return cls(**parts)

    def with_muscles(self, measured: Mapping[str, MuscleMeasure], level: str = "L3") -> LoadingInputs:
        """Scale fascicles by measured over modelled cross-section, and move them by the measured centroid offset.

        Parameters
        ----------
        measured : mapping of str to MuscleMeasure
            By muscle; others stay as they are.
        level : str, default "L3"
            The vertebra at which the muscles were measured.

        Returns
        -------
        LoadingInputs

        Raises
        ------
        ValueError
            For a muscle that the model doesn't have at that level, or a cross-section that is not above 0.
        """
        there = self.modelled(level)
        for muscle, one in measured.items():
            if muscle not in there:
                raise ValueError(f"The model has no {muscle} at {level}; there are {', '.join(there)}.")
            if not one.csa_cm2 > 0:
                raise ValueError(f"A cross-section is above 0 cm2; {one.csa_cm2} came for {muscle}.")
        return replace(self, fascicles=tuple(_fitted(f, there, measured.get(f.muscle)) for f in self.fascicles))

    def modelled(self, level: str) -> dict[str, MuscleMeasure]:
        """Return what the fascicles at the middle of a vertebra have: summed PCSA and mean offset from its centre."""
        if level not in ATTACHED[1:]:
            raise ValueError(f"The level is one of {', '.join(ATTACHED[1:])}; {level!r} came.")
        at = ATTACHED.index(level)
        x = (self.joints[at - 1].x_m + self.joints[at].x_m) / 2
        y = (self.joints[at - 1].y_m + self.joints[at].y_m) / 2
        found: dict[str, MuscleMeasure] = {}
        for muscle in dict.fromkeys(f.muscle for f in self.fascicles):
            # Half way through a vertebra run the fascicles that cross the joints on both its sides, or end on it.
            here = [f for f in self.fascicles if f.muscle == muscle and {at - 1, at} & set(f.crosses)]
            area = sum(f.pcsa_cm2 for f in here)
            if area > 0:
                offset = sum(f.pcsa_cm2 * (_x_at(f, y) - x) for f in here) / area
                found[muscle] = MuscleMeasure(area, 100 * offset)
        return found


def _x_at(fascicle: Fascicle, y_m: float) -> float:
    upwards = sorted((y, x) for _, x, y in fascicle.path_m)
    return float(np.interp(y_m, [y for y, _ in upwards], [x for _, x in upwards]))


def _fitted(fascicle: Fascicle, model: Mapping[str, MuscleMeasure], measured: MuscleMeasure | None) -> Fascicle:
    if measured is None:
        return fascicle
    own = model[fascicle.muscle]
    scale = measured.csa_cm2 / own.csa_cm2
    shift = 0.0
    if measured.ap_offset_cm is not None and own.ap_offset_cm is not None:
        shift = (measured.ap_offset_cm - own.ap_offset_cm) / 100
    (x0, y0), (x1, y1) = fascicle.origin_m, fascicle.insertion_m
    return replace(
        fascicle,
        pcsa_cm2=fascicle.pcsa_cm2 * scale,
        origin_m=(x0 + shift, y0),
        insertion_m=(x1 + shift, y1),
        via=tuple((body, x + shift, y) for body, x, y in fascicle.via),
    )


# Joint centres, centres of the vertebrae and of the lumbar segments' masses: Christophy et al. 2012,
# doi:10.1007/s10237-011-0290-6 (the published OpenSim model), from L5/S1 on. T12/L1 lies half a vertebra above L1's.
JOINT_CENTRES_M: Mapping[str, tuple[float, float]] = {
    "T12/L1": (-0.0110, 0.1560),
    "L1/L2": (-0.0071, 0.1254),
    "L2/L3": (0.0016, 0.0965),
    "L3/L4": (0.0090, 0.0641),
    "L4/L5": (0.0100, 0.0296),
    "L5/S1": (0.0, 0.0),
}
# Shares of the body mass as in the study's protocol; the upper body is trunk, arms and head. L2's mass centre is ours.
_SEGMENTS = {
    "L1": ("L1/L2", 0.0200, 0.0305),
    "L2": ("L2/L3", 0.0201, 0.0270),
    "L3": ("L3/L4", 0.0199, 0.0233),
    "L4": ("L4/L5", 0.0214, 0.0260),
    "L5": ("L5/S1", 0.0217, 0.0537),
}
_UPPER_SHARE = 0.268 + 0.088 + 0.051
UPPER_BODY_X_M = 0.016
"""Where the weight of trunk, arms and head acts in upright standing, forwards from L5/S1: ours, set so that the neutral
posture gives the published order of compression."""


def default_inputs(
    body_mass_kg: float,
    *,
    power: int = 3,
    mms_n_cm2: float = DEFAULT_MMS_N_CM2,
    loads: tuple[HeldLoad, ...] = (),
    upper_body_x_m: float = UPPER_BODY_X_M,
    fascicles: tuple[Fascicle, ...] | None = None,
) -> LoadingInputs:
    """Return the model of an adult in neutral upright standing.

    Parameters
    ----------
    body_mass_kg : float
        Mass of the body.
    power, mms_n_cm2, loads
        See :class:`LoadingInputs`.
    upper_body_x_m : float, default 0.016
        Where the weight of trunk, arms and head acts: leaning forwards moves it.
    fascicles : tuple of Fascicle, optional
        Others than the grouped ones, such as :func:`measures.clinical.lumbar_fascicles.published_fascicles`.

    Returns
    -------
    LoadingInputs

    Notes
    -----
    Fascicles are grouped from Bogduk et al. 1992, doi:10.1097/00007632-199208000-00007, and Christophy et al. 2012,
    left and right together and straight; the grouping and the rounded attachments are ours.
    """
    segments = [Segment("upper body", "T12/L1", _UPPER_SHARE, upper_body_x_m)]
    segments += [Segment(name, *rest) for name, rest in _SEGMENTS.items()]
    joints = spine_joints(JOINT_CENTRES_M)
    return LoadingInputs(body_mass_kg, joints, tuple(segments), fascicles or _fascicles(), loads, mms_n_cm2, power)


def spine_joints(centres_m: Mapping[str, tuple[float, float]]) -> tuple[Joint, ...]:
    """Make joints from their centres; a disc's axis is the direction of the curve through the centres.

    At either end the curve is continued with the bend of its last three centres.
    """
    points = np.array([centres_m[name] for name in JOINTS])
    steps = points[:-1] - points[1:]
    leans = np.degrees(np.arctan2(steps[:, 0], steps[:, 1]))
    inner = (leans[:-1] + leans[1:]) / 2
    first, last = leans[0] + (leans[0] - leans[1]) / 2, leans[-1] + (leans[-1] - leans[-2]) / 2
    tilts = [float(first), *(float(t) for t in inner), float(last)]
    return tuple(Joint(n, float(x), float(y), t) for n, (x, y), t in zip(JOINTS, points, tilts, strict=True))


def _fascicles() -> tuple[Fascicle, ...]:
    bodies = {
        level: (
            (JOINT_CENTRES_M[upper][0] + JOINT_CENTRES_M[lower][0]) / 2,
            (JOINT_CENTRES_M[upper][1] + JOINT_CENTRES_M[lower][1]) / 2,
        )
        for level, upper, lower in zip(ATTACHED[1:], JOINTS[:-1], JOINTS[1:], strict=True)
    }
    bodies["thorax"] = (-0.013, 0.176)
    spinous = {level: (x - 0.062, y - 0.012) for level, (x, y) in bodies.items()}
    mamillary = {level: (x - 0.036, y) for level, (x, y) in bodies.items()}
    sacrum, ilium, brim = (-0.048, -0.035), (-0.055, -0.015), (0.045, -0.060)
    made = [
        Fascicle("erector spinae thorax-pelvis", "erector spinae", "thorax", PELVIS, (-0.080, 0.230), ilium, 14.0),
        Fascicle("erector spinae thorax-L3", "erector spinae", "thorax", "L3", (-0.078, 0.220), spinous["L3"], 8.0),
        Fascicle("rectus abdominis", "rectus abdominis", "thorax", PELVIS, (0.120, 0.260), (0.085, -0.090), 11.3),
        Fascicle("quadratus lumborum", "quadratus lumborum", "thorax", PELVIS, (-0.045, 0.150), (-0.030, 0.030), 5.6),
    ]
    for level, area in _ERECTOR_CM2.items():
        made.append(Fascicle(f"erector spinae {level}", "erector spinae", level, PELVIS, mamillary[level], ilium, area))
    for level, (below, short, long) in _MULTIFIDUS_CM2.items():
        if short:
            end = sacrum if below == PELVIS else mamillary[below]
            name = f"multifidus {level}-{below}"
            made.append(Fascicle(name, "multifidus", level, below, spinous[level], end, short))
        if long:
            name = f"multifidus {level}-sacrum"
            made.append(Fascicle(name, "multifidus", level, PELVIS, spinous[level], sacrum, long))
    for level in ATTACHED[1:]:
        x, y = bodies[level]
        made.append(Fascicle(f"psoas {level}", "psoas", level, PELVIS, (x - 0.008, y), brim, 6.2))
    return tuple(made)


_ERECTOR_CM2 = {"L1": 3.74, "L2": 4.90, "L3": 5.70, "L4": 5.98, "L5": 2.32}
# Level: where the short fascicles end, two vertebrae below, and the areas of short and of long ones.
_MULTIFIDUS_CM2 = {
    "thorax": ("L2", 4.0, 0.0),
    "L1": ("L3", 1.6, 2.4),
    "L2": ("L4", 2.4, 3.6),
    "L3": ("L5", 1.9, 2.8),
    "L4": (PELVIS, 1.9, 2.8),
    "L5": (PELVIS, 3.0, 0.0),
}
