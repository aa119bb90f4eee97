"""What the person who starts a site may choose, read from the environment."""

import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from radicula.services.errors import StartError
from radicula.services.places import REPOSITORY

# Each stands for all addresses of the machine; the site is then found on the loopback too.
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
LOOPBACK = ("127.0.0.1", "localhost", "::1")
YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")
# Above those that browsers refuse.
FIRST_PORT = 20_000
PORT_TRIES = 100
OUTGOING_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclass(frozen=True)
class Options:
    """How to run a site.

    Parameters
    ----------
    home : Path
        The data folder.
    host, port : str, int
        Where the site answers.
    database_url, redis_url, celery_broker_url : str or None
        Services that are run by someone else; None starts the embedded one.
    demo : bool
        Make a demo study and show its log-ins to everyone who opens the sign-in page.
    monailabel_port : int
        A free port of the loopback for the MONAI Label server.
    monailabel_token : str
        What the site shows to that server; new at each start.
    """

    home: Path
    host: str
    port: int
    database_url: str | None
    redis_url: str | None
    celery_broker_url: str | None
    demo: bool
    monailabel_port: int
    monailabel_token: str

    @property
    def address(self) -> str:
        """The address to open in a browser on this machine."""
        host = EVERY_ADDRESS.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def options_read(environment: Mapping[str, str]) -> Options:
    """Read the options.

    Parameters
    ----------
    environment : mapping
        `RADICULA_HOME`, `HOST`, `PORT`, `DATABASE_URL`, `REDIS_URL`, `CELERY_BROKER_URL`, `RADICULA_DEMO`; an empty
        value is the same as none.

    Raises
    ------
    StartError
        If a value can't be used.
    """
    host = environment.get("HOST") or "127.0.0.1"
    database_url = environment.get("DATABASE_URL") or None
    # Log-ins that everyone can read belong on one's own machine, beside data that were made for the purpose.
    demo_by_default = database_url is None and host in LOOPBACK
    return Options(
        home=Path(environment.get("RADICULA_HOME") or REPOSITORY / ".radicula"),
        host=host,
        port=_port(environment.get("PORT") or "8000"),
        database_url=database_url,
        redis_url=environment.get("REDIS_URL") or None,
        celery_broker_url=environment.get("CELERY_BROKER_URL") or None,
        demo=_switch("RADICULA_DEMO", environment.get("RADICULA_DEMO", ""), default=demo_by_default),
        monailabel_port=free_port(),
        monailabel_token=secrets.token_urlsafe(32),
    )


def free_port() -> int:
    """Return a port of the loopback that nothing uses.

    It lies below those that the system gives to outgoing connections: one of these may be in use by such a connection
    when the part that it was meant for listens on it at last, or again after a restart.
    """
    first_outgoing = _first_outgoing_port()
    for _ in range(PORT_TRIES if first_outgoing > FIRST_PORT else 0):
        port = FIRST_PORT + secrets.randbelow(first_outgoing - FIRST_PORT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        given: int = probe.getsockname()[1]
    return given


def _first_outgoing_port() -> int:
    try:
        return int(OUTGOING_PORTS.read_text().split()[0])
    except OSError:  # not Linux: macOS and the BSDs begin at 49152
        return 32_768


def port_check(host: str, port: int) -> None:
    """Make sure that the site can listen on its port.

    Raises
    ------
    StartError
        If the port is taken (by whom, where that can be seen), not allowed, or the host is not this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as problem:
            raise StartError(f"port {port} may not be used by this account; choose another: PORT=8000") from problem
        except socket.gaierror as problem:
            raise StartError(f"HOST={host} is not an address ({problem.strerror})") from problem
        except OSError as problem:
            if not _listeners(port) and "address already in use" not in str(problem).lower():
                raise StartError(f"HOST={host} is not an address of this machine ({problem.strerror})") from problem
            raise StartError(
                f"port {port} on {host} is in use{_listeners(port)}; choose another: PORT={port + 1}"
            ) from problem


def _listeners(port: int) -> str:
    try:
        connections = psutil.net_connections("inet")
    except psutil.AccessDenied:
        return ""  # macOS tells root alone
    pids = {item.pid for item in connections if item.laddr and item.laddr.port == port and item.status == "LISTEN"}
    names = [f"{psutil.Process(pid).name()}, process {pid}" for pid in pids if pid and psutil.pid_exists(pid)]
    return f" (by {'; '.join(names)})" if names else ""


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise StartError(f"PORT={text} is not a port; give a number from 1 to 65535")
    return int(text)


def _switch(name: str, text: str, *, default: bool) -> bool:
    if not text:
        return default
    if text.lower() not in YES + NO:
        raise StartError(f"{name}={text} is neither yes nor no; give 1 or 0")
    return text.lower() in YES
