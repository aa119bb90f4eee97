"""`/info/`, `/activelearning/`, `/infer/`: what the study's app can do, the next case, and inference."""

import json
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import ApplicationError, InvalidInput, NotFound, Unavailable
from access.models import Study
from access.selectors import user_of
from annotation.selectors.volumes import labelled_volumes
from models_app.models import TrainingRun
from models_app.monailabel_rest import images
from models_app.monailabel_rest.authentication import FormView, ProtocolView
from models_app.selectors import model_version_serving, protocol_of
from models_app.services.client_labels import STRATEGIES, case_next_for_user
from models_app.specification import ARCHITECTURES

INFERENCE_SECONDS = 600.0
OUTPUTS = ("image", "json", "all")
PARAMETERS = ("result_extension", "result_dtype", "result_compress")
PASSED_ON = ("content-type", "content-disposition")


class EngineRefused(ApplicationError):
    """The MONAI Label process says why it can't; its status goes through."""

    title = "The engine can't do this"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Info(ProtocolView):
    """`GET /info/`."""

    def get(self, request: Request, slug: str) -> Response:
        study = self.study(request)
        return Response(info_of(study) | {"datastore": images.stats(study, user_of(request))})


def info_of(study: Study) -> dict[str, Any]:
    """What clients read first: from the database alone, so it answers while the engine is busy or away."""
    labels = {label.name: label.value for label in protocol_of(study).labels}
    version = model_version_serving(study)
    models = {}
    if version is not None:
        models[version.architecture] = {
            "type": "segmentation",
            "labels": labels,
            "dimension": 3,
            "description": version.name,
            "config": {"device": ["server"]},
        }
    latest = TrainingRun.objects.filter(study=study).order_by("-created_at").first()
    return {
        "name": study.name,
        "description": study.description,
        "version": "1",
        "labels": labels,
        "models": models,
        "trainers": {
            name: {"description": row.title, "config": {"max_epochs": 0, "seed": 0}, "labels": labels}
            for name, row in ARCHITECTURES.items()
        },
        "strategies": {name: {"description": description} for name, description in STRATEGIES.items()},
        "scoring": {},
        "train_stats": {latest.architecture: {"scores": latest.scores}} if latest is not None else {},
    }


class NextSample(ProtocolView):
    """`POST /activelearning/{strategy}`: the case that the user goes on with; a new one is the user's alone."""

    def post(self, request: Request, slug: str, strategy: str) -> Response:
        study, user = self.study(request), user_of(request)
        case = case_next_for_user(study=study, by=user, strategy=strategy)
        role = protocol_of(study).primary_role.name
        volume = next((row for row in labelled_volumes(case) if row.role == role), None) if case is not None else None
        if volume is None:
            return Response({})
        return Response({"id": str(volume.pk), "weight": 1.0, **images.image_info(volume)})


class Infer(FormView):
    """`POST /infer/{model}?image=&output=`, with form fields `params` and, instead of an id, `file`."""

    def post(self, request: Request, slug: str, model: str) -> HttpResponse:
        study, user = self.study(request), user_of(request)
        if request.query_params.get("session_id"):
            raise NotFound("There are no sessions here; name an image, or send one as 'file'.")
        output = request.query_params.get("output") or "all"
        if output not in OUTPUTS:
            raise InvalidInput(f"The output is one of {', '.join(OUTPUTS)}; '{output}' was asked for.")
        if "label" in request.FILES:
            raise InvalidInput("The models of this study take no label map; they segment by themselves.")
        sent = request.FILES.get("file")
        query = {"output": output}
        if sent is None:
            volume = images.image_get_for_user(study, user, request.query_params.get("image", ""))
            query["image"] = str(volume.pk)
        files = {"file": (sent.name or "image.nii.gz", sent.file)} if sent is not None else None
        answer = engine_post(f"/studies/{study.slug}/infer/{quote(model, safe='')}", query, _parameters(request), files)
        response = HttpResponse(answer.content, status=answer.status_code)
        for name in PASSED_ON:
            if name in answer.headers:
                response[name] = answer.headers[name]
        return response


def _parameters(request: Request) -> dict[str, str]:
    given = request.data.get("params") or "{}" if hasattr(request.data, "get") else "{}"
    try:
        asked = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError as error:
        raise InvalidInput(f"'params' is no JSON: {error}.", {"params": ["No JSON."]}) from error
    if not isinstance(asked, dict):
        raise InvalidInput("'params' is a JSON object.", {"params": ["Not an object."]})
    return {"params": json.dumps({name: asked[name] for name in PARAMETERS if name in asked})}


def engine_post(path: str, query: dict[str, str], data: dict[str, str], files: Any = None) -> httpx.Response:
    """Ask the MONAI Label process.

    Raises
    ------
    Unavailable
        If it is away.
    EngineRefused
        If it answers with an error; its sentence goes through.
    """
    configuration = settings.CONFIGURATION
    try:
        answer = httpx.post(
            f"{configuration.monailabel_url}{path}",
            params=query,
            data=data,
            files=files,
            headers={"X-Radicula-Token": configuration.monailabel_token.get_secret_value()},
            timeout=INFERENCE_SECONDS,
            trust_env=False,
        )
    except httpx.TransportError as error:
        raise Unavailable("The MONAI Label server is away; try again in a moment.") from error
    if answer.is_error:
        detail = answer.json().get("detail", "") if "json" in answer.headers.get("content-type", "") else ""
        if not detail or answer.status_code >= 500 or answer.status_code in (401, 403):
            raise Unavailable("The MONAI Label server failed on this; its log says why.")
        raise EngineRefused(answer.status_code, str(detail))
    return answer
