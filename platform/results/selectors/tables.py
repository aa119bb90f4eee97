"""Choosing and sorting rows and readings by a query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from access.errors import InvalidInput


@dataclass(frozen=True)
class Wanted:
    """What of a list is wanted; None: all of it.

    Attributes
    ----------
    case : str or None
        Id of a case.
    label, pair, reader : int or None
        A label's value; places in the document's pairs and readers.
    sort : str
        A metric or measurement, with a minus from the highest; empty for the stored order.
    """

    case: str | None = None
    label: int | None = None
    pair: int | None = None
    reader: int | None = None
    sort: str = ""


def wanted_from(query: Mapping[str, str]) -> Wanted:
    """Read the parameters of an address.

    Raises
    ------
    InvalidInput
        Where a number is none.
    """
    numbers: dict[str, int | None] = {}
    for name in ("label", "pair", "reader"):
        text = query.get(name)
        if text and not text.isdecimal():
            raise InvalidInput(f"{name} is a whole number; '{text}' came.", {name: ["A whole number."]})
        numbers[name] = int(text) if text else None
    return Wanted(case=query.get("case") or None, sort=query.get("sort") or "", **numbers)


def chosen(entries: Sequence[dict[str, Any]], wanted: Wanted) -> list[dict[str, Any]]:
    """Return the entries that are wanted, in the order that is wanted; undefined values come last either way."""
    found = [one for one in entries if _matches(one, wanted)]
    name = wanted.sort.removeprefix("-")
    if not name:
        return found
    defined = [one for one in found if _value(one, name) is not None]
    defined.sort(key=lambda one: _value(one, name) or 0.0, reverse=wanted.sort.startswith("-"))
    return defined + [one for one in found if _value(one, name) is None]


def _matches(one: Mapping[str, Any], wanted: Wanted) -> bool:
    readers = (one["reader_a"], one["reader_b"]) if "pair" in one else (one["reader"],)
    return (
        (wanted.case is None or one["case"]["id"] == wanted.case)
        and (wanted.label is None or one["label"] == wanted.label)
        and (wanted.pair is None or one.get("pair") == wanted.pair)
        and (wanted.reader is None or wanted.reader in readers)
    )


def _value(one: Mapping[str, Any], name: str) -> float | None:
    value = one.get("values", one).get(name)
    return value if isinstance(value, int | float) else None
