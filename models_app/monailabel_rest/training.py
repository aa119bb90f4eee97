"""`/train/` and `/batch/infer/`: long work as jobs of the site, reported in MONAI Label's own shape."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import ApplicationError, InvalidInput, NotFound
from access.models import Study
from access.selectors import require_role, user_of
from jobs.models import Job, JobState
from jobs.services import LIVE_STATES, job_cancel
from models_app.models import TrainingRun
from models_app.monailabel_rest.authentication import ProtocolView
from models_app.selectors import MAKERS, READERS, protocol_of
from models_app.services import proposals, training
from models_app.services.proposals import proposals_start
from models_app.services.training import training_start
from models_app.specification import architecture_get

STATUS = {
    JobState.QUEUED: "SUBMITTED",
    JobState.RUNNING: "RUNNING",
    JobState.DONE: "DONE",
    JobState.FAILED: "ERROR",
    JobState.CANCELLED: "STOPPED",
}


class Busy(ApplicationError):
    """One training at a time."""

    status = 429
    title = "Under way"


def report(job: Job) -> dict[str, Any]:
    """A job in the shape of MONAI Label's tasks."""
    lines = [line for line in (job.message, job.error) if line]
    run = TrainingRun.objects.filter(job=job).prefetch_related("epochs").first()
    if run is not None:
        lines = [
            f"epoch {row.epoch}: loss {row.loss:.4f}, dice {row.validation_dice}" for row in run.epochs.all()
        ] + lines
    return {
        "id": str(job.pk),
        "status": STATUS[JobState(job.state)],
        "request": {"model": run.architecture if run is not None else ""},
        "start_ts": int((job.started_at or job.created_at).timestamp()),
        "end_ts": int(job.finished_at.timestamp()) if job.finished_at else None,
        "details": lines,
    }


class JobView(ProtocolView):
    """Status and stop of one kind of job."""

    kind = training.KIND

    def get(self, request: Request, slug: str) -> Response:
        """The latest job; 404 when there is none, or, with `check_if_running`, when none runs."""
        study = self._study_for(request, READERS)
        jobs = Job.objects.filter(study=study, kind=self.kind).order_by("-created_at")
        if request.query_params.get("check_if_running", "").lower() == "true":
            jobs = jobs.filter(state__in=LIVE_STATES)
        if request.query_params.get("all", "").lower() == "true":
            return Response([report(job) for job in jobs])
        latest = jobs.first()
        if latest is None:
            raise NotFound("No such job was started yet, or none runs.")
        return Response(report(latest))

    def delete(self, request: Request, slug: str) -> Response:
        """Cancel what runs."""
        study = self._study_for(request, MAKERS)
        running = Job.objects.filter(study=study, kind=self.kind, state__in=LIVE_STATES).first()
        if running is None:
            raise NotFound("Nothing runs that could be stopped.")
        return Response(report(job_cancel(job=running, by=user_of(request))))

    def _study_for(self, request: Request, roles: Any) -> Study:
        study = self.study(request)
        require_role(user_of(request), study, *roles)
        return study


class Train(JobView):
    """`GET, POST, DELETE /train/`."""

    def post(self, request: Request, slug: str) -> Response:
        """Train the protocol's architecture."""
        study = self._study_for(request, MAKERS)
        return self._start(request, study, protocol_of(study).model.architecture)

    def _start(self, request: Request, study: Study, model: str) -> Response:
        architecture_get(model)
        if Job.objects.filter(study=study, kind=self.kind, state__in=LIVE_STATES).exists():
            raise Busy("A training of this study is under way; wait for it or stop it.")
        asked = request.data if isinstance(request.data, Mapping) else {}
        if isinstance(asked.get(model), Mapping):
            asked = asked[model]  # 3D Slicer sends the settings of every trainer under its name
        run = training_start(
            study=study,
            by=user_of(request),
            architecture=model,
            epochs=_number(asked, "max_epochs", least=1),
            seed=_number(asked, "seed", least=0) or 0,
        )
        return Response(report(run.job))


class TrainModel(Train):
    """`POST /train/{model}`."""

    http_method_names = ("post", "options")

    def post(self, request: Request, slug: str, model: str = "") -> Response:
        return self._start(request, self._study_for(request, MAKERS), model)


class BatchInfer(JobView):
    """`GET, DELETE /batch/infer/`, `POST /batch/infer/{model}`: proposals for all that nobody has begun."""

    kind = proposals.KIND

    def post(self, request: Request, slug: str, model: str = "") -> Response:
        study = self._study_for(request, MAKERS)
        return Response(report(proposals_start(study=study, by=user_of(request))))


def _number(asked: Mapping[str, Any], name: str, *, least: int) -> int | None:
    """A whole number among the settings; 0 and an absent one mean: not set."""
    given = asked.get(name)
    if given in (None, "", 0):
        return None
    try:
        number = int(str(given))
    except ValueError as error:
        raise InvalidInput(f"{name} is a whole number; {given!r} came.", {name: ["A whole number."]}) from error
    if number < least:
        raise InvalidInput(f"{name} is at least {least}; {number} came.", {name: [f"At least {least}."]})
    return number
