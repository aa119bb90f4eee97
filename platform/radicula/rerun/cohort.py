"""Phantoms for a re-run: a dataset without labels, and the truth beside it for the simulated raters."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from mri.phantom.case import Vector
from mri.phantom.cohort import SITES, TRUTH, write_cohort
from mri.phantom.makers import MAKERS, ProtocolName
from radicula.rerun.context import Rerun

TRUTH_LIST = "truth.json"
Scan = tuple[tuple[int, int, int], Vector]

FULL_SCANS: Mapping[ProtocolName, Scan] = {"rootlets": ((48, 144, 164), (1.0, 1.0, 1.0))}
"""The pontomedullary junction, from which spinal levels are measured, lies above the phantom's usual field of view."""

COARSE_SCANS: Mapping[ProtocolName, Scan] = {
    "rootlets": ((36, 72, 132), (1.25, 1.25, 1.25)),
    "dentate-qsm": ((56, 40, 28), (1.3, 1.3, 1.3)),
    "lumbar-nerve-dti": ((54, 32, 22), (2.0, 2.0, 4.7)),
    "lumbar-morphometry": ((11, 70, 114), (4.0, 2.0, 2.0)),
}
"""Voxels and voxel size of coarse phantoms, where the protocol's own would take too long."""

SITES_USED = 2
"""Two scanners of two vendors: labels of one are trained on, those of the other are the unseen site."""


def cohort_make(run: Rerun) -> str:
    """Write the phantoms, and set their true label maps aside."""
    if not run.simulated:
        return f"images of {run.dataset}"
    partial = run.order.folder / "cohort.partial"
    for left in (partial, run.truth, run.dataset):
        shutil.rmtree(left, ignore_errors=True)
    name: ProtocolName = next(known for known in MAKERS if known == run.protocol.name)
    sessions = run.size.sessions if looks_at_sessions(run) else 1
    shape, spacing = (COARSE_SCANS if run.size.coarse else FULL_SCANS).get(name, (None, None))
    cohort = write_cohort(
        partial,
        name,
        run.order.subjects,
        run.order.seed,
        raters={},
        sites=SITES[:SITES_USED],
        sessions=sessions,
        shape_ras=shape,
        spacing_ras_mm=spacing,
    )
    drawn = {
        image: label for scan in cohort.subjects for image, label in zip(scan.images, scan.labels[TRUTH], strict=True)
    }
    _set_aside(partial, run.truth, drawn)
    partial.rename(run.dataset)
    scans = f", {len(cohort.subjects)} scans" if sessions > 1 else ""
    return f"{run.order.subjects} phantoms{scans} at {SITES_USED} sites"


def looks_at_sessions(run: Rerun) -> bool:
    """Whether the protocol measures how far its numbers vary from scan to scan."""
    return "level-variability" in run.protocol.measures


def truth_files(run: Rerun) -> dict[str, Path]:
    """The true label map of each image, by the image's path in the dataset."""
    listed = json.loads((run.truth / TRUTH_LIST).read_text(encoding="utf-8"))
    return {image: run.truth / path for image, path in listed.items()}


def _set_aside(dataset: Path, truth: Path, drawn: dict[str, str]) -> None:
    for path in drawn.values():
        target = truth / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (dataset / path).rename(target)
        sidecar = (dataset / path).with_name(Path(path).name.replace(".nii.gz", ".json"))
        sidecar.rename(target.with_name(sidecar.name))
    (truth / TRUTH_LIST).write_text(json.dumps(drawn, indent=2) + "\n", encoding="utf-8")
