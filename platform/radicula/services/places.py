"""The data folder of a site: where its parts keep things, who may use it, how much room it has."""

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from radicula.configuration import SITE_ENVIRONMENT_FILE
from radicula.services.errors import StartError

REPOSITORY = Path(__file__).resolve().parents[3]
FREE_BYTES_NEEDED = 500 * 1000 * 1000
# The address of a Unix socket has 104 bytes on macOS and 108 on Linux, with a zero at its end.
SOCKET_PATH_BYTES = 103
LONGEST_SOCKET_NAME = "postgres/.s.PGSQL.5432"


@dataclass(frozen=True)
class Home:
    """A site's data folder.

    Parameters
    ----------
    root : Path
        The folder itself, absolute.
    """

    root: Path

    @property
    def postgres(self) -> Path:
        """Where the embedded PostgreSQL keeps its data."""
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        """Where the embedded Redis keeps its append-only file."""
        return self.root / "redis"

    @property
    def lock(self) -> Path:
        """The file that a running site holds locked; it names the process."""
        return self.root / "run.lock"

    @property
    def sockets(self) -> Path:
        """The folder of the embedded services' sockets: in the data folder, or elsewhere when its path is too long."""
        inside = self.root / "run"
        if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            return inside
        name = f"radicula-{os.getuid()}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]}"
        return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name

    @property
    def environment(self) -> Path:
        """The addresses and keys of the running site, for `manage.py` in another terminal."""
        return self.root / SITE_ENVIRONMENT_FILE

    def log(self, name: str) -> Path:
        """Return the path of a part's log."""
        return self.root / "logs" / f"{name}.log"


def home_open(folder: Path, *, free_bytes_needed: int = FREE_BYTES_NEEDED) -> Home:
    """Make a data folder ready for use.

    Parameters
    ----------
    folder : Path
        Where the site keeps its data; made when missing.
    free_bytes_needed : int, default 500 MB
        How much room its disk must have.

    Returns
    -------
    Home
        The places in it.

    Raises
    ------
    StartError
        If it can't be made or written to, or its disk has too little room.
    """
    home = Home(folder.expanduser().absolute())
    try:
        home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home.root / "logs").mkdir(exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=home.root):
            pass
    except OSError as problem:
        if problem.errno == errno.ENOSPC:
            raise disk_full(home.root) from problem
        raise StartError(
            f"the data folder {home.root} can't be used ({problem.strerror}); choose another with RADICULA_HOME=FOLDER"
        ) from problem
    free_bytes = shutil.disk_usage(home.root).free
    if free_bytes < free_bytes_needed:
        raise StartError(
            f"the disk of {home.root} has {free_bytes // 10**6} MB free and {free_bytes_needed // 10**6} are needed; "
            "free some room or choose a folder elsewhere with RADICULA_HOME=FOLDER"
        )
    return home


def disk_full(folder: Path) -> StartError:
    """Return the error for a disk without room."""
    return StartError(
        f"the disk of {folder} is full; free some room or choose a folder elsewhere with RADICULA_HOME=FOLDER"
    )


@contextmanager
def home_locked(home: Home) -> Iterator[None]:
    """Hold a data folder for this process alone.

    The lock is the kernel's: it ends with the process, however that ends.

    Raises
    ------
    StartError
        If another process holds it; the message names that process.
    """
    handle = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            holder = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            raise StartError(
                f"a site is running on {home.root} already (process {holder}); end it there with Ctrl-C, "
                "or give this one a folder of its own: RADICULA_HOME=FOLDER PORT=NUMBER"
            ) from problem
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def sockets_make(home: Home) -> Path:
    """Make the folder of the sockets, for this account alone.

    Raises
    ------
    StartError
        If a folder of that name in a shared place belongs to someone else.
    """
    folder = home.sockets
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise StartError(f"{folder} belongs to another account; remove it or choose a shorter RADICULA_HOME")
    # PostgreSQL refuses to run as root. Under its own account it must reach its own folder, one level below.
    folder.chmod(0o711 if os.getuid() == 0 else 0o700)
    return folder


def sockets_remove(home: Home) -> None:
    """Remove the folder of the sockets once no service runs; it may lie in a shared place."""
    shutil.rmtree(home.sockets, ignore_errors=True)


def secret_key(home: Home) -> str:
    """Return the site's secret key, made at random at the first start and kept for this account alone."""
    file = home.root / "secret_key"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(50)
    # Written beside and renamed: a half-written key would end every session at the next start.
    draft = home.root / "secret_key.new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(key + "\n")
    draft.replace(file)
    return key


def last_line(log: Path) -> str:
    """Return the last line of a log that says something, or a word that there is none."""
    if not log.exists():
        return "it said nothing"
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-50:] if line.strip()]
    return lines[-1] if lines else "it said nothing"


def say(text: str) -> None:
    """Tell the person at the terminal."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        # The terminal is gone. The processes must still be ended in order, so what is said goes nowhere from here on.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open as long as the process
