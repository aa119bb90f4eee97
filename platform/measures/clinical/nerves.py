"""Nerves in diffusion maps: mean indices in the mask, sides against each other, and slices that were missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.clinical.inputs import CaseInputs, LabelMeaning
from measures.clinical.region_diffusion import EMPTY, region_indices
from measures.clinical.slices import rpi_order
from measures.clinical.table import Cell, MeasureTable, columns, row
from measures.result import Measure, undefined
from mri.geometry import Grid

INDICES = ("FA", "MD")

COLUMNS = columns(
    ("label", "", "label value"),
    ("nerve", "", "name"),
    ("side", "", "left, right or both"),
    ("level", "", "L4, L5, S1; empty where levels are not told apart"),
    ("voxels", "", "voxels of the nerve"),
    ("volume", "mm3", "voxels times voxel volume"),
    ("FA_mean", "", "mean FA in the mask"),
    ("FA_sd", "", "standard deviation (ddof 1)"),
    ("MD_mean", "mm2/s", "mean MD in the mask"),
    ("MD_sd", "mm2/s", "standard deviation (ddof 1)"),
    ("FA_side_ratio", "%", "mean FA of this side over that of the other side, times 100"),
    ("MD_side_ratio", "%", "mean MD of this side over that of the other side, times 100"),
    ("first_slice", "slice", "lowest slice in RPI order"),
    ("last_slice", "slice", "highest slice in RPI order"),
    ("missed_slices", "", "slices in between without the nerve: each breaks the tract"),
    ("continuity", "", "share of the slices from first to last that hold the nerve"),
)


@dataclass(frozen=True)
class Continuity:
    """Whether a nerve runs through every slice between its ends.

    Attributes
    ----------
    first, last : int
        Lowest and highest slice in RPI order.
    missed : tuple of int
        Slices in between without the nerve.
    """

    first: int
    last: int
    missed: tuple[int, ...]

    @property
    def share(self) -> float:
        """Share of the slices from first to last that hold the nerve."""
        return 1.0 - len(self.missed) / (self.last - self.first + 1)


def continuity(mask: NDArray[Any], grid: Grid) -> Continuity | None:
    """Find the slices that a nerve misses.

    Parameters
    ----------
    mask : numpy.ndarray, shape (I, J, K)
        Non-zero is nerve. Not modified.
    grid : Grid
        Tells which axis runs through the slices.

    Returns
    -------
    Continuity or None
        None for an empty mask.
    """
    slices = np.flatnonzero((rpi_order(grid).apply(mask) != 0).any(axis=(0, 1)))
    if slices.size == 0:
        return None
    first, last = int(slices[0]), int(slices[-1])
    missed = np.setdiff1d(np.arange(first, last + 1), slices)
    return Continuity(first, last, tuple(int(k) for k in missed))


def nerve_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """FA and MD of every nerve in its mask, against the other side, with volume and missed slices.

    Parameters
    ----------
    inputs : CaseInputs
        Nerves as labels; images ``FA`` and ``MD``, either may be missing.
    options : mapping
        None.

    Returns
    -------
    MeasureTable
    """
    maps = {name: image for name in INDICES if (image := inputs.image_on_grid(name)) is not None}
    labels, grid = inputs.labels.voxels, inputs.labels.grid
    names = inputs.named()
    found = {
        one.value: one for one in region_indices(labels, maps, grid, list(names), by_slice=False)
    }  # fmt: skip
    rows, findings = [], []
    for value, meaning in names.items():
        one, run = found[value], continuity(labels == value, grid)
        if run is None and meaning.side == "both":
            continue  # A protocol offers one value for all nerves beside a value for each.
        if run is not None and run.missed:
            findings.append(f"{meaning.name} is missing from slices {_listed(run.missed)}: the tract breaks there")
        cells: dict[str, Cell | Measure] = {
            "label": value,
            "nerve": meaning.name,
            "side": meaning.side,
            "level": meaning.level,
            "voxels": one.voxels,
            "volume": one.voxels * grid.voxel_volume_mm3,
        }
        for name in INDICES:
            index = one.indices.get(name)
            cells[f"{name}_mean"] = index.mean if index else undefined(f"no {name} map was given")
            cells[f"{name}_sd"] = index.sd if index else undefined(f"no {name} map was given")
        other = _other_side(meaning, names)
        for name in INDICES:
            means = [found[v].indices[name].mean if name in maps else None for v in (value, other) if v is not None]
            cells[f"{name}_side_ratio"] = _ratio(means, name)
        cells["first_slice"] = run.first if run else undefined(EMPTY)
        cells["last_slice"] = run.last if run else undefined(EMPTY)
        cells["missed_slices"] = len(run.missed) if run else undefined(EMPTY)
        cells["continuity"] = run.share if run else undefined(EMPTY)
        rows.append(row(cells))
    return MeasureTable("nerve-diffusion", COLUMNS, tuple(rows), tuple(findings))


def _other_side(meaning: LabelMeaning, names: Mapping[int, LabelMeaning]) -> int | None:
    wanted = {"left": "right", "right": "left"}.get(meaning.side)
    there = [m.value for m in names.values() if m.side == wanted and m.level == meaning.level and m.level]
    return there[0] if wanted is not None and there else None


def _ratio(means: list[Measure | None], name: str) -> Measure:
    if len(means) < 2:
        return undefined("the nerve has no partner on the other side")
    this, other = means
    if this is None or other is None:
        return undefined(f"no {name} map was given")
    if this.value is None or other.value is None:
        return undefined("one side is empty")
    return Measure(100 * this.value / other.value) if other.value else undefined(f"the other side's {name} is 0")


def _listed(slices: tuple[int, ...]) -> str:
    shown = ", ".join(str(k) for k in slices[:8])
    return shown + (f" and {len(slices) - 8} more" if len(slices) > 8 else "")
