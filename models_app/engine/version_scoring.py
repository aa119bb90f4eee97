"""Scoring a model version on accepted labels, one image at a time, each kept at once."""

import time
from typing import Any

from access.errors import ApplicationError
from annotation.selectors.labels import label_voxels
from blobs.services import BlobDamaged
from jobs.running import JobFailed, JobRun
from models_app.engine.app import RadiculaApp
from models_app.engine.files import input_files
from models_app.engine.hardware import hardware_describe
from models_app.engine.inference import ModelVersionInference
from models_app.engine.scoring import case_score
from models_app.models import ModelVersion
from models_app.selectors import AcceptedSample
from models_app.selectors.scores import Scope
from models_app.services.scores import VersionScore, scores_keep, scoring_ended, unscored
from mri.errors import ImageError


def version_score(version: ModelVersion, job_run: JobRun, scope: Scope = "test") -> dict[str, Any]:
    """Score a version on all of a scope that it was not scored on yet.

    An image that can't be scored is skipped with its reason. What is done stays when the job is cancelled or its worker
    is lost, so that it goes on from there.

    Parameters
    ----------
    version : ModelVersion
        With its study and weights.
    job_run : JobRun
        Whom to tell how far it is.
    scope : {"test", "all"}
        See `models_app.selectors.scores`.

    Returns
    -------
    dict
        `scored`, a number; `skipped`, `[{"case", "volume", "reason"}]`.

    Raises
    ------
    JobCancelled
        If the user asked to stop.
    JobFailed
        If nothing could be scored.
    """
    job_run.report(0.0, f"loading {version.name}")
    inference = RadiculaApp(version.study, version).inference()
    waiting = unscored(version, scope)
    done, skipped = 0, []
    for index, sample in enumerate(waiting):
        name = sample.volume.case.name
        try:
            score = _score_one(inference, sample, job_run, index / len(waiting), f"scoring {name}")
        except JobFailed:
            raise
        except (ApplicationError, ImageError, BlobDamaged) as error:
            skipped.append({"case": name, "volume": str(sample.volume.pk), "reason": str(error)})
        else:
            scores_keep(version=version, scored=[score])
            done += 1
    if skipped and not done:
        raise JobFailed(f"Nothing could be scored. {skipped[0]['case']}: {skipped[0]['reason']}")
    scoring_ended(version=version, job=job_run.job, made=done, skipped=len(skipped))
    return {"model_version": str(version.pk), "scored": done, "skipped": skipped}


def _score_one(
    inference: ModelVersionInference, sample: AcceptedSample, job_run: JobRun, fraction: float, message: str
) -> VersionScore:
    job_run.report(fraction, message)
    files = input_files(sample.volume, inference.specification.other_roles)
    started = time.perf_counter()
    prediction = inference.predict(files, lambda: job_run.report(fraction, message))
    seconds = time.perf_counter() - started
    values = inference.specification.label_values
    score = case_score(sample.volume.name, label_voxels(sample.version), prediction.labels, values)
    return VersionScore(sample.version, prediction.labels, score.measures, seconds, hardware_describe())
