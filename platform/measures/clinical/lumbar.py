"""Vertebrae and discs of the lumbar spine on sagittal label maps: heights, indices and angles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from measures.clinical.endplates import SagittalShape, sagittal_shape
from measures.clinical.inputs import CaseInputs, LabelMeaning
from measures.clinical.table import Cell, MeasureTable, columns, row
from measures.compare import Box, label_boxes
from measures.result import Measure, undefined
from mri.geometry import Grid
from mri.labels import LabelMap

LEVELS = ("T12", "L1", "L2", "L3", "L4", "L5", "S1")
DISCS = tuple(f"{upper}/{lower}" for upper, lower in pairwise(LEVELS))

_VALUES = {"T12": 7, "L1": 1, "L2": 2, "L3": 3, "L4": 4, "L5": 5, "S1": 6}
_MUSCLES = ("Erector spinae", "Multifidus", "Quadratus lumborum", "Psoas")
MEANINGS = (
    *(LabelMeaning(_VALUES[level], level, "midline", level, "vertebra") for level in LEVELS),
    *(LabelMeaning(10 + n, f"Disc {disc}", "midline", disc, "disc") for n, disc in enumerate(DISCS)),
    *(
        LabelMeaning(21 + n, f"{muscle} {side}", side, "", "muscle")
        for n, (side, muscle) in enumerate((s, m) for s in ("left", "right") for m in _MUSCLES)
    ),
)
"""The protocol's own values, for files that come without one."""

DISC_COLUMNS = columns(
    ("disc", "", "L1/L2 ... L5/S1"),
    ("mid_height", "mm", "endplate distance half way"),
    ("anterior_height", "mm", "endplate distance a tenth of the depth behind the anterior margin"),
    ("posterior_height", "mm", "endplate distance a tenth of the depth in front of the posterior margin"),
    ("anterior_posterior_mean", "mm", "mean of the anterior and the posterior height"),
    ("three_point_mean", "mm", "mean of the anterior, the mid and the posterior height"),
    ("mean_height", "mm", "mean endplate distance along the disc's normal over the central 80 % of the depth"),
    ("height_index", "", "three-point height over the mean three-point height of both neighbouring vertebrae"),
    ("depth", "mm", "extent along the disc's forward axis"),
    ("area", "mm2", "area in the mid-sagittal plane"),
    ("area_over_depth", "mm", "area / depth"),
    ("wedge_angle", "deg", "angle of the endplates, positive where open to the front"),
)
VERTEBRA_COLUMNS = columns(
    ("vertebra", "", "T12 ... S1"),
    ("anterior_height", "mm", "endplate distance a tenth of the depth behind the anterior margin"),
    ("mid_height", "mm", "endplate distance half way"),
    ("posterior_height", "mm", "endplate distance a tenth of the depth in front of the posterior margin"),
    ("depth", "mm", "extent along the vertebra's forward axis"),
    ("tilt", "deg", "inclination of the forward axis, positive where the front is higher"),
)
ANGLE_COLUMNS = columns(
    ("angle", "", "lordosis L1-S1, or the segment from one upper endplate to the next"),
    ("degrees", "deg", "positive for lordosis"),
)


@dataclass(frozen=True)
class LumbarSpine:
    """The sagittal shapes of a spine.

    Attributes
    ----------
    vertebrae : dict of str to SagittalShape
        By level; those that are labelled and large enough.
    discs : dict of str to SagittalShape
        By level, such as ``"L4/L5"``.
    """

    vertebrae: Mapping[str, SagittalShape]
    discs: Mapping[str, SagittalShape]

    def segmental_deg(self, upper: str, lower: str) -> Measure:
        """Return the angle from the upper endplate of one vertebra to that of another, positive for lordosis."""
        missing = [level for level in (upper, lower) if level not in self.vertebrae]
        if missing:
            return undefined(f"{' and '.join(missing)} is not labelled")
        return Measure(self.vertebrae[upper].upper_deg - self.vertebrae[lower].upper_deg)

    def height_index(self, disc: str) -> Measure:
        """Return a disc's three-point height over the mean of both neighbouring vertebrae's."""
        if disc not in self.discs:
            return undefined("the disc is not labelled")
        around = disc.split("/")
        missing = [level for level in around if level not in self.vertebrae]
        if missing:
            return undefined(f"{' and '.join(missing)} is not labelled")
        bodies = sum(self.vertebrae[level].three_point_mm for level in around) / 2
        return Measure(self.discs[disc].three_point_mm / bodies)


def lumbar_spine(labels: NDArray[Any], grid: Grid, meanings: Sequence[LabelMeaning] = MEANINGS) -> LumbarSpine:
    """Measure every labelled vertebra and disc.

    Parameters
    ----------
    labels : numpy.ndarray of an integer dtype, shape (I, J, K)
        Sagittal label map. Not modified.
    grid : Grid
        Any orientation, oblique ones too.
    meanings : sequence of LabelMeaning
        Values with group ``"vertebra"`` or ``"disc"`` and their level.

    Returns
    -------
    LumbarSpine

    Notes
    -----
    A structure's first guess of its tilt is the direction of the spine there, from the centroids around it.
    """
    wanted = [m for m in meanings if m.group in ("vertebra", "disc") and (m.level in LEVELS or m.level in DISCS)]
    boxes = label_boxes(labels)
    parts = {m.level: _part(labels, grid, m.value, boxes[m.value]) for m in wanted if m.value in boxes}
    centres = {level: there.ras_from_ijk(np.argwhere(mask)).mean(axis=0) for level, (mask, there) in parts.items()}
    found: dict[str, SagittalShape] = {}
    for meaning in wanted:
        if meaning.level in parts:
            shape = sagittal_shape(*parts[meaning.level], _tilt_guess(meaning.level, centres))
            if shape is not None:
                found[meaning.level] = shape
    return LumbarSpine(
        {level: found[level] for level in LEVELS if level in found},
        {disc: found[disc] for disc in DISCS if disc in found},
    )


