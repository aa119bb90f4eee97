"""What every stage of a re-run works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from access.errors import Conflict
from access.models import Study, User
from annotation.models import Case
from protocols.protocol import Protocol
from radicula.rerun.journal import Journal
from radicula.rerun.sizes import RerunSize

Say = Callable[[str], None]
"""Takes one line of progress."""

RATERS = ("simulated-rater-1", "simulated-rater-2")
LEAD, REVIEWER, ENGINEER = "simulated-lead", "simulated-reviewer", "simulated-engineer"
"""Accounts of their own, without a password: what a simulation draws must not stand under a person's name."""


@dataclass(frozen=True)
class RerunOrder:
    """What is asked for.

    Attributes
    ----------
    protocol : Protocol
        Of the library.
    size : RerunSize
        How large.
    folder : Path
        Where everything goes.
    seed : int
        Of phantoms, raters and trainings.
    subjects : int
        Phantoms; 0 with images of one's own.
    data : Path or None
        A BIDS tree with labels, in the place of phantoms.
    """

    protocol: Protocol
    size: RerunSize
    folder: Path
    seed: int = 0
    subjects: int = 0
    data: Path | None = None

    def to_json(self) -> dict[str, str | int]:
        """What a later attempt has to repeat."""
        return {
            "protocol": self.protocol.name,
            "protocol_version": self.protocol.version,
            "size": self.size.name,
            "steps": self.size.steps,
            "networks": self.size.candidates,
            "subjects": self.subjects,
            "seed": self.seed,
            "data": str(self.data.absolute()) if self.data is not None else "phantoms",
        }


@dataclass
class Rerun:
    """A re-run under way."""

    order: RerunOrder
    journal: Journal
    say: Say

    @property
    def protocol(self) -> Protocol:
        """The protocol that is run again."""
        return self.order.protocol

    @property
    def size(self) -> RerunSize:
        """How large it is."""
        return self.order.size

    @property
    def simulated(self) -> bool:
        """Whether images and raters are simulated."""
        return self.order.data is None

    @property
    def dataset(self) -> Path:
        """The images."""
        return self.order.data if self.order.data is not None else self.order.folder / "cohort"

    @property
    def truth(self) -> Path:
        """True label maps of the phantoms: beside the dataset, so that no import takes them for a rater's."""
        return self.order.folder / "truth"

    @property
    def slug(self) -> str:
        """The address of the study."""
        return f"rerun-{self.protocol.name}-{self.order.seed}"

    @cached_property
    def study(self) -> Study:
        """The study.

        Raises
        ------
        Conflict
            If it is gone.
        """
        study = Study.objects.filter(slug=self.slug).first()
        if study is None:
            raise Conflict(f"The study '{self.slug}' is not in this database; choose a new folder, and begin again.")
        return study

    def user(self, name: str) -> User:
        """One of the accounts of the re-run."""
        return User.objects.get(username=name)

    @property
    def test_cases(self) -> Sequence[Case]:
        """The cases of the frozen test set."""
        return list(Case.objects.filter(study=self.study, subject__in_test_set=True).select_related("subject"))
