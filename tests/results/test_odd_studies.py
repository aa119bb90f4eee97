"""Studies that lack something: no traceback, and no number that is null without its reason, in document or report."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from mri.labels import LabelMap
from results.canonical import canonical_json
from results.document import CaseFacts, DocumentInputs, VolumeFound, analysis_document
from results.parameters import Parameters
from results.readers import Reader, ReaderType
from results.volume_reading import read_volume
from tests.results.phantom_study import GRID, LABELS, METRICS, SPACING_MM, phantom_maps

THREE = tuple(Reader(ReaderType.RATER, name) for name in ("ada", "ben", "cleo"))
TOOLS = (THREE[0], Reader(ReaderType.TOOL, "first"), Reader(ReaderType.TOOL, "second"))
Maps = list[dict[int, LabelMap]]

NOT_ASKED = frozenset(
    {
        *("group", "pair", "label", "reference", "reader_a", "level", "undefined"),  # of all; no interval, no level
        *("cohen_kappa", "friedman", "mixed_model", "bland_altman_repeated", "mean_dice_sides_swapped"),
    }
)
"""What is null where the question doesn't arise: kappas of two among three readers, a test of three among two."""


def drawn() -> Maps:
    return phantom_maps(THREE, 5)


def only(found: LabelMap, *values: int) -> LabelMap:
    return LabelMap(np.where(np.isin(found.voxels, values), found.voxels, 0), GRID)


def one_rater() -> Maps:
    return [{0: one[0]} for one in drawn()]


def one_of_three() -> Maps:
    first, second, *_ = drawn()
    return [first, {0: second[0]}]


def nothing_in_common() -> Maps:
    return [{reader: one[reader]} for reader, one in zip((0, 1, 2), drawn(), strict=False)]


def no_variance() -> Maps:
    (same, *_) = drawn()
    return [dict.fromkeys(range(3), same[0]) for _ in range(4)]


def nothing_drawn() -> Maps:
    return [{reader: only(found) for reader, found in one.items()} for one in drawn()]


def a_label_of_nobody() -> Maps:
    return [{reader: only(found, 1) for reader, found in one.items()} for one in drawn()]


def a_label_of_one() -> Maps:
    return [{reader: found if reader == 0 else only(found, 1) for reader, found in one.items()} for one in drawn()]


def document_of(kind: str, readers: tuple[Reader, ...], maps: Maps) -> dict[str, Any]:
    """The answer, as it is read back from its bytes."""
    asked = Parameters(
        kind, readers, metrics=METRICS, measurements=("volume_mm3", "centroid_s_mm"), group_by=("site",), resamples=100
    )
    volumes = []
    for n, of_volume in enumerate(maps):
        found = read_volume(of_volume, asked, LABELS, {})
        facts = {"site": "north" if n % 2 else "south"} if n else {}
        case = CaseFacts(f"id{n}", f"sub-{n}", str(n), "", facts)
        volumes.append(
            VolumeFound(case, f"v{n}", f"sub-{n}_QSM", SPACING_MM, found.rows, found.readings, found.overall)
        )
    titles = tuple(one.describe() for one in readers)
    given = DocumentInputs({"slug": "odd", "protocol": "dentate-qsm"}, "0", titles, LABELS, tuple(volumes), (), ())
    found_document: dict[str, Any] = json.loads(canonical_json(analysis_document(given, asked).document))
    return found_document


def without_reason(part: Any, path: str = "", told: bool = False) -> Iterator[str]:
    """Where a number is null and neither its own part nor one around it says why."""
    if isinstance(part, Mapping):
        reasons = part.get("undefined")
        for name, inner in part.items():
            here = told or bool(reasons)
            if inner is None and name not in NOT_ASKED and not here:
                yield f"{path}.{name}"
            yield from without_reason(inner, f"{path}.{name}", told or (isinstance(reasons, str) and reasons != ""))
    elif isinstance(part, list):
        for inner in part:
            yield from without_reason(inner, f"{path}[]", told)


@pytest.mark.parametrize(
    ("kind", "readers", "maps"),
    [
        pytest.param("variability", THREE[:1], one_rater, id="one rater"),
        pytest.param("inter_rater", THREE, one_of_three, id="a case read by one of three"),
        pytest.param("inter_rater", THREE, nothing_in_common, id="no case read by two"),
        pytest.param("inter_rater", THREE, no_variance, id="everything the same"),
        pytest.param("inter_rater", THREE, nothing_drawn, id="nothing drawn"),
        pytest.param("inter_rater", THREE, a_label_of_nobody, id="a label that nobody has"),
        pytest.param("inter_rater", THREE, a_label_of_one, id="a label that one reader has"),
        pytest.param("external", TOOLS, a_label_of_one, id="a tool that misses a label"),
    ],
)
def test_what_is_undefined_has_its_reason(kind: str, readers: tuple[Reader, ...], maps: Any) -> None:
    document = document_of(kind, readers, maps())
    parts = ("agreement", "reliability", "comparisons", "variability", "overall")
    assert sorted(set(without_reason({name: document[name] for name in parts}))) == []


def test_a_null_without_a_reason_is_found() -> None:
    part = {"icc": [{"value": None, "undefined": {}}, {"p": None, "undefined": {"p": "few"}}]}
    assert list(without_reason(part)) == [".icc[].value"]
