"""Two readers beside each other: bias and limits, concordance, correlation, paired tests. No Django here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from measures.bland_altman import Scale, bland_altman
from measures.bland_altman_repeated import Truth, bland_altman_repeated
from measures.comparison_tests import paired_t, wilcoxon
from measures.concordance import lin_concordance, pearson, spearman
from measures.multiple_tests import holm
from measures.ratings import RatingTable
from results.measurements import NO_RATIO, Measurement
from results.parameters import Parameters
from results.readers import ReaderType
from results.statistics.plain import plain

RATIO_SCALES: tuple[Scale, ...] = ("percent", "ratio")
"""Beside the difference itself, for measurements whose 0 means none of it."""


def reading_pairs(
    table: RatingTable, subjects: Mapping[str, str], measured: Measurement, level: float
) -> list[dict[str, Any]]:
    """Compute the statistics of every two readers of a table.

    Parameters
    ----------
    table : RatingTable
        Volumes by readers, who are named by their place in the parameters.
    subjects : mapping of str to str
        Target to subject: where a subject has several volumes (sessions), there are limits for repeated readings too.
    measured : Measurement
        What was measured.
    level : float
        Coverage of the intervals.

    Returns
    -------
    list of dict
        The later reader minus the earlier: a model minus a rater, read 2 minus read 1.
    """
    owners = [subjects[target] for target in table.targets]
    found = []
    for i, j in combinations(range(len(table.raters)), 2):
        later, earlier, keys = table.values[:, j], table.values[:, i], table.targets
        scales = {
            f"bland_altman_{scale}": bland_altman(later, earlier, keys, scale, level).to_json()
            if measured.ratio_scale
            else None
            for scale in RATIO_SCALES
        }
        found.append(
            {
                "reader_a": int(table.raters[i]),
                "reader_b": int(table.raters[j]),
                "bland_altman": bland_altman(later, earlier, keys, "difference", level).to_json(),
                **scales,
                "bland_altman_repeated": _repeated(owners, later, earlier, "varying", level)
                if len(set(owners)) < len(owners)
                else None,
                "concordance": plain(lin_concordance(later, earlier, keys, level)),
                "pearson": plain(pearson(later, earlier, keys, level)),
                "spearman": plain(spearman(later, earlier, keys, level)),
                "paired_t": paired_t(later, earlier, keys, level).to_json(),
                "wilcoxon": wilcoxon(later, earlier, keys, level).to_json(),
                "undefined": {} if measured.ratio_scale else dict.fromkeys(scales, NO_RATIO),
            }
        )
    return found


def correct_tests(entries: Sequence[dict[str, Any]]) -> None:
    """Add Holm's p over all labels and pairs of one measurement."""
    for test in ("paired_t", "wilcoxon"):
        tests = {f"{i}/{j}": pair[test] for i, one in enumerate(entries) for j, pair in enumerate(one["pairs"])}
        adjusted = holm({key: found["p"] for key, found in tests.items()})
        for key, found in tests.items():
            found["holm_p"] = adjusted[key]


def rater_pairs(table: RatingTable, parameters: Parameters) -> list[dict[str, Any]]:
    """Compare raters who read every volume several times, by all their reads.

    Parameters
    ----------
    table : RatingTable
        Volumes by readers.
    parameters : Parameters
        Whose readers are reads of some raters.

    Returns
    -------
    list of dict
        Per two raters with two reads or more: limits of agreement of single reads, the later rater minus the earlier.
        A volume is one subject of the method here: its truth is the same at each read.
    """
    reads: dict[str, list[int]] = {}
    for place, reader in enumerate(parameters.readers):
        if reader.type is ReaderType.RATER and str(place) in table.raters:
            reads.setdefault(reader.name, []).append(place)
    found = []
    for a, b in combinations([name for name, places in reads.items() if len(places) > 1], 2):
        most = max(len(reads[a]), len(reads[b]))
        earlier, later = (_in_rows(table, reads[name], most) for name in (a, b))
        volumes = [target for target in table.targets for _ in range(most)]
        limits = _repeated(volumes, later, earlier, "constant", parameters.level)
        found.append({"readers_a": reads[a], "readers_b": reads[b], "rater_a": a, "rater_b": b, "limits": limits})
    return found


def _in_rows(table: RatingTable, readers: Sequence[int], most: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The reads of a rater one below the other, volume by volume; shorter lists end with missing values."""
    columns = np.full((len(table.targets), most), np.nan)
    for j, reader in enumerate(readers):
        columns[:, j] = table.values[:, table.raters.index(str(reader))]
    return columns.ravel()


def _repeated(
    subjects: Sequence[str],
    later: np.ndarray[Any, np.dtype[np.float64]],
    earlier: np.ndarray[Any, np.dtype[np.float64]],
    truth: Truth,
    level: float,
) -> dict[str, Any]:
    found: dict[str, Any] = plain(bland_altman_repeated(subjects, later, earlier, truth, level))
    return {**found, "dropped": found["dropped"] or {}}
