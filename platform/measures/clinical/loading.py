"""A planar static model of the lumbar spine: muscle forces by optimisation, and the forces on each disc.

A research model: it says how measured muscles and vertebrae change the loads of a standing body in one plane. It is no
medical device, it knows no ligaments, no pressure in the abdomen and no left or right, and its numbers must not guide
the treatment of a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from measures.clinical.loading_inputs import GRAVITY, JOINTS, LoadingInputs

RESEARCH_NOTE = (
    "A planar research model of static standing: no ligaments, no abdominal pressure, no sides. "
    "It must not guide the treatment of a person."
)
_FEASIBLE_NM = 1e-6
_GAP = 1e-13
_ITERATIONS = 80
_RUNAWAY = 1e8


@dataclass(frozen=True)
class JointLoad:
    """What a joint carries.

    Attributes
    ----------
    name : str
        The joint.
    weight_n : float
        Weight above it.
    moment_nm : float
        Moment of the weight above about its centre, forwards positive.
    compression_n, shear_n : float or None
        Load of the upper on the lower vertebra along the disc's axis (downwards) and across it (forwards); None where
        the muscles can't balance the posture.
    shortfall_nm : float
        How much of the moment the muscles can't balance; 0 in a feasible posture.
    balance_n, balance_nm : float
        What is left of forces and moments about the joint: a check, 0 but for rounding.
    """

    name: str
    weight_n: float
    moment_nm: float
    compression_n: float | None
    shear_n: float | None
    shortfall_nm: float
    balance_n: float
    balance_nm: float


@dataclass(frozen=True)
class Loading:
    """The loads of a posture.

    Attributes
    ----------
    feasible : bool
        Whether activations from 0 to 1 balance every joint.
    joints : tuple of JointLoad
        From T12/L1 to L5/S1.
    activations : dict of str to float
        By fascicle, 0 to 1. Where infeasible: those that leave the least moment unbalanced.
    forces_n : dict of str to float
        By fascicle.
    objective : float
        Sum of the activations to the power.
    """

    feasible: bool
    joints: tuple[JointLoad, ...]
    activations: dict[str, float]
    forces_n: dict[str, float]
    objective: float

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON data."""
        return {
            "feasible": self.feasible,
            "joints": [vars(joint) for joint in self.joints],
            "activations": dict(self.activations),
            "forces_n": dict(self.forces_n),
            "objective": self.objective,
            "note": RESEARCH_NOTE,
        }


def spinal_loading(inputs: LoadingInputs) -> Loading:
    """Compute muscle and disc forces of a static posture.

    Parameters
    ----------
    inputs : LoadingInputs
        Body, joints, fascicles, loads.

    Returns
    -------
    Loading

    Notes
    -----
    For each joint j the weight above has the moment ``sum of m_s g (x_s - x_j)``, the crossing fascicles
    ``sum of a_m Fmax_m r_mj`` with ``Fmax = MMS PCSA`` and r the distance of the line of pull from the joint's centre,
    extension positive. The activations minimise ``sum of a_m^p`` with ``0 <= a_m <= 1``, while both moments are equal
    at all six joints. The joint force is that of the weight and the muscles above, resolved along the disc's own axes.
    Where the moments can't be balanced, a linear programme finds the activations that leave the least of them, and
    what is left is told.

    References
    ----------
    Crowninshield and Brand 1981, J Biomech 14:793-801 (the criterion); Burkhart et al. 2017 (muscle stress
    40 to 130 N/cm2).

    Examples
    --------
    >>> from measures.clinical.loading_inputs import default_inputs
    >>> spinal_loading(default_inputs(84.0)).feasible
    True
    """
    arms, pulls = _geometry(inputs)
    strongest = inputs.mms_n_cm2 * np.array([f.pcsa_cm2 for f in inputs.fascicles])
    moments, weights = _weight(inputs)
    capacity = arms * strongest
    found, shortfall = _cheapest(capacity, moments, inputs.power), np.zeros(len(JOINTS))
    feasible = found is not None
    active, shortfall = (found, shortfall) if found is not None else _nearest(capacity, moments)
    forces = active * strongest
    names = [f.name for f in inputs.fascicles]
    return Loading(
        feasible,
        tuple(
            _joint_load(inputs, j, weights[j], moments[j], arms[j] @ forces, pulls[j] @ forces, shortfall[j], feasible)
            for j in range(len(JOINTS))
        ),
        dict(zip(names, (float(a) for a in active), strict=True)),
        dict(zip(names, (float(f) for f in forces), strict=True)),
        float(np.sum(active**inputs.power)),
    )


