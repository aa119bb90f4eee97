"""Tables of clinical measures as single numbers: each with the label that it is about, its side, level and unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from measures.clinical.catalogue import CATALOGUE
from measures.clinical.inputs import LabelMeaning
from measures.clinical.spinal_levels import LEVEL_NAMES
from measures.clinical.table import Cell, MeasureTable, Row
from measures.result import Measure

VERSION = 1
"""Goes into the key of every stored table: a change of a measure's definition or of its inputs is a new version."""

HEADLINES: Mapping[str, tuple[str, ...]] = {
    "spinal-levels": ("midpoint",),
    "region-diffusion": ("FA_mean", "MD_mean"),
    "index-error": ("slice_error_i",),
    "nerve-diffusion": ("FA_mean", "MD_mean"),
    "susceptibility": ("mean",),
    "disc-heights": ("mean_height",),
    "vertebral-heights": ("mid_height",),
    "spinal-angles": ("degrees",),
    "muscle-areas": ("area",),
    "loading": ("compression",),
}
"""What is looked at first of each measure."""

SIDES = ("left", "right")
_SIGNED_UNITS = frozenset({"deg", "slice", "cm"})
_SIGNED = frozenset(
    {
        ("susceptibility", "mean"),
        ("susceptibility", "median"),
        ("susceptibility", "centroid_x"),
        ("muscle-areas", "asymmetry"),
        ("loading", "shear"),
        ("loading", "moment"),
    }
)
_SHORT = {"pmj": "PMJ", "ap": "AP", "ml": "ML"}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "spinal-levels": ("spinal_level", "dilation"),
    "region-diffusion": ("scope", "slice", "label", "region"),
    "index-error": ("label", "region", "index"),
    "nerve-diffusion": ("label", "nerve", "side", "level"),
    "susceptibility": ("label", "side"),
    "disc-heights": ("disc",),
    "vertebral-heights": ("vertebra",),
    "spinal-angles": ("angle",),
    "muscle-areas": ("level", "muscle", "slice"),
    "loading": ("joint",),
}
"""Columns that say what a row is about."""

_SLICE = "slice"
"""The scope of a row that is of one slice alone."""


@dataclass(frozen=True)
class Quantity:
    """Something that a clinical measure gives a number for.

    Attributes
    ----------
    measure : str
        Name in the catalogue.
    name : str
        ``midpoint``, ``mean_height``, ``FA_mean`` ...
    title : str
        The name in words.
    unit : str
        Empty for a number without one.
    meaning : str
        One phrase.
    ratio_scale : bool
        Whether 0 means none of it, so that percentages and coefficients of variation mean something.
    """

    measure: str
    name: str
    title: str
    unit: str
    meaning: str
    ratio_scale: bool


@dataclass(frozen=True)
class Value:
    """A number of a table.

    Attributes
    ----------
    quantity : str
        See :attr:`Quantity.name`.
    item : str
        What it is about, in words: ``C5``, ``Disc L4/L5``, ``Dentate left``.
    label : int or None
        The label value that it is read off; None where there is none of that name.
    side, level : str
        Empty where there is none.
    variant : str
        What tells numbers of one quantity and item apart: a dilation rule, a diffusion index; mostly empty.
    measure : Measure
        The number, or why there is none.
    """

    quantity: str
    item: str
    label: int | None
    side: str
    level: str
    variant: str
    measure: Measure


@dataclass(frozen=True)
class _Place:
    item: str
    label: int | None = None
    side: str = ""
    level: str = ""
    variant: str = ""


_Placing = Callable[[Mapping[str, Cell], str, Sequence[LabelMeaning]], _Place]


def quantities(measure: str) -> tuple[Quantity, ...]:
    """Return what a clinical measure gives numbers for, in the order of its columns.

    Raises
    ------
    KeyError
        Where the catalogue has no such measure.
    """
    found: dict[str, Quantity] = {}
    for column in CATALOGUE[measure].columns:
        if column.name in _KEYS[measure]:
            continue
        name = _split(measure, column.name)[0]
        unit = column.unit if column.unit != "unit of the map" else ""
        signed = unit in _SIGNED_UNITS or (measure, name) in _SIGNED
        found.setdefault(name, Quantity(measure, name, _title(name), unit, column.meaning, not signed))
    return tuple(found.values())


def table_values(table: MeasureTable, meanings: Sequence[LabelMeaning]) -> tuple[Value, ...]:
    """Return the numbers of a table, one by one.

    Parameters
    ----------
    table : MeasureTable
        Of a measure in the catalogue. Rows of single slices are left out.
    meanings : sequence of LabelMeaning
        The labels that there are; empty gives values without a label.

    Returns
    -------
    tuple of Value
        Row by row, in the order of the columns.
    """
    rows = (one for one in table.rows if one.cells.get("scope") != _SLICE)
    return tuple(value for one in rows for value in _row_values(table.measure, one, meanings))


def has_slices(measure: str) -> bool:
    """Whether the tables of a measure have rows of single slices."""
    return "scope" in _KEYS[measure]


