"""What a training owes: every architecture learns, a box is put back where it was, and nothing is lost on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import psutil
import pytest
import torch
from torch import Tensor, nn

from jobs.running import JobCancelled, JobFailed
from models_app.engine.boxes import Box
from models_app.engine.distributed import PLAN, learn_together
from models_app.engine.failures import memory_told
from models_app.engine.hardware import arithmetic_for
from models_app.engine.learning import learn
from models_app.engine.networks import Cascade, network_build
from models_app.engine.plan import Learned, TrainingPlan
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import SourceImage, image_read, normalised, resampled_onto
from models_app.engine.weights import weights_dump
from models_app.fingerprint import ImageFacts, fingerprint_take
from models_app.specification import Localiser
from mri.geometry import Grid
from tests.engine.plans import SHAPE, Heard, case, phantom, plan
from tests.factories.images import affine_of, oblique

CPU = torch.device("cpu")
FULL = bool(os.environ.get("RADICULA_FULL"))

ENOUGH = {"unet3d-small": 0.5, "segresnet": 0.6, "dynunet": 0.6, "cascade": 0.5, "light-unet-2d": 0.4,
          "flexible-unet-2d": 0.3}  # fmt: skip
"""Dice that each reaches here after at most forty steps, on a case and an orientation it has not seen."""


def dice_of(learned: Learned, folder: Path, index: int = 7) -> float:
    network = network_build(learned.specification)
    network.load_state_dict(learned.state)
    file = case(folder, index)
    source = image_read(file.images, learned.specification)
    voxels = labels_predict(network.eval(), source, learned.specification, device=CPU).labels.voxels
    truth = phantom(index)[1]
    return min(float(2.0 * ((voxels == v) & (truth == v)).sum() / ((voxels == v).sum() + (truth == v).sum()))
               for v in (3, 7))  # fmt: skip


@pytest.mark.parametrize("architecture", sorted(ENOUGH))
def test_every_architecture_learns_both_sides(architecture: str, tmp_path: Path) -> None:
    chosen = {"encoder": "resnet18"} if architecture == "flexible-unet-2d" else {}
    wanted = plan(tmp_path, architecture, epochs=2, steps_per_epoch=20, validation=1, **chosen)
    heard = Heard()
    learned = learn(wanted, heard, CPU)
    assert dice_of(learned, tmp_path) > ENOUGH[architecture]
    assert {report.stage for report in heard.epochs} == ({"localise", "segment"} if architecture == "cascade" else {""})


class _Says(nn.Module):
    """Finds what is bright: class 1 left of the image's middle, class 2 right of it where there are two."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    def forward(self, block: Tensor) -> Tensor:
        out = torch.zeros((block.shape[0], self.classes, *block.shape[2:]))
        out[:, 0] = 4.0
        out[:, 1] = 8.0 * (block[:, 0] > 1.0)
        return out


@pytest.mark.parametrize(
    "affine",
    [affine_of("RAS", (1.0, 1.0, 1.0)), affine_of("PSR", (1.0, 1.0, 2.0)), oblique() / np.array([0.5, 0.75, 2.0, 1.0])],
    ids=["straight", "permuted", "oblique"],
)
def test_a_cascade_puts_its_box_back_where_it_was(affine: np.ndarray, tmp_path: Path) -> None:  # type: ignore[type-arg]
    grid = Grid((30, 26, 22), affine)
    truth = np.zeros(grid.shape, dtype=bool)
    truth[16:22, 5:12, 9:14] = True
    truth[6:10, 14:20, 9:14] = True  # a structure of two pieces, as kidneys are
    source = SourceImage(torch.from_numpy(np.where(truth, 2.0, 0.0).astype(np.float32))[None], grid)
    spacing = tuple(
        float(side)
        for side in np.linalg.norm(affine[:3, :3], axis=0)[
            [int(np.flatnonzero(nib.orientations.io_orientation(affine)[:, 0] == world)[0]) for world in range(3)]
        ]
    )
    wanted = replace(
        plan(tmp_path, "cascade", train=0, validation=0).specification,
        spacing_mm=spacing, patch=(16, 16, 16), flips=(), mirror_pairs=(),
        localiser=Localiser((2.0, 2.0, 2.0), (16, 16, 16), margin_mm=3.0),
    )  # fmt: skip
    network = Cascade(_Says(2), _Says(3)).eval()
    found = labels_predict(network, source, wanted, device=CPU)
    assert found.located
    assert found.box is not None
    # The margin in mm, along each axis of the image, to a coarse voxel.
    more = np.array([3.0 / side for side in grid.spacing_mm])
    slack = np.array([2.0 / side for side in grid.spacing_mm]) + 1.0
    exact = Box.around(truth)
    assert exact is not None
    assert (np.abs(np.array(exact.start) - np.array(found.box.start) - more) <= slack).all()
    assert (np.abs(np.array(found.box.stop) - np.array(exact.stop) - more) <= slack).all()
    # Voxel for voxel: the fine network says in the crop what is bright, and it lands where it is bright.
    assert np.array_equal(found.labels.voxels == 3, truth)
    assert np.abs(found.box.grid_of(grid).affine[:3, 3] - grid.ras_from_ijk(np.array(found.box.start))).max() < 1e-9
    # Nothing found: all of the image, and it says so.
    nothing = labels_predict(network, SourceImage(torch.zeros_like(source.voxels), grid), wanted, device=CPU)
    assert (nothing.located, nothing.box) == (False, Box.whole(grid.shape))


