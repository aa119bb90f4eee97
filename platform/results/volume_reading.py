"""All readings of one volume against each other, label by label: the rows of an analysis. No Django here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.compare import Comparison, LabelComparison, compare_label_maps
from measures.confusion import Confusion, confusion
from measures.consensus import Method, consensus
from measures.pairs import compare_all_pairs
from measures.result import Measure
from mri.geometry import Grid
from mri.labels import LabelMap
from results.measurements import ClinicalValues, MeasuredMap, measure, no_clinical_values
from results.parameters import METRICS, Pair, Parameters
from results.readers import Reader

FARTHEST_SHIFT = 2
LEAST_LEVELS = 3
"""With two levels a shift leaves one to compare: too few to tell a shift from a gap."""


class GridsDiffer(Exception):
    """Two readings of a volume lie on different grids; the message names both."""


@dataclass(frozen=True)
class LabelFacts:
    """A label of the protocol."""

    value: int
    name: str
    side: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class VolumeOutcome:
    """What was found on a volume; see :class:`results.models.AnalysisVolume`."""

    rows: list[dict[str, Any]]
    readings: list[dict[str, Any]]
    overall: list[dict[str, Any]]


def label_facts(protocol: Mapping[str, Any], chosen: Sequence[int] | None = None) -> tuple[LabelFacts, ...]:
    """Return the labels of a protocol, ascending by value; those chosen, or all."""
    found = (
        LabelFacts(int(one["value"]), str(one["name"]), one.get("side"), one.get("level")) for one in protocol["labels"]
    )
    return tuple(sorted((one for one in found if chosen is None or one.value in chosen), key=lambda one: one.value))


def read_volume(
    maps: Mapping[int, LabelMap],
    parameters: Parameters,
    labels: Sequence[LabelFacts],
    roles: Mapping[str, NDArray[Any]],
    clinical: Mapping[int, ClinicalValues] | None = None,
) -> VolumeOutcome:
    """Compare and measure the label maps of one volume.

    Parameters
    ----------
    maps : mapping of int to LabelMap
        Place of the reader in the parameters to label map. Not modified.
    parameters : Parameters
        The question.
    labels : sequence of LabelFacts
        The labels to speak of. One that no map has gives no row: a protocol may name more levels than an image shows.
    roles : mapping of str to numpy.ndarray
        The case's images on the same grid, for measurements that need them.
    clinical : mapping of int to callable, optional
        Place of the reader to the clinical measures of their map.

    Returns
    -------
    VolumeOutcome

    Raises
    ------
    GridsDiffer
        Naming both grids.
    """
    grid = _one_grid(maps, parameters.readers)
    present = set().union(*(found.counts() for found in maps.values()))
    values = [one.value for one in labels if one.value in present]
    pairs = [(i, pair) for i, pair in enumerate(parameters.pairs()) if _complete(pair, maps)]
    plain = [(i, pair) for i, pair in pairs if pair.reference is not None]
    rows = _plain_rows(maps, plain, values, grid, parameters.tolerance_mm)
    rows += _consensus_rows(maps, [(i, p) for i, p in pairs if p.reference is None], values, grid, parameters)
    readings = [
        row
        for reader in sorted(maps)
        for row in _readings(
            reader,
            MeasuredMap(
                maps[reader].voxels,
                maps[reader].grid,
                tuple(values),
                roles,
                (clinical or {}).get(reader, no_clinical_values),
            ),
            parameters,
        )
    ]
    overall = [_overall(i, maps[_known(p.reference)], maps[p.candidate], labels) for i, p in plain]
    return VolumeOutcome(sorted(rows, key=lambda row: (row["pair"], row["label"])), readings, overall)


def consensus_of_others(maps: Mapping[int, LabelMap], left_out: int, parameters: Parameters) -> NDArray[np.uint16]:
    """Return the consensus of all readers of a volume but one, shape (I, J, K)."""
    method: Method = "majority" if parameters.consensus == "majority" else "staple"
    others = {str(reader): found.voxels for reader, found in sorted(maps.items()) if reader != left_out}
    return consensus(others, method).labels


def _one_grid(maps: Mapping[int, LabelMap], readers: Sequence[Reader]) -> Grid:
    first, *rest = sorted(maps)
    for other in rest:
        if not maps[other].grid.same_as(maps[first].grid):
            raise GridsDiffer(
                f"The readings by {readers[first].describe()} and {readers[other].describe()} lie on different grids: "
                f"{maps[first].grid.describe()} and {maps[other].grid.describe()}."
            )
    return maps[first].grid


def _complete(pair: Pair, maps: Mapping[int, LabelMap]) -> bool:
    """Whether a pair's readings are there; a consensus needs two others."""
    if pair.candidate not in maps:
        return False
    return len(maps) > 2 if pair.reference is None else pair.reference in maps


