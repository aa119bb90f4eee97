"""The way to the network's grid and back: exact where it can be, near where it can't."""

import numpy as np
import pytest
import torch

from models_app.engine.predicting import winners
from models_app.engine.resampling import WorkingGrid
from mri.geometry import Grid
from tests.factories.images import affine_of, oblique

AFFINES = {
    "PSR": affine_of("PSR", (1.0, 1.0, 1.0)),
    "LAS": affine_of("LAS", (1.0, 1.0, 1.0)),
    "RPI": affine_of("RPI", (1.0, 1.0, 1.0)),
    "LPI": affine_of("LPI", (1.0, 1.0, 1.0)),
    "RAS": affine_of("RAS", (1.0, 1.0, 1.0)),
    "oblique": oblique() / np.array([0.5, 0.75, 2.0, 1.0]),
}


@pytest.mark.parametrize("name", AFFINES)
def test_equal_spacing_goes_there_and_back_voxel_for_voxel(name: str) -> None:
    shape = (7, 5, 4)
    labels = torch.from_numpy(np.random.default_rng(3).integers(0, 9, shape).astype(np.uint8))
    way = WorkingGrid.between(shape, AFFINES[name], (1.0, 1.0, 1.0))
    assert not way.resamples
    assert torch.equal(way.labels_to_source(way.labels_to_work(labels)), labels)
    image = labels.float()
    assert torch.equal(way.image_to_source(way.image_to_work(image)), image)


@pytest.mark.parametrize("name", AFFINES)
def test_the_working_grid_runs_along_ras(name: str) -> None:
    """A voxel further right, front or up lies further along working axis 0, 1 or 2."""
    shape = (7, 5, 4)
    grid = Grid(shape, AFFINES[name])
    way = WorkingGrid.between(shape, AFFINES[name], (1.0, 1.0, 1.0))
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)
    world = grid.ras_from_ijk(indices)
    for axis in range(3):
        along = way.image_to_work(torch.from_numpy(world[..., axis].astype(np.float32)))
        assert bool((along.diff(dim=axis) > 0).all())


@pytest.mark.parametrize("orientation", ["PSR", "LAS", "RPI"])
def test_other_spacing_keeps_a_ball_in_its_place(orientation: str) -> None:
    """A ball of 8 mm on an anisotropic grid comes back with the same centre and nearly the same volume."""
    shape, spacing = (40, 36, 14), (0.8, 0.9, 2.5)
    affine = affine_of(orientation, spacing)
    grid = Grid(shape, affine)
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)
    world = grid.ras_from_ijk(indices)
    centre = grid.ras_from_ijk([20.3, 17.1, 6.8])
    ball = np.linalg.norm(world - centre, axis=-1) < 8.0
    way = WorkingGrid.between(shape, affine, (1.0, 1.0, 1.0))
    assert way.resamples
    back = way.image_to_source(way.image_to_work(torch.from_numpy(ball.astype(np.float32)))).numpy() > 0.5
    assert back.shape == shape
    # Half a voxel of the coarsest axis is the most that linear interpolation may move a boundary by.
    assert np.linalg.norm(world[back].mean(axis=0) - world[ball].mean(axis=0)) < 0.15
    assert back.sum() == pytest.approx(ball.sum(), rel=0.05)


def test_a_constant_stays_constant() -> None:
    way = WorkingGrid.between((9, 8, 7), affine_of("PSR", (0.5, 0.7, 3.0)), (1.0, 1.0, 1.0))
    image = torch.full((9, 8, 7), 3.25)
    assert torch.allclose(way.image_to_work(image), torch.tensor(3.25), atol=1e-5)
    assert torch.allclose(way.image_to_source(way.image_to_work(image)), image, atol=1e-5)


def test_labels_are_never_mixed() -> None:
    """Nearest neighbour invents no value: 2 and 6 never make 4."""
    labels = torch.from_numpy(np.random.default_rng(0).choice([0, 2, 6], (9, 8, 7)).astype(np.uint8))
    way = WorkingGrid.between((9, 8, 7), affine_of("LPI", (0.5, 0.7, 3.0)), (1.0, 1.0, 1.0))
    assert set(way.labels_to_work(labels).unique().tolist()) <= {0, 2, 6}


def test_the_largest_map_wins_and_of_equal_ones_the_first() -> None:
    maps = np.random.default_rng(0).integers(0, 4, (5, 7, 6, 5))
    won = winners(torch.from_numpy(maps).float())
    assert won.dtype == torch.uint8
    assert np.array_equal(won.numpy(), maps.argmax(axis=0))  # numpy takes the first of equal ones
