"""The set-up's words for what a machine lacks, on a checkout of a few files with programs of our own on the PATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The least that the set-up looks at."""
    root = tmp_path / "checkout"
    (root / "frontend" / "src").mkdir(parents=True)
    (root / "deploy").mkdir()
    shutil.copy(REPOSITORY / "deploy" / "setup.py", root / "deploy")
    (root / "requirements.lock").write_text("")
    (root / "pyproject.toml").write_text('dependencies = ["torch==2.13.0"]\n')
    for name in ("package.json", "package-lock.json", "index.html", "vite.config.ts", "tsconfig.json"):
        (root / "frontend" / name).write_text("{}")
    (tmp_path / "bin").mkdir()
    return root


def _program(checkout: Path, name: str, script: str) -> None:
    file = checkout.parent / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def _a_good_python(checkout: Path) -> None:
    _program(checkout, "python3", f'exec "{sys.executable}" "$@"')


def _setup(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(checkout / "deploy" / "setup.py")],
        env={"PATH": str(checkout.parent / "bin"), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _only_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("version", ["v18.19.0", "v20.18.3", "v21.7.0", "v22.11.0"])
def test_an_old_node_is_named_with_what_is_needed(checkout: Path, version: str) -> None:
    _a_good_python(checkout)
    _program(checkout, "node", f"echo {version}")
    line = _only_line(_setup(checkout))
    assert "Node.js 20.19 or newer" in line
    assert f"{checkout.parent}/bin/node is {version}; install a newer one" in line
    assert not (checkout / ".venv").exists(), "everything is checked before anything is made"


def test_a_missing_node_is_named(checkout: Path) -> None:
    _a_good_python(checkout)
    assert "there is no node on the PATH; install it" in _only_line(_setup(checkout))


def test_a_missing_npm_is_named(checkout: Path) -> None:
    _a_good_python(checkout)
    _program(checkout, "node", "echo v20.19.0")
    assert "npm is needed to build the front end" in _only_line(_setup(checkout))


def test_an_old_python_is_named_with_its_version(checkout: Path) -> None:
    _program(checkout, "python3", "echo 3 9 2")
    _program(checkout, "python3.12", "exit 127")  # a version manager's stand-in
    line = _only_line(_setup(checkout))
    assert f"Python 3.11 or 3.12 is needed and 3.9.2 at {checkout.parent}/bin/python3 was found" in line


def test_a_python_without_venv_names_debians_package(checkout: Path) -> None:
    _program(checkout, "python3", 'case "$2" in *ensurepip*) exit 1;; esac; echo 3 11 2')
    assert "apt-get install python3.11-venv" in _only_line(_setup(checkout))


def test_a_failing_step_shows_its_last_lines_and_its_log(checkout: Path) -> None:
    _program(checkout, "python3", 'case "$1" in -m) echo "no room"; exit 4;; esac; echo 3 11 2')
    _program(checkout, "node", "echo v22.12.0")
    _program(checkout, "npm", "echo 11.0.0")
    done = _setup(checkout)
    assert done.returncode == 2
    assert "failed with exit status 4" in done.stderr
    assert str(checkout / ".venv" / "setup.log") in done.stderr
    assert done.stderr.endswith("  no room\n")
