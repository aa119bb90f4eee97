"""The planar loading model: published order of forces, balance, optimality, and what can't be balanced."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize

from measures.clinical.catalogue import CATALOGUE
from measures.clinical.inputs import CaseInputs
from measures.clinical.loading import Loading, spinal_loading
from measures.clinical.loading_inputs import (
    ATTACHED,
    GRAVITY,
    JOINT_CENTRES_M,
    JOINTS,
    PELVIS,
    HeldLoad,
    LoadingInputs,
    MuscleMeasure,
    default_inputs,
    spine_joints,
)
from measures.clinical.lumbar_fascicles import published_fascicles
from mri.geometry import Grid
from mri.labels import LabelMap
from tests.loading_sensitivity import PAGE, table

LOAD = (HeldLoad(10.0, 0.30),)
PLACE = {body: n for n, body in enumerate((*ATTACHED, PELVIS))}
SETS = {"grouped": None, "published": published_fascicles(JOINT_CENTRES_M)}


def compressions(found: Loading) -> dict[str, float]:
    return {joint.name: joint.compression_n for joint in found.joints if joint.compression_n is not None}


def moment_matrix(inputs: LoadingInputs) -> np.ndarray:
    """Moment of each fascicle at full strength, worked out apart from the model: cross products in three dimensions."""
    matrix = np.zeros((len(JOINTS), len(inputs.fascicles)))
    for m, fascicle in enumerate(inputs.fascicles):
        path = [(PLACE[body], np.array([x, y, 0.0])) for body, x, y in fascicle.path_m]
        for j in fascicle.crosses:
            # Bodies 0 to j lie above joint j: the muscle leaves the last of them, and is met by the next below.
            start = [point for place, point in path if place <= j][-1]
            end = next(point for place, point in path if place > j)
            force = inputs.mms_n_cm2 * fascicle.pcsa_cm2 * (end - start) / np.linalg.norm(end - start)
            centre = np.array([inputs.joints[j].x_m, inputs.joints[j].y_m, 0.0])
            matrix[j, m] = np.cross(start - centre, force)[2]
    return matrix


@pytest.mark.parametrize("power", [2, 3])
def test_upright_standing_gives_the_published_order_of_forces(power: int) -> None:
    found = compressions(spinal_loading(default_inputs(84.0, power=power)))
    # Published: about 550 N at L5/S1, about 400 N at L3/4 and L4/5. Our fascicles are grouped and straight: 12 %.
    assert found["L5/S1"] == pytest.approx(550.0, rel=0.12)
    assert found["L4/L5"] == pytest.approx(400.0, rel=0.12)
    assert found["L3/L4"] == pytest.approx(400.0, rel=0.12)
    assert found["L5/S1"] > found["L4/L5"] > found["L3/L4"]


@pytest.mark.parametrize("power", [2, 3])
def test_ten_kilogrammes_in_front_double_it(power: int) -> None:
    empty, loaded = (compressions(spinal_loading(default_inputs(84.0, power=power, loads=held))) for held in ((), LOAD))
    for joint in ("L3/L4", "L4/L5", "L5/S1"):
        assert loaded[joint] / empty[joint] == pytest.approx(2.1, abs=0.2)


@pytest.mark.parametrize("power", [2, 3])
def test_a_published_model_s_own_muscles_stand_as_firmly(power: int) -> None:
    """Nothing of them was set here, but that all of the weight's place is: the forces are a prediction."""
    empty, loaded = (
        compressions(spinal_loading(default_inputs(84.0, power=power, loads=held, fascicles=SETS["published"])))
        for held in ((), LOAD)
    )
    # Published: about 550, 400 and 400 N; 10 kg in front about double them.
    assert empty["L5/S1"] == pytest.approx(550.0, rel=0.12)
    assert empty["L4/L5"] == pytest.approx(400.0, rel=0.2)
    assert empty["L3/L4"] == pytest.approx(400.0, rel=0.2)
    assert empty["L5/S1"] > empty["L4/L5"] > 0.95 * empty["L3/L4"]
    for joint in ("L3/L4", "L4/L5", "L5/S1"):
        assert 2.0 < loaded[joint] / empty[joint] < 2.8


