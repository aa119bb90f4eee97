"""Sets up what `make run` and `make test` need: the Python environment and the built front end.

Runs with whatever `python3` there is, on the standard library alone. What is done leaves a stamp with a hash of what it
was made from, so a second run only compares hashes. Exit status 2: something is missing that a person can install.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
ENVIRONMENT_STAMP = ENVIRONMENT / ".radicula-setup"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
MODULES_STAMP = MODULES / ".radicula-setup"
BUILD_STAMP = MODULES / ".radicula-build"
BUILT = FRONTEND / "dist" / "index.html"
BUILD_SOURCES = ("src", "public", "index.html", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json")

PYTHONS_SUPPORTED = ((3, 11), (3, 12))
PYTHON_NAMES = ("python3", "python3.12", "python3.11")
# What Vite 8 runs on.
NODE_WANTED = "Node.js 20.19 or newer (of 22: 22.12 or newer)"
ENVIRONMENT_BYTES = 6 * 10**9
EXCERPT_LINES = 12


class SetupError(Exception):
    """Something is missing or failed; the message says what to do."""


def main() -> int:
    """Set up all that is not set up yet."""
    try:
        with one_at_a_time():
            set_up()
    except SetupError as problem:
        sys.stderr.write(f"setup: {problem}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nsetup: stopped; the next run goes on from here\n")
        return 130
    return 0


def set_up() -> None:
    """Check what the machine must have, all of it first, then make what is missing."""
    need_environment = not environment_is_current()
    need_modules = not modules_are_current()
    need_build = need_modules or not build_is_current()
    python = find_python() if need_environment else ""
    if need_build:
        check_node()
    if need_environment:
        check_disk()
        make_environment(python)
    if need_modules:
        with step("front end's packages"):
            run(["npm", "ci", "--loglevel=error"], log("frontend"), FRONTEND)
        MODULES_STAMP.write_text(modules_hash())
    if need_build:
        with step("front end"):
            run(["npm", "run", "build"], log("frontend"), FRONTEND)
        BUILD_STAMP.write_text(build_hash())


def find_python() -> str:
    """Return the Python to make the environment with."""
    found = []
    for name in filter(None, (os.environ.get("PYTHON"), *PYTHON_NAMES)):
        path = shutil.which(name)
        answer = output([path, "-c", "import sys; print(*sys.version_info[:3])"]) if path else None
        if path is None or answer is None:  # not there, or a version manager's stand-in for one that is not chosen
            continue
        version = tuple(int(part) for part in answer.split())
        if version[:2] in PYTHONS_SUPPORTED:
            if output([path, "-c", "import venv, ensurepip"]) is None:
                package = "python{}.{}-venv".format(*version)
                raise SetupError(
                    f"Python at {path} can't make environments; install its package {package} "
                    f"(Debian and Ubuntu: apt-get install {package})"
                )
            return path
        found.append("{} at {}".format(".".join(map(str, version)), path))
    seen = ", ".join(found) or "none"
    raise SetupError(
        f"Python 3.11 or 3.12 is needed and {seen} was found; install one "
        "(Debian 12, Ubuntu 24.04: python3 and python3-venv) or name one with PYTHON=/path/to/python"
    )


def check_node() -> None:
    """Make sure that Node.js and npm are there and new enough."""
    path = shutil.which("node")
    if path is None:
        raise SetupError(f"{NODE_WANTED} is needed to build the front end and there is no node on the PATH; install it")
    answer = output([path, "--version"]) or ""
    found = re.match(r"v(\d+)\.(\d+)\.", answer)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if not ((20, 19) <= version < (21, 0) or version >= (22, 12)):
        raise SetupError(
            f"{NODE_WANTED} is needed to build the front end and {path} is {answer or 'of no version'}; "
            "install a newer one and put it first on the PATH"
        )
    if output(["npm", "--version"]) is None:
        raise SetupError(f"npm is needed to build the front end and none answers; install it beside {path}")


def check_disk() -> None:
    """Make sure that the environment fits on the disk."""
    free = shutil.disk_usage(str(ROOT)).free
    if free < ENVIRONMENT_BYTES and installed_version("torch") is None:
        raise SetupError(
            f"{free / 1e9:.1f} GB are free at {ROOT} and the environment needs about {ENVIRONMENT_BYTES / 1e9:.0f} GB; "
            "free some room"
        )


def make_environment(python: str) -> None:
    """Make the virtual environment and install exactly what the lock names, this project included."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    quiet = ["--quiet", "--progress-bar", "off"]
    with step("environment"):
        if not environment_works():
            if ENVIRONMENT.exists():
                shutil.rmtree(str(ENVIRONMENT))
            run([python, "-m", "venv", str(ENVIRONMENT)], log("setup"), ROOT)
        # By itself and first: pip then takes whatever build of torch this machine is set up for.
        torch = wanted_torch()
        if (installed_version("torch") or "").split("+")[0] != torch.split("==")[1]:
            run([*pip, "install", *quiet, torch], log("setup"), ROOT)
        run([*pip, "install", *quiet, "--no-deps", "-r", str(LOCK)], log("setup"), ROOT)
        # The lock holds setuptools, so nothing needs to be fetched to build the project's own entry.
        run([*pip, "install", *quiet, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], log("setup"), ROOT)
    ENVIRONMENT_STAMP.write_text(environment_hash())


