"""`/info/`, `/activelearning/`, `/infer/`: what the study's app can do, the next case, and inference."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import InvalidInput
from access.models import Study, User
from access.selectors import has_role, user_of
from annotation.selectors.volumes import labelled_volumes
from models_app.models import TrainingRun
from models_app.monailabel_rest import images
from models_app.monailabel_rest.authentication import FormView, ProtocolView
from models_app.selectors import READERS, model_version_serving, protocol_of
from models_app.services.client_labels import STRATEGIES, case_next_for_user
from models_app.services.client_sessions import session_get
from models_app.services.engine_client import engine_ask
from models_app.services.interactive_methods import GRAPH_CUT
from models_app.specification import ARCHITECTURES

OUTPUTS = ("image", "json", "all")
OUTPUT_DEFAULT = "all"
PARAMETERS = ("result_extension", "result_dtype", "result_compress")
OF_SCRIBBLES = (*PARAMETERS, "label_info", "roi", "selected_label_name", "margin_mm", "smoothness")
PASSED_ON = ("content-type", "content-disposition")


class Info(ProtocolView):
    """`GET /info/`."""

    def get(self, request: Request, slug: str) -> Response:
        study = self.study(request)
        user = user_of(request)
        return Response(info_of(study, user) | {"datastore": images.stats(study, user)})


def info_of(study: Study, user: User) -> dict[str, Any]:
    """What clients read first: from the database alone, so it answers while the engine is busy or away.

    How models score is left out for those who may not see it: it would tell an annotator how colleagues read.
    """
    labels = {label.name: label.value for label in protocol_of(study).labels}
    version = model_version_serving(study)
    models: dict[str, dict[str, Any]] = {}
    if version is not None:
        models[version.architecture] = {
            "type": "segmentation",
            "labels": labels,
            "dimension": 3,
            "description": version.name,
            "config": {"device": ["server"]},
        }
    models[GRAPH_CUT] = {
        "type": "scribbles",
        "labels": labels,
        "dimension": 3,
        "description": "Scribbles to a region, by a graph cut around them",
        "config": {"margin_mm": 8.0, "smoothness": 1.0},
    }
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
        "train_stats": train_stats(study) if has_role(user, study, READERS) else {},
    }


def train_stats(study: Study) -> dict[str, Any]:
    """The latest training as 3D Slicer shows it: epochs done and in all, best Dice, seconds."""
    latest = TrainingRun.objects.filter(study=study).order_by("-created_at").first()
    if latest is None:
        return {}
    epochs = list(latest.epochs.all())
    best = max((mean(row.validation_dice.values()) for row in epochs if row.validation_dice), default=0.0)
    return {
        latest.architecture: {
            "start_ts": int(latest.created_at.timestamp()),
            "epoch": epochs[-1].epoch if epochs else 0,
            "total_epochs": latest.parameters.get("settings", {}).get("epochs", 0),
            "best_metric": round(best, 4),
            "total_time": round(sum(row.seconds for row in epochs), 1),
            "scores": latest.scores,
        }
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
    """`POST /infer/{model}?image=&session_id=&output=`: form field `params`; instead of an id, `file`.

    The model `graph-cut` takes scribbles as the file `label`.
    """

    def post(self, request: Request, slug: str, model: str) -> HttpResponse:
        study, user = self.study(request), user_of(request)
        output = request.query_params.get("output") or OUTPUT_DEFAULT
        if output not in OUTPUTS:
            raise InvalidInput(f"The output is one of {', '.join(OUTPUTS)}; '{output}' was asked for.")
        files = _scribbles(request, model)
        query, parameters = {"output": output}, _parameters(request, OF_SCRIBBLES if files else PARAMETERS)
        address = f"/studies/{study.slug}/infer/{quote(model, safe='')}"
        sent, session_id = request.FILES.get("file"), request.query_params.get("session_id", "")
        if session_id:
            with session_get(study=study, user=user, session_id=session_id).path.open("rb") as stream:
                files["file"] = (Path(stream.name).name, stream)
                answer = engine_ask("POST", address, params=query, data=parameters, files=files)
        elif sent is not None:
            files["file"] = (sent.name or "image.nii.gz", sent.file)
            answer = engine_ask("POST", address, params=query, data=parameters, files=files)
        else:
            volume = images.image_get_for_user(study, user, request.query_params.get("image", ""))
            query["image"] = str(volume.pk)
            answer = engine_ask("POST", address, params=query, data=parameters, files=files or None)
        response = HttpResponse(answer.content, status=answer.status_code)
        for name in PASSED_ON:
            if name in answer.headers:
                response[name] = answer.headers[name]
        return response


def _scribbles(request: Request, model: str) -> dict[str, tuple[str, Any]]:
    """The label map with scribbles that a graph cut needs and nothing else takes."""
    drawn = request.FILES.get("label")
    if model == GRAPH_CUT and drawn is None:
        raise InvalidInput(f"'{GRAPH_CUT}' needs scribbles: send the label map that holds them as the file 'label'.")
    if model != GRAPH_CUT and drawn is not None:
        raise InvalidInput(f"'{model}' takes no label map, it segments by itself; scribbles are for '{GRAPH_CUT}'.")
    return {} if drawn is None else {"label": (drawn.name or "label.nii.gz", drawn.file)}


def _parameters(request: Request, allowed: Sequence[str]) -> dict[str, str]:
    given = request.data.get("params") or "{}" if hasattr(request.data, "get") else "{}"
    try:
        asked = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError as error:
        raise InvalidInput(f"'params' is no JSON: {error}.", {"params": ["No JSON."]}) from error
    if not isinstance(asked, dict):
        raise InvalidInput("'params' is a JSON object.", {"params": ["Not an object."]})
    return {"params": json.dumps({name: asked[name] for name in allowed if name in asked})}
