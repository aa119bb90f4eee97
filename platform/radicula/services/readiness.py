"""Asks a started site how far it is, and for the demo's log-ins."""

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from radicula.services.options import Options

ASK_EVERY_SECONDS = 0.3
ANSWER_SECONDS = 5.0


@dataclass(frozen=True)
class Readiness:
    """What `/readyz` last said.

    Parameters
    ----------
    ready : bool
        Whether every part is there.
    waiting_for : tuple of str
        The parts that are not, each with its reason.
    """

    ready: bool = False
    waiting_for: tuple[str, ...] = ("web server: no answer yet",)


class ReadinessProbe:
    """Asks `/readyz` in the background until it is green, so that a slow answer holds nobody up.

    Parameters
    ----------
    options : Options
        Where the site answers.
    """

    def __init__(self, options: Options) -> None:
        self.latest = Readiness()
        self._options = options
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._ask, name="readiness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._done.set()

    def _ask(self) -> None:
        while not self._done.wait(ASK_EVERY_SECONDS):
            try:
                status, body = get_json(self._options, "/readyz")
            except (OSError, http.client.HTTPException):
                self.latest = Readiness()
                continue
            self.latest = Readiness(status == 200, _waiting_for(status, body))
            if self.latest.ready:
                return


def get_json(options: Options, path: str) -> tuple[int, Mapping[str, Any]]:
    """Fetch a JSON object from the site; an answer of another kind gives an empty one."""
    host = options.address.removeprefix("http://").rsplit(":", 1)[0].strip("[]")
    connection = http.client.HTTPConnection(host, options.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers={"Accept": "application/json", "Host": "localhost"})
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    try:
        body = json.loads(text)
    except ValueError:
        body = {}
    return answer.status, body if isinstance(body, dict) else {}


def demo_logins(options: Options) -> list[tuple[str, str, str]]:
    """Return user name, password and role of each demo log-in that the site offers."""
    _, body = get_json(options, "/api/v1/auth/session")
    return [(item["username"], item["password"], item["role"]) for item in body.get("demo_logins") or []]


def _waiting_for(status: int, body: Mapping[str, Any]) -> tuple[str, ...]:
    parts = body.get("parts")
    if not isinstance(parts, list):
        return () if status == 200 else (f"web server: answers with status {status}",)
    away = [part for part in parts if part.get("state") != "ok"]
    return tuple(f"{part.get('name')}: {part.get('detail') or part.get('state')}" for part in away)
