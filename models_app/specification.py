"""What a network sees and says: shared by the site, which plans a training, and the engine.

No torch here: the web process reads this module.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from models_app.architectures import ARCHITECTURES, SLICE_VOXELS, Architecture, architecture_get, encoder_of
from models_app.fingerprint import Fingerprint
from models_app.sides import mirror_pairs
from models_app.training_settings import TrainingSettings, model_wanted, settings_for
from protocols.labels import Label
from protocols.networks import ModelSpec
from protocols.protocol import Protocol

__all__ = [
    "ARCHITECTURES", "FLIP_AXES", "LEFT_RIGHT", "PATCH_MULTIPLE", "SAME_SPACING", "Localiser", "Specification",
    "TrainingSettings", "architecture_get", "patch_fitted", "settings_for", "specification_for",
]  # fmt: skip

PATCH_MULTIPLE = 8
"""Sides of patches are multiples of this, or of the architecture's own: the networks halve their grid."""

SAME_SPACING = 0.01
"""Spacings closer than one per cent are one spacing: resampling between them would only blur."""

LEFT_RIGHT = "left-right"
FLIP_AXES = {LEFT_RIGHT: 0, "anterior-posterior": 1, "superior-inferior": 2}
PLANE_AXES = {"sagittal": 0, "coronal": 1, "axial": 2}

Z_SCORE, PERCENTILE, SIGNED, BY_PLANS = "z-score", "percentile", "signed", "by-plans"
NORMALISATIONS = {
    Z_SCORE: "mean 0, standard deviation 1",
    PERCENTILE: "clipped to the 0.5th and 99.5th percentile, then mean 0, standard deviation 1",
    BY_PLANS: "left to nnU-Net",
    SIGNED: "divided by its root mean square: zero stays zero, the sign is kept",
}

BLOCK_VOXELS = 221_184
"""A 3-D patch where the protocol has none: 64 by 64 by 54."""

COARSE_PATCH_VOXELS = 110_592
"""A localiser's patch: 48 cubed. It sees much at once, coarsely."""

COARSE_FACTOR = 2.5
"""A localiser's voxels are so much wider than the fine network's."""

Triple = tuple[int, int, int]
Sides = tuple[float, float, float]


@dataclass(frozen=True)
class Localiser:
    """The first step of a cascade: a coarse network that tells labelled from not labelled.

    Attributes
    ----------
    spacing_mm, patch
        Its own grid and field of view.
    margin_mm : float
        The box around what it finds is made wider by this on every side.
    """

    spacing_mm: Sides
    patch: Triple
    margin_mm: float

    def to_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return {"spacing_mm": list(self.spacing_mm), "patch": list(self.patch), "margin_mm": self.margin_mm}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(_sides(stored["spacing_mm"]), _triple(stored["patch"]), float(stored["margin_mm"]))


