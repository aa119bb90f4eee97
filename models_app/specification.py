"""What a network sees and says, and how it learns: shared by the site, which plans a training, and the engine.

No torch here: the web process reads this module.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from access.errors import InvalidInput
from protocols.protocol import Protocol

PATCH_MULTIPLE = 8
"""Every side of a patch is a multiple of this: the networks halve their grid up to three times."""

SAME_SPACING = 0.01
"""Spacings closer than one per cent are one spacing: resampling between them would only blur."""

LEFT_RIGHT = "left-right"
FLIP_AXES = {LEFT_RIGHT: 0, "anterior-posterior": 1, "superior-inferior": 2}

Triple = tuple[int, int, int]


@dataclass(frozen=True)
class Architecture:
    """A network by name.

    Attributes
    ----------
    name, title : str
        What protocols and people call it.
    channels : tuple of int
        Features per resolution, finest first; empty for those of the protocol.
    patch_voxels : int or None
        The largest patch; None for that of the protocol.
    """

    name: str
    title: str
    channels: tuple[int, ...] = ()
    patch_voxels: int | None = None


ARCHITECTURES: dict[str, Architecture] = {
    row.name: row
    for row in (
        Architecture("unet3d", "3-D U-Net"),
        Architecture("unet3d-small", "small 3-D U-Net, for a quick look", channels=(8, 16, 32), patch_voxels=65_536),
    )
}


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
        The volumes of a case that go in; the first one gives the grid of the answer.
    spacing_mm : tuple of float, (right, anterior, superior)
        The network's voxel size, along the axes nearest to RAS.
    patch : tuple of int, (right, anterior, superior)
        The network's field of view, in voxels.
    normalisation : {"z-score", "percentile"}
        How intensities are brought to one scale; see `models_app.engine.preparing`.
    label_values : tuple of int
        The label value of class 1, 2, ...; class 0 is background. Values may have gaps: the network counts classes, and
        nobody but the network sees a class index.
    flips : tuple of str
        The axes along which training mirrors at random. Never left-right where a label has a side.
    keep_largest : bool
        Keep only the largest connected piece of each label in a proposal.
    """

    architecture: str
    channels: tuple[int, ...]
    roles: tuple[str, ...]
    spacing_mm: tuple[float, float, float]
    patch: Triple
    normalisation: str
    label_values: tuple[int, ...]
    flips: tuple[str, ...]
    keep_largest: bool = False

    @property
    def classes(self) -> int:
        """Number of classes, background included."""
        return len(self.label_values) + 1

    def to_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        right_mm, anterior_mm, superior_mm = (float(value) for value in stored["spacing_mm"])
        right, anterior, superior = (int(value) for value in stored["patch"])
        return cls(
            architecture=str(stored["architecture"]),
            channels=tuple(int(value) for value in stored["channels"]),
            roles=tuple(str(role) for role in stored["roles"]),
            spacing_mm=(right_mm, anterior_mm, superior_mm),
            patch=(right, anterior, superior),
            normalisation=str(stored["normalisation"]),
            label_values=tuple(int(value) for value in stored["label_values"]),
            flips=tuple(str(name) for name in stored["flips"]),
            keep_largest=bool(stored["keep_largest"]),
        )


@dataclass(frozen=True)
class TrainingSettings:
    """How a network learns.

    Attributes
    ----------
    epochs, steps_per_epoch, batch_size : int
        Optimiser steps, and patches in each.
    learning_rate : float
        The peak of a one-cycle schedule.
    foreground_share : float
        Share of patches that hold a labelled voxel for certain.
    seed : int
        Of weights, patches and variations.
    """

    epochs: int
    steps_per_epoch: int
    batch_size: int
    learning_rate: float
    foreground_share: float
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            epochs=int(stored["epochs"]),
            steps_per_epoch=int(stored["steps_per_epoch"]),
            batch_size=int(stored["batch_size"]),
            learning_rate=float(stored["learning_rate"]),
            foreground_share=float(stored["foreground_share"]),
            seed=int(stored["seed"]),
        )


def architecture_get(name: str) -> Architecture:
    """An architecture by name.

    Raises
    ------
    InvalidInput
        If there is none of that name.
    """
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InvalidInput(
            f"There is no architecture '{name}'; there are: {known}.", {"architecture": [f"One of {known}."]}
        )
    return ARCHITECTURES[name]


def specification_for(protocol: Protocol, architecture: str, shapes: Iterable[Sequence[int]] = ()) -> Specification:
    """The specification that a protocol asks for, with a patch that fits the data.

    Parameters
    ----------
    protocol : Protocol
        The study's.
    architecture : str
        A name of `ARCHITECTURES`.
    shapes : iterable of sequences of int
        Shapes of the volumes at the network's spacing, axes in RAS order; without any the protocol's patch stands.
    """
    network, model = architecture_get(architecture), protocol.model
    voxels = math.prod(model.patch)
    if network.patch_voxels is not None:
        voxels = min(voxels, network.patch_voxels)
    sided = any(label.side in ("left", "right") for label in protocol.labels)
    return Specification(
        architecture=network.name,
        channels=network.channels or model.channels,
        roles=(protocol.primary_role.name,),
        spacing_mm=model.spacing_mm,
        patch=patch_fitted(model.patch, voxels, shapes),
        normalisation=model.normalisation,
        label_values=protocol.label_values(),
        flips=tuple(name for name in model.flips if not (sided and name == LEFT_RIGHT)),
    )


def settings_for(protocol: Protocol, *, epochs: int | None = None, seed: int = 0) -> TrainingSettings:
    """The training that a protocol asks for."""
    training = protocol.model.training
    return TrainingSettings(
        epochs=training.epochs if epochs is None else epochs,
        steps_per_epoch=training.steps_per_epoch,
        batch_size=training.batch_size,
        learning_rate=training.learning_rate,
        foreground_share=training.foreground_share,
        seed=seed,
    )


def patch_fitted(patch: Triple, voxels: int, shapes: Iterable[Sequence[int]]) -> Triple:
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
        As for `specification_for`. The median along each axis counts.

    Returns
    -------
    tuple of int
        Multiples of `PATCH_MULTIPLE`.
    """
    columns = list(zip(*shapes, strict=True))
    if columns:
        sides = [
            PATCH_MULTIPLE * max(1, math.ceil(sorted(column)[len(column) // 2] / PATCH_MULTIPLE)) for column in columns
        ]
    else:
        sides = list(patch)
    while math.prod(sides) > voxels and max(sides) > PATCH_MULTIPLE:
        sides[sides.index(max(sides))] -= PATCH_MULTIPLE
    return (sides[0], sides[1], sides[2])
