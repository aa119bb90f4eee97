"""Tables of diffusion in the regions of the cord."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from measures import overlap
from measures.clinical.inputs import CaseInputs, LabelMeaning
from measures.clinical.region_diffusion import INDICES, RegionIndices, index_error, region_indices
from measures.clinical.table import Cell, MeasureTable, columns, row
from measures.result import Measure, undefined

REGIONS = tuple(
    LabelMeaning(value, f"{name} {side}", side)
    for value, (side, name) in enumerate(
        (
            (side, name)
            for side in ("left", "right")
            for name in ("Lateral column", "Dorsal column", "Ventral column", "Grey matter")
        ),
        start=1,
    )
)
"""The eight regions: 1 to 4 left, 5 to 8 right."""

_UNIT = {"FA": "", "MD": "mm2/s", "AD": "mm2/s", "RD": "mm2/s"}

DIFFUSION_COLUMNS = columns(
    ("scope", "", "case, or slice"),
    ("slice", "slice", "in RPI order; empty for the case"),
    ("label", "", "label value"),
    ("region", "", "name of the region"),
    ("voxels", "", "voxels of the region"),
    *(
        (f"{name}_{part}", _UNIT[name], f"{word} of {name} over the region's voxels")
        for name in INDICES
        for part, word in (("mean", "mean"), ("sd", "standard deviation (ddof 1)"))
    ),
)

ERROR_COLUMNS = columns(
    ("label", "", "label value"),
    ("region", "", "name of the region"),
    ("index", "", "FA, MD, AD or RD"),
    ("predicted", "unit of the map", "mean index under the measured mask"),
    ("reference", "unit of the map", "mean index under the reference mask"),
    ("case_error", "%", "|p - r| / r * 100 over the whole case"),
    ("slice_error_i", "%", "mean over slices of |p - r| / r * 100 (definition i, the default)"),
    ("slice_error_ii", "%", "mean |p - r| / mean r * 100 over slices (definition ii)"),
    ("slices", "", "slices with the region in both masks"),
    ("precision", "", "share of the measured region that lies in the reference"),
    ("recall", "", "share of the reference that the measured region covers"),
    ("dice", "", "Dice coefficient"),
)


def region_diffusion_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """FA, MD, AD and RD by region, in the case and in each slice."""
    names = _regions(inputs)
    maps = _maps(inputs)
    found = region_indices(inputs.labels.voxels, maps, inputs.labels.grid, list(names))
    holes = [
        f"{names[one.value].name}: {one.voxels - index.n} voxels have no finite {name} and are left out"
        for one in found
        if one.slice_rpi is None
        for name, index in one.indices.items()
        if index.n < one.voxels
    ]
    rows = []
    for one in found:
        if one.slice_rpi is not None and one.voxels == 0:
            continue
        cells: dict[str, Cell | Measure] = {
            "scope": "case" if one.slice_rpi is None else "slice",
            "slice": undefined("the whole case") if one.slice_rpi is None else one.slice_rpi,
            "label": one.value,
            "region": names[one.value].name,
            "voxels": one.voxels,
        }
        for name in INDICES:
            index = one.indices.get(name)
            cells[f"{name}_mean"] = index.mean if index else undefined(f"no {name} map was given")
            cells[f"{name}_sd"] = index.sd if index else undefined(f"no {name} map was given")
        rows.append(row(cells))
    return MeasureTable("region-diffusion", DIFFUSION_COLUMNS, tuple(rows), tuple(holes))


def index_error_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Error of each index that the measured regions make against the reference, with their overlap."""
    names = _regions(inputs)
    reference = inputs.map_on_grid("reference")
    if reference is None:
        raise ValueError("The index error needs the reference label map (role reference).")
    maps = _maps(inputs)
    grid = inputs.labels.grid
    ours, theirs = (
        {(one.value, one.slice_rpi): one for one in region_indices(labels, maps, grid, list(names))}
        for labels in (inputs.labels.voxels, reference)
    )
    rows = []
    for value, meaning in names.items():
        counts = overlap.count_overlap(reference == value, inputs.labels.voxels == value)
        slices = sorted(k for v, k in set(ours) | set(theirs) if v == value and k is not None)
        for name in maps:
            p, r = ([_mean(side.get((value, k)), name) for k in slices] for side in (ours, theirs))
            error = index_error(p, r)
            whole = (ours[value, None].indices[name].mean, theirs[value, None].indices[name].mean)
            case = index_error([whole[0].value], [whole[1].value]).mean_of_ratios_percent
            rows.append(
                row(
                    {
                        "label": value,
                        "region": meaning.name,
                        "index": name,
                        "predicted": whole[0],
                        "reference": whole[1],
                        "case_error": case,
                        "slice_error_i": error.mean_of_ratios_percent,
                        "slice_error_ii": error.ratio_of_means_percent,
                        "slices": error.n,
                        "precision": overlap.precision(counts),
                        "recall": overlap.recall(counts),
                        "dice": overlap.dice(counts),
                    }
                )
            )
    note = "Index error: (i) mean of |p - r| / r * 100, the default; (ii) mean |p - r| / mean r * 100."
    return MeasureTable("index-error", ERROR_COLUMNS, tuple(rows), (), (note,))


def _regions(inputs: CaseInputs) -> dict[int, LabelMeaning]:
    if inputs.meanings:
        return inputs.named()
    return {region.value: region for region in REGIONS}


def _maps(inputs: CaseInputs) -> dict[str, Any]:
    maps = {name: image for name in INDICES if (image := inputs.image_on_grid(name)) is not None}
    if not maps:
        raise ValueError(f"At least one of the maps {', '.join(INDICES)} is needed; none came.")
    return maps


def _mean(region: RegionIndices | None, name: str) -> float | None:
    return None if region is None else region.indices[name].mean.value
