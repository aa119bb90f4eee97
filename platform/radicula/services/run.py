"""`make run`: starts a site on this machine, says when it is ready, and ends all of it on Ctrl-C.

Exit status: 0 after Ctrl-C or SIGTERM, 2 when something that a person can change stands in the way.
"""

import argparse
import errno
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from radicula.services.errors import StartError, StopRequested
from radicula.services.migrating import database_migrate
from radicula.services.options import Options, options_read, port_check
from radicula.services.parts import (
    demo_part,
    environment_leave,
    postgres_part,
    redis_part,
    site_environment,
    site_parts,
)
from radicula.services.places import Home, disk_full, home_locked, home_open, say, sockets_remove
from radicula.services.postgres import EmbeddedPostgres
from radicula.services.processes import processes_kill, site_processes
from radicula.services.readiness import ReadinessProbe, demo_logins
from radicula.services.redis_server import EmbeddedRedis
from radicula.services.status import status_print
from radicula.services.supervisor import SignalInterrupts, Supervisor

READY_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a site, or with `--status` print the processes of the one that runs."""
    parser = argparse.ArgumentParser(prog="python -m radicula.services.run", description=__doc__)
    parser.add_argument("--status", action="store_true", help="print the processes of a running site and their memory")
    chosen = parser.parse_args(arguments)
    try:
        options = options_read(os.environ)
        if chosen.status:
            return status_print(Home(options.home.expanduser().absolute()), say)
        run(options)
    except StartError as problem:
        sys.stderr.write(f"radicula: {problem}\n")
        return 2
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        sys.stderr.write(f"radicula: {disk_full(options.home)}\n")
        return 2
    return 0


def run(options: Options) -> None:
    """Run a site until someone asks for its end.

    Parameters
    ----------
    options : Options
        How to run it.

    Raises
    ------
    StartError
        If something outside stands in the way; all that was started by then is ended.
    """
    started_at = time.monotonic()
    os.umask(0o077)  # images of people: for this account alone, whatever its habits
    home = home_open(options.home)
    with ExitStack() as stack:
        stack.enter_context(home_locked(home))
        port_check(options.host, options.port)
        # Of an earlier run whose starter was killed; nobody else may be here, for the folder is locked.
        processes_kill(process for process, part in site_processes(str(home.root)) if part not in ("postgres", "redis"))
        stack.callback(sockets_remove, home)
        stack.callback(home.environment.unlink, missing_ok=True)
        interrupts = SignalInterrupts()
        supervisor = Supervisor(home, say)
        stack.callback(supervisor.stop, interrupts)
        try:
            _start(options, home, supervisor, interrupts)
            _watch(options, supervisor, interrupts, started_at)
        except StopRequested:
            say("\nEnding ...")
    say("All processes have ended; the data are kept.")


def _start(options: Options, home: Home, supervisor: Supervisor, interrupts: SignalInterrupts) -> None:
    say(f"Radicula is starting in {home.root}")
    addresses = {
        name: value
        for name, value in (
            ("DATABASE_URL", options.database_url),
            ("REDIS_URL", options.redis_url),
            ("CELERY_BROKER_URL", options.celery_broker_url),
        )
        if value is not None
    }
    postgres = None
    if options.database_url is None:
        with _step("database"):
            postgres = EmbeddedPostgres(home)
            postgres.start(interrupts.sleep)
            supervisor.add(postgres_part(postgres), postgres.process)
        addresses["DATABASE_URL"] = postgres.url
    if options.redis_url is None:
        with _step("broker"):
            redis = EmbeddedRedis(home)
            redis.start(interrupts.sleep)
            supervisor.add(redis_part(redis), redis.process)
        addresses["REDIS_URL"] = redis.url
        addresses.setdefault("CELERY_BROKER_URL", redis.broker_url)
    environment = site_environment(options, home, addresses)
    environment_leave(home, environment)
    with _step("migrations"):
        database_migrate(home, environment, postgres, interrupts.sleep)
    for part in site_parts(options, home, environment):
        supervisor.add(part)
    if options.demo:
        supervisor.add(demo_part(home, environment))


@contextmanager
def _step(name: str) -> Iterator[None]:
    started_at = time.monotonic()
    yield
    say(f"  {name:<12} {time.monotonic() - started_at:5.1f} s")


def _watch(options: Options, supervisor: Supervisor, interrupts: SignalInterrupts, started_at: float) -> None:
    probe = ReadinessProbe(options)
    told_ready = told_late = False
    try:
        while True:
            interrupts.sleep(LOOK_EVERY_SECONDS)
            supervisor.watch()
            seconds = time.monotonic() - started_at
            if probe.latest.ready and not told_ready:
                told_ready = True
                _say_ready(options, supervisor.home, seconds)
            elif seconds > READY_SECONDS and not (told_ready or told_late):
                told_late = True
                waiting = "; ".join(probe.latest.waiting_for)
                say(f"Not ready after {seconds:.0f} s. Away: {waiting}. Logs: {supervisor.home.root / 'logs'}")
    finally:
        probe.stop()


def _say_ready(options: Options, home: Home, seconds: float) -> None:
    say(f"\nRadicula is ready after {seconds:.1f} s:  {options.address}\n")
    logins = demo_logins(options) if options.demo else []
    width = max((len(f"{name} / {password}") for name, password, _ in logins), default=0)
    for name, password, role in logins:
        say(f"  {f'{name} / {password}':<{width}}   {role}")
    if options.demo and not logins:
        say("  the demo study is being made; its log-ins will be on the sign-in page")
    say(f"\n  data {home.root}   logs {home.root / 'logs'}\n  Ctrl-C ends all of it.\n")


if __name__ == "__main__":
    sys.exit(main())
