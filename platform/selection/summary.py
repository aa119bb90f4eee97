"""What is kept of a case's prediction, so that a choice among a thousand cases reads no image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from selection.region import SURROUNDINGS_MM, region_of_interest
from selection.uncertainty import PredictionSamples


class Sampling(StrEnum):
    """Where the predictions of a summary come from."""

    PLAIN = "plain"
    DROPOUT = "dropout"
    AUGMENTATION = "augmentation"
    ENSEMBLE = "ensemble"


class Score(StrEnum):
    """What is summed over the region of interest."""

    ENTROPY = "entropy"
    MARGIN = "margin"
    MUTUAL_INFORMATION = "mutual_information"
    VARIANCE = "variance"
    VOTE_ENTROPY = "vote_entropy"


SCORES_OF = {
    Sampling.PLAIN: (Score.ENTROPY, Score.MARGIN),
    Sampling.DROPOUT: (Score.MUTUAL_INFORMATION, Score.ENTROPY),
    Sampling.AUGMENTATION: (Score.VARIANCE, Score.ENTROPY),
    Sampling.ENSEMBLE: (Score.VOTE_ENTROPY, Score.ENTROPY),
}
"""The scores of each kind of samples; the first is the one that its map shows."""


@dataclass(frozen=True)
class CaseSummary:
    """A case's prediction in a few numbers.

    Attributes
    ----------
    scores : mapping of str to float
        By name of `Score`: its integral over the region of interest, in mm3 times the score's unit. A sum over voxels
        would favour fine grids.
    class_entropy : tuple of float
        For class 1, 2, ...: ``sum_x p_c(x) H(x) dV`` over the region, its part of the entropy in nat mm3.
    class_mm3 : tuple of float
        Predicted volume of class 1, 2, ...; 0 where the class was predicted nowhere.
    region_mm3 : float
        Volume of the region.
    located : bool
        Whether any foreground was predicted; see `region_of_interest`.
    samples : int
        Number of predictions that went in.
    margin_mm : float
        Reach of the surroundings.
    """

    scores: Mapping[str, float]
    class_entropy: tuple[float, ...]
    class_mm3: tuple[float, ...]
    region_mm3: float
    located: bool
    samples: int
    margin_mm: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        stored = asdict(self)
        return {**stored, "class_entropy": list(self.class_entropy), "class_mm3": list(self.class_mm3)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            scores={str(name): float(value) for name, value in stored["scores"].items()},
            class_entropy=tuple(float(value) for value in stored["class_entropy"]),
            class_mm3=tuple(float(value) for value in stored["class_mm3"]),
            region_mm3=float(stored["region_mm3"]),
            located=bool(stored["located"]),
            samples=int(stored["samples"]),
            margin_mm=float(stored["margin_mm"]),
        )


def case_summary(
    samples: PredictionSamples,
    sampling: Sampling,
    spacing_mm: Sequence[float],
    margin_mm: float = SURROUNDINGS_MM,
) -> tuple[CaseSummary, NDArray[np.float32]]:
    """Sum a case's prediction up.

    Parameters
    ----------
    samples : PredictionSamples
        Of maps of shape (classes, I, J, K), class 0 being background.
    sampling : Sampling
        Where they come from: it decides which scores are kept.
    spacing_mm : sequence of float
        Voxel size along the array's axes.
    margin_mm : float
        How far around the predicted foreground uncertainty counts.

    Returns
    -------
    summary : CaseSummary
    uncertainty : numpy.ndarray of float32, shape (I, J, K)
        The map of the sampling's first score, over all of the image.

    Raises
    ------
    ValueError
        If no prediction came.
    """
    if samples.count == 0:
        raise ValueError("A summary needs at least one prediction.")
    region, located = region_of_interest(samples.mean, spacing_mm, margin_mm)
    volume_mm3 = float(np.prod(spacing_mm))
    maps = {score: _map(samples, score) for score in SCORES_OF[sampling]}
    entropy = maps[Score.ENTROPY]
    decided = samples.mean.argmax(axis=0)
    counts = np.bincount(decided.ravel(), minlength=samples.mean.shape[0])[1:]
    summary = CaseSummary(
        scores={score.value: float(row[region].sum(dtype=np.float64)) * volume_mm3 for score, row in maps.items()},
        class_entropy=tuple(
            float((row[region] * entropy[region]).sum(dtype=np.float64)) * volume_mm3 for row in samples.mean[1:]
        ),
        class_mm3=tuple(float(count) * volume_mm3 for count in counts),
        region_mm3=float(np.count_nonzero(region)) * volume_mm3,
        located=located,
        samples=samples.count,
        margin_mm=margin_mm,
    )
    return summary, maps[SCORES_OF[sampling][0]]


def _map(samples: PredictionSamples, score: Score) -> NDArray[np.float32]:
    return {
        Score.ENTROPY: samples.entropy,
        Score.MARGIN: samples.margin,
        Score.MUTUAL_INFORMATION: samples.mutual_information,
        Score.VARIANCE: samples.variance,
        Score.VOTE_ENTROPY: samples.vote_entropy,
    }[score]()
