"""Paraspinal muscles on axial label maps: cross-sections at each vertebra, and where they lie from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.clinical.endplates import SagittalShape
from measures.clinical.inputs import CaseInputs, LabelMeaning
from measures.clinical.lumbar import spine_meanings, spine_of
from measures.clinical.slices import RpiOrder, rpi_order
from measures.clinical.table import Cell, MeasureTable, Row, columns, row
from measures.result import Measure, undefined
from mri.labels import LabelMap

_AXIS_REACH_MM = 20.0

COLUMNS = columns(
    ("level", "", "vertebra"),
    ("muscle", "", "erector spinae, multifidus, quadratus lumborum, psoas"),
    ("slice", "slice", "axial slice nearest to the middle of the vertebra, in RPI order"),
    ("left", "cm2", "cross-section across the muscle's axis, left"),
    ("right", "cm2", "cross-section across the muscle's axis, right"),
    ("mean", "cm2", "mean of both sides"),
    ("asymmetry", "%", "100 (left - right) / mean"),
    ("left_obliquity", "deg", "angle between slice normal and muscle axis"),
    ("right_obliquity", "deg", "angle between slice normal and muscle axis"),
    *(
        (f"{side}_{way}", "cm", f"offset of the {side} centroid from the vertebral centroid, {word}")
        for side in ("left", "right")
        for way, word in (("ap", "forwards"), ("ml", "to the right"))
    ),
)


@dataclass(frozen=True)
class MuscleSection:
    """A muscle of one side, cut at a vertebra.

    Attributes
    ----------
    csa_cm2 : float
        Pixels times pixel area times the cosine of the obliquity.
    obliquity_deg : float
        Angle between the slice normal and the muscle's axis.
    ap_cm, ml_cm : float
        Centroid from the vertebral centroid along the vertebra's forward axis, and to the right.
    """

    csa_cm2: float
    obliquity_deg: float
    ap_cm: float
    ml_cm: float


def muscle_section(
    mask: NDArray[Any], order: RpiOrder, slice_rpi: int, vertebra: SagittalShape
) -> MuscleSection | None:
    """Cut a muscle at a slice.

    Parameters
    ----------
    mask : numpy.ndarray, shape (I, J, K)
        The muscle of one side, in RPI order. Not modified.
    order : RpiOrder
        Of the axial image.
    slice_rpi : int
        The slice.
    vertebra : SagittalShape
        What offsets are counted from.

    Returns
    -------
    MuscleSection or None
        None where the slice doesn't hold the muscle.

    Notes
    -----
    The muscle's axis is the straight line through its slice centroids within 20 mm of the slice; with fewer than three
    such slices it is the vertebra's own upward axis.
    """
    here = np.argwhere(mask[:, :, slice_rpi])
    if len(here) == 0:
        return None
    grid = order.grid
    directions = grid.affine[:3, :3] / order.spacing_mm
    normal = np.cross(directions[:, 0], directions[:, 1])
    axis = _axis(mask, order, slice_rpi, vertebra)
    cosine = min(1.0, abs(float(normal @ axis)))
    pixel_mm2 = float(order.spacing_mm[0] * order.spacing_mm[1])
    centre = grid.ras_from_ijk([*here.mean(axis=0), slice_rpi]) - vertebra.centre_ras_mm
    tilt = np.radians(vertebra.tilt_deg)
    ap = float(centre @ np.array([0.0, np.cos(tilt), np.sin(tilt)]))
    return MuscleSection(
        len(here) * pixel_mm2 * cosine / 100, float(np.degrees(np.arccos(cosine))), ap / 10, float(centre[0]) / 10
    )


def muscle_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Cross-sections of the paraspinal muscles at every vertebra, left and right.

    Parameters
    ----------
    inputs : CaseInputs
        Muscles as labels; the role ``vertebrae`` is the sagittal map, on its own grid, and may be left out where the
        labels hold vertebrae as well.
    options : mapping
        None.

    Returns
    -------
    MeasureTable
    """
    meanings = spine_meanings(inputs)
    bones = inputs.maps.get("vertebrae", inputs.labels)
    spine = spine_of(bones, meanings)
    if not spine.vertebrae:
        raise ValueError("Muscle areas need labelled vertebrae: give the sagittal label map (role vertebrae).")
    muscles = [m for m in meanings if m.group == "muscle"]
    order = rpi_order(inputs.labels.grid)
    voxels = order.apply(inputs.labels.voxels)
    names = list(dict.fromkeys(m.structure for m in muscles))
    sides = {(m.structure, m.side): voxels == m.value for m in muscles}
    rows = [
        _row(level, name, shape, sides, order) for level, shape in spine.vertebrae.items() for name in names
    ]  # fmt: skip
    shared = shared_volume_mm3(inputs.labels, muscles, bones, meanings) if bones is not inputs.labels else 0.0
    findings = (f"{shared:.0f} mm3 are labelled muscle on the one image and bone on the other",) if shared > 0 else ()
    return MeasureTable("muscle-areas", COLUMNS, tuple(rows), findings, (), {"overlap_mm3": shared})


