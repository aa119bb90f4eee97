"""Reading protocols: from the library's TOML files, and back from what a study stored."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from protocols.errors import ProtocolError
from protocols.image_sections import read_display, read_layout, read_layouts, read_volumes
from protocols.label_sections import SHORT_NAME, read_files, read_labels, read_options
from protocols.names import FIGURES, FORMAT, MEASURES, STATISTICS
from protocols.network_sections import read_gate, read_models
from protocols.plan_sections import (
    default_tensor,
    read_check,
    read_published,
    read_rating,
    read_reads,
    read_tensor,
    read_tracking,
)
from protocols.protocol import Protocol
from protocols.reading import Table
from protocols.source_lines import key_lines

LIBRARY = Path(__file__).parent / "library"
STORED = "stored protocol"
LARGEST_FILE = 1_000_000

_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")


def list_protocols() -> tuple[Protocol, ...]:
    """Return every protocol of the library, by name.

    Raises
    ------
    ProtocolError
        Where a file of the library is wrong.
    """
    return tuple(load(path.stem) for path in sorted(LIBRARY.glob("*.toml")))


@cache
def load(name: str) -> Protocol:
    """Load a protocol of the library.

    Parameters
    ----------
    name : str
        File name without ``.toml``, such as ``"rootlets"``.

    Returns
    -------
    Protocol

    Raises
    ------
    ProtocolError
        Where there is no such protocol, or its file is wrong.
    """
    known = sorted(path.stem for path in LIBRARY.glob("*.toml"))
    if name not in known:
        raise ProtocolError("protocol library", "", repr(name), f"one of {', '.join(known)}")
    return load_file(LIBRARY / f"{name}.toml")


def load_file(path: Path) -> Protocol:
    """Load a protocol file, whose name must be the protocol's.

    Raises
    ------
    ProtocolError
        With file, line, key, what came and what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProtocolError(path.name, "", f"an unreadable file ({error})", "a TOML file") from error
    protocol = loads(text, path.name)
    if protocol.name != path.stem:
        line = key_lines(text).get("name")
        raise ProtocolError(path.name, "name", repr(protocol.name), f"the file's name {path.stem!r}", line)
    return protocol


def loads(text: str, source: str) -> Protocol:
    """Read a protocol from the text of a file.

    Parameters
    ----------
    text : str
        TOML.
    source : str
        What it is called in messages.

    Raises
    ------
    ProtocolError
        With line, key, what came and what was expected.
    """
    if len(text) > LARGEST_FILE:
        raise ProtocolError(source, "", f"{len(text)} characters", f"a protocol file of {LARGEST_FILE} at most")
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _LINE.search(str(error))
        why = _LINE.sub("", str(error)).rstrip(".")
        line = int(place[1]) if place else None
        raise ProtocolError(source, "", f"an unreadable file ({why})", "a TOML file", line) from error
    return _protocol(Table(source, "", content, key_lines(text)))


def from_json(stored: Mapping[str, Any]) -> Protocol:
    """Rebuild a protocol from :meth:`Protocol.to_json`, checked like a file.

    Raises
    ------
    ProtocolError
        Where the stored data is no protocol.
    """
    return _protocol(Table(STORED, "", stored))


def _protocol(table: Table) -> Protocol:
    written = table.integer("format", 1, 1000) if table.has("format") else 1
    if written > FORMAT:
        raise table.error("format", f"{FORMAT} or less; update Radicula to use this file")
    name = table.text("name")
    if not SHORT_NAME.fullmatch(name):
        raise table.error("name", "lower-case letters, digits and dashes")
    volumes = read_volumes(table)
    roles = tuple(role.name for role in volumes)
    labelled = tuple(role.name for role in volumes if role.labelled)
    options = read_options(table.tables("options"))
    labels = read_labels(table, options, labelled)
    layouts = read_layouts(table.tables("layouts"), roles)
    model, models = read_models(table, roles)
    groups = tuple(dict.fromkeys(label.group for label in labels if label.group))
    protocol = Protocol(
        format=FORMAT,
        name=name,
        version=table.integer("version", 1, 1_000_000),
        title=table.text("title"),
        summary=table.text("summary"),
        reference=table.text("reference", empty=True),
        measures=table.texts("measures", choices=MEASURES),
        files=read_files(table.table("files")),
        display=read_display(table.table("display") if table.has("display") else None),
        options=options,
        labels=labels,
        volumes=volumes,
        layout=read_layout(table.table("layout"), layouts),
        layouts=layouts,
        model=model,
        models=models,
        tensor=read_tensor(table.table("tensor")) if table.has("tensor") else default_tensor(volumes),
        tracking=read_tracking(table.table("tracking")) if table.has("tracking") else None,
        statistics=table.texts("statistics", choices=STATISTICS, empty=True) if table.has("statistics") else (),
        figures=table.texts("figures", choices=FIGURES, empty=True) if table.has("figures") else (),
        reads=read_reads(table.table("reads")) if table.has("reads") else None,
        gate=read_gate(table.table("gate")) if table.has("gate") else None,
        ratings=tuple(read_rating(one) for one in table.tables("ratings")),
        checks=tuple(read_check(one, groups) for one in table.tables("checks")),
        published=tuple(read_published(one, labels) for one in table.tables("published")),
    )
    table.done()
    return protocol
