"""The life of a job: progress, cancel, loss of the worker, running again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.errors import Conflict
from access.models import Study, User
from jobs.models import Job, JobState, Queue
from jobs.running import JobFailed, JobRun, _run
from jobs.services import LOST_AFTER, job_cancel, job_create, job_retry, jobs_reap_lost

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead() -> User:
    return User.objects.create_user("lena", password="not a secret")


@pytest.fixture
def study(lead: User) -> Study:
    return Study.objects.create(
        slug="cord", name="Cord", protocol_name="spinal-cord", protocol_version=1, protocol={}, created_by=lead
    )


@pytest.fixture
def job(study: Study, lead: User) -> Job:
    return job_create(study=study, kind="nothing", title="Nothing", queue=Queue.IO, parameters={"n": 3}, by=lead)


def run(job: Job, work: Callable[[JobRun], dict[str, Any]]) -> Job:
    _run(str(job.pk), work)
    job.refresh_from_db()
    return job


def test_a_job_that_ends_well_is_done_with_its_result(job: Job) -> None:
    run(job, lambda running: {"got": running.parameters["n"]})
    assert (job.state, job.result, job.progress, job.error) == (JobState.DONE, {"got": 3}, 1.0, "")
    assert job.started_at is not None
    assert job.finished_at is not None


def test_a_job_that_is_delivered_twice_runs_once(job: Job) -> None:
    calls: list[int] = []

    def work(_: JobRun) -> dict[str, Any]:
        calls.append(1)
        return {}

    run(job, work)
    run(job, work)
    assert len(calls) == 1


def test_an_expected_failure_gives_its_sentence_and_an_unexpected_one_names_itself(job: Job, study: Study) -> None:
    def refuse(_: JobRun) -> dict[str, Any]:
        raise JobFailed("There is no accepted label to train on; accept one first.")

    run(job, refuse)
    assert (job.state, job.error) == (JobState.FAILED, "There is no accepted label to train on; accept one first.")

    other = job_create(study=study, kind="nothing", title="Other", queue=Queue.IO, parameters={}, by=None)

    def stumble(_: JobRun) -> dict[str, Any]:
        raise KeyError("spacing")

    run(other, stumble)
    assert other.state == JobState.FAILED
    assert "KeyError" in other.error
    assert "Traceback" not in other.error


def test_progress_is_seen_while_the_job_runs(job: Job) -> None:
    seen: list[tuple[float, str]] = []

    def work(running: JobRun) -> dict[str, Any]:
        running.report(0.5, "half way")
        row = Job.objects.get(pk=job.pk)
        seen.append((row.progress, row.message))
        return {}

    run(job, work)
    assert seen == [(0.5, "half way")]


def test_a_queued_job_is_cancelled_at_once_and_never_runs(job: Job, lead: User) -> None:
    job_cancel(job=job, by=lead)
    run(job, lambda _: pytest.fail("a cancelled job ran"))
    assert job.state == JobState.CANCELLED


def test_a_running_job_stops_at_its_next_report(job: Job, lead: User) -> None:
    def work(running: JobRun) -> dict[str, Any]:
        job_cancel(job=job, by=lead)
        running.report(1.0, "should stop here")
        return pytest.fail("the job went on")

    run(job, work)
    assert job.state == JobState.CANCELLED
    with pytest.raises(Conflict, match="nothing to cancel"):
        job_cancel(job=job, by=lead)


def test_a_job_whose_worker_was_killed_is_failed_and_can_be_run_again(job: Job, lead: User) -> None:
    long_ago = timezone.now() - LOST_AFTER - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)
    assert jobs_reap_lost() == 1
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "worker stopped" in job.error

    job = job_retry(job=job, by=lead)
    assert (job.state, job.error, job.progress) == (JobState.QUEUED, "", 0.0)
    run(job, lambda _: {"ok": True})
    assert job.state == JobState.DONE
    with pytest.raises(Conflict, match="only a failed or cancelled job"):
        job_retry(job=job, by=lead)


def test_a_job_with_a_fresh_heartbeat_is_left_alone(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, heartbeat_at=timezone.now())
    assert jobs_reap_lost() == 0


def test_a_job_that_was_declared_lost_does_not_come_back_as_done(job: Job) -> None:
    def work(_: JobRun) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="lost")
        return {"late": True}

    run(job, work)
    assert (job.state, job.result) == (JobState.FAILED, None)