def test_a_muscle_that_is_held_down_pulls_along_its_part_across_the_joint() -> None:
    inputs = default_inputs(84.0, fascicles=SETS["published"])
    (longissimus,) = [one for one in inputs.fascicles if one.name == "LTpT R9"]
    assert [body for body, *_ in longissimus.path_m] == ["thorax", "thorax", "L2", "L3", "L4", PELVIS]
    assert longissimus.across(JOINTS.index("L2/L3")) == (longissimus.via[1][1:], longissimus.via[2][1:])
    for joint in ("T12/L1", "L1/L2"):  # L1 doesn't hold it: one part spans both
        assert longissimus.across(JOINTS.index(joint)) == (longissimus.via[0][1:], longissimus.via[1][1:])
    straight = replace(longissimus, via=())
    assert straight.across(0) == (longissimus.origin_m, longissimus.insertion_m)


@pytest.mark.parametrize("muscles", list(SETS))
@pytest.mark.parametrize("power", [2, 3])
@pytest.mark.parametrize("loads", [(), LOAD])
def test_forces_and_moments_balance_at_every_joint(power: int, loads: tuple[HeldLoad, ...], muscles: str) -> None:
    inputs = default_inputs(84.0, power=power, loads=loads, fascicles=SETS[muscles])
    found = spinal_loading(inputs)
    active = np.array(list(found.activations.values()))
    assert active.min() >= 0
    assert active.max() <= 1
    wanted = [
        sum(GRAVITY * s.mass_share * 84.0 * (s.x_m - joint.x_m) for s in inputs.segments if JOINTS.index(s.above) <= j)
        + sum(GRAVITY * one.mass_kg * (one.x_m - joint.x_m) for one in loads)
        for j, joint in enumerate(inputs.joints)
    ]
    assert np.abs(moment_matrix(inputs) @ active - wanted).max() < 1e-6
    for joint in found.joints:
        assert joint.balance_n < 1e-6
        assert abs(joint.balance_nm) < 1e-6
    # The free body above L5/S1, put together by hand.
    pulls = np.zeros(2)
    for fascicle, force in zip(inputs.fascicles, found.forces_n.values(), strict=True):
        if 5 in fascicle.crosses:
            *_, (_, *upper), (_, *lower) = fascicle.path_m
            line = np.subtract(lower, upper)
            pulls += force * line / np.linalg.norm(line)
    last = found.joints[-1]
    assert last.compression_n is not None
    assert last.shear_n is not None
    assert np.hypot(last.compression_n, last.shear_n) == pytest.approx(np.hypot(pulls[0], pulls[1] - last.weight_n))


@pytest.mark.parametrize("muscles", list(SETS))
@pytest.mark.parametrize("loads", [(), LOAD])
def test_squares_have_their_closed_form_on_the_fascicles_that_pull(loads: tuple[HeldLoad, ...], muscles: str) -> None:
    inputs = default_inputs(84.0, power=2, loads=loads, fascicles=SETS[muscles])
    active = np.array(list(spinal_loading(inputs).activations.values()))
    matrix = moment_matrix(inputs)
    wanted = matrix @ active
    pulling = active > 1e-5
    # Least squares under equalities: a = A' (A A')^-1 b on those that pull, and no other would gain by pulling.
    shares = matrix[:, pulling]
    multipliers = np.linalg.lstsq(shares @ shares.T, wanted, rcond=None)[0]
    assert active[pulling] == pytest.approx(shares.T @ multipliers, abs=1e-6)
    assert (matrix[:, ~pulling].T @ multipliers).max(initial=0.0) < 1e-5


