"""Outlines of masks along the edges of their pixels, as closed lines that can be dashed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]


def outlines(mask: NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    """Walk around every region of a mask.

    Parameters
    ----------
    mask : numpy.ndarray of bool, shape (rows, columns)
        Not modified.

    Returns
    -------
    list of list of (int, int)
        Closed lines over pixel corners (column, row), the first corner again at the end, the region to the right of the
        way. Holes have lines of their own.
    """
    padded = np.pad(mask, 1)
    steps: dict[tuple[int, int], list[tuple[int, int]]] = {}
    inside = padded[1:-1, 1:-1]
    # Edges of pixel (row r, column c), each directed so that the pixel lies to the right of it (rows run down).
    sides = (
        (padded[:-2, 1:-1], (0, 0), (1, 0)),
        (padded[1:-1, 2:], (1, 0), (1, 1)),
        (padded[2:, 1:-1], (1, 1), (0, 1)),
        (padded[1:-1, :-2], (0, 1), (0, 0)),
    )
    for beside, start, end in sides:
        for row, column in np.argwhere(inside & ~beside):
            first = (int(column) + start[0], int(row) + start[1])
            steps.setdefault(first, []).append((int(column) + end[0], int(row) + end[1]))
    return list(_chained(steps))


def _chained(steps: dict[tuple[int, int], list[tuple[int, int]]]) -> Iterator[list[tuple[int, int]]]:
    while steps:
        at = min(steps)
        line, before = [at], at
        while at in steps:
            choices = steps[at]
            # Where two regions touch by a corner, turning right keeps them apart.
            step = max(choices, key=lambda one: _right_turn(before, at, one))
            choices.remove(step)
            if not choices:
                del steps[at]
            before, at = at, step
            line.append(at)
            if at == line[0]:
                break
        yield line


def _right_turn(before: tuple[int, int], at: tuple[int, int], after: tuple[int, int]) -> int:
    """1 for a turn to the right, 0 for straight on, -1 to the left; rows run down."""
    first = (at[0] - before[0], at[1] - before[1])
    second = (after[0] - at[0], after[1] - at[1])
    return first[0] * second[1] - first[1] * second[0]


def dashed(line: Sequence[Point], pattern: Sequence[float]) -> Iterator[tuple[Point, Point]]:
    """Cut a line into the strokes of a pattern of lengths drawn and left out; an empty pattern draws all of it.

    Parameters
    ----------
    line : sequence of (x, y)
        In pixels of the picture.
    pattern : sequence of float
        Lengths in pixels: drawn, left out, drawn ...
    """
    place, left = 0, pattern[0] if pattern else float("inf")
    for (x0, y0), (x1, y1) in pairwise(line):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        done = 0.0
        while done < length:
            step = min(left, length - done)
            if place % 2 == 0:
                a, b = done / length, (done + step) / length
                yield (x0 + a * (x1 - x0), y0 + a * (y1 - y0)), (x0 + b * (x1 - x0), y0 + b * (y1 - y0))
            done += step
            left -= step
            if pattern and left <= 0:
                place += 1
                left = pattern[place % len(pattern)]