def slice_values(measure: str, rows: Iterable[Row], meanings: Sequence[LabelMeaning]) -> tuple[tuple[int, Value], ...]:
    """Return the numbers of single slices, which `table_values` leaves out.

    Parameters
    ----------
    measure : str
        Name in the catalogue.
    rows : iterable of Row
        Of a table of it.
    meanings : sequence of LabelMeaning
        The labels that there are.

    Returns
    -------
    tuple of (int, Value)
        The slice, numbered as in the table, and the number.
    """
    return tuple(
        (int(str(one.cells["slice"])), value)
        for one in rows
        if one.cells.get("scope") == _SLICE
        for value in _row_values(measure, one, meanings)
    )


def _row_values(measure: str, row: Row, meanings: Sequence[LabelMeaning]) -> Iterator[Value]:
    cells = row.cells
    keys = _KEYS[measure]
    for column, cell in cells.items():
        if column in keys:
            continue
        name, side = _split(measure, column)
        place = _PLACES[measure](cells, side, meanings)
        number = Measure(None, row.undefined[column]) if cell is None else Measure(float(cell))
        yield Value(name, place.item, place.label, place.side, place.level, place.variant, number)


def _split(measure: str, column: str) -> tuple[str, str]:
    """The quantity of a column, and the side that is in its name: muscles have a column for each."""
    if measure != "muscle-areas":
        return column, ""
    side, _, rest = column.partition("_")
    if side in SIDES:
        return {"": "area", "ap": "offset_ap", "ml": "offset_ml"}.get(rest, rest), side
    return {"mean": "mean_area"}.get(column, column), ""


def _title(name: str) -> str:
    words = " ".join(_SHORT.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


def _label_of(meanings: Sequence[LabelMeaning], *, level: str, group: str) -> int | None:
    return next((m.value for m in meanings if m.level == level and m.group == group), None)


def _of_level(cells: Mapping[str, Cell], _: str, meanings: Sequence[LabelMeaning]) -> _Place:
    value = int(str(cells["spinal_level"]))
    return _Place(LEVEL_NAMES[value], value, level=LEVEL_NAMES[value], variant=str(cells["dilation"]))


def _of_label(name: str) -> _Placing:
    def place(cells: Mapping[str, Cell], _: str, meanings: Sequence[LabelMeaning]) -> _Place:
        value = int(str(cells["label"]))
        known = next((m for m in meanings if m.value == value), None)
        item = str(cells[name]) if known is None else known.name
        side = str(cells.get("side") or (known.side if known else ""))
        level = str(cells.get("level") or (known.level if known else ""))
        return _Place(item, value, side if side in SIDES else "", level, str(cells.get("index") or ""))

    return place


def _of_group(
    column: str, group: str, word: str
) -> Callable[[Mapping[str, Cell], str, Sequence[LabelMeaning]], _Place]:
    def place(cells: Mapping[str, Cell], _: str, meanings: Sequence[LabelMeaning]) -> _Place:
        level = str(cells[column])
        return _Place(f"{word}{level}", _label_of(meanings, level=level, group=group), level=level)

    return place


def _of_angle(cells: Mapping[str, Cell], _: str, meanings: Sequence[LabelMeaning]) -> _Place:
    item = str(cells["angle"])
    upper, _dash, lower = item.removeprefix("lordosis ").partition("-")
    if item.startswith("lordosis"):
        return _Place(f"Lordosis {upper}-{lower}", _label_of(meanings, level=upper, group="vertebra"), level=upper)
    disc = f"{upper}/{lower}"
    return _Place(f"Segment {disc}", _label_of(meanings, level=disc, group="disc"), level=disc)


def _of_muscle(cells: Mapping[str, Cell], side: str, meanings: Sequence[LabelMeaning]) -> _Place:
    name, level = str(cells["muscle"]), str(cells["level"])
    of_name = [m for m in meanings if m.group == "muscle" and m.structure == name]
    label = next((m.value for m in of_name if m.side == side), None)
    item = f"{name[:1].upper()}{name[1:]}{f' {side}' if side else ''}"
    return _Place(item, label, side, level)


_PLACES: Mapping[str, _Placing] = {
    "spinal-levels": _of_level,
    "region-diffusion": _of_label("region"),
    "index-error": _of_label("region"),
    "nerve-diffusion": _of_label("nerve"),
    "susceptibility": _of_label("side"),
    "disc-heights": _of_group("disc", "disc", "Disc "),
    "vertebral-heights": _of_group("vertebra", "vertebra", ""),
    "spinal-angles": _of_angle,
    "muscle-areas": _of_muscle,
    "loading": _of_group("joint", "disc", "Joint "),
}


def protocol_meanings(labels: Sequence[Mapping[str, Any]]) -> tuple[LabelMeaning, ...]:
    """Return what the labels of a protocol stand for, from the protocol as plain JSON data."""
    return tuple(
        LabelMeaning(
            int(one["value"]),
            str(one["name"]),
            str(one.get("side") or "both"),
            str(one.get("level") or ""),
            str(one.get("group") or ""),
        )
        for one in labels
    )
