"""A study protocol, as typed data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from protocols.images import Display, HangingLayout, Layout, Plane, VolumeRole
from protocols.labels import Label, LabelFiles, LabelOption, Side
from protocols.networks import ModelCandidate, ModelSpec, PromotionGate, TrainingSpec
from protocols.plan import AnatomyCheck, PublishedFigure, RatingTask, Reads, TensorSettings, TrackingSettings

__all__ = [
    "Label",
    "LabelFiles",
    "Layout",
    "ModelSpec",
    "Plane",
    "Protocol",
    "PublishedFigure",
    "Side",
    "TrainingSpec",
    "VolumeRole",
]


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
        The parts. ``model`` is the candidate that a study starts with.
    format : int
        Of the file.
    display : Display
        Which side of the patient is where.
    options : tuple of LabelOption
        Choices of a new study; in a study those that were chosen.
    layouts : tuple of HangingLayout
        Ways to hang a case; `layout.first` opens.
    models : tuple of ModelCandidate
        The networks that are compared, one of them the default.
    tensor : TensorSettings or None
        For protocols that fit a diffusion tensor.
    tracking : TrackingSettings or None
        For protocols that follow streamlines.
    statistics, figures : tuple of str
        Tables and figures of the report, by name.
    reads : Reads or None
        The reading design, None where it is left to the study.
    gate : PromotionGate or None
        When a version may be promoted without a reason, None for the engine's own margin.
    ratings : tuple of RatingTask
        Questions answered from 1 upwards.
    checks : tuple of AnatomyCheck
        What is looked at when a case is handed in.
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
    format: int
    display: Display
    options: tuple[LabelOption, ...]
    layouts: tuple[HangingLayout, ...]
    models: tuple[ModelCandidate, ...]
    tensor: TensorSettings | None
    tracking: TrackingSettings | None
    statistics: tuple[str, ...]
    figures: tuple[str, ...]
    reads: Reads | None
    gate: PromotionGate | None
    ratings: tuple[RatingTask, ...]
    checks: tuple[AnatomyCheck, ...]

    @property
    def primary_role(self) -> VolumeRole:
        """The first labelled role: what a loose image without a suffix is taken for."""
        return next(role for role in self.volumes if role.labelled)

    def role(self, name: str) -> VolumeRole | None:
        """Return the role of a name, None where there is none."""
        return next((role for role in self.volumes if role.name == name), None)

    def label_values(self) -> tuple[int, ...]:
        """Return the label values, ascending; background is not among them."""
        return tuple(sorted(label.value for label in self.labels))

    def label(self, value: int) -> Label | None:
        """Return the label of a value, None where the protocol has none."""
        return next((label for label in self.labels if label.value == value), None)

    def labels_on(self, role: str) -> tuple[Label, ...]:
        """Return the labels that are drawn on the volumes of a role, in the order of the file."""
        return tuple(label for label in self.labels if not label.roles or role in label.roles)

    def role_for_suffix(self, suffix: str, acquisition: str = "") -> VolumeRole | None:
        """Return the role of an image by its name.

        Parameters
        ----------
        suffix : str
            BIDS suffix.
        acquisition : str, default ""
            Value of ``acq-``.

        Returns
        -------
        VolumeRole or None
            None where the protocol has no use for it.
        """
        return next((role for role in self.volumes if role.is_named(suffix, acquisition)), None)

    @property
    def derived_roles(self) -> tuple[VolumeRole, ...]:
        """The roles that are computed from the 4-D diffusion image of a case."""
        return tuple(role for role in self.volumes if role.derived)

    def model_named(self, name: str) -> ModelCandidate | None:
        """Return a candidate network, None where there is none of that name."""
        return next((model for model in self.models if model.name == name), None)

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

    def mask_role(self, label: str | None) -> VolumeRole | None:
        """Return the role whose mask a label file is, by the value of ``label-`` in its name.

        None where it is no mask of this protocol's; a file that the protocol labels itself is its label map first.
        """
        if label is None or label.lower() in {accepted.lower() for accepted in self.files.accepted_labels}:
            return None
        masks = (role for role in self.volumes if label.lower() in {one.lower() for one in role.mask_labels})
        return next(masks, None)

    def with_options(self, chosen: Iterable[str] | None = None) -> Protocol:
        """Return the protocol of a study: the labels of the chosen options stay, those of the others go.

        Parameters
        ----------
        chosen : iterable of str or None
            Names of options; None for the defaults.

        Raises
        ------
        KeyError
            With the name of an option that there isn't.
        """
        known = {option.name: option for option in self.options}
        names = {name for name, option in known.items() if option.default} if chosen is None else set(chosen)
        for name in sorted(names - set(known)):
            raise KeyError(name)
        labels = tuple(label for label in self.labels if not label.option or label.option in names)
        options = tuple(replace(option, default=True) for option in self.options if option.name in names)
        kept = {label.name for label in labels}
        published = tuple(figure for figure in self.published if not figure.labels or set(figure.labels) & kept)
        return replace(self, labels=labels, options=options, published=published)

    def to_json(self) -> dict[str, Any]:
        """Return the protocol as plain JSON data, in the shape of its file; it is stored with a study."""
        return _plain(asdict(self))


def _plain(part: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in part.items():
        if isinstance(value, Mapping):
            plain[key] = _plain(value)
        elif isinstance(value, tuple):
            plain[key] = [_plain(v) if isinstance(v, dict) else v for v in value]
        elif value is not None:
            plain[key] = value
    return plain
