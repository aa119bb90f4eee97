"""What the engine worker does: train, score, propose.

torch takes a second and 300 MB to import, so it comes in when a job runs: the io worker and the web process read this
module too (Celery looks for tasks in it) and never need it.
"""

import time
from typing import TYPE_CHECKING, Any

from access.errors import ApplicationError
from annotation.models import Volume
from blobs.services import BlobDamaged
from jobs.running import JobFailed, JobRun, job_task
from models_app.models import ModelVersion, TrainingRun
from models_app.selectors import primary_volumes
from models_app.services import proposals, scores, training
from models_app.services.proposals import proposal_keep
from mri.errors import ImageError

if TYPE_CHECKING:
    from models_app.engine.app import RadiculaApp


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


@job_task(proposals.KIND)
def propose(job_run: JobRun) -> dict[str, Any]:
    """Make proposals: one image at a time, each kept at once; an image that fails is skipped with its reason."""
    from models_app.engine.app import RadiculaApp

    version = ModelVersion.objects.select_related("study", "weights").get(pk=job_run.parameters["model_version"])
    job_run.report(0.0, f"loading {version.name}")
    app = RadiculaApp(version.study, version)
    wanted = [str(key) for key in job_run.parameters["volumes"]]
    volumes = {str(volume.pk): volume for volume in primary_volumes(version.study, version).filter(pk__in=wanted)}
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
    from models_app.engine.files import input_files

    started = time.perf_counter()
    inference = app.inference()
    files = input_files(volume, inference.specification.other_roles)
    prediction = inference.predict(files, lambda: job_run.report(fraction, message))
    proposal_keep(
        volume=volume,
        version=version,
        voxels=prediction.labels.voxels,
        job=job_run.job,
        seconds=time.perf_counter() - started,
        box=inference.box_json(prediction),
    )
