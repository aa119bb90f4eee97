"""A whole BIDS dataset of phantoms, with raters and truth."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nibabel as nib
import numpy as np

from mri.bids import label_path, parse_name
from mri.labels import LabelMap
from mri.nifti import write_nifti
from mri.phantom.cervical import DEFAULT_SHAPE, DEFAULT_SPACING_MM, CervicalPhantom, cervical_phantom
from mri.phantom.rater import RaterStyle, simulate_rater

ProtocolName = Literal["rootlets", "spinal-cord"]

TRUTH = "truth"
DEFAULT_ORIENTATIONS = ("RAS", "PSR", "LPS", "LAS", "ASL", "RPI")
DEFAULT_RATERS: Mapping[str, RaterStyle] = {
    "rater1": RaterStyle(bias_mm=0.05, noise_mm=0.35),
    "rater2": RaterStyle(bias_mm=-0.05, noise_mm=0.5),
}

_NAMING: Mapping[ProtocolName, tuple[str, str]] = {"rootlets": ("rootlets", "dseg"), "spinal-cord": ("SC", "seg")}
# Scanners differ in scale, noise and shading; the numbers are the project's own.
_SITES = (("siteA", 1.0, 0.022, 0.2), ("siteB", 1.6, 0.028, 0.35), ("siteC", 0.55, 0.034, 0.3))
_MADE_BY = {"Name": "Radicula phantom"}
# A fixed date: the same arguments give the same bytes.
_DATE = "2026-01-01 00:00:00"


@dataclass(frozen=True)
class CohortSubject:
    """A subject of a written cohort.

    Attributes
    ----------
    participant : str
        ``sub-01`` ...
    site : str
        Which of the simulated scanners.
    image : str
        Relative path of its image.
    labels : dict of str to str
        Rater (``"truth"`` among them where asked for) to relative path.
    """

    participant: str
    site: str
    image: str
    labels: dict[str, str]


@dataclass(frozen=True)
class Cohort:
    """What :func:`write_cohort` wrote."""

    folder: Path
    protocol: ProtocolName
    seed: int
    subjects: tuple[CohortSubject, ...]


def write_cohort(
    folder: Path,
    protocol_name: ProtocolName,
    subjects: int,
    seed: int,
    *,
    raters: Mapping[str, RaterStyle] | None = None,
    truth: bool = True,
    labelled: int | None = None,
    orientations: Sequence[str] = DEFAULT_ORIENTATIONS,
    oblique_deg: Sequence[float] = (0.0, 0.0, 7.0),
    shape_ras: tuple[int, int, int] = DEFAULT_SHAPE,
    spacing_ras_mm: tuple[float, float, float] = DEFAULT_SPACING_MM,
) -> Cohort:
    """Write a BIDS dataset of cervical phantoms.

    Parameters
    ----------
    folder : pathlib.Path
        Made where it is missing; files of the same names are replaced.
    protocol_name : {"rootlets", "spinal-cord"}
        Which truth is written as labels.
    subjects : int
        How many, 1 or more.
    seed : int
        The same arguments give the same bytes.
    raters : mapping of str to RaterStyle, optional
        Simulated raters, two by default; an empty mapping for none.
    truth : bool, default True
        Write the truth as well, as the rater ``truth``.
    labelled : int, optional
        Give labels to the first so many subjects only; to all by default.
    orientations : sequence of str
        Axis codes, taken in turn.
    oblique_deg : sequence of float
        Tilts, taken in turn.
    shape_ras, spacing_ras_mm : tuple
        As in :func:`mri.phantom.cervical.cervical_phantom`.

    Returns
    -------
    Cohort

    Raises
    ------
    ValueError
        For a protocol without a phantom, or no subjects.
    """
    if protocol_name not in _NAMING:
        raise ValueError(f"There is no phantom for {protocol_name!r}; there is one for {', '.join(_NAMING)}.")
    if subjects < 1:
        raise ValueError(f"A cohort has one subject or more; {subjects} came.")
    styles = DEFAULT_RATERS if raters is None else raters
    written = []
    for number in range(1, subjects + 1):
        site, gain, noise, bias = _SITES[(number - 1) % len(_SITES)]
        phantom = cervical_phantom(
            _subject_seed(seed, number),
            shape_ras=shape_ras,
            spacing_ras_mm=spacing_ras_mm,
            orientation=orientations[(number - 1) % len(orientations)],
            oblique_deg=oblique_deg[(number - 1) % len(oblique_deg)],
            noise=noise,
            bias=bias,
            gain=gain,
        )
        participant = f"sub-{number:0{max(2, len(str(subjects)))}d}"
        image = f"{participant}/anat/{participant}_T2w.nii.gz"
        _write_image(folder / image, phantom)
        sidecar = {"Modality": "MR", "Simulated": True, "Seed": phantom.seed}
        _write_json(folder / image.replace(".nii.gz", ".json"), sidecar)
        drawn = _labels(phantom, protocol_name, styles, truth) if labelled is None or number <= labelled else {}
        paths = {rater: _write_labels(folder, image, protocol_name, rater, m) for rater, m in drawn.items()}
        written.append(CohortSubject(participant, site, image, paths))
    _write_dataset_files(folder, protocol_name, written)
    return Cohort(folder, protocol_name, seed, tuple(written))


def _subject_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _labels(
    phantom: CervicalPhantom, protocol: ProtocolName, styles: Mapping[str, RaterStyle], with_truth: bool
) -> dict[str, LabelMap]:
    true = phantom.rootlets if protocol == "rootlets" else phantom.cord
    drawn = {TRUTH: true} if with_truth else {}
    for place, (rater, style) in enumerate(styles.items()):
        drawn[rater] = simulate_rater(true, style, _subject_seed(phantom.seed, 1000 + place))
    return drawn


def _write_image(path: Path, phantom: CervicalPhantom) -> None:
    image = nib.Nifti1Image(phantom.image, phantom.grid.affine)
    image.set_sform(phantom.grid.affine, code=1)
    image.set_qform(phantom.grid.affine, code=1)
    image.header.set_xyzt_units("mm")
    packed = io.BytesIO()
    # No name and no time in the gzip header: the same seed gives the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=1, mtime=0) as stream:
        stream.write(image.to_bytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed.getvalue())


def _write_labels(folder: Path, image: str, protocol: ProtocolName, rater: str, labels: LabelMap) -> str:
    label, suffix = _NAMING[protocol]
    path = folder / label_path(parse_name(image), label=label, suffix=suffix, rater=rater)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_nifti(labels, path, reference=folder / image)
    made = [_MADE_BY] if rater == TRUTH else [_MADE_BY, {"Name": "Manual", "Author": rater, "Date": _DATE}]
    sidecar = {"SpatialReference": "orig", "GeneratedBy": made}
    _write_json(path.with_name(path.name.replace(".nii.gz", ".json")), sidecar)
    return path.relative_to(folder).as_posix()


def _write_dataset_files(folder: Path, protocol: ProtocolName, subjects: Sequence[CohortSubject]) -> None:
    _write_json(
        folder / "dataset_description.json",
        {
            "Name": f"Digital phantoms: {protocol}",
            "BIDSVersion": "1.10.0",
            "DatasetType": "raw",
            "GeneratedBy": [_MADE_BY],
        },
    )
    if any(s.labels for s in subjects):
        _write_json(
            folder / "derivatives" / "labels" / "dataset_description.json",
            {
                "Name": f"Labels of digital phantoms: {protocol}",
                "BIDSVersion": "1.10.0",
                "DatasetType": "derivative",
                "GeneratedBy": [_MADE_BY],
                "SourceDatasets": [{"URL": "../../"}],
            },
        )
    rows = ["participant_id\tsite", *(f"{s.participant}\t{s.site}" for s in subjects)]
    (folder / "participants.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
