"""A QC picture of one image: for each label the slice in which it is largest, with every reader's outline.

Drawn with numpy and Pillow alone, so that it can be made at a request. Pixels have their true aspect; each reader has a
colour and a pattern of the line, so that colour is never the only sign, and lines that coincide both show.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mri.geometry import Grid
from results.reporting.outlines import dashed, outlines

PALETTE = ("#56B4E9", "#E69F00", "#00C78A", "#F0E442", "#FF7F50", "#CC79A7", "#FFFFFF", "#9AA5FF")
"""Okabe and Ito's colours, two of them lighter, that stand out on a dark image."""

PATTERNS: tuple[tuple[float, ...], ...] = ((), (14, 9), (4, 7), (18, 6, 4, 6), (9, 15), (26, 10), (2, 5), (12, 4, 2, 4))
TILE, GAP, HEAD, MOST_COLUMNS = 300, 12, 26, 4
MARGIN_MM = 8.0
LINE = 3
BACKGROUND, INK, FAINT = "#101214", "#f2f2f2", "#9aa0a6"
OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "S": "I", "I": "S"}


@dataclass(frozen=True)
class Reading:
    """A label map, and the place of its reader, by which it has its colour."""

    title: str
    place: int
    voxels: NDArray[np.unsignedinteger]


@dataclass(frozen=True)
class Mosaic:
    """The picture, and in words what it shows."""

    png: bytes
    size: tuple[int, int]
    text: str


