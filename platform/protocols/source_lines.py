"""Where each key of a TOML text stands: the reader of the standard library keeps no line numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_STRING = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\])*\"|'[^']*'", re.DOTALL)


def key_lines(text: str) -> dict[str, int]:
    """Return the line of each table and key.

    Parameters
    ----------
    text : str
        A TOML text without errors.

    Returns
    -------
    dict of str to int
        Line, from 1, by path, such as ``labels[2].colour``. Keys within an inline table are not listed: theirs is the
        line of the key that holds it.
    """
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    inside, depth, ending = "", 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if ending:
            ending = "" if ending in line else ending
            continue
        if depth == 0 and (header := _HEADER.match(line)):
            inside = _table_path(header[2], header[1] == "[[", counts)
            lines.setdefault(inside, number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            name = ".".join(part.strip().strip("\"'") for part in key[1].split("."))
            lines.setdefault(f"{inside}.{name}" if inside else name, number)
        bare = _STRING.sub("", line)
        ending = next((quotes for quotes in ('"""', "'''") if quotes in bare), "")
        bare = bare.split("#")[0]
        depth = max(0, depth + sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}"))
    return lines


def line_of(key: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a key, or of the nearest table around it that has one; None where there is none."""
    path = key
    while path:
        if path in lines:
            return lines[path]
        path = re.sub(r"(?:\[\d+\]|\.?[^.\[\]]+)$", "", path)
    return None


def _table_path(written: str, is_list: bool, counts: dict[str, int]) -> str:
    parts = [part.strip().strip("\"'") for part in written.split(".")]
    path = ""
    for place, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        last = place == len(parts) - 1
        if last and is_list:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path
