"""What the engine worker does: train, score, propose.

torch takes a second and 300 MB to import, so it comes in when a job runs: the io worker and the web process read this
module too (Celery looks for tasks in it) and never need it.
"""

import time
from typing import TYPE_CHECKING, Any

from access.errors import ApplicationError
from annotation.models import Volume
from annotation.selectors.labels import label_voxels
from blobs.services import BlobDamaged
from jobs.provenance import code_version
from jobs.running import JobFailed, JobRun, job_task
from models_app.models import ModelVersion, Split, TrainingEpoch, TrainingRun
from models_app.selectors import primary_volumes
from models_app.services import proposals, training
from models_app.services.proposals import proposal_keep
from models_app.services.versions import model_version_create
from models_app.specification import Specification
from mri.errors import ImageError

if TYPE_CHECKING:
    from models_app.engine.app import RadiculaApp
    from models_app.engine.learning import EpochReport
    from models_app.engine.scoring import CaseScore

SCORING_FROM = 0.95


class RunWatcher:
    """Writes the learning curve of a run while it grows, and carries the user's wish to stop to the engine."""

    def __init__(self, job_run: JobRun, run: TrainingRun) -> None:
        self.job_run, self.run = job_run, run

    def progress(self, fraction: float, message: str) -> None:
        """Pass on how far it is; raises `JobCancelled` when the user asked to stop."""
        self.job_run.report(fraction, message)

    def epoch(self, report: "EpochReport") -> None:
        """Keep a point of the curve."""
        TrainingEpoch.objects.update_or_create(
            run=self.run,
            epoch=report.epoch,
            defaults={
                "loss": report.loss,
                "validation_dice": {str(value): dice for value, dice in report.validation_dice.items()},
                "seconds": report.seconds,
            },
        )


@job_task(training.KIND)
def train(job_run: JobRun) -> dict[str, Any]:
    """Train on a frozen list, score on the test cases, keep the result as a model version."""
    from models_app.engine.app import RadiculaApp
    from models_app.engine.scoring import scores_summary
    from models_app.engine.weights import weights_dump

    run = TrainingRun.objects.select_related("study", "created_by").get(pk=job_run.parameters["run"])
    existing = ModelVersion.objects.filter(training_run=run).first()
    if existing is not None:
        return {"model_version": str(existing.pk), "name": existing.name}
    _begin(run)
    app = RadiculaApp(run.study)
    app.assignment.run, app.assignment.watcher = run, RunWatcher(job_run, run)
    outcome = app.train({"model": run.architecture, "device": str(app.device)})
    learned = app.assignment.learned
    if learned is None:
        raise JobFailed("The training ended without weights; run it again.")
    specification = Specification.from_json(run.parameters["specification"])
    scored = time.perf_counter()
    cases = _score(app, run, specification, learned.state, job_run)
    scores = scores_summary(cases, specification.label_values)
    seconds = {**outcome["seconds"], "scoring": round(time.perf_counter() - scored, 2)}
    run.scores = scores
    run.parameters = {**run.parameters, "best_epoch": outcome["best_epoch"], "seconds": seconds}
    run.save(update_fields=["scores", "parameters"])
    version = model_version_create(
        run=run, specification=specification, weights=weights_dump(learned.state), scores=scores
    )
    return {"model_version": str(version.pk), "name": version.name, "scores": scores, "seconds": seconds}


def _begin(run: TrainingRun) -> None:
    """Note what trains, and clear what an earlier attempt of the same job left."""
    from models_app.engine.hardware import hardware_describe, library_versions

    TrainingEpoch.objects.filter(run=run).delete()
    run.hardware, run.libraries, run.code_version = hardware_describe()[:200], library_versions(), code_version()
    run.save(update_fields=["hardware", "libraries", "code_version"])


def _score(
    app: "RadiculaApp", run: TrainingRun, specification: Specification, state: dict[str, Any], job_run: JobRun
) -> "list[CaseScore]":
    from models_app.engine.files import volume_file
    from models_app.engine.networks import network_build
    from models_app.engine.predicting import labels_predict
    from models_app.engine.preparing import image_prepare
    from models_app.engine.scoring import case_score

    network = network_build(specification)
    network.load_state_dict(state)
    network.to(app.device).eval()
    rows = list(
        run.cases.filter(split=Split.TEST)
        .select_related("label_version__volume__case__subject", "label_version__volume__original")
        .order_by("subject__label", "pk")
    )
    scores = []
    for index, row in enumerate(rows):
        volume = row.label_version.volume
        fraction = SCORING_FROM + (1.0 - SCORING_FROM) * index / len(rows)
        message = f"scoring {volume.name}"
        job_run.report(fraction, message)
        proposed = labels_predict(
            network,
            image_prepare(volume_file(volume), specification),
            specification,
            device=app.device,
            cancelled=lambda fraction=fraction, message=message: job_run.report(fraction, message),  # type: ignore[misc]
        )
        score = case_score(volume.name, label_voxels(row.label_version), proposed, specification.label_values)
        row.scores = score.to_json()
        row.save(update_fields=["scores"])
        scores.append(score)
    return scores


@job_task(proposals.KIND)
def propose(job_run: JobRun) -> dict[str, Any]:
    """Make proposals: one image at a time, each kept at once; an image that fails is skipped with its reason."""
    from models_app.engine.app import RadiculaApp

    version = ModelVersion.objects.select_related("study", "weights").get(pk=job_run.parameters["model_version"])
    job_run.report(0.0, f"loading {version.name}")
    app = RadiculaApp(version.study, version)
    wanted = [str(key) for key in job_run.parameters["volumes"]]
    volumes = {str(volume.pk): volume for volume in primary_volumes(version.study).filter(pk__in=wanted)}
    made, skipped = 0, []
    for index, key in enumerate(wanted):
        volume = volumes.get(key)
        if volume is None or volume.proposals.filter(model_version=version).exists():
            continue  # gone since, or done by an earlier attempt of this job
        name = volume.case.name
        fraction, message = index / len(wanted), f"proposing for {name} ({index + 1} of {len(wanted)})"
        job_run.report(fraction, message)
        try:
            _propose_one(app, volume, version, job_run, fraction, message)
        except (ApplicationError, ImageError, BlobDamaged) as error:
            skipped.append({"case": name, "volume": key, "reason": str(error)})
        else:
            made += 1
    if skipped and not made:
        raise JobFailed(f"No proposal could be made. {skipped[0]['case']}: {skipped[0]['reason']}")
    return {"made": made, "skipped": skipped, "model_version": str(version.pk)}


def _propose_one(
    app: "RadiculaApp", volume: Volume, version: ModelVersion, job_run: JobRun, fraction: float, message: str
) -> None:
    from models_app.engine.files import volume_file

    started = time.perf_counter()
    labels = app.inference().predict(volume_file(volume), lambda: job_run.report(fraction, message))
    seconds = time.perf_counter() - started
    proposal_keep(volume=volume, version=version, voxels=labels.voxels, job=job_run.job, seconds=seconds)
