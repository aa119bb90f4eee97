"""The network that takes clicks: what it sees, simulated clicks, what it learns, and its answers in a session."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient

from access.errors import Conflict, InvalidInput
from jobs.models import JobState
from jobs.running import JobFailed
from models_app.engine.clicked import labels_clicked, structure_clicked
from models_app.engine.guidance import (
    JUDGED_CLICKS,
    Clicks,
    ClickTeacher,
    correction,
    first_click,
    guidance,
    with_guidance,
)
from models_app.engine.interactive.answers import decode
from models_app.engine.interactive.clicking import _worked
from models_app.engine.learning import learn
from models_app.engine.networks import network_build
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import image_read, on_working_grid
from models_app.engine.resampling import WorkingGrid
from models_app.engine.server import application
from models_app.services.interactive_methods import interactive_methods
from models_app.services.proposals import proposals_start
from models_app.services.training import training_start
from models_app.services.versions import model_version_promote, model_version_retire
from mri.labels import LabelMap
from tests.engine.cohort import SHAPE, Cohort
from tests.engine.plans import AFFINES, Heard, case, phantom, plan
from tests.engine.test_interactive import TOKEN, dice, runs

CPU = torch.device("cpu")


def places(*voxels: tuple[int, int, int]) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(voxels, np.int64).reshape(-1, 3)


def test_a_click_is_one_at_its_voxel_and_falls_off_around_it() -> None:
    inside, outside = guidance((20, 18, 16), Clicks(places((0, 17, 8), (3, 17, 8)), places((10, 9, 8)))).numpy()
    assert inside[0, 17, 8] == inside[3, 17, 8] == outside[10, 9, 8] == 1.0
    # Two voxels away a Gaussian of two voxels has fallen to exp(-1/2); between two clicks the nearer one counts.
    assert outside[12, 9, 8] == pytest.approx(np.exp(-0.5))
    assert inside[1, 17, 8] == pytest.approx(np.exp(-1 / 8))
    assert outside[10, 9, 0] == 0.0
    assert not guidance((4, 4, 4), Clicks.none()).any()
    image = torch.ones(1, 20, 18, 16)
    assert with_guidance(image, Clicks.none()).shape == (3, 20, 18, 16)


def test_clicks_are_set_as_a_person_would() -> None:
    truth = np.zeros((20, 20, 20), bool)
    truth[4:11, 4:11, 4:11] = True
    assert first_click(truth).tolist() == [7, 7, 7]
    random = np.random.default_rng(0)
    drawn = np.array([first_click(truth, random) for _ in range(40)])
    assert ((drawn >= 5) & (drawn <= 9)).all(), "well inside"
    assert len(np.unique(drawn, axis=0)) > 10
    guess = truth.copy()
    guess[12:17, 12:17, 12:17] = True  # 125 too many
    guess[4:6, 4:6, 4:6] = False  # 8 too few
    fixed = correction(guess, truth, Clicks.none())
    assert fixed.outside.tolist() == [[14, 14, 14]]
    guess[12:17, 12:17, 12:17] = False
    fixed = correction(guess, truth, fixed)
    assert len(fixed.inside) == 1
    assert truth[tuple(fixed.inside[0])]
    assert not guess[tuple(fixed.inside[0])]
    assert correction(truth, truth, fixed) is fixed


@pytest.mark.parametrize("index", range(len(AFFINES)))
def test_a_voxel_of_the_image_is_found_on_the_networks_grid(index: int) -> None:
    """Against the way that label maps take, which tests/engine/test_resampling.py holds against the affines."""
    working = WorkingGrid.between(SHAPE, AFFINES[index], (0.0, 0.0, 0.0))
    for voxel in ((0, 0, 0), (27, 23, 19), (3, 20, 11)):
        alone = torch.zeros(SHAPE, dtype=torch.uint8)
        alone[voxel] = 1
        assert _worked(places(voxel), working).tolist() == np.argwhere(working.labels_to_work(alone).numpy()).tolist()
    coarse = WorkingGrid.between(SHAPE, AFFINES[index], (2.0, 2.0, 2.0))
    many = np.argwhere(np.ones(SHAPE, bool))
    found = _worked(many, coarse)
    assert len(found) <= 300
    assert (found >= 0).all()
    assert (found < np.array(coarse.shape)).all()


def test_clicks_of_a_training_are_the_same_for_an_epoch() -> None:
    image, classes = torch.randn(2, 1, 16, 16, 16), torch.zeros(2, 1, 16, 16, 16)
    classes[0, 0, 4:9, 4:9, 4:9], classes[0, 0, 10:14, 4:9, 4:9] = 1, 2
    network = torch.nn.Conv3d(3, 2, 1)

    def taught(epoch: int) -> list[torch.Tensor]:
        teacher = ClickTeacher(seed=1, rank=0)
        teacher.begin(epoch)
        return [teacher.batch(network, image, classes)[0] for _ in range(3)]

    assert all(torch.equal(one, other) for one, other in zip(taught(2), taught(2), strict=True))
    assert not all(torch.equal(one, other) for one, other in zip(taught(2), taught(3), strict=True))
    given, truth = ClickTeacher(1, 0).batch(network, image, classes)
    assert given.shape == (2, 3, 16, 16, 16)
    assert int(truth[0].sum()) in (125, 100), "one structure, not both"
    assert not truth[1].any()
    assert given[1, 2].max() == 1.0, "a patch without a structure is clicked outside"
    assert network.training


def test_it_learns_to_take_the_structure_that_is_clicked_on(tmp_path: Path) -> None:
    """Left and right look alike: which of them is meant, the click alone says."""
    wanted = plan(tmp_path, "deepedit", epochs=3, steps_per_epoch=20)
    heard = Heard()
    learned = learn(wanted, heard, CPU)
    network = network_build(learned.specification)
    network.load_state_dict(learned.state)
    network.eval()
    assert {3, 7} == set(heard.epochs[-1].validation_dice)
    file, (_, truth, grid) = case(tmp_path, 7), phantom(7)
    source = image_read(file.images, learned.specification)
    found = labels_clicked(network, source, LabelMap(truth, grid), learned.specification, device=CPU).labels.voxels
    assert all(dice(found == value, truth == value) > 0.75 for value in (3, 7))
    image = on_working_grid(source, learned.specification)
    left = image.working.labels_to_work(torch.from_numpy((truth == 3).astype(np.uint8))).numpy() > 0
    said = structure_clicked(network, image.voxels, left, learned.specification, CPU) > 0.5
    right = image.working.labels_to_work(torch.from_numpy((truth == 7).astype(np.uint8))).numpy() > 0
    assert (said & right).sum() < 0.2 * (said & left).sum()
    assert JUDGED_CLICKS == 3
    with pytest.raises(JobFailed, match="clicks"):
        labels_predict(network, source, learned.specification, device=CPU)


@pytest.fixture
def server() -> Iterator[TestClient]:
    with TestClient(application(TOKEN), headers={"X-Radicula-Token": TOKEN}) as client:
        yield client


@pytest.mark.django_db(transaction=True)
def test_a_study_that_trained_one_is_answered_by_it(server: TestClient, run_job) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02", "03", "04"))
    for label in ("01", "02", "03"):
        cohort.accept(label)
    cohort.hold_out("03")
    volume, truth = cohort.volumes["04"], cohort.truth["04"] == 1
    opened = server.post("/studies/cord/interactive", json={"user": "1", "volume": str(volume.pk)}).json()["id"]
    page = f"/studies/cord/interactive/{opened}"
    centre = np.zeros(SHAPE, bool)
    centre[tuple(first_click(truth))] = True
    asked = {"user": "1", "method": "deepedit", "positive": runs(centre), "negative": []}
    assert [row.name for row in interactive_methods(cohort.study)] == ["graph-cut"]
    refused = server.post(page, json=asked)
    assert refused.status_code == 409
    assert "train" in refused.json()["detail"]

    run = training_start(study=cohort.study, by=cohort.emil, architecture="deepedit", epochs=4)
    assert run_job(run.job).state == JobState.DONE, run.job.error
    run.refresh_from_db()
    version = run.model_version
    assert run.scores["1"]["n"] == 1
    assert run.scores["1"]["mean"] > 0.6, "scored on the frozen case, by simulated clicks"
    method = interactive_methods(cohort.study)[1]
    assert (method.name, method.takes, method.model_version) == ("deepedit", "clicks", version.name)

    answer = server.post(page, json=asked)
    assert answer.status_code == 200, answer.text
    sequence, whole, region = decode(answer.content)
    held = np.zeros(SHAPE, bool)
    held[region.box.slices()] = region.inside
    assert (sequence, whole) == (1, True)
    assert dice(held, truth) > 0.6
    assert held[tuple(first_click(truth))]
    # What a person marked as outside stays outside, and all that comes back is what that changed.
    wrong = np.zeros(SHAPE, bool)
    wrong[tuple(np.argwhere(held & ~centre)[0])] = True
    answer = server.post(page, json={**asked, "since": 1, "negative": runs(wrong)})
    _, whole, region = decode(answer.content)
    assert not whole
    held[region.box.slices()] = region.inside
    assert not held[wrong].any()

    with pytest.raises(Conflict, match="clicks"):
        model_version_promote(version=version, by=cohort.emil)
    with pytest.raises(InvalidInput, match="clicks"):
        proposals_start(study=cohort.study, by=cohort.emil, model_version=version)
    model_version_retire(version=version, by=cohort.emil)
    assert [row.name for row in interactive_methods(cohort.study)] == ["graph-cut"]
    assert server.post(page, json=asked).status_code == 409
