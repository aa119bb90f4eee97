"""Memory of a browser, read from the system: what its processes hold, textures in software included."""

import time
from pathlib import Path

SETTLE_SECONDS = 3.0


def browser_mib(mark: str) -> float:
    """Proportional set size, in MiB, of the browser that was started with an argument `mark`, and of its children."""
    time.sleep(SETTLE_SECONDS)
    parents = {pid: _parent(pid) for pid in _pids()}
    family = {pid for pid in parents if mark in _command(pid) and "--type=" not in _command(pid)}
    if not family:
        raise RuntimeError(f"No browser runs with {mark}.")
    while more := {pid for pid, parent in parents.items() if parent in family and pid not in family}:
        family |= more
    return sum(map(_pss_kib, family)) / 1024


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read(pid: int, name: str) -> str:
    try:
        return (Path("/proc") / str(pid) / name).read_text(errors="replace")
    except OSError:
        return ""  # it ended meanwhile


def _command(pid: int) -> str:
    return _read(pid, "cmdline").replace("\0", " ")


def _parent(pid: int) -> int:
    after_name = _read(pid, "stat").rpartition(")")[2].split()
    return int(after_name[1]) if after_name else 0


def _pss_kib(pid: int) -> int:
    lines = [line for line in _read(pid, "smaps_rollup").splitlines() if line.startswith("Pss:")]
    return int(lines[0].split()[1]) if lines else 0
