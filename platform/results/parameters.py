"""What an analysis is asked for, complete and in one order: the same question has the same JSON. No Django here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from measures.compare import AVERAGED
from results.readers import Reader, ReaderType, reader_from_json

ConsensusMethod = Literal["staple", "majority", "none"]
CONSENSUS_METHODS: tuple[ConsensusMethod, ...] = ("staple", "majority", "none")
METRICS = tuple(name for name in AVERAGED if name not in ("reference_mm3", "candidate_mm3"))
"""The voxel metrics of a pair of readings."""

HIGHER_IS_BETTER = frozenset(
    {"dice", "jaccard", "precision", "recall", "specificity", "volume_similarity", "surface_dice", "detection_f1"}
)
KINDS_WITHOUT_PAIRS = frozenset({"variability"})
KINDS_OF_RATERS = frozenset({"inter_rater", "intra_rater"})
KINDS_WITH_REFERENCE = frozenset({"human_model", "model_model", "external", "rounds"})


@dataclass(frozen=True)
class Pair:
    """Two readings that are compared.

    Attributes
    ----------
    reference : int or None
        Index of the reader that is the reference; None for the consensus of all others.
    candidate : int
        Index of the other reader.
    """

    reference: int | None
    candidate: int


@dataclass(frozen=True)
class Parameters:
    """A question to label versions.

    Attributes
    ----------
    kind : str
        See :class:`results.models.AnalysisKind`.
    readers : tuple of Reader
        Whose label maps; rows name them by their place here.
    cases : tuple of str or None
        Ids of cases; None for all that the kind is about.
    labels : tuple of int or None
        Values; None for all of the protocol.
    metrics : tuple of str
        Voxel metrics that are summarised and tested; rows hold all of them.
    measurements : tuple of str
        Names in the registry of :mod:`results.measurements`.
    group_by : tuple of str
        Facts by which results are told apart: ``session``, ``resolution``, ``level``, ``side``, or a column of
        participants.tsv such as ``site`` or ``vendor``.
    tolerance_mm : float
        Of the surface Dice.
    consensus : {"staple", "majority", "none"}
        How the others' consensus is made, where three raters or more read a volume.
    level : float
        Coverage of the intervals.
    resamples, seed : int
        Of the bootstrap.
    """

    kind: str
    readers: tuple[Reader, ...]
    cases: tuple[str, ...] | None = None
    labels: tuple[int, ...] | None = None
    metrics: tuple[str, ...] = METRICS
    measurements: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    tolerance_mm: float = 1.0
    consensus: ConsensusMethod = "staple"
    level: float = 0.95
    resamples: int = 2000
    seed: int = 0

    def pairs(self) -> list[Pair]:
        """Every pair that is compared: readers in their order, then each against the consensus of the others."""
        places = range(len(self.readers))
        raters = [i for i in places if self.is_reference(i)]
        others = [i for i in places if not self.is_reference(i)]
        if self.kind in KINDS_WITHOUT_PAIRS:
            return []
        if self.kind == "inter_rater":
            found = [Pair(i, j) for i, j in combinations(places, 2)]
            return found + ([Pair(None, j) for j in places] if self.has_consensus else [])
        if self.kind == "intra_rater":
            return [Pair(i, j) for i, j in combinations(places, 2) if self.readers[i].name == self.readers[j].name]
        found = [Pair(i, j) for i in raters for j in others]
        return found + ([Pair(i, j) for i, j in combinations(others, 2)] if self.kind == "model_model" else [])

    @property
    def has_consensus(self) -> bool:
        """Whether each rater is also held against the consensus of the others."""
        return self.kind == "inter_rater" and self.consensus != "none" and len(self.readers) > 2

    def is_reference(self, reader: int) -> bool:
        """Whether a reader is what others are held against."""
        return self.readers[reader].type in (ReaderType.RATER, ReaderType.ACCEPTED)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        return {
            "kind": self.kind,
            "readers": [reader.to_json() for reader in self.readers],
            "cases": None if self.cases is None else list(self.cases),
            "labels": None if self.labels is None else list(self.labels),
            "metrics": list(self.metrics),
            "measurements": list(self.measurements),
            "group_by": list(self.group_by),
            "tolerance_mm": self.tolerance_mm,
            "consensus": self.consensus,
            "level": self.level,
            "resamples": self.resamples,
            "seed": self.seed,
        }


def parameters_from_json(given: Mapping[str, Any]) -> Parameters:
    """Return the parameters that :meth:`Parameters.to_json` describes."""
    return Parameters(
        kind=str(given["kind"]),
        readers=tuple(reader_from_json(reader) for reader in given["readers"]),
        cases=_several(given.get("cases"), str),
        labels=_several(given.get("labels"), int),
        metrics=_several(given.get("metrics"), str) or METRICS,
        measurements=_several(given.get("measurements"), str) or (),
        group_by=_several(given.get("group_by"), str) or (),
        tolerance_mm=float(given.get("tolerance_mm", 1.0)),
        consensus=given.get("consensus", "staple"),
        level=float(given.get("level", 0.95)),
        resamples=int(given.get("resamples", 2000)),
        seed=int(given.get("seed", 0)),
    )


def _several(values: Sequence[Any] | None, kind: Any) -> tuple[Any, ...] | None:
    return None if values is None else tuple(kind(value) for value in values)
