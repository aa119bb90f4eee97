"""Finds a Chromium for the browser tests, installing one where it may, and prints its path (nothing: Playwright's own).

Runs in the project's environment. Exit status 2: there is none and none could be installed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PROGRAM = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def main() -> int:
    """Print the path of a Chromium that runs."""
    named = os.environ.get("CHROMIUM")
    if named and not _runs(named):
        sys.stderr.write(f"browser: CHROMIUM={named} does not run; name a Chromium that does, or unset it\n")
        return 2
    path = named or _find() or _install_package()
    if path is None and not _install_playwright():
        sys.stderr.write(
            "browser: the browser tests need Chromium and none could be installed; install the package chromium "
            "(Debian: apt-get install chromium) or name one with CHROMIUM=/path\n"
        )
        return 2
    sys.stdout.write(path or "")
    return 0


def _find() -> str | None:
    candidates = (*(shutil.which(name) for name in NAMES), MAC_PROGRAM)
    return next((path for path in candidates if path and _runs(path)), None)


def _runs(path: str) -> bool:
    # Ubuntu's chromium-browser is a script that asks for a snap, which a container does not have.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install_package() -> str | None:
    if shutil.which("apt-get") is None:
        return None
    if os.getuid() == 0:
        prefix = []
    elif subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        prefix = ["sudo", "-n"]
    else:
        return None
    sys.stderr.write("  installing the package chromium for the browser tests ...\n")
    install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    for command in (["apt-get", "update"], install):
        subprocess.run([*prefix, *command], capture_output=True, check=False)
    return _find()


def _install_playwright() -> bool:
    sys.stderr.write("  installing Playwright's Chromium for the browser tests ...\n")
    program = str(Path(sys.executable).with_name("playwright"))
    dependencies = ["--with-deps"] if sys.platform == "linux" and os.getuid() == 0 else []
    done = subprocess.run([program, "install", *dependencies, "chromium"], capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
