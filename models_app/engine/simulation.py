"""Rounds replayed on a labelled dataset: an oracle hands over the labels that a strategy asks for.

For every strategy and seed: begin with a few cases, train from scratch, score on the test cases, choose, pay, repeat.
All strategies of a seed begin with the same cases and the same weights, so that they differ in their choices alone.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models_app.engine.learning import LabelledFile, TrainingPlan, learn
from models_app.engine.networks import network_build
from models_app.engine.plan import EpochReport
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import image_read
from models_app.engine.scoring import case_score
from models_app.engine.uncertainty import Member, case_uncertainty
from models_app.engine.weights import weights_dump, weights_load
from models_app.specification import Specification, TrainingSettings
from mri.nifti import read_labels
from selection.pool import Pool, ScoredCase
from selection.strategies import BASELINE, STRATEGIES, choose
from selection.summary import Sampling

ENSEMBLE_MEMBERS = 3
"""Networks that vote in a replay of `ensemble`: the round's own, and others from other weights on the same cases."""

Progress = Callable[[float, str], None]
"""Told how far it is, from 0 to 1, and what is being done; what it raises ends the simulation between two steps."""


@dataclass(frozen=True)
class CostModel:
    """What a label costs a person: an assumption, not a measurement, unless it was fitted to one's own times.

    Attributes
    ----------
    minutes_per_case : float
        To open a case, look through it and hand it in.
    minutes_per_voxel : float
        For each voxel that has to be changed: of the model's proposal, or of an empty map in the first round.
    """

    minutes_per_case: float = 2.0
    minutes_per_voxel: float = 0.002

    def minutes(self, voxels_changed: int) -> float:
        """What one case costs."""
        return self.minutes_per_case + self.minutes_per_voxel * voxels_changed


