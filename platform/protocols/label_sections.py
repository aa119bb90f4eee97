"""Reading what a protocol labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from protocols.labels import Label, LabelFiles, LabelOption, Side
from protocols.names import SIDES, SUFFIXES
from protocols.reading import Table

_BIDS_VALUE = re.compile(r"[A-Za-z0-9]+")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
SHORT_NAME = re.compile(r"[a-z][a-z0-9-]*")


def read_files(table: Table) -> LabelFiles:
    """Read ``[files]``."""
    label = table.text("label")
    if not _BIDS_VALUE.fullmatch(label):
        raise table.error("label", "letters and digits only, as BIDS has it")
    files = LabelFiles(
        label=label,
        suffix=table.choice("suffix", SUFFIXES),
        accepted_labels=table.texts("accepted_labels"),
        bare_suffixes=table.texts("bare_suffixes", choices=SUFFIXES, empty=True),
    )
    if label not in files.accepted_labels:
        raise table.error("accepted_labels", f"a list with {label!r} in it, so that our own files can be read back")
    table.done()
    return files


def read_options(tables: Sequence[Table]) -> tuple[LabelOption, ...]:
    """Read ``[[options]]``."""
    return tuple(_option(table) for table in tables)


def _option(table: Table) -> LabelOption:
    if not SHORT_NAME.fullmatch(table.text("name")):
        raise table.error("name", "lower-case letters, digits and dashes")
    option = LabelOption(
        name=table.text("name"),
        title=table.text("title"),
        summary=table.text("summary", empty=True),
        default=table.boolean("default"),
    )
    table.done()
    return option


def read_labels(table: Table, options: Sequence[LabelOption], roles: tuple[str, ...]) -> tuple[Label, ...]:
    """Read ``[[labels]]``: one or more, of which no two share a value, name or colour."""
    tables = table.tables("labels")
    labels: list[Label] = []
    for one in tables:
        label = _label(one, tuple(option.name for option in options), roles)
        for what in ("value", "name", "colour"):
            if any(getattr(label, what) == getattr(other, what) for other in labels):
                raise one.refusal(what, repr(getattr(label, what)), f"a {what} that no other label has")
        labels.append(label)
    if not labels:
        raise table.refusal("labels", "no label", "one label or more")
    if all(label.option for label in labels):
        raise table.refusal("labels", "nothing but labels of options", "one label or more that every study has")
    return tuple(labels)


def _label(table: Table, options: tuple[str, ...], roles: tuple[str, ...]) -> Label:
    colour = table.text("colour")
    if not _COLOUR.fullmatch(colour):
        raise table.error("colour", "a colour as #RRGGBB")
    label = Label(
        value=table.integer("value", 1, 65535),
        name=table.text("name"),
        colour=colour.upper(),
        side=cast(Side, table.choice("side", SIDES)),
        level=table.text("level", empty=True),
        group=table.text("group", empty=True) if table.has("group") else "",
        optional=table.flag("optional"),
        option=table.choice("option", ("", *options)) if table.has("option") else "",
        roles=table.texts("roles", choices=roles, empty=True) if table.has("roles") else (),
    )
    table.done()
    return label
