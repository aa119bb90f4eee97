"""Measurements of a label map by name: volume, centroid, slices, and whatever a later module registers. No Django here.

A measurement is a pure function of a label map, registered once::

    @measurement("volume_mm3", title="Volume", unit="mm3", ratio_scale=True)
    def volume(measured: MeasuredMap) -> dict[int, Measure]:
        return {value: Measure(...) for value in measured.labels}

It returns one measure per label that it speaks of; the reliability statistics treat all of them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.clinical.values import Value
from measures.compare import Box, label_boxes
from measures.result import Measure, undefined
from mri.geometry import Grid

ABSENT = "the label is absent"
NO_RATIO = "a coordinate has no zero that means none, so that a percentage of it means nothing"
"""Why a measurement that is not on a ratio scale has no coefficient of variation."""

ClinicalValues = Callable[[str], tuple[Value, ...] | str]
"""A clinical measure by name to its values, or to the reason why it has none."""


def no_clinical_values(measure: str) -> str:
    """Say that a label map stands alone, without the case that a clinical measure needs."""
    return f"{measure} needs the case of the label map"


@dataclass(frozen=True)
class MeasuredMap:
    """What a measurement is a function of.

    Attributes
    ----------
    voxels : numpy.ndarray of uint8 or uint16, shape (I, J, K)
        The label map; read-only.
    grid : Grid
        Its shape and affine, and with them its spacing.
    labels : tuple of int
        The values to speak of; a label that the map lacks is undefined and not 0.
    roles : mapping of str to numpy.ndarray
        The case's images by role (``FA``, ``QSM``), on the same grid, decoded when first asked for; a role that the
        case lacks is not in it.
    clinical : callable
        The clinical measures of the map in its case, computed when first asked for.
    """

    voxels: NDArray[Any]
    grid: Grid
    labels: tuple[int, ...]
    roles: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    clinical: ClinicalValues = no_clinical_values

    @cached_property
    def boxes(self) -> dict[int, Box]:
        """The box around each label that is there."""
        return label_boxes(self.voxels)

    def mask(self, value: int) -> NDArray[np.bool_]:
        """A label's voxels within its box."""
        return np.asarray(self.voxels[self.boxes[value]] == value)


Measuring = Callable[[MeasuredMap], Mapping[int, Measure]]


