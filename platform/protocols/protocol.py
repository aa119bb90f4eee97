"""What a study protocol says, as typed data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Side = Literal["left", "right", "both", "midline"]
Plane = Literal["axial", "sagittal", "coronal"]
Frames = Literal["one", "many"]


@dataclass(frozen=True)
class Label:
    """A value of the label map.

    Attributes
    ----------
    value : int
        1 to 65535; it is never renumbered.
    name : str
        On screen.
    colour : str
        ``#RRGGBB``.
    side : {"left", "right", "both", "midline"}
        Anatomical side.
    level : str
        Spinal or vertebral level, empty where there is none.
    """

    value: int
    name: str
    colour: str
    side: Side
    level: str


@dataclass(frozen=True)
class VolumeRole:
    """A kind of image in a case.

    Attributes
    ----------
    name : str
        The role.
    suffixes : tuple of str
        BIDS suffixes that are this role.
    required : bool
        Whether a case needs it.
    labelled : bool
        Whether label maps are drawn on its grid.
    window_percentiles : tuple of float, length 2
        First display window.
    frames : {"one", "many"}
        Whether an image of this role is 3-D, or may be 4-D (diffusion).
    derived : str
        Name of the map (such as ``"FA"``) that is computed for this role from the case's 4-D diffusion image, where it
        isn't imported; empty for images that only come by import.
    """

    name: str
    suffixes: tuple[str, ...]
    required: bool
    labelled: bool
    window_percentiles: tuple[float, float]
    frames: Frames = "one"
    derived: str = ""


@dataclass(frozen=True)
class LabelFiles:
    """How label files are named.

    Attributes
    ----------
    label : str
        Value of ``label-`` in files that we write.
    suffix : str
        Their suffix, ``dseg``, ``seg`` or ``mask``.
    accepted_labels : tuple of str
        Values of ``label-`` that are imported, compared without regard to case.
    bare_suffixes : tuple of str
        Suffixes that are imported where a name has no ``label-``.
    """

    label: str
    suffix: str
    accepted_labels: tuple[str, ...]
    bare_suffixes: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """How a case opens.

    Attributes
    ----------
    planes : tuple of {"axial", "sagittal", "coronal"}
        Viewports in order.
    primary_plane : str
        The large one.
    start_at : {"labels", "middle"}
        Slice shown first.
    """

    planes: tuple[Plane, ...]
    primary_plane: Plane
    start_at: str


@dataclass(frozen=True)
class TrainingSpec:
    """Training defaults.

    Attributes
    ----------
    steps, steps_per_epoch, batch_size : int
        Optimiser steps in all, steps between validations, patches per step.
    learning_rate : float
        At the start.
    foreground_share : float
        Share of patches that are centred on a label.
    validation_share : float
        Share of the training subjects held out for validation.
    """

    steps: int
    steps_per_epoch: int
    batch_size: int
    learning_rate: float
    foreground_share: float
    validation_share: float

    @property
    def epochs(self) -> int:
        """Number of epochs, the last one possibly short."""
        return -(-self.steps // self.steps_per_epoch)


@dataclass(frozen=True)
class ModelSpec:
    """The network that a study starts with.

    Attributes
    ----------
    architecture : str
        Name in the engine.
    spacing_mm : tuple of float, length 3
        Voxel size that images are resampled to; axes in RAS order.
    patch : tuple of int, length 3
        Patch in voxels; axes in RAS order.
    channels : tuple of int
        Features per resolution, finest first.
    normalisation : {"z-score", "percentile"}
        Of intensities.
    flips : tuple of {"left-right", "anterior-posterior", "superior-inferior"}
        Random flips that leave the label values true.
    training : TrainingSpec
        Defaults.
    """

    architecture: str
    spacing_mm: tuple[float, float, float]
    patch: tuple[int, int, int]
    channels: tuple[int, ...]
    normalisation: str
    flips: tuple[str, ...]
    training: TrainingSpec


@dataclass(frozen=True)
class PublishedFigure:
    """A published number that a re-run is held against.

    Attributes
    ----------
    name, unit, note : str
        What it is; ``unit`` is empty for plain numbers.
    value : float
        The number.
    sd : float or None
        Published standard deviation, None where none is given.
    """

    name: str
    value: float
    sd: float | None
    unit: str
    note: str


@dataclass(frozen=True)
class Protocol:
    """A study protocol.

    Attributes
    ----------
    name, version, title, summary, reference
        Identity, and where it was published (empty where it wasn't).
    measures : tuple of str
        Measurements by name.
    files, labels, volumes, layout, model, published
        The parts.
    """

    name: str
    version: int
    title: str
    summary: str
    reference: str
    measures: tuple[str, ...]
    files: LabelFiles
    labels: tuple[Label, ...]
    volumes: tuple[VolumeRole, ...]
    layout: Layout
    model: ModelSpec
    published: tuple[PublishedFigure, ...]

    @property
    def primary_role(self) -> VolumeRole:
        """The first labelled role: what a loose image without a suffix is taken for."""
        return next(role for role in self.volumes if role.labelled)

    def label_values(self) -> tuple[int, ...]:
        """Return the label values, ascending; background is not among them."""
        return tuple(sorted(label.value for label in self.labels))

    def label(self, value: int) -> Label | None:
        """Return the label of a value, None where the protocol has none."""
        return next((label for label in self.labels if label.value == value), None)

    def role_for_suffix(self, suffix: str) -> VolumeRole | None:
        """Return the role of a BIDS suffix, None where the protocol has no use for it."""
        return next((role for role in self.volumes if suffix in role.suffixes), None)

    def accepts_label_file(self, label: str | None, suffix: str) -> bool:
        """Tell whether a label file is this protocol's, by its name.

        Parameters
        ----------
        label : str or None
            Value of ``label-`` in its name, None where there is none.
        suffix : str
            Its suffix.

        Returns
        -------
        bool
            A mask of something else would otherwise be imported wherever its values happen to be known.
        """
        if label is None:
            return suffix in self.files.bare_suffixes
        return label.lower() in {accepted.lower() for accepted in self.files.accepted_labels}

    def to_json(self) -> dict[str, Any]:
        """Return the protocol as plain JSON data, in the shape of its file; it is stored with a study."""
        return _plain(asdict(self))


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in part.items():
        if isinstance(value, dict):
            plain[key] = _plain(value)
        elif isinstance(value, tuple):
            plain[key] = [_plain(v) if isinstance(v, dict) else v for v in value]
        elif value is not None:
            plain[key] = value
    return plain
