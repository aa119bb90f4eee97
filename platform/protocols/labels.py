"""What is labelled: the values of the label map and the names of its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", "both", "midline"]


@dataclass(frozen=True)
class Label:
    """A value of the label map.

    Attributes
    ----------
    value : int
        1 to 65535; it is never renumbered.
    name : str
        On screen.
    colour : str
        ``#RRGGBB``.
    side : {"left", "right", "both", "midline"}
        Anatomical side.
    level : str
        Spinal or vertebral level, empty where there is none.
    group : str
        Kind of structure, such as ``disc`` or ``muscle``; empty where all are of a kind.
    optional : bool
        Whether a case is complete without it: it may lie outside the field of view.
    option : str
        The option that brings it in; empty for a label that every study of the protocol has.
    roles : tuple of str
        The volumes on which it is drawn; empty for every labelled one.
    """

    value: int
    name: str
    colour: str
    side: Side
    level: str
    group: str = ""
    optional: bool = False
    option: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelOption:
    """A choice that is made when a study is made: more labels, or fewer.

    Attributes
    ----------
    name, title, summary : str
        Name in the file, name on screen, and what it brings.
    default : bool
        Whether it is chosen at first.
    """

    name: str
    title: str
    summary: str
    default: bool


@dataclass(frozen=True)
class LabelFiles:
    """How label files are named.

    Attributes
    ----------
    label : str
        Value of ``label-`` in files that we write.
    suffix : str
        Their suffix, ``dseg``, ``seg`` or ``mask``.
    accepted_labels : tuple of str
        Values of ``label-`` that are imported, compared without regard to case.
    bare_suffixes : tuple of str
        Suffixes that are imported where a name has no ``label-``.
    """

    label: str
    suffix: str
    accepted_labels: tuple[str, ...]
    bare_suffixes: tuple[str, ...]
