"""Label maps against each other, and summaries that admit what they leave out."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from measures.compare import AVERAGED, compare_files, compare_label_maps
from measures.result import Measure, undefined
from measures.summary import summarise
from mri.errors import ImageError
from tests.numeric.volumes import affine_for, write_image

LABELS = arrays.arrays(np.uint8, (4, 5, 6), elements=st.integers(0, 3))


def _maps() -> tuple[np.ndarray, np.ndarray]:
    reference, candidate = (np.zeros((12, 12, 12), np.uint8) for _ in range(2))
    reference[2:6, 2:6, 2:6] = 2
    candidate[3:7, 2:6, 2:6] = 2
    reference[8:10, 8:10, 8:10] = 5
    candidate[0, 0, 0] = 9
    return reference, candidate


def test_every_label_is_compared_and_every_gap_has_its_reason() -> None:
    result = compare_label_maps(*_maps(), (1.0, 1.0, 2.0))
    assert list(result.labels) == [2, 5, 9]
    two, five, nine = result.labels.values()
    assert two.dice == pytest.approx(0.75)
    assert two.reference_mm3 == 128.0
    assert two.undefined == {}
    assert (five.dice, five.recall, five.hd95_mm, five.surface_dice) == (0.0, 0.0, None, 0.0)
    assert five.undefined == dict.fromkeys(
        ("precision", "hausdorff_mm", "hd95_mm", "assd_mm", "centroid_distance_mm"), "candidate is empty"
    )
    assert nine.undefined["recall"] == "reference is empty"
    assert (nine.candidate_mm3, nine.volume_difference_mm3) == (2.0, 2.0)
    assert result.mean["dice"].mean == pytest.approx(0.25)
    assert result.mean["hd95_mm"].n == 1
    assert {d.key: d.reason for d in result.mean["hd95_mm"].dropped} == {
        "5": "candidate is empty",
        "9": "reference is empty",
    }


def test_a_label_that_nobody_drew_is_reported_when_asked_for() -> None:
    result = compare_label_maps(*_maps(), (1, 1, 1), labels=[2, 7])
    assert list(result.labels) == [2, 7]
    seven = result.labels[7]
    assert seven.dice is None
    assert seven.reference_mm3 == 0.0
    assert set(seven.undefined.values()) == {"reference and candidate are empty"}
    assert result.mean["dice"].n == 1


def test_json_has_null_and_never_nan() -> None:
    nothing = np.zeros((3, 3, 3), np.uint8)
    for maps in (_maps(), (nothing, nothing)):
        text = json.dumps(compare_label_maps(*maps, (1, 1, 1)).to_json(), allow_nan=False)
        content = json.loads(text)
        assert set(AVERAGED) | {"undefined"} == set(content["mean"])
    assert content["labels"] == {}
    assert content["mean"]["undefined"]["dice"] == "no value is defined"


def test_a_report_of_two_files(tmp_path: Path) -> None:
    reference, candidate = _maps()
    paths = [write_image(tmp_path / f"{n}.nii.gz", m, affine_for("PSR")) for n, m in enumerate((reference, candidate))]
    from_files = compare_files(*paths, tolerance_mm=0.5)
    assert from_files.to_json() == compare_label_maps(reference, candidate, (0.5, 0.75, 2.0), None, 0.5).to_json()
    other = write_image(tmp_path / "other.nii.gz", candidate, affine_for("PSL"))
    with pytest.raises(ImageError, match=r"PSR.*PSL") as caught:
        compare_files(paths[0], other)
    assert caught.value.reason == "grid-mismatch"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32, np.int64, np.uint32])
def test_every_integer_dtype(dtype: type) -> None:
    reference, candidate = (m.astype(dtype) for m in _maps())
    assert compare_label_maps(reference, candidate, (1, 1, 1)).labels[2].dice == pytest.approx(0.75)


def test_bad_input_is_refused() -> None:
    reference, candidate = _maps()
    with pytest.raises(ValueError, match="integers"):
        compare_label_maps(reference.astype(float), candidate, (1, 1, 1))
    with pytest.raises(ValueError, match="one shape"):
        compare_label_maps(reference, candidate[1:], (1, 1, 1))
    with pytest.raises(ValueError, match="background"):
        compare_label_maps(reference, candidate, (1, 1, 1), labels=[0])
    with pytest.raises(ValueError, match="tolerance"):
        compare_label_maps(reference, candidate, (1, 1, 1), tolerance_mm=-1)


@settings(max_examples=40, deadline=None)
@given(LABELS, LABELS, st.permutations([1, 2, 3]))
def test_renaming_labels_renames_results(a: np.ndarray, b: np.ndarray, names: list[int]) -> None:
    table = np.array([0, *names], np.uint8)
    plain = compare_label_maps(a, b, (1.0, 2.0, 0.5)).to_json()["labels"]
    renamed = compare_label_maps(table[a], table[b], (1.0, 2.0, 0.5)).to_json()["labels"]
    assert {str(names[int(v) - 1]): c for v, c in plain.items()} == renamed


@settings(max_examples=20, deadline=None)
@given(LABELS)
def test_a_map_agrees_with_itself(a: np.ndarray) -> None:
    for comparison in compare_label_maps(a, a, (1, 1, 1)).labels.values():
        assert (comparison.dice, comparison.hausdorff_mm, comparison.surface_dice) == (1.0, 0.0, 1.0)


def test_a_summary_against_the_standard_library() -> None:
    values = {
        "a": 1.0,
        "b": 4.0,
        "c": 5.5,
        "d": None,
        "e": undefined("candidate is empty"),
        "f": Measure(2.0),
        "g": np.nan,
    }
    summary = summarise(values)
    numbers = [1.0, 4.0, 5.5, 2.0]
    assert summary.n == 4
    assert summary.mean == pytest.approx(statistics.mean(numbers))
    assert summary.sd == pytest.approx(statistics.stdev(numbers))
    assert (summary.minimum, summary.maximum) == (1.0, 5.5)
    assert [(d.key, d.reason) for d in summary.dropped] == [
        ("d", "undefined"),
        ("e", "candidate is empty"),
        ("g", "not a finite number"),
    ]
    assert summary.undefined == {}


def test_too_few_values_for_a_spread() -> None:
    one, none = summarise({"a": 0.0}), summarise({})
    assert (one.n, one.mean, one.sd) == (1, 0.0, None)
    assert one.undefined == {"sd": "fewer than two values are defined"}
    assert (none.n, none.mean, none.sd) == (0, None, None)
    assert set(none.undefined) == {"mean", "sd", "minimum", "maximum"}


def test_a_measure_is_a_value_or_a_reason() -> None:
    for arguments in ((None, None), (1.0, "why")):
        with pytest.raises(ValueError, match="either"):
            Measure(*arguments)


def test_location_detection_and_specificity_stand_beside_the_overlap() -> None:
    a, b = np.zeros((12, 10, 8), np.uint8), np.zeros((12, 10, 8), np.uint8)
    a[1:4, 1:4, 1:4] = 1
    a[8:10, 8:10, 5:7] = 1  # a second piece, which the other lacks
    b[1:4, 1:4, 2:5] = 1
    found = compare_label_maps(a, b, (1.0, 1.0, 2.0)).labels[1]
    assert found.detection_f1 == pytest.approx(2 / 3)  # one piece found at a Jaccard index of 0.5, one missed
    outside = a.size - 35
    assert found.specificity == pytest.approx((outside - 9) / outside)
    centre = np.argwhere(a).mean(axis=0) - np.argwhere(b).mean(axis=0)
    assert found.centroid_distance_mm == pytest.approx(np.linalg.norm(centre * [1, 1, 2]))


@pytest.mark.parametrize("values", [1, 300])
def test_many_labels_one_voxel_each_at_the_border(values: int) -> None:
    a = np.zeros((values, 2, 2), np.uint16)
    a[:, 0, 0] = np.arange(1, values + 1)
    compared = compare_label_maps(a, a, (1, 1, 1))
    assert len(compared.labels) == values
    assert {one.dice for one in compared.labels.values()} == {1.0}
    assert {one.hausdorff_mm for one in compared.labels.values()} == {0.0}
