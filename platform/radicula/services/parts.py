"""The processes of a Radicula site: what is started, with which settings, in which order."""

import os
import shlex
import sys
from collections.abc import Callable, Mapping

from radicula.services.options import EVERY_ADDRESS, LOOPBACK, Options
from radicula.services.places import REPOSITORY, Home, secret_key
from radicula.services.postgres import EmbeddedPostgres
from radicula.services.processes import PART_VARIABLE, SITE_VARIABLE, Process, process_start
from radicula.services.redis_server import EmbeddedRedis
from radicula.services.supervisor import Part

LEFT_VARIABLES = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "RADICULA_SECRET_KEY",
    "RADICULA_MONAILABEL_URL",
    "RADICULA_MONAILABEL_TOKEN",
    "RADICULA_DEMO",
)
MANAGE = (sys.executable, str(REPOSITORY / "manage.py"))
CELERY = (sys.executable, "-m", "celery", "-A", "radicula.celery", "worker")
# One worker per queue and machine: nobody to gossip with, and waiting for neighbours costs a second at each start.
ALONE = ("--without-gossip", "--without-mingle")


def site_environment(options: Options, home: Home, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that every process of the site gets.

    Parameters
    ----------
    options : Options
        What was chosen.
    home : Home
        The data folder.
    addresses : mapping
        `DATABASE_URL`, `REDIS_URL` and, where one is known, `CELERY_BROKER_URL`.
    """
    source_roots = [str(REPOSITORY / "platform"), str(REPOSITORY)]
    environment = {
        **os.environ,
        **addresses,
        SITE_VARIABLE: str(home.root),
        "RADICULA_HOME": str(home.root),
        "RADICULA_SECRET_KEY": os.environ.get("RADICULA_SECRET_KEY") or secret_key(home),
        "RADICULA_MONAILABEL_URL": f"http://127.0.0.1:{options.monailabel_port}",
        "RADICULA_MONAILABEL_TOKEN": options.monailabel_token,
        "RADICULA_DEMO": "1" if options.demo else "0",
        "DJANGO_SETTINGS_MODULE": "radicula.settings",
        "PYTHONPATH": os.pathsep.join([*source_roots, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONUNBUFFERED": "1",
    }
    if options.host not in (*LOOPBACK, *EVERY_ADDRESS):
        environment.setdefault("RADICULA_ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{options.host}")
    return environment


def environment_leave(home: Home, environment: Mapping[str, str]) -> None:
    """Leave the addresses and keys in the data folder, readable by its owner alone, until the site ends."""
    lines = (f"{name}={shlex.quote(environment[name])}\n" for name in LEFT_VARIABLES if name in environment)
    home.environment.touch(mode=0o600)
    home.environment.write_text("".join(lines))


def program_start(name: str, command: tuple[str, ...], home: Home, environment: Mapping[str, str]) -> Process:
    """Start one of the site's programs, its log beside the others."""
    return process_start(
        command, log=home.log(name), environment={**environment, PART_VARIABLE: name}, folder=REPOSITORY
    )


def postgres_part(server: EmbeddedPostgres) -> Part:
    """Return the embedded database as a part."""
    return Part(
        server.name, "database", server.start_process, server.stop_signal, stop_seconds=server.stop_seconds, last=True
    )


def redis_part(server: EmbeddedRedis) -> Part:
    """Return the embedded broker as a part."""
    return Part(server.name, "broker", server.start_process, last=True)


def site_parts(options: Options, home: Home, environment: Mapping[str, str]) -> list[Part]:
    """Return the site's own processes, in the order in which they are asked to end."""
    schedule = str(home.root / "celerybeat-schedule")

    def starter(name: str, *command: str) -> Callable[[], Process]:
        return lambda: program_start(name, command, home, environment)

    web = (
        sys.executable, "-m", "uvicorn", "radicula.asgi:application", "--host", options.host, "--port",
        str(options.port), "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "5",
    )  # fmt: skip
    io = (*CELERY, "-Q", "io", "-n", "io@%h", "--concurrency", "1", "-B", "-s", schedule, *ALONE)
    engine = (
        *CELERY, "-Q", "engine", "-n", "engine@%h", "--concurrency", "1", "--prefetch-multiplier", "1", *ALONE,
    )  # fmt: skip
    return [
        Part("web", "web server", starter("web", *web)),
        Part("monailabel", "MONAI Label", starter("monailabel", sys.executable, "-m", "models_app.engine.server")),
        Part("io", "io worker", starter("io", *io)),
        Part("engine", "engine worker", starter("engine", *engine)),
    ]


def demo_part(home: Home, environment: Mapping[str, str]) -> Part:
    """Return the piece of work that makes the demo study, or finds it made."""
    # Politely: on a small machine it would hold up the parts that people wait for.
    command = ("nice", "-n", "10", *MANAGE, "demo")
    return Part("demo", "making the demo study", lambda: program_start("demo", command, home, environment), once=True)
