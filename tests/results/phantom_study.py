"""A study of phantoms as a report's source, without a database: 30 subjects, 3 raters, 2 reads, two labels.

Each reading of a structure is an ellipsoid whose volume is truth + rater + error, each normal with its own SD, so that
the true ICC of the volume is known; its centre is off by part of a voxel, so that label maps overlap less than wholly.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid
from mri.labels import LabelMap
from protocols.loader import load
from results.canonical import canonical_json
from results.document import CaseFacts, DocumentInputs, InputFacts, VolumeFound, analysis_document
from results.parameters import Parameters
from results.readers import Reader, ReaderType
from results.reporting.source import ReportSource
from results.volume_reading import LabelFacts, read_volume

SPACING_MM = (0.8, 0.8, 1.6)
SHAPE = (40, 40, 20)
LABELS = (LabelFacts(1, "Dentate left", "left"), LabelFacts(2, "Dentate right", "right"))
RATERS = ("ada", "ben", "cleo")
SD_SUBJECT, SD_RATER, SD_ERROR = 70.0, 18.0, 26.0
MEAN_MM3 = 620.0
TRUE_ICC = SD_SUBJECT**2 / (SD_SUBJECT**2 + SD_RATER**2 + SD_ERROR**2)
GRID = Grid(SHAPE, np.diag([*SPACING_MM, 1.0]))
METRICS = ("dice", "hd95_mm", "assd_mm", "surface_dice")


def phantom_study(
    kind: str = "inter_rater",
    subjects: int = 30,
    resamples: int = 500,
    measurements: tuple[str, ...] = ("volume_mm3", "centroid_s_mm"),
) -> ReportSource:
    """Make the study of one kind: inter-rater on the first reads, or intra-rater on both."""
    reads = (1,) if kind == "inter_rater" else (1, 2)
    readers = tuple(Reader(ReaderType.RATER, name, read) for name in RATERS for read in reads)
    parameters = Parameters(
        kind, readers, metrics=METRICS, measurements=measurements, group_by=("site",),
        resamples=resamples, tolerance_mm=0.8,
    )  # fmt: skip
    maps = phantom_maps(readers, subjects)
    volumes, inputs = [], []
    for n, of_subject in enumerate(maps):
        found = read_volume(of_subject, parameters, LABELS, {})
        volumes.append(
            VolumeFound(
                CaseFacts(_id("case", n), f"sub-{n + 1:02}", f"{n + 1:02}", "", {"site": ("north", "south")[n % 2]}),
                _id("volume", n), f"sub-{n + 1:02}_QSM", SPACING_MM, found.rows, found.readings, found.overall,
            )
        )  # fmt: skip
        inputs += [
            InputFacts(_id("volume", n), i, _id("version", n, i), hashlib.sha256(one.to_bytes()).hexdigest())
            for i, one in of_subject.items()
        ]
    excluded = tuple(_excluded(volumes, readers))
    given = DocumentInputs(
        {"slug": "dentate-phantoms", "protocol": "dentate-qsm", "protocol_version": 1}, "0.1.0",
        tuple(one.describe() for one in readers), LABELS, tuple(volumes), tuple(inputs), excluded,
        tuple(load("dentate-qsm").to_json()["published"]),
    )  # fmt: skip
    document = analysis_document(given, parameters).document
    return ReportSource(
        title=f"Dentate nucleus, {'three raters' if kind == 'inter_rater' else 'two reads of each rater'}",
        study_name="Dentate nucleus phantoms",
        protocol_title="Dentate nucleus on QSM",
        document=document,
        document_sha256=hashlib.sha256(canonical_json(document)).hexdigest(),
        rows=_rows(given, parameters),
        readings=_readings(given),
        software={"Python": "3.11", "numpy": np.__version__},
    )  # fmt: skip


def phantom_maps(readers: tuple[Reader, ...], subjects: int, seed: int = 11) -> list[dict[int, LabelMap]]:
    """Label maps of every subject by the reader's place; a few readings are missing."""
    rng = np.random.default_rng(seed)
    rater = dict(zip(RATERS, rng.normal(0, SD_RATER, len(RATERS)), strict=True))
    found = []
    for n in range(subjects):
        truth = MEAN_MM3 + rng.normal(0, SD_SUBJECT, len(LABELS))
        centre = rng.normal(0, 1.2, 3)
        of_subject = {}
        for i, reader in enumerate(readers):
            sizes = truth + rater[reader.name] + rng.normal(0, SD_ERROR, len(LABELS))
            shifts = centre + rng.normal(0, 0.35, (len(LABELS), 3))
            if n != 6 or i != 1:
                of_subject[i] = LabelMap(ellipsoids(sizes, shifts), GRID)
        found.append(of_subject)
    return found


def ellipsoids(sizes_mm3: NDArray[np.float64], shifts_mm: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Draw one ellipsoid per label, left and right of the middle, the voxels nearest its centre up to its volume."""
    voxels = np.zeros(SHAPE, np.uint8)
    places = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij"), axis=-1) * SPACING_MM
    for value, size, shift, middle in zip((1, 2), sizes_mm3, shifts_mm, (9.0, 23.0), strict=True):
        distance = (((places - (middle, 16.0, 16.0) - shift) / (1.0, 1.5, 0.9)) ** 2).sum(axis=-1)
        n = round(float(size) / float(np.prod(SPACING_MM)))
        voxels.flat[np.argsort(distance, axis=None, kind="stable")[:n]] = value
    return voxels


def without_value(source: ReportSource) -> ReportSource:
    """The same study with a measure that is undefined for a reason: for the tests of how that is written."""
    first, *rest = source.rows
    row = {**first, "hd95_mm": None, "undefined": {"hd95_mm": "ben, and only ben, lacks the label"}}
    return replace(source, rows=(row, *rest))


def _id(what: str, *numbers: int) -> str:
    text = hashlib.sha256(f"{what} {numbers}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def _excluded(volumes: list[VolumeFound], readers: tuple[Reader, ...]) -> list[dict[str, str]]:
    return [
        {"case": one.case.name, "case_id": one.case.id, "volume": one.name, "reader": reader.describe(),
         "reason": "left out: moved in the scanner"}
        for one in volumes
        for i, reader in enumerate(readers)
        if i not in {reading["reader"] for reading in one.readings}
    ]  # fmt: skip


def _rows(given: DocumentInputs, parameters: Parameters) -> list[dict[str, object]]:
    """The rows as `results.selectors.contents.rows_of` serves them."""
    versions = {(one.volume, one.reader): one.label_version for one in given.inputs}
    names = {one.value: one.name for one in given.labels}
    found: list[dict[str, object]] = []
    for one in given.volumes:
        for row in one.rows:
            a = row["reader_a"]
            found.append(
                {**row, "number": len(found), "case": {"id": one.case.id, "name": one.case.name}, "volume": one.volume,
                 "volume_name": one.name, "label_name": names[row["label"]],
                 "version_a": None if a is None else versions[one.volume, a],
                 "version_b": versions[one.volume, row["reader_b"]]}
            )  # fmt: skip
    return found


def _readings(given: DocumentInputs) -> list[dict[str, object]]:
    versions = {(one.volume, one.reader): one.label_version for one in given.inputs}
    names = {one.value: one.name for one in given.labels}
    return [
        {**reading, "case": {"id": one.case.id, "name": one.case.name}, "volume": one.volume, "volume_name": one.name,
         "label_name": names[reading["label"]], "version": versions[one.volume, reading["reader"]]}
        for one in given.volumes
        for reading in one.readings
    ]  # fmt: skip
