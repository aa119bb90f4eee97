"""The rows and readings of an analysis as flat lists, with the facts by which they are grouped. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from measures.result import Measure
from results.volume_reading import LabelFacts, measure_of

RESOLUTION_DIGITS = 3
ALIASES = {"vendor": ("vendor", "manufacturer", "scanner_vendor"), "site": ("site", "centre", "center", "institution")}
"""Columns of participants.tsv that are meant by a word."""

OF_LABEL = ("level", "side", "label")
OF_SCAN = ("session", "resolution", "subject")


@dataclass(frozen=True)
class CaseFacts:
    """A case: ids, BIDS labels, and what participants.tsv says of its subject."""

    id: str
    name: str
    subject: str
    session: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class VolumeFound:
    """A volume with what was found on it; see :class:`results.models.AnalysisVolume`."""

    case: CaseFacts
    volume: str
    name: str
    spacing_mm: tuple[float, ...]
    rows: Sequence[Mapping[str, Any]]
    readings: Sequence[Mapping[str, Any]]
    overall: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Point:
    """A row of a pair, or a reading, with its volume and label."""

    volume: VolumeFound
    label: LabelFacts
    entry: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """The subject, by which points belong together."""
        return self.volume.case.subject

    @property
    def target(self) -> str:
        """What is read, by a name of its own: that of the volume, which mostly begins with the case's."""
        case, volume = self.volume.case.name, self.volume.name
        return volume if volume.startswith(case) else f"{case}/{volume}"

    def measure(self, name: str) -> Measure:
        """A metric or a measurement."""
        return measure_of(self.entry, name)


@dataclass(frozen=True)
class Points:
    """Every row and every reading of an analysis.

    Attributes
    ----------
    labels : tuple of LabelFacts
        Those that occur, ascending.
    rows, readings : list of Point
        In the order of volumes.
    """

    labels: tuple[LabelFacts, ...]
    rows: list[Point]
    readings: list[Point]

    def split(self, by: str) -> dict[str, Points]:
        """Tell points apart by a fact, values ascending; those without it are left out."""
        found: dict[str, Points] = {}
        for part, points in (("rows", self.rows), ("readings", self.readings)):
            for one in points:
                value = fact_of(one, by)
                if value is not None:
                    getattr(found.setdefault(value, Points(self.labels, [], [])), part).append(one)
        return dict(sorted(found.items()))


def points_of(volumes: Sequence[VolumeFound], labels: Sequence[LabelFacts]) -> Points:
    """Flatten what was found on the volumes."""
    facts = {one.value: one for one in labels}

    def flat(part: Callable[[VolumeFound], Sequence[Mapping[str, Any]]]) -> list[Point]:
        return [Point(volume, facts[entry["label"]], entry) for volume in volumes for entry in part(volume)]

    rows, readings = flat(lambda one: one.rows), flat(lambda one: one.readings)
    seen = {one.label.value for one in rows} | {one.label.value for one in readings}
    return Points(tuple(one for one in labels if one.value in seen), rows, readings)


def fact_of(point: Point, by: str) -> str | None:
    """Return a fact of a point: of its label, of its scan, or of its subject; None where it isn't known.

    ``resolution`` is the voxel size in mm, such as ``0.5x0.5x3``.
    """
    if by in OF_LABEL:
        return {"level": point.label.level, "side": point.label.side, "label": point.label.name}[by] or None
    case = point.volume.case
    if by == "session":
        return case.session or None
    if by == "subject":
        return case.subject
    if by == "resolution":
        return resolution_text(point.volume.spacing_mm)
    return next((case.facts[name] for name in ALIASES.get(by, (by,)) if name in case.facts), None)


def resolution_text(spacing_mm: Sequence[float]) -> str:
    """Write a voxel size in mm, such as ``0.5x0.5x3``."""
    return "x".join(f"{round(float(size), RESOLUTION_DIGITS):g}" for size in spacing_mm)
