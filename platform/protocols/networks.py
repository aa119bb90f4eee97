"""What learns: the networks that a protocol starts with and compares."""

from __future__ import annotations

from dataclasses import dataclass


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
class PromotionGate:
    """When a model version may take the place of the one that serves without a person saying why.

    Attributes
    ----------
    margin : float
        So much less mean Dice on the frozen test set is still not worse.
    """

    margin: float


@dataclass(frozen=True)
class CascadeSpec:
    """Two steps: find the structure on a coarse grid, then segment a crop of the fine one.

    Attributes
    ----------
    coarse_spacing_mm : tuple of float, length 3
        Voxel size of the first step; axes in RAS order.
    margin_mm : float
        Added on every side of what the first step found.
    """

    coarse_spacing_mm: tuple[float, float, float]
    margin_mm: float


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A network and its settings.

    Attributes
    ----------
    architecture : str
        Name in the engine.
    spacing_mm : tuple of float, length 3
        Voxel size that images are resampled to; axes in RAS order.
    patch : tuple of int, length 3
        Patch in voxels; axes in RAS order. One axis of a 2-D network is 1.
    channels : tuple of int
        Features per resolution, finest first.
    normalisation : {"z-score", "percentile"}
        Of intensities.
    flips : tuple of {"left-right", "anterior-posterior", "superior-inferior"}
        Random flips that leave the label values true.
    training : TrainingSpec
        Defaults.
    inputs : tuple of str
        The roles that go in, the first of which gives the grid of the answer; empty for the first labelled role.
    encoder : str
        Of an architecture that takes one; else empty.
    cascade : CascadeSpec or None
        Settings of the architecture ``cascade``, None for any other.
    """

    architecture: str
    spacing_mm: tuple[float, float, float]
    patch: tuple[int, int, int]
    channels: tuple[int, ...]
    normalisation: str
    flips: tuple[str, ...]
    training: TrainingSpec
    inputs: tuple[str, ...] = ()
    encoder: str = ""
    cascade: CascadeSpec | None = None


@dataclass(frozen=True, kw_only=True)
class ModelCandidate(ModelSpec):
    """A network among those that a study compares.

    Attributes
    ----------
    name, title : str
        Name in the file, and on screen.
    default : bool
        Whether a study starts with it; true for exactly one.
    """

    name: str
    title: str
    default: bool
