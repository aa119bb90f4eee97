"""`python -m tests.bench.training_trial ARCHITECTURE PHANTOMS`: seconds of a training step, ours and a plain loop's."""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
if __name__ == "__main__":
    django.setup()

# What follows reads Django's models, so it comes after the set-up.
import torch
from monai.data.dataloader import DataLoader
from monai.data.dataset import CacheDataset
from monai.losses.dice import DiceCELoss
from monai.transforms import (
    Compose,
    EnsureChannelFirstd,
    LoadImaged,
    NormalizeIntensityd,
    Orientationd,
    RandAffined,
    RandCropByPosNegLabeld,
    RandGaussianNoised,
    RandScaleIntensityd,
    Spacingd,
)

from models_app.engine.learning import learn
from models_app.engine.networks import network_build
from models_app.engine.plan import EpochReport, LabelledFile, TrainingPlan
from models_app.engine.simulation_data import cases_of_folder
from models_app.specification import Specification, specification_for
from models_app.training_settings import settings_for
from protocols import loader

CPU = torch.device("cpu")
PROTOCOL = "spinal-cord"
EPOCHS, STEPS = 4, 10
BOTH = ("image", "label")


def main() -> None:
    """Both on the same cases, patches, batches and network, one after the other; the first epoch warms up."""
    name, phantoms = sys.argv[1], Path(sys.argv[2])
    protocol = loader.load(PROTOCOL)
    files = [case.file for case in cases_of_folder(phantoms, protocol)]
    settings = settings_for(protocol, architecture=name, epochs=EPOCHS, steps_per_epoch=STEPS, processes=1)
    specification = replace(specification_for(protocol, name, settings=settings), patch=(48, 48, 48), flips=())
    watcher = _Clock()
    learn(TrainingPlan(specification, tuple(files), (), settings), watcher, CPU)
    ours = statistics.median(watcher.seconds[1:]) / STEPS
    plain = statistics.median(_plain(files, specification, settings.batch_size)[1:]) / STEPS
    print(json.dumps({"ours": ours, "plain": plain, "batch": settings.batch_size, "patch": specification.patch}))


def _plain(files: Sequence[LabelledFile], specification: Specification, batch: int) -> list[float]:
    """Seconds of each epoch of a loop as MONAI's tutorials write it, with the variations that ours makes."""
    rows = [{"image": str(file.images[0]), "label": str(file.labels)} for file in files]
    dataset = CacheDataset(rows, _transforms(specification), progress=False)
    network = network_build(specification).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    loss = DiceCELoss(to_onehot_y=True, softmax=True, include_background=False, batch=True)
    seconds = []
    for _ in range(EPOCHS):
        started = time.perf_counter()
        done = 0
        while done < STEPS:
            for batch_of in DataLoader(dataset, batch_size=batch, shuffle=True):
                optimiser.zero_grad()
                value = loss(network(batch_of["image"].as_tensor()), batch_of["label"].as_tensor())
                value.backward()
                optimiser.step()
                done += 1
                if done == STEPS:
                    break
        seconds.append(time.perf_counter() - started)
    return seconds


def _transforms(specification: Specification) -> Compose:
    patch = specification.patch
    return Compose(
        [
            LoadImaged(BOTH),
            EnsureChannelFirstd(BOTH),
            Orientationd(BOTH, axcodes="RAS"),
            Spacingd(BOTH, pixdim=specification.spacing_mm, mode=("bilinear", "nearest")),
            NormalizeIntensityd("image"),
            RandCropByPosNegLabeld(BOTH, "label", patch, pos=4, neg=1, num_samples=1, allow_smaller=True),
            RandAffined(
                BOTH,
                prob=0.5,
                rotate_range=(0.2, 0.1, 0.1),
                scale_range=(0.15,) * 3,
                mode=("bilinear", "nearest"),
                padding_mode="border",
            ),
            RandScaleIntensityd("image", factors=0.25, prob=0.5),
            RandGaussianNoised("image", prob=0.3, std=0.15),
        ]
    )


class _Clock:
    """Seconds of each epoch."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def progress(self, fraction: float, message: str) -> None:
        """Nothing to tell."""

    def epoch(self, report: EpochReport) -> None:
        """Keep its time."""
        self.seconds.append(report.seconds)


if __name__ == "__main__":
    main()
