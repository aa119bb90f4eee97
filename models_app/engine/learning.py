"""Training from a plan: prepare the cases, teach one network or two, hand over the best weights."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from jobs.running import JobFailed
from models_app.engine.boxes import Box
from models_app.engine.checkpoints import Checkpoint, seed_all
from models_app.engine.failures import EMPTY_LIST, NOTHING_LABELLED, labels_missing, memory_told
from models_app.engine.group import ALONE, Group
from models_app.engine.lesson import Course, Lesson
from models_app.engine.networks import Cascade, network_build
from models_app.engine.patches import Sample, sample_make
from models_app.engine.plan import EpochReport, LabelledFile, Learned, TrainingPlan, Watcher
from models_app.engine.preparing import SourceImage, classes_read, image_read, on_working_grid
from models_app.engine.weights import Transferred, weights_transfer
from models_app.specification import Specification

__all__ = ["EpochReport", "LabelledFile", "Learned", "TrainingPlan", "Watcher", "learn"]

PREPARING_SHARE = 0.04
LEARNED_SHARE = 0.95

LOCALISE, SEGMENT = "localise", "segment"
LOCALISER_EPOCHS = 0.5
"""A localiser has one question to answer on few voxels: half of the epochs."""

TRAINED_MARGIN = 1.5
"""Crops to learn from are wider than those to predict: a box that a network finds is never quite the true one."""


Part = Callable[[SourceImage, Tensor], tuple[SourceImage, Tensor]]
"""What of an image and its labels is learned from."""


def learn(
    plan: TrainingPlan,
    watcher: Watcher,
    device: torch.device,
    *,
    folder: Path | None = None,
    group: Group = ALONE,
) -> Learned:
    """Train a network.

    Parameters
    ----------
    plan : TrainingPlan
        All that decides it.
    watcher : Watcher
        Who is told, and may stop it.
    device : torch.device
        Where.
    folder : pathlib.Path, optional
        Of checkpoints: the training goes on from what it holds. Without one nothing is kept.
    group : Group
        The processes that train together.

    Raises
    ------
    JobCancelled
        If the watcher stopped it.
    JobFailed
        If there is nothing to learn from, a label is in no case, the loss is no number any more, or the memory does
        not suffice; in one sentence.
    """
    if not plan.train:
        raise JobFailed(EMPTY_LIST)
    seed_all(plan.settings.seed)
    network = network_build(plan.specification)
    moved = weights_transfer(plan.weights, network) if plan.weights is not None else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Beside the checkpoints, so that what a killed worker leaves goes when they go.
    with tempfile.TemporaryDirectory(prefix="radicula-train-", dir=folder) as scratch:
        school = _School(plan, watcher, device, folder, group, Path(scratch))
        if isinstance(network, Cascade):
            lessons = school.two_steps(network)
        else:
            lessons = [school.one_step(network)]
    return _learned(plan, network, lessons, moved, school)


class _School:
    """What the lessons of one training share."""

    def __init__(
        self,
        plan: TrainingPlan,
        watcher: Watcher,
        device: torch.device,
        folder: Path | None,
        group: Group,
        scratch: Path,
    ) -> None:
        self.plan, self.watcher, self.device, self.folder, self.group = plan, watcher, device, folder, group
        self.scratch = scratch
        self.preparing_seconds = 0.0

    def one_step(self, network: nn.Module) -> Lesson:
        """The usual case: one network."""
        course = self._course(self.plan.specification, _whole, (0.0, LEARNED_SHARE))
        return self._teach(course, network)

    def two_steps(self, network: Cascade) -> list[Lesson]:
        """A coarse network that tells labelled from not, then a fine one in boxes around what is labelled."""
        fine = self.plan.specification
        margin = fine.localiser.margin_mm * TRAINED_MARGIN if fine.localiser is not None else 0.0
        epochs = max(1, round(self.plan.settings.epochs * LOCALISER_EPOCHS))
        coarse = self._course(fine.coarse(), _whole, (0.0, 0.3 * LEARNED_SHARE), LOCALISE)
        coarse = replace(coarse, settings=replace(coarse.settings, epochs=epochs))
        first = self._teach(coarse, network.coarse)
        second = self._course(fine, _cropper(margin), (0.3 * LEARNED_SHARE, LEARNED_SHARE), SEGMENT)
        return [first, self._teach(second, network.fine)]

    def _teach(self, course: Course, network: nn.Module) -> Lesson:
        path = self.folder / f"{course.stage or 'network'}.pt" if self.folder is not None else None
        lesson = Lesson(course, network, self.watcher, self.device, Checkpoint(path), self.group)
        lesson.run()
        network.load_state_dict(lesson.best.state or network.state_dict())
        return lesson

    def _course(
        self,
        specification: Specification,
        part: Part,
        span: tuple[float, float],
        stage: str = "",
    ) -> Course:
        started = time.perf_counter()
        first, last = span
        prepared = first + PREPARING_SHARE * (last - first)
        with memory_told(specification, self.plan.settings):
            samples = self._samples(specification, part, stage, (first, prepared))
        self.preparing_seconds += time.perf_counter() - started
        learned, checks = samples[: len(self.plan.train)], samples[len(self.plan.train) :]
        _check(learned, specification)
        return Course(specification, self.plan.settings, learned, checks, stage, (prepared, last))

    def _samples(
        self,
        specification: Specification,
        part: Part,
        stage: str,
        span: tuple[float, float],
    ) -> list[Sample]:
        files = [*self.plan.train, *self.plan.validation]
        samples: list[Sample] = []
        left = self.plan.settings.cache_mb * 1024**2
        for index, file in enumerate(files):
            self.watcher.progress(span[0] + (span[1] - span[0]) * index / len(files), f"preparing {file.name}")
            source = image_read(file.images, specification)
            classes = classes_read(file.labels, source.grid, self.plan.specification)
            source, classes = part(source, classes)
            if stage == LOCALISE:
                classes = (classes > 0).to(classes.dtype)
            image = on_working_grid(source, specification)
            sample = sample_make(
                f"{stage}{index}",
                image.voxels,
                image.working.labels_to_work(classes),
                budget_bytes=left,
                folder=self.scratch,
                seed=self.plan.settings.seed + index,
            )
            left -= sample.held_bytes
            samples.append(sample)
        return samples


def _whole(source: SourceImage, classes: Tensor) -> tuple[SourceImage, Tensor]:
    return source, classes


def _cropper(margin_mm: float) -> Part:
    def crop(source: SourceImage, classes: Tensor) -> tuple[SourceImage, Tensor]:
        found = Box.around(classes.numpy())
        box = Box.whole(source.grid.shape) if found is None else found.widened(margin_mm, source.grid)
        return source.cropped(box), classes[box.slices()]

    return crop


def _check(samples: list[Sample], specification: Specification) -> None:
    present = {index for sample in samples for index in sample.present}
    if not present:
        raise JobFailed(NOTHING_LABELLED)
    missing = [value for index, value in enumerate(specification.label_values, start=1) if index not in present]
    if missing:
        raise labels_missing(missing)


def _learned(
    plan: TrainingPlan, network: nn.Module, lessons: list[Lesson], moved: Transferred | None, school: _School
) -> Learned:
    last = lessons[-1]
    seconds = {
        "preparing": school.preparing_seconds,
        "training": sum(lesson.seconds["training"] for lesson in lessons),
        "validation": sum(lesson.seconds["validation"] for lesson in lessons),
    }
    facts = {
        "precision": last.arithmetic.name,
        "processes": school.group.size,
        "epochs_done": last.epochs_done,
        "stopped_early": last.epochs_done < plan.settings.epochs,
        "resumed_from_epoch": last.resumed_from or None,
        "validated_every": last.validated_every if last.course.checks else None,
    }
    if moved is not None:
        facts["transferred"] = moved.to_json()
    state = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
    rounded = {name: round(value, 2) for name, value in seconds.items()}
    return Learned(state, plan.specification, last.best.epoch, rounded, facts)
