"""Outlines run along the edges of pixels, and pictures show pixels in their true aspect the radiological way round."""

import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from mri.geometry import Grid
from results.reporting.mosaic import PALETTE, Mosaic, Reading, mosaic
from results.reporting.outlines import dashed, outlines


def test_outlines_have_one_step_per_edge_and_close() -> None:
    mask = np.random.default_rng(2).random((30, 40)) < 0.5
    padded = np.pad(mask, 1)
    edges = sum(int((padded != np.roll(padded, 1, axis)).sum()) for axis in (0, 1))
    lines = outlines(mask)
    assert sum(len(line) - 1 for line in lines) == edges
    assert all(line[0] == line[-1] for line in lines)
    signed = sum(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(o)) / 2 for o in lines)
    assert abs(signed) == mask.sum()


def test_a_ring_has_two_lines_and_corners_keep_regions_apart() -> None:
    ring = np.ones((5, 5), bool)
    ring[2, 2] = False
    assert sorted(len(line) - 1 for line in outlines(ring)) == [4, 20]
    assert [len(line) - 1 for line in outlines(np.eye(2, dtype=bool))] == [4, 4]
    assert outlines(np.zeros((3, 3), bool)) == []


def test_dashes_draw_what_their_pattern_says() -> None:
    line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]
    strokes = list(dashed(line, (6, 2)))
    drawn = sum(abs(x1 - x0) + abs(y1 - y0) for (x0, y0), (x1, y1) in strokes)
    assert drawn == pytest.approx(16)
    assert list(dashed(line, ())) == [((0.0, 0.0), (10.0, 0.0)), ((10.0, 0.0), (10.0, 10.0))]


def picture(directions: tuple[float, float, float], *, neurological: bool = False) -> tuple[Mosaic, np.ndarray]:
    """A block on the patient's right of an axial volume with pixels twice as long as wide, in any array order."""
    voxels = np.zeros((20, 20, 8), np.uint8)
    voxels[15:18, 8:12, 3] = 1
    image = np.full(voxels.shape, 50, np.int16)
    image[18:, :, :] = 200
    flips = tuple(slice(None, None, int(one)) for one in directions)
    affine = np.diag([1.0, 2.0, 4.0, 1.0])
    for axis, sign in enumerate(directions):
        if sign < 0:
            affine[axis, 3] = affine[axis, axis] * (voxels.shape[axis] - 1)
            affine[axis, axis] *= -1
    readings = [Reading("ada", 0, voxels[flips]), Reading("ben", 1, voxels[flips])]
    made = mosaic(
        image[flips],
        Grid(voxels.shape, affine),
        readings,
        {1: "cord", 2: "absent"},
        (0, 255),
        neurological=neurological,
    )
    return made, np.asarray(Image.open(io.BytesIO(made.png)))


def test_the_array_order_changes_nothing() -> None:
    plain, pixels = picture((1, 1, 1))
    assert picture((1, 1, 1))[0].png == plain.png
    assert np.array_equal(picture((-1, -1, 1))[1], pixels)
    assert plain.text == "Outlines of ada, ben: cord in slice 4."


def test_the_patients_right_is_on_the_left_and_pixels_have_their_size() -> None:
    _, pixels = picture((1, 1, 1))
    colours = [tuple(int(one[i : i + 2], 16) for i in (1, 3, 5)) for one in PALETTE[:2]]
    above = pixels[:-45]  # without the legend
    drawn = np.argwhere((above == colours[0]).all(axis=-1) | (above == colours[1]).all(axis=-1))
    rows, columns = drawn.max(axis=0) - drawn.min(axis=0)
    # 3 voxels of 1 mm by 4 voxels of 2 mm.
    assert rows / columns == pytest.approx(8 / 3, rel=0.08)
    # The bright edge lies further to the right of the patient, which is on the left.
    bright = np.argwhere((above > 180).all(axis=-1))
    assert np.median(bright[:, 1]) < drawn[:, 1].min()


def test_the_other_convention_shows_the_patients_right_on_the_right() -> None:
    _, pixels = picture((-1, 1, 1), neurological=True)
    bright = np.argwhere((pixels[:-45] > 180).all(axis=-1))
    assert np.median(bright[:, 1]) > pixels.shape[1] / 2


def test_nothing_labelled_makes_a_picture_all_the_same() -> None:
    empty = np.zeros((4, 4, 4), np.uint8)
    made = mosaic(empty, Grid((4, 4, 4), np.eye(4)), [Reading("ada", 0, empty)], {1: "cord"}, (0, 1))
    assert made.text.endswith("no label.")
