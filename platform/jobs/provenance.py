"""Which code computed a number."""

import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@cache
def code_version() -> str:
    """The release, and in a git checkout the commit: `0.1.0+3f2a9c1`, with `.changed` where files differ from it."""
    release = version("radicula")
    if not (REPOSITORY / ".git").exists():
        return release
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return release
    changed = ".changed" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{release}+{commit}{changed}"


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "-C", str(REPOSITORY), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
