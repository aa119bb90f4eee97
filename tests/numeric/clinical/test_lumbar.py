"""Lumbar morphometry: a lordotic stack of trapezia with known heights and angles, and slanted cylinders as muscles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from measures.clinical.catalogue import CATALOGUE
from measures.clinical.inputs import CaseInputs
from measures.clinical.lumbar import MEANINGS, LumbarSpine, lumbar_spine
from measures.clinical.table import MeasureTable
from mri.geometry import Grid
from mri.labels import LabelMap
from tests.numeric.clinical.grids import grid_over, reorders, scaled, world

GRIDS = [
    ("RAS", (2.0, 1.0, 1.0), 0.0),
    ("PSR", (4.0, 0.7, 0.7), 0.0),
    ("LPI", (4.0, 0.6, 0.6), 0.0),
    ("ASL", (4.0, 1.0, 1.0), 8.0),
    ("RAS", (2.0, 1.0, 1.0), 12.0),
]
HALF_WIDTH_MM = 18.0
GAP_MM = 2.5


@dataclass(frozen=True)
class Part:
    level: str
    height_mm: float
    depth_mm: float
    tilt_deg: float
    wedge_deg: float


# From the sacrum upwards; a disc is open to the front.
PARTS = (
    Part("S1", 26.0, 34.0, -38.0, 0.0),
    Part("L5/S1", 10.0, 34.0, -30.0, 10.0),
    Part("L5", 27.0, 35.0, -22.0, 4.0),
    Part("L4/L5", 11.0, 35.0, -16.0, 8.0),
    Part("L4", 28.0, 35.0, -8.0, 2.0),
    Part("L3/L4", 10.5, 35.0, -3.0, 6.0),
    Part("L3", 28.5, 34.0, 2.0, 0.0),
    Part("L2/L3", 9.5, 34.0, 6.0, 5.0),
    Part("L2", 28.0, 33.0, 9.0, 0.0),
    Part("L1/L2", 8.0, 33.0, 12.0, 4.0),
    Part("L1", 26.0, 32.0, 14.0, -2.0),
)
TRUTH = {part.level: part for part in PARTS}
VALUES = {meaning.level: meaning.value for meaning in MEANINGS if meaning.level}


def centres() -> dict[str, NDArray[np.float64]]:
    """Where each part lies in the sagittal plane, (y, z) in mm: stacked, with a gap, about the middle of the field."""
    found, point, last = {}, np.array([-14.0, -88.0]), None
    for part in PARTS:
        tilt = np.radians(part.tilt_deg)
        up = np.array([-np.sin(tilt), np.cos(tilt)])
        if last is not None:
            point = point + last[0] * (last[1] / 2 + GAP_MM / 2) + up * (part.height_mm / 2 + GAP_MM / 2)
        found[part.level], last = point, (up, part.height_mm)
    return found


CENTRES = centres()


def stack(grid: Grid) -> NDArray[np.uint8]:
    x, y, z = (axis.astype(np.float32) for axis in world(grid))
    labels = np.zeros(grid.shape, dtype=np.uint8)
    for part in PARTS:
        tilt, half = np.radians(part.tilt_deg), np.tan(np.radians(part.wedge_deg / 2))
        dy, dz = y - CENTRES[part.level][0], z - CENTRES[part.level][1]
        u, v = dy * np.cos(tilt) + dz * np.sin(tilt), -dy * np.sin(tilt) + dz * np.cos(tilt)
        inside = (np.abs(u) <= part.depth_mm / 2) & (np.abs(v) <= part.height_mm / 2 + half * u)
        labels[inside & (np.abs(x) <= HALF_WIDTH_MM)] = VALUES[part.level]
    return labels


def spine_grid(orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float) -> Grid:
    # A tilted field must be deeper to hold both ends of the spine.
    depth = 90.0 if oblique_deg == 0 else 130.0
    return grid_over((44.0, depth, 250.0), spacing_mm, orientation, oblique_deg, (0.3, 0.0, 10.0))


def spine(orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float) -> LumbarSpine:
    grid = spine_grid(orientation, spacing_mm, oblique_deg)
    return lumbar_spine(stack(grid), grid)


@pytest.mark.parametrize(("orientation", "spacing_mm", "oblique_deg"), GRIDS)
def test_heights_and_angles_are_those_of_the_trapezia(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    found = spine(orientation, spacing_mm, oblique_deg)
    pixel = spacing_mm[1]
    assert list(found.vertebrae) == ["L1", "L2", "L3", "L4", "L5", "S1"]
    assert list(found.discs) == ["L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"]
    for level, shape in (found.vertebrae | found.discs).items():
        truth = TRUTH[level]
        opening = 2 * np.tan(np.radians(truth.wedge_deg / 2)) * 0.4 * truth.depth_mm
        # A mean over both endplates is known to a third of a voxel, mostly to a tenth; the worst are endplates that run
        # along the voxels, whose every column is rounded alike. Heights at one place are rounded at both ends.
        assert shape.mean_mm == pytest.approx(truth.height_mm, abs=0.35 * pixel)
        assert shape.middle_mm == pytest.approx(truth.height_mm, abs=0.8 * pixel)
        assert shape.anterior_mm == pytest.approx(truth.height_mm + opening, abs=0.8 * pixel)
        assert shape.posterior_mm == pytest.approx(truth.height_mm - opening, abs=0.8 * pixel)
        assert shape.depth_mm == pytest.approx(truth.depth_mm, abs=0.5 * pixel)
        assert shape.area_mm2 == pytest.approx(truth.height_mm * truth.depth_mm, abs=0.35 * pixel * truth.depth_mm)
        # A third of a voxel between the ends of an endplate of 28 mm.
        angle = np.degrees(np.arctan(0.33 * pixel / (0.8 * truth.depth_mm)))
        assert shape.tilt_deg == pytest.approx(truth.tilt_deg, abs=angle)
        assert shape.wedge_deg == pytest.approx(truth.wedge_deg, abs=1.5 * angle)
    lordosis = found.segmental_deg("L1", "S1").value
    assert lordosis == pytest.approx(14.0 - 1.0 + 38.0, abs=2.0 * pixel)
    parts = [
        found.segmental_deg(a, b).value
        for a, b in (("L1", "L2"), ("L2", "L3"), ("L3", "L4"), ("L4", "L5"), ("L5", "S1"))
    ]
    assert sum(p for p in parts if p is not None) == pytest.approx(lordosis)


def test_the_array_order_does_not_change_the_answer_and_lengths_scale() -> None:
    grid = grid_over((24.0, 60.0, 90.0), (3.0, 1.0, 1.0), "RAS", 5.0, (0.0, 0.0, 40.0))
    labels = stack(grid)
    labels[~np.isin(labels, [2, 3, 12])] = 0
    reference = lumbar_spine(labels, grid)
    for n, (other, reorder) in enumerate(reorders(grid)):
        if n % 9 == 0:
            again = lumbar_spine(reorder(labels), other)
            assert again.discs["L2/L3"].mean_mm == pytest.approx(reference.discs["L2/L3"].mean_mm, abs=1e-6)
            assert again.vertebrae["L3"].tilt_deg == pytest.approx(reference.vertebrae["L3"].tilt_deg, abs=1e-5)
    twice = lumbar_spine(labels, scaled(grid, 2.0))
    assert twice.discs["L2/L3"].mean_mm == pytest.approx(2 * reference.discs["L2/L3"].mean_mm, rel=1e-9)
    assert twice.discs["L2/L3"].wedge_deg == pytest.approx(reference.discs["L2/L3"].wedge_deg, abs=1e-6)


def measured(name: str, labels: LabelMap, **maps: LabelMap) -> MeasureTable:
    return CATALOGUE[name].measure(CaseInputs(labels, maps))


def test_the_tables_name_every_definition_and_what_is_missing() -> None:
    grid = spine_grid("PSR", (4.0, 1.0, 1.0), 0.0)
    voxels = stack(grid)
    voxels[voxels == VALUES["L3"]] = 0
    labels = LabelMap(voxels, grid)
    discs = {row.cells["disc"]: row for row in measured("disc-heights", labels).rows}
    whole = discs["L4/L5"].cells
    assert whole["three_point_mean"] == pytest.approx(
        (float(whole["anterior_height"]) + float(whole["mid_height"]) + float(whole["posterior_height"])) / 3
    )
    assert whole["area_over_depth"] == pytest.approx(11.0, abs=0.6)
    assert whole["height_index"] == pytest.approx(11.0 / 27.5, abs=0.02)
    assert discs["L2/L3"].cells["height_index"] is None
    assert discs["L2/L3"].undefined["height_index"] == "L3 is not labelled"
    angles = {row.cells["angle"]: row for row in measured("spinal-angles", labels).rows}
    assert angles["lordosis L1-S1"].cells["degrees"] == pytest.approx(51.0, abs=1.5)
    assert angles["L2-L3"].cells["degrees"] is None
    assert len(measured("vertebral-heights", labels).rows) == 5
    with pytest.raises(ValueError, match="no lumbar vertebra"):
        measured("disc-heights", LabelMap.zeros(grid))


SLANT_DEG = {"left": 20.0, "right": -10.0}
RADIUS_MM = {"left": 14.0, "right": 12.0}
BEHIND_MM = -45.0


def cylinders(grid: Grid) -> NDArray[np.uint8]:
    """Erector spinae as two cylinders that slant in the sagittal plane, through (+-30, BEHIND, height of L3)."""
    x, y, z = world(grid)
    labels = np.zeros(grid.shape, dtype=np.uint8)
    for side, at, value in (("left", -30.0, 21), ("right", 30.0, 25)):
        slant = np.radians(SLANT_DEG[side])
        dy, dz = y - (CENTRES["L3"][0] + BEHIND_MM), z - CENTRES["L3"][1]
        away = np.hypot(x - at, dy * np.cos(slant) - dz * np.sin(slant))
        labels[away <= RADIUS_MM[side]] = value
    return labels


@pytest.mark.parametrize(
    ("orientation", "spacing_mm", "oblique_deg"),
    [("LPS", (0.8, 0.8, 4.0), 0.0), ("RAS", (0.6, 0.6, 3.0), 10.0), ("SPL", (1.0, 1.0, 5.0), 0.0)],
)
def test_muscle_areas_are_those_across_the_muscle_whatever_the_slices(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    sagittal = spine_grid("PSR", (3.0, 0.8, 0.8), 0.0)
    height = float(CENTRES["L3"][1])
    axial = grid_over((120.0, 120.0, 80.0), spacing_mm, orientation, oblique_deg, (0.0, -35.0, height))
    table = measured("muscle-areas", LabelMap(cylinders(axial), axial), vertebrae=LabelMap(stack(sagittal), sagittal))
    row = next(r for r in table.rows if r.cells["level"] == "L3" and r.cells["muscle"] == "erector spinae")
    for side in ("left", "right"):
        # A tenth of a voxel along the radius.
        slack = 2 * np.pi * RADIUS_MM[side] * 0.1 * spacing_mm[0] / 100
        assert row.cells[side] == pytest.approx(np.pi * RADIUS_MM[side] ** 2 / 100, abs=slack)
        # The slice nearest to mid-vertebra lies up to half a slice away, along the slant.
        reach = 0.5 * spacing_mm[2] * np.tan(np.radians(20.0)) + 45.0 * np.tan(np.radians(oblique_deg)) * np.tan(
            np.radians(20.0)
        )
        assert row.cells[f"{side}_ap"] == pytest.approx(BEHIND_MM / 10, abs=(0.5 * spacing_mm[0] + reach) / 10)
    # The vertebra's own centroid is known to half a sagittal slice.
    assert row.cells["left_ml"] == pytest.approx(-3.0, abs=0.16)
    assert row.cells["right_ml"] == pytest.approx(3.0, abs=0.16)
    if oblique_deg == 0:
        assert row.cells["left_obliquity"] == pytest.approx(20.0, abs=1.0)
        assert row.cells["right_obliquity"] == pytest.approx(10.0, abs=1.0)
    areas = [np.pi * RADIUS_MM[side] ** 2 for side in ("left", "right")]
    assert row.cells["asymmetry"] == pytest.approx(200 * (areas[0] - areas[1]) / sum(areas), abs=3.0)
    assert oblique_deg > 0 or table.details["overlap_mm3"] == 0
    far = next(r for r in table.rows if r.cells["level"] == "S1" and r.cells["muscle"] == "erector spinae")
    assert far.cells["left"] is None
    assert "no axial slice" in far.undefined["left"]


@pytest.mark.parametrize(
    ("orientation", "spacing_mm", "oblique_deg"),
    [("LPS", (1.0, 1.0, 5.0), 0.0), ("RAS", (0.8, 0.8, 4.0), 8.0), ("SPL", (1.0, 1.0, 5.0), 0.0)],
)
def test_the_loading_model_takes_its_muscles_from_the_images(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    sagittal = spine_grid("PSR", (4.0, 1.0, 1.0), 0.0)
    axial = grid_over((100.0, 100.0, 40.0), spacing_mm, orientation, oblique_deg, (0.0, -40.0, float(CENTRES["L3"][1])))
    inputs = CaseInputs(LabelMap(cylinders(axial), axial), {"vertebrae": LabelMap(stack(sagittal), sagittal)})
    table = CATALOGUE["loading"].measure(inputs, {"body_mass_kg": 84.0})
    erector = table.details["measured"]["erector spinae"]
    # Both, as the muscles' own test says: a tenth of a voxel along the radii, and half a slice along the slant.
    assert erector["csa_cm2"] == pytest.approx(np.pi * (14.0**2 + 12.0**2) / 100, rel=0.02)
    reach = (0.5 * spacing_mm[2] + 45.0 * np.tan(np.radians(oblique_deg))) * np.tan(np.radians(20.0))
    assert erector["ap_offset_cm"] == pytest.approx(BEHIND_MM / 10, abs=(0.5 * spacing_mm[0] + reach) / 10)
    assert list(table.details["measured"]) == ["erector spinae"]
    plain = CATALOGUE["loading"].measure(CaseInputs(LabelMap.zeros(axial)), {"body_mass_kg": 84.0})
    # The cylinders lie 1.4 cm nearer to the spine than the model's own muscle: a shorter lever presses more.
    ours, own = (float(str(t.rows[3].cells["compression"])) for t in (table, plain))
    assert ours > own


def test_muscle_labelled_inside_bone_is_reported_through_the_affines() -> None:
    sagittal = spine_grid("PSR", (3.0, 0.8, 0.8), 0.0)
    axial = grid_over((100.0, 100.0, 40.0), (1.0, 1.0, 4.0), "LPS", 0.0, (0.0, 0.0, float(CENTRES["L3"][1])))
    x, y, z = world(axial)
    wrong = np.zeros(axial.shape, dtype=np.uint8)
    wrong[(np.abs(x) < 5) & (np.abs(y - CENTRES["L3"][0]) < 5) & (np.abs(z - CENTRES["L3"][1]) < 6)] = 24
    table = measured("muscle-areas", LabelMap(wrong, axial), vertebrae=LabelMap(stack(sagittal), sagittal))
    assert table.details["overlap_mm3"] == pytest.approx(np.count_nonzero(wrong) * 4.0)
    assert "muscle on the one image and bone on the other" in table.findings[0]
