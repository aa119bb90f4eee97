"""Time per training step beside a plain MONAI loop: the same network, patches, batches and variations."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from radicula.cli import main as radicula
from tests.site import REPOSITORY, environment_for

NAMES = ("unet3d-small", "unet3d", "segresnet")
PHANTOMS = ("--subjects", "4", "--seed", "1", "--shape", "64", "64", "64", "--raters", "0")


def table() -> str:
    """One row for each network."""
    with tempfile.TemporaryDirectory(prefix="radicula-bench-") as name:
        phantoms = Path(name) / "phantoms"
        radicula(["phantom", "spinal-cord", *PHANTOMS, "-o", str(phantoms)])
        rows = {name: _measured(name, phantoms) for name in NAMES}
    return "\n".join(
        [
            "| network | patches in a step | plain MONAI loop | Radicula | ratio |",
            "|---|---|---|---|---|",
            *(
                f"| `{name}` | {row['batch']} of {'x'.join(map(str, row['patch']))} | {1000 * row['plain']:.0f} ms "
                f"| {1000 * row['ours']:.0f} ms | {row['ours'] / row['plain']:.2f} |"
                for name, row in rows.items()
            ),
        ]
    )


def _measured(name: str, phantoms: Path) -> dict[str, Any]:
    path = os.pathsep.join([str(REPOSITORY / "platform"), str(REPOSITORY)])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.training_trial", name, str(phantoms)],
        cwd=REPOSITORY,
        env=environment_for(phantoms.parent, PYTHONPATH=path, GOMP_SPINCOUNT="20000"),  # as the engine has it
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
