"""Proposals in bulk: made, skipped, failed, tried twice, cancelled and gone on with; labels of people stay."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotation.models import LabelSource, Volume
from annotation.selectors.labels import label_voxels
from annotation.services.tasks import task_open
from blobs.services import blob_path, blob_put_bytes
from jobs.models import Job, JobState
from jobs.running import JobRun
from jobs.services import job_cancel, job_retry
from models_app.engine.inference import ModelVersionInference
from models_app.engine.networks import network_build
from models_app.engine.weights import weights_dump
from models_app.models import ModelVersion, Proposal, ProposalRequest
from models_app.services.proposals import proposals_start
from models_app.specification import Specification
from tests.engine.cohort import Cohort
from tests.factories.labels import make_task
from tests.factories.models import make_version

pytestmark = pytest.mark.django_db

RunJob = Callable[[Job], Job]


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort(("01", "02", "03"))
    made.accept("01")
    return made


@pytest.fixture
def version(cohort: Cohort) -> ModelVersion:
    """One with fresh weights: what it draws does not matter here."""
    made = make_version(cohort.study)
    network = network_build(Specification.from_json(made.specification))
    made.weights = blob_put_bytes(weights_dump(network.state_dict()))
    made.save()
    return made


def all_cases(cohort: Cohort) -> list[Any]:
    return [volume.case_id for volume in cohort.volumes.values()]


def damage(volume: Volume) -> bytes:
    path = blob_path(volume.original_id)
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(b"not an image")
    return content


def told(job: Job) -> list[tuple[str, str, int]]:
    rows = ProposalRequest.objects.filter(job=job).order_by("place")
    return [(row.volume.case.name, row.state, row.attempts) for row in rows]


def test_each_image_is_told_of_and_a_persons_label_stays(
    cohort: Cohort, version: ModelVersion, run_job: RunJob
) -> None:
    before = cohort.volumes["01"].case.tasks.get().working.get().head
    kept = label_voxels(before).voxels.copy()
    original = damage(cohort.volumes["03"])
    chosen = {"study": cohort.study, "by": cohort.emil, "model_version": version, "case_ids": all_cases(cohort)}
    job = run_job(proposals_start(**chosen))
    assert job.state == JobState.DONE, job.error
    assert told(job) == [("sub-01", "made", 1), ("sub-02", "made", 1), ("sub-03", "failed", 2)]
    assert (job.result["made"], [row["case"] for row in job.result["failed"]]) == (2, ["sub-03"])

    # A label of a person: as it was, also when its task is opened again.
    working = cohort.volumes["01"].case.tasks.get().working.get()
    assert working.head == before
    assert working.head.source == LabelSource.PERSON
    assert (label_voxels(working.head).voxels == kept).all()
    assert Proposal.objects.get(volume=cohort.volumes["01"]).label_version.task is None
    begun = task_open(task=make_task(cohort.volumes["02"].case, cohort.ada), by=cohort.ada)
    assert begun.working.get().head.model_name == version.name

    rita = APIClient()
    rita.force_login(cohort.rita)
    rows = rita.get(f"/api/v1/jobs/{job.pk}/proposal-requests").json()["results"]
    assert [row["state"] for row in rows] == ["made", "made", "failed"]
    assert rows[0]["label_version"] == str(Proposal.objects.get(volume=cohort.volumes["01"]).label_version_id)
    assert {row["model_version"]["name"] for row in rows} == {version.name}
    assert rows[2]["reason"]

    # Once the image is there again: what has a proposal is skipped, saying so, and the rest is made.
    blob_path(cohort.volumes["03"].original_id).write_bytes(original)
    again = proposals_start(**chosen)
    run_job(again)
    assert told(again) == [("sub-01", "skipped", 0), ("sub-02", "skipped", 0), ("sub-03", "made", 1)]
    assert ProposalRequest.objects.filter(job=again).first().reason == f"{version.name} has proposed for it already."


def test_what_fails_once_is_made_at_the_second_try(
    cohort: Cohort, version: ModelVersion, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict, failures = ModelVersionInference.predict, ["CUDA out of memory"]

    def failing_once(self: ModelVersionInference, *arguments: Any, **named: Any) -> Any:
        if failures:
            raise RuntimeError(failures.pop())
        return predict(self, *arguments, **named)

    monkeypatch.setattr(ModelVersionInference, "predict", failing_once)
    job = run_job(proposals_start(study=cohort.study, by=cohort.emil, model_version=version))
    assert job.state == JobState.DONE, job.error
    assert told(job) == [("sub-02", "made", 2), ("sub-03", "made", 1)]


def test_cancelled_it_keeps_what_was_made_and_goes_on_from_there(
    cohort: Cohort, version: ModelVersion, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = proposals_start(study=cohort.study, by=cohort.emil, model_version=version)
    report = JobRun.report

    def report_then_cancel(self: JobRun, progress: float, message: str) -> None:
        if "sub-03" in message and not self.cancelled:
            job_cancel(job=job, by=cohort.emil)
            self._cancelled.set()  # what the heartbeat does within three seconds
        report(self, progress, message)

    monkeypatch.setattr(JobRun, "report", report_then_cancel)
    job = run_job(job)
    assert job.state == JobState.CANCELLED
    assert told(job) == [("sub-02", "made", 1), ("sub-03", "waiting", 0)]
    monkeypatch.setattr(JobRun, "report", report)
    job = run_job(job_retry(job=job, by=cohort.emil))
    assert told(job) == [("sub-02", "made", 1), ("sub-03", "made", 1)]


def test_an_image_that_kills_the_worker_does_so_twice_at_most(
    cohort: Cohort, version: ModelVersion, run_job: RunJob
) -> None:
    job = proposals_start(study=cohort.study, by=cohort.emil, model_version=version)
    # As two workers that were killed at this image leave it.
    ProposalRequest.objects.filter(job=job, volume=cohort.volumes["02"]).update(attempts=2)
    job = run_job(job)
    assert told(job) == [("sub-02", "failed", 2), ("sub-03", "made", 1)]
    assert "worker stopped while it worked on this image, twice" in job.result["failed"][0]["reason"]
