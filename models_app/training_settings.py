"""How a network learns: what a person may choose for a training, and what follows from the protocol. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from access.errors import InvalidInput
from models_app.architectures import architecture_get
from protocols.networks import ModelSpec
from protocols.protocol import Protocol

PRECISIONS = {
    "auto": "bf16 on a GPU that has it, else float32",
    "float32": "full precision",
    "bf16": "half of the memory, the range of float32",
    "fp16": "half of the memory, with loss scaling",
}
PLANS = {"full": "nnU-Net's own: 32 to 320 features, 8 GB", "small": "8 to 80 features, 1 GB"}
SPACINGS = {"protocol": "the protocol's voxel size", "data": "the median voxel size of the training images"}

DEFAULT_CACHE_MB = 2048
DEFAULT_MARGIN_MM = 10.0


@dataclass(frozen=True)
class TrainingSettings:
    """How a network learns. Stored with every run.

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
    encoder : str
        For an architecture with a choice; empty for its default.
    inputs : tuple of str
        Roles of the volumes that go in; empty for the primary one.
    left_out : tuple of int
        Label values that are taken for background.
    spacing : {"protocol", "data"}
        Where the voxel size comes from.
    margin_mm : float
        Of a cascade's box.
    patience : int
        Validations without a better Dice after which a training ends; 0 for never.
    precision : {"auto", "float32", "bf16", "fp16"}
        Of the network's arithmetic; weights stay float32.
    compiled : bool
        Whether torch compiles the network first.
    processes : int
        Devices that train together; 0 for all GPUs of the worker, one where there is none.
    cache_mb : int
        Memory for prepared volumes; what does not fit is read from the disk patch by patch.
    folds : int
        Of a cross-validation; 0 for a plain training.
    plan : {"full", "small"}
        What nnU-Net may plan: 32 to 320 features for 8 GB of GPU memory, or 8 to 80 for 1 GB.
    patch_voxels : int
        The most voxels of a patch, for a small GPU or a CPU; 0 for as many as the protocol and the architecture take.
        nnU-Net plans its own.
    """

    epochs: int
    steps_per_epoch: int
    batch_size: int
    learning_rate: float
    foreground_share: float
    seed: int
    encoder: str = ""
    inputs: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()
    spacing: str = "protocol"
    margin_mm: float = DEFAULT_MARGIN_MM
    patience: int = 0
    precision: str = "auto"
    compiled: bool = False
    processes: int = 0
    cache_mb: int = DEFAULT_CACHE_MB
    folds: int = 0
    plan: str = "full"
    patch_voxels: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; what an older run did not choose has its default."""
        known = {field.name for field in fields(cls)}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**{name: value for name, value in given.items() if name in known})


def model_wanted(protocol: Protocol, model: str | None = None, architecture: str | None = None) -> ModelSpec:
    """The network of the protocol that a training starts from.

    Parameters
    ----------
    protocol : Protocol
        The study's.
    model : str, optional
        The name of a candidate; without one the default.
    architecture : str, optional
        Another architecture than the candidate's: the protocol's first candidate of that architecture stands in for
        it, and where there is none the candidate with this architecture in the place of its own.

    Raises
    ------
    InvalidInput
        If there is no such candidate or architecture.
    """
    base: ModelSpec = protocol.model
    if model:
        candidate = protocol.model_named(model)
        if candidate is None:
            known = ", ".join(row.name for row in protocol.models)
            raise InvalidInput(f"The protocol has no model '{model}'; it has {known}.", {"model": [f"One of {known}."]})
        base = candidate
    if architecture is None or architecture == base.architecture:
        return base
    architecture_get(architecture)
    alike = next((row for row in protocol.models if row.architecture == architecture and not model), None)
    return alike or replace(base, architecture=architecture, encoder="", cascade=None)


def settings_for(
    protocol: Protocol, *, architecture: str | None = None, model: str | None = None, seed: int = 0, **chosen: Any
) -> TrainingSettings:
    """The training that a protocol asks for, with what a person chose in its place.

    Parameters
    ----------
    protocol : Protocol
        The study's.
    architecture, model : str, optional
        As for `model_wanted`.
    seed : int
        Of weights, patches and variations.
    **chosen
        Attributes of `TrainingSettings`; None stands for not chosen.
    """
    base = model_wanted(protocol, model, architecture)
    network = architecture_get(base.architecture)
    defaults: dict[str, Any] = {
        "epochs": base.training.epochs,
        "steps_per_epoch": base.training.steps_per_epoch,
        "batch_size": max(base.training.batch_size, network.fewest_in_batch),
        "learning_rate": base.training.learning_rate,
        "foreground_share": base.training.foreground_share,
        "encoder": base.encoder or (network.encoders[0] if network.encoders else ""),
        "inputs": base.inputs or (protocol.primary_role.name,),
        "margin_mm": base.cascade.margin_mm if base.cascade is not None else DEFAULT_MARGIN_MM,
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    return TrainingSettings(**{**defaults, **given, "seed": seed})
