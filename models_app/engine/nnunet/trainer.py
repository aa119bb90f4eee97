"""nnU-Net's trainer with our epochs, our splits, our checkpoints, and mirrors that leave sides true."""

import math
import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
from nnunetv2.training.nnUNetTrainer.variants.optimizer.nnUNetTrainerAdam import nnUNetTrainerAdam

from models_app.engine.checkpoints import Checkpoint, random_restore, random_state
from models_app.engine.failures import loss_lost
from models_app.engine.hardware import peak_memory_bytes
from models_app.engine.plan import EpochReport, TrainingPlan, Watcher
from models_app.specification import FLIP_AXES, LEFT_RIGHT

PREPARED_SHARE = 0.15
TRAINED_SHARE = 0.95
VALIDATION_STEPS = 4

SHORT_RUN = 25_000
"""A tenth of nnU-Net's own 250,000 steps. In fewer, its SGD does not come away from the background where structures are
small: rootlets stood at a Dice of 0 after 300. nnU-Net's own variant with AdamW learns them."""


class SiteTrainer(nnUNetTrainer):  # type: ignore[misc, unused-ignore]
    """nnU-Net's trainer, watched by the site. Its constructor must keep its parameters, so `prepare` takes ours."""

    def prepare(self, plan: TrainingPlan, watcher: Watcher, folder: Path) -> "SiteTrainer":
        """Take over settings, and go on from a checkpoint if there is one."""
        settings = plan.settings
        self.plan, self.watcher = plan, watcher
        self.kept = Checkpoint(folder / "network.pt")
        self.num_epochs, self.num_iterations_per_epoch = settings.epochs, settings.steps_per_epoch
        self.num_val_iterations_per_epoch = max(1, min(50, VALIDATION_STEPS * max(1, len(plan.validation))))
        self.save_every = 1
        self.logger.plot_progress_png = lambda *_: None
        self.best: dict[str, Any] = {"state": {}, "epoch": 0}
        self.resumed_from = 0
        self._step, self._started = 0, time.perf_counter()
        self.initialize()
        self._resume()
        return self

    @property
    def optimised_by(self) -> str:
        """The trainer of nnU-Net whose optimiser this run has."""
        short = self.num_epochs * self.num_iterations_per_epoch < SHORT_RUN
        return (nnUNetTrainerAdam if short else nnUNetTrainer).__name__

    def configure_optimizers(self) -> Any:
        """AdamW at the run's own rate for a short run; nnU-Net's SGD at its own rate for a long one."""
        if self.optimised_by == nnUNetTrainerAdam.__name__:
            self.initial_lr = self.plan.settings.learning_rate
            return nnUNetTrainerAdam.configure_optimizers(self)
        return super().configure_optimizers()

    def configure_rotation_dummyDA_mirroring_and_inital_patch_size(self) -> Any:  # noqa: N802  # nnU-Net's name
        """Mirror along the axes that the protocol allows; nnU-Net would along all, and take left for right."""
        rotation, flat, patch, axes = super().configure_rotation_dummyDA_mirroring_and_inital_patch_size()
        specification = self.plan.specification
        allowed = {
            FLIP_AXES[name] for name in specification.flips if not (name == LEFT_RIGHT and specification.mirror_pairs)
        }
        # SimpleITK reads z, y, x; the plans put those in an order of their own. A 2-D network has the last two of them.
        order = self.plans_manager.transpose_forward[-len(self.configuration_manager.patch_size) :]
        mine = tuple(axis for axis in (axes or ()) if 2 - order[axis] in allowed)
        self.inference_allowed_mirroring_axes = mine
        return rotation, flat, patch, mine

    def train_step(self, batch: dict[str, Any]) -> dict[str, Any]:
        """One step of nnU-Net's, told."""
        told: dict[str, Any] = super().train_step(batch)
        self._step += 1
        if not math.isfinite(float(told["loss"])):
            raise loss_lost(self._step, self.current_epoch + 1)
        done = self.current_epoch + (self._step % self.num_iterations_per_epoch) / self.num_iterations_per_epoch
        share = PREPARED_SHARE + (TRAINED_SHARE - PREPARED_SHARE) * done / self.num_epochs
        self.watcher.progress(share, f"nnU-Net: epoch {self.current_epoch + 1} of {self.num_epochs}")
        return told

    def on_epoch_start(self) -> None:
        """Start the clock."""
        self._started = time.perf_counter()
        super().on_epoch_start()

    def on_epoch_end(self) -> None:
        """Tell what the epoch brought; the checkpoints are written by `save_checkpoint`."""
        epoch = self.current_epoch + 1
        loss = float(self.logger.get_value("train_losses", step=-1))
        dice = [float(value) for value in self.logger.get_value("dice_per_class_or_region", step=-1)]
        values = self.plan.specification.label_values if self.plan.validation else ()
        super().on_epoch_end()
        self._keep(finished=epoch == self.num_epochs)
        self.watcher.epoch(
            EpochReport(
                epoch=epoch,
                loss=round(loss, 6),
                # nnU-Net's pseudo Dice: over random patches of the validation cases.
                validation_dice={v: round(d, 6) for v, d in zip(values, dice, strict=False) if math.isfinite(d)},
                seconds=round(time.perf_counter() - self._started, 3),
                peak_memory_bytes=peak_memory_bytes(self.device),
            )
        )

    def save_checkpoint(self, filename: str) -> None:
        """Remember the best weights; nnU-Net's own files, which hold pickled objects, are not written."""
        name = Path(filename).stem
        if name == "checkpoint_best" or (name == "checkpoint_final" and not self.plan.validation):
            self.best = {"state": self._weights(), "epoch": self.current_epoch + 1}

    def _scaler_state(self) -> dict[str, Any]:
        state: dict[str, Any] = cast(Any, self.grad_scaler).state_dict() if self.grad_scaler is not None else {}
        return state

    def _optimiser(self) -> Any:
        return cast(Any, self.optimizer)

    def _bare(self) -> Any:
        """The network without what torch.compile puts around it."""
        network = cast(Any, self.network)
        return getattr(network, "_orig_mod", network)

    def _weights(self) -> dict[str, Any]:
        bare = self._bare()
        return {name: value.detach().cpu().clone() for name, value in bare.state_dict().items()}

    def _keep(self, *, finished: bool) -> None:
        self.kept.save(
            {
                "finished": finished,
                "epoch": self.current_epoch,
                "network": self._weights(),
                "optimiser": self._optimiser().state_dict(),
                "scaler": self._scaler_state(),
                "random": random_state(),
                "logging": _plain(self.logger.get_checkpoint()),
                "best_ema": float(self._best_ema),
                "best": self.best,
            }
        )

    def _resume(self) -> None:
        kept = self.kept.load()
        if kept is None:
            return
        bare = self._bare()
        bare.load_state_dict(kept["network"])
        self._optimiser().load_state_dict(kept["optimiser"])
        if self.grad_scaler is not None:
            cast(Any, self.grad_scaler).load_state_dict(kept["scaler"])
        self.logger.load_checkpoint(kept["logging"])
        self._best_ema, self.best = kept["best_ema"], kept["best"]
        self.current_epoch = self.resumed_from = int(kept["epoch"])
        random_restore(kept["random"])


def trainer_make(
    plans: dict[str, Any], configuration: str, dataset: dict[str, Any], device: torch.device
) -> SiteTrainer:
    """A trainer for a plan; it prints to a log file of its own."""
    return SiteTrainer({**plans, "continue_training": False}, configuration, 0, dataset, device)


def _plain(value: Any) -> Any:
    """Numbers of numpy as plain ones: what is kept loads without running code."""
    if isinstance(value, dict):
        return {name: _plain(row) for name, row in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(row) for row in value]
    return value.item() if isinstance(value, np.generic) else value
