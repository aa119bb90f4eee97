"""The worker's side of a training by nnU-Net: starts its process, listens, and takes what it leaves."""

import json
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch

from jobs.running import JobFailed
from models_app.engine.distributed import LEARNED, PLAN, learned_load
from models_app.engine.failures import EMPTY_LIST
from models_app.engine.plan import Learned, TrainingPlan, Watcher
from models_app.engine.subprocesses import child_run

AUGMENTERS = 6
"""Processes that vary patches while a GPU computes."""

SPACE_PER_BYTE = 12
"""Room that a training needs on the disk for each byte of its (compressed) images: copies as floats, before and after
resampling. It is given back at the end."""


def nnunet_learn(plan: TrainingPlan, watcher: Watcher, device: torch.device, *, folder: Path | None) -> Learned:
    """Train by nnU-Net's own code, in a process of its own, below a folder that holds all that it writes.

    Errors as for `learn`, and `JobFailed` where the disk has no room for its copies of the images.
    """
    if not plan.train:
        raise JobFailed(EMPTY_LIST)
    if plan.weights is not None:
        raise JobFailed("nnU-Net plans a network anew for each training: it can't begin from an earlier version.")
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="radicula-nnunet-") as scratch:
            return nnunet_learn(plan, watcher, device, folder=Path(scratch))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _check_room(plan, folder)
    (folder / PLAN).write_text(json.dumps(plan.to_json()))
    started = time.perf_counter()
    environment = {
        "nnUNet_n_proc_DA": str(AUGMENTERS if device.type == "cuda" else 0),
        "nnUNet_compile": "1" if plan.settings.compiled else "0",
        "OMP_NUM_THREADS": str(torch.get_num_threads()),
    }
    command = [sys.executable, "-m", "models_app.engine.nnunet.process", str(folder)]
    child_run(command, watcher, log=folder / "nnunet.log", environment=environment)
    learned = learned_load(folder / LEARNED)
    return replace(learned, seconds={"training": round(time.perf_counter() - started, 2)})


def _check_room(plan: TrainingPlan, folder: Path) -> None:
    images = {path for file in (*plan.train, *plan.validation) for path in file.images}
    wanted = SPACE_PER_BYTE * sum(path.stat().st_size for path in images)
    free = shutil.disk_usage(folder).free
    if wanted > free:
        raise JobFailed(
            f"nnU-Net copies the images while it trains: about {wanted / 1e9:.1f} GB, and {free / 1e9:.1f} GB are "
            "free. Make room, or train another architecture."
        )
