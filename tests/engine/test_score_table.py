"""What a table of scores says, against answers that follow from its numbers."""

from typing import Any

import numpy as np
import pytest

from models_app.score_table import ScoreRow, by_site, latency, site_of, summaries, summary


def row(number: int, dice: dict[int, float | None], *, subject: str = "", site: str = "") -> ScoreRow:
    labels: dict[str, dict[str, Any]] = {
        str(value): {"dice": one, "undefined": {} if one is not None else {"dice": "empty in both maps"}}
        for value, one in dice.items()
    }
    name = f"sub-{number:02}"
    return ScoreRow(
        str(number), "", "", "", name, f"{name}_T2w", subject or f"{number:02}", site, labels, float(number)
    )


def test_a_mean_names_what_is_not_in_it() -> None:
    table = [row(1, {1: 0.8, 2: None}), row(2, {1: 0.6, 2: 0.5}), row(3, {1: 0.7, 2: 0.7})]
    found = summaries(table, (1, 2, 3))
    assert found["1"]["mean"] == pytest.approx(0.7)
    assert found["1"]["sd"] == pytest.approx(0.1)
    assert (found["1"]["n"], found["1"]["subjects"], found["1"]["undefined"]) == (3, 3, None)
    assert found["2"]["n"] == 2
    assert found["2"]["undefined"] == "sub-01_T2w: empty in both maps"
    assert (found["3"]["mean"], found["3"]["ci"], found["3"]["n"]) == (None, None, 0)
    # Over labels: 0.8, 0.55 and 0.7.
    assert summary(table, "dice", None)["mean"] == pytest.approx((0.8 + 0.55 + 0.7) / 3)


def test_the_interval_draws_subjects_and_covers_the_mean() -> None:
    random = np.random.default_rng(4)
    values = random.normal(0.8, 0.05, 40)
    alone = summary([row(i, {1: float(v)}) for i, v in enumerate(values)], "dice", 1)
    half = 1.96 * values.std(ddof=1) / np.sqrt(40)
    # A percentile bootstrap of 40 values is within a tenth of the normal interval's width.
    assert alone["ci"] == pytest.approx([values.mean() - half, values.mean() + half], abs=0.2 * half)
    doubled = [row(2 * i + j, {1: float(v)}, subject=str(i)) for i, v in enumerate(values) for j in (0, 1)]
    twice = summary(doubled, "dice", 1)
    assert (twice["n"], twice["subjects"]) == (80, 40)
    # Two equal cases of a subject say no more than one: the interval stays as wide.
    assert twice["ci"] == pytest.approx(alone["ci"], abs=1e-12)


def test_one_subject_has_no_interval() -> None:
    found = summary([row(1, {1: 0.8})], "dice", 1)
    assert (found["mean"], found["sd"], found["ci"]) == (0.8, None, None)


def test_sites_stand_apart() -> None:
    table = [
        row(1, {1: 0.9}, site="Brno"),
        row(2, {1: 0.5}, site="Oslo"),
        row(3, {1: 0.7}, site="Oslo"),
        row(4, {1: 0}),
    ]
    found = by_site(table, (1,))
    assert [(one["site"], one["overall"]["n"]) for one in found] == [("Brno", 1), ("Oslo", 2)]
    assert found[1]["labels"]["1"]["mean"] == pytest.approx(0.6)
    assert by_site([row(1, {1: 0.9})], (1,)) == []


def test_the_site_comes_from_participants() -> None:
    assert site_of({"age": "31", "Centre": "Brno"}) == "Brno"
    assert site_of({"site": "", "institution": "Oslo"}) == "Oslo"
    assert site_of({"age": "31"}) == ""


def test_latency_is_a_median_with_its_range() -> None:
    assert latency([3.0, 1.0, 2.0, 10.0], "x86_64 CPU") == {
        "median_seconds": 2.5,
        "least_seconds": 1.0,
        "most_seconds": 10.0,
        "n": 4,
        "hardware": "x86_64 CPU",
    }
    assert latency([], "x86_64 CPU") is None
