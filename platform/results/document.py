"""The answer of an analysis as one document: the same inputs give the same bytes. No Django here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from results.canonical import sha256_of
from results.findings import findings_of
from results.measurements import measurement_get
from results.parameters import HIGHER_IS_BETTER, Parameters
from results.statistics.agreement import label_summaries
from results.statistics.parts import Entries, Statistics
from results.statistics.points import CaseFacts, VolumeFound
from results.statistics.published import Found, published_beside
from results.volume_reading import LabelFacts

FORMAT, FORMAT_VERSION = "radicula.analysis", 1
__all__ = ["Answer", "CaseFacts", "DocumentInputs", "InputFacts", "VolumeFound", "analysis_document", "answer_of"]


@dataclass(frozen=True)
class InputFacts:
    """A label version that was read, and the hash of its voxels."""

    volume: str
    reader: int
    label_version: str
    sha256: str


@dataclass(frozen=True)
class DocumentInputs:
    """What a document is made from.

    Attributes
    ----------
    study : mapping
        Slug, protocol and its version.
    code_version : str
        Which code computed it.
    reader_titles : tuple of str
        What the readers are called, in the order of the parameters.
    labels : tuple of LabelFacts
        The labels that were asked for.
    volumes : tuple of VolumeFound
        What was found, in order.
    inputs : tuple of InputFacts
        What was read.
    excluded : tuple of mapping
        What could not enter, with the reason.
    published : tuple of mapping
        The protocol's published figures.
    """

    study: Mapping[str, Any]
    code_version: str
    reader_titles: tuple[str, ...]
    labels: tuple[LabelFacts, ...]
    volumes: tuple[VolumeFound, ...]
    inputs: tuple[InputFacts, ...]
    excluded: tuple[Mapping[str, str], ...]
    published: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Answer:
    """The document, and the means by label that a list of analyses shows."""

    document: dict[str, Any]
    summary: dict[str, Any]


def analysis_document(given: DocumentInputs, parameters: Parameters) -> Answer:
    """Compute every statistic of an analysis and put the answer together.

    Parameters
    ----------
    given : DocumentInputs
        What was found on the volumes.
    parameters : Parameters
        The question.

    Returns
    -------
    Answer
        JSON without a time or a random id of its own in it.
    """
    statistics = Statistics(given.volumes, given.labels, parameters)
    return answer_of(given, parameters, statistics, [part.compute() for part in statistics.parts])


def answer_of(
    given: DocumentInputs, parameters: Parameters, statistics: Statistics, found: Sequence[Entries]
) -> Answer:
    """Put the answer together from what the parts of the statistics gave, in their order."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "code_version": given.code_version,
        "study": dict(given.study),
        "parameters": parameters.to_json(),
        "readers": [
            {"index": i, **reader.to_json(), "title": title}
            for i, (reader, title) in enumerate(zip(parameters.readers, given.reader_titles, strict=True))
        ],
        "pairs": _pairs(parameters, given.reader_titles),
        "metrics": [{"name": m, "higher_is_better": m in HIGHER_IS_BETTER} for m in parameters.metrics],
        "measurements": [measurement_get(name).facts() for name in parameters.measurements],
        "labels": [asdict(one) for one in given.labels],
        "cases": _cases(given.volumes),
        "inputs": [asdict(one) for one in given.inputs],
        "excluded": [dict(one) for one in given.excluded],
        "rows": _held([one.rows for one in given.volumes]),
        "readings": _held([one.readings for one in given.volumes]),
        "overall": [
            {"case": one.case.id, "volume": one.volume, **entry} for one in given.volumes for entry in one.overall
        ],
        "findings": findings_of(given.volumes, parameters, given.reader_titles),
        **_statistics(given, parameters, statistics, found),
    }
    return Answer(document, label_summaries(statistics.points, parameters))


def _statistics(
    given: DocumentInputs, parameters: Parameters, statistics: Statistics, found: Sequence[Entries]
) -> dict[str, Any]:
    told = statistics.assemble(found)
    beside = Found(
        statistics.points, parameters, given.reader_titles, told["agreement"], told["reliability"], told["variability"]
    )
    return {**told, "published": published_beside(given.published, beside)}


def _pairs(parameters: Parameters, titles: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "index": i,
            "reader_a": pair.reference,
            "reader_b": pair.candidate,
            "title_a": "consensus of the others" if pair.reference is None else titles[pair.reference],
            "title_b": titles[pair.candidate],
        }
        for i, pair in enumerate(parameters.pairs())
    ]


def _cases(volumes: Sequence[VolumeFound]) -> list[dict[str, Any]]:
    return [
        {
            **asdict(one.case),
            "volume": one.volume,
            "volume_name": one.name,
            "spacing_mm": list(one.spacing_mm),
            "readers": sorted({reading["reader"] for reading in one.readings}),
        }
        for one in volumes
    ]


def _held(parts: Sequence[Any]) -> dict[str, Any]:
    """How many entries there are, and their hash: they are served apart, and are part of the answer all the same."""
    return {"count": sum(len(part) for part in parts), "sha256": sha256_of(list(parts))}
