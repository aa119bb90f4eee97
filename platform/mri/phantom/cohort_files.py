"""The files of a phantom cohort, in the layout of BIDS; the same content gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mri.bids import label_path, parse_name
from mri.diffusion.gradients import GradientTable
from mri.image_files import image_bytes
from mri.labels import LabelMap
from mri.nifti import write_nifti
from mri.phantom.case import PhantomImage, Truth

TRUTH = "truth"

_MADE_BY = {"Name": "Radicula phantom"}
# A fixed date: the same arguments give the same bytes.
_DATE = "2026-01-01 00:00:00"
_BIDS = "1.10.0"


@dataclass(frozen=True)
class TruthRow:
    """A true value of a subject in a session."""

    participant: str
    session: str
    truth: Truth


def write_image(folder: Path, image: PhantomImage, participant: str, session: str, sidecar: Mapping[str, Any]) -> str:
    """Write an image with its sidecar, and the gradients of a diffusion image; return its relative path."""
    parts = [participant, *([session] if session else [])]
    acquisition = [f"acq-{image.acquisition}"] if image.acquisition else []
    stem = "/".join([*parts, image.datatype, "_".join([*parts, *acquisition, image.suffix])])
    path = folder / f"{stem}.nii.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image_bytes(image.voxels, image.grid))
    _write_json(folder / f"{stem}.json", {"Modality": "MR", "Simulated": True, **sidecar, **image.sidecar})
    if image.table is not None:
        bval, bvec = gradient_text(image.table)
        (folder / f"{stem}.bval").write_text(bval, encoding="utf-8")
        (folder / f"{stem}.bvec").write_text(bvec, encoding="utf-8")
    return f"{stem}.nii.gz"


def gradient_text(table: GradientTable) -> tuple[str, str]:
    """Return a gradient table as the text of a ``.bval`` and a ``.bvec`` file, in FSL's layout."""
    bval = " ".join(f"{b:g}" for b in table.b_values) + "\n"
    bvec = "".join(" ".join(f"{value:.6f}" for value in row) + "\n" for row in table.directions.T)
    return bval, bvec


def write_labels(folder: Path, image: str, label: str, suffix: str, rater: str, labels: LabelMap) -> str:
    """Write a rater's label map of an image with its sidecar; return its relative path."""
    made = [_MADE_BY] if rater == TRUTH else [_MADE_BY, {"Name": "Manual", "Author": rater, "Date": _DATE}]
    return _write_map(folder, image, label, suffix, rater, labels, made)


def write_masks(folder: Path, image: str, made: PhantomImage) -> None:
    """Write the further true maps of an image as the dataset's own."""
    for (label, suffix), mask in made.masks.items():
        _write_map(folder, image, label, suffix, None, mask, [_MADE_BY])


def write_geometry(folder: Path, participant: str, session: str, geometry: Mapping[str, Any]) -> None:
    """Write what a subject's truth is computed from."""
    if geometry:
        name = "_".join([participant, *([session] if session else []), "geometry.json"])
        _write_json(folder / "derivatives" / "phantom" / name, geometry)


def write_truth(folder: Path, rows: Sequence[TruthRow]) -> None:
    """Write every true value to ``derivatives/phantom/phantom_truth.tsv``."""
    lines = ["participant_id\tsession_id\tstructure\tquantity\tvalue\tunit"]
    for row in rows:
        cells = (row.truth.structure, row.truth.quantity, f"{row.truth.value:.9g}", row.truth.unit or "n/a")
        lines.append("\t".join((row.participant, row.session or "n/a", *cells)))
    _write_text(folder / "derivatives" / "phantom" / "phantom_truth.tsv", "\n".join(lines) + "\n")
    _describe(folder / "derivatives" / "phantom", "True values of digital phantoms")


def write_sessions(folder: Path, participant: str, sessions: Sequence[str]) -> None:
    """Write a subject's ``sessions.tsv``."""
    rows = ["session_id\tscan", *(f"{name}\t{n}" for n, name in enumerate(sessions, start=1))]
    _write_text(folder / participant / f"{participant}_sessions.tsv", "\n".join(rows) + "\n")


def write_dataset_files(
    folder: Path, protocol: str, participants: Sequence[tuple[str, str, str]], *, labels: bool
) -> None:
    """Write the descriptions of the dataset and of its labels, and ``participants.tsv`` with site and vendor."""
    _write_json(
        folder / "dataset_description.json",
        {
            "Name": f"Digital phantoms: {protocol}",
            "BIDSVersion": _BIDS,
            "DatasetType": "raw",
            "GeneratedBy": [_MADE_BY],
        },
    )
    if labels:
        _describe(folder / "derivatives" / "labels", f"Labels of digital phantoms: {protocol}")
    rows = ["participant_id\tsite\tvendor", *("\t".join(row) for row in participants)]
    _write_text(folder / "participants.tsv", "\n".join(rows) + "\n")


def _write_map(
    folder: Path, image: str, label: str, suffix: str, rater: str | None, labels: LabelMap, made: list[Any]
) -> str:
    path = folder / label_path(parse_name(image), label=label, suffix=suffix, rater=rater)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_nifti(labels, path, reference=folder / image)
    sidecar = {"SpatialReference": "orig", "GeneratedBy": made}
    _write_json(path.with_name(path.name.replace(".nii.gz", ".json")), sidecar)
    return path.relative_to(folder).as_posix()


def _describe(folder: Path, name: str) -> None:
    _write_json(
        folder / "dataset_description.json",
        {
            "Name": name,
            "BIDSVersion": _BIDS,
            "DatasetType": "derivative",
            "GeneratedBy": [_MADE_BY],
            "SourceDatasets": [{"URL": "../../"}],
        },
    )


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    _write_text(path, json.dumps(content, indent=2) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