def test_a_training_that_goes_on_ends_as_one_that_was_never_stopped(tmp_path: Path) -> None:
    wanted = plan(tmp_path, "dynunet", epochs=3, steps_per_epoch=3)
    whole = learn(wanted, Heard(), CPU)
    kept = tmp_path / "run"
    with pytest.raises(JobCancelled):
        learn(wanted, Heard(stop_at="epoch 3 of"), CPU, folder=kept)
    heard = Heard()
    resumed = learn(wanted, heard, CPU, folder=kept)
    assert [report.epoch for report in heard.epochs] == [3]
    assert resumed.facts["resumed_from_epoch"] == 2
    assert resumed.best_epoch == whole.best_epoch
    for name, value in whole.state.items():
        assert torch.equal(value, resumed.state[name]), name
    # Once more: nothing is left to do, and the same weights come out.
    again = learn(wanted, Heard(), CPU, folder=kept)
    assert all(torch.equal(value, again.state[name]) for name, value in whole.state.items())


def test_a_damaged_checkpoint_begins_anew(tmp_path: Path) -> None:
    wanted, kept = plan(tmp_path, epochs=1, steps_per_epoch=2), tmp_path / "run"
    kept.mkdir()
    (kept / "network.pt").write_bytes(b"half a file")
    heard = Heard()
    learn(wanted, heard, CPU, folder=kept)
    assert [report.epoch for report in heard.epochs] == [1]


def test_patience_ends_a_training_that_gets_no_better(tmp_path: Path) -> None:
    wanted = plan(tmp_path, epochs=30, steps_per_epoch=1, learning_rate=1e-8, patience=2)
    learned = learn(wanted, Heard(), CPU)
    assert learned.facts["stopped_early"]
    assert learned.facts["epochs_done"] < 10


def test_transfer_takes_what_fits_and_names_the_rest(tmp_path: Path) -> None:
    earlier = learn(plan(tmp_path, epochs=1, steps_per_epoch=2), Heard(), CPU)
    weights = tmp_path / "weights"
    weights.write_bytes(weights_dump(earlier.state))
    one_label = plan(tmp_path, epochs=1, steps_per_epoch=1, left_out=(7,))
    learned = learn(replace(one_label, weights=weights), Heard(), CPU)
    told = learned.facts["transferred"]
    assert told["taken"] + len(told["left"]) == len(learned.state)
    assert told["left"]
    for name in told["left"]:
        assert learned.state[name].shape != earlier.state[name].shape
    other = plan(tmp_path, "light-unet-2d", epochs=1, steps_per_epoch=1)
    with pytest.raises(JobFailed, match="No layer of the earlier version fits"):
        learn(replace(other, weights=weights), Heard(), CPU)


def test_several_processes_train_one_network(tmp_path: Path) -> None:
    wanted = plan(tmp_path, epochs=1, steps_per_epoch=3, train=2)
    heard = Heard()
    learned = learn_together(wanted, heard, 2, folder=tmp_path / "run")
    assert [report.epoch for report in heard.epochs] == [1]
    assert learned.facts["processes"] == 2
    assert set(learned.state) == set(network_build(wanted.specification).state_dict())


def test_a_process_whose_worker_is_killed_ends_and_leaves_its_checkpoint(tmp_path: Path) -> None:
    """The worker is a real process that trains two more; it dies in mid-epoch, and so do they."""
    wanted, folder = plan(tmp_path, epochs=500, steps_per_epoch=4, train=2), tmp_path / "run"
    code = (
        "import sys, json, pathlib, os, django; django.setup()\n"
        "from models_app.engine.distributed import learn_together\n"
        "from models_app.engine.plan import TrainingPlan\n"
        "from tests.engine.plans import Heard\n"
        "plan = TrainingPlan.from_json(json.loads(pathlib.Path(sys.argv[1]).read_text()))\n"
        "learn_together(plan, Heard(), 2, folder=pathlib.Path(sys.argv[2]))\n"
    )
    asked = tmp_path / PLAN
    asked.write_text(json.dumps(wanted.to_json()))
    environment = {**os.environ, "PYTHONPATH": f"{Path.cwd() / 'platform'}:{Path.cwd()}"}
    worker = subprocess.Popen([sys.executable, "-c", code, str(asked), str(folder)], env=environment)
    deadline = time.monotonic() + 300
    while not (folder / "network.pt").exists():
        assert time.monotonic() < deadline
        assert worker.poll() is None
        time.sleep(0.2)
    processes = psutil.Process(worker.pid).children(recursive=True)
    assert len(processes) >= 2
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    gone, alive = psutil.wait_procs(processes, timeout=120)
    assert alive == []
    assert len(gone) == len(processes)
    kept = torch.load(folder / "network.pt", weights_only=True)
    assert kept["epoch"] >= 1
    assert not kept["finished"]


