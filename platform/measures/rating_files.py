"""Ratings from a table in a file."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from measures.ratings import RatingTable, table_from_records

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})


def read_ratings(path: Path | str, targets: str, raters: str, ratings: str) -> RatingTable:
    """Read one rating per row.

    Parameters
    ----------
    path : path-like
        CSV (comma or semicolon) or TSV, UTF-8, with a header line.
    targets, raters, ratings : str
        Names of the columns with the target, the rater and the number. An empty cell, ``NA``, ``n/a`` or ``nan`` is a
        missing read.

    Returns
    -------
    RatingTable

    Raises
    ------
    ValueError
        Where a column is missing (those there are named), a rating is no number or infinite (the line is named), a
        name is empty, or a rater rates a target twice.
    OSError
        Where the file can't be read.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 text; save the table as CSV in UTF-8.") from error
    header = text.partition("\n")[0]
    delimiter = max("\t;,", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = columns
        for wanted in (targets, raters, ratings):
            if wanted not in columns:
                there = ", ".join(columns) or "none"
                raise ValueError(f"{path.name} has no column {wanted!r}; its columns are: {there}.")
        records = [_record(row, (targets, raters, ratings), path.name, reader.line_num) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{path.name} is no well-formed table, near line {reader.line_num + 1}: {error}.") from error
    if not records:
        raise ValueError(f"{path.name} has a header and no rows; one rating per row is expected.")
    try:
        return table_from_records(records)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _record(
    row: dict[str, str | None], columns: tuple[str, str, str], name: str, line: int
) -> tuple[str, str, float | None]:
    target, rater, cell = ((row.get(column) or "").strip() for column in columns)
    if not target or not rater:
        raise ValueError(f"{name}, line {line}: a row names its {columns[0]} and its {columns[1]}; one is empty.")
    if cell.lower() in MISSING:
        return target, rater, None
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{name}, line {line}: {columns[2]} is a finite number with a decimal point; {cell!r} came.")
    return target, rater, value
