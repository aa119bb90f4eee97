"""What a report is made from: the stored document of an analysis, its rows and readings, and what names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Json = Mapping[str, Any]
KIND_TITLES = {
    "inter_rater": "inter-rater agreement and reliability",
    "intra_rater": "intra-rater agreement and reliability (repeated reads)",
    "human_model": "agreement of models with raters",
    "model_model": "comparison of models",
    "external": "external test of another tool",
    "rounds": "agreement over training rounds",
    "variability": "variability across sites, vendors, sessions or resolutions",
}


@dataclass(frozen=True)
class CasePicture:
    """A QC picture of a volume: PNG with its size in pixels, and what it shows."""

    volume: str
    caption: str
    alt: str
    png: bytes
    size: tuple[int, int]


@dataclass(frozen=True)
class ReportSource:
    """Everything that a report says.

    Attributes
    ----------
    title, study_name, protocol_title : str
        Of the analysis, its study and the study's protocol.
    document : mapping
        The stored document (`results.document_schema`).
    document_sha256 : str
        Of its stored bytes.
    rows, readings : sequence of mapping
        As the API serves them.
    software : mapping of str to str
        Name to version of what computed and set the report.
    pictures : sequence of CasePicture
        QC pictures, worst first.
    """

    title: str
    study_name: str
    protocol_title: str
    document: Json
    document_sha256: str
    rows: Sequence[Json]
    readings: Sequence[Json]
    software: Mapping[str, str] = ()  # type: ignore[assignment]  # an empty one
    pictures: Sequence[CasePicture] = ()

    @property
    def parameters(self) -> Json:
        """The question."""
        return self.document["parameters"]  # type: ignore[no-any-return]

    @property
    def kind_title(self) -> str:
        """What kind of analysis it is, in words."""
        return KIND_TITLES.get(self.parameters["kind"], str(self.parameters["kind"]))

    @property
    def level_percent(self) -> str:
        """Coverage of the intervals, such as ``95 %``."""
        return f"{100 * self.parameters['level']:g} %"

    @property
    def ci_key(self) -> str:
        """Where an ICC form keeps its interval."""
        return f"ci{100 * self.parameters['level']:g}"

    @cached_property
    def label_names(self) -> dict[int, str]:
        """Names of labels by value."""
        return {one["value"]: one["name"] for one in self.document["labels"]}

    def label(self, value: int | None) -> str:
        """A label's name; None: all of them together."""
        return "all labels" if value is None else self.label_names.get(value, str(value))

    def reader(self, place: int | None) -> str:
        """A reader's title; None: the consensus of the others."""
        return "consensus of the others" if place is None else str(self.document["readers"][place]["title"])

    def pair(self, place: int) -> str:
        """A pair's two titles."""
        one = self.document["pairs"][place]
        return f"{one['title_a']} – {one['title_b']}"

    def measurement(self, name: str) -> Json:
        """Title, unit and scale of a measurement."""
        return next(one for one in self.document["measurements"] if one["name"] == name)

    def measurement_title(self, name: str) -> str:
        """Its title with the unit."""
        one = self.measurement(name)
        return f"{one['title']} ({pretty_unit(one['unit'])})" if one["unit"] else str(one["title"])

    @cached_property
    def reliability(self) -> list[Json]:
        """Reliability entries over all readings, groups aside."""
        return [one for one in self.document["reliability"]["measurements"] if one["group"] is None]

    def agreement(self, *, against: str = "reader", pair: int | str | None = None) -> Iterator[Json]:
        """Agreement entries over all readings, groups aside; ``pair="each"`` for those of single pairs."""
        for one in self.document["agreement"]:
            of_pair = one["pair"] is not None if pair == "each" else one["pair"] == pair
            if one["group"] is None and one["against"] == against and of_pair:
                yield one

    def values(self, measurement: str, label: int) -> dict[str, dict[int, float]]:
        """The defined values of a measurement of a label: volume to reader to value."""
        found: dict[str, dict[int, float]] = {}
        for one in self.readings:
            value = one["values"].get(measurement)
            if one["label"] == label and value is not None:
                found.setdefault(one["volume"], {})[one["reader"]] = value
        return found


def pretty_unit(unit: str) -> str:
    """A unit as printed."""
    return unit.replace("mm3", "mm³").replace("mm2", "mm²").replace("cm2", "cm²")


METRIC_TITLES = {
    "dice": "Dice",
    "jaccard": "Jaccard",
    "precision": "Precision",
    "recall": "Recall",
    "specificity": "Specificity",
    "volume_similarity": "Volume similarity",
    "hausdorff_mm": "Hausdorff (mm)",
    "hd95_mm": "HD95 (mm)",
    "assd_mm": "ASSD (mm)",
    "surface_dice": "Surface Dice",
    "centroid_distance_mm": "Centroid distance (mm)",
    "detection_f1": "Detection F1",
    "volume_difference_mm3": "Volume difference (mm³)",
}


def metric_title(name: str) -> str:
    """A metric's name for people."""
    return METRIC_TITLES.get(name, name)