def _known(reader: int | None) -> int:
    if reader is None:
        raise ValueError("A consensus has no reader of its own.")
    return reader


def _plain_rows(
    maps: Mapping[int, LabelMap],
    pairs: Sequence[tuple[int, Pair]],
    values: Sequence[int],
    grid: Grid,
    tolerance_mm: float,
) -> list[dict[str, Any]]:
    if not pairs:
        return []
    arrays = {str(reader): maps[reader].voxels for reader in sorted(maps)}
    named = {(str(_known(pair.reference)), str(pair.candidate)): (i, pair) for i, pair in pairs}
    compared = compare_all_pairs(arrays, grid.spacing_mm, values, tolerance_mm, list(named))
    return [row for key, (i, pair) in named.items() for row in _rows(i, pair, compared.pairs[key])]


def _consensus_rows(
    maps: Mapping[int, LabelMap],
    pairs: Sequence[tuple[int, Pair]],
    values: Sequence[int],
    grid: Grid,
    parameters: Parameters,
) -> list[dict[str, Any]]:
    rows = []
    for i, pair in pairs:
        others = consensus_of_others(maps, pair.candidate, parameters)
        own = maps[pair.candidate].voxels
        compared = compare_label_maps(others, own, grid.spacing_mm, values, parameters.tolerance_mm)
        rows += _rows(i, pair, compared)
    return rows


def _rows(index: int, pair: Pair, compared: Comparison) -> list[dict[str, Any]]:
    return [_row(index, pair, one) for one in compared.labels.values() if one.reference_mm3 or one.candidate_mm3]


def _row(index: int, pair: Pair, one: LabelComparison) -> dict[str, Any]:
    return {
        "pair": index,
        "reader_a": pair.reference,
        "reader_b": pair.candidate,
        "label": one.label,
        **{name: getattr(one, name) for name in METRICS},
        "volume_a_mm3": one.reference_mm3,
        "volume_b_mm3": one.candidate_mm3,
        "undefined": dict(one.undefined),
    }


def _readings(reader: int, found: MeasuredMap, parameters: Parameters) -> list[dict[str, Any]]:
    measured = measure(found, parameters.measurements)
    return [
        {
            "reader": reader,
            "label": label,
            "values": {name: one.value for name, one in by_name.items()},
            "undefined": {name: one.undefined for name, one in by_name.items() if one.undefined is not None},
        }
        for label, by_name in measured.items()
    ]


def _overall(index: int, reference: LabelMap, candidate: LabelMap, labels: Sequence[LabelFacts]) -> dict[str, Any]:
    """Everything labelled, and what another numbering of the candidate would give."""
    counted = confusion(reference.voxels, candidate.voxels, [one.value for one in labels])
    swap = _side_swap(labels)
    whole = {"any_label_dice": counted.any_label_dice(), "mean_dice": counted.mean_dice()}
    return {
        "pair": index,
        **{name: one.value for name, one in whole.items()},
        "undefined": {name: one.undefined for name, one in whole.items() if one.undefined is not None},
        "mean_dice_by_shift": _by_shift(counted, labels),
        "mean_dice_sides_swapped": counted.mean_dice(swap).value if swap else None,
        "only_in_a": _missing(counted, in_reference=True),
        "only_in_b": _missing(counted, in_reference=False),
    }


def _by_shift(counted: Confusion, labels: Sequence[LabelFacts]) -> dict[str, float | None]:
    if sum(1 for one in labels if one.level) < LEAST_LEVELS:
        return {}
    shifts = range(-FARTHEST_SHIFT, FARTHEST_SHIFT + 1)
    return {str(shift): counted.shifted(shift).value for shift in shifts}


def _missing(counted: Confusion, *, in_reference: bool) -> list[int]:
    here, there = (1, 0) if in_reference else (0, 1)
    sizes, others = counted.voxels.sum(axis=here), counted.voxels.sum(axis=there)
    return [v for i, v in enumerate(counted.values, start=1) if sizes[i] > 0 and others[i] == 0]


def _side_swap(labels: Sequence[LabelFacts]) -> dict[int, int]:
    """Left to right and back, for labels that differ in nothing but the side."""
    sides: dict[tuple[str, str | None], dict[str, int]] = {}
    for one in labels:
        if one.side in ("left", "right"):
            plain = " ".join(word for word in one.name.lower().split() if word not in ("left", "right"))
            sides.setdefault((plain, one.level), {})[one.side] = one.value
    both = [found for found in sides.values() if len(found) == 2]
    return {found[a]: found[b] for found in both for a, b in (("left", "right"), ("right", "left"))}


def measure_of(row: Mapping[str, Any], name: str) -> Measure:
    """Return a metric of a row, or a measurement of a reading, with its reason where it is undefined."""
    values = row.get("values", row)
    value = values.get(name)
    return Measure(value, None if value is not None else row["undefined"].get(name, "it was not measured"))
