"""An analysis of 200 cases by 5 raters with 7 labels: with one io worker, with two, and how soon its answer opens."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nibabel as nib
import numpy as np
import psutil

from tests.site import REPOSITORY, Client, Site, environment_for, running_site

CASES, RATERS, LABELS = 200, 5, range(2, 9)
SHAPE = (64, 64, 32)
SPACING = (0.8, 0.8, 1.0)
STUDY = "bench"
SECONDS = 1800.0
OPENINGS = 5
QUESTION = {"kind": "inter_rater", "consensus": "staple", "group_by": ["site"]}


def table() -> str:
    """Make the study, ask twice, and time what a page asks for."""
    with tempfile.TemporaryDirectory() as folder, running_site() as site:
        _write(Path(folder))
        site.add_user("lena")
        lead = site.client("lena")
        lead.post("studies", {"slug": STUDY, "name": "Bench", "protocol": "rootlets"})
        site.manage("import_dataset", folder, "--study", STUDY, "--as", "lena", "--accept-labels")
        one, memory_one = _answer(site, lead)
        with _second_worker(site):
            two, memory_two = _answer(site, lead)
        (analysis, *_) = lead.results(f"studies/{STUDY}/analyses")
        opened = _openings(lead, analysis["id"])
    lines = [
        "| what | measured |",
        "|---|---|",
        f"| volumes x raters x labels | {CASES} x {RATERS} x {len(LABELS)}, {'x'.join(map(str, SHAPE))} voxels |",
        f"| one io worker, from the request to the answer | {one:.0f} s |",
        f"| two io workers | {two:.0f} s, {one / two:.2f} times as fast |",
        f"| the worker at a tenth of the volumes, and its most (RSS) | {memory_one[0]:.0f}, {memory_one[1]:.0f} MiB |",
        f"| the same of the first of two workers | {memory_two[0]:.0f}, {memory_two[1]:.0f} MiB |",
    ]
    lines += [f"| `{path}`, median of {OPENINGS} | {seconds * 1000:.0f} ms |" for path, seconds in opened.items()]
    return "\n".join(lines)


def _write(root: Path) -> None:
    """Seven balls down a column, drawn by five raters who move and resize them a little."""
    rng = np.random.default_rng(0)
    axes = np.meshgrid(*(np.arange(n) * s for n, s in zip(SHAPE, SPACING, strict=True)), indexing="ij")
    affine = np.diag([*SPACING, 1.0])
    people = ["participant_id\tsite"]
    for case in range(CASES):
        name = f"sub-{case:03}"
        people.append(f"{name}\t{'ABCD'[case % 4]}")
        image = root / name / "anat" / f"{name}_T2w.nii.gz"
        image.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image(rng.integers(0, 500, SHAPE, dtype=np.int16), affine), image)
        labels = root / "derivatives" / "labels" / name / "anat"
        labels.mkdir(parents=True)
        size = rng.normal(3.4, 0.4, len(LABELS))
        for rater in range(RATERS):
            drawn = np.zeros(SHAPE, np.uint8)
            for i, label in enumerate(LABELS):
                centre = np.array([25, 6 + 6.3 * i, 16]) + rng.normal(0, 0.4, 3)
                distance = sum((a - c) ** 2 for a, c in zip(axes, centre, strict=True))
                drawn[distance < (size[i] + rng.normal(0, 0.15)) ** 2] = label
            path = labels / f"{name}_T2w_desc-r{rater}_label-rootlets_dseg.nii.gz"
            nib.save(nib.Nifti1Image(drawn, affine), path)
    (root / "participants.tsv").write_text("\n".join(people) + "\n")


def _answer(site: Site, lead: Client) -> tuple[float, tuple[float, float]]:
    """Seconds from the request to the end, and the memory of the worker that has the job: early, and at its most."""
    worker = _workers(site)[0]
    started = time.monotonic()
    job = lead.post(f"studies/{STUDY}/analyses", QUESTION)["job"]
    early, most = 0.0, 0.0
    while time.monotonic() - started < SECONDS:
        job = lead.get(f"jobs/{job['id']}")
        memory = max((p.memory_info().rss for p in [worker, *worker.children(recursive=True)]), default=0) / 2**20
        early = early or (memory if job["progress"] > 0.1 else 0.0)
        most = max(most, memory)
        if job["state"] == "done":
            return time.monotonic() - started, (early, most)
        if job["state"] in ("failed", "cancelled"):
            raise RuntimeError(job["error"])
        time.sleep(0.25)
    raise RuntimeError("the analysis took too long")


def _workers(site: Site) -> list[psutil.Process]:
    children = psutil.Process(site.process.pid).children(recursive=True)
    return [p for p in children if "io@" in " ".join(p.cmdline()) and "worker" in p.cmdline()]


@contextmanager
def _second_worker(site: Site) -> Iterator[None]:
    """Another io worker, as a second machine would run it."""
    arguments = ["-m", "celery", "-A", "radicula.celery", "worker", "-Q", "io", "-n", "io2@%h", "--concurrency", "1"]
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=REPOSITORY, env=environment_for(site.home, **_addresses(site)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(12)  # it has to load the site
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _addresses(site: Site) -> dict[str, str]:
    """The environment that the site's own worker runs in."""
    return dict(_workers(site)[0].environ())


def _openings(lead: Client, analysis: str) -> dict[str, float]:
    """Median seconds of what a page of the analysis asks for."""
    paths = (
        f"analyses/{analysis}",
        f"analyses/{analysis}/document",
        f"analyses/{analysis}/rows?sort=dice&page_size=100",
        f"analyses/{analysis}/rows/1000/disagreement",
    )
    found = {}
    for path in paths:
        seconds = []
        for _ in range(OPENINGS):
            started = time.perf_counter()
            lead.http.get(path).raise_for_status()
            seconds.append(time.perf_counter() - started)
        found["GET " + path.replace(analysis, "{id}")] = statistics.median(seconds)
    return found
