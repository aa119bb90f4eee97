"""Training plans over phantom files, without a database: tubes of one or two labels in several orientations."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from jobs.running import JobCancelled
from models_app.architectures import architecture_get
from models_app.engine.plan import EpochReport, LabelledFile, TrainingPlan
from models_app.specification import Specification, specification_for
from models_app.training_settings import TrainingSettings, settings_for
from mri.geometry import Grid
from protocols import loader
from protocols.labels import Label
from tests.factories.images import affine_of, oblique

SHAPE = (28, 24, 20)
AFFINES = (
    affine_of("PSR", (1.0, 1.0, 1.0)),
    affine_of("LAS", (1.0, 1.0, 1.0)),
    affine_of("RPI", (1.2, 1.0, 1.5)),
    oblique() / np.array([0.5, 0.75, 2.0, 1.0]),
)
VALUES = (3, 7)
LABELS = tuple(
    Label(value, name, f"#00000{value}", side, "")
    for value, name, side in ((3, "Tube, left", "left"), (7, "Tube, right", "right"))
)


class Heard:
    """A watcher that remembers; it stops a training at a wanted message."""

    def __init__(self, stop_at: str = "") -> None:
        self.epochs: list[EpochReport] = []
        self.messages: list[str] = []
        self.stop_at = stop_at

    def progress(self, fraction: float, message: str) -> None:
        assert 0.0 <= fraction <= 1.0
        self.messages.append(message)
        if self.stop_at and self.stop_at in message:
            raise JobCancelled

    def epoch(self, report: EpochReport) -> None:
        self.epochs.append(report)


def phantom(index: int) -> tuple[NDArray[np.int16], NDArray[np.uint8], Grid]:
    """Two tubes beside each other in noise: the left one has value 3, the right one 7; both run up and down."""
    grid = Grid(SHAPE, AFFINES[index % len(AFFINES)])
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij"), axis=-1)
    world = grid.ras_from_ijk(indices)
    random = np.random.default_rng(index)
    middle = grid.ras_from_ijk((np.array(SHAPE) - 1) / 2) + random.uniform(-1.5, 1.5, 3)
    truth = np.zeros(SHAPE, dtype=np.uint8)
    for value, offset in ((3, -4.5), (7, 4.5)):
        truth[np.hypot(world[..., 0] - middle[0] - offset, world[..., 1] - middle[1]) < 3.5] = value
    image = 200.0 + 400.0 * (truth > 0) + random.normal(0.0, 40.0, SHAPE)
    return image.astype(np.int16), truth, grid


def case(folder: Path, index: int, roles: tuple[str, ...] = ("T2w",)) -> LabelledFile:
    """One phantom on the disk; every role is the same image."""
    image, truth, grid = phantom(index)
    paths = []
    for role in roles:
        path = folder / f"{index}-{role}.nii.gz"
        nib.save(nib.nifti1.Nifti1Image(image, grid.affine), path)
        paths.append(path)
    labels = folder / f"{index}-labels.nii.gz"
    nib.save(nib.nifti1.Nifti1Image(truth, grid.affine), labels)
    return LabelledFile(f"case {index}", tuple(paths), labels)


def plan(
    folder: Path, architecture: str = "unet3d-small", *, train: int = 4, validation: int = 1, **chosen: Any
) -> TrainingPlan:
    """A plan for small networks and few steps."""
    protocol = replace(loader.load("spinal-cord"), labels=LABELS)
    options = {"epochs": 2, "steps_per_epoch": 8, "learning_rate": 0.01, **chosen}
    settings: TrainingSettings = settings_for(protocol, architecture=architecture, **options)
    specification = tiny(specification_for(protocol, architecture, settings=settings))
    files = [case(folder, index) for index in range(train + validation)]
    return TrainingPlan(specification, tuple(files[:train]), tuple(files[train:]), settings)


def tiny(specification: Specification) -> Specification:
    """The same on small patches with few features."""
    multiple = architecture_get(specification.architecture).multiple
    side = max(24, multiple)
    patch = (side, side, side) if specification.slice_axis is None else (side, side, 1)
    channels = (8, 16, 32) if not architecture_get(specification.architecture).encoders else specification.channels
    return replace(specification, patch=patch, channels=channels)
