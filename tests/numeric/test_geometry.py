"""Grids: what they accept, and when two of them are one."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from mri.errors import ImageError
from mri.geometry import Grid


def _affine(*diagonal: float) -> np.ndarray:
    return np.diag([*diagonal, 1.0])


def test_facts_of_an_anisotropic_psr_grid() -> None:
    affine = np.zeros((4, 4))
    affine[1, 0], affine[2, 1], affine[0, 2], affine[3, 3] = -0.5, 2.0, 3.0, 1.0
    grid = Grid((4, 5, 6), affine)
    assert grid.orientation == "PSR"
    assert grid.spacing_mm == (0.5, 2.0, 3.0)
    assert grid.voxel_volume_mm3 == pytest.approx(3.0)
    np.testing.assert_allclose(grid.ras_from_ijk([1, 1, 1]), [3.0, -0.5, 2.0])
    np.testing.assert_allclose(grid.ijk_from_ras(grid.ras_from_ijk([[3, 4, 5]])), [[3, 4, 5]])


def test_same_shape_elsewhere_is_another_grid() -> None:
    here = Grid((10, 10, 10), _affine(1, 1, 1))
    moved = np.array(here.affine)
    moved[0, 3] = 0.5
    assert not here.same_as(Grid((10, 10, 10), moved))
    assert here.distance_mm(Grid((10, 10, 10), moved)) == pytest.approx(0.5)
    assert here.distance_mm(Grid((10, 10, 11), here.affine)) is None
    assert not here.same_as(Grid((10, 10, 10), _affine(-1, 1, 1)))


def test_a_small_rotation_is_judged_at_the_far_corner() -> None:
    angle = 1e-3
    turned = np.eye(4)
    turned[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    small, large = (Grid((n, n, 4), np.eye(4)) for n in (5, 400))
    assert small.same_as(Grid((5, 5, 4), turned))
    assert not large.same_as(Grid((400, 400, 4), turned))


@pytest.mark.parametrize(
    "affine",
    [
        np.full((4, 4), np.nan),
        _affine(1, 1, 0),
        _affine(np.inf, 1, 1),
        np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]),
        np.array([[1, 0.3, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]),
        np.eye(3),
        np.ones((4, 4)),
    ],
)
def test_affines_that_place_no_voxel_are_refused(affine: np.ndarray) -> None:
    with pytest.raises(ImageError) as caught:
        Grid((3, 3, 3), affine)
    assert caught.value.reason == "bad-affine"


def test_the_affine_is_a_read_only_copy_and_survives_json() -> None:
    affine = _affine(0.1 + 0.2, 1 / 3, 1)
    grid = Grid((2, 2, 2), affine)
    affine[0, 0] = 9.0
    assert grid.affine[0, 0] == 0.1 + 0.2
    with pytest.raises(ValueError, match="read-only"):
        grid.affine[0, 0] = 1.0
    again = Grid.from_json(json.loads(json.dumps(grid.to_json())))
    assert again.shape == grid.shape
    np.testing.assert_array_equal(again.affine, grid.affine)


def test_the_error_can_be_rebuilt_from_its_arguments() -> None:
    error = copy.copy(ImageError("A sentence.", "truncated"))
    assert (str(error), error.reason) == ("A sentence.", "truncated")
