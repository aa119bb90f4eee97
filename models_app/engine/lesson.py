"""The training loop of one network: patches in, whole volumes for validation, the best epoch's weights at the end."""

import math
import time
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from models_app.engine.checkpoints import Checkpoint, random_restore, random_state
from models_app.engine.clicked import structure_clicked
from models_app.engine.failures import loss_lost, memory_told
from models_app.engine.group import ALONE, Group
from models_app.engine.guidance import ClickTeacher
from models_app.engine.hardware import arithmetic_for, peak_memory_bytes
from models_app.engine.losses import SegmentationLoss
from models_app.engine.patches import PatchStream, Sample
from models_app.engine.plan import EpochReport, Watcher
from models_app.engine.predicting import CHECK_OVERLAP, logits_on_work_grid, winners
from models_app.specification import Specification, TrainingSettings, architecture_get

GRADIENT_NORM = 12.0
WEIGHT_DECAY = 1e-4
SHORTEST_SCHEDULE = 11

VALIDATION_SHARE = 0.25
"""How much of the work validation may be; where a pass is more, some epochs go without."""

BACKWARD_COST = 3.0
"""A training step costs about three forward passes over its patch."""


@dataclass(frozen=True)
class Course:
    """What a lesson is about.

    Attributes
    ----------
    specification, settings
        What the network sees, and how it learns.
    samples, checks : list of Sample
        To learn from, and to validate on.
    stage : str
        Of a cascade; empty for a network of one step.
    span : tuple of float
        From which to which share of the whole job it goes.
    """

    specification: Specification
    settings: TrainingSettings
    samples: list[Sample]
    checks: list[Sample]
    stage: str = ""
    span: tuple[float, float] = (0.0, 1.0)


@dataclass
class Best:
    """The best weights so far."""

    state: dict[str, Tensor] = field(default_factory=dict)
    epoch: int = 0
    dice: float = -1.0
    behind: int = 0
    """Validations since then."""