def disc_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Heights of the discs under every definition, with index, area, depth and wedge angle."""
    spine = _spine(inputs)
    rows = []
    for disc, shape in spine.discs.items():
        cells: dict[str, Cell | Measure] = {
            "disc": disc,
            "mid_height": shape.middle_mm,
            "anterior_height": shape.anterior_mm,
            "posterior_height": shape.posterior_mm,
            "anterior_posterior_mean": (shape.anterior_mm + shape.posterior_mm) / 2,
            "three_point_mean": shape.three_point_mm,
            "mean_height": shape.mean_mm,
            "height_index": spine.height_index(disc),
            "depth": shape.depth_mm,
            "area": shape.area_mm2,
            "area_over_depth": shape.area_mm2 / shape.depth_mm,
            "wedge_angle": shape.wedge_deg,
        }
        rows.append(row(cells))
    return MeasureTable("disc-heights", DISC_COLUMNS, tuple(rows), _lacking(inputs, spine))


def vertebra_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Anterior, mid and posterior heights of the vertebral bodies."""
    spine = _spine(inputs)
    rows = tuple(
        row(
            {
                "vertebra": level,
                "anterior_height": shape.anterior_mm,
                "mid_height": shape.middle_mm,
                "posterior_height": shape.posterior_mm,
                "depth": shape.depth_mm,
                "tilt": shape.tilt_deg,
            }
        )
        for level, shape in spine.vertebrae.items()
    )
    return MeasureTable("vertebral-heights", VERTEBRA_COLUMNS, rows, _lacking(inputs, spine))


def angle_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Lordosis from L1 to S1, and the segments that it is the sum of."""
    spine = _spine(inputs)
    pairs = [("L1", "S1"), *pairwise(LEVELS[1:])]
    rows = tuple(
        row({"angle": f"{'lordosis ' if n == 0 else ''}{a}-{b}", "degrees": spine.segmental_deg(a, b)})
        for n, (a, b) in enumerate(pairs)
    )
    return MeasureTable("spinal-angles", ANGLE_COLUMNS, rows)


def spine_meanings(inputs: CaseInputs) -> tuple[LabelMeaning, ...]:
    """Return what the labels mean: the protocol's own list where it has vertebrae or discs, else the usual one."""
    grouped = any(m.group in ("vertebra", "disc", "muscle") for m in inputs.meanings)
    return inputs.meanings if grouped else MEANINGS


def spine_of(labels: LabelMap, meanings: tuple[LabelMeaning, ...]) -> LumbarSpine:
    """Return `lumbar_spine` of a label map: found once, since the map never changes and several tables ask for it."""
    known = _SPINES.setdefault(labels, {})
    if meanings not in known:
        known[meanings] = lumbar_spine(labels.voxels, labels.grid, meanings)
    return known[meanings]


_SPINES: WeakKeyDictionary[LabelMap, dict[tuple[LabelMeaning, ...], LumbarSpine]] = WeakKeyDictionary()


def _spine(inputs: CaseInputs) -> LumbarSpine:
    spine = spine_of(inputs.labels, spine_meanings(inputs))
    if not spine.vertebrae and not spine.discs:
        raise ValueError("The label map holds no lumbar vertebra or disc; give the sagittal one.")
    return spine


def _lacking(inputs: CaseInputs, spine: LumbarSpine) -> tuple[str, ...]:
    counts = inputs.labels.counts()
    small = [
        m.name
        for m in spine_meanings(inputs)
        if m.group in ("vertebra", "disc") and m.value in counts and m.level not in (*spine.vertebrae, *spine.discs)
    ]
    return (f"too small in the mid-sagittal slices to be measured: {', '.join(small)}",) if small else ()


def _part(labels: NDArray[Any], grid: Grid, value: int, box: Box) -> tuple[NDArray[np.bool_], Grid]:
    """Return a label in its own box, with the grid of the box."""
    mask = labels[box] == value
    affine = grid.affine.copy()
    affine[:3, 3] = grid.ras_from_ijk([side.start for side in box])
    i, j, k = mask.shape
    return mask, Grid((i, j, k), affine)


def _tilt_guess(level: str, centres: Mapping[str, NDArray[np.float64]]) -> float:
    order = [name for pair in zip(LEVELS, (*DISCS, ""), strict=True) for name in pair if name in centres]
    at = order.index(level)
    above, below = centres[order[max(0, at - 1)]], centres[order[min(len(order) - 1, at + 1)]]
    _, y, z = above - below
    # The forward axis is square to the spine: a spine that leans forwards tips it down in front.
    return float(-np.degrees(np.arctan2(y, z))) if z > 0 else 0.0
