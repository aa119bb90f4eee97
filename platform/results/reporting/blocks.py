"""What a report consists of, before it is HTML or PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from results.reporting.numbers import Number, Span

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Part = str | Number | Span
Cell = Part | tuple[Part, ...]
"""What stands in a cell or a sentence: parts of a tuple follow each other without a space."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` is set bold before it."""

    parts: tuple[Part, ...]
    lead: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: numbers are set to the right, `code` (ids, hashes) in a fixed width."""

    title: str
    numeric: bool = False
    code: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption above and what its columns mean below."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart that matplotlib draws when it is set; `alt` says what it shows to who can't see it."""

    caption: str
    alt: str
    draw: Callable[[], Drawing]


@dataclass(frozen=True)
class Picture:
    """A picture as PNG, with its size in pixels."""

    caption: str
    alt: str
    png: bytes
    size: tuple[int, int]


Block = Paragraph | Bullets | Table | Figure | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `parts` are its subsections."""

    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self.blocks and all(part.is_empty for part in self.parts)


def paragraph(*parts: Part, lead: str = "") -> Paragraph:
    """A paragraph of parts."""
    return Paragraph(tuple(parts), lead)


def cell_text(cell: Cell) -> str:
    """A cell as plain text."""
    parts = cell if isinstance(cell, tuple) else (cell,)
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns by their titles: `#` before a title makes it numeric, `$` code."""
    return tuple(Column(title.lstrip("#$"), title.startswith("#"), title.startswith("$")) for title in titles)
