"""`python -m tests.loading_sensitivity`: what the loading model's choices do to its forces (docs/measures.md)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from measures.clinical.loading import spinal_loading
from measures.clinical.loading_inputs import (
    JOINT_CENTRES_M,
    UPPER_BODY_X_M,
    HeldLoad,
    LoadingInputs,
    default_inputs,
)
from measures.clinical.lumbar_fascicles import published_fascicles

PAGE = Path(__file__).resolve().parents[1] / "docs" / "measures.md"
MARKS = re.compile(r"(<!-- loading -->\n).*?(<!-- /loading -->)", re.DOTALL)
SHOWN = ("L3/L4", "L4/L5", "L5/S1")
KG = 84.0
HELD = HeldLoad(10.0, 0.30)
STEP_MM = 10.0
BACK = ("erector spinae", "multifidus")


def main() -> None:
    """Write the table between its marks."""
    PAGE.write_text(MARKS.sub(lambda found: f"{found[1]}{table()}{found[2]}", PAGE.read_text()))


def table() -> str:
    """Every choice, one at a time: compression at three joints, and how many times that with 10 kg in front."""
    head = f"| what is changed | {', '.join(SHOWN)} (N) | with 10 kg, times |\n|---|---|---|\n"
    rows = ["| *published, about* | 400, 400, 550 | 2, 2, 2 |"]
    for name, inputs in cases().items():
        empty, held = (forces(replace(inputs, loads=loads)) for loads in ((), (HELD,)))
        times = ", ".join(f"{held[joint] / empty[joint]:.1f}" for joint in SHOWN) if held else "can't be balanced"
        rows.append(f"| {name} | {', '.join(f'{empty[joint]:.0f}' for joint in SHOWN)} | {times} |")
    return head + "\n".join(rows) + "\n"


def cases() -> Mapping[str, LoadingInputs]:
    """The model as it is, and with one of its inputs changed."""
    base = default_inputs(KG)
    own = published_fascicles(JOINT_CENTRES_M)
    near, far = UPPER_BODY_X_M - STEP_MM / 1000, UPPER_BODY_X_M + STEP_MM / 1000
    return {
        "nothing": base,
        "squares of the activations in the place of cubes": replace(base, power=2),
        "muscle stress 40 N/cm2": replace(base, mms_n_cm2=40.0),
        "muscle stress 130 N/cm2": replace(base, mms_n_cm2=130.0),
        f"upper body's weight {STEP_MM:.0f} mm further back": default_inputs(KG, upper_body_x_m=near),
        f"upper body's weight {STEP_MM:.0f} mm further forwards": default_inputs(KG, upper_body_x_m=far),
        f"back muscles {STEP_MM:.0f} mm nearer to the spine": moved(base, STEP_MM),
        f"back muscles {STEP_MM:.0f} mm further from it": moved(base, -STEP_MM),
        "erector spinae a fifth weaker": weaker(base, "erector spinae"),
        "multifidus a fifth weaker": weaker(base, "multifidus"),
        "psoas a fifth weaker": weaker(base, "psoas"),
        "discs' axes 5 degrees further forwards": leaning(base, 5.0),
        "discs' axes 5 degrees further back": leaning(base, -5.0),
        "the published model's own 85 fascicles": default_inputs(KG, fascicles=own),
        "the same, upper body's weight 10 mm in front of L5/S1": default_inputs(
            KG, fascicles=own, upper_body_x_m=0.010
        ),
    }


def forces(inputs: LoadingInputs) -> dict[str, float]:
    """Compression by joint, N; empty where the muscles can't balance the posture."""
    return {
        joint.name: joint.compression_n for joint in spinal_loading(inputs).joints if joint.compression_n is not None
    }


def moved(inputs: LoadingInputs, forwards_mm: float) -> LoadingInputs:
    """The same with the muscles of the back moved."""
    step = forwards_mm / 1000
    return replace(
        inputs,
        fascicles=tuple(
            replace(
                one,
                origin_m=(one.origin_m[0] + step, one.origin_m[1]),
                insertion_m=(one.insertion_m[0] + step, one.insertion_m[1]),
            )
            if one.muscle in BACK
            else one
            for one in inputs.fascicles
        ),
    )


def weaker(inputs: LoadingInputs, muscle: str) -> LoadingInputs:
    """The same with a muscle of four fifths of its cross-section."""
    return replace(
        inputs,
        fascicles=tuple(
            replace(one, pcsa_cm2=0.8 * one.pcsa_cm2) if one.muscle == muscle else one for one in inputs.fascicles
        ),
    )


def leaning(inputs: LoadingInputs, deg: float) -> LoadingInputs:
    """The same with every disc's axis leaning further forwards."""
    return replace(inputs, joints=tuple(replace(joint, tilt_deg=joint.tilt_deg + deg) for joint in inputs.joints))


if __name__ == "__main__":
    main()
