"""What a training would take now: worked out by `models_app.services.training`, judged by `remarks`, then frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from annotation.models import Volume
from models_app.fingerprint import Fingerprint
from models_app.models import ModelVersion
from models_app.selectors import AcceptedSample
from models_app.services.splitting import SubjectSplit
from models_app.specification import Specification, TrainingSettings


@dataclass(frozen=True)
class TrainingProposal:
    """What a training would take now.

    Attributes
    ----------
    specification, settings
        What the network sees, and how it learns.
    fingerprint : Fingerprint or None
        What the training images have in common; None without any.
    raters : list of str
        Whose labels are preferred.
    split : SubjectSplit
        Subjects by purpose.
    folds : list of list of str
        The subjects that each fold of a cross-validation holds out; empty for a plain training.
    samples : list of AcceptedSample
        The label versions, of all subjects of the split.
    inputs : dict of UUID to list of Volume
        By labelled volume: the other volumes that go in with it.
    initial : ModelVersion or None
        Where the weights begin.
    problems : list of str
        Why it can't start; empty when it can.
    notes : list of str
        What to know beforehand.
    """

    specification: Specification
    settings: TrainingSettings
    fingerprint: Fingerprint | None
    raters: list[str]
    split: SubjectSplit
    folds: list[list[str]]
    samples: list[AcceptedSample]
    inputs: dict[UUID, list[Volume]]
    initial: ModelVersion | None
    problems: list[str]
    notes: list[str]

    def samples_for(self, subjects: Sequence[str]) -> list[AcceptedSample]:
        """The samples of some subjects."""
        return [sample for sample in self.samples if sample.subject.label in subjects]
