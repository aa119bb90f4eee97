"""Every architecture on one cohort of 40 rootlet phantoms: it trains, and beats a stated Dice on subjects not seen.

`RADICULA_BENCH_FOLDER` names a folder in which the phantoms and finished trainings stay: a bench that was stopped goes
on there.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from models_app.architectures import ARCHITECTURES
from radicula.cli import main as radicula
from tests.site import REPOSITORY, environment_for

PHANTOMS = ("--subjects", "40", "--seed", "1", "--shape", "32", "32", "40", "--raters", "0")
STATED = {
    "unet3d": 0.4, "unet3d-small": 0.4, "segresnet": 0.4, "dynunet": 0.4, "cascade": 0.4, "nnunet": 0.4,
    "deepedit": 0.4, "flexible-unet-2d": 0.3, "light-unet-2d": 0.3,
}  # fmt: skip
"""Mean Dice over labels and test cases that each has to beat here: that it learns, not which is best."""


def table() -> str:
    """Train all, one after the other; an architecture that stays below its stated Dice ends the bench."""
    with tempfile.TemporaryDirectory(prefix="radicula-bench-") as scratch:
        folder = Path(os.environ.get("RADICULA_BENCH_FOLDER") or scratch)
        phantoms = folder / "phantoms"
        if not (phantoms / "participants.tsv").exists():
            radicula(["phantom", "rootlets", *PHANTOMS, "-o", str(phantoms)])
        rows = {name: _trained(name, phantoms, folder / f"{name}.json") for name in STATED}
    short = [f"{name} ({row['dice']:.3f})" for name, row in rows.items() if row["dice"] <= STATED[name]]
    if short:
        raise SystemExit(f"Not above the stated Dice: {', '.join(short)}.")
    first = next(iter(rows.values()))
    about = f"{first['learned']} phantoms learned from, {first['tested']} tested on, one seed."
    return "\n".join([*_lines(rows), "", about])


def _trained(name: str, phantoms: Path, out: Path) -> dict[str, Any]:
    if not out.exists():
        path = os.pathsep.join([str(REPOSITORY / "platform"), str(REPOSITORY)])
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.bench.architecture_trial", name, str(phantoms), str(out)],
            cwd=REPOSITORY,
            env=environment_for(out.parent, PYTHONPATH=path, GOMP_SPINCOUNT="20000"),  # as the engine has it
            check=True,
        )
        print(name, out.read_text(), flush=True)
    told: dict[str, Any] = json.loads(out.read_text())
    return told


def _lines(rows: dict[str, dict[str, Any]]) -> list[str]:
    return [
        "| architecture | parameters | steps | training | mean Dice | worst label | stated |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| `{name}` ({ARCHITECTURES[name].title}) | {row['parameters'] / 1e6:.2f} M | {row['steps']} "
            f"| {row['seconds']:.0f} s | {row['dice']:.3f} | {row['worst_label']:.3f} | {STATED[name]:.2f} |"
            for name, row in rows.items()
        ),
    ]
