"""The strategies by name: which cases of a pool to label next. The same seed gives the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selection.pool import Pool
from selection.summary import Sampling, Score

FOREGROUND_SHARE = 2 / 3
"""Of foreground-aware draws: so often a class is drawn first, and then a case that has it."""

CANDIDATES_PER_CHOICE = 4
"""The mix looks for diversity among so many uncertain cases for each one that it takes."""

FIRST_SHARPNESS, SHARPENING = 1.0, 2.0
"""ClaSP's noise: its inverse scale in round 1, and by what it grows from round to round."""

BASELINE = "foreground-random"
"""What every other strategy is held against."""


@dataclass(frozen=True)
class Choice:
    """A case that was chosen.

    Attributes
    ----------
    name : str
        Of the case.
    rank : int
        1 for the first.
    score : float or None
        What it was chosen by; None where a strategy has none.
    """

    name: str
    rank: int
    score: float | None


@dataclass(frozen=True)
class Strategy:
    """A way to choose.

    Attributes
    ----------
    name, title : str
        What programs and people call it.
    explanation : str
        One sentence.
    sampling : Sampling or None
        Which summaries it reads; None where it needs no model.
    score : Score or None
        What it sums; None where it goes by something else.
    score_means : str
        What the score of a choice is, with its unit; empty where there is none.
    source : str
        DOI.
    """

    name: str
    title: str
    explanation: str
    sampling: Sampling | None
    score: Score | None
    score_means: str
    source: str
    pick: Picker


@dataclass(frozen=True)
class Question:
    """What is asked of a strategy: k cases of a pool, in a round, with a generator."""

    pool: Pool
    k: int
    round_number: int
    random: np.random.Generator


Picked = list[tuple[int, float | None]]
"""Places in the pool with their scores, first choice first."""

Picker = Callable[[Question, Score | None], Picked]


def choose(strategy: str, pool: Pool, k: int, *, seed: int, round_number: int = 1) -> list[Choice]:
    """Choose cases to label.

    Parameters
    ----------
    strategy : str
        A name of `STRATEGIES`.
    pool : Pool
        What there is to choose from.
    k : int
        How many, at least 1. Fewer come where the pool has no more, or where the strategy needs a summary and no more
        cases have one.
    seed : int
        Decides draws and ties.
    round_number : int, default 1
        The round, counted from 1: noise decays with it.

    Returns
    -------
    list of Choice
        First choice first.

    Raises
    ------
    KeyError
        If there is no such strategy.
    ValueError
        If k is less than 1.
    """
    if k < 1:
        raise ValueError(f"At least one case is chosen; {k} were asked for.")
    row = STRATEGIES[strategy]
    question = Question(pool, min(k, len(pool)), round_number, np.random.default_rng([seed, round_number]))
    return [
        Choice(pool.names[place], rank, score)
        for rank, (place, score) in enumerate(row.pick(question, row.score), start=1)
    ]


def _random(question: Question, _: Score | None) -> Picked:
    """Uniform, without replacement."""
    return [(int(place), None) for place in question.random.permutation(len(question.pool))[: question.k]]


def _foreground_random(question: Question, _: Score | None) -> Picked:
    """Two of three draws: a class, each alike, then a case in which it is predicted; else any case."""
    left = np.ones(len(question.pool), dtype=bool)
    present = np.nan_to_num(question.pool.class_mm3, nan=0.0) > 0
    picked: Picked = []
    for _turn in range(question.k):
        among = left
        drawn_by_class = question.random.random() < FOREGROUND_SHARE
        classes = np.flatnonzero((present & left[:, None]).any(axis=0))
        if drawn_by_class and classes.size:
            among = left & present[:, question.random.choice(classes)]
        place = int(question.random.choice(np.flatnonzero(among)))
        left[place] = False
        picked.append((place, None))
    return picked


def _first(question: Question, _: Score | None) -> Picked:
    return [(place, None) for place in range(question.k)]


def _last(question: Question, _: Score | None) -> Picked:
    size = len(question.pool)
    return [(place, None) for place in range(size - 1, size - 1 - question.k, -1)]


def _largest(question: Question, score: Score | None) -> Picked:
    """The largest sums; ties are broken at random."""
    values = _column(question.pool, score)
    return [(place, float(values[place])) for place in _descending(values, question.random)[: question.k]]


def _class_stratified(question: Question, _: Score | None) -> Picked:
    """Go round the classes, each time taking the case with the most entropy of that class, with noise."""
    table = question.pool.class_entropy
    if table.shape[1] == 0:
        return []
    sharpness = FIRST_SHARPNESS * SHARPENING ** (question.round_number - 1)
    # On a log scale, so that the noise is relative to the score: adding Gumbel noise of scale 1/b there draws cases
    # with a probability that goes as score^b.
    noised = np.log(np.maximum(table, np.finfo(np.float32).tiny)) + question.random.gumbel(size=table.shape) / sharpness
    noised[np.isnan(table)] = -np.inf
    # The rarest class first: where k is less than the number of classes, it is the one that others would miss.
    order = np.argsort(np.nan_to_num(question.pool.class_mm3).sum(axis=0), kind="stable")
    picked: Picked = []
    for turn in range(question.k):
        of_class = int(order[turn % order.size])
        place = int(noised[:, of_class].argmax())
        if noised[place, of_class] == -np.inf:
            break
        picked.append((place, float(table[place, of_class])))
        noised[place] = -np.inf
    return picked


