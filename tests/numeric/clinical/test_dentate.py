"""Dentate nuclei: spheres of known volume and susceptibility, on every grid, with sides in the world."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from measures.clinical.dentate import nuclei
from mri.geometry import Grid
from tests.numeric.clinical.grids import GRIDS, grid_over, reorders, scaled, world

RADIUS_MM = {1: 6.0, 2: 7.0}


def spheres(grid: Grid) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    x, y, z = world(grid)
    labels = np.zeros(grid.shape, dtype=np.uint8)
    labels[np.sqrt((x + 12) ** 2 + y**2 + z**2) <= RADIUS_MM[1]] = 1
    labels[np.sqrt((x - 12) ** 2 + y**2 + z**2) <= RADIUS_MM[2]] = 2
    return labels, np.where(x < 0, 0.08 + 0.002 * y, -0.03)


@pytest.mark.parametrize(("orientation", "spacing_mm", "oblique_deg"), GRIDS)
def test_volume_and_susceptibility_of_spheres(
    orientation: str, spacing_mm: tuple[float, float, float], oblique_deg: float
) -> None:
    grid = grid_over((50.0, 24.0, 24.0), spacing_mm, orientation, oblique_deg, (0.2, 0.1, 0.3))
    (left, right), findings = nuclei(*spheres(grid), grid)
    assert findings == ()
    assert (left.side, right.side) == ("left", "right")
    for one in (left, right):
        # Errors of single surface voxels average out: a tenth of a voxel along the radius.
        radius = RADIUS_MM[one.value]
        slack = 4 * np.pi * radius**2 * 0.1 * max(spacing_mm)
        assert one.volume_mm3 == pytest.approx(4 / 3 * np.pi * radius**3, abs=slack)
        assert one.wrong_side_voxels.value == 0
    assert left.mean_ppm.value == pytest.approx(0.08, abs=0.002 * 0.1 * max(spacing_mm))
    # Along a diameter of a sphere the variance is r^2 / 5.
    assert left.sd_ppm.value == pytest.approx(0.002 * 6 / np.sqrt(5), rel=0.05)
    assert right.mean_ppm.value == pytest.approx(-0.03)
    assert left.centroid_x_mm.value == pytest.approx(-12, abs=0.1 * max(spacing_mm))


def test_array_order_and_scale() -> None:
    grid = grid_over((46.0, 18.0, 18.0), (1.0, 1.0, 1.5), "LPI", 4.0)
    labels, chi = spheres(grid)
    (reference, _), _ = nuclei(labels, chi, grid)
    for other, reorder in reorders(grid):
        (left, _), findings = nuclei(reorder(labels), reorder(chi), other)
        assert findings == ()
        assert left.volume_mm3 == pytest.approx(reference.volume_mm3, rel=1e-9)
        assert left.mean_ppm.value == pytest.approx(reference.mean_ppm.value)
    (twice, _), _ = nuclei(labels, chi, scaled(grid, 2.0))
    assert twice.volume_mm3 == pytest.approx(8 * reference.volume_mm3, rel=1e-9)


def test_swapped_sides_a_wrong_unit_and_an_empty_side_are_said() -> None:
    grid = grid_over((46.0, 18.0, 18.0), (1.0, 1.0, 1.0), "LAS")
    labels, chi = spheres(grid)
    swapped = np.where(labels > 0, 3 - labels, 0).astype(np.uint8)
    _, findings = nuclei(swapped, chi, grid)
    assert len(findings) == 1
    assert "sides are swapped" in findings[0]
    in_ppb, findings = nuclei(labels, chi * 1000, grid, "ppb")
    assert findings == ()
    assert in_ppb[1].median_ppm.value == pytest.approx(-0.03)
    _, findings = nuclei(labels, chi * 1000, grid, "ppm")
    assert all("ppb?" in finding for finding in findings)
    only_left, _ = nuclei(np.where(labels == 1, 1, 0).astype(np.uint8), chi, grid)
    assert only_left[1].mean_ppm.undefined == "the nucleus is empty"
    assert only_left[1].mean_ppm.value is None
    with pytest.raises(ValueError, match="ppm or ppb"):
        nuclei(labels, chi, grid, "ppt")  # type: ignore[arg-type]
