"""Every pair of k raters in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Any

from numpy.typing import NDArray

from measures.compare import (
    AVERAGED,
    Box,
    Comparison,
    LabelComparison,
    box_union,
    compare_shapes,
    label_boxes,
    summarised,
)
from measures.distance import checked_spacing
from measures.label_shape import label_shape
from measures.result import Measure
from measures.summary import Summary, summarise

Pair = tuple[str, str]


@dataclass(frozen=True)
class PairwiseComparison:
    """All pairs of raters on one case.

    Attributes
    ----------
    raters : tuple of str
        In the order given.
    pairs : dict of (str, str) to Comparison
        The earlier rater of a pair is the reference.
    tolerance_mm : float
        Tolerance of the surface Dice.
    """

    raters: tuple[str, ...]
    pairs: dict[tuple[str, str], Comparison]
    tolerance_mm: float

    def over_pairs(self, label: int, measure: str) -> Summary:
        """Summarise a measure of a label over the pairs; undefined ones are dropped and named ``first/second``."""
        if measure not in AVERAGED:
            raise ValueError(f"A measure is one of {', '.join(AVERAGED)}; {measure!r} came.")
        values: dict[str, Measure] = {}
        for (first, second), comparison in self.pairs.items():
            found = comparison.labels[label]
            values[f"{first}/{second}"] = Measure(getattr(found, measure), found.undefined.get(measure))
        return summarise(values)


def compare_all_pairs(
    maps: Mapping[str, NDArray[Any]],
    spacing_mm: Sequence[float],
    labels: Iterable[int] | None = None,
    tolerance_mm: float = 1.0,
    pairs: Sequence[Pair] | None = None,
) -> PairwiseComparison:
    """Compare the label maps of k raters, each with each.

    Parameters
    ----------
    maps : mapping of rater to numpy.ndarray of an integer dtype, shape (I, J, K)
        On one grid, which is the caller's to check. Not modified.
    spacing_mm : sequence of float
        Voxel size along i, j, k, mm.
    labels : iterable of int, optional
        Which values; by default all that occur in any map.
    tolerance_mm : float, default 1
        Tolerance of the surface Dice.
    pairs : sequence of (str, str), optional
        Which pairs, the reference first; by default all, the earlier rater as the reference.

    Returns
    -------
    PairwiseComparison

    Raises
    ------
    ValueError
        For fewer than two raters, maps of different shapes or without whole numbers, a label below 1, a pair of a rater
        who is not there.

    Notes
    -----
    The numbers are those of :func:`measures.compare.compare_label_maps` for each pair. Each rater's surface and
    distance map of a label are made once, in the box around the label in all maps, and not once per pair.
    """
    if len(maps) < 2:
        raise ValueError(f"At least two raters are compared; {len(maps)} came.")
    arrays = checked_maps(maps)
    first = next(iter(arrays.values()))
    spacing = checked_spacing(spacing_mm, first.ndim)
    boxes = [label_boxes(array) for array in arrays.values()]
    values = sorted(set().union(*boxes)) if labels is None else sorted({int(v) for v in labels})
    if values and values[0] < 1:
        raise ValueError(f"A label is 1 or more (0 is background); {values[0]} came.")
    wanted = list(combinations(arrays, 2)) if pairs is None else list(pairs)
    unknown = sorted({rater for pair in wanted for rater in pair} - arrays.keys())
    if unknown:
        raise ValueError(f"Pairs are made of {', '.join(arrays)}; {', '.join(unknown)} came as well.")
    found: dict[Pair, dict[int, LabelComparison]] = {pair: {} for pair in wanted}
    for value in values:
        box = reduce(box_union, (b.get(value) for b in boxes))
        for pair, comparison in _one_label(arrays, wanted, value, box, spacing, tolerance_mm).items():
            found[pair][value] = comparison
    compared = {pair: summarised(labelled, tolerance_mm) for pair, labelled in found.items()}
    return PairwiseComparison(tuple(arrays), compared, float(tolerance_mm))


def checked_maps(maps: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the maps, or raise ValueError where their shapes differ or one doesn't hold whole numbers."""
    shapes = {rater: array.shape for rater, array in maps.items()}
    if len(set(shapes.values())) > 1:
        named = ", ".join(f"{shape} by {rater}" for rater, shape in shapes.items())
        raise ValueError(f"Label maps of one shape are compared; {named} came.")
    for rater, array in maps.items():
        if array.dtype.kind not in "iu":
            raise ValueError(f"Label maps hold integers; {array.dtype} came by {rater}.")
    return dict(maps)


def _one_label(
    maps: dict[str, NDArray[Any]],
    pairs: Sequence[Pair],
    value: int,
    box: Box | None,
    spacing_mm: tuple[float, ...],
    tolerance_mm: float,
) -> dict[Pair, LabelComparison]:
    part = box if box is not None else (slice(0, 0),) * len(spacing_mm)
    shapes = {rater: label_shape(array, value, part, spacing_mm) for rater, array in maps.items()}
    size = next(iter(maps.values())).size
    return {(a, b): compare_shapes(value, shapes[a], shapes[b], size, tolerance_mm) for a, b in pairs}