def _coreset(question: Question, _: Score | None) -> Picked:
    """Each time the case farthest from all that are labelled or chosen."""
    everything = np.flatnonzero(~np.isnan(question.pool.embeddings).any(axis=1))
    return _farthest(question, everything if question.pool.embeddings.shape[1] else everything[:0], question.k)


def _mixed(question: Question, score: Score | None) -> Picked:
    """The most uncertain cases, and among them the most diverse."""
    values = _column(question.pool, score)
    uncertain = _descending(values, question.random)[: question.k * CANDIDATES_PER_CHOICE]
    if question.pool.embeddings.shape[1] == 0:
        return [(place, float(values[place])) for place in uncertain[: question.k]]
    among = np.array([p for p in uncertain if not np.isnan(question.pool.embeddings[p]).any()], dtype=np.intp)
    return [(place, float(values[place])) for place, _ in _farthest(question, among, question.k)]


def _farthest(question: Question, among: NDArray[np.intp], k: int) -> Picked:
    """k-center greedy; the score is the distance to the nearest centre at the time of the choice.

    Without any labelled case the first centre is drawn at random, and has no score.
    """
    points = question.pool.embeddings[among].astype(np.float64)
    picked: Picked = []
    nearest = np.full(among.size, np.inf)
    for centre in question.pool.labelled.astype(np.float64):
        nearest = np.minimum(nearest, np.linalg.norm(points - centre, axis=1))
    for _turn in range(min(k, among.size)):
        if np.isinf(nearest).all():
            place, score = int(question.random.integers(among.size)), None
        else:
            place = int(nearest.argmax())
            score = float(nearest[place])
        picked.append((int(among[place]), score))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[place], axis=1))
        nearest[place] = -1.0  # never twice, even where two cases have one place
    return picked


def _column(pool: Pool, score: Score | None) -> NDArray[np.float32]:
    name = (score or Score.ENTROPY).value
    return pool.scores.get(name, np.full(len(pool), np.nan, dtype=np.float32))


def _descending(values: NDArray[np.float32], random: np.random.Generator) -> list[int]:
    """Places by value, largest first; without those that have none."""
    known = np.flatnonzero(~np.isnan(values))
    return [int(place) for place in known[np.lexsort((random.random(known.size), -values[known]))]]


_NATS = "entropy around the predicted structures, nat mm³"

STRATEGIES: dict[str, Strategy] = {
    row.name: row
    for row in (
        Strategy(
            BASELINE,
            "Foreground-aware random",
            "Draws a label, then a case in which the model sees it; one draw of three is among all cases.",
            Sampling.PLAIN, None, "", "10.48550/arXiv.2511.19183", _foreground_random,
        ),
        Strategy(
            "random", "Random", "Draws cases, each alike; needs no model.", None, None, "", "", _random,
        ),
        Strategy("first", "First", "Takes cases in the study's order; needs no model.", None, None, "", "", _first),
        Strategy("last", "Last", "Takes cases from the end of the study's order; needs no model.", None, None, "",
                 "", _last),
        Strategy(
            "entropy", "Predictive entropy", "Takes the cases whose voxels in and around the structures are least "
            "certain.", Sampling.PLAIN, Score.ENTROPY, _NATS, "10.1002/j.1538-7305.1948.tb01338.x", _largest,
        ),
        Strategy(
            "margin", "Margin", "Takes the cases in which the second label comes closest to the first.",
            Sampling.PLAIN, Score.MARGIN, "1 - margin around the predicted structures, mm³",
            "10.1007/3-540-44816-0_31", _largest,
        ),
        Strategy(
            "bald", "MC-dropout BALD", "Takes the cases about which passes with dropout disagree most.",
            Sampling.DROPOUT, Score.MUTUAL_INFORMATION, "mutual information, nat mm³", "10.48550/arXiv.1703.02910",
            _largest,
        ),
        Strategy(
            "augmentation", "Test-time augmentation", "Takes the cases whose answer varies most when the image is "
            "mirrored, scaled or made noisier.", Sampling.AUGMENTATION, Score.VARIANCE, "variance, mm³",
            "10.1016/j.neucom.2019.01.103", _largest,
        ),
        Strategy(
            "ensemble", "Ensemble disagreement", "Takes the cases about which the study's model versions vote "
            "differently.", Sampling.ENSEMBLE, Score.VOTE_ENTROPY, "vote entropy, mm³", "10.1109/CVPR.2018.00976",
            _largest,
        ),
        Strategy(
            "clasp", "Class-stratified entropy (ClaSP)", "Goes round the labels and takes the least certain case of "
            "each, with noise that decays from round to round.", Sampling.PLAIN, Score.ENTROPY,
            "the label's part of the entropy, nat mm³", "10.48550/arXiv.2601.13677", _class_stratified,
        ),
        Strategy(
            "coreset", "Diversity (core-set)", "Takes the cases that look least like those labelled or chosen.",
            Sampling.PLAIN, None, "distance to the nearest labelled or chosen case", "10.48550/arXiv.1708.00489",
            _coreset,
        ),
        Strategy(
            "mix", "Uncertain, then diverse", "Takes the least certain cases, four for each wanted, and of those the "
            "most different ones.", Sampling.PLAIN, Score.ENTROPY, _NATS, "10.1007/978-3-319-66179-7_46", _mixed,
        ),
    )
}  # fmt: skip
