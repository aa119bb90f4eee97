"""What the embedded servers, PostgreSQL and Redis, have in common: how one is started, awaited and ended."""

import signal
import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from radicula.services.errors import StartError
from radicula.services.places import Home, last_line
from radicula.services.processes import Process, Sleep, process_ask_to_end, process_end


class EmbeddedServer(ABC):
    """A server that runs as a child of this process, with its data in a folder of the site.

    A subclass says in `start_process` how it is started and in `_answers` how one knows that it is ready.

    Parameters
    ----------
    home : Home
        The data folder. Whoever starts a server in it holds its lock (`home_locked`) or knows that nobody else does.
    """

    name: str
    title: str
    start_seconds: float
    stop_seconds: float
    stop_signal: signal.Signals
    poll_seconds: float

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.log(self.name)
        self.process: Process | None = None

    def start(self, sleep: Sleep = time.sleep) -> None:
        """Start the server and wait until it can be used.

        Raises
        ------
        StartError
            If it ends at once or does not answer within `start_seconds`.
        """
        try:
            self._wait_until_ready(self.start_process(), sleep)
            self._prepare()
        except BaseException:
            self.stop()
            raise

    @abstractmethod
    def start_process(self) -> Process:
        """Start the server without waiting for it; one left behind in the same folder is ended first."""

    def stop(self) -> None:
        """End the server in order; kill it when that takes longer than `stop_seconds`."""
        if self.process is not None:
            process_end(process_ask_to_end(self.process, self.stop_signal, self.stop_seconds))
        self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @abstractmethod
    def _answers(self) -> bool:
        """Say whether the server, not necessarily started completely, answers by now."""

    def _prepare(self) -> None:  # noqa: B027  # a server that needs nothing leaves it out
        """Make what its users expect to find, once it answers."""

    def _wait_until_ready(self, process: Process, sleep: Sleep) -> None:
        deadline = time.monotonic() + self.start_seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise StartError(f"{self.title} did not start: {last_line(self.log)} (log: {self.log})")
            if self._answers():
                return
            sleep(self.poll_seconds)
        raise StartError(f"{self.title} did not answer within {self.start_seconds:.0f} s (log: {self.log})")
