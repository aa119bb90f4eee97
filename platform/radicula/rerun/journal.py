"""What of a re-run is done: kept in its folder after every step, so that an interrupted one goes on from there."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from access.errors import Conflict

NAME = "rerun.json"


@dataclass(frozen=True)
class StageDone:
    """A stage that came to its end.

    Attributes
    ----------
    name, title : str
        Its name, and what it does.
    seconds : float
        Wall-clock time of the attempt that finished it.
    said : str
        What came of it, in one line.
    """

    name: str
    title: str
    seconds: float
    said: str


class Journal:
    """The file of a re-run's folder that says what was asked for and how far it is.

    Parameters
    ----------
    folder : Path
        Of the re-run; it exists.
    asked : mapping
        What was asked for, as JSON.

    Raises
    ------
    Conflict
        If the folder holds a re-run that was asked for something else.
    """

    def __init__(self, folder: Path, asked: Mapping[str, Any]) -> None:
        self._path = folder / NAME
        self.asked = dict(asked)
        self._stages: dict[str, StageDone] = {}
        self.notes: dict[str, Any] = {}
        if self._path.is_file():
            self._read()

    def _read(self) -> None:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            asked, stages, notes = kept["asked"], kept["stages"], kept["notes"]
        except (ValueError, KeyError, TypeError) as error:
            raise Conflict(f"{self._path} can't be read as a re-run's journal; choose another folder.") from error
        other = sorted(name for name in {*asked, *self.asked} if asked.get(name) != self.asked.get(name))
        if other:
            told = "; ".join(f"{name} was {asked.get(name)!r} and is {self.asked.get(name)!r}" for name in other)
            raise Conflict(
                f"{self._path.parent} holds another re-run ({told}). Go on as it was, or choose a new folder."
            )
        self._stages = {row["name"]: StageDone(**row) for row in stages}
        self.notes = notes

    def stage(self, name: str) -> StageDone | None:
        """The stage, if it is done."""
        return self._stages.get(name)

    @property
    def stages(self) -> list[StageDone]:
        """Those that are done, in the order in which they were."""
        return list(self._stages.values())

    def finish(self, stage: StageDone) -> None:
        """Keep that a stage is done."""
        self._stages[stage.name] = stage
        self.write()

    def note(self, name: str, value: Any) -> None:
        """Keep something that a later attempt must know, at once."""
        self.notes[name] = value
        self.write()

    def write(self) -> None:
        """Replace the file in one step: a killed process leaves the old one or the new one."""
        content = {"asked": self.asked, "stages": [asdict(row) for row in self._stages.values()], "notes": self.notes}
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, self._path)
