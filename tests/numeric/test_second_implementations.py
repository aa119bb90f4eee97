"""What no well-kept library has in our definition, written a second time as plainly as it reads in the literature."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import networkx
import numpy as np
import pytest
import SimpleITK
from scipy.spatial import cKDTree
from statsmodels.stats.libqsturng import psturng

from measures.consensus import disagreement
from measures.distance import assd_mm, hausdorff_mm, hd95_mm, surface_dice, surface_distances
from measures.instances import detect_instances
from measures.kappa import gwet_ac
from measures.multiple_tests import friedman
from measures.ratings import rating_table


def blobs(seed: int, shape: tuple[int, int, int] = (18, 16, 14), share: float = 0.12) -> np.ndarray:
    """Smooth random pieces."""
    noise = np.random.default_rng(seed).normal(size=shape)
    smooth = sum(np.roll(noise, step, axis) for axis in range(3) for step in (-1, 0, 1))
    return np.asarray(smooth > np.quantile(smooth, 1 - share))


def edge_points_mm(mask: np.ndarray, spacing: tuple[float, ...]) -> np.ndarray:
    """Voxels inside with one of the six neighbours outside, or beyond the array."""
    found = []
    for place in np.argwhere(mask):
        for axis, step in itertools.product(range(3), (-1, 1)):
            beside = place.copy()
            beside[axis] += step
            if not 0 <= beside[axis] < mask.shape[axis] or not mask[tuple(beside)]:
                found.append(place * np.array(spacing))
                break
    return np.array(found)


@pytest.mark.parametrize("seed", range(3))
def test_surface_distances_by_a_tree_of_points(seed: int) -> None:
    spacing = (0.5, 1.3, 3.0)
    a, b = blobs(seed), blobs(seed + 100)
    points = [edge_points_mm(mask, spacing) for mask in (a, b)]
    there, back = cKDTree(points[1]).query(points[0])[0], cKDTree(points[0]).query(points[1])[0]
    found = surface_distances(a, b, spacing)
    both = np.concatenate([there, back])
    assert hausdorff_mm(found).value == pytest.approx(both.max())
    assert hd95_mm(found).value == pytest.approx(max(np.percentile(there, 95), np.percentile(back, 95)))
    assert assd_mm(found).value == pytest.approx(both.mean())
    for tolerance in (0.6, 1.4, 3.5):
        assert surface_dice(found, tolerance).value == pytest.approx((both <= tolerance).mean())


def gwet_by_pairs(ratings: np.ndarray, categories: tuple[float, ...], weight: dict[tuple[int, int], float]) -> float:
    """Gwet 2008: mean agreement over pairs of ratings of a target, against chance from the spread over categories."""
    q, place = len(categories), {value: i for i, value in enumerate(categories)}
    agreed, shares = [], []
    for row in ratings:
        given = [place[value] for value in row if not math.isnan(value)]
        if not given:
            continue
        shares.append([given.count(i) / len(given) for i in range(q)])
        pairs = [weight[i, j] for i, j in itertools.permutations(given, 2)]
        if pairs:
            agreed.append(sum(pairs) / len(pairs))
    mean = [sum(column) / len(shares) for column in zip(*shares, strict=True)]
    chance = sum(weight.values()) / (q * (q - 1)) * sum(share * (1 - share) for share in mean)
    observed = sum(agreed) / len(agreed)
    return (observed - chance) / (1 - chance)


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic"])
@pytest.mark.parametrize("seed", [0, 1])
def test_gwet_s_coefficient_by_pairs_of_ratings(seed: int, weights: str) -> None:
    rng = np.random.default_rng(seed)
    ratings = np.clip(rng.integers(1, 5, (25, 1)) + rng.integers(-1, 2, (25, 4)), 1, 5).astype(float)
    ratings[rng.random(ratings.shape) < 0.15] = np.nan
    scale = (1.0, 2.0, 3.0, 4.0, 5.0)
    power = {"identity": 0, "linear": 1, "quadratic": 2}[weights]
    table = {
        (i, j): float(i == j) if power == 0 else 1 - (abs(i - j) / 4) ** power
        for i, j in itertools.product(range(5), repeat=2)
    }
    found = gwet_ac(rating_table(ratings), weights, categories=scale)  # type: ignore[arg-type]
    assert found.coefficient.value == pytest.approx(gwet_by_pairs(ratings, scale, table))


@pytest.mark.parametrize("least", [0.1, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_detection_by_simpleitk_s_components_and_networkx_s_matching(seed: int, least: float) -> None:
    a = blobs(seed, share=0.05)
    moved = np.roll(a, 1, axis=seed % 3) | (blobs(seed + 50, share=0.02))
    maps = []
    for mask in (a, moved):
        image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
        maps.append(SimpleITK.GetArrayFromImage(SimpleITK.ConnectedComponent(image, True)))
    sizes = [int(found.max()) for found in maps]
    jaccard = np.zeros(sizes)
    for i, j in np.ndindex(*sizes):
        one, other = maps[0] == i + 1, maps[1] == j + 1
        jaccard[i, j] = (one & other).sum() / (one | other).sum()
    jaccard[jaccard < least] = 0
    found = detect_instances(a, moved, least)
    graph = networkx.Graph()
    graph.add_weighted_edges_from((("a", i), ("b", j), jaccard[i, j]) for i, j in np.argwhere(jaccard > 0))
    best = networkx.max_weight_matching(graph)
    assert sum(match[2] for match in found.matches) == pytest.approx(sum(graph.edges[pair]["weight"] for pair in best))
    assert (found.missed, found.extra) == (sizes[0] - found.found, sizes[1] - found.found)
    assert found.f1.value == pytest.approx(2 * found.found / sum(sizes))


def test_disagreement_voxel_by_voxel() -> None:
    rng = np.random.default_rng(4)
    maps = {f"r{i}": rng.choice([0, 0, 2, 3, 400], (4, 5, 6)).astype(np.uint16) for i in range(5)}
    found = disagreement(maps)
    for place in np.ndindex(4, 5, 6):
        votes = Counter(int(one[place]) for one in maps.values())
        if set(votes) == {0}:
            continue
        assert found.dissenters[place] == 5 - max(votes.values())
        entropy = -sum(n / 5 * math.log2(n / 5) for n in votes.values())
        assert found.entropy_bits[place] == pytest.approx(entropy, abs=1e-6)
    assert found.voxels == sum(len({int(one[p]) for one in maps.values()}) > 1 for p in np.ndindex(4, 5, 6))


@pytest.mark.parametrize("k", [3, 5])
def test_nemenyi_s_p_by_statsmodels_studentized_range(k: int) -> None:
    values = np.random.default_rng(k).normal(0, 1, (30, k)) + np.linspace(0, 0.9, k)
    found = friedman(rating_table(values))
    error = math.sqrt(k * (k + 1) / (12 * 30))
    for pair in found.pairs:
        apart = abs(found.mean_ranks[pair.first] - found.mean_ranks[pair.second])
        # Its interpolation has two to three digits below 0.3, and stops at 0.001.
        expected = float(np.squeeze(psturng(apart / error, k, np.inf)))
        if 0.0015 < expected < 0.3:
            assert pair.nemenyi_p == pytest.approx(expected, rel=0.02)
