"""`/logs/` and `/scoring/`: what MONAI Label's server tells of itself, answered from the study's own tables."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import NotAllowed, NotFound
from access.selectors import require_role, user_of
from jobs.models import Job
from models_app.monailabel_rest.authentication import ProtocolView
from models_app.monailabel_rest.training import report
from models_app.selectors import MAKERS
from models_app.services import proposals, training

MOST_LINES = 1000
LINES = 300


class Logs(ProtocolView):
    """`GET /logs/?lines=`: the trainings and proposals of the study as plain text.

    The stock server hands out its log file, with paths and everybody's requests; here nothing of the machine is told.
    """

    def get(self, request: Request, slug: str) -> HttpResponse:
        study = self.study(request)
        require_role(user_of(request), study, *MAKERS)
        asked = request.query_params.get("lines", "")
        most = min(int(asked), MOST_LINES) if asked.isdigit() else LINES
        jobs = Job.objects.filter(study=study, kind__in=(training.KIND, proposals.KIND)).order_by("created_at")
        lines = [line for job in jobs for line in _lines(job)]
        return HttpResponse("\n".join(lines[-most:] if most else []) + "\n", content_type="text/plain; charset=utf-8")


def _lines(job: Job) -> list[str]:
    told = report(job)
    begun = f"{job.created_at:%Y-%m-%d %H:%M:%S} {job.title}: {told['status']}"
    return [begun, *(f"  {line}" for line in told["details"])]


class LogsOfDevice(ProtocolView):
    """`GET /logs/gpu`: refused; what the machine has is no client's business."""

    def get(self, request: Request, slug: str) -> HttpResponse:
        self.study(request)
        raise NotAllowed("What the server runs on is told on the page of each training run.")


class Scoring(ProtocolView):
    """`GET, DELETE /scoring/`: none is ever under way, for the study's rounds score by themselves."""

    def get(self, request: Request, slug: str) -> Response:
        self.study(request)
        raise NotFound("No scoring was started, or none runs: images are scored by the study's rounds.")

    delete = get


class ScoringMethod(ProtocolView):
    """`POST /scoring/{method}`."""

    def post(self, request: Request, slug: str, method: str = "") -> Response:
        self.study(request)
        raise NotFound(f"There is no scoring method '{method}': images are scored by the study's rounds.")
