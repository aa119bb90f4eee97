"""What a training is: its files, its settings, and what is told while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from torch import Tensor

from models_app.specification import Specification, TrainingSettings


@dataclass(frozen=True)
class LabelledFile:
    """The volumes of a case, in the order of the specification's roles, and their label map, on the disk."""

    name: str
    images: tuple[Path, ...]
    labels: Path


@dataclass(frozen=True)
class TrainingPlan:
    """All that decides a training.

    Attributes
    ----------
    specification : Specification
        What the network sees and says.
    train, validation : tuple of LabelledFile
        Fixed lists; nothing is split here.
    settings : TrainingSettings
        How long, how, and from which seed.
    weights : pathlib.Path or None
        Of an earlier version, to begin from.
    """

    specification: Specification
    train: tuple[LabelledFile, ...]
    validation: tuple[LabelledFile, ...]
    settings: TrainingSettings
    weights: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data, for a process that trains beside the worker."""
        return {
            "specification": self.specification.to_json(),
            "settings": self.settings.to_json(),
            "train": [_file_json(file) for file in self.train],
            "validation": [_file_json(file) for file in self.validation],
            "weights": str(self.weights) if self.weights is not None else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            specification=Specification.from_json(stored["specification"]),
            train=tuple(_file(row) for row in stored["train"]),
            validation=tuple(_file(row) for row in stored["validation"]),
            settings=TrainingSettings.from_json(stored["settings"]),
            weights=Path(stored["weights"]) if stored["weights"] else None,
        )


def _file_json(file: LabelledFile) -> dict[str, Any]:
    return {"name": file.name, "images": [str(path) for path in file.images], "labels": str(file.labels)}


def _file(row: Mapping[str, Any]) -> LabelledFile:
    return LabelledFile(str(row["name"]), tuple(Path(path) for path in row["images"]), Path(row["labels"]))


@dataclass(frozen=True)
class EpochReport:
    """What is known after an epoch.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    loss : float
        Mean over its steps.
    validation_dice : dict of int to float
        By label value; empty for an epoch without validation.
    seconds : float
        Validation included.
    stage : str
        The step of a cascade, `localise` or `segment`; empty for a network of one step.
    peak_memory_bytes : int
        The most memory so far: of the GPU, or of the process.
    """

    epoch: int
    loss: float
    validation_dice: dict[int, float]
    seconds: float
    stage: str = ""
    peak_memory_bytes: int = 0


@dataclass(frozen=True)
class Learned:
    """The outcome of a training.

    Attributes
    ----------
    state : dict of str to Tensor
        Weights of the best epoch (of the last one, where there was nothing to validate on).
    specification : Specification
        As planned; nnU-Net adds what it planned itself.
    best_epoch : int
        Where they come from.
    seconds : dict of str to float
        By part: preparing, training, validation.
    facts : dict
        What turned out on the way, for the run's page: precision, processes, epochs done, what was transferred.
    """

    state: dict[str, Tensor]
    specification: Specification
    best_epoch: int
    seconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Watcher(Protocol):
    """Who is told how a training goes, and may stop it."""

    def progress(self, fraction: float, message: str) -> None:
        """Hear how far it is; raise `JobCancelled` to stop it."""

    def epoch(self, report: EpochReport) -> None:
        """Hear what an epoch brought."""
