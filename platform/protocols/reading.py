"""Typed reading of a table, with errors that name the file and the key."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from protocols.errors import ProtocolError
from protocols.source_lines import line_of


@dataclass
class Table:
    """A table of a protocol file, read key by key.

    Parameters
    ----------
    source : str
        The file, for messages.
    path : str
        Where the table is in it; empty for the file itself.
    content : mapping
        The table.
    lines : mapping of str to int
        Line of each key in the file, by path; empty where there is no file.
    """

    source: str
    path: str
    content: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    def error(self, key: str, expected: str) -> ProtocolError:
        """Return the error that a key holds something else than expected."""
        came = repr(self.content[key]) if key in self.content else "nothing"
        return self.refusal(key, came, expected)

    def refusal(self, key: str, came: str, expected: str) -> ProtocolError:
        """Return an error in one's own words; an empty key is the table as a whole."""
        path = self._at(key) if key else self.path
        return ProtocolError(self.source, path, came, expected, line_of(path, self.lines))

    def text(self, key: str, *, empty: bool = False) -> str:
        """Read a text; it may be empty only where ``empty`` says so."""
        value = self._take(key, "a text")
        if not isinstance(value, str) or not (value.strip() or empty):
            raise self.error(key, "a text" if empty else "a text that is not empty")
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """Read one of some texts."""
        expected = f"one of {', '.join(choices)}"
        value = self._take(key, expected)
        if value not in choices:
            raise self.error(key, expected)
        return str(value)

    def boolean(self, key: str) -> bool:
        """Read true or false."""
        value = self._take(key, "true or false")
        if not isinstance(value, bool):
            raise self.error(key, "true or false")
        return value

    def flag(self, key: str) -> bool:
        """Read true or false; a missing key is false."""
        return self.boolean(key) if self.has(key) else False

    def ignore(self, key: str) -> None:
        """Count a key as read."""
        self._read.add(key)

    def integer(self, key: str, low: int, high: int) -> int:
        """Read a whole number from ``low`` to ``high``."""
        expected = f"a whole number from {low} to {high}"
        value = self._take(key, expected)
        if not _is_integer(value) or not low <= value <= high:
            raise self.error(key, expected)
        return int(value)

    def number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        """Read a finite number from ``low`` to ``high``."""
        bounds = "" if math.isinf(low) and math.isinf(high) else f" from {low:g} to {high:g}"
        value = self._take(key, f"a number{bounds}")
        if not _is_number(value) or not low <= value <= high:
            raise self.error(key, f"a number{bounds}")
        return float(value)

    def texts(self, key: str, *, choices: tuple[str, ...] = (), empty: bool = False) -> tuple[str, ...]:
        """Read a list of different texts, of the given choices where there are some."""
        expected = "a list of different texts" + (f" out of {', '.join(choices)}" if choices else "")
        value = self._take(key, expected)
        good = isinstance(value, list | tuple) and all(isinstance(v, str) and v for v in value)
        if not good or len(set(value)) != len(value) or not (value or empty):
            raise self.error(key, expected)
        if choices and not set(value) <= set(choices):
            unknown = ", ".join(repr(v) for v in value if v not in choices)
            raise self.refusal(key, unknown, expected)
        return tuple(value)

    def integers(self, key: str, low: int, high: int, *, length: int | None = None) -> tuple[int, ...]:
        """Read a list of whole numbers from ``low`` to ``high``."""
        expected = f"a list of {f'{length} ' if length else ''}whole numbers from {low} to {high}"
        value = self._take(key, expected)
        good = isinstance(value, list | tuple) and all(_is_integer(v) and low <= v <= high for v in value)
        if not good or (len(value) != length if length else len(value) == 0):
            raise self.error(key, expected)
        return tuple(int(v) for v in value)

    def numbers(self, key: str, low: float, high: float, *, length: int) -> tuple[float, ...]:
        """Read a list of numbers from ``low`` to ``high``."""
        expected = f"a list of {length} numbers from {low:g} to {high:g}"
        value = self._take(key, expected)
        good = isinstance(value, list | tuple) and all(_is_number(v) and low <= v <= high for v in value)
        if not good or len(value) != length:
            raise self.error(key, expected)
        return tuple(float(v) for v in value)

    def has(self, key: str) -> bool:
        """Tell whether an optional key is there."""
        return key in self.content

    def table(self, key: str) -> Table:
        """Read a table within this one."""
        value = self._take(key, "a table")
        if not isinstance(value, Mapping):
            raise self.error(key, "a table")
        return Table(self.source, self._at(key), value, self.lines)

    def tables(self, key: str) -> list[Table]:
        """Read a list of tables; a missing key is an empty list."""
        value = self.content.get(key, [])
        self._read.add(key)
        if not isinstance(value, list | tuple) or not all(isinstance(v, Mapping) for v in value):
            raise self.error(key, "a list of tables")
        return [Table(self.source, f"{self._at(key)}[{n}]", v, self.lines) for n, v in enumerate(value)]

    def done(self) -> None:
        """Refuse keys that nobody has read: a misspelt key must not be silently without effect."""
        for key in self.content:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                raise self.refusal(key, "an unknown key", f"one of {known}")

    def _take(self, key: str, expected: str) -> Any:
        self._read.add(key)
        if key not in self.content:
            raise self.error(key, expected)
        return self.content[key]

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
