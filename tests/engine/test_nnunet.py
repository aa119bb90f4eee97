"""nnU-Net by its own code: label maps with gaps there and back, orientations, a version that predicts, cancel."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from jobs.running import JobCancelled, JobFailed
from models_app.engine.networks import network_build
from models_app.engine.plan import Learned, TrainingPlan
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import image_read
from models_app.engine.training import plan_train
from models_app.engine.uncertainty import Member, probabilities_predict
from models_app.engine.weights import weights_dump, weights_load
from models_app.specification import Specification
from tests.engine.plans import Heard, case, phantom, plan

FULL = bool(os.environ.get("RADICULA_FULL"))
EPOCHS, STEPS = (3, 25) if FULL else (1, 5)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingPlan, Learned, Heard, Path]:
    """A short epoch on three small cases; under RADICULA_FULL three longer ones, to a stated Dice."""
    folder = tmp_path_factory.mktemp("nnunet")
    torch.set_num_threads(2)
    heard = Heard()
    length = {"epochs": EPOCHS, "steps_per_epoch": STEPS, "learning_rate": 2e-3}
    wanted = plan(folder, "nnunet", train=2, validation=1, plan="small", **length)
    learned = plan_train(wanted, heard, CPU, folder / "run")
    return wanted, learned, heard, folder


def test_it_plans_trains_and_tells(trained: tuple[TrainingPlan, Learned, Heard, Path]) -> None:
    _, learned, heard, folder = trained
    assert [report.epoch for report in heard.epochs] == list(range(1, EPOCHS + 1))
    assert set(heard.epochs[-1].validation_dice) == {3, 7}
    assert learned.specification.plans is not None
    assert learned.specification.plans["dataset"]["labels"] == {"background": 0, "value 3": 1, "value 7": 2}
    assert learned.facts["planned_patch"]
    assert learned.facts["trainer"] == "nnUNetTrainerAdam", "so short a run is not left to SGD"
    # Mirrors leave sides true: left-right is in the protocol's flips, and both labels have a side.
    assert learned.specification.plans["mirror_axes"] == []
    assert not (folder / "run" / "raw").exists(), "copies go when they are preprocessed"


def test_the_version_predicts_values_with_gaps_on_the_own_grid(
    trained: tuple[TrainingPlan, Learned, Heard, Path], tmp_path: Path
) -> None:
    wanted, learned, _, folder = trained
    # As the site keeps it: the specification as JSON, the weights as tensors.
    specification = Specification.from_json(learned.specification.to_json())
    weights = tmp_path / "weights"
    weights.write_bytes(weights_dump(learned.state))
    network = network_build(specification)
    weights_load(weights, network)
    found = []
    for index in (5, 6, 7) if FULL else (7,):  # other orientations, the last one oblique; none was trained on
        file = case(folder, index)
        source = image_read(file.images, specification)
        prediction = labels_predict(network.eval(), source, specification, device=CPU)
        probabilities = probabilities_predict(Member(network, specification), source, device=CPU)
        decided = np.array([0, 3, 7])[probabilities.argmax(axis=0)]
        assert (decided == prediction.labels.voxels).mean() > 0.999
        _, truth, grid = phantom(index)
        assert prediction.labels.grid.same_as(grid)
        assert set(np.unique(prediction.labels.voxels)) <= {0, 3, 7}
        for value in (3, 7):
            mine, theirs = prediction.labels.voxels == value, truth == value
            found.append(2.0 * (mine & theirs).sum() / (mine.sum() + theirs.sum()))
    assert not FULL or min(found) > 0.6, found
    assert wanted.specification.plans is None


def test_a_cancel_ends_its_process(tmp_path: Path) -> None:
    import psutil

    heard = Heard(stop_at="fingerprint")
    with pytest.raises(JobCancelled):
        plan_train(plan(tmp_path, "nnunet", train=2, validation=0, plan="small"), heard, CPU, tmp_path / "run")
    left = [row for row in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(row.info["cmdline"] or [])]
    assert left == []


def test_plans_that_name_another_class_are_refused(trained: tuple[TrainingPlan, Learned, Heard, Path]) -> None:
    stored = Specification.from_json(trained[1].specification.to_json()).to_json()
    configuration = stored["plans"]["plans"]["configurations"][stored["plans"]["configuration"]]
    configuration["architecture"]["network_class_name"] = "os.system"
    with pytest.raises(JobFailed, match="none of nnU-Net's"):
        network_build(Specification.from_json(stored))


def test_plans_that_name_another_layer_are_refused(trained: tuple[TrainingPlan, Learned, Heard, Path]) -> None:
    stored = Specification.from_json(trained[1].specification.to_json()).to_json()
    configuration = stored["plans"]["plans"]["configurations"][stored["plans"]["configuration"]]
    for name in ("os.system", "torch.load", "torch.nn.modules.module.Any"):
        configuration["architecture"]["arch_kwargs"]["conv_op"] = name
        with pytest.raises(JobFailed, match="none of torch's layers"):
            network_build(Specification.from_json(stored))
