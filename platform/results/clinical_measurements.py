"""The numbers of the clinical measures as measurements: ICC, Bland-Altman and the others run on them as on any."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from measures.clinical.catalogue import CATALOGUE
from measures.clinical.lumbar import LEVELS
from measures.clinical.values import HEADLINES, Quantity, Value, quantities
from measures.result import Measure, undefined
from results.measurements import MeasuredMap, measurement, measurement_list

_NOT_BY_DEFAULT = frozenset({"loading"})
"""A research model with settings of its own, which nobody should meet unasked."""

_OF_PAIRS = "index-error"
"""It holds one map against another itself: it is no number of a single one."""

_OF_BOTH_SIDES = frozenset({("muscle-areas", "mean_area"), ("muscle-areas", "asymmetry")})
"""Numbers of two labels: analyses speak of one label at a time."""

_AXIAL_LEVELS = tuple(level for level in LEVELS if level.startswith("L"))
_DEFAULT_LEVEL = "L3"


def register() -> None:
    """Register the numbers of every clinical measure, named ``measure.quantity``, once.

    The spinal levels by the published rule, in voxels, end in ``.voxels``; muscles are cut at each vertebra, and end in
    its name.
    """
    if any(one.clinical for one in measurement_list()):
        return
    for name in CATALOGUE:
        if name != _OF_PAIRS:
            for quantity in quantities(name):
                if (name, quantity.name) not in _OF_BOTH_SIDES:
                    _register(quantity)


def _register(quantity: Quantity) -> None:
    name, of = f"{quantity.measure}.{quantity.name}", quantity.measure
    default = quantity.name in HEADLINES.get(of, ()) and of not in _NOT_BY_DEFAULT
    if of == "spinal-levels":
        _add(name, quantity, "", _by_distance, default)
        _add(f"{name}.voxels", quantity, ", by the rule in voxels", _by_voxels, False)
    elif of == "muscle-areas":
        for level in _AXIAL_LEVELS:
            _add(
                f"{name}.{level}",
                quantity,
                f" at {level}",
                partial(_at_level, level),
                default and level == _DEFAULT_LEVEL,
            )
    else:
        _add(name, quantity, "", _any, default)


def _any(value: Value) -> bool:
    return True


def _by_voxels(value: Value) -> bool:
    return value.variant.endswith("voxels")


def _by_distance(value: Value) -> bool:
    return not _by_voxels(value)


def _at_level(level: str, value: Value) -> bool:
    return value.level == level


def _add(name: str, quantity: Quantity, more: str, wanted: Callable[[Value], bool], default: bool) -> None:
    def function(measured: MeasuredMap) -> dict[int, Measure]:
        found = measured.clinical(quantity.measure)
        if isinstance(found, str):
            return {label: undefined(found) for label in measured.labels}
        return {
            one.label: one.measure
            for one in found
            if one.label is not None and one.quantity == quantity.name and wanted(one)
        }

    measurement(
        name,
        title=f"{quantity.title}{more}",
        unit=quantity.unit,
        ratio_scale=quantity.ratio_scale,
        default=default,
        clinical=quantity.measure,
    )(function)
