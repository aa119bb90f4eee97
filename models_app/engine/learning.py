"""The training loop: MONAI's trainer on patches, whole volumes for validation, the best epoch's weights at the end."""

import logging
import math
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from ignite.engine import Engine, Events
from monai.engines.trainer import SupervisedTrainer
from monai.engines.utils import IterationEvents
from monai.losses.dice import DiceCELoss
from torch import Tensor, nn

from jobs.running import JobCancelled, JobFailed
from models_app.engine.networks import network_build
from models_app.engine.patches import CACHE_BYTES, PatchStream, Sample, sample_make
from models_app.engine.predicting import CHECK_OVERLAP, logits_on_work_grid
from models_app.engine.preparing import image_prepare, labels_prepare
from models_app.specification import Specification, TrainingSettings

log = logging.getLogger(__name__)

PREPARING_SHARE = 0.04
GRADIENT_NORM = 12.0
WEIGHT_DECAY = 1e-4
VALIDATION_SHARE = 0.25
"""How much of the time validation may take; where a pass takes longer, some epochs go without."""


@dataclass(frozen=True)
class LabelledFile:
    """An image and its label map on the disk."""

    name: str
    image: Path
    labels: Path


@dataclass(frozen=True)
class TrainingPlan:
    """All that decides a training.

    Attributes
    ----------
    specification : Specification
        What the network sees and says.
    train, validation : tuple of LabelledFile
        Fixed lists; nothing is split here.
    settings : TrainingSettings
        How long, how, and from which seed.
    """

    specification: Specification
    train: tuple[LabelledFile, ...]
    validation: tuple[LabelledFile, ...]
    settings: TrainingSettings


@dataclass(frozen=True)
class EpochReport:
    """What is known after an epoch. `validation_dice` is empty for an epoch without validation."""

    epoch: int
    loss: float
    validation_dice: dict[int, float]
    seconds: float


@dataclass(frozen=True)
class Learned:
    """The outcome: weights of the best epoch (of the last one, where there was nothing to validate on)."""

    state: dict[str, Tensor]
    best_epoch: int
    seconds: dict[str, float] = field(default_factory=dict)


class Watcher(Protocol):
    """Who is told how a training goes, and may stop it."""

    def progress(self, fraction: float, message: str) -> None:
        """Hear how far it is; raise `JobCancelled` to stop it."""

    def epoch(self, report: EpochReport) -> None:
        """Hear what an epoch brought."""


def learn(plan: TrainingPlan, watcher: Watcher, device: torch.device) -> Learned:
    """Train a network.

    Raises
    ------
    JobCancelled
        If the watcher stopped it.
    JobFailed
        If there is nothing to learn from, or the loss is no number any more; in one sentence.
    """
    if not plan.train:
        raise JobFailed(
            "The training list is empty: accept at least one labelled case of a subject outside the test set."
        )
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="radicula-train-") as folder:
        samples, checks = _prepare_all(plan, watcher, Path(folder))
        prepared = time.perf_counter()
        if not any(sample.foreground for sample in samples):
            raise JobFailed(
                "None of the training cases holds a labelled voxel, so there is nothing to learn; check the accepted "
                "labels."
            )
        lesson = _Lesson(plan, samples, checks, watcher, device)
        lesson.run()
    ended = time.perf_counter()
    seconds = {
        "preparing": prepared - started,
        "training": ended - prepared - lesson.validation_seconds,
        "validation": lesson.validation_seconds,
    }
    return Learned(lesson.best_state, lesson.best_epoch, {name: round(value, 2) for name, value in seconds.items()})


def _prepare_all(plan: TrainingPlan, watcher: Watcher, folder: Path) -> tuple[list[Sample], list[Sample]]:
    files = [*plan.train, *plan.validation]
    samples: list[Sample] = []
    left = CACHE_BYTES
    for index, file in enumerate(files):
        watcher.progress(PREPARING_SHARE * index / len(files), f"preparing {file.name}")
        image = image_prepare(file.image, plan.specification)
        classes = labels_prepare(file.labels, image, plan.specification)
        sample = sample_make(
            f"{index}-{file.name}",
            image.voxels,
            classes,
            budget_bytes=left,
            folder=folder,
            seed=plan.settings.seed + index,
        )
        left -= sample.image.nbytes + sample.classes.nbytes
        samples.append(sample)
    return samples[: len(plan.train)], samples[len(plan.train) :]


