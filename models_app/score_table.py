"""The scores of a model version as a table, and what it says: means with intervals, by label and by site. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from measures.bootstrap import SubjectDraws
from measures.estimate import not_estimated
from measures.result import Measure
from measures.result import undefined as without
from measures.summary import summarise

MEASURES = ("dice", "hd95_mm", "assd_mm", "surface_dice", "volume_similarity")
"""What is kept of each label of a scored case, beside both volumes in mm3."""

LESS_IS_BETTER = frozenset({"hd95_mm", "assd_mm"})

LEVEL = 0.95
RESAMPLES = 2000
SEED = 0
"""Of the bootstrap: the same table gives the same interval."""

SITE_COLUMNS = ("site", "centre", "center", "institution")
"""Columns of participants.tsv that name where a subject was scanned."""


@dataclass(frozen=True)
class ScoreRow:
    """One scored case.

    Attributes
    ----------
    id : str
        Of the `ScoredCase`.
    case, volume, reference : str
        Ids; `reference` is the label version that it was held against.
    case_name, volume_name, subject, site : str
        `site` is empty where participants.tsv names none.
    labels : mapping
        By label value as text: the measures, and `undefined` with a reason for each that is None.
    seconds : float
        From the stored image to the label map.
    """

    id: str
    case: str
    volume: str
    reference: str
    case_name: str
    volume_name: str
    subject: str
    site: str
    labels: Mapping[str, Mapping[str, Any]]
    seconds: float

    def measure(self, name: str, label: int | None) -> Measure:
        """One label's measure; without a label, the mean over the labels in which it is defined."""
        if label is not None:
            entry = self.labels.get(str(label))
            if entry is None:
                return without("the model has no such label")
            value = entry.get(name)
            if value is not None:
                return Measure(float(value))
            return without(str((entry.get("undefined") or {}).get(name) or "undefined"))
        values = [float(entry[name]) for entry in self.labels.values() if entry.get(name) is not None]
        return Measure(float(np.mean(values))) if values else without("it is defined for none of the labels")


def site_of(attributes: Mapping[str, Any]) -> str:
    """Where a subject was scanned, by its line in participants.tsv; empty where it does not say."""
    plain = {str(name).lower(): value for name, value in attributes.items()}
    return next((str(plain[name]) for name in SITE_COLUMNS if plain.get(name) not in (None, "")), "")


def summary(rows: Sequence[ScoreRow], name: str, label: int | None) -> dict[str, Any]:
    """The mean of a measure over the cases of a table.

    Parameters
    ----------
    rows : sequence of ScoreRow
        The cases.
    name : str
        One of `MEASURES`.
    label : int or None
        Which label; None for the mean over a case's labels.

    Returns
    -------
    dict
        `mean`, `sd` (n - 1), `n` cases of `subjects`, `ci` (95 %, bootstrap by subject) and `undefined`: why there is
        no mean, or which cases are not in it.
    """
    result = summarise({row.volume_name: row.measure(name, label) for row in rows})
    kept = [(row, row.measure(name, label).value) for row in rows]
    values = [(row.subject, value) for row, value in kept if value is not None]
    estimate = not_estimated("no value is defined")
    if values:
        clusters = [subject for subject, _ in values]
        draws = SubjectDraws(clusters, np.random.default_rng(SEED), RESAMPLES)
        estimate = draws.mean(clusters, [value for _, value in values], LEVEL)
    dropped = "; ".join(f"{row.key}: {row.reason}" for row in result.dropped)
    return {
        "mean": result.mean,
        "sd": result.sd,
        "n": result.n,
        "subjects": len({subject for subject, _ in values}),
        "ci": estimate.interval.to_json() if estimate.interval is not None else None,
        "undefined": result.undefined.get("mean") if result.mean is None else (dropped or None),
    }


def summaries(rows: Sequence[ScoreRow], values: Iterable[int], name: str = "dice") -> dict[str, dict[str, Any]]:
    """`summary` for each label, by its value as text."""
    return {str(value): summary(rows, name, value) for value in values}


def by_site(rows: Sequence[ScoreRow], values: Sequence[int], name: str = "dice") -> list[dict[str, Any]]:
    """The table of each site: `{"site", "overall", "labels"}`, by name; empty where participants.tsv names no site."""
    sites = sorted({row.site for row in rows if row.site})
    found = []
    for site in sites:
        part = [row for row in rows if row.site == site]
        found.append({"site": site, "overall": summary(part, name, None), "labels": summaries(part, values, name)})
    return found


def latency(seconds: Sequence[float], hardware: str) -> dict[str, Any] | None:
    """The median and the range of what a case took; None without any."""
    if not seconds:
        return None
    return {
        "median_seconds": round(float(np.median(seconds)), 4),
        "least_seconds": round(min(seconds), 4),
        "most_seconds": round(max(seconds), 4),
        "n": len(seconds),
        "hardware": hardware,
    }
