"""Tables of clinical measures: named columns with units, rows whose empty cells say why."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from measures.result import Measure
from mri.labels import LabelMap

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        As in the CSV header.
    unit : str
        ``"mm"``, ``"cm2"``, ``"deg"`` ...; empty for names and plain numbers.
    meaning : str
        One phrase.
    """

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    cells : dict of str to str, int, float or None
        Column name to value; None where it is undefined.
    undefined : dict of str to str
        Column name to the reason, for every None.
    """

    cells: Mapping[str, Cell]
    undefined: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        empty = {name for name, cell in self.cells.items() if cell is None}
        if empty != set(self.undefined):
            raise ValueError(f"Each empty cell has a reason and no other has; {sorted(empty ^ set(self.undefined))}.")


@dataclass(frozen=True, eq=False)
class MeasureTable:
    """What a clinical measure found.

    Attributes
    ----------
    measure : str
        Its name in the catalogue.
    columns : tuple of Column
        In the order of the CSV.
    rows : tuple of Row
        Every row has every column.
    findings : tuple of str
        What a reader must know about this case: sides swapped, levels out of order, a slice missed.
    notes : tuple of str
        How it was computed, and what it must not be used for.
    details : dict
        Inputs and results that no table holds, as plain JSON data.
    label_map : LabelMap or None
        A label map that the measure made, such as the spinal levels.
    """

    measure: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    label_map: LabelMap | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for row in self.rows:
            if list(row.cells) != names:
                raise ValueError(f"{self.measure}: a row has the columns {', '.join(names)}; {list(row.cells)} came.")

    def to_json(self) -> dict[str, Any]:
        """Return columns with units, rows with the reasons of their empty cells, findings, notes and details."""
        return {
            "measure": self.measure,
            "columns": [{"name": c.name, "unit": c.unit, "meaning": c.meaning} for c in self.columns],
            "rows": [dict(row.cells) | {"undefined": dict(row.undefined)} for row in self.rows],
            "findings": list(self.findings),
            "notes": list(self.notes),
            "details": dict(self.details),
        }

    @staticmethod
    def rows_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
        """Return the rows that `to_json` has written."""
        return tuple(
            Row({name: cell for name, cell in one.items() if name != "undefined"}, one["undefined"]) for one in rows
        )

    def to_csv(self) -> str:
        """Return the table as CSV with a header line; an undefined cell is empty, and its reason is not in it."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows:
            writer.writerow(["" if cell is None else cell for cell in row.cells.values()])
        return text.getvalue()


def row(cells: Mapping[str, Cell | Measure]) -> Row:
    """Make a row from values and measures; an undefined measure takes its reason along."""
    values: dict[str, Cell] = {}
    reasons: dict[str, str] = {}
    for name, cell in cells.items():
        if isinstance(cell, Measure):
            values[name] = cell.value
            if cell.undefined is not None:
                reasons[name] = cell.undefined
        else:
            values[name] = cell
    return Row(values, reasons)


def columns(*described: tuple[str, str, str]) -> tuple[Column, ...]:
    """Make columns from (name, unit, meaning)."""
    return tuple(Column(*one) for one in described)


def checked_options(given: Mapping[str, Any], known: Sequence[str], measure: str) -> None:
    """Refuse options that a measure doesn't have.

    Raises
    ------
    ValueError
        Naming the unknown ones and those that there are.
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        there_are = f"there are {', '.join(known)}" if known else "there are none"
        raise ValueError(f"{measure} has no option {', '.join(unknown)}; {there_are}.")
