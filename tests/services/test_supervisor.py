"""The supervisor with small programs in place of the site's."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from radicula.services.places import Home
from radicula.services.processes import SITE_VARIABLE, Process, process_start
from radicula.services.supervisor import Part, Supervisor
from tests.services.waiting import lives, wait_until

FOREVER = "import time; time.sleep(600)"
# A grandchild in a session of its own: neither the group nor the parent leads to it.
WITH_RUNAWAY = """
import pathlib, subprocess, sys, time
runaway = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"], start_new_session=True)
pathlib.Path(sys.argv[1]).write_text(str(runaway.pid))
time.sleep(600)
"""
DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("deaf")
time.sleep(600)
"""


@dataclass
class Bench:
    """A supervisor, what it said, and whether someone is in a hurry."""

    home: Home
    said: list[str] = field(default_factory=list)
    hurry: bool = False

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.home, self.said.append)

    def part(self, name: str, code: str, *, once: bool = False, stop_seconds: float = 10.0) -> Part:
        """Make a part of a few lines of Python, which get a path in the data folder as argument."""

        def start() -> Process:
            return process_start(
                [sys.executable, "-S", "-c", code, str(self.home.root / name)],
                log=self.home.log(name),
                environment={**os.environ, SITE_VARIABLE: str(self.home.root)},
                folder=self.home.root,
            )

        return Part(name, f"{name} worker", start, stop_seconds=stop_seconds, once=once)

    def watch_until_said(self, text: str) -> None:
        """Let the supervisor look until it has said something."""

        def said() -> bool:
            self.supervisor.watch()
            return any(text in line for line in self.said)

        wait_until(said, what=f"{text!r} in {self.said}")

    def number_in(self, name: str) -> int:
        """Wait for the number that a part writes into its file."""
        file = self.home.root / name
        wait_until(lambda: file.exists() and file.read_text().isdecimal(), what=f"a number in {name}")
        return int(file.read_text())


@pytest.fixture
def bench(home: Home) -> Iterator[Bench]:
    """A supervisor whose processes are ended in any case."""
    made = Bench(home)
    yield made
    made.supervisor.stop(made)


def test_a_killed_part_is_started_again(bench: Bench) -> None:
    bench.supervisor.add(bench.part("engine", FOREVER))
    first = bench.supervisor.pids()["engine"]
    os.kill(first, signal.SIGKILL)
    bench.watch_until_said("engine worker stopped (signal 9); starting it again in 1 s")

    def again() -> bool:
        bench.supervisor.watch()
        return "engine" in bench.supervisor.pids()

    wait_until(again, what="a second process")
    second = bench.supervisor.pids()["engine"]
    assert second != first
    assert lives(second)


def test_what_a_killed_part_had_started_is_gone_before_it_starts_again(bench: Bench) -> None:
    child = "import pathlib, subprocess, sys, time; p = subprocess.Popen([sys.executable, '-S', '-c', 'import time; "
    child += "time.sleep(600)']); pathlib.Path(sys.argv[1]).write_text(str(p.pid)); time.sleep(600)"
    bench.supervisor.add(bench.part("engine", child))
    below = bench.number_in("engine")
    os.kill(bench.supervisor.pids()["engine"], signal.SIGKILL)
    bench.watch_until_said("engine worker stopped (signal 9)")
    wait_until(lambda: not lives(below), what="the end of the grandchild")


def test_stop_ends_every_process_even_one_that_left_its_group(bench: Bench) -> None:
    bench.supervisor.add(bench.part("web", FOREVER))
    bench.supervisor.add(bench.part("engine", WITH_RUNAWAY))
    pids = [*bench.supervisor.pids().values(), bench.number_in("engine")]
    bench.supervisor.stop(bench)
    assert not [pid for pid in pids if lives(pid)]


def test_a_runaway_whose_parent_is_gone_is_found_by_its_mark(bench: Bench) -> None:
    bench.supervisor.add(bench.part("engine", WITH_RUNAWAY))
    runaway = bench.number_in("engine")
    os.kill(bench.supervisor.pids()["engine"], signal.SIGKILL)
    bench.watch_until_said("engine worker stopped")
    assert lives(runaway)
    bench.supervisor.stop(bench)
    assert not lives(runaway)


def test_a_part_that_does_not_listen_is_killed_and_named(bench: Bench) -> None:
    bench.supervisor.add(bench.part("io", DEAF, stop_seconds=0.3))
    wait_until((bench.home.root / "io").exists, what="the part to be deaf")
    pid = bench.supervisor.pids()["io"]
    bench.supervisor.stop(bench)
    assert not lives(pid)
    assert bench.said == ["io worker did not end by itself and was killed"]


def test_in_a_hurry_nothing_is_waited_for(bench: Bench) -> None:
    bench.supervisor.add(bench.part("io", DEAF, stop_seconds=600))
    wait_until((bench.home.root / "io").exists, what="the part to be deaf")
    bench.hurry = True
    before = time.monotonic()
    bench.supervisor.stop(bench)
    assert time.monotonic() - before < 60


def test_a_part_that_always_fails_is_given_up_and_the_others_go_on(home: Home) -> None:
    now = [0.0]
    said: list[str] = []
    supervisor = Supervisor(home, said.append, clock=lambda: now[0])
    bench = Bench(home)
    supervisor.add(bench.part("engine", "raise SystemExit(3)"))
    supervisor.add(bench.part("web", FOREVER))

    def down() -> bool:
        supervisor.watch()
        now[0] += 0.5 if "engine" not in supervisor.pids() else 0.0
        return any("is down" in line for line in said)

    wait_until(down, what="the part to be given up")
    waits = [line.rsplit(" in ", 1)[1] for line in said[:-1]]
    assert waits == ["1 s", "2 s", "4 s", "8 s"]
    assert said[-1].startswith("engine worker stopped 5 times within a minute (exit status 3) and is down")
    assert lives(supervisor.pids()["web"])
    supervisor.stop(bench)


def test_a_piece_of_work_is_done_once_and_its_failure_is_told(bench: Bench) -> None:
    bench.supervisor.add(bench.part("fine", "pass", once=True))
    bench.supervisor.add(bench.part("demo", "raise SystemExit(1)", once=True))
    bench.watch_until_said(f"demo worker failed (exit status 1); log: {bench.home.log('demo')}")

    def both_ended() -> bool:
        bench.supervisor.watch()
        return not bench.supervisor.pids()

    wait_until(both_ended, what="the end of both")
    assert len(bench.said) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_killed_supervisor_takes_its_parts_along(home: Home, tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, pathlib, sys, time
        from radicula.services.processes import process_start
        process = process_start([sys.executable, "-S", "-c", "import time; time.sleep(600)"],
            log=pathlib.Path(sys.argv[1]) / "log", environment=os.environ, folder=pathlib.Path("/"))
        print(process.pid, flush=True)
        time.sleep(600)
        """
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    wait_until(lambda: "sleep" in " ".join(psutil.Process(pid).cmdline()[:4]), what="the part to run")
    starter.kill()
    starter.wait()
    starter.stdout.close()
    wait_until(lambda: not lives(pid), what="the end of the part")
