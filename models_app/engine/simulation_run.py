"""A simulation from what a person asked for to its report."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from access.errors import InvalidInput
from access.models import Study
from jobs.provenance import code_version
from models_app.engine.app import device_best
from models_app.engine.hardware import hardware_describe, library_versions
from models_app.engine.simulation import CostModel, SimulationPlan, require_strategies, simulate
from models_app.engine.simulation_data import cases_of_folder, cases_of_study, split_cases
from models_app.engine.simulation_report import report_write
from models_app.fingerprint import fingerprint_take
from models_app.selectors import protocol_of
from models_app.specification import settings_for, specification_for
from protocols import loader


@dataclass(frozen=True)
class SimulationWish:
    """What a person asked for; see `manage.py simulate_rounds --help`."""

    folder: Path
    study: Study | None = None
    dataset: Path | None = None
    protocol: str = ""
    raters: Sequence[str] = ()
    test: Sequence[str] = ()
    test_share: float = 0.3
    strategies: Sequence[str] = ("entropy",)
    seeds: int = 5
    first: int = 2
    k: int = 2
    rounds: int = 3
    architecture: str = "unet3d-small"
    title: str = ""
    passes: int | None = None
    cost: CostModel = field(default_factory=CostModel)
    options: dict[str, Any] = field(default_factory=dict)


def simulation_run(wish: SimulationWish, progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Replay the rounds and write the report into the wish's folder.

    Raises
    ------
    InvalidInput
        If there is nothing to replay, or what is asked for does not fit together; in one sentence.
    """
    if wish.study is not None:
        protocol, cases = protocol_of(wish.study), cases_of_study(wish.study, wish.raters)
    elif wish.dataset is not None:
        protocol = loader.load(wish.protocol)
        cases = cases_of_folder(wish.dataset, protocol, wish.raters)
    else:
        raise InvalidInput("Name a study or a dataset to replay.", {"study": ["A study, or a dataset."]})
    pool, test = split_cases(cases, wish.test, wish.test_share, seed=0)
    if wish.first > len(pool):
        raise InvalidInput(
            f"{wish.first} cases were asked for to begin with; {len(pool)} are there.",
            {"first": [f"At most {len(pool)}."]},
        )
    settings = settings_for(protocol, architecture=wish.architecture, processes=1, **wish.options)
    fingerprint = fingerprint_take([case.facts for case in pool], protocol.primary_role.name)
    plan = SimulationPlan(
        specification=specification_for(protocol, wish.architecture, fingerprint=fingerprint, settings=settings),
        settings=settings,
        pool=tuple(case.file for case in pool),
        test=tuple(case.file for case in test),
        strategies=_strategies(wish.strategies),
        seeds=tuple(range(1, wish.seeds + 1)),
        first=wish.first,
        k=wish.k,
        rounds=wish.rounds,
        cost=wish.cost,
        passes=wish.passes,
    )
    try:
        steps = simulate(plan, wish.folder, device_best(), progress)
    except ValueError as error:
        raise InvalidInput(str(error), {"output": [str(error)]}) from error
    facts = {
        "pool": [file.name for file in plan.pool],
        "test": [file.name for file in plan.test],
        "seeds": list(plan.seeds),
        "first": plan.first,
        "k": plan.k,
        "cost": asdict(plan.cost),
        "specification": plan.specification.to_json(),
        "settings": {**plan.settings.to_json(), "seed": "that of the simulation"},
        "seconds": round(sum(step.seconds for step in steps), 1),
        "code_version": code_version(),
        "libraries": library_versions(),
        "hardware": hardware_describe(),
    }
    return report_write(steps, wish.folder, wish.title or _title(wish), facts)


def _strategies(names: Sequence[str]) -> tuple[str, ...]:
    try:
        return require_strategies(names)
    except ValueError as error:
        raise InvalidInput(str(error), {"strategies": [str(error)]}) from error


def _title(wish: SimulationWish) -> str:
    where = wish.study.name if wish.study is not None else (wish.dataset or Path()).name
    return f"{where}: {wish.rounds} rounds"
