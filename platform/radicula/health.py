"""Is the site alive, and is each of its parts there?"""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import httpx
import redis
from celery import current_app
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

from radicula.settings import CONFIGURATION

WORKER_ANSWER_SECONDS = 1.0
QUEUES = ("io", "engine")


@dataclass(frozen=True)
class Part:
    """A part of the site: `ok`, or `away` and why."""

    name: str
    state: str
    detail: str


def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: the web process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: each part by name; 503 while one is away."""
    parts = check_parts()
    ready = all(part.state == "ok" for part in parts)
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "parts": [asdict(part) for part in parts]},
        status=200 if ready else 503,
    )


def check_parts() -> list[Part]:
    """Ask every part, side by side."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("database", _database),
        ("broker", _broker),
        ("storage", _storage),
        ("MONAI Label", _monailabel),
    ]
    with ThreadPoolExecutor(max_workers=len(checks) + 1) as pool:
        workers = pool.submit(_workers)
        others = [pool.submit(_check, name, check) for name, check in checks]
        return [*(future.result() for future in others), *workers.result()]


def _check(name: str, check: Callable[[], str]) -> Part:
    try:
        return Part(name, "ok", check())
    except Exception as error:  # whatever is wrong with the part is the answer
        return Part(name, "away", f"{type(error).__name__}: {error}".splitlines()[0][:200])


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    finally:
        connection.close()
    return ""


def _broker() -> str:
    client = redis.Redis.from_url(CONFIGURATION.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
    finally:
        client.close()
    return ""


def _storage() -> str:
    folder = settings.BLOB_FOLDER
    os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".incoming-") as probe:
        probe.write(b"radicula")
        probe.flush()
    return ""


def _monailabel() -> str:
    headers = {"X-Radicula-Token": CONFIGURATION.monailabel_token.get_secret_value()}
    answer = httpx.get(f"{CONFIGURATION.monailabel_url}/healthz", headers=headers, timeout=2.0)
    answer.raise_for_status()
    return ""


def _workers() -> list[Part]:
    """Which queues have a worker: both kinds are asked side by side."""
    with ThreadPoolExecutor(max_workers=len(QUEUES)) as pool:
        return list(pool.map(_worker, QUEUES))


def _worker(queue: str) -> Part:
    """Wait for the first worker named after the queue, not for all there may be: that would last the whole second."""
    name = f"{queue} worker"
    try:
        asked = current_app.control.inspect(
            timeout=WORKER_ANSWER_SECONDS,
            pattern=f"{queue}*@*",
            matcher="glob",  # type: ignore[arg-type]  # the stubs know of functions only, Celery of names
            limit=1,
        )
        answers = asked.active_queues() or {}
    except Exception as error:  # without a broker nobody can be asked
        return Part(name, "away", f"cannot ask: {type(error).__name__}")
    served = {one["name"] for worker in answers.values() for one in worker}
    return Part(name, "ok", "") if queue in served else Part(name, "away", f"no worker called {queue}@... answers")
