"""Keeps a table of processes running, and ends them all."""

import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from radicula.services.errors import StartError, StopRequested
from radicula.services.places import Home
from radicula.services.processes import (
    Process,
    group_kill,
    process_ask_to_end,
    process_end,
    processes_kill,
    site_processes,
)

LONGEST_WAIT_SECONDS = 30.0
CRASHES_TO_GIVE_UP = 5
CRASH_WINDOW_SECONDS = 60.0
SAME_REQUEST_SECONDS = 0.5


@dataclass(frozen=True)
class Part:
    """One process of the site.

    Parameters
    ----------
    name : str
        Names its log.
    title : str
        What a person reads about it.
    start : callable
        Starts the process and returns at once.
    stop_signal : Signals
        Asks it to end.
    stop_seconds : float
        How long it may take before it is killed.
    once : bool
        It does a piece of work and ends; it is not started again.
    last : bool
        The others need it: it is asked to end when they have.
    """

    name: str
    title: str
    start: Callable[[], Process]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    once: bool = False
    last: bool = False


class Interrupts(Protocol):
    """Knows whether someone asked for the end."""

    @property
    def hurry(self) -> bool:
        """Whether someone asked twice."""
        ...


class SignalInterrupts:
    """Counts the signals that ask for the end: the first asks, a second one later asks to hurry."""

    def __init__(self) -> None:
        self.requests = 0
        self._last = 0.0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    @property
    def requested(self) -> bool:
        """Whether someone asked for the end."""
        return self.requests > 0

    @property
    def hurry(self) -> bool:
        """Whether someone asked twice."""
        return self.requests > 1

    def sleep(self, seconds: float) -> None:
        """Wait, unless the end was asked for.

        Raises
        ------
        StopRequested
            If it was.
        """
        if self.requested:
            raise StopRequested
        time.sleep(seconds)
        if self.requested:
            raise StopRequested

    def _receive(self, number: int, frame: object) -> None:
        # One Ctrl-C may come twice: from the terminal and passed on by the program that started this one.
        now = time.monotonic()
        if now - self._last > SAME_REQUEST_SECONDS:
            self.requests += 1
        self._last = now


@dataclass
class _Running:
    part: Part
    process: Process | None
    started_at: float
    crashes: deque[float] = field(default_factory=deque)
    restart_at: float | None = None
    wait_seconds: float = 1.0


class Supervisor:
    """Starts parts, starts those again that end, and ends all.

    Parameters
    ----------
    home : Home
        The site's data folder; its path marks the site's processes.
    say : callable
        Takes a line for the person at the terminal.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, home: Home, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.home = home
        self._say = say
        self._clock = clock
        self._running: list[_Running] = []

    def add(self, part: Part, process: Process | None = None) -> None:
        """Keep a part running from now on; `process` when it has been started already."""
        self._running.append(_Running(part, process or part.start(), self._clock()))

    def pids(self) -> dict[str, int]:
        """Return the process id of each part that runs."""
        return {item.part.name: item.process.pid for item in self._running if item.process is not None}

    def watch(self) -> None:
        """Look once at every part: note those that ended, start those again whose time has come."""
        for item in list(self._running):
            if item.process is not None and item.process.poll() is not None:
                self._ended(item, item.process)
            elif item.restart_at is not None and self._clock() >= item.restart_at:
                self._start_again(item)

    def _start_again(self, item: _Running) -> None:
        item.restart_at = None
        item.started_at = self._clock()
        try:
            item.process = item.part.start()
        except (StartError, OSError) as problem:
            self._plan_restart(item, str(problem))

    def stop(self, interrupts: Interrupts) -> None:
        """Ask every part to end; kill those that don't in time, and whatever any of them left behind.

        All but the last parts are asked at once, in the order in which they were added, so that a slow one does not
        hold up the rest; the last parts follow one by one, the newest first, and get their time even in a hurry.
        """
        alive = [(item.part, item.process) for item in self._running if item.process is not None]
        endings = [
            (part, process_ask_to_end(process, part.stop_signal, part.stop_seconds))
            for part, process in alive
            if not part.last
        ]
        for part, ending in endings:
            self._report_killed(part, process_end(ending, lambda: interrupts.hurry))
        for part, process in reversed(alive):
            if part.last:
                ending = process_ask_to_end(process, part.stop_signal, part.stop_seconds)
                self._report_killed(part, process_end(ending))
        self._running.clear()
        processes_kill(process for process, _ in site_processes(str(self.home.root)))

    def _report_killed(self, part: Part, in_time: bool) -> None:
        if not in_time:
            self._say(f"{part.title} did not end by itself and was killed")

    def _ended(self, item: _Running, process: Process) -> None:
        part = item.part
        item.process = None
        group_kill(process.pid)  # what it had started would hold its port, its device or its queue
        how = _how_ended(process.returncode)
        if part.once:
            self._running.remove(item)
            if process.returncode != 0:
                self._say(f"{part.title} failed ({how}); log: {self.home.log(part.name)}")
            return
        self._plan_restart(item, how)

    def _plan_restart(self, item: _Running, how: str) -> None:
        part = item.part
        now = self._clock()
        if now - item.started_at > CRASH_WINDOW_SECONDS:
            item.wait_seconds = 1.0
        item.crashes.append(now)
        while now - item.crashes[0] > CRASH_WINDOW_SECONDS:
            item.crashes.popleft()
        if len(item.crashes) >= CRASHES_TO_GIVE_UP:
            self._say(
                f"{part.title} stopped {len(item.crashes)} times within a minute ({how}) and is down; the rest goes "
                f"on; log: {self.home.log(part.name)}"
            )
            return
        item.restart_at = now + item.wait_seconds
        self._say(f"{part.title} stopped ({how}); starting it again in {item.wait_seconds:.0f} s")
        item.wait_seconds = min(item.wait_seconds * 2, LONGEST_WAIT_SECONDS)


def _how_ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"
