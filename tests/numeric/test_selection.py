"""Uncertainty and batch choice: analytic cases, bounds and properties, and other ways of computing the same."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, stats

from selection.pool import Pool, ScoredCase
from selection.region import region_of_interest, surroundings
from selection.strategies import BASELINE, STRATEGIES, choose
from selection.summary import CaseSummary, Sampling, Score, case_summary
from selection.uncertainty import PredictionSamples, margin_uncertainty, predictive_entropy, quantised

seeds = st.integers(0, 2**32 - 1)


def softmax_maps(seed: int, classes: int = 3, shape: tuple[int, ...] = (4, 5, 3)) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, 3, (classes, *shape))
    e = np.exp(logits - logits.max(axis=0))
    return (e / e.sum(axis=0)).astype(np.float32)


def gathered(*maps: np.ndarray) -> PredictionSamples:
    samples = PredictionSamples()
    for row in maps:
        samples.add(row)
    return samples


def test_entropy_and_margin_of_known_distributions() -> None:
    p = np.array([[1.0, 0.5, 0.25, 0.7], [0.0, 0.5, 0.25, 0.2], [0.0, 0.0, 0.5, 0.1]])
    expected = [0.0, np.log(2), 1.5 * np.log(2), -(0.7 * np.log(0.7) + 0.2 * np.log(0.2) + 0.1 * np.log(0.1))]
    assert predictive_entropy(p) == pytest.approx(expected, abs=1e-6)
    assert margin_uncertainty(p) == pytest.approx([0.0, 1.0, 0.75, 0.5], abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_entropy_is_scipys_and_margin_is_that_of_a_sort(seed: int) -> None:
    p = softmax_maps(seed, classes=4)
    assert predictive_entropy(p) == pytest.approx(stats.entropy(p, axis=0), abs=1e-5)
    ordered = np.sort(p, axis=0)
    assert margin_uncertainty(p) == pytest.approx(1 - (ordered[-1] - ordered[-2]), abs=1e-6)


def test_what_samples_disagree_about_is_told_from_what_they_are_unsure_about() -> None:
    # Voxel 0: both sure, of different classes. Voxel 1: both unsure, alike. Voxel 2: both sure, alike.
    a = np.array([[1.0, 0.5, 1.0], [0.0, 0.5, 0.0]])
    b = np.array([[0.0, 0.5, 1.0], [1.0, 0.5, 0.0]])
    samples = gathered(a, b)
    assert samples.entropy() == pytest.approx([np.log(2), np.log(2), 0.0], abs=1e-6)
    assert samples.mutual_information() == pytest.approx([np.log(2), 0.0, 0.0], abs=1e-6)
    assert samples.variance() == pytest.approx([0.5, 0.0, 0.0], abs=1e-6)
    assert samples.vote_entropy() == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(2, 6))
def test_running_sums_are_those_of_all_samples_at_once(seed: int, count: int) -> None:
    maps = np.stack([softmax_maps(seed + number) for number in range(count)]).astype(np.float64)
    samples = gathered(*maps)
    mean = maps.mean(axis=0)
    bald = stats.entropy(mean, axis=0) - stats.entropy(maps, axis=1).mean(axis=0)
    assert samples.mean == pytest.approx(mean, abs=1e-5)
    assert samples.mutual_information() == pytest.approx(bald, abs=1e-5)
    assert samples.variance() == pytest.approx(maps.var(axis=0).sum(axis=0), abs=1e-5)
    votes = np.stack([(maps.argmax(axis=1) == c).mean(axis=0) for c in range(3)])
    assert samples.vote_entropy() == pytest.approx(stats.entropy(votes, axis=0) / np.log(min(count, 3)), abs=1e-5)
    assert (samples.mutual_information() <= samples.entropy() + 1e-6).all()


def test_samples_of_another_shape_are_refused() -> None:
    samples = gathered(softmax_maps(0))
    with pytest.raises(ValueError, match="are gathered"):
        samples.add(softmax_maps(0, classes=2))
    with pytest.raises(ValueError, match="at least one prediction"):
        case_summary(PredictionSamples(), Sampling.PLAIN, (1, 1, 1))


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0, 4))
def test_surroundings_are_those_of_the_whole_distance_map(seed: int, margin: float) -> None:
    spacing = (0.8, 1.0, 2.5)
    mask = np.random.default_rng(seed).random((9, 8, 7)) < 0.02
    near = surroundings(mask, spacing, margin)
    if not mask.any():
        assert not near.any()
    else:
        assert (near == (ndimage.distance_transform_edt(~mask, sampling=spacing) <= margin * (1 + 1e-9))).all()


def one_voxel(inside: float, shape: tuple[int, int, int] = (9, 9, 9)) -> np.ndarray:
    """Background of 0.6 everywhere, and one voxel of foreground."""
    p = np.empty((2, *shape), dtype=np.float32)
    p[1] = 0.4
    p[1, 4, 4, 4] = inside
    p[0] = 1 - p[1]
    return p


def test_the_background_counts_nothing_however_large() -> None:
    """The sum over the seven voxels within 1 mm, whatever lies around."""
    expected = 6 * stats.entropy([0.4, 0.6]) + stats.entropy([0.9, 0.1])
    small, _ = case_summary(gathered(one_voxel(0.9)), Sampling.PLAIN, (1, 1, 1), margin_mm=1)
    large, _ = case_summary(gathered(np.pad(one_voxel(0.9), ((0, 0), (0, 9), (0, 9), (0, 9)), mode="edge")),
                            Sampling.PLAIN, (1, 1, 1), margin_mm=1)  # fmt: skip
    assert small.scores["entropy"] == pytest.approx(expected, abs=1e-5)
    assert large.scores == pytest.approx(small.scores, abs=1e-5)
    assert (small.region_mm3, small.class_mm3, small.located) == (7.0, (1.0,), True)


def test_the_sum_does_not_depend_on_the_voxel_size() -> None:
    """The same ball on a grid twice as fine: as many cubic millimetres, but for the staircase of its rim."""

    def ball(side: float) -> CaseSummary:
        at = (np.arange(round(40 / side)) + 0.5) * side - 20
        distance = np.sqrt(sum(axis**2 for axis in np.meshgrid(at, at, at, indexing="ij")))
        inside = 1 / (1 + np.exp((distance - 8) / 1.5))
        p = np.stack([1 - inside, inside]).astype(np.float32)
        return case_summary(gathered(p), Sampling.PLAIN, (side,) * 3)[0]

    assert ball(0.5).scores["entropy"] == pytest.approx(ball(1.0).scores["entropy"], rel=0.02)


def test_where_nothing_was_predicted_the_likeliest_place_counts() -> None:
    region, located = region_of_interest(one_voxel(0.45), (1, 1, 1), 0.0)
    assert not located
    assert region.all()  # 0.4 is more than half of 0.45
    p = one_voxel(0.45)
    p[1] /= 10
    p[1, 4, 4, 4] = 0.45
    p[0] = 1 - p[1]
    region, located = region_of_interest(p, (1, 1, 1), 0.0)
    assert (region.sum(), located) == (1, False)


def test_the_parts_of_the_classes_and_of_the_background_are_the_whole() -> None:
    p = softmax_maps(3, classes=4, shape=(6, 6, 6))
    summary, shown = case_summary(gathered(p), Sampling.PLAIN, (1, 1, 2))
    region, _ = region_of_interest(p, (1, 1, 2))
    background = float((p[0] * shown)[region].sum()) * 2
    assert sum(summary.class_entropy) + background == pytest.approx(summary.scores["entropy"], rel=1e-5)
    assert CaseSummary.from_json(summary.to_json()) == summary


def test_each_sampling_keeps_its_scores_and_shows_the_first() -> None:
    samples = gathered(softmax_maps(1), softmax_maps(2))
    for sampling, name, shown in (
        (Sampling.DROPOUT, "mutual_information", samples.mutual_information()),
        (Sampling.AUGMENTATION, "variance", samples.variance()),
        (Sampling.ENSEMBLE, "vote_entropy", samples.vote_entropy()),
    ):
        summary, uncertainty = case_summary(samples, sampling, (1, 1, 1))
        assert set(summary.scores) == {name, "entropy"}
        assert uncertainty == pytest.approx(shown)


def test_a_map_in_256_steps_is_off_by_half_a_step_at_most() -> None:
    values = np.random.default_rng(0).random((5, 5, 5)) * 0.3
    voxels, step = quantised(values)
    assert np.abs(voxels * step - values).max() <= step / 2 + 1e-9
    assert quantised(np.zeros((2, 2))) == (pytest.approx(np.zeros((2, 2))), 0.0)


# --- choosing ---


def summary_of(entropy: float, class_entropy: tuple[float, ...] = (), present: tuple[float, ...] = ()) -> CaseSummary:
    scores = {score.value: entropy for score in Score}
    return CaseSummary(scores, class_entropy or (entropy,), present or (1.0,), 1.0, True, 1, 3.0)


def pool_of(entropies: list[float | None], embeddings: np.ndarray | None = None) -> Pool:
    rows = (
        ScoredCase(
            f"c{n:03d}",
            summary_of(value) if value is not None else None,
            embeddings[n].astype(np.float32) if embeddings is not None else None,
        )
        for n, value in enumerate(entropies)
    )
    return Pool.gather(rows)


def names(strategy: str, pool: Pool, k: int, seed: int = 0, round_number: int = 1) -> list[str]:
    return [choice.name for choice in choose(strategy, pool, k, seed=seed, round_number=round_number)]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(STRATEGIES)), st.integers(1, 30), st.integers(1, 12), seeds)
def test_every_strategy_chooses_k_different_cases_and_the_same_ones_again(
    strategy: str, size: int, k: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    pool = pool_of(list(random.random(size)), random.normal(size=(size, 4)))
    first = choose(strategy, pool, k, seed=seed)
    assert len({row.name for row in first}) == len(first) == min(k, size)
    assert [row.rank for row in first] == list(range(1, len(first) + 1))
    assert choose(strategy, pool, k, seed=seed) == first


@pytest.mark.parametrize("strategy", ["entropy", "margin", "bald", "augmentation", "ensemble"])
def test_the_largest_sums_come_first_and_what_has_none_never(strategy: str) -> None:
    chosen = choose(strategy, pool_of([0.1, None, 0.9, 0.5]), 4, seed=0)
    assert [(row.name, row.score) for row in chosen] == [
        ("c002", pytest.approx(0.9)), ("c003", pytest.approx(0.5)), ("c000", pytest.approx(0.1)),
    ]  # fmt: skip


def test_first_last_and_ties() -> None:
    pool = pool_of([1.0] * 20)
    assert names("first", pool, 2) == ["c000", "c001"]
    assert names("last", pool, 2) == ["c019", "c018"]
    assert len({tuple(names("entropy", pool, 3, seed)) for seed in range(10)}) > 5


def test_random_is_uniform() -> None:
    pool = pool_of([None] * 6)
    counts = np.bincount([int(names("random", pool, 1, seed)[0][1:]) for seed in range(3000)], minlength=6)
    assert stats.chisquare(counts).pvalue > 1e-3  # the seeds are fixed: this can't flicker


def test_foreground_aware_draws_reach_a_rare_label() -> None:
    """One case of 20 has label 2. A class is drawn in two of three draws: 1/2 of those are label 2."""
    rows = [ScoredCase(f"c{n:03d}", summary_of(1.0, (1.0, 1.0), (1.0, 1.0 if n == 7 else 0.0))) for n in range(20)]
    pool = Pool.gather(rows)
    hits = np.mean([names(BASELINE, pool, 1, seed) == ["c007"] for seed in range(3000)])
    expected = 2 / 3 * (1 / 2 + 1 / 2 * 1 / 20) + 1 / 3 * 1 / 20
    assert hits == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 3000))


def test_without_any_prediction_foreground_aware_draws_are_uniform_ones() -> None:
    assert len(names(BASELINE, pool_of([None] * 5), 5)) == 5


def test_clasp_goes_round_the_classes_and_its_noise_decays() -> None:
    random = np.random.default_rng(0)
    table = random.random((60, 3))
    rows = [ScoredCase(f"c{n:03d}", summary_of(row.sum(), tuple(row), (3.0, 2.0, 1.0))) for n, row in enumerate(table)]
    pool = Pool.gather(rows)
    late = choose("clasp", pool, 3, seed=0, round_number=30)
    # Without noise: the rarest class, 3, comes first, then 2, then 1, each with its own largest.
    assert [row.name for row in late] == [f"c{int(table[:, c].argmax()):03d}" for c in (2, 1, 0)]
    spread = [len({names("clasp", pool, 1, seed, number)[0] for seed in range(40)}) for number in (1, 5, 30)]
    assert spread[0] > spread[1] > spread[2] == 1


def test_clasp_noise_draws_by_powers_of_the_score() -> None:
    """With Gumbel noise of scale 1 a case is drawn with a probability proportional to its score."""
    pool = pool_of([1.0, 2.0, 5.0])
    counts = np.bincount([int(names("clasp", pool, 1, seed)[0][1:]) for seed in range(4000)], minlength=3)
    assert stats.chisquare(counts, np.array([1, 2, 5]) / 8 * 4000).pvalue > 1e-3


def radius(points: np.ndarray, centres: list[int]) -> float:
    return float(np.linalg.norm(points[:, None] - points[centres][None], axis=-1).min(axis=1).max())


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 4))
def test_the_core_set_is_within_twice_the_best_radius(seed: int, k: int) -> None:
    """The guarantee of k-center greedy (Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5), against all subsets."""
    points = np.random.default_rng(seed).normal(size=(9, 2))
    chosen = [int(name[1:]) for name in names("coreset", pool_of([1.0] * 9, points), k, seed)]
    best = min(radius(points, list(centres)) for centres in combinations(range(9), k))
    assert radius(points, chosen) <= 2 * best + 1e-6


def test_the_core_set_begins_far_from_what_is_labelled() -> None:
    points = np.array([[0.0], [1.0], [10.0], [10.0]], dtype=np.float32)
    rows = [ScoredCase(f"c{n}", None, row) for n, row in enumerate(points)]
    chosen = choose("coreset", Pool.gather(rows, [np.array([0.0], dtype=np.float32)]), 4, seed=0)
    assert [(row.name, row.score) for row in chosen] == [("c2", 10.0), ("c1", 1.0), ("c0", 0.0), ("c3", 0.0)]


def test_the_mix_is_uncertain_first_and_then_diverse() -> None:
    # Eight uncertain cases: seven in one place, one far away; and a certain one that is farther still.
    points = np.zeros((9, 2))
    points[7], points[8] = (5.0, 0.0), (100.0, 0.0)
    pool = pool_of([1.0] * 8 + [0.0], points)
    for seed in range(5):
        chosen = names("mix", pool, 2, seed)
        assert "c007" in chosen
        assert "c008" not in chosen


def test_bad_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="At least one case"):
        choose("random", pool_of([1.0]), 0, seed=0)
    with pytest.raises(ValueError, match="came twice"):
        Pool.gather([ScoredCase("a"), ScoredCase("a")])
    with pytest.raises(ValueError, match="number of classes"):
        Pool.gather([ScoredCase("a", summary_of(1, (1, 2))), ScoredCase("b", summary_of(1))])
    assert choose("entropy", Pool.gather([]), 3, seed=0) == []


def test_every_strategy_says_what_it_does_in_a_sentence() -> None:
    for row in STRATEGIES.values():
        assert row.explanation.endswith(".")
        assert (row.sampling is None) == (row.name in {"random", "first", "last"})
