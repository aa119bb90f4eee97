"""Training on several devices: torch's launcher starts one process for each, and this worker watches them.

`python -m torch.distributed.run --nproc_per_node N -m models_app.engine.distributed FOLDER` reads `FOLDER/plan.json`,
trains, and leaves `FOLDER/learned.pt`. The first process tells on its output, one JSON object a line.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
import torch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
if __name__ == "__main__":
    django.setup()

from jobs.running import JobFailed
from models_app.engine.group import group_join
from models_app.engine.learning import learn
from models_app.engine.plan import EpochReport, Learned, TrainingPlan, Watcher
from models_app.engine.subprocesses import ERROR, child_run, end_with_parent, tell
from models_app.specification import Specification

PLAN, LEARNED = "plan.json", "learned.pt"


def learn_together(plan: TrainingPlan, watcher: Watcher, processes: int, *, folder: Path | None) -> Learned:
    """Train in several processes, one for each GPU (on a CPU they share its cores); each draws its own patches.

    Errors as for `learn`. A cancel ends all processes; the checkpoints are those of a training in one process.
    """
    if folder is None:
        raise JobFailed("Several processes need a folder for what they share; train in one.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / PLAN).write_text(json.dumps(plan.to_json()))
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes),
        "-m", "models_app.engine.distributed", str(folder),
    ]  # fmt: skip
    threads = str(max(1, torch.get_num_threads() // processes))
    child_run(command, watcher, log=folder / "processes.log", environment={"OMP_NUM_THREADS": threads})
    return learned_load(folder / LEARNED)


def learned_save(learned: Learned, path: Path) -> None:
    """Leave an outcome for the worker: tensors and plain data."""
    plain = {**asdict(learned), "specification": json.dumps(learned.specification.to_json())}
    torch.save(plain, path)


def learned_load(path: Path) -> Learned:
    """Read what `learned_save` left."""
    plain: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return Learned(**{**plain, "specification": Specification.from_json(json.loads(plain["specification"]))})


class _Teller:
    """A watcher that tells the worker."""

    def __init__(self, leads: bool) -> None:
        self.leads = leads

    def progress(self, fraction: float, message: str) -> None:
        if self.leads:
            tell({"progress": fraction, "message": message})

    def epoch(self, report: EpochReport) -> None:
        tell({"epoch": asdict(report)})


def main() -> int:
    """One of the processes."""
    end_with_parent()
    folder = Path(sys.argv[1])
    plan = TrainingPlan.from_json(json.loads((folder / PLAN).read_text()))
    group = group_join()
    device = torch.device("cuda", group.rank) if torch.cuda.is_available() else torch.device("cpu")
    try:
        learned = learn(plan, _Teller(group.leads), device, folder=folder, group=group)
    except JobFailed as failure:
        tell({ERROR: failure.detail})
        return 1
    if group.leads:
        learned_save(learned, folder / LEARNED)
    torch.distributed.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main())
