"""The protocol's published figures with what this analysis found for each. No Django here.

A figure names the statistic and the measure in which ours is found (`protocols.plan.PublishedFigure`). What another
kind of question answers, or what was not measured, has no number beside it and says why: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from measures.clinical.region_diffusion import index_error
from results.measurements import measurement_get
from results.parameters import Parameters
from results.statistics.points import Points
from results.statistics.reliability import DEFAULT_FORM, rating_table_of

Json = Mapping[str, Any]

MEASURED: dict[str, tuple[str, ...]] = {
    "susceptibility": ("susceptibility.mean", "volume_mm3"),
    "level-variability": ("spinal-levels.midpoint", "spinal-levels.midpoint.voxels"),
}
"""A measure of a protocol to the measurements that are a number of it; of others, those whose name begins with it."""

KINDS: dict[str, tuple[str, ...]] = {
    "inter_rater": ("inter_rater",),
    "intra_rater": ("intra_rater",),
    "reliability": ("inter_rater", "intra_rater"),
    "consensus": ("inter_rater",),
    "cov": ("variability",),
    "manual_vs_automatic": ("human_model", "model_model", "rounds"),
    "correlation": ("human_model", "model_model", "external", "rounds"),
    "index_error": ("human_model", "model_model", "external", "rounds"),
    "architecture_comparison": ("model_model", "human_model", "rounds"),
    "external_test": ("external",),
    "rounds": ("rounds",),
}
"""A statistic of a protocol to the kinds of analysis that compute it, the one to ask for first."""

KIND_WORDS = {
    "human_model": "of raters against a model",
    "model_model": "of models against each other",
    "external": "against another tool",
    "rounds": "of rounds",
    "inter_rater": "between raters",
    "intra_rater": "of repeated reads",
    "variability": "of variability",
}


def kinds_asked(statistics: Sequence[str]) -> list[str]:
    """The kinds of analysis that a protocol's statistics ask for, in their order."""
    return list(dict.fromkeys(KINDS[name][0] for name in statistics if name in KINDS))


@dataclass(frozen=True)
class Found:
    """The parts of a document that hold what figures are compared with.

    Attributes
    ----------
    points : Points
        Rows and readings.
    parameters : Parameters
        The question.
    titles : sequence of str
        The readers'.
    agreement, variability : sequence of mapping
        As in the document.
    reliability : mapping
        As in the document.
    """

    points: Points
    parameters: Parameters
    titles: Sequence[str]
    agreement: Sequence[Json]
    reliability: Json
    variability: Sequence[Json]

    def pair_title(self, reader_a: int, reader_b: int) -> str:
        """Whom a number is about."""
        return f"{self.titles[reader_a]} – {self.titles[reader_b]}"

    def label_title(self, value: int | None) -> str:
        """What a number is about."""
        return next((one.name for one in self.points.labels if one.value == value), "all labels")


def published_beside(figures: Sequence[Json], found: Found) -> list[dict[str, Any]]:
    """Set this analysis's numbers beside the published ones.

    Parameters
    ----------
    figures : sequence of mapping
        The protocol's.
    found : Found
        What was computed.

    Returns
    -------
    list of dict
        Each figure with ``ours`` (``title``, ``value``, ``sd``, ``ci``, ``n`` of each number of ours) and, where that
        is empty, the reason in ``undefined``.
    """
    return [_beside(figure, found) for figure in figures]


def _beside(figure: Json, found: Found) -> dict[str, Any]:
    statistic = str(figure.get("statistic") or "")
    kinds, numbers = KINDS.get(statistic), _NUMBERS.get(statistic)
    ours: list[dict[str, Any]] = []
    reason: str | None = None
    if kinds is None or numbers is None:
        reason = "label maps alone don't tell it"
    elif found.parameters.kind not in kinds:
        reason = f"told by an analysis {' or '.join(KIND_WORDS[kind] for kind in kinds)}"
    else:
        ours = list(numbers(figure, found))
        reason = None if ours else "it was not measured here"
    told = {name: figure.get(name) for name in ("name", "value", "sd", "unit", "note", "comparable")}
    return {**told, "ours": ours, "undefined": reason}


def _labels(figure: Json, found: Found) -> list[int]:
    """The labels that a figure is about, all where it names none."""
    names = figure.get("labels") or ()
    return [one.value for one in found.points.labels if not names or one.name in names]


def _number(
    title: str, value: float, *, sd: float | None = None, ci: Any = None, n: int | None = None
) -> dict[str, Any]:
    return {"title": title, "value": value, "sd": sd, "ci": ci, "n": n}


