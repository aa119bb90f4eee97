"""Start processes that never outlive their starter, and end them with all that they started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from radicula.services import launch

LOG_BYTES = 10_000_000
# In the environment of every process of a site: whose it is and which part. It finds those that left their group.
SITE_VARIABLE = "RADICULA_RUN"
PART_VARIABLE = "RADICULA_PART"

Process = subprocess.Popen[bytes]
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Account:
    """A user and group of the system, by number."""

    uid: int = launch.KEEP_ACCOUNT
    gid: int = launch.KEEP_ACCOUNT


SAME_ACCOUNT = Account()


def log_rotate(log: Path) -> None:
    """Put a log that has grown past 10 MB aside as `<name>.log.1`; the older one goes."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def process_start(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    folder: Path,
    death_signal: signal.Signals = signal.SIGKILL,
    account: Account = SAME_ACCOUNT,
) -> Process:
    """Start a program in a session of its own.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    log : Path
        Takes its standard output and error; appended to.
    environment : mapping
        Its whole environment.
    folder : Path
        Its working folder.
    death_signal : Signals
        What the kernel sends it when this process is gone (Linux; must be called from the main thread).
    account : Account
        Whom it runs as.

    Returns
    -------
    Process
        The started process; its id is also that of its group.
    """
    log_rotate(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    prefix = [sys.executable, "-I", "-S", launch.__file__]
    numbers = [str(int(number)) for number in (death_signal, account.uid, account.gid, os.getpid())]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*prefix, *numbers, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )


def group_kill(group: int) -> None:
    """Kill what is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return  # nothing left, which is what was wanted


def descendants(pid: int) -> list[psutil.Process]:
    """Return the living processes below one, deepest included; empty when it is gone."""
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


def processes_kill(processes: Iterable[psutil.Process]) -> None:
    """Kill processes and wait until they are gone; those that are gone already are skipped."""
    found = list(processes)
    for process in found:
        try:
            process.kill()  # psutil compares the start time, so a reused id is never hit
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(found, timeout=5)


@dataclass(frozen=True)
class Ending:
    """A process that was asked to end.

    Parameters
    ----------
    process : Process
        From `process_start`.
    below : tuple of psutil.Process
        What it had started by then, in whatever group.
    deadline : float
        When it is killed, on the monotonic clock.
    """

    process: Process
    below: tuple[psutil.Process, ...]
    deadline: float


def process_ask_to_end(process: Process, stop_signal: signal.Signals, seconds: float) -> Ending:
    """Ask a process to end within some seconds, and go on."""
    ending = Ending(process, tuple(descendants(process.pid)), time.monotonic() + seconds)
    if process.poll() is None:
        process.send_signal(stop_signal)
    return ending


def process_end(ending: Ending, hurry: Callable[[], bool] = lambda: False) -> bool:
    """Wait until a process has ended, then kill all that it left behind.

    Parameters
    ----------
    ending : Ending
        From `process_ask_to_end`.
    hurry : callable
        True once nobody wants to wait any longer: the process is then killed before its time.

    Returns
    -------
    bool
        Whether it ended by itself.
    """
    process = ending.process
    while process.poll() is None and time.monotonic() < ending.deadline and not hurry():
        time.sleep(0.02)
    in_time = process.poll() is not None
    below = list(ending.below)
    if not in_time:
        below += descendants(process.pid)
        process.kill()
        process.wait()
    group_kill(process.pid)
    processes_kill(below)
    return in_time


def site_processes(site: str) -> list[tuple[psutil.Process, str]]:
    """Return the processes started for a site, with the part that each belongs to.

    Parameters
    ----------
    site : str
        The value of `RADICULA_RUN` in their environment: the data folder.
    """
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except (psutil.Error, OSError):
            continue  # another account's process, or one that has just ended: not ours
        if environment.get(SITE_VARIABLE) == site:
            found.append((process, environment.get(PART_VARIABLE, "")))
    return found


def running_in(pid_file: Path, folder: Path, names: Sequence[str]) -> psutil.Process | None:
    """Return the server whose id a file holds, if that id is still this server's.

    Parameters
    ----------
    pid_file : Path
        Its first line is a process id, perhaps of long ago.
    folder : Path
        The working folder of the server; another process that got the same id has another one.
    names : sequence of str
        What its program may be called.
    """
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        program = Path(process.cmdline()[0].split(":")[0].split(" ")[0]).name if process.cmdline() else ""
        is_server = (process.name() in names or program in names) and Path(process.cwd()) == folder.resolve()
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if is_server and process.status() != psutil.STATUS_ZOMBIE else None