@dataclass(frozen=True)
class Specification:
    """How voxels go into a network and come out of it. Stored with every model version.

    Attributes
    ----------
    architecture : str
        A name of `ARCHITECTURES`.
    channels : tuple of int
        Features per resolution, finest first.
    roles : tuple of str
        The volumes of a case that go in, each resampled onto the grid of the labelled one.
    spacing_mm : tuple of float, (right, anterior, superior)
        The network's voxel size, along the axes nearest to RAS; 0 where each image keeps its own.
    patch : tuple of int, (right, anterior, superior)
        The network's field of view, in voxels; 1 along the axis across which a 2-D network's slices are stacked.
    normalisations : tuple of str
        One of `NORMALISATIONS` for each role.
    label_values : tuple of int
        The label value of class 1, 2, ...; class 0 is background. Values may have gaps: the network counts classes, and
        nobody but the network sees a class index.
    flips : tuple of str
        The axes along which training mirrors at random.
    keep_largest : bool
        Keep only the largest connected piece of each label in a proposal.
    encoder : str
        The chosen contracting half; empty where the architecture has no choice.
    mirror_pairs : tuple of (int, int)
        Label values that change places when left and right do.
    left_out : tuple of int
        Label values of the protocol that the training takes for background.
    localiser : Localiser or None
        The first step of a cascade.
    labelled_role : str
        The volume whose grid the answer has; it need not go in. Empty for the first role.
    plans : dict or None
        What nnU-Net planned: `{"plans", "dataset", "configuration", "mirror_axes"}`; known after a training.
    """

    architecture: str
    channels: tuple[int, ...]
    roles: tuple[str, ...]
    spacing_mm: Sides
    patch: Triple
    normalisations: tuple[str, ...]
    label_values: tuple[int, ...]
    flips: tuple[str, ...]
    keep_largest: bool = False
    encoder: str = ""
    mirror_pairs: tuple[tuple[int, int], ...] = ()
    left_out: tuple[int, ...] = ()
    localiser: Localiser | None = None
    labelled_role: str = ""
    plans: Mapping[str, Any] | None = None

    @property
    def grid_role(self) -> str:
        """The role of the volume whose grid the answer has."""
        return self.labelled_role or self.roles[0]

    @property
    def other_roles(self) -> tuple[str, ...]:
        """What goes in beside the volume whose grid the answer has."""
        return tuple(role for role in self.roles if role != self.grid_role)

    @property
    def classes(self) -> int:
        """Number of classes, background included."""
        return len(self.label_values) + 1

    @property
    def slice_axis(self) -> int | None:
        """The axis across which a 2-D network's slices are stacked; None for a 3-D network."""
        return self.patch.index(1) if architecture_get(self.architecture).dimensions == 2 else None

    def mirrored_classes(self) -> list[int]:
        """The class that each class becomes when left and right change places."""
        place = {value: index for index, value in enumerate(self.label_values, start=1)}
        swapped = list(range(self.classes))
        for left, right in self.mirror_pairs:
            swapped[place[left]], swapped[place[right]] = place[right], place[left]
        return swapped

    def to_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        stored = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        stored["mirror_pairs"] = [list(pair) for pair in self.mirror_pairs]
        stored["localiser"] = self.localiser.to_json() if self.localiser is not None else None
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, also before there was a choice of encoders, inputs and steps."""
        localiser = stored.get("localiser")
        pairs = stored.get("mirror_pairs", ())
        return cls(
            architecture=str(stored["architecture"]),
            channels=tuple(int(value) for value in stored["channels"]),
            roles=tuple(str(role) for role in stored["roles"]),
            spacing_mm=_sides(stored["spacing_mm"]),
            patch=_triple(stored["patch"]),
            normalisations=tuple(stored.get("normalisations") or [stored["normalisation"]]),
            label_values=tuple(int(value) for value in stored["label_values"]),
            flips=tuple(str(name) for name in stored["flips"]),
            keep_largest=bool(stored["keep_largest"]),
            encoder=str(stored.get("encoder", "")),
            mirror_pairs=tuple((int(left), int(right)) for left, right in pairs),
            left_out=tuple(int(value) for value in stored.get("left_out", ())),
            localiser=Localiser.from_json(localiser) if localiser else None,
            labelled_role=str(stored.get("labelled_role", "")),
            plans=stored.get("plans"),
        )

    def coarse(self) -> Self:
        """The specification of a cascade's first network: one class for all labels, on the coarse grid.

        Raises
        ------
        ValueError
            If it is no cascade.
        """
        if self.localiser is None:
            raise ValueError(f"{self.architecture} has no first step")
        return replace(
            self,
            spacing_mm=self.localiser.spacing_mm,
            patch=self.localiser.patch,
            label_values=(1,),
            mirror_pairs=(),
            localiser=None,
            channels=self.channels[:3],
        )


def _sides(values: Sequence[Any]) -> Sides:
    right, anterior, superior = (float(value) for value in values)
    return right, anterior, superior


def _triple(values: Sequence[Any]) -> Triple:
    right, anterior, superior = (int(value) for value in values)
    return right, anterior, superior


def labelled_role(protocol: Protocol, inputs: Sequence[str]) -> str:
    """The role on whose grid a model with these inputs answers: its first labelled one, else the primary one."""
    drawn = (name for name in inputs if (role := protocol.role(name)) is not None and role.labelled)
    return next(drawn, protocol.primary_role.name)


def labels_learned(protocol: Protocol, settings: TrainingSettings) -> list[Label]:
    """The labels that a training learns: those that are drawn on its labelled role, without the ones left out."""
    role = labelled_role(protocol, settings.inputs)
    return [label for label in protocol.labels_on(role) if label.value not in settings.left_out]


def specification_for(
    protocol: Protocol,
    architecture: str | None = None,
    fingerprint: Fingerprint | None = None,
    *,
    settings: TrainingSettings | None = None,
    model: str | None = None,
) -> Specification:
    """The specification that a protocol asks for, on a grid that fits the data.

    Parameters
    ----------
    protocol : Protocol
        The study's.
    architecture, model : str, optional
        As for `model_wanted`.
    fingerprint : Fingerprint, optional
        Of the images that are trained on; without one the protocol's grid stands.
    settings : TrainingSettings, optional
        Encoder, inputs, left-out labels, where the spacing comes from and the margin of a cascade.

    Raises
    ------
    InvalidInput
        If there is no such architecture, candidate or encoder.
    """
    base = model_wanted(protocol, model, architecture)
    network = architecture_get(base.architecture)
    settings = settings or settings_for(protocol, architecture=architecture, model=model)
    inputs = settings.inputs or (protocol.primary_role.name,)
    labels = labels_learned(protocol, settings)
    spacing_mm = base.spacing_mm
    if fingerprint is not None and settings.spacing == "data":
        spacing_mm = fingerprint.spacing_mm
    slice_axis = _slice_axis(protocol, base, fingerprint) if network.dimensions == 2 else None
    if slice_axis is not None:
        # Slices stay as they were taken: nothing is interpolated across them.
        spacing_mm = _sides([0.0 if axis == slice_axis else side for axis, side in enumerate(spacing_mm)])
    pairs = mirror_pairs(labels)
    drawn = labelled_role(protocol, inputs)
    return Specification(
        architecture=network.name,
        channels=network.channels or base.channels,
        roles=inputs,
        spacing_mm=spacing_mm,
        patch=_patch(base, network, spacing_mm, fingerprint, slice_axis, settings.patch_voxels),
        normalisations=tuple(_normalisation(protocol, base, role, fingerprint) for role in inputs),
        label_values=tuple(sorted(label.value for label in labels)),
        flips=tuple(
            name
            for name in base.flips
            # A mirrored stack of slices is the same slices: nothing to learn, and sides would be told apart by chance.
            if FLIP_AXES[name] != slice_axis and not (pairs is None and name == LEFT_RIGHT)
        ),
        encoder=encoder_of(network, settings.encoder),
        mirror_pairs=pairs or (),
        left_out=tuple(label.value for label in protocol.labels if label not in labels),
        localiser=_localiser(base, spacing_mm, fingerprint, settings.margin_mm) if network.localises else None,
        labelled_role=drawn,
    )


def _slice_axis(protocol: Protocol, base: ModelSpec, fingerprint: Fingerprint | None) -> int:
    """The axis that is sliced across: the protocol's flat one, else the coarsest, else that of the reading plane."""
    if 1 in base.patch:
        return base.patch.index(1)
    coarse = fingerprint.coarse_axis if fingerprint is not None else None
    return PLANE_AXES[protocol.layout.primary_plane] if coarse is None else coarse


