"""Agreement on categories: published examples and other implementations."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from statsmodels.stats import inter_rater

from measures.kappa import cohen_kappa, fleiss_kappa, gwet_ac
from measures.krippendorff_alpha import METRICS, krippendorff_alpha, krippendorff_alpha_interval
from measures.ratings import rating_table

# Four raters and twelve units with gaps, as printed by Krippendorff and used by Gwet.
FOUR_RATERS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip
RATINGS = arrays.arrays(np.float64, (6, 3), elements=st.sampled_from([1.0, 2.0, 3.0, 5.0, np.nan]))


def test_krippendorff_s_example() -> None:
    table = rating_table(FOUR_RATERS)
    printed = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}
    for metric in METRICS:
        # Printed with three digits.
        assert krippendorff_alpha(table, metric).value == pytest.approx(printed[metric], abs=0.0005)


def test_gwet_s_example() -> None:
    table = rating_table(FOUR_RATERS)
    fleiss, gwet = fleiss_kappa(table), gwet_ac(table)
    # Printed with five digits: coefficient, chance agreement; the interval with three.
    assert (fleiss.coefficient.value, gwet.coefficient.value) == (
        pytest.approx(0.76117, abs=5e-6),
        pytest.approx(0.77544, abs=5e-6),
    )
    assert (fleiss.observed, gwet.chance) == (pytest.approx(0.8181818, abs=5e-8), pytest.approx(0.1903212, abs=5e-8))
    assert fleiss.coefficient.interval is not None
    assert gwet.coefficient.interval is not None
    assert fleiss.coefficient.interval.low == pytest.approx(0.424, abs=5e-4)
    assert gwet.coefficient.interval.low == pytest.approx(0.461, abs=5e-4)


@pytest.mark.parametrize("seed", range(4))
def test_agreement_with_statsmodels_and_krippendorff(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(1, 6, 50)
    others = [np.clip(a + rng.integers(-1, 2, 50), 1, 5) for _ in range(3)]
    joint = np.zeros((5, 5))
    np.add.at(joint, (a - 1, others[0] - 1), 1)
    pair = rating_table(np.column_stack([a, others[0]]).astype(float))
    for ours, theirs in (("identity", None), ("linear", "linear"), ("quadratic", "quadratic")):
        result = cohen_kappa(pair, ours, categories=range(1, 6)).coefficient  # type: ignore[arg-type]
        reference = inter_rater.cohens_kappa(joint, wt=theirs)
        assert result.value == pytest.approx(reference.kappa)
        assert result.interval is not None
        # statsmodels multiplies by 1.96-odd from the same normal quantile.
        assert result.interval.to_json() == pytest.approx([reference.kappa_low, reference.kappa_upp])
    values = np.column_stack([a, *others]).astype(float)
    counts, _ = inter_rater.aggregate_raters(values.astype(int))
    assert fleiss_kappa(rating_table(values)).coefficient.value == pytest.approx(inter_rater.fleiss_kappa(counts))
    values[rng.random(values.shape) < 0.2] = np.nan
    for metric in METRICS:
        reference_alpha = krippendorff.alpha(reliability_data=values.T, level_of_measurement=metric)
        assert krippendorff_alpha(rating_table(values), metric).value == pytest.approx(reference_alpha)


def test_standard_errors_are_those_of_the_jackknife() -> None:
    rng = np.random.default_rng(9)
    truth = rng.integers(1, 5, 300)
    values = np.column_stack([np.where(rng.random(300) < 0.75, truth, rng.integers(1, 5, 300)) for _ in range(3)])
    table = values.astype(float)
    for weights in ("identity", "quadratic"):
        for measure in (fleiss_kappa, gwet_ac):
            interval = measure(rating_table(table), weights).coefficient.interval  # type: ignore[arg-type]
            assert interval is not None
            left = np.array(
                [
                    measure(rating_table(np.delete(table, i, 0)), weights).coefficient.value  # type: ignore[arg-type]
                    for i in range(300)
                ]
            )
            jackknife = np.sqrt(299 / 300 * np.sum((left - left.mean()) ** 2))
            # Linearisation and jackknife differ by terms of order 1/n.
            assert (interval.high - interval.low) / (2 * 1.968) == pytest.approx(jackknife, rel=0.02)


def test_one_rare_category_deceives_kappa_and_not_ac1() -> None:
    values = [[1, 1]] * 96 + [[1, 2], [2, 1], [1, 2], [2, 1]]
    kappa, ac = cohen_kappa(rating_table(values)), gwet_ac(rating_table(values))
    assert (kappa.observed, ac.observed) == (pytest.approx(0.96), pytest.approx(0.96))
    assert kappa.coefficient.value is not None
    assert kappa.coefficient.value < 0 < 0.95 < (ac.coefficient.value or 0)


def test_an_unused_category_widens_the_scale() -> None:
    table = rating_table([[1, 2], [2, 2], [1, 1], [2, 1]])
    narrow, wide = cohen_kappa(table, "linear"), cohen_kappa(table, "linear", categories=[1, 2, 3, 4, 5])
    assert narrow.observed == 0.5
    assert wide.observed == pytest.approx(1 - 0.5 / 4)
    with pytest.raises(ValueError, match="came as well"):
        cohen_kappa(table, categories=[1])


def test_what_can_t_be_computed_says_why() -> None:
    one = rating_table([[1, 1], [1, 1]])
    for result in (cohen_kappa(one), fleiss_kappa(one), gwet_ac(one)):
        assert "one category" in result.coefficient.undefined["value"]
    assert krippendorff_alpha(one, "nominal").undefined == "all ratings are equal"
    lonely = rating_table([[1, None], [None, 2], [None, None]])
    assert cohen_kappa(lonely).coefficient.undefined["value"] == "no target was read by both raters"
    fleiss = fleiss_kappa(lonely)
    assert (fleiss.coefficient.value, [d.key for d in fleiss.dropped]) == (None, ["3"])
    assert krippendorff_alpha(lonely, "interval").undefined == "no target has two ratings"
    perfect = rating_table([[1, 1], [2, 2], [3, 3]])
    assert cohen_kappa(perfect).coefficient.value == pytest.approx(1.0)
    assert "zero" in cohen_kappa(perfect).coefficient.undefined["interval"]
    with pytest.raises(ValueError, match="two raters"):
        cohen_kappa(rating_table([[1, 2, 3]]))
    with pytest.raises(ValueError, match="not negative"):
        krippendorff_alpha(rating_table([[-1, 2]]), "ratio")


def test_alpha_s_interval_is_seeded_and_holds_the_estimate() -> None:
    table = rating_table(FOUR_RATERS)
    one, two = (krippendorff_alpha_interval(table, "nominal", np.random.default_rng(3), 300) for _ in range(2))
    assert one == two
    assert one.interval is not None
    assert one.value is not None
    assert one.interval.low < one.value < one.interval.high <= 1


@settings(max_examples=60, deadline=None)
@given(RATINGS, st.randoms(use_true_random=False))
def test_order_of_raters_and_targets_doesn_t_matter(values: np.ndarray, random: object) -> None:
    rng = np.random.default_rng(random.randint(0, 9999))  # type: ignore[attr-defined]
    shuffled = values[rng.permutation(6)][:, rng.permutation(3)]
    one, two = rating_table(values), rating_table(shuffled)
    for measure in (fleiss_kappa, gwet_ac):
        for weights in ("identity", "linear"):
            first, second = (measure(t, weights).coefficient for t in (one, two))  # type: ignore[arg-type]
            assert (first.value is None) == (second.value is None)
            if first.value is not None:
                assert second.value == pytest.approx(first.value, abs=1e-9)
                assert first.value <= 1 + 1e-12
    for metric in METRICS:
        first_alpha, second_alpha = (krippendorff_alpha(t, metric).value for t in (one, two))
        assert (first_alpha is None) == (second_alpha is None)
        if first_alpha is not None:
            assert second_alpha == pytest.approx(first_alpha, abs=1e-9)
