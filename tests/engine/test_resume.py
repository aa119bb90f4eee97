"""Kill -9 of a worker in mid-epoch: the run goes on from its checkpoint, and nothing else is touched."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch
from django.db import connection
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.services import LOST_AFTER, MOST_ATTEMPTS, jobs_reap_lost
from models_app.engine.checkpoints import run_folder
from models_app.models import ModelState, TrainingEpoch
from models_app.services.splitting import WantedSplit
from models_app.services.training import training_start
from models_app.services.versions import model_version_promote
from tests.engine.cohort import Cohort

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import sys, django
django.setup()
from models_app import tasks
tasks.train(sys.argv[1])
"""


def worker_start(job: Job) -> subprocess.Popen[bytes]:
    """A process that does a training job as the engine worker does."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = os.environ | {
        "DATABASE_URL": url,
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": f"{Path.cwd() / 'platform'}:{Path.cwd()}",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, str(job.pk)], env=environment)


def lose(job: Job) -> None:
    """Nobody has heard of its worker for as long as it takes."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))


def test_kill_9_in_mid_epoch_and_the_run_goes_on(trained, run_job) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02"))
    cohort.accept("01")
    serving = model_version_promote(version=trained(cohort, epochs=1).model_version, by=cohort.emil)
    wanted = WantedSplit(train=["01"], validation=[])
    run = training_start(study=cohort.study, by=cohort.emil, architecture="unet3d-small", epochs=400, wanted=wanted)
    worker = worker_start(run.job)
    deadline = time.monotonic() + 300
    while TrainingEpoch.objects.filter(run=run).count() < 2:
        assert time.monotonic() < deadline
        assert worker.poll() is None
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    checkpoint = run_folder(run.pk) / "fold-0" / "network.pt"
    reached = int(torch.load(checkpoint, weights_only=True)["epoch"])
    assert reached >= 1

    # The first minute after: the job looks alive, then it is queued again.
    assert jobs_reap_lost() == 0
    lose(run.job)
    assert jobs_reap_lost() == 1
    job = Job.objects.get(pk=run.job_id)
    assert (job.state, job.attempt) == (JobState.QUEUED, 1)
    assert "goes on from its last checkpoint" in job.message

    run.parameters["settings"]["epochs"] = reached + 1  # so that this test ends
    run.save(update_fields=["parameters"])
    job = run_job(job)
    assert job.state == JobState.DONE, job.error
    run.refresh_from_db()
    assert run.outcome["resumed_from_epoch"] == reached
    assert not run_folder(run.pk).exists(), "a run that is done leaves nothing behind"
    serving.refresh_from_db()
    assert serving.state == ModelState.SERVING


def test_a_run_that_takes_its_worker_down_each_time_is_marked_failed(trained) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02"))
    cohort.accept("01")
    run = training_start(study=cohort.study, by=cohort.emil, architecture="unet3d-small", epochs=2)
    Job.objects.filter(pk=run.job_id).update(state=JobState.RUNNING, attempt=MOST_ATTEMPTS)
    lose(run.job)
    assert jobs_reap_lost() == 1
    job = Job.objects.get(pk=run.job_id)
    assert job.state == JobState.FAILED
    assert "last checkpoint is kept" in job.error


def test_folds_are_children_of_one_run(run_job) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02", "03"))
    for label in ("01", "02", "03"):
        cohort.accept(label)
    cohort.hold_out("03")
    chosen = {"architecture": "unet3d-small", "epochs": 1, "options": {"folds": 2, "steps_per_epoch": 4}}
    run = training_start(study=cohort.study, by=cohort.emil, **chosen)
    job = run_job(run.job)
    assert job.state == JobState.DONE, job.error
    run.refresh_from_db()
    held_out = [label for fold in run.outcome["folds"] for label in fold["validation"]]
    assert sorted(held_out) == ["01", "02"], "each subject once, the test set never"
    assert run.scores["1"]["n"] == 2
    assert set(run.epochs.values_list("fold", "epoch")) == {(1, 1), (2, 1)}
    assert not hasattr(run, "model_version")
