"""Simulated raters: a true label map, drawn again with known faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mri.geometry import Grid
from mri.labels import LabelArray, LabelMap


@dataclass(frozen=True)
class RaterStyle:
    """How a rater departs from the truth.

    Attributes
    ----------
    bias_mm : float
        How far outwards every boundary lies on average; negative is inwards.
    noise_mm : float
        Standard deviation of the boundary's random shift.
    noise_length_mm : float
        Over what distance that shift changes.
    missed_slice_probability : float
        Chance that an axial slice is left empty.
    level_confusion_probability : float
        Chance that a level is drawn with a neighbouring level's value.
    repeat_noise_mm : float
        Standard deviation of the part of the boundary's shift that is another one in every read; ``noise_mm`` is the
        rater's habit, the same in all reads.
    level_shift_probability : float
        Chance that all levels of a read are drawn one too high or one too low.
    missed_label_probability : float
        Chance that a label is left out of a read.
    """

    bias_mm: float = 0.0
    noise_mm: float = 0.35
    noise_length_mm: float = 3.0
    missed_slice_probability: float = 0.0
    level_confusion_probability: float = 0.0
    repeat_noise_mm: float = 0.0
    level_shift_probability: float = 0.0
    missed_label_probability: float = 0.0

    def __post_init__(self) -> None:
        if min(self.noise_mm, self.repeat_noise_mm) < 0 or self.noise_length_mm <= 0:
            raise ValueError("A rater's noise must not be negative, and its length must be positive.")
        for chance in (
            self.missed_slice_probability,
            self.level_confusion_probability,
            self.level_shift_probability,
            self.missed_label_probability,
        ):
            if not 0.0 <= chance <= 1.0:
                raise ValueError(f"A probability lies between 0 and 1; {chance} came.")


def simulate_rater(
    truth: LabelMap, style: RaterStyle, seed: int, values: Sequence[int] | None = None, *, read: int = 0
) -> LabelMap:
    """Draw a true label map again as a rater would.

    Parameters
    ----------
    truth : LabelMap
        Not modified.
    style : RaterStyle
        The rater's faults.
    seed : int
        The same seed gives the same voxels.
    values : sequence of int, optional
        Values that a confused level may take; by default those in the truth.
    read : int, default 0
        0 for the first read, 1, 2 ... for repeats: the rater's bias and habit stay, slips and repeat noise do not.

    Returns
    -------
    LabelMap
        On the same grid. A voxel that the moved boundary takes in gets the value of the nearest true voxel.

    Notes
    -----
    The boundary is the zero level of the signed distance to the truth in mm, half a voxel outside the labelled voxel
    centres. A shift well below half a voxel therefore moves few voxels.
    """
    rng = np.random.default_rng([seed, 11])
    mask = truth.voxels > 0
    if not mask.any():
        return truth
    margin_mm = max(style.bias_mm, 0.0) + 4.0 * float(np.hypot(style.noise_mm, style.repeat_noise_mm))
    box = _box(mask, truth.grid, margin_mm)
    spacing = truth.grid.spacing_mm
    outside, nearest = ndimage.distance_transform_edt(~mask[box], sampling=spacing, return_indices=True)
    inside = ndimage.distance_transform_edt(mask[box], sampling=spacing)
    half = 0.5 * min(spacing)
    signed = np.where(mask[box], half - inside, outside - half)
    known = values or sorted(truth.counts())
    shift = style.bias_mm + _smooth_noise(signed.shape, spacing, style.noise_mm, style.noise_length_mm, rng)
    slips = np.random.default_rng([seed, 12, read])
    shift += _smooth_noise(signed.shape, spacing, style.repeat_noise_mm, style.noise_length_mm, slips)
    rng = rng if read == 0 else slips
    labels = _confuse(truth.voxels[box][tuple(nearest)], style, known, rng)
    labels = _shift_levels(_leave_out(labels, style, known, slips), style, known, slips)
    drawn = signed <= shift
    result = np.zeros(truth.grid.shape, dtype=truth.voxels.dtype)
    result[box] = np.where(drawn, labels, 0)
    _miss_slices(result, truth.grid, style, rng)
    return LabelMap(result, truth.grid)


def _box(mask: NDArray[np.bool_], grid: Grid, margin_mm: float) -> tuple[slice, slice, slice]:
    slices = []
    for axis, (size, step) in enumerate(zip(grid.shape, grid.spacing_mm, strict=True)):
        hit = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        pad = int(np.ceil(margin_mm / step)) + 1
        slices.append(slice(max(int(hit[0]) - pad, 0), min(int(hit[-1]) + pad + 1, size)))
    return (slices[0], slices[1], slices[2])


def _smooth_noise(
    shape: tuple[int, ...],
    spacing_mm: tuple[float, float, float],
    noise_mm: float,
    length_mm: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    white = rng.standard_normal(shape)
    if noise_mm == 0.0:
        return np.zeros(shape)
    smooth = ndimage.gaussian_filter(white, [length_mm / (2.0 * s) for s in spacing_mm], mode="wrap")
    spread = float(smooth.std())
    return np.asarray(smooth * (noise_mm / spread if spread > 0 else 0.0), dtype=np.float64)


def _confuse(labels: LabelArray, style: RaterStyle, values: Sequence[int], rng: np.random.Generator) -> LabelArray:
    if style.level_confusion_probability == 0.0 or len(values) < 2:
        return labels
    table = np.arange(int(max(*values, labels.max())) + 1)
    for place, value in enumerate(values):
        if rng.random() < style.level_confusion_probability:
            neighbours = [near for near in _beside(values, place) if near is not None]
            if neighbours:
                table[value] = int(rng.choice(neighbours))
    confused = table[labels]
    return confused.astype(np.uint8) if labels.dtype == np.uint8 else confused.astype(np.uint16)


def _leave_out(labels: LabelArray, style: RaterStyle, values: Sequence[int], rng: np.random.Generator) -> LabelArray:
    missed = [value for value in values if rng.random() < style.missed_label_probability]
    if not missed:
        return labels
    kept = labels.copy()
    kept[np.isin(labels, missed)] = 0
    return kept


def _shift_levels(labels: LabelArray, style: RaterStyle, values: Sequence[int], rng: np.random.Generator) -> LabelArray:
    shifted, step = rng.random() < style.level_shift_probability, int(rng.choice((-1, 1)))
    if not shifted or len(values) < 2:
        return labels
    # The outermost level that would be pushed out of its row is not drawn.
    table = np.zeros(int(max(*values, labels.max())) + 1, dtype=labels.dtype)
    for place, value in enumerate(values):
        below, above = _beside(values, place)
        table[value] = (below if step < 0 else above) or 0
    return table[labels]


def _beside(values: Sequence[int], place: int) -> tuple[int | None, int | None]:
    """The levels before and after one, None at an end; a gap in the values parts two rows of levels."""
    found = [values[n] if 0 <= n < len(values) else None for n in (place - 1, place + 1)]
    below, above = (near if near is not None and abs(near - values[place]) == 1 else None for near in found)
    return below, above


def _miss_slices(labels: LabelArray, grid: Grid, style: RaterStyle, rng: np.random.Generator) -> None:
    axis = next(a for a, code in enumerate(grid.orientation) if code in "SI")
    missed = rng.random(grid.shape[axis]) < style.missed_slice_probability
    np.moveaxis(labels, axis, 0)[missed] = 0
