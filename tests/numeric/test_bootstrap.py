"""The clustered bootstrap: seeds, coverage, and data that can't be resampled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from measures.bootstrap import cluster_bootstrap
from measures.result import undefined


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(0).normal(0, 1, 40)
    draws = [
        cluster_bootstrap(range(40), lambda r: float(values[r].mean()), np.random.default_rng(7), resamples=200)
        for _ in range(2)
    ]
    assert draws[0] == draws[1]


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_agreement_with_scipy_for_single_rows(method: str) -> None:
    values = np.random.default_rng(1).exponential(1, 50)
    ours = cluster_bootstrap(
        range(50),
        lambda r: float(values[r].mean()),
        np.random.default_rng(2),
        resamples=4000,
        method=method,  # type: ignore[arg-type]
    ).estimate.interval
    drawn = stats.bootstrap((values,), np.mean, n_resamples=4000, method=method, rng=np.random.default_rng(3))
    theirs = drawn.confidence_interval
    assert ours is not None
    # Two independent bootstraps of 4000: an end is known to about 0.06 standard errors (a quantile's own noise, and for
    # BCa twice that of the bias); four times that for the difference.
    assert ours.to_json() == pytest.approx(
        [theirs.low, theirs.high], abs=4 * 0.06 * math.sqrt(2) * drawn.standard_error
    )


def test_subjects_and_not_rows_are_drawn() -> None:
    rng = np.random.default_rng(4)
    runs, n, m, covered, naive = 80, 30, 6, 0, 0
    for _ in range(runs):
        values = np.repeat(rng.normal(0, 1, n), m) + rng.normal(0, 0.3, n * m)
        for clusters in (np.repeat(np.arange(n), m).tolist(), range(n * m)):
            interval = cluster_bootstrap(
                clusters,
                lambda r, v=values: float(v[r].mean()),
                rng,
                resamples=150,  # type: ignore[misc]
            ).estimate.interval
            assert interval is not None
            if clusters == range(n * m):
                naive += interval.low <= 0 <= interval.high
            else:
                covered += interval.low <= 0 <= interval.high
    # 30 subjects and 150 resamples lose about 0.02 of coverage; the rest is three standard errors of the runs.
    assert covered / runs > 0.93 - 3 * math.sqrt(0.95 * 0.05 / runs)
    assert naive / runs < 0.75


def test_what_can_t_be_resampled_says_why() -> None:
    rng = np.random.default_rng(5)
    alone = cluster_bootstrap("aaa", lambda r: 1.0, rng)
    assert (alone.estimate.value, alone.estimate.undefined["interval"]) == (1.0, "two subjects are needed; 1 came")
    empty = cluster_bootstrap("ab", lambda r: undefined("empty"), rng)
    assert empty.estimate.undefined["value"] == "empty"
    rare = cluster_bootstrap("abcdef", lambda r: 1.0 if len(set(r.tolist())) == 6 else None, rng, resamples=200)
    assert "resamples" in rare.estimate.undefined["interval"]
    assert rare.resamples + rare.undefined_resamples == 200
    with pytest.raises(ValueError, match="100"):
        cluster_bootstrap("ab", lambda r: 1.0, rng, resamples=10)
