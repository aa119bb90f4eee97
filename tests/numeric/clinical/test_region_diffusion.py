"""Diffusion indices by region: sums done by hand, on every grid."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from measures.clinical.catalogue import CATALOGUE
from measures.clinical.inputs import CaseInputs, LabelMeaning, ScalarMap
from measures.clinical.nerves import continuity
from measures.clinical.region_diffusion import index_error, region_indices
from measures.clinical.slices import rpi_order
from mri.geometry import Grid
from mri.labels import LabelMap
from tests.numeric.clinical.grids import GRIDS, grid_over, reorders, world


def quadrants(grid: Grid) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Four quadrants of a square cord, and a map that is linear over it with a known mean in each."""
    x, y, z = world(grid)
    inside = (np.abs(x) < 6) & (np.abs(y) < 6) & (np.abs(z) < 10)
    labels = np.where(inside, 1 + (x > 0) + 2 * (y > 0), 0).astype(np.uint8)
    return labels, 0.5 + 0.02 * x + 0.01 * z


@pytest.mark.parametrize(("orientation", "spacing_mm", "oblique_deg"), GRIDS)
def test_means_are_those_of_a_linear_map(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    grid = grid_over((24.0, 24.0, 40.0), spacing_mm, orientation, oblique_deg, (0.13, 0.07, 0.11))
    labels, fa = quadrants(grid)
    found = {one.value: one for one in region_indices(labels, {"FA": fa}, grid, [1, 2, 3, 4], by_slice=False)}
    for value, mean in {1: 0.44, 2: 0.56, 3: 0.44, 4: 0.56}.items():
        index = found[value].indices["FA"]
        # A voxel's edge moves the centre of a quadrant by half a voxel at most, of a slope of 0.02 per mm.
        assert index.mean.value == pytest.approx(mean, abs=0.5 * max(spacing_mm) * 0.02)
        assert index.n == found[value].voxels


def test_slices_and_case_do_not_depend_on_the_array_order() -> None:
    grid = grid_over((20.0, 20.0, 24.0), (1.0, 1.0, 4.0), "RAS", 5.0)
    labels, fa = quadrants(grid)
    reference = region_indices(labels, {"FA": fa}, grid, [1, 2, 3, 4])
    for other, reorder in reorders(grid):
        again = region_indices(reorder(labels), {"FA": reorder(fa)}, other, [1, 2, 3, 4])
        assert [(a.value, a.slice_rpi, a.voxels) for a in again] == [
            (a.value, a.slice_rpi, a.voxels) for a in reference
        ]
        for one, two in zip(reference, again, strict=True):
            assert two.indices["FA"].mean.value == pytest.approx(one.indices["FA"].mean.value, abs=1e-12)


def test_an_empty_region_is_undefined_and_a_hole_is_left_out() -> None:
    labels = np.zeros((4, 4, 3), dtype=np.uint8)
    labels[0, :3, 1] = 1
    fa = np.full(labels.shape, 0.5)
    fa[0, :3, 1] = [0.2, 0.6, np.nan]
    inputs = CaseInputs(
        LabelMap(labels, Grid((4, 4, 3), np.eye(4))), images={"FA": ScalarMap(fa, Grid((4, 4, 3), np.eye(4)))}
    )
    table = CATALOGUE["region-diffusion"].measure(inputs)
    case = {row.cells["label"]: row for row in table.rows if row.cells["scope"] == "case"}
    assert case[1].cells["FA_mean"] == pytest.approx(0.4)
    assert case[1].cells["FA_sd"] == pytest.approx(np.sqrt(0.08))
    assert case[8].cells["FA_mean"] is None
    assert case[8].undefined["FA_mean"] == "the region is empty"
    assert "no MD map" in case[1].undefined["MD_mean"]
    assert table.findings == ("Lateral column left: 1 voxels have no finite FA and are left out",)


def test_both_index_errors_and_what_is_dropped() -> None:
    error = index_error([0.5, 0.9, None, 0.4], [0.4, 1.0, 0.5, 0.0], ["a", "b", "c", "d"])
    assert error.mean_of_ratios_percent.value == pytest.approx(100 * (0.1 / 0.4 + 0.1 / 1.0) / 2)
    assert error.ratio_of_means_percent.value == pytest.approx(100 * 0.1 / 0.7)
    assert error.n == 2
    assert error.dropped == ("c: predicted region is empty", "d: the reference index is not positive")
    assert index_error([None], [0.5]).mean_of_ratios_percent.value is None


def test_the_error_of_a_shifted_mask_is_the_slope_it_was_shifted_along() -> None:
    grid = Grid((30, 12, 10), np.diag([1.0, 1.0, 1.0, 1.0]))
    x, _, _ = world(grid)
    fa = 0.4 + 0.01 * x
    reference, predicted = (np.zeros(grid.shape, dtype=np.uint8) for _ in range(2))
    reference[10:14, 3:9, 2:8] = 2
    predicted[12:16, 3:9, 2:8] = 2
    inputs = CaseInputs(
        LabelMap(predicted, grid), {"reference": LabelMap(reference, grid)}, {"FA": ScalarMap(fa, grid)}
    )
    row = next(r for r in CATALOGUE["index-error"].measure(inputs).rows if r.cells["label"] == 2)
    # The mean moves by 2 voxels of 0.01 each, from 0.4 + 0.01 * 11.5.
    for name in ("case_error", "slice_error_i", "slice_error_ii"):
        assert row.cells[name] == pytest.approx(100 * 0.02 / 0.515)
    assert row.cells["slices"] == 6
    assert row.cells["dice"] == pytest.approx(0.5)
    assert (row.cells["precision"], row.cells["recall"]) == (0.5, 0.5)


HALF_MM = 6.0
SHIFT_MM = 2.0
SLOPE = 0.02


@pytest.mark.parametrize(("orientation", "spacing_mm", "oblique_deg"), GRIDS)
def test_the_index_error_is_that_of_the_shift_on_every_grid(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    grid = grid_over((24.0, 20.0, 28.0), spacing_mm, orientation, oblique_deg, (0.13, 0.07, 0.11))
    x, y, z = world(grid)

    def block(at: float) -> LabelMap:
        inside = (np.abs(x - at) < HALF_MM) & (np.abs(y) < HALF_MM) & (np.abs(z) < HALF_MM)
        return LabelMap(np.where(inside, 2, 0).astype(np.uint8), grid)

    inputs = CaseInputs(block(SHIFT_MM), {"reference": block(0.0)}, {"FA": ScalarMap(0.5 + SLOPE * x, grid)})
    row = next(r for r in CATALOGUE["index-error"].measure(inputs).rows if r.cells["label"] == 2)
    # Where a block ends on the voxels moves its mean: by a quarter of a voxel between the two of them.
    voxel = max(spacing_mm)
    assert row.cells["case_error"] == pytest.approx(100 * SLOPE * SHIFT_MM / 0.5, abs=100 * SLOPE * 0.25 * voxel / 0.5)
    # Two faces of the overlap, each known to half a voxel.
    overlap = 1 - SHIFT_MM / (2 * HALF_MM)
    assert row.cells["dice"] == pytest.approx(overlap, abs=0.5 * voxel / (2 * HALF_MM))
    for name in ("precision", "recall"):
        assert row.cells[name] == pytest.approx(overlap, abs=0.5 * voxel / HALF_MM)


NERVE_MM = 4.0
LENGTH_MM = 30.0
NERVES = (LabelMeaning(2, "L4 left", "left", "L4"), LabelMeaning(3, "L4 right", "right", "L4"))


@pytest.mark.parametrize(("orientation", "spacing_mm", "oblique_deg"), GRIDS)
def test_nerves_are_measured_alike_on_every_grid(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    grid = grid_over((40.0, 34.0, 44.0), spacing_mm, orientation, oblique_deg, (0.13, 0.07, 0.11))
    x, y, z = world(grid)
    inside = np.abs(z) < LENGTH_MM / 2
    labels = np.zeros(grid.shape, dtype=np.uint8)
    labels[inside & (np.hypot(x + 10, y) < NERVE_MM)] = 2
    labels[inside & (np.hypot(x - 10, y) < NERVE_MM)] = 3
    order = rpi_order(grid)
    up = order.apply(labels).copy()
    middle = up.shape[2] // 2
    up[:, :, middle][up[:, :, middle] == 3] = 0
    inputs = CaseInputs(
        LabelMap(np.ascontiguousarray(order.undo(up)), grid),
        images={
            "FA": ScalarMap(0.2 + 0.05 * (x > 0) + 0.002 * z, grid),
            "MD": ScalarMap(1e-3 + 1e-5 * (np.abs(x) - 10), grid),
        },
        meanings=NERVES,
    )
    table = CATALOGUE["nerve-diffusion"].measure(inputs)
    left, right = table.rows
    volume = np.pi * NERVE_MM**2 * LENGTH_MM
    # A tenth of a voxel along the radius, and half a slice at the ends.
    slack = 2 * np.pi * NERVE_MM * LENGTH_MM * 0.1 * spacing_mm[0] + np.pi * NERVE_MM**2 * 0.5 * spacing_mm[2]
    assert left.cells["volume"] == pytest.approx(volume, abs=slack)
    # Linear along the nerve and across it: the mean is that of the middle, to half a slice and a fifth of a voxel.
    assert left.cells["FA_mean"] == pytest.approx(0.2, abs=0.002 * 0.5 * spacing_mm[2])
    assert right.cells["FA_mean"] == pytest.approx(0.25, abs=0.002 * 0.5 * spacing_mm[2])
    assert left.cells["MD_mean"] == pytest.approx(1e-3, abs=1e-5 * 0.2 * max(spacing_mm))
    assert left.cells["FA_side_ratio"] == pytest.approx(80.0, abs=1.0)
    assert (left.cells["missed_slices"], right.cells["missed_slices"]) == (0, 1)
    assert table.findings == (f"L4 right is missing from slices {middle}: the tract breaks there",)


def test_nerves_against_the_other_side_with_the_slices_that_are_missing() -> None:
    grid = grid_over((40.0, 20.0, 60.0), (0.5, 0.5, 3.0), "PSR")
    x, y, z = world(grid)
    order = rpi_order(grid)
    labels = np.zeros(grid.shape, dtype=np.uint8)
    labels[(np.hypot(x + 10, y) < 3) & (np.abs(z) < 18)] = 2
    labels[(np.hypot(x - 10, y) < 3) & (np.abs(z) < 18)] = 3
    up = order.apply(labels).copy()
    up[:, :, 9][up[:, :, 9] == 3] = 0
    labels = np.ascontiguousarray(order.undo(up))
    fa = np.where(x > 0, 0.25, 0.2)
    names = (
        LabelMeaning(1, "Nerve root"),
        LabelMeaning(2, "L4 left", "left", "L4"),
        LabelMeaning(3, "L4 right", "right", "L4"),
    )
    inputs = CaseInputs(LabelMap(labels, grid), images={"FA": ScalarMap(fa, grid)}, meanings=names)
    table = CATALOGUE["nerve-diffusion"].measure(inputs)
    left, right = table.rows
    assert left.cells["FA_side_ratio"] == pytest.approx(80.0)
    assert right.cells["FA_side_ratio"] == pytest.approx(125.0)
    assert left.cells["MD_mean"] is None
    assert left.cells["volume"] == pytest.approx(float(np.count_nonzero(labels == 2)) * 0.75)
    # A cylinder of radius 3 mm through 12 slices of 3 mm: a tenth of a voxel along the radius.
    assert left.cells["volume"] == pytest.approx(np.pi * 9 * 36, rel=0.035)
    assert (left.cells["missed_slices"], right.cells["missed_slices"]) == (0, 1)
    assert right.cells["continuity"] == pytest.approx(11 / 12)
    assert table.findings == ("L4 right is missing from slices 9: the tract breaks there",)
    assert continuity(np.zeros_like(labels), grid) is None
