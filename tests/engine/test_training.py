"""A training from accepted labels to a model version, through the task that the worker runs."""

import numpy as np
import pytest

from access.errors import Conflict, InvalidInput
from annotation.models import LabelSource
from annotation.selectors.labels import label_voxels
from annotation.services.tasks import task_open
from blobs.services import blob_path
from jobs.models import JobState
from jobs.running import JobRun
from jobs.services import job_cancel, job_retry
from models_app.models import ModelState, ModelVersion, Proposal, TrainingCase
from models_app.services.proposals import proposals_start
from models_app.services.splitting import WantedSplit
from models_app.services.training import training_preview, training_start
from models_app.services.versions import model_version_promote
from tests.engine.cohort import Cohort
from tests.factories.labels import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort()
    for label in ("01", "02", "03", "04"):
        made.accept(label)
    made.hold_out("04")
    return made


def dice(mine: np.ndarray, theirs: np.ndarray) -> float:
    return float(2 * ((mine > 0) & (theirs > 0)).sum() / ((mine > 0).sum() + (theirs > 0).sum()))


def test_train_score_promote_propose_and_open(cohort: Cohort, trained, run_job) -> None:  # type: ignore[no-untyped-def]
    run = trained(cohort, epochs=6)
    assert run.job.state == JobState.DONE, run.job.error
    assert run.libraries["monai"] == "1.5.2"
    epochs = list(run.epochs.all())
    assert [row.epoch for row in epochs] == list(range(1, 7))
    assert epochs[-1].loss < epochs[0].loss
    assert set(epochs[-1].validation_dice) == {"1"}
    by_split = {case.split: case.subject.label for case in run.cases.order_by("pk")}
    assert by_split["test"] == "04"
    assert run.scores["1"]["n"] == 1
    assert run.scores["1"]["mean"] > 0.8
    version = run.model_version
    assert blob_path(version.weights_id).is_file()
    assert version.state == ModelState.CANDIDATE

    model_version_promote(version=version, by=cohort.emil)
    job = run_job(proposals_start(study=cohort.study, by=cohort.emil))
    assert job.state == JobState.DONE, job.error
    assert job.result["made"] == 1
    proposal = Proposal.objects.get()
    assert proposal.volume == cohort.volumes["05"]
    labels = label_voxels(proposal.label_version)
    assert labels.voxels.shape == tuple(cohort.volumes["05"].shape)
    assert dice(labels.voxels, cohort.truth["05"]) > 0.8
    assert proposal.label_version.provenance["weights_sha256"] == version.weights_id

    task = task_open(task=make_task(cohort.volumes["05"].case, cohort.ada), by=cohort.ada)
    head = task.working.get().head
    assert (head.source, head.parent) == (LabelSource.MODEL, proposal.label_version)
    with pytest.raises(Conflict, match="nothing to propose for"):
        proposals_start(study=cohort.study, by=cohort.emil)


def test_the_same_seed_gives_the_same_weights(cohort: Cohort, trained) -> None:  # type: ignore[no-untyped-def]
    first = trained(cohort, epochs=1, seed=7)
    second = trained(cohort, epochs=1, seed=7)
    assert first.model_version.weights_id == second.model_version.weights_id
    assert (first.model_version.number, second.model_version.number) == (1, 2)


def test_cancel_leaves_no_version_and_a_retry_starts_anew(cohort: Cohort, run_job, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    run = training_start(study=cohort.study, by=cohort.emil, architecture="unet3d-small", epochs=200)
    report = JobRun.report

    def report_then_cancel(self: JobRun, progress: float, message: str) -> None:
        if "epoch 2 " in message and not self.cancelled:
            job_cancel(job=run.job, by=cohort.emil)
            self._cancelled.set()  # what the heartbeat does within three seconds
        report(self, progress, message)

    monkeypatch.setattr(JobRun, "report", report_then_cancel)
    job = run_job(run.job)
    assert job.state == JobState.CANCELLED
    assert not ModelVersion.objects.exists()
    assert run.epochs.count() == 1

    monkeypatch.setattr(JobRun, "report", report)
    run.parameters["settings"]["epochs"] = 2
    run.save()
    job = run_job(job_retry(job=job, by=cohort.emil))
    assert job.state == JobState.DONE, job.error
    assert [row.epoch for row in run.epochs.all()] == [1, 2]


def test_nothing_to_train_on_is_one_sentence() -> None:
    cohort = Cohort(("01",))
    assert training_preview(study=cohort.study).problems == [
        "No case outside the test set has an accepted label yet: accept at least one, then train."
    ]
    with pytest.raises(Conflict, match="No case outside the test set"):
        training_start(study=cohort.study, by=cohort.emil)


def test_empty_labels_are_one_sentence() -> None:
    cohort = Cohort(("01", "02"))
    cohort.accept("01", empty=True)
    with pytest.raises(Conflict, match="None of the training cases holds a labelled voxel"):
        training_start(study=cohort.study, by=cohort.emil)


def test_a_loss_that_is_no_number_fails_the_run_in_one_sentence(cohort: Cohort, run_job) -> None:  # type: ignore[no-untyped-def]
    run = training_start(study=cohort.study, by=cohort.emil, architecture="unet3d-small", epochs=4)
    run.parameters["settings"]["learning_rate"] = 1e38
    run.save()
    job = run_job(run.job)
    assert job.state == JobState.FAILED
    assert job.error.startswith("The loss was no number any more at step ")
    assert not ModelVersion.objects.exists()


def test_one_training_at_a_time(cohort: Cohort) -> None:
    training_start(study=cohort.study, by=cohort.emil)
    with pytest.raises(Conflict, match="under way"):
        training_start(study=cohort.study, by=cohort.emil)


def test_the_preferred_rater_is_taken_else_the_latest(cohort: Cohort) -> None:
    cohort.accept("01", cohort.ben)
    latest = training_preview(study=cohort.study)
    assert {s.rater for s in latest.samples if s.subject.label == "01"} == {"benedikt"}
    preferred = training_preview(study=cohort.study, raters=["ada"])
    assert {s.rater for s in preferred.samples} == {"ada"}
    with pytest.raises(InvalidInput, match="no rater nobody"):
        training_preview(study=cohort.study, raters=["nobody"])


def test_explicit_lists_are_frozen_as_given(cohort: Cohort) -> None:
    wanted = WantedSplit(train=["sub-01", "02", "03"], validation=[])
    run = training_start(study=cohort.study, by=cohort.emil, wanted=wanted)
    rows = TrainingCase.objects.filter(run=run).values_list("subject__label", "split").order_by("subject__label")
    assert list(rows) == [("01", "train"), ("02", "train"), ("03", "train"), ("04", "test")]