def test_every_reason_to_stop_is_one_sentence(tmp_path: Path) -> None:
    wanted = plan(tmp_path, epochs=1, steps_per_epoch=1, train=1, validation=0)
    with pytest.raises(JobFailed, match=r"^The training list is empty: [^.]*\.$"):
        learn(replace(wanted, train=()), Heard(), CPU)
    more = replace(wanted.specification, label_values=(3, 5, 7), mirror_pairs=())
    with pytest.raises(JobFailed, match=r"^The label 5 occurs in no training case: [^.]*\.$"):
        learn(replace(wanted, specification=more), Heard(), CPU)
    huge = replace(wanted.specification, patch=(100_000, 100_000, 100_000))
    with pytest.raises(JobFailed, match=r"^The memory did not suffice for batches of \d+ patches of 100000×[^.]*\.$"):
        learn(replace(wanted, specification=huge), Heard(), CPU)
    with (
        pytest.raises(JobFailed, match="The memory did not suffice"),
        memory_told(wanted.specification, wanted.settings),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory")


def test_what_does_not_fit_in_the_bound_waits_on_the_disk(tmp_path: Path) -> None:
    held = learn(plan(tmp_path, epochs=1, steps_per_epoch=2), Heard(), CPU)
    streamed = learn(plan(tmp_path, epochs=1, steps_per_epoch=2, cache_mb=0), Heard(), CPU)
    assert all(torch.equal(value, streamed.state[name]) for name, value in held.state.items())


def test_mixed_precision_trains_where_there_is_no_gpu_too(tmp_path: Path) -> None:
    learned = learn(plan(tmp_path, epochs=1, steps_per_epoch=2, precision="bf16"), Heard(), CPU)
    assert learned.facts["precision"] == "bf16"
    assert all(value.dtype != torch.bfloat16 for value in learned.state.values())
    assert arithmetic_for("auto", CPU).name == "float32"


def test_a_plan_survives_its_way_to_another_process(tmp_path: Path) -> None:
    for architecture in ("cascade", "flexible-unet-2d"):
        wanted = plan(tmp_path, architecture, train=1, validation=1, inputs=("T2w",))
        assert TrainingPlan.from_json(json.loads(json.dumps(wanted.to_json()))) == wanted


def test_a_second_volume_is_brought_onto_the_labelled_grid() -> None:
    """A ramp in world coordinates is the same ramp on any grid: linear interpolation is exact for it."""
    coarse = Grid((9, 8, 7), oblique() / np.array([0.5, 0.75, 2.0, 1.0]))
    around = np.eye(4)
    around[:3, 3] = coarse.ras_from_ijk(np.array([4.0, 3.5, 3.0])) - 9.5
    fine = Grid((20, 20, 20), around)

    def ramp(grid: Grid) -> Tensor:
        indices = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
        world = grid.ras_from_ijk(indices)
        return torch.from_numpy((world @ np.array([0.3, -0.2, 0.5]) + 4.0).astype(np.float32))

    moved = resampled_onto(ramp(fine), fine, coarse)
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in coarse.shape), indexing="ij"), axis=-1)
    places = coarse.ras_from_ijk(indices) - around[:3, 3]
    inside = np.all((places >= 0) & (places <= 19), axis=-1)
    assert inside.sum() > 20
    assert np.abs((moved - ramp(coarse)).numpy()[inside]).max() < 1e-3


def test_susceptibility_keeps_its_sign_and_its_zero() -> None:
    qsm = torch.from_numpy(np.random.default_rng(0).normal(0.02, 0.1, (8, 8, 8)).astype(np.float32))
    qsm[0] = 0.0
    scaled = normalised(qsm, "signed")
    assert torch.equal(torch.sign(scaled), torch.sign(qsm))
    assert torch.allclose(scaled / scaled.max(), qsm / qsm.max(), atol=1e-6)
    assert float(scaled[scaled != 0].square().mean()) == pytest.approx(1.0, rel=1e-4)


def test_the_fingerprint_follows_the_data() -> None:
    def facts(spacing: tuple[float, float, float], lowest: float = 0.0) -> ImageFacts:
        affine = affine_of("PSR", spacing)
        return ImageFacts("T2w", SHAPE, tuple(affine.ravel()), lowest, 100.0)

    taken = fingerprint_take([facts((0.5, 0.5, 0.5)), facts((0.5, 0.5, 5.0)), facts((0.6, 0.5, 5.0), -80.0)], "T2w")
    assert taken is not None
    # PSR: the array's axes run along anterior, superior, right. The coarse axis takes the finer images' spacing.
    assert taken.spacing_mm[1:] == (0.5, 0.5)
    assert 0.5 < taken.spacing_mm[0] < 5.0
    assert taken.coarse_axis == 0
    assert taken.orientations == {"PSR": 3}
    assert taken.signed == {"T2w": False}
    assert fingerprint_take([facts((1.0, 1.0, 1.0), -80.0)], "T2w").signed == {"T2w": True}  # type: ignore[union-attr]
    assert fingerprint_take([], "T2w") is None
