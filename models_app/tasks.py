"""What the engine worker does: train, score, propose, write and read files of versions.

torch takes a second and 300 MB to import, so it comes in when a job runs: the io worker and the web process read this
module too (Celery looks for tasks in it) and never need it.
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from celery import shared_task

from access.models import Study
from jobs.running import JobRun, job_task
from models_app.models import ExportFormat, ModelExport, ModelVersion, Round, TrainingRun
from models_app.services import model_files, proposals, rounds, scores, training


@job_task(training.KIND, resumes=True)
def train(job_run: JobRun) -> dict[str, Any]:
    """Train on a frozen list, score on the test cases, keep the result as a model version."""
    from models_app.engine.runs import run_train

    run = TrainingRun.objects.select_related("study", "created_by", "initial__weights").get(
        pk=job_run.parameters["run"]
    )
    return run_train(run, job_run)


@job_task(scores.KIND, resumes=True)
def score(job_run: JobRun) -> dict[str, Any]:
    """Score a model version on what it was not scored on yet."""
    from models_app.engine.version_scoring import version_score

    version = ModelVersion.objects.select_related("study", "weights").get(pk=job_run.parameters["model_version"])
    return version_score(version, job_run, job_run.parameters["scope"])


@job_task(proposals.KIND, resumes=True)
def propose(job_run: JobRun) -> dict[str, Any]:
    """Make proposals: one image at a time, each kept at once; one that fails twice is told with its reason."""
    from models_app.engine.proposing import BulkProposal

    version = ModelVersion.objects.select_related("study", "weights").get(pk=job_run.parameters["model_version"])
    return BulkProposal(version, job_run).run()


@job_task(rounds.KIND, resumes=True)
def choose_round(job_run: JobRun) -> dict[str, Any]:
    """Ask the model about the pool and choose the cases of a round."""
    row = Round.objects.select_related("study", "asked__study", "created_by").get(pk=job_run.parameters["round"])
    if row.asked is None:
        # No model is asked: the io worker, which has no torch, draws.
        return rounds.round_draw(round_=row)
    from models_app.engine.choosing import round_choose

    return round_choose(row, job_run)


@shared_task(name="models.rounds_advance")
def advance_rounds() -> None:
    """Let rounds go on that can: expire reservations, begin trainings, end rounds."""
    rounds.rounds_advance()


def simulate_rounds(
    study: Study | None, options: Mapping[str, Any], progress: Callable[[float, str], None]
) -> dict[str, Any]:
    """Replay rounds on labels that are there already; of the command line, without a job.

    Parameters
    ----------
    study : Study or None
        Whose accepted labels are replayed; None for a dataset.
    options : mapping
        As `manage.py simulate_rounds` reads them.
    progress : callable
        Told the share that is done and what is being done.

    Raises
    ------
    ApplicationError
        If what is asked for can't be replayed.
    """
    from models_app.engine.simulation import CostModel
    from models_app.engine.simulation_run import SimulationWish, simulation_run

    same = (
        "dataset", "protocol", "raters", "test", "test_share", "strategies", "seeds", "first", "k", "rounds",
        "architecture", "title", "passes",
    )  # fmt: skip
    wish = SimulationWish(
        folder=options["output"],
        study=study,
        cost=CostModel(options["minutes_per_case"], options["minutes_per_voxel"]),
        options={name: options[name] for name in ("epochs", "steps_per_epoch", "learning_rate")},
        **{name: options[name] for name in same},
    )
    return simulation_run(wish, progress)


@job_task(model_files.EXPORT_KIND)
def export_model(job_run: JobRun) -> dict[str, Any]:
    """Write a model version as a file."""
    from models_app.engine.exporting import version_export

    export = ModelExport.objects.select_related("model_version__study", "model_version__weights", "job").get(
        job=job_run.job
    )
    job_run.report(0.1, f"writing {export.name}")
    with tempfile.TemporaryDirectory(prefix="radicula-model-") as folder:
        path = version_export(export.model_version, ExportFormat(export.format), Path(folder))
        job_run.report(0.9, "keeping the file")
        kept = model_files.export_keep(export=export, file=path)
    return {"export": str(kept.pk), "name": kept.name, "sha256": kept.file_id}


@job_task(model_files.IMPORT_KIND)
def import_model(job_run: JobRun) -> dict[str, Any]:
    """Take in a model version from a file, and queue its scoring where there is something to score it on."""
    from models_app.engine.importing import version_import

    version = version_import(job_run.job.study, job_run)
    scoring = scores.scoring_start_if_possible(version=version, by=job_run.job.created_by)
    return {
        "model_version": str(version.pk),
        "name": version.name,
        "scoring": str(scoring.pk) if scoring is not None else None,
    }
