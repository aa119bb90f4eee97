"""What can be asked in a study: kinds, readers, metrics, measurements, and facts to group by."""

from collections import Counter
from typing import Any

from access.models import Study
from annotation.models import Case, Volume
from results.measurements import measurement_list
from results.models import AnalysisKind
from results.parameters import HIGHER_IS_BETTER, METRICS
from results.readers import ALLOWED
from results.selectors.readings import readers_known
from results.statistics.points import ALIASES, resolution_text
from results.statistics.published import kinds_asked
from results.volume_reading import label_facts

MOST_VALUES = 24
"""A column with more values tells subjects apart and not groups."""


def kinds_facts(study: Study) -> list[dict[str, Any]]:
    """Every kind of analysis; first those that the protocol's statistics ask for, in their order."""
    asked = kinds_asked(study.protocol.get("statistics", ()))
    kinds = [*(AnalysisKind(kind) for kind in asked), *(kind for kind in AnalysisKind if kind.value not in asked)]
    return [
        {
            "kind": kind.value,
            "title": kind.label,
            "reader_types": [one.value for one in ALLOWED[kind.value]],
            "asked": kind.value in asked,
        }
        for kind in kinds
    ]


def readers_facts(study: Study) -> list[dict[str, Any]]:
    """Every reader with something to compare."""
    return [{**one.reader.to_json(), "title": one.title, "volumes": one.volumes} for one in readers_known(study)]


def metrics_facts() -> list[dict[str, Any]]:
    """Every voxel metric, and which way is better."""
    return [{"name": name, "higher_is_better": name in HIGHER_IS_BETTER} for name in METRICS]


def measurements_facts(study: Study) -> list[dict[str, Any]]:
    """Every registered measurement that a study can make; of the clinical measures those of its protocol."""
    return [one.facts() for one in measurement_list(study.protocol.get("measures", ()))]


def groupings_of(study: Study) -> list[dict[str, Any]]:
    """What results can be told apart by, with how often each value occurs."""
    counted: dict[str, Counter[str]] = {}
    for case in Case.objects.filter(study=study).select_related("subject"):
        if case.session:
            counted.setdefault("session", Counter())[case.session] += 1
        facts = {str(key): str(value) for key, value in case.subject.attributes.items() if value not in (None, "")}
        facts |= {by: facts[name] for by, names in ALIASES.items() for name in reversed(names) if name in facts}
        for name, value in facts.items():
            counted.setdefault(name, Counter())[value] += 1
    for volume in Volume.objects.filter(case__study=study, labelled=True).only("spacing_mm"):
        counted.setdefault("resolution", Counter())[resolution_text(volume.spacing_mm)] += 1
    for label in label_facts(study.protocol):
        for name, word in (("level", label.level), ("side", label.side)):
            if word:
                counted.setdefault(name, Counter())[word] += 1
    return [
        {"name": name, "values": dict(sorted(values.items()))}
        for name, values in sorted(counted.items())
        if len(values) <= MOST_VALUES
    ]
