"""Resampling against SimpleITK, on turned and anisotropic grids."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK

from mri.geometry import Grid
from mri.resampling import resample
from tests.numeric.volumes import affine_for

LPS = np.diag([-1.0, -1.0, 1.0])


def _itk(voxels: np.ndarray, grid: Grid) -> SimpleITK.Image:
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(voxels.T))
    axes = grid.affine[:3, :3] / np.array(grid.spacing_mm)
    image.SetSpacing(grid.spacing_mm)
    image.SetDirection((LPS @ axes).ravel().tolist())
    image.SetOrigin((LPS @ grid.affine[:3, 3]).tolist())
    return image


def _by_itk(voxels: np.ndarray, source: Grid, target: Grid, how: int) -> np.ndarray:
    reference = _itk(np.zeros(target.shape, voxels.dtype), target)
    sampled = SimpleITK.Resample(_itk(voxels, source), reference, SimpleITK.Transform(), how, 0.0)
    return SimpleITK.GetArrayFromImage(sampled).T


SOURCE = Grid((24, 20, 9), affine_for("LAS", (0.9, 0.9, 4.0), 11.0))
TARGETS = {
    "turned, finer": Grid((40, 36, 30), affine_for("PSR", (0.6, 0.7, 0.5), -8.0)),
    "coarser, other axes": Grid((7, 11, 6), affine_for("IRP", (3.0, 2.0, 2.5), 0.0)),
    "same axes, shifted": Grid((24, 20, 9), affine_for("LAS", (0.9, 0.9, 4.0), 11.0) + np.eye(4, k=3) * 0.37),
}


def _moved(target: Grid) -> Grid:
    """The target, its middle laid over the source's."""
    affine = np.array(target.affine)
    middle = SOURCE.ras_from_ijk((np.array(SOURCE.shape) - 1) / 2)
    affine[:3, 3] += middle - target.ras_from_ijk((np.array(target.shape) - 1) / 2)
    return Grid(target.shape, affine)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_it_agrees_with_simpleitk(target: Grid) -> None:
    rng = np.random.default_rng(4)
    image = rng.normal(100, 30, SOURCE.shape).astype(np.float32)
    labels = rng.integers(0, 5, SOURCE.shape).astype(np.uint8)
    target = _moved(target)
    ours, theirs = resample(image, SOURCE, target, "linear"), _by_itk(image, SOURCE, target, SimpleITK.sitkLinear)
    # Single precision in both; ITK's rim differs by its own rounding of what is inside.
    agree = np.isclose(ours, theirs, atol=2e-3)
    assert np.count_nonzero(ours) > 0.05 * ours.size
    assert agree.mean() > 0.995
    nearest = resample(labels, SOURCE, target, "nearest")
    assert nearest.dtype == np.uint8
    assert (nearest == _by_itk(labels, SOURCE, target, SimpleITK.sitkNearestNeighbor)).mean() > 0.99


def test_a_linear_ramp_stays_itself_in_world_space() -> None:
    target = _moved(TARGETS["turned, finer"])
    ramp = (SOURCE.ras_from_ijk(np.stack(np.indices(SOURCE.shape), axis=-1)) @ [1.0, -2.0, 0.5]).astype(np.float64)
    places = target.ras_from_ijk(np.stack(np.indices(target.shape), axis=-1))
    index = SOURCE.ijk_from_ras(places)
    within = ((index >= 0) & (index <= np.array(SOURCE.shape) - 1)).all(axis=-1)
    sampled = resample(ramp, SOURCE, target, "linear")
    assert within.sum() > 1000
    np.testing.assert_allclose(sampled[within], (places @ [1.0, -2.0, 0.5])[within], atol=1e-9)


def test_the_same_grid_changes_nothing_and_colours_go_one_by_one() -> None:
    rng = np.random.default_rng(1)
    colour = rng.integers(0, 256, (*SOURCE.shape, 3)).astype(np.uint8)
    np.testing.assert_array_equal(resample(colour, SOURCE, SOURCE, "linear"), colour)
    target = _moved(TARGETS["coarser, other axes"])
    sampled = resample(colour, SOURCE, target, "linear")
    assert sampled.shape == (*target.shape, 3)
    np.testing.assert_array_equal(sampled[..., 1], resample(colour[..., 1], SOURCE, target, "linear"))


def test_outside_is_the_value_asked_for() -> None:
    far = np.array(SOURCE.affine)
    far[:3, 3] += 5000.0
    assert (resample(np.ones(SOURCE.shape, np.int16), SOURCE, Grid((3, 3, 3), far), "linear", outside=-7) == -7).all()
