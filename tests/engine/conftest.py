"""One thread: the tests share the machine, and threads that wait for each other cost more than they bring."""

import pytest
import torch

from models_app.models import TrainingRun


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def run_job():  # type: ignore[no-untyped-def]
    """Run a job here, through the very task that a worker runs."""
    from jobs.models import Job
    from models_app import tasks

    work = {
        "training": tasks.train,
        "scoring": tasks.score,
        "proposals": tasks.propose,
        "round-choice": tasks.choose_round,
        "model-export": tasks.export_model,
        "model-import": tasks.import_model,
    }

    def run(job: Job) -> Job:
        work[job.kind](str(job.pk))
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def trained(run_job):  # type: ignore[no-untyped-def]
    """Train a cohort's study with the small network."""
    from models_app.services.training import training_start
    from tests.engine.cohort import Cohort

    def train(cohort: Cohort, **options: object) -> TrainingRun:
        run = training_start(study=cohort.study, by=cohort.emil, architecture="unet3d-small", **options)
        run_job(run.job)
        run.refresh_from_db()
        return run

    return train
