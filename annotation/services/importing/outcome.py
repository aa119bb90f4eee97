"""What became of each file of an import."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What became of a file."""

    IMAGE = "image"
    LABEL = "label"
    UNCHANGED = "unchanged"
    KEPT_ASIDE = "kept aside"
    SKIPPED = "skipped"


class FileRefused(Exception):
    """A file that can't be taken, with the reason in words. The rest of the dataset goes in."""


@dataclass(frozen=True)
class FileOutcome:
    """A file and what became of it."""

    path: str
    outcome: Outcome
    reason: str = ""


@dataclass
class ImportReport:
    """What became of a dataset, file by file, in the order of work."""

    files: list[FileOutcome] = field(default_factory=list)

    def add(self, path: str, outcome: Outcome, reason: str = "") -> None:
        """Note a file."""
        self.files.append(FileOutcome(path, outcome, reason))

    def counts(self) -> dict[str, int]:
        """How many files had each outcome."""
        counted = Counter(file.outcome for file in self.files)
        return {
            "images": counted[Outcome.IMAGE],
            "labels": counted[Outcome.LABEL],
            "unchanged": counted[Outcome.UNCHANGED],
            "kept_aside": counted[Outcome.KEPT_ASIDE],
            "skipped": counted[Outcome.SKIPPED],
        }

    def to_json(self) -> dict[str, Any]:
        """The counts, and every file that was not simply taken or that there is something to say about."""
        apart = (Outcome.SKIPPED, Outcome.KEPT_ASIDE)
        told = [file for file in self.files if file.outcome in apart or file.reason]
        return {
            **self.counts(),
            "files": [{"path": file.path, "outcome": file.outcome.value, "reason": file.reason} for file in told],
        }
