"""`python -m tests.bench.architecture_trial NAME PHANTOMS OUT`: train one architecture on phantoms, and score it.

A process of its own for each, so that none inherits memory or threads of the one before.
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
if __name__ == "__main__":
    django.setup()

# What follows reads Django's models, so it comes after the set-up.
import numpy as np
import torch

from models_app.architectures import architecture_get
from models_app.engine.clicked import labels_clicked
from models_app.engine.networks import network_build
from models_app.engine.plan import EpochReport, LabelledFile, Learned, TrainingPlan
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import image_read
from models_app.engine.scoring import case_score
from models_app.engine.simulation_data import LabelledCase, cases_of_folder, split_cases
from models_app.engine.training import plan_train
from models_app.fingerprint import fingerprint_take
from models_app.specification import specification_for
from models_app.training_settings import settings_for
from mri.nifti import read_labels
from protocols import loader
from protocols.protocol import Protocol

CPU = torch.device("cpu")
PROTOCOL = "rootlets"
TEST_SHARE = 0.3
CHANNELS = (8, 16, 32, 64)
STEPS = 30
EPOCHS = {"segresnet": 20, "dynunet": 20, "cascade": 20, "nnunet": 20}
"""Where it is not ten: networks that work on the full grid, or on two, need more."""

LEARNING_RATES = {"segresnet": 2e-3, "dynunet": 2e-3, "nnunet": 2e-3}
"""Where it is not 0.005, at which such networks stand at a Dice of 0.2 after 300 steps."""

CORONAL_PATCH = (48, 1, 96)
"""For 2-D networks: a coronal slice shows where along the cord a rootlet lies, an axial one does not tell its level."""


def main() -> None:
    """Train, score, and write what came of it as JSON."""
    name, phantoms, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    protocol = loader.load(PROTOCOL)
    learned, tested = split_cases(cases_of_folder(phantoms, protocol), (), TEST_SHARE, seed=0)
    plan = _plan(name, protocol, learned)
    started = time.perf_counter()
    result = plan_train(plan, _Quiet(), CPU, out.parent / f"run-{name}")
    # A training that was stopped and went on knows what it took in all; nnU-Net keeps no such account.
    seconds = sum(result.seconds.values()) or time.perf_counter() - started
    dice = [_dice(result, case.file, plan.specification.label_values) for case in tested]
    by_label = [np.mean([row[value] for row in dice if row[value] is not None]) for value in dice[0]]
    told = {
        "learned": len(learned),
        "tested": len(tested),
        "parameters": sum(value.numel() for value in result.state.values()),
        "seconds": seconds,
        "steps": plan.settings.epochs * STEPS,
        "dice": float(np.mean([np.mean([one for one in row.values() if one is not None]) for row in dice])),
        "worst_label": float(np.nanmin(by_label)),
    }
    out.write_text(json.dumps(told))


def _plan(name: str, protocol: Protocol, cases: Sequence[LabelledCase]) -> TrainingPlan:
    """The protocol's own, with fewer features and steps."""
    architecture = architecture_get(name)
    if architecture.dimensions == 2:
        protocol = replace(protocol, model=replace(protocol.model, patch=CORONAL_PATCH))
    seen = {int(value) for case in cases for value in np.unique(read_labels(case.file.labels).voxels)}
    settings = settings_for(
        protocol,
        architecture=name,
        # Short necks lack the outer levels, and have no label on the ventral side.
        left_out=tuple(label.value for label in protocol.labels if label.value not in seen),
        seed=0,
        epochs=EPOCHS.get(name, 10),
        steps_per_epoch=STEPS,
        batch_size=8 if architecture.dimensions == 2 else 2,
        learning_rate=LEARNING_RATES.get(name, 5e-3),
        plan="small",
        processes=1,
    )
    fingerprint = fingerprint_take([case.facts for case in cases], protocol.primary_role.name)
    specification = specification_for(protocol, name, fingerprint=fingerprint, settings=settings)
    if not architecture.channels and not architecture.encoders:
        specification = replace(specification, channels=CHANNELS)
    return TrainingPlan(specification, tuple(case.file for case in cases), (), settings)


def _dice(learned: Learned, file: LabelledFile, values: Sequence[int]) -> Mapping[int, float | None]:
    """By label, on the image's own grid; of a network that takes clicks after three simulated ones."""
    specification = learned.specification
    network = network_build(specification)
    network.load_state_dict(learned.state)
    network.eval()
    source = image_read(file.images, specification)
    truth = read_labels(file.labels, source.grid)
    if architecture_get(specification.architecture).clicks:
        found = labels_clicked(network, source, truth, specification, device=CPU)
    else:
        found = labels_predict(network, source, specification, device=CPU)
    return case_score(file.name, truth, found.labels, values).dice


class _Quiet:
    """Nobody watches."""

    def progress(self, fraction: float, message: str) -> None:
        """Nothing to tell."""

    def epoch(self, report: EpochReport) -> None:
        """Nothing to keep."""


if __name__ == "__main__":
    main()
