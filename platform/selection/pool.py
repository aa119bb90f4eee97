"""The cases that a choice is made among, as a table of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from selection.summary import CaseSummary, Score


def _no_rows() -> NDArray[np.float32]:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True)
class ScoredCase:
    """A case with what is known of it.

    Attributes
    ----------
    name : str
        What it is called; every other case has another name.
    summary : CaseSummary or None
        None where the model could not be asked about it.
    embedding : numpy.ndarray of float32, shape (D,), or None
        Where the model puts the image among others.
    """

    name: str
    summary: CaseSummary | None = None
    embedding: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Pool:
    """Unlabelled cases.

    Attributes
    ----------
    names : tuple of str
        In the study's order.
    scores : dict of str to numpy.ndarray of float32, shape (N,)
        By name of `Score`; NaN for a case without a summary.
    class_entropy, class_mm3 : numpy.ndarray of float32, shape (N, classes)
        As in `CaseSummary`; NaN for a case without a summary. No columns where no case has one.
    embeddings : numpy.ndarray of float32, shape (N, D)
        NaN for a case without one. No columns where no case has one.
    labelled : numpy.ndarray of float32, shape (M, D)
        Embeddings of the cases that are labelled already.
    """

    names: tuple[str, ...]
    scores: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    class_entropy: NDArray[np.float32] = field(default_factory=_no_rows)
    class_mm3: NDArray[np.float32] = field(default_factory=_no_rows)
    embeddings: NDArray[np.float32] = field(default_factory=_no_rows)
    labelled: NDArray[np.float32] = field(default_factory=_no_rows)

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def gather(cls, cases: Iterable[ScoredCase], labelled: Sequence[NDArray[np.float32]] = ()) -> Self:
        """Make the table from cases that come one at a time.

        Parameters
        ----------
        cases : iterable of ScoredCase
            Each is let go as soon as its numbers are in the table.
        labelled : sequence of numpy.ndarray, each of shape (D,)
            Embeddings of the labelled cases.

        Raises
        ------
        ValueError
            If a name comes twice, or cases differ in their number of classes or in the length of their embedding.
        """
        names: list[str] = []
        columns: dict[str, list[float]] = {score.value: [] for score in Score}
        entropy: list[NDArray[np.float32] | None] = []
        volumes: list[NDArray[np.float32] | None] = []
        places: list[NDArray[np.float32] | None] = []
        for case in cases:
            names.append(case.name)
            found = case.summary
            for name, column in columns.items():
                column.append(found.scores.get(name, np.nan) if found is not None else np.nan)
            entropy.append(np.array(found.class_entropy, dtype=np.float32) if found is not None else None)
            volumes.append(np.array(found.class_mm3, dtype=np.float32) if found is not None else None)
            places.append(case.embedding)
        if len(set(names)) != len(names):
            raise ValueError("A case came twice.")
        return cls(
            names=tuple(names),
            scores={name: np.array(column, dtype=np.float32) for name, column in columns.items()},
            class_entropy=_table(entropy, "classes"),
            class_mm3=_table(volumes, "classes"),
            embeddings=_table(places, "numbers in its embedding"),
            labelled=_table(list(labelled), "numbers in its embedding"),
        )


def _table(rows: Sequence[NDArray[np.float32] | None], what: str) -> NDArray[np.float32]:
    widths = {row.size for row in rows if row is not None}
    if len(widths) > 1:
        raise ValueError(f"Cases differ in their number of {what}: {sorted(widths)}.")
    table = np.full((len(rows), widths.pop() if widths else 0), np.nan, dtype=np.float32)
    for place, row in enumerate(rows):
        if row is not None:
            table[place] = row
    return table
