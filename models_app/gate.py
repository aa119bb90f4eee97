"""The rule by which a version may take the place of the one that serves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from models_app.paired_scores import PairedTable, common_labels, compared
from models_app.score_table import LEVEL

MARGIN = 0.02
"""So much less Dice is still not worse: about what two readings of one rater differ by on a small structure.

A protocol names another one under `[gate]`.
"""


def rule(margin: float) -> str:
    """The rule in words."""
    return (
        "On the frozen test set the mean Dice over labels must not be worse by more than "
        f"{margin:g}: the lower end of the {LEVEL:.0%} interval of the paired difference (bootstrap by subject) lies "
        f"above -{margin:g}, and no label's interval lies wholly below it."
    )


class GateState(StrEnum):
    """What the gate says."""

    FIRST = "first"
    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a version, and by what.

    Attributes
    ----------
    state : GateState
        `first` where nothing serves; `undecided` where the scores don't suffice.
    words : str
        The same in a sentence.
    overall : dict or None
        `models_app.paired_scores.compared` over the labels.
    worse : tuple of dict
        The same of the labels that are worse for certain.
    margin : float
        So much less Dice was still not worse.
    """

    state: GateState
    words: str
    overall: Mapping[str, Any] | None = None
    worse: tuple[Mapping[str, Any], ...] = ()
    margin: float = MARGIN

    @property
    def opens(self) -> bool:
        """Whether a version may be promoted without a reason."""
        return self.state in (GateState.FIRST, GateState.PASSED)

    def to_json(self) -> dict[str, Any]:
        """Plain data, as it is kept with a promotion."""
        return {
            "state": str(self.state),
            "words": self.words,
            "rule": rule(self.margin),
            "margin": self.margin,
            "level": LEVEL,
            "overall": self.overall,
            "worse": list(self.worse),
        }


FIRST = Verdict(GateState.FIRST, "No version serves: there is nothing to be worse than.")


def judge(table: PairedTable, label_names: Mapping[int, str], margin: float = MARGIN) -> Verdict:
    """Hold a version (first) against the one that serves (second).

    Parameters
    ----------
    table : PairedTable
        Both on the frozen test set.
    label_names : mapping of int to str
        What people call the labels.
    margin : float
        So much less Dice is still not worse.
    """
    return replace(_judged(table, label_names, margin), margin=margin)


def _judged(table: PairedTable, label_names: Mapping[int, str], margin: float) -> Verdict:
    if not table.pairs:
        return Verdict(GateState.UNDECIDED, _nothing(table))
    overall = compared(table.pairs, "dice", None)
    if table.unpaired:
        some = ", ".join(one.volume_name for one in table.unpaired[:3]) + (" ..." if len(table.unpaired) > 3 else "")
        words = (
            f"{len(table.unpaired)} of the test cases ({some}) can't be compared: score both versions on them first."
        )
        return Verdict(GateState.UNDECIDED, words, overall)
    interval = overall["difference"]["ci"]
    if interval is None:
        words = f"No interval can be given for the difference: {overall['difference']['undefined']}."
        return Verdict(GateState.UNDECIDED, words, overall)
    labels = [compared(table.pairs, "dice", value) for value in common_labels(table.pairs)]
    worse = tuple(one for one in labels if one["difference"]["ci"] and one["difference"]["ci"][1] < -margin)
    seen = f"{overall['difference']['value']:+.3f} ({LEVEL:.0%} CI {interval[0]:+.3f} to {interval[1]:+.3f})"
    seen += f", n = {overall['n']}"
    if interval[0] <= -margin:
        words = f"It may be worse by more than {margin:g}: mean Dice {seen} against the version that serves."
        return Verdict(GateState.FAILED, words, overall, worse)
    if worse:
        names = ", ".join(label_names.get(one["label_value"], str(one["label_value"])) for one in worse)
        words = f"Over all labels it is not worse (mean Dice {seen}), but {names} is worse by more than {margin:g}."
        return Verdict(GateState.FAILED, words, overall, worse)
    return Verdict(GateState.PASSED, f"It is not worse: mean Dice {seen} against the version that serves.", overall)


def _nothing(table: PairedTable) -> str:
    if table.unpaired:
        return "The two versions have no test case in common: score both on the frozen test set first."
    if table.leaked:
        return "Each test case is of a subject that one of the two versions learned from: nothing fair is left."
    return "There is no scored test case: choose a frozen test set, accept its labels, and score both versions."