class _Lesson:
    """A training under way."""

    def __init__(
        self, plan: TrainingPlan, samples: list[Sample], checks: list[Sample], watcher: Watcher, device: torch.device
    ) -> None:
        self.plan, self.checks, self.watcher, self.device = plan, checks, watcher, device
        self.settings = plan.settings
        torch.manual_seed(plan.settings.seed)
        self.network: nn.Module = network_build(plan.specification).to(device)
        self.stream = PatchStream(samples, plan.specification, plan.settings)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=1e-3, weight_decay=WEIGHT_DECAY)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            max_lr=self.settings.learning_rate,
            total_steps=self.settings.epochs * self.settings.steps_per_epoch + 1,
            pct_start=0.2,
        )
        self.best_state: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.best_dice = -1.0
        self.validation_seconds = 0.0
        self.stopped: JobCancelled | JobFailed | None = None
        self._losses: list[float] = []
        self._epoch_started = time.perf_counter()
        self._training_seconds = 0.0

    def run(self) -> None:
        batches: Iterator[dict[str, Tensor]] = iter(self.stream)
        trainer = SupervisedTrainer(
            device=self.device,
            max_epochs=self.settings.epochs,
            train_data_loader=batches,
            epoch_length=self.settings.steps_per_epoch,
            network=self.network,
            optimizer=self.optimiser,
            # Dice over the whole batch: a patch without the structure then does not count as a failure.
            loss_function=DiceCELoss(to_onehot_y=True, softmax=True, include_background=False, batch=True),
            decollate=False,
            optim_set_to_none=True,
        )
        trainer.logger.setLevel(logging.WARNING)
        trainer.add_event_handler(IterationEvents.BACKWARD_COMPLETED, self._clip_gradient)
        trainer.add_event_handler(Events.ITERATION_COMPLETED, self._after_step)
        trainer.add_event_handler(Events.EPOCH_COMPLETED, self._after_epoch)
        try:
            trainer.run()
        finally:
            batches.close()  # type: ignore[attr-defined]  # ends the thread that draws patches
        if self.stopped is not None:
            raise self.stopped

    def _clip_gradient(self) -> None:
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)

    def _after_step(self, engine: Engine) -> None:
        loss = float(engine.state.output["loss"].detach())
        step = engine.state.iteration
        if not math.isfinite(loss):
            self._stop(
                engine,
                JobFailed(
                    f"The loss was no number any more at step {step} (epoch {engine.state.epoch}); look for images "
                    "with extreme intensities among the training cases, or run it again with another seed."
                ),
            )
            return
        self._losses.append(loss)
        self.schedule.step()
        total = self.settings.epochs * self.settings.steps_per_epoch
        fraction = PREPARING_SHARE + (0.95 - PREPARING_SHARE) * step / total
        self._tell(engine, fraction, f"epoch {engine.state.epoch} of {self.settings.epochs}")

    def _after_epoch(self, engine: Engine) -> None:
        if self.stopped is not None:
            return
        epoch = engine.state.epoch
        self._training_seconds += time.perf_counter() - self._epoch_started
        dice: dict[int, float] = {}
        if self.checks and self._validates(epoch):
            try:
                dice = self._validate(epoch)
            except JobCancelled as cancelled:
                self._stop(engine, cancelled)
                return
        mean = sum(dice.values()) / len(dice) if dice else -1.0
        if not self.checks or mean > self.best_dice or not self.best_state:
            self.best_dice, self.best_epoch = mean, epoch
            self.best_state = {name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()}
        seconds = time.perf_counter() - self._epoch_started
        loss = sum(self._losses) / len(self._losses)
        self.watcher.epoch(EpochReport(epoch, round(loss, 6), dice, round(seconds, 3)))
        self._losses.clear()
        self._epoch_started = time.perf_counter()

    def _validates(self, epoch: int) -> bool:
        if epoch in (1, self.settings.epochs):
            return True
        return self.validation_seconds <= VALIDATION_SHARE * (self.validation_seconds + self._training_seconds)

    def _validate(self, epoch: int) -> dict[int, float]:
        """Mean Dice per label value over the validation cases, on the network's grid; an absent label is left out."""
        started = time.perf_counter()
        self.network.eval()
        found: dict[int, list[float]] = {}
        for sample in self.checks:
            logits = logits_on_work_grid(
                self.network,
                torch.from_numpy(sample.image),
                self.plan.specification,
                overlap=CHECK_OVERLAP,
                device=self.device,
                cancelled=lambda: self.watcher.progress(
                    PREPARING_SHARE + (0.95 - PREPARING_SHARE) * epoch / self.settings.epochs,
                    f"epoch {epoch}: validating",
                ),
            )
            guess, truth = logits.argmax(dim=0), torch.from_numpy(sample.classes)
            for index, value in enumerate(self.plan.specification.label_values, start=1):
                mine, theirs = guess == index, truth == index
                size = int(mine.sum()) + int(theirs.sum())
                if size:
                    found.setdefault(value, []).append(2.0 * int((mine & theirs).sum()) / size)
        self.network.train()
        self.validation_seconds += time.perf_counter() - started
        return {value: round(sum(rows) / len(rows), 6) for value, rows in found.items()}

    def _tell(self, engine: Engine, fraction: float, message: str) -> None:
        try:
            self.watcher.progress(fraction, message)
        except JobCancelled as cancelled:
            self._stop(engine, cancelled)

    def _stop(self, engine: Engine, reason: JobCancelled | JobFailed) -> None:
        self.stopped = reason
        engine.terminate()


def quiet_watcher() -> Any:
    """A watcher that hears nothing: for scripts."""

    class Quiet:
        def progress(self, fraction: float, message: str) -> None: ...

        def epoch(self, report: EpochReport) -> None: ...

    return Quiet()
