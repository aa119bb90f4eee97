"""A whole site for tests and benchmarks: what `make run` starts, in a folder and on a port of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from radicula.services.options import free_port

REPOSITORY = Path(__file__).resolve().parents[1]
OWNED = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "RADICULA_HOME", "RADICULA_SECRET_KEY", "PORT", "HOST")
PASSWORD = "a password for tests"
# A site starts within seconds; beside another one that starts, on a busy machine, it may take minutes.
READY_SECONDS = 300.0
STOP_SECONDS = 180.0
ADD_USERS = """
import io, sys
from django.core.management import call_command
for username in {usernames!r}:
    sys.stdin = io.StringIO({line!r})
    call_command("add_user", username)
"""


@dataclass(frozen=True)
class Site:
    """A running site."""

    url: str
    home: Path
    process: subprocess.Popen[str]
    tokens: dict[str, str] = field(default_factory=dict)

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a management command on the site and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY,
            env=environment_for(self.home),
            input=stdin,
            text=True,
            capture_output=True,
            timeout=600,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {' '.join(arguments)} -> {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def add_user(self, *usernames: str) -> None:
        """Make accounts, by the command of one's own and in one process."""
        self.manage("shell", "-v", "0", "-c", ADD_USERS.format(usernames=usernames, line=PASSWORD + "\n"))

    def client(self, username: str) -> "Client":
        """An API client, signed in by token; the token is asked for once, as the site counts sign-ins per minute."""
        if username not in self.tokens:
            answer = httpx.post(
                f"{self.url}/api/v1/auth/token", json={"username": username, "password": PASSWORD}, timeout=120
            )
            answer.raise_for_status()
            self.tokens[username] = answer.json()["token"]
        return Client(self.url, self.tokens[username])

    def readiness(self) -> dict[str, str]:
        """Each part of the site and its state."""
        answer = httpx.get(f"{self.url}/readyz", timeout=60)
        return {part["name"]: part["state"] for part in answer.json()["parts"]}


class Client:
    """The API as a script would use it."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1/", headers={"Authorization": f"Token {token}"}, timeout=120)

    def get(self, path: str, **parameters: Any) -> Any:
        """GET, JSON."""
        return self._json(self.http.get(path, params=parameters))

    def post(self, path: str, body: Any = None) -> Any:
        """POST, JSON."""
        return self._json(self.http.post(path, json=body))

    def results(self, path: str, **parameters: Any) -> list[Any]:
        """All rows of a list (up to 500)."""
        rows = self.get(path, page_size=500, **parameters)["results"]
        assert isinstance(rows, list)
        return rows

    def wait_for_job(self, job_id: str, seconds: float) -> Any:
        """Wait for the end of a job; a job that failed is an error with the job's own words."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            job = self.get(f"jobs/{job_id}")
            if job["state"] == "done":
                return job
            if job["state"] in ("failed", "cancelled"):
                raise AssertionError(f"{job['title']}: {job['state']}: {job['error']}")
            time.sleep(0.5)
        raise AssertionError(f"The job {job_id} was not done within {seconds} s: {json.dumps(job)[:500]}")

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        if answer.is_error:
            raise AssertionError(
                f"{answer.request.method} {answer.request.url} -> {answer.status_code}: {answer.text[:500]}"
            )
        return answer.json() if answer.content else None


def environment_for(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process of the site in a folder, and of nothing else that runs here."""
    kept = {name: value for name, value in os.environ.items() if name not in OWNED}
    return {**kept, "RADICULA_HOME": str(home), **more}


@contextmanager
def running_site(*, demo: bool = False, home: Path | None = None) -> Iterator[Site]:
    """Start a site, wait until every part answers, and end it."""
    with tempfile.TemporaryDirectory(prefix="radicula-site-", ignore_cleanup_errors=True) as folder:
        home = home or Path(folder)
        port = free_port()
        log = Path(folder) / "make-run.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "radicula.services.run"],
                cwd=REPOSITORY,
                env=environment_for(home, PORT=str(port), RADICULA_DEMO="1" if demo else "0"),
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        site = Site(f"http://127.0.0.1:{port}", home, process)
        try:
            _wait_until_ready(site, log)
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=STOP_SECONDS)


def _wait_until_ready(site: Site, log: Path) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        if site.process.poll() is not None:
            raise RuntimeError(f"The site ended while it started:\n{log.read_text()}")
        try:
            if httpx.get(f"{site.url}/readyz", timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    logs = "\n".join(
        f"--- {path.name}\n{path.read_text()[-1500:]}" for path in sorted((site.home / "logs").glob("*.log"))
    )
    raise RuntimeError(f"The site was not ready after {READY_SECONDS} s:\n{log.read_text()}\n{logs}")


def chromium_arguments() -> Sequence[str]:
    """How the tests start Chromium: software WebGL, and no calls home."""
    return (
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist",
    )
