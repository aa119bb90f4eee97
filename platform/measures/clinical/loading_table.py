"""The table of disc forces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from measures.clinical.inputs import CaseInputs
from measures.clinical.loading import RESEARCH_NOTE, JointLoad, Loading, spinal_loading
from measures.clinical.loading_inputs import (
    DEFAULT_MMS_N_CM2,
    JOINT_CENTRES_M,
    UPPER_BODY_X_M,
    HeldLoad,
    MuscleMeasure,
    default_inputs,
)
from measures.clinical.lumbar import spine_meanings
from measures.clinical.lumbar_fascicles import published_fascicles
from measures.clinical.muscles import muscle_table
from measures.clinical.table import MeasureTable, Row, columns, row
from measures.result import Measure, undefined

MUSCLES = {
    "erector_spinae": "erector spinae",
    "multifidus": "multifidus",
    "quadratus_lumborum": "quadratus lumborum",
    "psoas": "psoas",
}

PUBLISHED = "published"
FASCICLES = ("grouped", PUBLISHED)
"""By name: a few that stand for many, or those of a published model one by one."""

COLUMNS = columns(
    ("joint", "", "T12/L1 ... L5/S1"),
    ("compression", "N", "along the disc's axis"),
    ("shear", "N", "across it, the upper vertebra forwards"),
    ("weight_above", "N", "weight of the body and of loads above the joint"),
    ("moment", "Nm", "moment of that weight about the joint, forwards"),
    ("unbalanced", "Nm", "moment that the muscles can't balance; 0 in a feasible posture"),
)


def loading_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Disc forces of upright standing, with measured muscles where labels or options give them; options go first."""
    held = float(options.get("load_kg", 0.0))
    if held < 0:
        raise ValueError(f"A load is 0 kg or more; {held:g} came.")
    named = str(options.get("fascicles", "grouped"))
    if named not in FASCICLES:
        raise ValueError(f"The fascicles are {' or '.join(FASCICLES)}; '{named}' came.")
    given = default_inputs(
        float(options["body_mass_kg"]),
        power=int(options.get("power", 3)),
        mms_n_cm2=float(options.get("mms_n_cm2", DEFAULT_MMS_N_CM2)),
        loads=(HeldLoad(held, float(options.get("load_x_m", 0.3))),) if held else (),
        upper_body_x_m=float(options.get("upper_body_x_m", UPPER_BODY_X_M)),
        fascicles=published_fascicles(JOINT_CENTRES_M) if named == PUBLISHED else None,
    )
    measured = {
        muscle: MuscleMeasure(float(options[f"{name}_cm2"]), options.get(f"{name}_offset_cm"))
        for name, muscle in MUSCLES.items()
        if f"{name}_cm2" in options
    }
    alone = [n for n in MUSCLES if f"{n}_offset_cm" in options and f"{n}_cm2" not in options]
    if alone:
        raise ValueError(f"An offset comes with its cross-section: give {alone[0]}_cm2 as well.")
    level = str(options.get("level", "L3"))
    measured = _on_the_images(inputs, level) | measured
    if measured:
        given = given.with_muscles(measured, level)
    found = spinal_loading(given)
    return MeasureTable(
        "loading",
        COLUMNS,
        tuple(_row(joint, found) for joint in found.joints),
        () if found.feasible else (_shortfall(found),),
        (RESEARCH_NOTE,),
        {
            "measured": {m: vars(one) for m, one in measured.items()},
            "inputs": given.to_json(),
            "activations": found.activations,
            "forces_n": found.forces_n,
        },
    )


def _on_the_images(inputs: CaseInputs, level: str) -> dict[str, MuscleMeasure]:
    """Read the muscles at a level off the label maps; those that the maps don't hold on both sides stay as modelled."""
    groups = {m.value: m.group for m in spine_meanings(inputs)}
    if not any(groups.get(value) == "muscle" for value in inputs.labels.counts()):
        return {}
    found = {}
    for one in muscle_table(inputs, {}).rows:
        cells = one.cells
        left, right, back, front = (cells[name] for name in ("left", "right", "left_ap", "right_ap"))
        numbers = [n for n in (left, right, back, front) if isinstance(n, float)]
        if cells["level"] == level and len(numbers) == 4:
            found[str(cells["muscle"])] = MuscleMeasure(numbers[0] + numbers[1], (numbers[2] + numbers[3]) / 2)
    return found


def _row(joint: JointLoad, found: Loading) -> Row:
    none = undefined("the muscles can't balance this posture")
    return row(
        {
            "joint": joint.name,
            "compression": none if joint.compression_n is None else Measure(joint.compression_n),
            "shear": none if joint.shear_n is None else Measure(joint.shear_n),
            "weight_above": joint.weight_n,
            "moment": joint.moment_nm,
            "unbalanced": abs(joint.shortfall_nm),
        }
    )


def _shortfall(found: Loading) -> str:
    lacking = [f"{j.name} {abs(j.shortfall_nm):.2f} Nm" for j in found.joints if abs(j.shortfall_nm) > 1e-9]
    return f"infeasible: with every muscle within its strength there remain unbalanced {', '.join(lacking)}"
