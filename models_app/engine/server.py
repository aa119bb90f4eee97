"""The MONAI Label process: interactive inference for all studies, on loopback, for the site alone.

`python -m models_app.engine.server` reads `RADICULA_MONAILABEL_URL` (where to listen) and `RADICULA_MONAILABEL_TOKEN`.
Why these routes and not MONAI Label's own web application: docs/decisions/0004-monai-label-server.md.
"""

import hmac
import json
import logging
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import django
import uvicorn
from fastapi import FastAPI, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
if __name__ == "__main__":
    django.setup()

# What follows reads Django's models, so it comes after the set-up.
from django.conf import settings

from access.errors import ApplicationError, NotFound
from models_app.engine.interactive.client_scribbles import router as client_scribbles_router
from models_app.engine.interactive.routes import Interactive
from models_app.engine.interactive.routes import router as interactive_router
from models_app.engine.loaded_apps import LoadedApps, with_database
from models_app.engine.parts import ImageNotFoundException, MONAILabelException
from models_app.engine.transfers import answered, uploaded
from mri.errors import ImageError

log = logging.getLogger(__name__)

TOKEN_HEADER = b"x-radicula-token"
PARAMETERS = ("result_extension", "result_dtype", "result_compress")
"""What a client may ask of a result; everything else in `params` is left out."""


class TokenRequired:
    """Answers 403 on every path unless the site's token comes along."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(TOKEN_HEADER, b"")
            if not hmac.compare_digest(given, self.token):
                refusal = JSONResponse({"detail": "Only the site may use this server."}, 403)
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)


def application(token: str) -> ASGIApp:
    """The server's ASGI application."""
    # No generated pages, no CORS: nobody but the site looks at this.
    server = FastAPI(title="Radicula MONAI Label", docs_url=None, redoc_url=None, openapi_url=None)
    apps = LoadedApps()
    interactive = Interactive()
    server.include_router(interactive_router(interactive))
    # Before `infer/{model}`, for it is one of those pages.
    server.include_router(client_scribbles_router(interactive.cases))

    @server.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Liveness; answered by the event loop while inferences run in threads."""
        return {"status": "ok"}

    @server.get("/studies/{slug}/info/")
    @with_database
    def info(slug: str) -> Any:
        """What the app of a study says about itself."""
        return json.loads(json.dumps(apps.get(slug, needs_model=False).info(), default=str))

    # A plain function: the framework runs it in its thread pool, so one inference does not keep others waiting.
    @server.post("/studies/{slug}/infer/{model}")
    @with_database
    def infer(
        slug: str,
        model: str,
        image: str = "",
        output: str = "all",
        params: Annotated[str, Form()] = "{}",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        """Segment an image of the study, or one that is sent along."""
        app = apps.get(slug)
        if app.model_version is None or model != app.model_version.architecture:
            raise NotFound(
                f"The study's model is '{app.model_version and app.model_version.architecture}', not '{model}'."
            )
        asked = json.loads(params or "{}")
        request = {name: asked[name] for name in PARAMETERS if name in asked}
        with ExitStack() as files:
            upload = files.enter_context(uploaded(file)) if file is not None else None
            # Only ids: MONAI Label would open any path of the server that it is given.
            source = str(upload) if upload is not None else str(_volume_id(image))
            others = app.others_of(source) if upload is None else []
            of_study = {"image": source, "others": others, "of_study": upload is None}
            result = app.infer({**request, **of_study, "model": model})
        return answered(Path(result["file"]), result["params"], output)

    @server.exception_handler(ApplicationError)
    async def expected(_: Request, error: ApplicationError) -> JSONResponse:
        return JSONResponse({"detail": error.detail}, error.status)

    @server.exception_handler(ImageError)
    async def bad_image(_: Request, error: ImageError) -> JSONResponse:
        return JSONResponse({"detail": error.message}, 400)

    @server.exception_handler(MONAILabelException)
    async def refused(_: Request, error: MONAILabelException) -> JSONResponse:
        return JSONResponse({"detail": error.msg}, 404 if isinstance(error, ImageNotFoundException) else 400)

    @server.exception_handler(json.JSONDecodeError)
    async def no_json(_: Request, error: json.JSONDecodeError) -> JSONResponse:
        return JSONResponse({"detail": f"`params` is no JSON: {error}."}, 400)

    return TokenRequired(server, token)


def _volume_id(image: str) -> UUID:
    try:
        return UUID(image)
    except ValueError as error:
        raise NotFound(f"{image!r} is no image id.") from error


def main() -> None:
    """Listen where the site's configuration says."""
    configuration = settings.CONFIGURATION
    token = configuration.monailabel_token.get_secret_value()
    address = urlsplit(configuration.monailabel_url)
    if not token:
        sys.exit("RADICULA_MONAILABEL_TOKEN is empty: without it anybody on this machine could use the server.")
    uvicorn.run(
        application(token), host=address.hostname or "127.0.0.1", port=address.port or 8001, log_level="warning"
    )


if __name__ == "__main__":
    main()
