"""What the engine worker does: train, score, propose.

torch takes a second and 300 MB to import, so it comes in when a job runs: the io worker and the web process read this
module too (Celery looks for tasks in it) and never need it.
"""

from typing import TYPE_CHECKING, Any

from jobs.running import JobRun, job_task
from models_app.models import ModelVersion, TrainingRun
from models_app.services import proposals, scores, training

if TYPE_CHECKING:
    pass


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
