"""Which subject is for what: by subject, never the test set, the same for the same seed. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from access.errors import InvalidInput

FEWEST_TO_VALIDATE = 3
"""With fewer trainable subjects each one is worth more in training than as a check."""


@dataclass(frozen=True)
class SubjectSplit:
    """Subject labels by purpose, each list sorted."""

    train: list[str]
    validation: list[str]
    test: list[str]


@dataclass(frozen=True)
class WantedSplit:
    """Lists that somebody gave; None where the rule decides."""

    train: Sequence[str] | None = None
    validation: Sequence[str] | None = None
    test: Sequence[str] | None = None


def split_subjects(
    *,
    subjects: Collection[str],
    accepted: Collection[str],
    test_set: Collection[str],
    wanted: WantedSplit,
    validation_share: float,
    seed: int,
) -> SubjectSplit:
    """Divide the subjects of a study for a training.

    Parameters
    ----------
    subjects : collection of str
        All subjects of the study.
    accepted : collection of str
        Those with an accepted label.
    test_set : collection of str
        The frozen test set.
    wanted : WantedSplit
        Lists given by a person; they are checked, not corrected.
    validation_share : float
        Share of the trainable subjects that validate, at least one of three or more.
    seed : int
        Decides who validates.

    Raises
    ------
    InvalidInput
        If a list names an unknown subject, one without an accepted label, one twice, one of the test set for training,
        or one outside the test set for testing.
    """
    lists = {name: _plain(given) for name, given in vars(wanted).items()}
    for name, given in lists.items():
        for label in given or []:
            _check(name, label, subjects, accepted, test_set)
    _check_apart(lists)
    test = sorted(set(accepted) & set(test_set)) if lists["test"] is None else lists["test"]
    train, validation = lists["train"], lists["validation"]
    free = sorted(set(accepted) - set(test_set) - set(train or []) - set(validation or []))
    if train is None and validation is None:
        validation = _draw(free, validation_share, seed)
        train = [label for label in free if label not in validation]
    elif train is None:
        train = free
    return SubjectSplit(sorted(train), sorted(validation or []), sorted(test))


def subject_folds(subjects: Collection[str], folds: int, seed: int) -> list[list[str]]:
    """Divide subjects into folds, each of which is held out once.

    Parameters
    ----------
    subjects : collection of str
        Whom.
    folds : int
        Into how many; with fewer subjects some would be empty, and are left out.
    seed : int
        Decides who is with whom.

    Returns
    -------
    list of list of str
        Sizes differ by one at most; each sorted.
    """
    order = np.random.default_rng(seed).permutation(sorted(subjects))
    return [sorted(str(label) for label in part) for part in np.array_split(order, folds) if part.size]


def _plain(given: Sequence[str] | None) -> list[str] | None:
    return None if given is None else [label.removeprefix("sub-") for label in given]


def _draw(free: list[str], share: float, seed: int) -> list[str]:
    if len(free) < FEWEST_TO_VALIDATE:
        return []
    count = min(max(1, round(share * len(free))), len(free) - 1)
    order = np.random.default_rng(seed).permutation(len(free))
    return [free[int(place)] for place in order[:count]]


def _check(
    name: str, label: str, subjects: Collection[str], accepted: Collection[str], test_set: Collection[str]
) -> None:
    reason = None
    if label not in subjects:
        reason = f"the study has no subject {label}"
    elif name != "test" and label in test_set:
        reason = f"sub-{label} is in the frozen test set, which is never trained on"
    elif name == "test" and label not in test_set:
        reason = f"sub-{label} is not in the study's frozen test set"
    elif label not in accepted:
        reason = f"sub-{label} has no accepted label yet"
    if reason is not None:
        raise InvalidInput(f"The {name} list can't be used: {reason}.", {name: [f"{reason[0].upper()}{reason[1:]}."]})


def _check_apart(lists: dict[str, list[str] | None]) -> None:
    seen: dict[str, str] = {}
    for name, given in lists.items():
        for label in given or []:
            if label in seen:
                where = (
                    f"twice in the {name} list"
                    if seen[label] == name
                    else f"in both the {seen[label]} and the {name} list"
                )
                raise InvalidInput(
                    f"sub-{label} is {where}; a subject is for one purpose.", {name: [f"sub-{label} is {where}."]}
                )
            seen[label] = name
