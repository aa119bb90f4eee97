"""Asking the MONAI Label process: the one place that knows its address and its secret."""

import functools
from typing import Any

import httpx
from django.conf import settings

from access.errors import ApplicationError, Unavailable

INFERENCE_SECONDS = 600.0
AWAY = "The MONAI Label server is away; try again in a moment."


class EngineRefused(ApplicationError):
    """The MONAI Label process says why it can't; its status goes through."""

    title = "The engine can't do this"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def engine_ask(method: str, path: str, *, seconds: float = INFERENCE_SECONDS, **content: Any) -> httpx.Response:
    """Ask the MONAI Label process.

    Parameters
    ----------
    method, path : str
    seconds : float
        How long to wait for an answer.
    **content
        `params`, `json`, `data` and `files`, as httpx takes them.

    Raises
    ------
    Unavailable
        If it is away, or ends while it works.
    EngineRefused
        If it answers with an error of the request; its sentence goes through.
    """
    configuration = settings.CONFIGURATION
    try:
        answer = _client().request(
            method,
            f"{configuration.monailabel_url}{path}",
            headers={"X-Radicula-Token": configuration.monailabel_token.get_secret_value()},
            timeout=httpx.Timeout(seconds, connect=min(seconds, 5.0)),
            **content,
        )
    except httpx.TransportError as error:
        raise Unavailable(AWAY) from error
    if answer.is_error:
        detail = answer.json().get("detail", "") if "json" in answer.headers.get("content-type", "") else ""
        if not isinstance(detail, str) or not detail or answer.status_code >= 500 or answer.status_code in (401, 403):
            raise Unavailable("The MONAI Label server failed on this; its log says why.")
        raise EngineRefused(answer.status_code, detail)
    return answer


def engine_answers() -> bool:
    """Whether it is there, at once."""
    try:
        engine_ask("GET", "/healthz", seconds=1.0)
    except Unavailable:
        return False
    return True


@functools.cache
def _client() -> httpx.Client:
    # Kept: a new client for each request would spend more on its set-up than a warm answer takes.
    return httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=4, keepalive_expiry=15.0))
