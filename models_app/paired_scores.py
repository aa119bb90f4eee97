"""Two model versions on the same cases, side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from measures.multiple_tests import holm
from measures.paired_difference import paired_difference
from models_app.score_table import LEVEL, RESAMPLES, SEED, ScoreRow


@dataclass(frozen=True)
class Excluded:
    """A case that is not compared, and why."""

    case_name: str
    volume_name: str
    reason: str


@dataclass(frozen=True)
class ScorePair:
    """A case that both versions were scored on, against one label version."""

    first: ScoreRow
    second: ScoreRow


@dataclass(frozen=True)
class PairedTable:
    """What two versions can be compared on.

    Attributes
    ----------
    pairs : tuple of ScorePair
        By subject.
    leaked : tuple of Excluded
        Cases of subjects that one of the two learned from.
    unpaired : tuple of Excluded
        Cases that one of the two was not scored on, or not against the same label.
    """

    pairs: tuple[ScorePair, ...]
    leaked: tuple[Excluded, ...]
    unpaired: tuple[Excluded, ...]


def common_labels(pairs: Sequence[ScorePair]) -> list[int]:
    """The labels that both versions know, ascending."""
    values = [set(pair.first.labels) & set(pair.second.labels) for pair in pairs]
    return sorted(int(value) for value in set().union(*values)) if values else []


def compared(pairs: Sequence[ScorePair], measure: str, label: int | None) -> dict[str, Any]:
    """Compare the two versions in one label, or without one in the mean over the labels that both define in a case.

    Returns
    -------
    dict
        `label_value`, `n` cases of `subjects`, `first_mean`, `second_mean`, `difference` (first minus second: `value`,
        `ci`, `undefined`), `p` of Wilcoxon's test, the rank-biserial `effect`, and `undefined`: why there is no p.
    """
    values = [_values(pair, measure, label) for pair in pairs]
    found = paired_difference(
        [first for first, _ in values],
        [second for _, second in values],
        [pair.first.subject for pair in pairs],
        np.random.default_rng(SEED),
        resamples=RESAMPLES,
        level=LEVEL,
    )
    difference = found.difference.to_json()
    return {
        "label_value": label,
        "n": found.n,
        "subjects": found.clusters,
        "first_mean": found.first_mean,
        "second_mean": found.second_mean,
        "difference": {**difference, "undefined": next(iter(difference["undefined"].values()), None)},
        "p": found.test.p,
        "holm_p": None,
        "effect": found.test.effect.value,
        "undefined": found.test.undefined.get("p"),
    }


def comparison(pairs: Sequence[ScorePair], measure: str) -> dict[str, Any]:
    """`compared` overall and for each label that both know, with Holm's p over the labels, and the cases one by one."""
    labels = [compared(pairs, measure, value) for value in common_labels(pairs)]
    adjusted = holm({str(one["label_value"]): one["p"] for one in labels})
    for one in labels:
        one["holm_p"] = adjusted[str(one["label_value"])]
    return {
        "overall": compared(pairs, measure, None),
        "labels": labels,
        "cases": [_case(pair, measure) for pair in pairs],
    }


def _values(pair: ScorePair, measure: str, label: int | None) -> tuple[float | None, float | None]:
    if label is not None:
        return pair.first.measure(measure, label).value, pair.second.measure(measure, label).value
    # Over the same labels in both, or the means would be of different things.
    both = [_values(pair, measure, value) for value in common_labels([pair])]
    defined = [(a, b) for a, b in both if a is not None and b is not None]
    if not defined:
        return None, None
    return float(np.mean([a for a, _ in defined])), float(np.mean([b for _, b in defined]))


def _case(pair: ScorePair, measure: str) -> dict[str, Any]:
    row = pair.first
    return {
        "case": row.case,
        "case_name": row.case_name,
        "volume_name": row.volume_name,
        "subject": row.subject,
        "site": row.site,
        "first": row.id,
        "second": pair.second.id,
        "overall": _difference(*_values(pair, measure, None)),
        "labels": {str(value): _difference(*_values(pair, measure, value)) for value in common_labels([pair])},
    }


def _difference(first: float | None, second: float | None) -> dict[str, float | None]:
    gap = first - second if first is not None and second is not None else None
    return {"first": first, "second": second, "difference": gap}
