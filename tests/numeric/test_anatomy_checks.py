"""Checks of label maps against anatomy, on boxes at known places in mm, in several orientations and spacings."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from measures.anatomy.checks import CHECKS, run_checks
from measures.anatomy.labelled import Finding, LabelledAnatomy, Structure
from measures.anatomy.levels import level_rank
from mri.geometry import Grid
from protocols.names import CHECKS as KNOWN

SIZE_MM = 60.0
Box = tuple[float, float, float, float, float, float]

CERVICAL = tuple(Structure(n, f"C{n}", "both", f"C{n}", "dorsal", n == 8) for n in range(2, 9))
NUCLEI = (Structure(1, "Left", "left"), Structure(2, "Right", "right"))
SPINE = (
    Structure(1, "L1", "midline", "L1", "vertebra"),
    Structure(2, "L2", "midline", "L2", "vertebra"),
    Structure(11, "L1/L2", "midline", "L1/L2", "disc"),
)


def _grid(axes: str, spacing_mm: tuple[float, float, float], turn_deg: float) -> Grid:
    """A cube of 60 mm about the origin, its axes named as in nibabel, turned about z and then x."""
    columns = {"R": (1, 0, 0), "L": (-1, 0, 0), "A": (0, 1, 0), "P": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
    angle = np.deg2rad(turn_deg)
    about_z = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    affine = np.eye(4)
    affine[:3, :3] = about_x @ about_z @ np.array([columns[axis] for axis in axes]).T @ np.diag(spacing_mm)
    shape = tuple(round(SIZE_MM / mm) for mm in spacing_mm)
    affine[:3, 3] = -affine[:3, :3] @ (np.array(shape) - 1) / 2
    return Grid((shape[0], shape[1], shape[2]), affine)


GRIDS = [
    _grid("RAS", (1.0, 1.0, 1.0), 0.0),
    _grid("LPI", (0.8, 1.5, 2.0), 0.0),
    _grid("ASR", (1.5, 0.8, 1.5), 0.0),
    _grid("RPS", (1.0, 1.0, 1.5), 12.0),
]


def _drawn(grid: Grid, boxes: Mapping[int, list[Box]]) -> NDArray[np.uint8]:
    """Boxes in RAS mm (x, y, z from and to), drawn wherever a voxel centre lies within."""
    ijk = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
    ras = grid.ras_from_ijk(ijk.reshape(-1, 3)).reshape(*grid.shape, 3)
    voxels = np.zeros(grid.shape, np.uint8)
    for value, parts in boxes.items():
        for x0, x1, y0, y1, z0, z1 in parts:
            voxels[((ras > (x0, y0, z0)) & (ras < (x1, y1, z1))).all(axis=-1)] = value
    return voxels


def _found(
    grid: Grid,
    boxes: Mapping[int, list[Box]],
    structures: tuple[Structure, ...],
    check: str,
    settings: Mapping[str, float] | None = None,
    cord: list[Box] | None = None,
) -> tuple[Finding, ...]:
    mask = None if cord is None else _drawn(grid, {1: cord}) > 0
    voxels = _drawn(grid, boxes)
    found = run_checks(LabelledAnatomy(voxels, grid, structures, mask), [(check, (), settings or {})])
    for finding in found:
        assert finding.code == check
        # Every finding leads to a voxel that is painted.
        assert voxels[finding.ijk] > 0
    return found


def _levels(order: list[int]) -> dict[int, list[Box]]:
    return {value: [(-6.0, 6.0, -6.0, 6.0, 24.0 - 8 * n, 30.0 - 8 * n)] for n, value in enumerate(order)}


def test_every_check_of_a_protocol_is_there() -> None:
    assert set(CHECKS) == set(KNOWN)


def test_levels_have_an_order() -> None:
    names = ["C1", "C8", "T1", "T12", "T12/L1", "L1", "L5", "L5/S1", "S1"]
    ranks = [level_rank(name) for name in names]
    assert ranks == sorted(ranks, key=float)  # type: ignore[arg-type]
    assert [level_rank(name) for name in ("", "C9", "L0", "knee", "L1/L2/L3", "L1/knee")] == [None] * 6


@pytest.mark.parametrize("grid", GRIDS)
def test_sides_are_told_by_the_world_and_not_by_the_index(grid: Grid) -> None:
    left, right = (-20.0, -8.0, -6.0, 6.0, -6.0, 6.0), (8.0, 20.0, -6.0, 6.0, -6.0, 6.0)
    assert _found(grid, {1: [left], 2: [right]}, NUCLEI, "side") == ()
    swapped = _found(grid, {1: [right], 2: [left]}, NUCLEI, "side")
    assert [(finding.labels, finding.severity) for finding in swapped] == [((1,), "serious"), ((2,), "serious")]
    assert grid.ras_from_ijk(swapped[0].ijk)[0] > 0
    # One nucleus alone is held against the middle of the image.
    assert [finding.labels for finding in _found(grid, {1: [right]}, NUCLEI, "side")] == [(1,)]


@pytest.mark.parametrize("grid", GRIDS)
def test_the_cord_is_the_middle_where_there_is_one(grid: Grid) -> None:
    left, right = (10.0, 14.0, -2.0, 6.0, -6.0, 6.0), (20.0, 24.0, -2.0, 6.0, -6.0, 6.0)
    cord = [(14.0, 20.0, -3.0, 3.0, -28.0, 28.0)]
    assert _found(grid, {1: [left], 2: [right]}, NUCLEI, "side", {"tolerance_mm": 1.0}, cord) == ()
    stray = _found(grid, {1: [left, (20.0, 23.0, -2.0, 6.0, -6.0, 6.0)], 2: [(21.0, 25.0, 7.0, 12.0, -6.0, 6.0)]},
                   NUCLEI, "side", {"tolerance_mm": 1.0, "share": 0.1}, cord)  # fmt: skip
    assert [(finding.labels, finding.severity) for finding in stray] == [((1,), "minor")]
    assert grid.ras_from_ijk(stray[0].ijk)[0] > 18


@pytest.mark.parametrize("grid", GRIDS)
def test_levels_in_and_out_of_order(grid: Grid) -> None:
    assert _found(grid, _levels([2, 3, 4, 5, 6, 7]), CERVICAL, "level_order") == ()
    (finding,) = _found(grid, _levels([2, 3, 5, 4, 6, 7]), CERVICAL, "level_order")
    assert finding.labels == (4, 5)
    above, voxel = float(finding.sentence.removeprefix("C5 lies ").split()[0]), max(grid.spacing_mm)
    assert above == pytest.approx(8.0, abs=voxel)


@pytest.mark.parametrize("grid", GRIDS)
def test_levels_that_are_missing(grid: Grid) -> None:
    boxes = _levels([2, 3, 4, 5, 6, 7])
    assert _found(grid, boxes, CERVICAL, "level_missing") == ()  # C8 is optional
    del boxes[4], boxes[7]
    found = _found(grid, boxes, CERVICAL, "level_missing")
    assert [(f.labels, f.severity, f.sentence) for f in found] == [
        ((4,), "serious", "C4 is not drawn, though C3 above it and C5 below it are."),
        ((7,), "minor", "C7 is not drawn."),
    ]


@pytest.mark.parametrize("grid", GRIDS)
def test_a_level_in_two_places(grid: Grid) -> None:
    boxes = _levels([2, 3, 4, 5])
    boxes[3] = [(-6.0, 6.0, -6.0, 6.0, 16.0, 22.0), (-4.0, 4.0, -4.0, 4.0, -20.0, -16.0)]
    (finding,) = _found(grid, boxes, CERVICAL, "level_split", {"gap_mm": 10.0})
    assert (finding.labels, finding.severity) == ((3,), "serious")
    assert grid.ras_from_ijk(finding.ijk)[2] < -14  # the smaller of the two
    # Left and right of the cord at one height is one place.
    boxes[3] = [(-20.0, -12.0, -6.0, 6.0, 16.0, 22.0), (12.0, 20.0, -6.0, 6.0, 16.0, 22.0)]
    assert _found(grid, boxes, CERVICAL, "level_split", {"gap_mm": 10.0}) == ()


@pytest.mark.parametrize("grid", GRIDS)
def test_islands_by_their_volume(grid: Grid) -> None:
    boxes = {1: [(-20.0, -8.0, -6.0, 6.0, -6.0, 6.0), (-20.0, -16.0, 12.0, 16.0, -4.0, 4.0)]}
    (finding,) = _found(grid, boxes, NUCLEI, "islands", {"smallest_mm3": 300.0})
    assert (finding.labels, finding.severity) == ((1,), "minor")
    assert grid.ras_from_ijk(finding.ijk)[1] > 8
    assert _found(grid, boxes, NUCLEI, "islands", {"smallest_mm3": 40.0}) == ()
    # The largest piece is never an island, however small it is.
    alone = {2: [(8.0, 11.0, -3.0, 3.0, -3.0, 3.0)]}
    assert _found(grid, alone, NUCLEI, "islands", {"smallest_mm3": 9000.0}) == ()


@pytest.mark.parametrize("grid", GRIDS)
def test_what_lies_outside_the_cord(grid: Grid) -> None:
    cord = [(-5.0, 5.0, -5.0, 5.0, -28.0, 28.0)]
    near = {2: [(-8.0, 8.0, 0.0, 8.0, 10.0, 20.0)]}
    assert _found(grid, near, CERVICAL, "outside_cord", {"reach_mm": 8.0}, cord) == ()
    far = {2: [*near[2], (20.0, 24.0, 0.0, 6.0, 10.0, 20.0)]}
    (finding,) = _found(grid, far, CERVICAL, "outside_cord", {"reach_mm": 8.0}, cord)
    assert (finding.labels, finding.severity) == ((2,), "minor")
    assert grid.ras_from_ijk(finding.ijk)[0] > 14
    assert _found(grid, far, CERVICAL, "outside_cord", {"reach_mm": 30.0}, cord) == ()
    assert _found(grid, far, CERVICAL, "outside_cord", {"reach_mm": 8.0}) == ()


@pytest.mark.parametrize("grid", GRIDS)
def test_discs_and_their_vertebrae(grid: Grid) -> None:
    upper, disc, lower = ((-15.0, 15.0, -10.0, 10.0, z, z + h) for z, h in ((5.0, 15.0), (-4.0, 8.0), (-21.0, 16.0)))
    whole = {1: [upper], 11: [disc], 2: [lower]}
    assert _found(grid, whole, SPINE, "disc_neighbours", {"reach_mm": 4.0}) == ()
    (missing,) = _found(grid, {1: [upper], 11: [disc]}, SPINE, "disc_neighbours")
    assert (missing.labels, missing.sentence) == ((11, 2), "L1/L2 has no L2 below it.")
    optional = (SPINE[0], replace(SPINE[1], optional=True), SPINE[2])
    assert _found(grid, {1: [upper], 11: [disc]}, optional, "disc_neighbours") == ()
    high = (-15.0, 15.0, -10.0, 10.0, 16.0, 26.0)
    (apart,) = _found(grid, {**whole, 1: [high]}, SPINE, "disc_neighbours", {"reach_mm": 4.0})
    assert (apart.labels, "the vertebra above it" in apart.sentence) == ((11, 1), True)


def test_nothing_is_wrong_with_an_empty_map() -> None:
    grid = GRIDS[0]
    anatomy = LabelledAnatomy(np.zeros(grid.shape, np.uint8), grid, CERVICAL)
    assert run_checks(anatomy, [(name, (), {}) for name in CHECKS]) == ()


def test_groups_and_the_order_of_findings() -> None:
    grid = GRIDS[0]
    boxes = _levels([2, 3, 5, 4])
    boxes[2].append((20.0, 21.5, 20.0, 21.5, 24.0, 25.5))
    anatomy = LabelledAnatomy(_drawn(grid, boxes), grid, CERVICAL)
    checks = [("islands", (), {"smallest_mm3": 50.0}), ("level_order", ("dorsal",), {})]
    assert [finding.code for finding in run_checks(anatomy, checks)] == ["level_order", "islands"]
    assert run_checks(anatomy, [("level_order", ("ventral",), {})]) == ()


def test_shapes_must_agree() -> None:
    grid = GRIDS[0]
    for shape, cord in product(((2, 2, 2), grid.shape), ((2, 2, 2), grid.shape)):
        if (shape, cord) == (grid.shape, grid.shape):
            continue
        with pytest.raises(ValueError, match="has shape"):
            LabelledAnatomy(np.zeros(shape, np.uint8), grid, NUCLEI, np.zeros(cord, bool))
