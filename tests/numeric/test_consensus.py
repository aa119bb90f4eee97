"""Consensus against SimpleITK, each rater against the others, disagreement."""

from __future__ import annotations

import math

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from measures.compare import compare_label_maps
from measures.consensus import against_others, consensus, disagreement

MAPS = st.lists(arrays.arrays(np.uint8, (3, 4, 5), elements=st.integers(0, 3)), min_size=3, max_size=5)


def _raters(seed: int, k: int = 4, shape: tuple[int, int, int] = (24, 22, 20)) -> dict[str, np.ndarray]:
    """Two neighbouring blocks as seen by raters who move and resize them."""
    rng = np.random.default_rng(seed)
    maps = {}
    for rater in range(k):
        drawn = np.zeros(shape, np.uint8)
        for value, start in ((2, 4), (3, 11)):
            low = np.array([start, 6, 6]) + rng.integers(-1, 2, 3)
            high = low + 7 + rng.integers(-1, 2, 3)
            drawn[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = value
        noise = rng.random(shape) < 0.01
        drawn[noise] = rng.choice([0, 2, 3], int(noise.sum()))
        maps[f"rater-{rater}"] = drawn
    return maps


@pytest.mark.parametrize(("seed", "k"), [(0, 3), (1, 4), (2, 5), (3, 2)])
def test_staple_is_simpleitk_s(seed: int, k: int) -> None:
    maps = _raters(seed, k)
    ours = consensus(maps, "staple")
    best, expected = np.zeros(ours.labels.shape), np.zeros(ours.labels.shape, np.uint8)
    for value in (2, 3):
        images = [SimpleITK.GetImageFromArray((m == value).astype(np.uint8)) for m in maps.values()]
        staple = SimpleITK.STAPLEImageFilter()
        staple.SetForegroundValue(1)
        probability = SimpleITK.GetArrayFromImage(staple.Execute(images))
        for rater, p, q in zip(maps, staple.GetSensitivity(), staple.GetSpecificity(), strict=True):
            # The same rounds from the same start: only rounding differs.
            assert ours.performance[value][rater].sensitivity == pytest.approx(p, abs=1e-9)
            assert ours.performance[value][rater].specificity == pytest.approx(q, abs=1e-9)
        better = (probability >= 0.5) & (probability > best) & (sum(m == value for m in maps.values()) > 0)
        expected[better], best[better] = value, probability[better]
    np.testing.assert_array_equal(ours.labels, expected)
    assert ours.not_converged == ()


@pytest.mark.parametrize("k", [3, 4])
def test_majority_is_simpleitk_s_label_voting_but_for_pluralities(k: int) -> None:
    maps = _raters(7, k)
    ours = consensus(maps, "majority")
    images = [SimpleITK.GetImageFromArray(m) for m in maps.values()]
    voted = SimpleITK.GetArrayFromImage(SimpleITK.LabelVoting(images, 99))
    stack = np.stack(list(maps.values()))
    leaders = np.max([(stack == v).sum(axis=0) for v in range(4)], axis=0)
    absolute = 2 * leaders > k
    np.testing.assert_array_equal(ours.labels[absolute], voted[absolute])
    assert not ours.labels[~absolute].any()
    assert ours.undecided_voxels == np.count_nonzero(~absolute)


def test_staple_trusts_the_better_raters() -> None:
    truth = np.zeros((20, 20, 20), np.uint16)
    truth[5:15, 5:15, 5:15] = 400
    rng = np.random.default_rng(4)
    maps = {}
    for rater, miss in (("a", 0.05), ("b", 0.05), ("c", 0.4), ("d", 0.4), ("e", 0.4)):
        drawn = truth.copy()
        drawn[(rng.random(truth.shape) < miss) & (truth > 0)] = 0
        maps[rater] = drawn
    result = consensus(maps, "staple")
    found = {rater: p.sensitivity for rater, p in result.performance[400].items()}
    # The true sensitivities, seen on 1000 voxels: three standard errors.
    for rater, miss in (("a", 0.05), ("c", 0.4), ("e", 0.4)):
        assert found[rater] == pytest.approx(1 - miss, abs=3 * math.sqrt(miss * (1 - miss) / 1000))
    assert np.count_nonzero(result.labels != truth) < np.count_nonzero(consensus(maps, "majority").labels != truth)


def test_more_than_eight_raters() -> None:
    maps = _raters(6, 11)
    ours = consensus(maps, "staple")
    images = [SimpleITK.GetImageFromArray((m == 2).astype(np.uint8)) for m in maps.values()]
    staple = SimpleITK.STAPLEImageFilter()
    staple.SetForegroundValue(1)
    staple.Execute(images)
    assert [p.sensitivity for p in ours.performance[2].values()] == pytest.approx(staple.GetSensitivity(), abs=1e-9)


def test_a_rater_has_no_say_in_what_it_is_judged_by() -> None:
    maps = _raters(5, 3)
    judged = against_others(maps, (1.0, 1.0, 2.0), "majority")
    others = consensus({r: m for r, m in maps.items() if r != "rater-0"}, "majority").labels
    direct = compare_label_maps(others, maps["rater-0"], (1.0, 1.0, 2.0))
    assert judged["rater-0"].to_json() == direct.to_json()
    with pytest.raises(ValueError, match="Three raters"):
        against_others(dict(list(maps.items())[:2]), (1, 1, 1))


def test_disagreement_by_hand() -> None:
    maps = {r: np.array(v, np.uint8).reshape(1, 1, 4) for r, v in zip("abc", ([0, 1, 1, 1], [0, 1, 1, 2], [0, 1, 0, 3]),
                                                                      strict=True)}  # fmt: skip
    result = disagreement(maps)
    assert result.dissenters.ravel().tolist() == [0, 0, 1, 2]
    bits = -(2 / 3) * math.log2(2 / 3) - (1 / 3) * math.log2(1 / 3)
    assert result.entropy_bits.ravel().tolist() == pytest.approx([0, 0, bits, math.log2(3)], rel=1e-6)
    assert (result.voxels, result.labelled_voxels) == (2, 3)


def test_empty_maps_and_bad_input() -> None:
    nothing = np.zeros((3, 3, 3), np.uint8)
    for method in ("majority", "staple"):
        result = consensus({"a": nothing, "b": nothing}, method)  # type: ignore[arg-type]
        assert not result.labels.any()
        assert result.undecided_voxels == 0
    one_sided = nothing.copy()
    one_sided[1, 1, 1] = 1
    assert not consensus({"a": one_sided, "b": nothing}, "majority").labels.any()
    full = np.ones((3, 3, 3), np.uint8)
    assert consensus({"a": full, "b": full}, "staple").labels.all()
    for maps, options, message in (
        ({"a": nothing}, {}, "two raters"),
        ({"a": nothing, "b": nothing[1:]}, {}, r"\(2, 3, 3\) by b"),
        ({"a": nothing, "b": nothing.astype(float)}, {}, "integers"),
        ({"a": nothing, "b": nothing.astype(np.int16) - 1}, {}, "65535"),
        ({"a": nothing, "b": nothing}, {"method": "mean"}, "majority or staple"),
        ({"a": nothing, "b": nothing}, {"threshold": 0.0}, "threshold"),
    ):
        with pytest.raises(ValueError, match=message):
            consensus(maps, **options)  # type: ignore[arg-type]


@settings(max_examples=15, deadline=None)
@given(MAPS, st.randoms(use_true_random=False), st.permutations([1, 2, 3]))
def test_order_of_raters_names_of_labels_and_flips(maps: list[np.ndarray], random: object, names: list[int]) -> None:
    given_maps = {str(i): m for i, m in enumerate(maps)}
    order = list(given_maps)
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = {r: given_maps[r] for r in order}
    table = np.array([0, *names], np.uint8)
    plain = consensus(given_maps, "majority")
    np.testing.assert_array_equal(consensus(shuffled, "majority").labels, plain.labels)
    renamed = consensus({r: table[m] for r, m in given_maps.items()}, "majority")
    np.testing.assert_array_equal(renamed.labels, table[plain.labels])
    one, other = disagreement(given_maps), disagreement(shuffled)
    np.testing.assert_array_equal(one.dissenters, other.dissenters)
    flipped = consensus({r: np.flip(m, 1) for r, m in given_maps.items()}, "staple")
    np.testing.assert_array_equal(np.flip(flipped.labels, 1), consensus(given_maps, "staple").labels)
    agreed = np.all([m == maps[0] for m in maps], axis=0)
    np.testing.assert_array_equal(plain.labels[agreed], maps[0][agreed])