@dataclass(frozen=True)
class SimulationPlan:
    """All that decides a simulation.

    Attributes
    ----------
    specification, settings
        What the network sees, and how it learns in each round; the seed is that of the simulation.
    pool, test : tuple of LabelledFile
        What there is to choose from, and what every round is scored on.
    strategies : tuple of str
        Names of `selection.strategies.STRATEGIES`; the baseline is among them.
    seeds : tuple of int
        Of the first cases, the weights, the patches and the draws.
    first, k, rounds : int
        Cases to begin with, cases chosen after each round, and trainings in all.
    cost : CostModel
        What the oracle is paid.
    passes : int or None
        Of strategies that ask more than once; None for the usual number.
    """

    specification: Specification
    settings: TrainingSettings
    pool: tuple[LabelledFile, ...]
    test: tuple[LabelledFile, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    first: int = 2
    k: int = 2
    rounds: int = 3
    cost: CostModel = field(default_factory=CostModel)
    passes: int | None = None

    def key(self) -> str:
        """A hash of what a kept step depends on: a folder with another one's steps is refused."""
        told = {
            "specification": self.specification.to_json(),
            "settings": {**self.settings.to_json(), "seed": None},
            "cases": [[file.name for file in files] for files in (self.pool, self.test)],
            "first": self.first,
            "k": self.k,
            "cost": asdict(self.cost),
            "passes": self.passes,
        }
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Step:
    """One round of one strategy with one seed.

    Attributes
    ----------
    strategy, seed, number
        Which; rounds are counted from 1.
    labelled : list of str
        The cases that were trained on.
    minutes : float
        What their labels cost.
    dice : dict of str to dict
        By test case: label value -> Dice, null where it is undefined.
    mean_dice : float or None
        Mean over the labels of each case, then over the cases.
    choices : list of dict
        What was chosen for the next round: `case`, `rank`, `score`, `voxels_changed`, `minutes`; empty in the last one.
    seconds : float
        What the step took.
    """

    strategy: str
    seed: int
    number: int
    labelled: list[str]
    minutes: float
    dice: dict[str, dict[str, float | None]]
    mean_dice: float | None
    choices: list[dict[str, Any]]
    seconds: float


_APART = 10_000
"""Between the seeds of an ensemble's members: no other seed of a simulation is met."""


def simulate(plan: SimulationPlan, folder: Path, device: torch.device, progress: Progress) -> list[Step]:
    """Replay rounds; steps that lie in the folder already are not done again.

    Parameters
    ----------
    plan : SimulationPlan
        What to replay.
    folder : pathlib.Path
        Where each step is kept as soon as it is done, and trained weights until the simulation ends.
    device : torch.device
        Where the networks are.
    progress : callable
        See `Progress`.

    Raises
    ------
    ValueError
        If the folder holds steps of another plan.
    """
    _claim(folder, plan.key())
    oracle = _Oracle(plan, folder, device)
    steps: list[Step] = []
    total = len(plan.seeds) * len(plan.strategies) * plan.rounds
    for seed in plan.seeds:
        for strategy in plan.strategies:
            labelled, minutes = oracle.begin(seed)
            for number in range(1, plan.rounds + 1):
                progress(len(steps) / total, f"{strategy}, seed {seed}, round {number} of {plan.rounds}")
                step = oracle.step(strategy, seed, number, labelled, minutes)
                steps.append(step)
                labelled = [*labelled, *(choice["case"] for choice in step.choices)]
                minutes += sum(choice["minutes"] for choice in step.choices)
        oracle.forget(seed)
    return steps


class _Oracle:
    """Knows every label, and does one step at a time."""

    def __init__(self, plan: SimulationPlan, folder: Path, device: torch.device) -> None:
        self.plan, self.folder, self.device = plan, folder, device
        self.pool = {file.name: file for file in plan.pool}

    def begin(self, seed: int) -> tuple[list[str], float]:
        """The first cases of a seed, the same for every strategy, and what drawing them from nothing costs."""
        order = np.random.default_rng([seed, 0]).permutation(len(self.plan.pool))[: self.plan.first]
        names = [self.plan.pool[int(place)].name for place in order]
        return names, sum(self.plan.cost.minutes(self._drawn(name)) for name in names)

    def step(self, strategy: str, seed: int, number: int, labelled: Sequence[str], minutes: float) -> Step:
        """Train, score and choose."""
        path = self.folder / "steps" / f"{strategy}-{seed}-{number}.json"
        kept = _read(path)
        if kept is not None:
            return Step(**kept)
        started = time.perf_counter()
        member = self._trained(seed, labelled)
        dice = self._scores(member, seed, labelled)
        means = [np.mean(found) for row in dice.values() if (found := [d for d in row.values() if d is not None])]
        left = [name for name in self.pool if name not in labelled]
        last = number == self.plan.rounds or not left
        step = Step(
            strategy=strategy,
            seed=seed,
            number=number,
            labelled=list(labelled),
            minutes=minutes,
            dice=dice,
            mean_dice=float(np.mean(means)) if means else None,
            choices=[] if last else self._choices(member, strategy, seed, number, labelled, left),
            seconds=round(time.perf_counter() - started, 2),
        )
        _write(path, asdict(step))
        return step

    def forget(self, seed: int) -> None:
        """Let go of the weights of a seed."""
        for path in (self.folder / "weights").glob(f"{seed}-*.pt"):
            path.unlink()

    def _trained(self, seed: int, labelled: Sequence[str], number: int = 0) -> Member:
        """Train on some cases, from scratch; the same cases and seed are trained on once. `number` of an ensemble."""
        cases = sorted(labelled)
        weights = self._kept(seed, cases, f"-{number}.pt" if number else ".pt")
        specification = self._learnable(cases)
        network = network_build(specification)
        if weights.is_file():
            weights_load(weights, network)
            return Member(network.to(self.device).eval(), specification)
        learned = learn(
            TrainingPlan(
                specification=specification,
                train=tuple(self.pool[name] for name in cases),
                validation=(),
                settings=replace(self.plan.settings, seed=seed + _APART * number),
            ),
            _Quiet(),
            self.device,
        )
        network.load_state_dict(learned.state)
        weights.parent.mkdir(parents=True, exist_ok=True)
        weights.write_bytes(weights_dump(learned.state))
        return Member(network.to(self.device).eval(), specification)

    def _scores(self, member: Member, seed: int, labelled: Sequence[str]) -> dict[str, dict[str, float | None]]:
        path = self._kept(seed, labelled, ".json")
        kept: dict[str, dict[str, float | None]] | None = _read(path)
        if kept is None:
            kept = {file.name: self._score(member, file) for file in self.plan.test}
            _write(path, kept)
        return kept

    def _kept(self, seed: int, labelled: Sequence[str], ending: str) -> Path:
        key = sha256(json.dumps(sorted(labelled)).encode()).hexdigest()[:16]
        return self.folder / "weights" / f"{seed}-{key}{ending}"

    def _learnable(self, cases: Sequence[str]) -> Specification:
        """The specification with the labels that some case has. The others are scored all the same, as missed."""
        whole = self.plan.specification
        seen = {int(value) for name in cases for value in np.unique(read_labels(self.pool[name].labels).voxels)}
        values = tuple(value for value in whole.label_values if value in seen)
        return replace(
            whole,
            label_values=values,
            left_out=tuple(sorted({*whole.left_out, *whole.label_values} - {*values})),
            mirror_pairs=tuple(pair for pair in whole.mirror_pairs if set(pair) <= set(values)),
        )

    def _score(self, member: Member, file: LabelledFile) -> dict[str, float | None]:
        source = image_read(file.images, member.specification)
        found = labels_predict(member.network, source, member.specification, device=self.device)
        truth = read_labels(file.labels, source.grid)
        score = case_score(file.name, truth, found.labels, self.plan.specification.label_values)
        return {str(value): dice for value, dice in score.dice.items()}

    def _choices(
        self, member: Member, strategy: str, seed: int, number: int, labelled: Sequence[str], left: Sequence[str]
    ) -> list[dict[str, Any]]:
        sampling = STRATEGIES[strategy].sampling
        others = range(1, ENSEMBLE_MEMBERS) if sampling is Sampling.ENSEMBLE else ()
        members = [member, *(self._trained(seed, labelled, other) for other in others)]
        rows = [self._asked(members, name, sampling, seed) for name in left]
        known = []
        if strategy in {"coreset", "mix"}:
            known = [row.embedding for row in (self._asked(members, name, sampling, seed) for name in labelled)]
        pool = Pool.gather(rows, [place for place in known if place is not None])
        chosen = choose(strategy, pool, self.plan.k, seed=seed, round_number=number)
        told = []
        for choice in chosen:
            voxels = self._corrected(member, choice.name)
            told.append(
                {
                    "case": choice.name,
                    "rank": choice.rank,
                    "score": choice.score,
                    "voxels_changed": voxels,
                    "minutes": self.plan.cost.minutes(voxels),
                }
            )
        return told

    def _asked(self, members: Sequence[Member], name: str, sampling: Sampling | None, seed: int) -> ScoredCase:
        if sampling is None:
            return ScoredCase(name)
        found = case_uncertainty(
            members,
            lambda _: self.pool[name].images,
            sampling,
            device=self.device,
            seed=seed,
            passes=None if sampling in {Sampling.PLAIN, Sampling.ENSEMBLE} else self.plan.passes,
        )
        return ScoredCase(name, found.summary, found.embedding)

    def _corrected(self, member: Member, name: str) -> int:
        """The voxels that a person would have to change in the model's proposal."""
        file = self.pool[name]
        source = image_read(file.images, member.specification)
        found = labels_predict(member.network, source, member.specification, device=self.device)
        return int(np.count_nonzero(found.labels.voxels != read_labels(file.labels, source.grid).voxels))

    def _drawn(self, name: str) -> int:
        return int(np.count_nonzero(read_labels(self.pool[name].labels).voxels))


class _Quiet:
    """Nobody watches a training of the simulation; its loss is not looked at."""

    def progress(self, fraction: float, message: str) -> None:
        """Nothing to tell."""

    def epoch(self, report: EpochReport) -> None:
        """Nothing to keep."""


def require_strategies(names: Sequence[str]) -> tuple[str, ...]:
    """The strategies of a simulation, the baseline first: nothing is compared without it.

    Raises
    ------
    ValueError
        If one is unknown.
    """
    for name in names:
        if name not in STRATEGIES:
            raise ValueError(f"There is no strategy '{name}'; there are: {', '.join(STRATEGIES)}.")
    return tuple(dict.fromkeys((BASELINE, *names)))


def _claim(folder: Path, key: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "plan.json"
    kept = _read(path)
    if kept is not None and kept.get("key") != key:
        raise ValueError(
            f"{folder} holds the steps of another simulation (other cases, settings or costs); name another folder."
        )
    _write(path, {"key": key})


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text())
    except json.JSONDecodeError:
        return None
    return stored if isinstance(stored, dict) else None


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """A file that is there is whole: a killed simulation loses the step in hand."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    with os.fdopen(handle, "w") as stream:
        json.dump(content, stream)
    Path(name).replace(path)
