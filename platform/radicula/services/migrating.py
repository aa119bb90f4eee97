"""Brings the database up to date, or sees at a glance that it is."""

import hashlib
import signal
from collections.abc import Mapping

from radicula.services.errors import StartError
from radicula.services.parts import MANAGE, program_start
from radicula.services.places import REPOSITORY, Home, last_line
from radicula.services.postgres import EmbeddedPostgres
from radicula.services.processes import Sleep, process_ask_to_end, process_end


def database_migrate(
    home: Home, environment: Mapping[str, str], postgres: EmbeddedPostgres | None, sleep: Sleep
) -> None:
    """Run the migrations, unless the embedded database says that it has had exactly these.

    Asking Django takes some two seconds of every start. What the database says of itself goes with the data when they
    are moved or restored, as a file beside them would not.

    Parameters
    ----------
    home : Home
        The site's data folder.
    environment : mapping
        The site's environment.
    postgres : EmbeddedPostgres or None
        The embedded database; None for one that someone else runs, which is asked every time.
    sleep : callable
        Waits some seconds; may raise `StopRequested`.

    Raises
    ------
    StartError
        If a migration fails.
    """
    present = f"migrations {migrations_hash()}"
    if postgres is not None and postgres.note() == present:
        return
    process = program_start("migrate", (*MANAGE, "migrate", "--noinput"), home, environment)
    try:
        while process.poll() is None:
            sleep(0.05)
    finally:
        process_end(process_ask_to_end(process, signal.SIGTERM, seconds=5))  # each migration is a transaction
    if process.returncode != 0:
        log = home.log("migrate")
        raise StartError(f"the database could not be brought up to date: {last_line(log)} (log: {log})")
    if postgres is not None:
        postgres.note_set(present)


def migrations_hash() -> str:
    """Hash the project's migrations and the versions of the packages that bring their own."""
    files = [
        *sorted(REPOSITORY.glob("*/migrations/*.py")),
        *sorted(REPOSITORY.glob("platform/*/migrations/*.py")),
        REPOSITORY / "requirements.lock",
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(b"\0" + str(file.relative_to(REPOSITORY)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
