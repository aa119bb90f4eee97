"""The table of spinal levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.clinical.centreline import DEFAULT_CUT_OFF_MM
from measures.clinical.inputs import CaseInputs
from measures.clinical.spinal_levels import Dilation, SpinalLevel, SpinalLevels, spinal_levels
from measures.clinical.table import MeasureTable, Row, columns, row
from measures.result import undefined
from mri.labels import LabelMap

COLUMNS = columns(
    ("spinal_level", "", "2 = C2 ... 8 = C8, 9 = T1"),
    ("slice_start", "slice", "most caudal slice in RPI order, inclusive"),
    ("slice_end", "slice", "most rostral slice in RPI order, inclusive"),
    ("distance_from_pmj_start", "mm", "arc length from the pontomedullary junction to slice_start"),
    ("distance_from_pmj_end", "mm", "arc length from the pontomedullary junction to slice_end"),
    ("height", "mm", "distance_from_pmj_start - distance_from_pmj_end"),
    ("midpoint", "mm", "distance_from_pmj_end + height / 2"),
    ("dilation", "", "how far rootlets may lie from the cord: in voxels as published, or in mm"),
)


def spinal_level_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Find the spinal levels, by both dilation rules unless one is asked for.

    Parameters
    ----------
    inputs : CaseInputs
        Rootlets as labels; roles ``cord`` and, for distances, ``pmj`` or the point of that name, which goes first.
        Labels of the group ``ventral`` are left out: the levels are defined on the dorsal rootlets.
    options : mapping
        ``dilation``, ``reach``, ``ends``, ``cut_off_mm``: see
        :func:`measures.clinical.spinal_levels.spinal_levels`.

    Returns
    -------
    MeasureTable
        Its label map holds the levels by the rule asked for, by the one in mm otherwise.
    """
    cord = inputs.map_on_grid("cord")
    if cord is None:
        raise ValueError("Spinal levels need the cord mask (role cord).")
    asked = options.get("dilation")
    rules: tuple[Dilation, ...] = (asked,) if asked is not None else ("mm", "voxels")
    rootlets, notes = _dorsal(inputs)
    point = inputs.points_ras_mm.get("pmj")
    voxel = inputs.map_on_grid("pmj") if point is None else None
    if asked is None and options.get("reach") is not None:
        raise ValueError("A reach is given together with its dilation, voxels or mm.")
    found = [
        spinal_levels(
            rootlets,
            cord,
            inputs.labels.grid,
            voxel,
            pmj_ras_mm=point,
            dilation=rule,
            reach=options.get("reach"),
            ends=options.get("ends", "rootlets"),
            cut_off_mm=options.get("cut_off_mm", DEFAULT_CUT_OFF_MM),
        )
        for rule in rules
    ]
    named = [f"{finding} (dilation {_rule(one)})" for one in found for finding in one.findings]
    beyond = found[0].pmj_beyond_cord_mm
    if beyond:
        named.append(
            f"the pontomedullary junction lies {beyond:.1f} mm above the cord mask: so much of each distance runs "
            "along the straight continuation of the centreline"
        )
    return MeasureTable(
        "spinal-levels",
        COLUMNS,
        tuple(_row(level, one) for one in found for level in one.levels),
        tuple(named),
        ("Slices in RPI order; distances along the smoothed centreline of the cord, to slice centres.", *notes),
        {"ends": found[0].ends, "pmj_beyond_cord_mm": beyond},
        LabelMap(found[0].level_map, inputs.labels.grid),
    )


def _dorsal(inputs: CaseInputs) -> tuple[NDArray[Any], tuple[str, ...]]:
    ventral = [m.value for m in inputs.meanings if m.group == "ventral"]
    voxels = inputs.labels.voxels
    left_out = np.isin(voxels, ventral)
    if not left_out.any():
        return voxels, ()
    return np.where(left_out, 0, voxels), ("Levels are read on the dorsal rootlets; the ventral ones are left out.",)


def _rule(found: SpinalLevels) -> str:
    return f"{found.reach:g} {found.dilation}"


def _row(level: SpinalLevel, found: SpinalLevels) -> Row:
    none = undefined("its rootlets don't reach the cord")
    return row(
        {
            "spinal_level": level.level,
            "slice_start": level.slice_start if level.slice_start is not None else none,
            "slice_end": level.slice_end if level.slice_end is not None else none,
            "distance_from_pmj_start": level.distance_from_pmj_start_mm,
            "distance_from_pmj_end": level.distance_from_pmj_end_mm,
            "height": level.height_mm,
            "midpoint": level.midpoint_mm,
            "dilation": _rule(found),
        }
    )
