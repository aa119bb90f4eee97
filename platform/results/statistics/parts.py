"""The statistics of an analysis in parts that several workers can compute at once. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from measures.bootstrap import SubjectDraws
from results.measurements import measurement_get
from results.parameters import Parameters
from results.statistics.agreement import agreement
from results.statistics.comparisons import comparisons
from results.statistics.points import Points, VolumeFound, points_of
from results.statistics.reliability import DEFAULT_FORM, between_raters, presence, reader_sets, reliability
from results.statistics.variability import variability, varying
from results.volume_reading import LabelFacts

Entries = list[dict[str, Any]]
_RELIABILITY = ("measurements", "presence", "between_raters")


@dataclass(frozen=True)
class Part:
    """A share of the statistics that needs no other.

    Attributes
    ----------
    section : str
        Where in the answer its entries stand, behind those of the parts before it.
    compute : callable
        Returns the entries. The same for whoever calls it, and in whatever order.
    """

    section: str
    compute: Callable[[], Entries]


class Statistics:
    """What is to be computed from what was found on the volumes.

    Parameters
    ----------
    volumes : sequence of VolumeFound
        What was found.
    labels : sequence of LabelFacts
        The labels that were asked for.
    parameters : Parameters
        The question.

    Attributes
    ----------
    points : Points
        The rows and readings of all volumes.
    parts : tuple of Part
        The same parts in the same order for the same arguments.
    """

    def __init__(self, volumes: Sequence[VolumeFound], labels: Sequence[LabelFacts], parameters: Parameters) -> None:
        self.points = points_of(volumes, labels)
        # Drawn once, for every interval: whichever worker computes a part takes the same subjects.
        rng = np.random.default_rng(parameters.seed)
        self._draws = SubjectDraws([one.case.subject for one in volumes], rng, parameters.resamples)
        self._parameters = parameters
        self.parts = tuple(self._parts())

    def _parts(self) -> list[Part]:
        points, asked, draws = self.points, self._parameters, self._draws
        groups: list[tuple[dict[str, str] | None, Points]] = [(None, points)]
        for by in asked.group_by:
            groups += [({"by": by, "value": value}, part) for value, part in points.split(by).items()]
        found = [Part("agreement", partial(_agreement, part, group, asked, draws)) for group, part in groups]
        for readers in reader_sets(asked):
            for group, part in groups:
                found += [
                    Part(
                        "measurements",
                        partial(reliability, part, readers, group, measurement_get(name), asked, draws),
                    )
                    for name in asked.measurements
                ]
                found.append(Part("presence", partial(presence, part, readers, group, asked.level)))
        found.append(Part("between_raters", partial(between_raters, points, asked)))
        found.append(Part("comparisons", partial(comparisons, points, asked)))
        for by in varying(asked):
            found += [
                Part("variability", partial(variability, points, by, reader, asked))
                for reader in range(len(asked.readers))
            ]
        return found

    def assemble(self, found: Sequence[Entries]) -> dict[str, Any]:
        """Put what the parts gave, in their order, where it stands in the answer."""
        sections: dict[str, Entries] = {name: [] for name in ("agreement", *_RELIABILITY, "comparisons", "variability")}
        for part, entries in zip(self.parts, found, strict=True):
            sections[part.section] += entries
        return {
            "agreement": sections["agreement"],
            "reliability": {"default_form": DEFAULT_FORM, **{name: sections[name] for name in _RELIABILITY}},
            "comparisons": sections["comparisons"],
            "variability": sections["variability"],
        }


def _agreement(points: Points, group: dict[str, str] | None, parameters: Parameters, draws: SubjectDraws) -> Entries:
    return [{"group": group, **one} for one in agreement(points, parameters, draws)]
