"""A process beside the worker that trains: it tells how it goes, stops when asked, and never outlives the worker."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any

from jobs.running import JobFailed
from models_app.engine.plan import EpochReport, Watcher

MARK = "@radicula "
"""Begins the lines that are meant for the worker; all others are for the log."""

ERROR = "error"
LOOK_EVERY_SECONDS = 0.5
GRACE_SECONDS = 5.0


def tell(told: Mapping[str, Any]) -> None:
    """Tell the worker something: one line, at once."""
    sys.stdout.write(f"{MARK}{json.dumps(told)}\n")
    sys.stdout.flush()


def end_with_parent() -> None:
    """End this process and all that it started when the process that started it is gone.

    A worker that is killed can't clean up, so its children look after themselves.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_SECONDS)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def child_run(
    command: Sequence[str], watcher: Watcher, *, log: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run a command to its end and pass on what it tells.

    Parameters
    ----------
    command : sequence of str
        Starts a process that calls `end_with_parent` first and `tell` afterwards.
    watcher : Watcher
        Who is told. What it raises ends the process and all that it started.
    log : pathlib.Path
        Gets whatever else it writes.
    environment : mapping, optional
        Added to that of this process.

    Raises
    ------
    JobCancelled
        If the watcher stopped it.
    JobFailed
        With the sentence that the process told, or with the last line of its log.
    """
    log.unlink(missing_ok=True)
    with log.open("a", encoding="utf-8", buffering=1) as notes:  # two write to it: the process, and what it says here
        process = subprocess.Popen(  # a command of ours
            list(command),
            stdout=subprocess.PIPE,
            stderr=notes,
            text=True,
            errors="replace",
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
        lines: Queue[str | None] = Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            error = _listen(lines, watcher, notes)
            status = process.wait()
        finally:
            _end(process)
            reader.join(timeout=GRACE_SECONDS)
    if error is not None:
        raise JobFailed(error)
    if status != 0:
        raise JobFailed(f"The process that trained ended with status {status}: {_last_line(log)}")


def _read(stream: IO[str] | None, lines: "Queue[str | None]") -> None:
    for line in stream or ():
        lines.put(line)
    lines.put(None)


def _listen(lines: "Queue[str | None]", watcher: Watcher, notes: IO[str]) -> str | None:
    """Pass lines on until there are no more; what the process said was its reason to stop."""
    error: str | None = None
    fraction, message = 0.0, "starting"
    while True:
        try:
            line = lines.get(timeout=LOOK_EVERY_SECONDS)
        except Empty:
            watcher.progress(fraction, message)  # hears whether somebody wants it to stop
            continue
        if line is None:
            return error
        if MARK not in line:
            notes.write(line)
            continue
        told = json.loads(line[line.index(MARK) + len(MARK) :])
        if "progress" in told:
            fraction, message = float(told["progress"]), str(told["message"])
            watcher.progress(fraction, message)
        elif "epoch" in told:
            watcher.epoch(_report(told["epoch"]))
        else:
            error = error or str(told[ERROR])


def _report(told: Mapping[str, Any]) -> EpochReport:
    dice = {int(value): float(number) for value, number in told["validation_dice"].items()}
    return EpochReport(**{**told, "validation_dice": dice})


def _end(process: "subprocess.Popen[str]") -> None:
    """End a process and its whole group: first by asking."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it left no word"
