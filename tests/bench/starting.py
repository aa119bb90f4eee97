"""From the prompt to a ready site, and what it takes at rest."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.site import REPOSITORY, environment_for, running_site


def table() -> str:
    """A first start in an empty folder, a second one in the same, and memory at rest after it."""
    with tempfile.TemporaryDirectory(prefix="radicula-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        first = _seconds_to_ready(home)
        second, memory = _second_start(home)
    rows = [
        ("first start, set-up done before: to `/readyz` green", f"{first:.1f} s"),
        ("second start", f"{second:.1f} s"),
        ("`make setup` with nothing to do", f"{_setup_seconds():.2f} s"),
        *((f"memory at rest, {part} (PSS)", f"{mib} MiB") for part, mib in memory.items()),
    ]
    return "\n".join(["| what | measured |", "|---|---|", *(f"| {what} | {value} |" for what, value in rows)])


def _seconds_to_ready(home: Path) -> float:
    started = time.monotonic()
    with running_site(home=home):
        return time.monotonic() - started


def _second_start(home: Path) -> tuple[float, dict[str, str]]:
    started = time.monotonic()
    with running_site(home=home):
        seconds = time.monotonic() - started
        time.sleep(5)  # let imports settle: this is memory at rest
        done = subprocess.run(
            [sys.executable, "-m", "radicula.services.run", "--status"],
            cwd=REPOSITORY,
            env=environment_for(home),
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.findall(r"^(\w+)\s+\d+\s+\d+\s+(\d+)", done.stdout, re.MULTILINE)
    return seconds, dict(found)


def _setup_seconds() -> float:
    """Of the second of two runs: the first may have something to do."""
    for _ in range(2):
        started = time.monotonic()
        subprocess.run(["python3", "deploy/setup.py"], cwd=REPOSITORY, check=True, capture_output=True)
    return time.monotonic() - started