def _normalisation(protocol: Protocol, base: ModelSpec, name: str, fingerprint: Fingerprint | None) -> str:
    role = protocol.role(name)
    signed = fingerprint is not None and fingerprint.signed.get(name, False)
    if signed or (role is not None and role.signed):
        return SIGNED
    return BY_PLANS if architecture_get(base.architecture).plans_itself else base.normalisation


def _patch(
    base: ModelSpec,
    network: Architecture,
    spacing_mm: Sides,
    fingerprint: Fingerprint | None,
    slice_axis: int | None,
    most_voxels: int,
) -> Triple:
    flat = 1 in base.patch
    if slice_axis is not None:
        voxels = math.prod(base.patch) if flat else SLICE_VOXELS
    else:
        voxels = min(BLOCK_VOXELS if flat else math.prod(base.patch), network.patch_voxels or BLOCK_VOXELS * 8)
    if most_voxels:
        voxels = min(voxels, most_voxels)
    shapes = [] if fingerprint is None else [_shape(fingerprint, spacing_mm)]
    return patch_fitted(base.patch, voxels, shapes, multiple=network.multiple, flat=slice_axis)


def _shape(fingerprint: Fingerprint, spacing_mm: Sides) -> Triple:
    return _triple(
        [max(1, round(size / (side or 1.0))) for size, side in zip(fingerprint.size_mm, spacing_mm, strict=True)]
    )


def _localiser(base: ModelSpec, spacing_mm: Sides, fingerprint: Fingerprint | None, margin_mm: float) -> Localiser:
    # Without a wish of the protocol one width for all axes: a box is found as well along a coarse axis as a fine one.
    side = round(COARSE_FACTOR * sorted(spacing_mm)[1], 2)
    coarse = base.cascade.coarse_spacing_mm if base.cascade is not None else (side, side, side)
    shapes = [] if fingerprint is None else [_shape(fingerprint, coarse)]
    return Localiser(coarse, patch_fitted((48, 48, 48), COARSE_PATCH_VOXELS, shapes), margin_mm)


def patch_fitted(
    patch: Triple,
    voxels: int,
    shapes: Iterable[Sequence[int]],
    *,
    multiple: int = PATCH_MULTIPLE,
    flat: int | None = None,
) -> Triple:
    """A patch with at most so many voxels, shaped after the data.

    Where the protocol's patch is a little shorter than the volumes along an axis, two windows would be computed for
    what one could cover; where it is longer, part of it would always be empty.

    Parameters
    ----------
    patch : tuple of int
        The protocol's; it stands where there are no volumes and the number of voxels allows.
    voxels : int
        How many voxels it may have.
    shapes : iterable of sequences of int
        Shapes of the volumes at the network's spacing, in RAS order. The median along each axis counts.
    multiple : int
        Of which every side is one.
    flat : int, optional
        The axis along which it is one voxel thick.

    Returns
    -------
    tuple of int
        Multiples, and 1 along the flat axis.
    """
    columns = list(zip(*shapes, strict=True))
    wanted = [sorted(column)[len(column) // 2] for column in columns] if columns else list(patch)
    sides = [multiple * max(1, math.ceil(side / multiple)) for side in wanted]
    if flat is not None:
        sides[flat] = 1
    while math.prod(sides) > voxels and max(sides) > multiple:
        sides[sides.index(max(sides))] -= multiple
    return _triple(sides)
