"""What differs between two versions of a protocol, in words, and which changes would alter what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "changed"]

_LISTS: Mapping[str, tuple[str, str]] = {
    "options": ("name", "option"),
    "labels": ("value", "label"),
    "volumes": ("name", "image role"),
    "layouts": ("name", "layout"),
    "models": ("name", "network"),
    "ratings": ("name", "rating"),
    "checks": ("name", "check"),
    "published": ("name", "published figure"),
}
"""Sections of entries: the key that names one, and what one is called."""

_NAMES: Mapping[str, str] = {"measures": "measure", "statistics": "statistic", "figures": "figure"}
_TABLES = ("files", "display", "layout", "model", "tensor", "tracking", "reads", "gate")
_TEXTS = ("title", "summary", "reference")
_MEANING = ("name", "side", "level", "group")
_LONGEST = 60


@dataclass(frozen=True)
class Change:
    """A difference.

    Attributes
    ----------
    part : str
        Section of the file: ``labels``, ``measures``, ``models`` ...
    kind : {"added", "removed", "changed"}
        What happened.
    name : str
        Of which entry or key.
    text : str
        One phrase for people.
    """

    part: str
    kind: Kind
    name: str
    text: str


def protocol_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Tell two versions of a protocol apart.

    Parameters
    ----------
    old, new : mapping
        As :meth:`protocols.protocol.Protocol.to_json` gives them.

    Returns
    -------
    tuple of Change
        Section by section: labels, measures and networks as entries by name, settings key by key. A change of the order
        alone is none.
    """
    found: list[Change] = []
    for part in _TEXTS:
        found += _of_value(part, part, old.get(part), new.get(part))
    for part, (key, word) in _LISTS.items():
        found += _of_list(part, key, word, old.get(part, ()), new.get(part, ()))
    for part, word in _NAMES.items():
        found += _of_names(part, word, old.get(part, ()), new.get(part, ()))
    for part in _TABLES:
        found += _of_table(part, old.get(part) or {}, new.get(part) or {})
    return tuple(found)


def broken_labels(old: Mapping[str, Any], new: Mapping[str, Any], used: Mapping[int, int]) -> tuple[str, ...]:
    """Tell which stored labels would mean something else under a new version.

    Parameters
    ----------
    old, new : mapping
        As for :func:`protocol_changes`.
    used : mapping of int to int
        Label value to how many label maps hold it.

    Returns
    -------
    tuple of str
        A sentence for each label that is in use and is gone, or whose name, side, level or group is another.
    """
    before, after = _by(old.get("labels", ()), "value"), _by(new.get("labels", ()), "value")
    found = []
    for value, count in sorted(used.items()):
        was, now = before.get(str(value)), after.get(str(value))
        if was is None:
            continue
        maps = f"{count} label map{'s' if count != 1 else ''}"
        if now is None:
            found.append(f"Label {value} ({was['name']}) is gone, and {maps} hold it.")
            continue
        for key in _MEANING:
            if was.get(key, "") != now.get(key, ""):
                found.append(
                    f"Label {value} ({was['name']}): its {key} was {_shown(was.get(key, ''))} and would be "
                    f"{_shown(now.get(key, ''))}, and {maps} hold it."
                )
    return tuple(found)


def broken_roles(new: Mapping[str, Any], used: Mapping[str, tuple[int, bool]]) -> tuple[str, ...]:
    """Tell which stored images would lose their place under a new version.

    Parameters
    ----------
    new : mapping
        As for :func:`protocol_changes`.
    used : mapping of str to (int, bool)
        Role to how many images have it, and whether some of them are labelled.
    """
    after = _by(new.get("volumes", ()), "name")
    found = []
    for role, (count, labelled) in sorted(used.items()):
        images = f"{count} image{'s' if count != 1 else ''}"
        if role not in after:
            found.append(f"The image role {role} is gone, and {images} have it.")
        elif labelled and not after[role].get("labelled"):
            found.append(f"Images of the role {role} would not be labelled any more, and {images} have labels.")
    return tuple(found)


def _by(entries: Sequence[Mapping[str, Any]], key: str) -> dict[str, Mapping[str, Any]]:
    """Entries by name; those of one name (checks of two groups) are told apart by their place among them."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        name, number = str(entry[key]), 2
        while name in found:
            name, number = f"{entry[key]} ({number})", number + 1
        found[name] = entry
    return found


def _of_list(
    part: str, key: str, word: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    before, after = _by(old, key), _by(new, key)
    for name, entry in before.items():
        title = _title(name, entry)
        if name not in after:
            yield Change(part, "removed", name, f"{word} {title} is gone")
            continue
        for inner in dict.fromkeys((*entry, *after[name])):
            was, now = entry.get(inner), after[name].get(inner)
            if was != now:
                yield Change(part, "changed", name, f"{word} {title}: {_words(inner)} {_from_to(was, now)}")
    for name, entry in after.items():
        if name not in before:
            yield Change(part, "added", name, f"{word} {_title(name, entry)} is new")


def _of_names(part: str, word: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for name in old:
        if name not in new:
            yield Change(part, "removed", name, f"{word} {name} is gone")
    for name in new:
        if name not in old:
            yield Change(part, "added", name, f"{word} {name} is new")


def _of_table(part: str, old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        name = f"{path}{key}"
        if isinstance(was, Mapping) or isinstance(now, Mapping):
            yield from _of_table(part, was or {}, now or {}, f"{name}.")
        else:
            yield from _of_value(part, name, was, now)


def _of_value(part: str, name: str, was: Any, now: Any) -> list[Change]:
    if was == now:
        return []
    kind: Kind = "added" if was is None else "removed" if now is None else "changed"
    where = _words(name) if part == name else f"{part}: {_words(name)}"
    return [Change(part, kind, name, f"{where} {_from_to(was, now)}")]


def _from_to(was: Any, now: Any) -> str:
    if was is None:
        return f"is {_shown(now)}, and was not there"
    return f"is gone, and was {_shown(was)}" if now is None else f"was {_shown(was)} and is {_shown(now)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(_shown(one) for one in value)
    else:
        text = str(value)
    if not text:
        return "none"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _title(name: str, entry: Mapping[str, Any]) -> str:
    shown = entry.get("name", name) if str(entry.get("name", name)) == name else f"{name} ({entry['name']})"
    return str(shown)


def _words(key: str) -> str:
    return key.replace("_", " ")