def _overlap(figure: Json, found: Found) -> Iterator[dict[str, Any]]:
    """Dice of each candidate against each reference, over the figure's labels."""
    if figure.get("measure") != "overlap":
        return
    wanted: list[int | None] = list(_labels(figure, found)) if figure.get("labels") else [None]
    pairs = found.parameters.pairs()
    for one in found.agreement:
        of_pair = one["group"] is None and one["pair"] is not None and one["label"] in wanted
        dice = one["metrics"].get("dice")
        if not of_pair or dice is None or dice["mean"] is None:
            continue
        pair = pairs[one["pair"]]
        if pair.reference is None or not found.parameters.is_reference(pair.reference):
            continue
        title = found.pair_title(pair.reference, pair.candidate)
        if len(wanted) > 1:
            title += f", {found.label_title(one['label'])}"
        yield _number(title, dice["mean"], sd=dice["sd"], ci=dice["ci"], n=dice["n"])


def _names(figure: Json, found: Found) -> list[str]:
    measure = str(figure.get("measure") or "")
    known = MEASURED.get(measure, ())
    names = found.parameters.measurements
    return [name for name in names if name in known or not measure or name.split(".")[0] == measure]


def _entries(figure: Json, found: Found) -> Iterator[Json]:
    names, labels = _names(figure, found), _labels(figure, found)
    for one in found.reliability["measurements"]:
        if one["group"] is None and one["measurement"] in names and one["label"] in labels:
            yield one


def _title(found: Found, one: Json) -> str:
    return f"{measurement_get(one['measurement']).title}, {found.label_title(one['label'])}"


def _icc(figure: Json, found: Found) -> Iterator[dict[str, Any]]:
    for one in _entries(figure, found):
        form = next(form for form in one["icc"] if form["type"] == DEFAULT_FORM)
        if form["value"] is not None:
            who = f", {found.titles[one['readers'][0]]}" if found.parameters.kind == "intra_rater" else ""
            interval = form[f"ci{100 * found.parameters.level:g}"]
            yield _number(f"{_title(found, one)}{who}", form["value"], ci=interval, n=one["n_targets"])


def _pearson(figure: Json, found: Found) -> Iterator[dict[str, Any]]:
    for one in _entries(figure, found):
        for pair in one["pairs"]:
            r = pair["pearson"]["r"]
            if found.parameters.is_reference(pair["reader_a"]) and r["value"] is not None:
                title = f"{_title(found, one)}, {found.pair_title(pair['reader_a'], pair['reader_b'])}"
                yield _number(title, r["value"], ci=r["ci"], n=pair["pearson"]["n"])


def _cov(figure: Json, found: Found) -> Iterator[dict[str, Any]]:
    """Over all labels, for what the figure's name says varies: sites, vendors, sessions."""
    names = _names(figure, found)
    for one in found.variability:
        cov = one["cov_percent"]
        meant = one["label"] is None and one["measurement"] in names and one["by"] in str(figure["name"]).lower()
        if meant and cov is not None and cov["mean"] is not None:
            title = f"{measurement_get(one['measurement']).title}, {one['by']}, {found.titles[one['reader']]}"
            yield _number(title, cov["mean"], sd=cov["sd"], n=cov["n"])


def _index_error(figure: Json, found: Found) -> Iterator[dict[str, Any]]:
    """Mean of ``|p - r| / r`` over the volumes, of the index that the figure's name begins with, such as FA."""
    name = f"region-diffusion.{str(figure['name']).split()[0]}_mean"
    if name not in found.parameters.measurements:
        return
    places = range(len(found.parameters.readers))
    for label in _labels(figure, found):
        table, _ = rating_table_of(found.points.readings, places, label, name)
        for pair in found.parameters.pairs():
            if pair.reference is None or not found.parameters.is_reference(pair.reference):
                continue
            p, r = (_defined(table.values[:, place]) for place in (pair.candidate, pair.reference))
            error = index_error(p, r, table.targets)
            if error.mean_of_ratios_percent.value is not None:
                title = found.pair_title(pair.reference, pair.candidate)
                yield _number(title, error.mean_of_ratios_percent.value, n=error.n)


def _defined(column: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in column]


_NUMBERS: dict[str, Callable[[Json, Found], Iterator[dict[str, Any]]]] = {
    "architecture_comparison": _overlap,
    "manual_vs_automatic": _overlap,
    "external_test": _overlap,
    "rounds": _overlap,
    "inter_rater": _icc,
    "intra_rater": _icc,
    "correlation": _pearson,
    "cov": _cov,
    "index_error": _index_error,
}
