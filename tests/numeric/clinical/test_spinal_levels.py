"""Spinal levels and PMJ distances: a bent tube with known arc lengths, on many grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from measures.clinical.centreline import cord_centreline
from measures.clinical.slices import rpi_order
from measures.clinical.spinal_levels import spinal_levels
from mri.geometry import Grid
from mri.phantom.cervical import cervical_phantom
from tests.numeric.clinical.grids import GRIDS, grid_over, reorders, scaled, world

RADIUS_MM = 140.0
CORD_MM = 5.0
PMJ_ARC_MM = 44.0
# Arc lengths of the caudal and rostral end of each level's rootlets, from the middle of the neck upwards.
ENTRIES = {3: (18.0, 28.0), 4: (4.0, 14.0), 5: (-10.0, 0.0), 6: (-26.0, -12.0)}


@dataclass(frozen=True)
class Neck:
    grid: Grid
    cord: NDArray[np.uint8]
    rootlets: NDArray[np.uint8]
    pmj: NDArray[np.uint8]


def neck(grid: Grid) -> Neck:
    """A cord bent on a circle in the sagittal plane, with rootlets on both sides of it."""
    x, y, z = world(grid)
    # The circle's centre lies behind: the cord bows forwards, as in lordosis.
    along = np.hypot(y + RADIUS_MM, z) - RADIUS_MM
    arc = RADIUS_MM * np.arctan2(z, y + RADIUS_MM)
    cord = (np.hypot(x, along) <= CORD_MM).astype(np.uint8)
    rootlets = np.zeros(grid.shape, dtype=np.uint8)
    for level, (low, high) in ENTRIES.items():
        # A millimetre of fluid parts them from the cord, as on many images.
        inside = (np.abs(x) >= CORD_MM + 1.0) & (np.abs(x) <= CORD_MM + 4.0) & (np.abs(along) <= 1.0)
        rootlets[inside & (arc >= low) & (arc <= high)] = level
    pmj = np.zeros(grid.shape, dtype=np.uint8)
    angle = PMJ_ARC_MM / RADIUS_MM
    in_front = RADIUS_MM + 6.0
    point = (0.0, in_front * np.cos(angle) - RADIUS_MM, in_front * np.sin(angle))
    i, j, k = np.rint(grid.ijk_from_ras(point)).astype(int)
    pmj[i, j, k] = 50
    return Neck(grid, cord, rootlets, pmj)


@pytest.mark.parametrize(("orientation", "spacing_mm", "oblique_deg"), GRIDS)
def test_distances_are_the_arc_lengths_of_a_bent_tube(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    grid = grid_over((30.0, 46.0, 100.0), spacing_mm, orientation, oblique_deg)
    case = neck(grid)
    found = spinal_levels(case.rootlets, case.cord, grid, case.pmj)
    assert [level.level for level in found.levels] == list(ENTRIES)
    slice_mm = float(rpi_order(grid).spacing_mm[2])
    # Slice centres lie up to a slice inside either end of the rootlets, the junction is rounded to a voxel, and a
    # slice cuts rootlets 2 mm thick at up to 23 degrees.
    slack = 1.0 * np.tan(np.radians(23.0))
    for level in found.levels:
        low, high = ENTRIES[level.level]
        assert level.distance_from_pmj_start_mm.value == pytest.approx(PMJ_ARC_MM - low, abs=1.5 * slice_mm + slack)
        assert level.distance_from_pmj_end_mm.value == pytest.approx(PMJ_ARC_MM - high, abs=1.5 * slice_mm + slack)
        # Both ends err alike, so the middle is known to a voxel: that of the junction.
        assert level.midpoint_mm.value == pytest.approx(PMJ_ARC_MM - (low + high) / 2, abs=1.0 * slice_mm)


def test_the_array_order_does_not_change_the_answer() -> None:
    grid = grid_over((30.0, 40.0, 100.0), (1.0, 1.0, 1.5), "RAS", 6.0)
    case = neck(grid)
    reference = spinal_levels(case.rootlets, case.cord, grid, case.pmj)
    for other, reorder in reorders(grid):
        again = spinal_levels(reorder(case.rootlets), reorder(case.cord), other, reorder(case.pmj))
        for one, two in zip(reference.levels, again.levels, strict=True):
            assert (one.slice_start, one.slice_end) == (two.slice_start, two.slice_end)
            assert two.midpoint_mm.value == pytest.approx(one.midpoint_mm.value, abs=1e-6)
        assert np.array_equal(again.level_map, reorder(reference.level_map))


def test_lengths_scale_with_the_spacing() -> None:
    grid = grid_over((30.0, 40.0, 100.0), (1.0, 1.0, 1.0), "LPI")
    case = neck(grid)
    small = spinal_levels(case.rootlets, case.cord, grid, case.pmj)
    large = spinal_levels(case.rootlets, case.cord, scaled(grid, 2.0), case.pmj, reach=4.8, cut_off_mm=40.0)
    for one, two in zip(small.levels, large.levels, strict=True):
        # The search for the point nearest to the junction steps by 0.05 mm.
        assert two.midpoint_mm.value == pytest.approx(2 * one.midpoint_mm.value, abs=0.1)
        assert two.height_mm.value == pytest.approx(2 * one.height_mm.value, rel=1e-3)


def test_a_reach_in_mm_does_not_depend_on_the_voxel_size_and_one_in_voxels_does() -> None:
    coarse, fine = (
        neck(grid_over((30.0, 40.0, 100.0), (s, s, s), "RAS")) for s in (1.0, 0.4)
    )  # fmt: skip
    reached = {
        (name, rule): spinal_levels(case.rootlets, case.cord, case.grid, dilation=rule).levels[0].slice_start
        for name, case in (("coarse", coarse), ("fine", fine))
        for rule in ("mm", "voxels")
    }
    assert reached["coarse", "mm"] is not None
    assert reached["fine", "mm"] is not None
    assert reached["coarse", "voxels"] is not None
    # 3 voxels of 0.4 mm are 1.2 mm; the gap of 1 mm and a voxel on either side are more.
    far = neck(grid_over((30.0, 40.0, 100.0), (0.25, 0.5, 0.5), "RAS"))
    assert spinal_levels(far.rootlets, far.cord, far.grid, dilation="voxels").levels[0].slice_start is None
    assert spinal_levels(far.rootlets, far.cord, far.grid, dilation="mm").levels[0].slice_start is not None


def test_overlapping_levels_never_add_up() -> None:
    cord = np.zeros((9, 9, 20), dtype=np.uint8)
    cord[3:6, 3:6] = 1
    rootlets = np.zeros_like(cord)
    rootlets[6, 4, 10:17] = 2
    rootlets[2, 4, 4:12] = 3
    found = spinal_levels(rootlets, cord, Grid((9, 9, 20), np.diag([1.0, 1.0, 1.0, 1.0])))
    assert set(np.unique(found.level_map)) == {0, 2, 3}
    assert [(level.slice_start, level.slice_end) for level in found.levels] == [(10, 16), (4, 11)]
    # Slice 10 is 3 from the middle of C2 and 2.5 from that of C3; slice 11 the other way round.
    assert found.level_map[4, 4].tolist() == [0] * 4 + [3] * 7 + [2] * 6 + [0] * 3
    assert any("share 2 slices" in finding for finding in found.findings)


def test_levels_can_end_where_the_next_begins() -> None:
    cord = np.zeros((9, 9, 30), dtype=np.uint8)
    cord[3:6, 3:6] = 1
    rootlets = np.zeros_like(cord)
    for level, (low, high) in {2: (22, 25), 3: (14, 17), 5: (4, 6)}.items():
        rootlets[6, 4, low : high + 1] = level
    grid = Grid((9, 9, 30), np.eye(4))
    found = spinal_levels(rootlets, cord, grid, ends="next-level")
    # C4 is missing, so C5 keeps its own end: across the gap it would swallow the cord of C4.
    assert [(level.slice_start, level.slice_end) for level in found.levels] == [(22, 25), (14, 21), (4, 6)]
    assert set(found.level_map[4, 4, 14:26]) == {2, 3}


def test_what_cannot_be_is_refused_or_undefined() -> None:
    grid = Grid((9, 9, 20), np.eye(4))
    cord = np.zeros(grid.shape, dtype=np.uint8)
    rootlets = np.zeros_like(cord)
    rootlets[1, 1, 1] = 3
    with pytest.raises(ValueError, match="empty"):
        spinal_levels(rootlets, cord, grid)
    cord[4, 4, 8:20] = 1
    (alone,) = spinal_levels(rootlets, cord, grid).levels
    assert alone.midpoint_mm.value is None
    assert "reach the cord" in str(alone.midpoint_mm.undefined)
    rootlets[2, 2, 2] = 12
    with pytest.raises(ValueError, match=r"12 \(1 voxel\)"):
        spinal_levels(rootlets, cord, grid)
    rootlets[2, 2, 2] = 0
    two = np.zeros_like(cord)
    two[0, 0, :2] = 50
    with pytest.raises(ValueError, match="one voxel of value 50"):
        spinal_levels(rootlets, cord, grid, two)


def test_the_centreline_is_the_axis_of_a_bent_tube() -> None:
    # On the last grid the field of view cuts the lower end of the cord lengthwise.
    for oblique_deg, extent_mm in ((0.0, 46.0), (15.0, 70.0), (15.0, 46.0)):
        grid = grid_over((30.0, extent_mm, 100.0), (0.8, 0.8, 0.8), "PSR", oblique_deg)
        order = rpi_order(grid)
        line = cord_centreline(order.apply(neck(grid).cord > 0), order)
        points = line.points_ras_mm(np.linspace(line.first_mm + 5, line.last_mm - 5, 50))
        off = np.hypot(points[:, 0], np.hypot(points[:, 1] + RADIUS_MM, points[:, 2]) - RADIUS_MM)
        assert off.max() < 0.35 * 0.8


def test_the_cervical_phantom_gives_its_own_levels() -> None:
    phantom = cervical_phantom(3, shape_ras=(48, 80, 160), orientation="PSR")
    pmj = np.zeros(phantom.grid.shape, dtype=np.uint8)
    order = rpi_order(phantom.grid)
    line = cord_centreline(order.apply(phantom.cord.voxels > 0), order)
    # Place the junction by the phantom's own truth for C5, then every other level must follow.
    (alone,) = [lv for lv in spinal_levels(phantom.rootlets.voxels, phantom.cord.voxels, phantom.grid).levels
                if lv.level == 5]  # fmt: skip
    assert alone.slice_start is not None
    assert alone.slice_end is not None
    truth = {lv.level: (lv.rostral_from_pmj_mm + lv.caudal_from_pmj_mm) / 2 for lv in phantom.levels}
    heights = np.arange(0, order.grid.shape[2]) * order.spacing_mm[2]
    middle = (alone.slice_start + alone.slice_end) / 2 * order.spacing_mm[2]
    target = float(line.arc_mm(middle)[0]) + truth[5]
    top = heights[int(np.argmin(np.abs(line.arc_mm(heights) - target)))]
    i, j, k = np.rint(line.points_mm(top)[0] / order.spacing_mm).astype(int)
    pmj_rpi = order.apply(pmj).copy()
    pmj_rpi[i, j, k] = 50
    found = spinal_levels(phantom.rootlets.voxels, phantom.cord.voxels, phantom.grid, order.undo(pmj_rpi))
    for level in found.levels:
        # Rootlets run downwards from their entry, the lower the level the more: by up to 4 mm over the reach of 2.4 mm
        # from C5 to C8, of which half shows in the middle.
        assert level.midpoint_mm.value == pytest.approx(truth[level.level], abs=2.0)
