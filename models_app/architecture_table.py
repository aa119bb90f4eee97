"""Several architectures on the same cases: Dice with intervals, paired tests, and which is best. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from measures.multiple_tests import holm
from models_app.paired_scores import ScorePair, common_labels, compared
from models_app.score_table import ScoreRow, summary

MEASURE = "dice"


@dataclass(frozen=True)
class Candidate:
    """An architecture with the cases that it was scored on.

    Attributes
    ----------
    name, title : str
        In the protocol, and for people.
    rows : tuple of ScoreRow
        One per case; empty while it is not done.
    """

    name: str
    title: str
    rows: tuple[ScoreRow, ...]


def architecture_table(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Compare architectures on the cases that all of those that are done were scored on.

    Parameters
    ----------
    candidates : sequence of Candidate
        In the protocol's order.

    Returns
    -------
    dict
        `cases`: names of what is compared. `labels`: values that all know. `rows`, one per candidate: `overall` (mean
        over a case's labels) and `labels` as `models_app.score_table.summary` gives them, None where it is not done,
        and `best`. `pairs`: each two, with the difference of the mean Dice, its interval, Wilcoxon's p and Holm's over
        all pairs.

    Notes
    -----
    A case's Dice is the mean over the labels that are defined in it. The best one has the highest mean over cases; two
    that are equal are both best. Whether it is better by more than chance, the tests say.
    """
    done = [one for one in candidates if one.rows]
    common = _common(done)
    kept = {one.name: [row for row in one.rows if row.reference in common] for one in done}
    labels = _labels(kept)
    rows = [_row(one, kept.get(one.name), labels) for one in candidates]
    _mark_best(rows)
    pairs = [_pair(first, second, kept) for first, second in combinations(done, 2)]
    adjusted = holm({str(place): one["p"] for place, one in enumerate(pairs)})
    for place, one in enumerate(pairs):
        one["holm_p"] = adjusted[str(place)]
    names = {row.reference: row.case_name for row in done[0].rows} if done else {}
    return {
        "cases": sorted({names[reference] for reference in common}),
        "labels": labels,
        "rows": rows,
        "pairs": pairs,
    }


def _common(done: Sequence[Candidate]) -> set[str]:
    sets = [{row.reference for row in one.rows} for one in done]
    return set.intersection(*sets) if sets else set()


def _labels(kept: dict[str, list[ScoreRow]]) -> list[int]:
    known = [{value for row in rows for value in row.labels} for rows in kept.values() if rows]
    return sorted(int(value) for value in set.intersection(*known)) if known else []


def _row(candidate: Candidate, rows: list[ScoreRow] | None, labels: Sequence[int]) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "title": candidate.title,
        "overall": summary(rows, MEASURE, None) if rows else None,
        "labels": {str(value): summary(rows, MEASURE, value) for value in labels} if rows else {},
        "best": False,
    }


def _mark_best(rows: Sequence[dict[str, Any]]) -> None:
    means = [row["overall"]["mean"] for row in rows if row["overall"] and row["overall"]["mean"] is not None]
    if len(means) > 1:
        for row in rows:
            row["best"] = bool(row["overall"]) and row["overall"]["mean"] == max(means)


def _pair(first: Candidate, second: Candidate, kept: dict[str, list[ScoreRow]]) -> dict[str, Any]:
    others = {row.reference: row for row in kept[second.name]}
    pairs = [ScorePair(row, others[row.reference]) for row in kept[first.name] if row.reference in others]
    found = (
        compared(pairs, MEASURE, None)
        if common_labels(pairs)
        else {"p": None, "difference": None, "undefined": "no case has both"}
    )
    return {"first": first.name, "second": second.name, "holm_p": None, **found}