@pytest.mark.parametrize("muscles", list(SETS))
@pytest.mark.parametrize("power", [2, 3])
@pytest.mark.parametrize("loads", [(), LOAD])
def test_a_second_solver_finds_no_cheaper_activations(power: int, loads: tuple[HeldLoad, ...], muscles: str) -> None:
    inputs = default_inputs(84.0, power=power, loads=loads, fascicles=SETS[muscles])
    found = spinal_loading(inputs)
    matrix, active = moment_matrix(inputs), np.array(list(found.activations.values()))
    wanted, scale = matrix @ active, 100.0
    other = optimize.minimize(
        lambda a: np.sum(a**power),
        np.clip(active + 0.02, 0, 1),
        jac=lambda a: power * a ** (power - 1),
        bounds=[(0, 1)] * active.size,
        constraints={"type": "eq", "fun": lambda a: (matrix @ a - wanted) / scale, "jac": lambda a: matrix / scale},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert other.success
    assert found.objective == pytest.approx(other.fun, rel=1e-4)


def test_measured_muscles_scale_and_move_the_fascicles() -> None:
    inputs = default_inputs(84.0, loads=LOAD)
    own = inputs.modelled("L3")
    unchanged = inputs.with_muscles(own)
    assert [f.pcsa_cm2 for f in unchanged.fascicles] == pytest.approx([f.pcsa_cm2 for f in inputs.fascicles])
    offset = own["erector spinae"].ap_offset_cm
    assert offset is not None
    further = inputs.with_muscles({"erector spinae": MuscleMeasure(own["erector spinae"].csa_cm2, offset - 1.0)})
    # A longer lever needs less force, and so presses less.
    assert compressions(spinal_loading(further))["L4/L5"] < compressions(spinal_loading(inputs))["L4/L5"]
    half = inputs.with_muscles({"erector spinae": MuscleMeasure(own["erector spinae"].csa_cm2 / 2)})
    assert half.modelled("L3")["erector spinae"].csa_cm2 == pytest.approx(own["erector spinae"].csa_cm2 / 2)
    with pytest.raises(ValueError, match="no soleus"):
        inputs.with_muscles({"soleus": MuscleMeasure(10.0)})


def test_the_page_says_how_much_hangs_on_each_choice() -> None:
    assert f"<!-- loading -->\n{table()}<!-- /loading -->" in PAGE.read_text()


def test_an_infeasible_posture_says_by_how_much() -> None:
    weak = default_inputs(84.0, loads=(HeldLoad(60.0, 0.5),), mms_n_cm2=40.0)
    found = spinal_loading(weak)
    assert not found.feasible
    assert all(joint.compression_n is None for joint in found.joints)
    lacking = sum(abs(joint.shortfall_nm) for joint in found.joints)
    assert lacking > 10
    # The least that can remain: the same linear programme, written with the dual's bound.
    matrix = moment_matrix(weak)
    wanted = [joint.moment_nm for joint in found.joints]
    n = matrix.shape[1]
    least = optimize.linprog(
        np.r_[np.zeros(n), np.ones(6)],
        A_ub=np.block([[matrix, -np.eye(6)], [-matrix, -np.eye(6)]]),
        b_ub=np.r_[wanted, np.negative(wanted)],
        bounds=[(0, 1)] * n + [(0, None)] * 6,
    )
    assert lacking == pytest.approx(least.fun, rel=1e-6)


def test_inputs_travel_as_json_and_are_checked() -> None:
    inputs = default_inputs(70.0, power=2, loads=LOAD, fascicles=SETS["published"])
    again = LoadingInputs.from_json(json.loads(json.dumps(inputs.to_json())))
    assert again == inputs
    with pytest.raises(ValueError, match="2 or 3"):
        replace(inputs, power=4)
    straight = spine_joints({name: (0.0, 0.03 * (5 - n)) for n, name in enumerate(JOINTS)})
    assert [joint.tilt_deg for joint in straight] == pytest.approx([0.0] * 6)


def test_the_table_carries_inputs_and_the_warning() -> None:
    nothing = CaseInputs(LabelMap.zeros(Grid((2, 2, 2), np.eye(4))))
    measure = CATALOGUE["loading"]
    assert measure.missing(nothing) == ("option body_mass_kg",)
    table = measure.measure(nothing, {"body_mass_kg": 84.0, "erector_spinae_cm2": 30.0})
    assert [row.cells["joint"] for row in table.rows] == list(JOINTS)
    assert "research model" in table.notes[0]
    assert LoadingInputs.from_json(table.details["inputs"]).body_mass_kg == 84.0
    own = measure.measure(nothing, {"body_mass_kg": 84.0, "fascicles": "published", "upper_body_x_m": 0.01})
    assert float(str(own.rows[5].cells["compression"])) == pytest.approx(550.0, rel=0.02)
    with pytest.raises(ValueError, match="grouped or published; 'all' came"):
        measure.measure(nothing, {"body_mass_kg": 84.0, "fascicles": "all"})
    heavy = measure.measure(nothing, {"body_mass_kg": 84.0, "load_kg": 90.0, "load_x_m": 0.6})
    assert heavy.rows[5].cells["compression"] is None
    assert "unbalanced" in heavy.findings[0]
