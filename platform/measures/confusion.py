"""Which label of one map stands where which label of another does, and what shifts of the numbering would explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.overlap import BOTH_EMPTY, OverlapCounts, dice
from measures.result import Measure, undefined
from measures.summary import summarise


@dataclass(frozen=True, eq=False)
class Confusion:
    """Voxels by their label in two maps.

    Attributes
    ----------
    values : tuple of int
        The labels, ascending, without background.
    voxels : numpy.ndarray of int64, shape (n + 1, n + 1)
        ``voxels[i, j]``: voxels with label i in the reference and j in the candidate; index 0 is everything that is
        none of the labels, index i the (i - 1)-th of ``values``. What neither map labels is not counted: ``[0, 0]`` is
        0.
    """

    values: tuple[int, ...]
    voxels: NDArray[np.int64]

    def any_label_dice(self) -> Measure:
        """Dice of everything labelled, whatever its label."""
        reference, candidate = int(self.voxels[1:, :].sum()), int(self.voxels[:, 1:].sum())
        return dice(OverlapCounts(reference, candidate, int(self.voxels[1:, 1:].sum())))

    def mean_dice(self, renamed: Mapping[int, int] | None = None) -> Measure:
        """Mean Dice over the labels.

        Parameters
        ----------
        renamed : mapping of int to int, optional
            Value in the candidate to the value that it is read as; a value that is none of the labels after that is
            background. By default each label stands for itself.

        Returns
        -------
        Measure
            Over the labels that are in the reference, or after the renaming in the candidate.
        """
        joint = self.voxels if renamed is None else self._renamed(renamed)
        found = {}
        for i, value in enumerate(self.values, start=1):
            sizes = int(joint[i, :].sum()), int(joint[:, i].sum())
            if max(sizes) > 0:
                found[str(value)] = dice(OverlapCounts(*sizes, int(joint[i, i])))
        mean = summarise(found).mean
        return undefined(BOTH_EMPTY) if mean is None else Measure(mean)

    def shifted(self, shift: int) -> Measure:
        """Mean Dice when every label of the candidate is read as the label ``shift`` higher."""
        return self.mean_dice({value: value + shift for value in self.values})

    def _renamed(self, names: Mapping[int, int]) -> NDArray[np.int64]:
        place = {value: i for i, value in enumerate(self.values, start=1)}
        target = [0, *(place.get(names.get(value, value), 0) for value in self.values)]
        joint = np.zeros_like(self.voxels)
        np.add.at(joint.T, target, self.voxels.T)
        return joint


def confusion(reference: NDArray[Any], candidate: NDArray[Any], values: Sequence[int]) -> Confusion:
    """Count voxels by their label in both maps.

    Parameters
    ----------
    reference, candidate : numpy.ndarray of an unsigned integer dtype, one shape
        Label maps on one grid. Not modified.
    values : sequence of int
        Labels, 1 or more; other values count as background.

    Returns
    -------
    Confusion

    Raises
    ------
    ValueError
        For shapes that differ.
    """
    if reference.shape != candidate.shape:
        raise ValueError(f"Two label maps of one shape are compared; {reference.shape} and {candidate.shape} came.")
    wanted = tuple(sorted({int(v) for v in values}))
    where = (reference != 0) | (candidate != 0)
    first, second = reference[where], candidate[where]
    highest = max([*wanted, int(first.max(initial=0)), int(second.max(initial=0))], default=0)
    place = np.zeros(highest + 1, dtype=np.int64)
    place[list(wanted)] = np.arange(1, len(wanted) + 1)
    n = len(wanted) + 1
    joint = np.bincount(place[first] * n + place[second], minlength=n * n).reshape(n, n)
    joint[0, 0] = 0
    return Confusion(wanted, joint)