def _geometry(inputs: LoadingInputs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return extension moment arms, shape (joints, fascicles), m, and directions of pull, (joints, 2, fascicles)."""
    n = len(inputs.fascicles)
    arms, pulls = np.zeros((len(JOINTS), n)), np.zeros((len(JOINTS), 2, n))
    for m, fascicle in enumerate(inputs.fascicles):
        for j in fascicle.crosses:
            joint = inputs.joints[j]
            upper, lower = (np.array(end) for end in fascicle.across(j))
            pull = (lower - upper) / np.linalg.norm(lower - upper)
            x, y = upper - (joint.x_m, joint.y_m)
            # Anticlockwise, x forwards and y up: a pull downwards behind the joint turns the body above backwards.
            arms[j, m] = x * pull[1] - y * pull[0]
            pulls[j, :, m] = pull
    return arms, pulls


def _weight(inputs: LoadingInputs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    moments, weights = np.zeros(len(JOINTS)), np.zeros(len(JOINTS))
    parts = [(JOINTS.index(s.above), s.mass_share * inputs.body_mass_kg, s.x_m) for s in inputs.segments]
    parts += [(0, load.mass_kg, load.x_m) for load in inputs.loads]
    for first, mass, x in parts:
        for j in range(first, len(JOINTS)):
            weights[j] += mass * GRAVITY
            moments[j] += mass * GRAVITY * (x - inputs.joints[j].x_m)
    return moments, weights


def _nearest(
    capacity: NDArray[np.float64], moments: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    joints, n = capacity.shape
    found = optimize.linprog(
        np.concatenate([np.zeros(n), np.ones(2 * joints)]),
        A_eq=np.hstack([capacity, np.eye(joints), -np.eye(joints)]),
        b_eq=moments,
        bounds=[(0.0, 1.0)] * n + [(0.0, None)] * (2 * joints),
    )
    if found.x is None:
        raise ValueError(f"The moments of this posture could not be balanced: {found.message}")
    active = np.clip(found.x[:n], 0.0, 1.0)
    return active, moments - capacity @ active


def _cheapest(capacity: NDArray[np.float64], moments: NDArray[np.float64], power: int) -> NDArray[np.float64] | None:
    """Return the activations of the smallest sum of powers, or None where the moments can't be balanced.

    A primal-dual interior point method: each step solves one equation per joint, and the moments are balanced to
    rounding once a whole step is taken.
    """
    scale = float(np.abs(capacity).max())
    matrix, wanted = capacity / scale, moments / scale
    n = matrix.shape[1]
    a, lower, upper, multipliers = np.full(n, 0.3), np.full(n, 0.1), np.full(n, 0.1), np.zeros(len(wanted))
    left = 1 - a  # Kept beside a: near 1 their difference would lose its digits.
    for _ in range(_ITERATIONS):
        # Without a solution the multipliers run away.
        if not np.abs(multipliers).max() < _RUNAWAY:
            return None
        gap = float(lower @ a + upper @ left) / (2 * n)
        missing = wanted - matrix @ a
        if gap < _GAP and float(np.abs(missing).max()) * scale < _FEASIBLE_NM / 100:
            return a
        centre = 0.1 * gap
        slope = power * a ** (power - 1) - matrix.T @ multipliers - centre / a + centre / left
        bend = power * (power - 1) * a ** (power - 2) + lower / a + upper / left
        system = (matrix / bend) @ matrix.T
        try:
            change = np.linalg.solve(system, missing + matrix @ (slope / bend))
        except np.linalg.LinAlgError:
            return None
        step = (matrix.T @ change - slope) / bend
        step_lower = centre / a - lower - lower / a * step
        step_upper = centre / left - upper + upper / left * step
        inside = min(_room(a, step), _room(left, -step))
        dual = min(_room(lower, step_lower), _room(upper, step_upper))
        a, left = a + inside * step, left - inside * step
        multipliers, lower, upper = multipliers + dual * change, lower + dual * step_lower, upper + dual * step_upper
    return None


def _room(value: NDArray[np.float64], step: NDArray[np.float64]) -> float:
    """Return how much of a step leaves every value above 0, 1 at most."""
    shrinking = step < 0
    return float(min(1.0, 0.995 * np.min(-value[shrinking] / step[shrinking], initial=np.inf)))


def _joint_load(
    inputs: LoadingInputs,
    j: int,
    weight_n: float,
    moment_nm: float,
    muscle_nm: float,
    pull_n: NDArray[np.float64],
    shortfall_nm: float,
    feasible: bool,
) -> JointLoad:
    joint = inputs.joints[j]
    lean = np.radians(joint.tilt_deg)
    axis, forwards = np.array([np.sin(lean), np.cos(lean)]), np.array([np.cos(lean), -np.sin(lean)])
    load = pull_n + np.array([0.0, -weight_n])
    compression, shear = float(-load @ axis), float(load @ forwards)
    # The reaction of the lower vertebra, put together again from its two parts.
    reaction = compression * axis - shear * forwards
    return JointLoad(
        joint.name,
        float(weight_n),
        float(moment_nm),
        compression if feasible else None,
        shear if feasible else None,
        0.0 if feasible else float(shortfall_nm),
        float(np.linalg.norm(reaction + load)),
        float(moment_nm - muscle_nm - (0.0 if feasible else shortfall_nm)),
    )
