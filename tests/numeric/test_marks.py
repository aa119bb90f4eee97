"""Marks: against geometry done by hand, and the same cases that hold the viewer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from measures.marks import MarkKind, angle_degrees, mark_values
from mri.geometry import Grid

SHARED = json.loads((Path(__file__).parents[2] / "frontend/src/geometry/markCases.json").read_text())


def _grid(name: str) -> Grid:
    return Grid.from_json(SHARED["grids"][name])


def _image(shape: tuple[int, int, int]) -> Any:
    i, j, k = np.indices(shape)
    return (i + 10 * j + 100 * k).astype(np.int16)


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["name"])
def test_shared_cases(case: dict[str, Any]) -> None:
    grid = _grid(case["grid"])
    found = mark_values(MarkKind(case["kind"]), case["points"], case.get("axis"), grid, _image(grid.shape))
    undefined = {name for name, value in case["values"].items() if value is None}
    assert {name for name, value in found.values.items() if value is None} == set(found.undefined) == undefined
    numbers = {name: value for name, value in found.values.items() if value is not None}
    assert numbers == pytest.approx({k: v for k, v in case["values"].items() if k not in undefined}, rel=1e-12)


def test_small_angles_keep_their_digits() -> None:
    tiny = 1e-7
    assert angle_degrees([[1, 0, 0], [0, 0, 0], [1, tiny, 0]]) == pytest.approx(np.degrees(tiny), rel=1e-9)


def test_what_is_not_finite_is_not_counted() -> None:
    grid = _grid("plain")
    image = _image(grid.shape).astype(np.float32)
    image[1, 1, 2] = np.nan
    found = mark_values(MarkKind.RECTANGLE, [[0.5, 0.5, 2], [3.5, 2.5, 2]], 2, grid, image).values
    assert (found["n"], found["min"]) == (5, 212.0)


def test_wrong_geometry_is_refused() -> None:
    with pytest.raises(ValueError, match="has 3 points; 2 came"):
        mark_values(MarkKind.ANGLE, [[0, 0, 0], [1, 0, 0]], None, _grid("plain"), None)
    with pytest.raises(ValueError, match="lies on a slice"):
        mark_values(MarkKind.ELLIPSE, [[0, 0, 0], [1, 1, 0]], None, _grid("plain"), None)