@dataclass(frozen=True)
class Measurement:
    """A registered measurement.

    Attributes
    ----------
    name : str
        How it is asked for.
    title, unit : str
        For people; the unit is empty for a number without one.
    ratio_scale : bool
        Whether 0 means none of it (a volume), so that percentages and coefficients of variation mean something. A
        coordinate is not on such a scale.
    default : bool
        Whether an analysis makes it unless told otherwise.
    function : callable
        Label map to measures by label.
    roles : tuple of str
        Image roles that it needs.
    clinical : str
        The clinical measure that it is a number of; empty for one that every study can make.
    """

    name: str
    title: str
    unit: str
    ratio_scale: bool
    default: bool
    function: Measuring
    roles: tuple[str, ...] = ()
    clinical: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what a page says of it."""
        return {"name": self.name, "title": self.title, "unit": self.unit, "ratio_scale": self.ratio_scale,
                "default": self.default, "roles": list(self.roles)}  # fmt: skip


_REGISTRY: dict[str, Measurement] = {}


def measurement(
    name: str,
    *,
    title: str,
    unit: str,
    ratio_scale: bool,
    default: bool = True,
    roles: Sequence[str] = (),
    clinical: str = "",
) -> Callable[[Measuring], Measuring]:
    """Register a measurement under a name.

    Raises
    ------
    ValueError
        Where the name is taken.
    """

    def register(function: Measuring) -> Measuring:
        if name in _REGISTRY:
            raise ValueError(f"There is a measurement '{name}' already.")
        _REGISTRY[name] = Measurement(name, title, unit, ratio_scale, default, function, tuple(roles), clinical)
        return function

    return register


@contextmanager
def registered(extra: Measurement) -> Iterator[None]:
    """Register a measurement for a while."""
    measurement(
        extra.name, title=extra.title, unit=extra.unit, ratio_scale=extra.ratio_scale, default=extra.default,
        roles=extra.roles, clinical=extra.clinical,
    )(extra.function)  # fmt: skip
    try:
        yield
    finally:
        del _REGISTRY[extra.name]


def measurement_list(clinical: Collection[str] | None = None) -> list[Measurement]:
    """Return every registered measurement, by name.

    Parameters
    ----------
    clinical : collection of str, optional
        Names of the clinical measures that a study has: numbers of others are left out.
    """
    found = [_REGISTRY[name] for name in sorted(_REGISTRY)]
    return [one for one in found if clinical is None or not one.clinical or one.clinical in clinical]


def measurement_get(name: str) -> Measurement:
    """Return a measurement.

    Raises
    ------
    KeyError
        Where there is none of that name; the message lists those that there are.
    """
    if name not in _REGISTRY:
        raise KeyError(f"There is no measurement '{name}'; there are: {', '.join(sorted(_REGISTRY))}.")
    return _REGISTRY[name]


def measure(measured: MeasuredMap, names: Sequence[str]) -> dict[int, dict[str, Measure]]:
    """Make several measurements of a label map.

    Returns
    -------
    dict of int to dict of str to Measure
        Label to name to measure; what a measurement doesn't speak of, or lacks an image for, is undefined.
    """
    found: dict[int, dict[str, Measure]] = {label: {} for label in measured.labels}
    for one in map(measurement_get, names):
        missing = [role for role in one.roles if role not in measured.roles]
        made = {} if missing else one.function(measured)
        reason = f"the case has no {' or '.join(missing)} image" if missing else "it is not defined for this label"
        for label in measured.labels:
            found[label][one.name] = made.get(label, undefined(reason))
    return found


def _each(measured: MeasuredMap, number: Callable[[int], float]) -> dict[int, Measure]:
    return {
        label: Measure(float(number(label))) if label in measured.boxes else undefined(ABSENT)
        for label in measured.labels
    }


@measurement("volume_mm3", title="Volume", unit="mm3", ratio_scale=True)
def volume_mm3(measured: MeasuredMap) -> dict[int, Measure]:
    """Voxels of a label times the volume of a voxel, mm3."""
    voxel = measured.grid.voxel_volume_mm3
    return _each(measured, lambda label: np.count_nonzero(measured.mask(label)) * voxel)


def _centroid_ras_mm(measured: MeasuredMap, axis: int) -> dict[int, Measure]:
    def place(label: int) -> float:
        start = np.array([part.start for part in measured.boxes[label]])
        centre = np.argwhere(measured.mask(label)).mean(axis=0) + start
        affine = np.asarray(measured.grid.affine, dtype=np.float64)
        return float(affine[axis, :3] @ centre + affine[axis, 3])

    return _each(measured, place)


@measurement("centroid_r_mm", title="Centroid, to the right", unit="mm", ratio_scale=False, default=False)
def centroid_r_mm(measured: MeasuredMap) -> dict[int, Measure]:
    """World coordinate of the centroid along left to right (RAS), mm."""
    return _centroid_ras_mm(measured, 0)


@measurement("centroid_a_mm", title="Centroid, to the front", unit="mm", ratio_scale=False, default=False)
def centroid_a_mm(measured: MeasuredMap) -> dict[int, Measure]:
    """World coordinate of the centroid along posterior to anterior (RAS), mm."""
    return _centroid_ras_mm(measured, 1)


@measurement("centroid_s_mm", title="Centroid, up", unit="mm", ratio_scale=False)
def centroid_s_mm(measured: MeasuredMap) -> dict[int, Measure]:
    """World coordinate of the centroid along inferior to superior (RAS), mm."""
    return _centroid_ras_mm(measured, 2)


@measurement("slices", title="Slices", unit="", ratio_scale=True)
def slices(measured: MeasuredMap) -> dict[int, Measure]:
    """Slices with the label, along the array axis that runs nearest to inferior-superior."""
    up = _superior_axis(measured.grid)
    across = tuple(axis for axis in range(3) if axis != up)
    return _each(measured, lambda label: float(np.count_nonzero(measured.mask(label).any(axis=across))))


@measurement("extent_s_mm", title="Extent, inferior to superior", unit="mm", ratio_scale=True, default=False)
def extent_s_mm(measured: MeasuredMap) -> dict[int, Measure]:
    """From the lowest to the highest slice with the label, both included, along the same axis, mm."""
    up = _superior_axis(measured.grid)
    step = measured.grid.spacing_mm[up]
    return _each(measured, lambda label: (measured.boxes[label][up].stop - measured.boxes[label][up].start) * step)


def _superior_axis(grid: Grid) -> int:
    directions = np.abs(np.asarray(grid.affine, dtype=np.float64)[2, :3]) / np.asarray(grid.spacing_mm)
    return int(directions.argmax())
