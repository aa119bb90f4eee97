"""The process that runs nnU-Net: `python -m models_app.engine.nnunet.process FOLDER`.

It reads `FOLDER/plan.json` and leaves `FOLDER/learned.pt`; what it says to the worker are lines of JSON.
"""

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
if __name__ == "__main__":
    django.setup()

import torch

from jobs.running import JobFailed
from models_app.engine.checkpoints import seed_all
from models_app.engine.distributed import LEARNED, PLAN, learned_save
from models_app.engine.failures import memory_told
from models_app.engine.nnunet.dataset import DATASET, dataset_json, raw_write, splits_write
from models_app.engine.nnunet.planning import PLANS, plans_make
from models_app.engine.nnunet.trainer import PREPARED_SHARE, SiteTrainer, trainer_make
from models_app.engine.plan import EpochReport, Learned, TrainingPlan
from models_app.engine.subprocesses import ERROR, end_with_parent, tell

PREPARED = "prepared.json"


class _Teller:
    def progress(self, fraction: float, message: str) -> None:
        tell({"progress": fraction, "message": message})

    def epoch(self, report: EpochReport) -> None:
        tell({"epoch": asdict(report)})


def nnunet_train(plan: TrainingPlan, folder: Path) -> Learned:
    """Plan, preprocess and train; goes on from what an earlier attempt left in the folder."""
    for name in ("raw", "preprocessed", "results"):
        os.environ[f"nnUNet_{name}"] = str(folder / name)
    seed_all(plan.settings.seed)
    prepared = folder / PREPARED
    if not prepared.exists():
        _prepare(plan, folder)
    kept = json.loads(prepared.read_text())
    dataset = dataset_json(plan.specification, len(plan.train) + len(plan.validation))
    device = torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    with memory_told(plan.specification, plan.settings):
        trainer = trainer_make(kept["plans"], kept["configuration"], dataset, device)
        trainer.prepare(plan, _Teller(), folder)
        if trainer.current_epoch < trainer.num_epochs:
            trainer.run_training()
    return _learned(plan, kept, dataset, trainer)


def _prepare(plan: TrainingPlan, folder: Path) -> None:
    def progress(share: float, message: str) -> None:
        tell({"progress": PREPARED_SHARE * share, "message": message})

    raw_write(plan, folder, lambda share, message: progress(0.4 * share, message))
    plans, configuration = plans_make(folder, small=plan.settings.plan == "small", progress=progress)
    splits_write(plan, folder)
    (folder / PREPARED).write_text(json.dumps({"plans": plans, "configuration": configuration}))


def _learned(plan: TrainingPlan, kept: dict[str, Any], dataset: dict[str, Any], trainer: SiteTrainer) -> Learned:
    configuration = kept["plans"]["configurations"][kept["configuration"]]
    plans = {
        "plans": kept["plans"],
        "configuration": kept["configuration"],
        "dataset": dataset,
        "mirror_axes": list(trainer.inference_allowed_mirroring_axes or ()),
    }
    facts = {
        "precision": "fp16" if trainer.device.type == "cuda" else "float32",
        "processes": 1,
        "epochs_done": trainer.current_epoch,
        "stopped_early": False,
        "resumed_from_epoch": trainer.resumed_from or None,
        "validated_every": 1 if plan.validation else None,
        "trainer": trainer.optimised_by,
        "planned_patch": [int(side) for side in configuration["patch_size"]],
        "planned_spacing_mm": [float(side) for side in configuration["spacing"]],
        "planned_batch": int(configuration["batch_size"]),
    }
    return Learned(
        trainer.best["state"], replace(plan.specification, plans=plans), int(trainer.best["epoch"]), {}, facts
    )


def main() -> int:
    """Train, and say how it went."""
    end_with_parent()
    folder = Path(sys.argv[1])
    plan = TrainingPlan.from_json(json.loads((folder / PLAN).read_text()))
    torch.set_num_threads(max(1, int(os.environ.get("OMP_NUM_THREADS", "0")) or torch.get_num_threads()))
    try:
        learned = nnunet_train(plan, folder)
    except JobFailed as failure:
        tell({ERROR: failure.detail})
        return 1
    learned_save(learned, folder / LEARNED)
    return 0


__all__ = ["DATASET", "PLANS", "nnunet_train"]

if __name__ == "__main__":
    sys.exit(main())