class Lesson:
    """A training of one network.

    Parameters
    ----------
    course : Course
        What it is about.
    network : torch.nn.Module
        With the weights to begin with; trained in place.
    watcher : Watcher
        Who is told, and may stop it.
    device : torch.device
        Where.
    checkpoint : Checkpoint
        Where it is kept after each epoch, and goes on from.
    group : Group
        Who trains along.
    """

    def __init__(
        self,
        course: Course,
        network: nn.Module,
        watcher: Watcher,
        device: torch.device,
        checkpoint: Checkpoint,
        group: Group = ALONE,
    ) -> None:
        self.course, self.watcher, self.device, self.checkpoint, self.group = course, watcher, device, checkpoint, group
        self.settings = course.settings
        self.network = network.to(device)
        self.arithmetic = arithmetic_for(self.settings.precision, device)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=1e-3, weight_decay=WEIGHT_DECAY)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            max_lr=self.settings.learning_rate,
            # The schedule divides by the length of its rise, which must not be nothing.
            total_steps=max(self.settings.epochs * self.settings.steps_per_epoch + 1, SHORTEST_SCHEDULE),
            pct_start=0.2,
        )
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.arithmetic.scales_loss)
        self.loss = SegmentationLoss()
        self.stream = PatchStream(course.samples, course.specification, self.settings, rank=group.rank)
        self.teacher = (
            ClickTeacher(self.settings.seed, group.rank)
            if architecture_get(course.specification.architecture).clicks
            else None
        )
        self.validated_every = validation_interval(course)
        self.best = Best()
        self.seconds = {"training": 0.0, "validation": 0.0}
        self.epochs_done = 0
        self.resumed_from = 0
        self._running: nn.Module = self.network

    def run(self) -> None:
        """Train to the end, from where a checkpoint left off.

        Raises
        ------
        JobCancelled
            If the watcher stopped it.
        JobFailed
            If the loss is no number any more, or the memory does not suffice; in one sentence.
        """
        finished = self._resume()
        self._running = self._wrapped()
        with memory_told(self.course.specification, self.settings):
            for epoch in range(self.epochs_done + 1, self.settings.epochs + 1):
                if finished:
                    return
                finished = self._epoch(epoch)

    def _wrapped(self) -> nn.Module:
        running: nn.Module = self.network
        if self.settings.compiled:
            running = torch.compile(running)
        if self.group.size > 1:
            # An encoder brings layers for classification that a segmentation never asks.
            spare = bool(architecture_get(self.course.specification.architecture).encoders)
            running = DistributedDataParallel(
                running,
                device_ids=[self.device.index] if self.device.type == "cuda" else None,
                find_unused_parameters=spare,
            )
        return running

    def _epoch(self, epoch: int) -> bool:
        """One epoch; whether it was the last one."""
        started = time.perf_counter()
        self._running.train()
        if self.teacher is not None:
            self.teacher.begin(epoch)
        losses = [self._step(batch, epoch, index) for index, batch in enumerate(self.stream.epoch(epoch))]
        trained = time.perf_counter()
        dice = self._validate(epoch) if self.group.leads and self._validates(epoch) else {}
        ended = time.perf_counter()
        self.seconds["training"] += trained - started
        self.seconds["validation"] += ended - trained
        self.epochs_done = epoch
        self._judge(epoch, dice)
        last = self.group.agreed(epoch == self.settings.epochs or self._gives_up())
        if self.group.leads:
            self.watcher.epoch(
                EpochReport(
                    epoch=epoch,
                    loss=round(sum(losses) / len(losses), 6),
                    validation_dice=dice,
                    seconds=round(ended - started, 3),
                    stage=self.course.stage,
                    peak_memory_bytes=peak_memory_bytes(self.device),
                )
            )
            self.checkpoint.save(self._state(finished=last))
        return last

    def _step(self, batch: dict[str, Tensor], epoch: int, index: int) -> float:
        image, classes = (batch[name].to(self.device, non_blocking=True) for name in ("image", "label"))
        if self.teacher is not None:
            image, classes = self.teacher.batch(self.network, image, classes)
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast(self.device.type, dtype=self.arithmetic.dtype, enabled=self.arithmetic.mixed):
            logits = self._running(image)
        loss = self.loss(logits, classes)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimiser)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        value = float(loss.detach())
        step = (epoch - 1) * self.settings.steps_per_epoch + index + 1
        if not math.isfinite(value):
            raise loss_lost(step, epoch)
        self.schedule.step()
        self._tell(
            step / (self.settings.epochs * self.settings.steps_per_epoch), f"epoch {epoch} of {self.settings.epochs}"
        )
        return value

    def _validates(self, epoch: int) -> bool:
        if not self.course.checks:
            return False
        return epoch in (1, self.settings.epochs) or epoch % self.validated_every == 0

    def _validate(self, epoch: int) -> dict[int, float]:
        """Mean Dice per label value over the validation cases, on the network's grid; an absent label is left out."""
        self.network.eval()
        specification = self.course.specification
        if self.teacher is not None:
            return self._validate_clicked(epoch)
        found: dict[int, list[float]] = {}
        for sample in self.course.checks:
            logits = logits_on_work_grid(
                self.network,
                torch.from_numpy(sample.image),
                specification,
                overlap=CHECK_OVERLAP,
                device=self.device,
                cancelled=lambda: self._tell(epoch / self.settings.epochs, f"epoch {epoch}: validating"),
            )
            guess, truth = winners(logits), torch.from_numpy(sample.classes)
            for index, value in enumerate(specification.label_values, start=1):
                mine, theirs = guess == index, truth == index
                size = int(mine.sum()) + int(theirs.sum())
                if size:
                    found.setdefault(value, []).append(2.0 * int((mine & theirs).sum()) / size)
        return {value: round(sum(rows) / len(rows), 6) for value, rows in found.items()}

    def _validate_clicked(self, epoch: int) -> dict[int, float]:
        """Mean Dice per label value after simulated clicks on each."""
        found: dict[int, list[float]] = {}
        for sample in self.course.checks:
            voxels = torch.from_numpy(sample.image)
            for index in sample.present:
                self._tell(epoch / self.settings.epochs, f"epoch {epoch}: validating")
                truth = sample.classes == index
                said = structure_clicked(self.network, voxels, truth, self.course.specification, self.device) > 0.5
                value = self.course.specification.label_values[index - 1]
                found.setdefault(value, []).append(2.0 * float((said & truth).sum()) / float(said.sum() + truth.sum()))
        return {value: round(sum(rows) / len(rows), 6) for value, rows in found.items()}

    def _judge(self, epoch: int, dice: dict[int, float]) -> None:
        """Keep the weights if they are the best so far; without validation the latest are."""
        if self.course.checks and not dice:
            return
        mean = sum(dice.values()) / len(dice) if dice else -1.0
        self.best.behind += 1
        if not self.course.checks or mean > self.best.dice or not self.best.state:
            self.best = Best(
                {name: value.detach().cpu().clone() for name, value in self._weights().items()}, epoch, mean
            )

    def _gives_up(self) -> bool:
        return bool(self.settings.patience and self.course.checks and self.best.behind >= self.settings.patience)

    def _weights(self) -> dict[str, Tensor]:
        state: dict[str, Tensor] = self.network.state_dict()
        return state

    def _state(self, *, finished: bool) -> dict[str, Any]:
        return {
            "epoch": self.epochs_done,
            "finished": finished,
            "network": self._weights(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "scaler": self.scaler.state_dict(),
            "random": random_state(),
            "best": {
                "state": self.best.state,
                "epoch": self.best.epoch,
                "dice": self.best.dice,
                "behind": self.best.behind,
            },
            "seconds": dict(self.seconds),
        }

    def _resume(self) -> bool:
        """Go on from the checkpoint; whether it was of a finished lesson."""
        kept = self.checkpoint.load()
        if kept is None:
            return False
        self.network.load_state_dict(kept["network"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.schedule.load_state_dict(kept["schedule"])
        self.scaler.load_state_dict(kept["scaler"])
        random_restore(kept["random"])
        self.best = Best(**kept["best"])
        self.seconds = dict(kept["seconds"])
        self.epochs_done = self.resumed_from = int(kept["epoch"])
        return bool(kept["finished"])

    def _tell(self, share: float, message: str) -> None:
        first, last = self.course.span
        prefix = f"{self.course.stage}: " if self.course.stage else ""
        self.watcher.progress(first + (last - first) * share, f"{prefix}{message}")


def validation_interval(course: Course) -> int:
    """After how many epochs a validation is worth its time: from the work to do, so that it is the same anywhere."""
    patch = math.prod(course.specification.patch)
    training = BACKWARD_COST * course.settings.steps_per_epoch * course.settings.batch_size * patch
    checking = sum(sample.classes.size for sample in course.checks) * (1.0 + CHECK_OVERLAP)
    return max(1, math.ceil(checking * (1.0 - VALIDATION_SHARE) / (VALIDATION_SHARE * training)))
