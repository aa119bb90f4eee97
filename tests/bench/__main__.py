"""`python -m tests.bench [NAME ...]`: run the benchmarks and write their tables into docs/benchmarks.md or `PAGES`.

Each benchmark measures against what a user would pick instead, in the same run. A table stands between two marks in
the page; the prose around it is written by hand and stays.
"""

import argparse
import os
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from jobs.provenance import code_version
from tests.bench import (
    analyses,
    architectures,
    clinical,
    diffusion,
    inference,
    loading,
    measures,
    selection,
    starting,
    training,
    viewer,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {"architectures": DOCS / "engine.md"}
PAGE = DOCS / "benchmarks.md"
BENCHMARKS: dict[str, Callable[[], str]] = {
    "starting": starting.table,
    "loading": loading.table,
    **{f"viewer-{part}": partial(viewer.table, part) for part in viewer.PARTS},
    "clinical": clinical.table,
    "diffusion": diffusion.table,
    "inference": inference.table,
    "training": training.table,
    "measures": measures.table,
    "analyses": analyses.table,
    "selection": selection.table,
    "architectures": architectures.table,
}


def main() -> None:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, "viewer", []], help="which; all unless named")
    named = parser.parse_args().names or list(BENCHMARKS)
    for name in (part for one in named for part in _parts(one)):
        print(f"{name} ...", flush=True)
        table = BENCHMARKS[name]()
        print(table, flush=True)
        write(name, f"{table}\n\n*{machine()}*")


def _parts(name: str) -> list[str]:
    """The benchmarks of a name: the viewer's are several, each of some minutes."""
    return [name] if name in BENCHMARKS else [part for part in BENCHMARKS if part.startswith(f"{name}-")]


def machine() -> str:
    """Where and when a table was made."""
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"load {load:.1f} at the end, {code_version()}"
    )


def write(name: str, text: str) -> None:
    """Put a table between its marks."""
    path = PAGES.get(name, PAGE)
    page = path.read_text()
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marks.search(page):
        raise SystemExit(f"{path} has no place for '{name}': add <!-- {name} --> and <!-- /{name} -->.")
    path.write_text(marks.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page))


if __name__ == "__main__":
    main()