def environment_works() -> bool:
    """Whether there is an environment of a supported Python, with pip."""
    answer = output([str(PYTHON), "-c", "import sys, pip; print(*sys.version_info[:2])"]) if PYTHON.exists() else None
    return answer is not None and tuple(map(int, answer.split())) in PYTHONS_SUPPORTED


def environment_is_current() -> bool:
    """Whether the environment was made from the present lock, here."""
    return PYTHON.exists() and same(ENVIRONMENT_STAMP, environment_hash())


def environment_hash() -> str:
    """Hash what the environment is made from; the folder counts, for an environment can't be moved."""
    return hash_of([LOCK, PROJECT], str(ROOT))


def wanted_torch() -> str:
    """Return the requirement of torch, `torch==2.1.0`, which the lock leaves to the machine."""
    found = re.search(r'"(torch==[^"]+)"', PROJECT.read_text())
    if found is None:
        raise SetupError(f"{PROJECT} names no torch==VERSION")
    return found[1]


def installed_version(package: str) -> str | None:
    """Return the version of a package in the environment, or None."""
    code = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    return output([str(PYTHON), "-c", code, package]) if PYTHON.exists() else None


def modules_are_current() -> bool:
    """Whether the front end's packages are those of its lock, whoever installed them."""
    if same(MODULES_STAMP, modules_hash()):
        return True
    installed = MODULES / ".package-lock.json"
    if MODULES_STAMP.exists() or not installed.exists():
        return False
    wanted = {name: entry for name, entry in packages(FRONTEND / "package-lock.json").items() if name}
    found = packages(installed)
    fits = all(name in wanted and wanted[name].get("version") == entry.get("version") for name, entry in found.items())
    if fits and all(name in found or entry.get("optional") for name, entry in wanted.items()):
        MODULES_STAMP.write_text(modules_hash())
        return True
    return False


def packages(lock: Path) -> dict[str, dict[str, object]]:
    """Return the packages that an npm lock file lists."""
    listed: dict[str, dict[str, object]] = json.loads(lock.read_text())["packages"]
    return listed


def modules_hash() -> str:
    """Hash what the front end's packages are installed from."""
    return hash_of([FRONTEND / "package.json", FRONTEND / "package-lock.json"], platform.machine())


def build_is_current() -> bool:
    """Whether the built front end is that of the present sources."""
    return BUILT.exists() and same(BUILD_STAMP, build_hash())


def build_hash() -> str:
    """Hash the sources of the front end."""
    tops = [FRONTEND / name for name in BUILD_SOURCES]
    files = [file for top in tops for file in (sorted(top.rglob("*")) if top.is_dir() else [top])]
    return hash_of([file for file in files if file.is_file()], "")


def hash_of(files: Iterable[Path], word: str) -> str:
    """Hash the names and contents of files."""
    digest = hashlib.sha256(word.encode())
    for file in files:
        digest.update(b"\0" + str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def same(stamp: Path, wanted: str) -> bool:
    """Whether a stamp is there and holds this hash."""
    return stamp.exists() and stamp.read_text() == wanted


def log(name: str) -> Path:
    """Return the path of a log, beside the environment."""
    ENVIRONMENT.mkdir(exist_ok=True)
    return ENVIRONMENT / (name + ".log")


def output(command: Sequence[str]) -> str | None:
    """Return what a command prints, or None if it is not there or fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None


def run(command: Sequence[str], log_file: Path, folder: Path) -> None:
    """Run a command with all it says going to a log; if it fails, show why."""
    with log_file.open("ab") as sink:
        sink.write("\n$ {}\n".format(" ".join(command)).encode())
        sink.flush()
        start = sink.tell()
        done = subprocess.run(command, cwd=str(folder), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, check=False)
    if done.returncode != 0:
        with log_file.open("rb") as source:
            source.seek(start)
            text = re.sub(r"\x1b\[[0-9;]*m", "", source.read().decode(errors="replace"))  # no colours
        lines = [line for line in text.strip().splitlines() if not line.lstrip().startswith("at ")]  # no call stacks
        # The reason stands where the first error is named; without a name for it, at the end.
        named = [index for index, line in enumerate(lines) if re.search("error|failed", line, re.IGNORECASE)]
        first = named[0] if named else max(0, len(lines) - EXCERPT_LINES)
        excerpt = "\n  ".join(lines[first : first + EXCERPT_LINES])
        raise SetupError(
            f"`{' '.join(command)}` failed with exit status {done.returncode}; from its log, {log_file}:\n  {excerpt}"
        )


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done and how long it took."""
    started_at = time.monotonic()
    sys.stdout.write(f"  {name} ... ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        sys.stdout.write("\n")
        raise
    sys.stdout.write(f"{time.monotonic() - started_at:.0f} s\n")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other set-up runs in this folder."""
    handle = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