def mosaic(
    image: NDArray[np.generic],
    grid: Grid,
    readings: Sequence[Reading],
    labels: Mapping[int, str],
    window: tuple[float, float],
    most: int = 12,
    *,
    neurological: bool = False,
) -> Mosaic:
    """Draw the picture.

    Parameters
    ----------
    image : numpy.ndarray, shape (I, J, K)
        Not modified.
    grid : Grid
        Of the image and the label maps.
    readings : sequence of Reading
        Label maps, shape (I, J, K).
    labels : mapping of int to str
        Value to name; those that no reading has are left out.
    window : (float, float)
        Intensities shown black and white.
    most : int
        Of labels shown; the largest ones, in the order of their values.
    neurological : bool, default False
        Show the patient's right on the right; else, the radiological way, on the left.

    Returns
    -------
    Mosaic
        The same voxels give the same bytes.
    """
    axis = _coarsest_axis(grid)
    found = {value: _largest_slice(readings, value, axis) for value in labels}
    there = {value: place for value, place in found.items() if place is not None}
    chosen = sorted(sorted(there, key=lambda value: (-there[value][1], value))[:most])
    box = _box(readings, grid, axis, {value: there[value][0] for value in chosen})
    tiles = [_tile(image, grid, readings, value, there[value][0], axis, box, window, neurological) for value in chosen]
    columns = min(MOST_COLUMNS, max(1, len(tiles)))
    rows = -(-len(tiles) // columns)
    high = max((tile.height for tile in tiles), default=TILE // 4)
    legend = HEAD * -(-len(readings) // columns)
    size = (columns * (TILE + GAP) + GAP, rows * (high + HEAD + GAP) + GAP + legend)
    picture = Image.new("RGB", size, BACKGROUND)
    drawn = ImageDraw.Draw(picture)
    for n, (value, tile) in enumerate(zip(chosen, tiles, strict=True)):
        x, y = GAP + n % columns * (TILE + GAP), GAP + n // columns * (high + HEAD + GAP)
        drawn.text((x, y + 3), f"{labels[value]}, slice {there[value][0] + 1}", font=_font(16), fill=INK)
        picture.paste(tile, (x + (TILE - tile.width) // 2, y + HEAD))
    _legend(drawn, readings, columns, size[1] - legend - 4)
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    shown = ", ".join(f"{labels[value]} in slice {there[value][0] + 1}" for value in chosen) or "no label"
    return Mosaic(stream.getvalue(), size, f"Outlines of {', '.join(one.title for one in readings)}: {shown}.")


def _coarsest_axis(grid: Grid) -> int:
    """The axis across which slices were taken: that of the largest step; of equal ones the superior-most."""
    spacing = np.asarray(grid.spacing_mm)
    widest = np.flatnonzero(spacing > spacing.max() * 0.99)
    up = np.abs(np.asarray(grid.affine)[2, :3]) / spacing
    return int(widest[np.argmax(up[widest])])


def _largest_slice(readings: Sequence[Reading], value: int, axis: int) -> tuple[int, int] | None:
    """The slice with the most voxels over all readings, and how many; None where no reading has the label."""
    others = tuple(one for one in range(3) if one != axis)
    counts = sum(np.count_nonzero(one.voxels == value, axis=others) for one in readings)
    counts = np.atleast_1d(np.asarray(counts))
    return (int(counts.argmax()), int(counts.max())) if counts.any() else None


def _box(readings: Sequence[Reading], grid: Grid, axis: int, slices: Mapping[int, int]) -> list[slice]:
    """The part of the plane around all labels in the slices shown, with a margin, alike for every tile."""
    places = [one for one in range(3) if one != axis]
    mask = np.zeros([grid.shape[place] for place in places], dtype=bool)
    for one in readings:
        for value, number in slices.items():
            mask |= one.voxels.take(number, axis=axis) == value
    box = []
    for n, place in enumerate(places):
        along = np.flatnonzero(mask.any(axis=1 - n))
        margin = round(MARGIN_MM / grid.spacing_mm[place])
        first, last = (along[0], along[-1]) if along.size else (0, grid.shape[place] - 1)
        box.append(slice(max(0, int(first) - margin), min(grid.shape[place], int(last) + margin + 1)))
    return box


def _tile(
    image: NDArray[np.generic],
    grid: Grid,
    readings: Sequence[Reading],
    value: int,
    number: int,
    axis: int,
    box: Sequence[slice],
    window: tuple[float, float],
    neurological: bool,
) -> Image.Image:
    """One slice with the outlines of one label: the patient's right where the convention has it, head or front up."""
    across, up = (one for one in range(3) if one != axis)
    letters = grid.orientation
    if letters[up] in "LR" or (letters[across] in "SI" and letters[up] in "AP"):
        across, up = up, across
    place: list[slice | int] = [number, number, number]
    for one, part in zip((one for one in range(3) if one != axis), box, strict=True):
        place[one] = part
    flip_x, flip_y = letters[across] in "RA", letters[up] in "SA"
    if neurological and letters[across] in "LR":
        flip_x = not flip_x

    def plane(voxels: NDArray[np.generic]) -> NDArray[np.generic]:
        found = voxels[tuple(place)]
        found = found.T if across < up else found
        found = found[::-1] if flip_y else found
        return found[:, ::-1] if flip_x else found

    low, high = window
    grey = np.clip((plane(image).astype(np.float64) - low) / max(high - low, 1e-12) * 255, 0, 255).astype(np.uint8)
    wide_mm, high_mm = grey.shape[1] * grid.spacing_mm[across], grey.shape[0] * grid.spacing_mm[up]
    scale = TILE / max(wide_mm, high_mm)
    size = max(8, round(wide_mm * scale)), max(8, round(high_mm * scale))
    tile = Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC).convert("RGB")
    drawn = ImageDraw.Draw(tile)
    sx, sy = size[0] / grey.shape[1], size[1] / grey.shape[0]
    for reading in readings:
        colour, pattern = PALETTE[reading.place % len(PALETTE)], PATTERNS[reading.place % len(PATTERNS)]
        for line in outlines(np.asarray(plane(reading.voxels) == value)):
            for start, end in dashed([(x * sx, y * sy) for x, y in line], pattern):
                drawn.line((start, end), fill=colour, width=LINE)
    right = OPPOSITE[letters[across]] if flip_x else letters[across]
    top = letters[up] if flip_y else OPPOSITE[letters[up]]
    _letters(drawn, size, right, top)
    return tile


def _letters(drawn: ImageDraw.ImageDraw, size: tuple[int, int], right: str, top: str) -> None:
    wide, high = size
    font = _font(15)
    for text, at, anchor in (
        (OPPOSITE[right], (4, high // 2), "lm"),
        (right, (wide - 4, high // 2), "rm"),
        (top, (wide // 2, 3), "mt"),
        (OPPOSITE[top], (wide // 2, high - 3), "mb"),
    ):
        drawn.text(at, text, font=font, fill=INK, anchor=anchor, stroke_width=2, stroke_fill="black")


def _legend(drawn: ImageDraw.ImageDraw, readings: Sequence[Reading], columns: int, top: int) -> None:
    for n, one in enumerate(readings):
        x, y = GAP + n % columns * (TILE + GAP), top + n // columns * HEAD + HEAD // 2
        for start, end in dashed([(x, y), (x + 60, y)], PATTERNS[one.place % len(PATTERNS)]):
            drawn.line((start, end), fill=PALETTE[one.place % len(PALETTE)], width=LINE)
        drawn.text((x + 70, y), one.title, font=_font(16), fill=INK, anchor="lm")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
