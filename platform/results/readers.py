"""Whose label maps an analysis reads: raters' reads, model versions' proposals, another tool's maps. No Django here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ReaderType(StrEnum):
    """What kind of author a reader is."""

    RATER = "rater"
    MODEL = "model"
    TOOL = "tool"
    ACCEPTED = "accepted"


@dataclass(frozen=True, order=True)
class Reader:
    """An author of label maps, one map per volume.

    Attributes
    ----------
    type : ReaderType
        ``accepted`` is the reading that review accepted last, whoever's it is.
    name : str
        A rater's or tool's name; of a model version its id; empty for ``accepted``.
    read : int
        Which read of a rater; 1 for the others.
    """

    type: ReaderType
    name: str = ""
    read: int = 1

    def to_json(self) -> dict[str, Any]:
        """Return type, name and read."""
        return {"type": self.type.value, "name": self.name, "read": self.read}

    def describe(self, model_names: Mapping[str, str] | None = None) -> str:
        """Return what people call it."""
        if self.type is ReaderType.ACCEPTED:
            return "accepted reading"
        if self.type is ReaderType.MODEL:
            return (model_names or {}).get(self.name) or f"model {self.name[:8]}"
        if self.type is ReaderType.RATER and self.read > 1:
            return f"{self.name}, read {self.read}"
        return self.name


ALLOWED: dict[str, tuple[ReaderType, ...]] = {
    "inter_rater": (ReaderType.RATER,),
    "intra_rater": (ReaderType.RATER,),
    "human_model": (ReaderType.RATER, ReaderType.ACCEPTED, ReaderType.MODEL),
    "model_model": (ReaderType.RATER, ReaderType.ACCEPTED, ReaderType.MODEL),
    "external": (ReaderType.RATER, ReaderType.ACCEPTED, ReaderType.TOOL, ReaderType.MODEL),
    "rounds": (ReaderType.RATER, ReaderType.ACCEPTED, ReaderType.MODEL),
    "variability": tuple(ReaderType),
}
"""Who can be a reader in which kind of analysis."""


def reader_from_json(given: Mapping[str, Any]) -> Reader:
    """Return the reader that :meth:`Reader.to_json` describes."""
    return Reader(ReaderType(given["type"]), str(given.get("name", "")), int(given.get("read", 1)))


def reader_from_text(text: str) -> Reader:
    """Read ``rater:ada``, ``rater:ada:2``, ``model:<id>``, ``tool:sct`` or ``accepted``, as on a command line.

    Raises
    ------
    ValueError
        In words, where it is none of these.
    """
    kind, _, rest = text.partition(":")
    if kind not in {one.value for one in ReaderType} or bool(rest) == (kind == ReaderType.ACCEPTED):
        raise ValueError(f"a reader is rater:NAME, rater:NAME:READ, model:ID, tool:NAME or accepted; '{text}' came")
    if kind == ReaderType.RATER:
        name, _, read = rest.rpartition(":")
        if name and read.isdecimal() and int(read) > 0:
            return Reader(ReaderType.RATER, name, int(read))
    return Reader(ReaderType(kind), rest)
