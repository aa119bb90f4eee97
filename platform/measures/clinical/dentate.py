"""The dentate nuclei on susceptibility maps: volume and susceptibility per side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from measures.clinical.inputs import CaseInputs, LabelMeaning
from measures.clinical.table import MeasureTable, columns, row
from measures.result import Measure, undefined
from mri.geometry import Grid

Unit = Literal["ppm", "ppb"]
UNITS: Mapping[str, float] = {"ppm": 1.0, "ppb": 1e-3}
SIDES = (LabelMeaning(1, "Dentate left", "left"), LabelMeaning(2, "Dentate right", "right"))

_IMPLAUSIBLE_PPM = 3.0

COLUMNS = columns(
    ("label", "", "label value"),
    ("side", "", "left or right, by the label"),
    ("voxels", "", "voxels of the nucleus"),
    ("volume", "mm3", "voxels times voxel volume"),
    ("mean", "ppm", "mean susceptibility"),
    ("sd", "ppm", "standard deviation (ddof 1)"),
    ("median", "ppm", "median susceptibility"),
    ("centroid_x", "mm", "world x of the centroid: the right of the patient is positive"),
    ("wrong_side_voxels", "", "voxels beyond the plane midway between the two centroids"),
)


@dataclass(frozen=True)
class Nucleus:
    """A nucleus on one side.

    Attributes
    ----------
    value : int
        Its label.
    side : str
        By the label.
    voxels : int
        Number of voxels.
    volume_mm3 : float
        Volume.
    mean_ppm, sd_ppm, median_ppm : Measure
        Susceptibility over the finite voxels.
    centroid_x_mm : Measure
        World x of the centroid.
    wrong_side_voxels : Measure
        Voxels beyond the plane midway between the centroids of the two sides.
    """

    value: int
    side: str
    voxels: int
    volume_mm3: float
    mean_ppm: Measure
    sd_ppm: Measure
    median_ppm: Measure
    centroid_x_mm: Measure
    wrong_side_voxels: Measure


def nuclei(
    labels: NDArray[Any],
    susceptibility: NDArray[Any],
    grid: Grid,
    unit: Unit = "ppm",
    sides: tuple[LabelMeaning, ...] = SIDES,
) -> tuple[tuple[Nucleus, ...], tuple[str, ...]]:
    """Measure the nuclei, and check their sides against the world.

    Parameters
    ----------
    labels : numpy.ndarray of an integer dtype, shape (I, J, K)
        Left and right nucleus. Not modified.
    susceptibility : numpy.ndarray, shape (I, J, K)
        Signed map on the same grid.
    grid : Grid
        Shape and affine: left and right are those of the world, not of the array.
    unit : {"ppm", "ppb"}, default "ppm"
        Unit of the map; results are in ppm.
    sides : tuple of LabelMeaning
        A value with side ``"left"`` and one with side ``"right"``.

    Returns
    -------
    nuclei : tuple of Nucleus
        Left first.
    findings : tuple of str
        Sides swapped, a unit that can't be, voxels without a number.

    Raises
    ------
    ValueError
        For another unit, or arrays of different shapes.
    """
    if unit not in UNITS:
        raise ValueError(f"The unit of a susceptibility map is ppm or ppb; {unit!r} came.")
    if labels.shape != susceptibility.shape:
        raise ValueError(f"Labels and map have one shape; {labels.shape} and {susceptibility.shape} came.")
    wanted = [m for side in ("left", "right") for m in sides if m.side == side][:2]
    x_of = {m.value: grid.ras_from_ijk(np.argwhere(labels == m.value))[:, 0] for m in wanted}
    centres = {value: float(x.mean()) for value, x in x_of.items() if x.size}
    middle = sum(centres.values()) / 2 if len(centres) == 2 else None
    findings = _side_findings(wanted, centres)
    swapped = bool(findings)
    found = []
    for meaning in wanted:
        x = x_of[meaning.value]
        values = susceptibility[labels == meaning.value].astype(np.float64) * UNITS[unit]
        finite = values[np.isfinite(values)]
        if finite.size < values.size:
            findings.append(f"{meaning.name}: {values.size - finite.size} voxels have no finite susceptibility")
        if finite.size and float(np.abs(finite).max()) > _IMPLAUSIBLE_PPM:
            findings.append(f"{meaning.name}: values above {_IMPLAUSIBLE_PPM:g} ppm in size; is the map in ppb?")
        found.append(_nucleus(meaning, x, finite, grid, middle, swapped))
    return tuple(found), tuple(findings)


def susceptibility_table(inputs: CaseInputs, options: Mapping[str, Any]) -> MeasureTable:
    """Volume and susceptibility of the dentate nuclei per side."""
    image = inputs.image_on_grid("QSM")
    if image is None:
        raise ValueError("Susceptibility needs the map (role QSM).")
    sides = inputs.meanings or SIDES
    found, findings = nuclei(inputs.labels.voxels, image, inputs.labels.grid, options.get("unit", "ppm"), sides)
    rows = tuple(
        row(
            {
                "label": one.value,
                "side": one.side,
                "voxels": one.voxels,
                "volume": one.volume_mm3,
                "mean": one.mean_ppm,
                "sd": one.sd_ppm,
                "median": one.median_ppm,
                "centroid_x": one.centroid_x_mm,
                "wrong_side_voxels": one.wrong_side_voxels,
            }
        )
        for one in found
    )
    return MeasureTable("susceptibility", COLUMNS, rows, findings)


def _side_findings(wanted: list[LabelMeaning], centres: Mapping[int, float]) -> list[str]:
    if len(wanted) < 2 or len(centres) < 2:
        return []
    left, right = (centres[m.value] for m in wanted)
    if left < right:
        return []
    where = f"the left nucleus lies at x = {left:.1f} mm and the right one at x = {right:.1f} mm"
    return [f"the sides are swapped: {where}, and x grows to the right of the patient"]


def _nucleus(
    meaning: LabelMeaning,
    x: NDArray[np.float64],
    values: NDArray[np.float64],
    grid: Grid,
    middle: float | None,
    swapped: bool,
) -> Nucleus:
    empty = undefined("the nucleus is empty")
    if x.size == 0:
        return Nucleus(meaning.value, meaning.side, 0, 0.0, empty, empty, empty, empty, empty)
    beyond = undefined("the other side is empty")
    if middle is not None:
        on_right = meaning.side == ("left" if swapped else "right")
        beyond = Measure(float(np.count_nonzero(x < middle if on_right else x > middle)))
    none = undefined("no voxel has a finite susceptibility")
    return Nucleus(
        meaning.value,
        meaning.side,
        int(x.size),
        x.size * grid.voxel_volume_mm3,
        Measure(float(values.mean())) if values.size else none,
        Measure(float(values.std(ddof=1))) if values.size > 1 else none,
        Measure(float(np.median(values))) if values.size else none,
        Measure(float(x.mean())),
        beyond,
    )