def shared_volume_mm3(
    axial: LabelMap, muscles: list[LabelMeaning], sagittal: LabelMap, meanings: tuple[LabelMeaning, ...]
) -> float:
    """Return how much of the muscles on one grid lies in the vertebrae and discs of another, mm3.

    Each muscle voxel is looked up at its world position, with nearest neighbour.
    """
    found = np.argwhere(np.isin(axial.voxels, [m.value for m in muscles]))
    if len(found) == 0:
        return 0.0
    there = np.rint(sagittal.grid.ijk_from_ras(axial.grid.ras_from_ijk(found))).astype(np.intp)
    there = there[((there >= 0) & (there < sagittal.grid.shape)).all(axis=1)]
    bones = [m.value for m in meanings if m.group in ("vertebra", "disc")]
    shared = np.isin(sagittal.voxels[tuple(there.T)], bones)
    return float(np.count_nonzero(shared)) * axial.grid.voxel_volume_mm3


def _axis(mask: NDArray[Any], order: RpiOrder, slice_rpi: int, vertebra: SagittalShape) -> NDArray[np.float64]:
    reach = int(_AXIS_REACH_MM / order.spacing_mm[2])
    low, high = max(0, slice_rpi - reach), min(mask.shape[2], slice_rpi + reach + 1)
    part = mask[:, :, low:high]
    counts = part.sum(axis=(0, 1))
    slices = np.flatnonzero(counts)
    if slices.size < 3:
        tilt = np.radians(vertebra.tilt_deg)
        return np.array([0.0, -np.sin(tilt), np.cos(tilt)])
    i = np.arange(mask.shape[0]) @ part.sum(axis=1)[:, slices] / counts[slices]
    j = np.arange(mask.shape[1]) @ part.sum(axis=0)[:, slices] / counts[slices]
    centres = order.grid.ras_from_ijk(np.column_stack([i, j, slices + low]))
    heights = slices - slices.mean()
    slope = heights @ (centres - centres.mean(axis=0))
    return np.asarray(slope / np.linalg.norm(slope), dtype=np.float64)


def _row(
    level: str,
    muscle: str,
    vertebra: SagittalShape,
    sides: Mapping[tuple[str, str], NDArray[np.bool_]],
    order: RpiOrder,
) -> Row:
    k = int(np.rint(order.grid.ijk_from_ras(vertebra.centre_ras_mm)[2]))
    covered = 0 <= k < order.grid.shape[2]
    cells: dict[str, Cell | Measure] = {
        "level": level,
        "muscle": muscle,
        "slice": k if covered else undefined("the axial image doesn't reach the middle of this vertebra"),
    }
    reason = "the slice doesn't hold the muscle" if covered else "no axial slice at this vertebra"
    cut = {
        side: muscle_section(sides[muscle, side], order, k, vertebra) if covered and (muscle, side) in sides else None
        for side in ("left", "right")
    }
    left, right = cut["left"], cut["right"]
    cells["left"] = left.csa_cm2 if left else undefined(reason)
    cells["right"] = right.csa_cm2 if right else undefined(reason)
    mean = Measure((left.csa_cm2 + right.csa_cm2) / 2) if left and right else undefined("one side is missing")
    cells["mean"] = mean
    cells["asymmetry"] = (
        Measure(100 * (left.csa_cm2 - right.csa_cm2) / mean.value)
        if left and right and mean.value
        else undefined("one side is missing")
    )
    for side, one in cut.items():
        cells[f"{side}_obliquity"] = one.obliquity_deg if one else undefined(reason)
    for side, one in cut.items():
        cells[f"{side}_ap"] = one.ap_cm if one else undefined(reason)
        cells[f"{side}_ml"] = one.ml_cm if one else undefined(reason)
    return row(cells)
