"""Rounds: planned, chosen, labelled, trained, scored, and begun again."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from access.errors import ApplicationError, Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from annotation.models import TaskState
from jobs.models import JobState, Queue
from jobs.services import LIVE_STATES, job_cancel, job_create
from models_app.models import (
    OPEN_ROUND,
    ChoiceState,
    ModelState,
    ModelVersion,
    Round,
    RoundChoice,
    RoundState,
    RoundTrigger,
)
from models_app.selectors import model_version_list
from models_app.selectors.rounds import ensemble_members, pool_cases, readers_of_cases
from models_app.services.proposals import proposals_start
from models_app.services.reservations import reservation_make, reservations_end, reservations_expire
from models_app.services.training import training_start
from selection.pool import Pool, ScoredCase
from selection.strategies import STRATEGIES, Choice, choose
from selection.summary import Sampling

log = logging.getLogger(__name__)

KIND = "round-choice"
MOST_HOLD_HOURS = 24 * 60
MOST_REPEATS = 100
ENSEMBLE_MEMBERS = 5


@dataclass(frozen=True)
class RoundWish:
    """What a person wants of a round; attributes as in `Round`."""

    strategy: str
    k: int
    seed: int = 0
    raters: Sequence[int] = ()
    hold_hours: int = 72
    trigger: str = RoundTrigger.BY_HAND
    accepted_needed: int | None = None
    hour_utc: int | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    repeats: int = 0
    proposes: bool = True
    shows_scores: bool = False


def version_asked(study: Study) -> ModelVersion | None:
    """Whom a round asks about its cases: the version that serves, else the newest one."""
    versions = model_version_list(study).exclude(state=ModelState.RETIRED)
    return versions.filter(state=ModelState.SERVING).first() or versions.first()


@transaction.atomic
def round_start(*, study: Study, by: User | None, wish: RoundWish) -> Round:
    """Plan a round and queue the choice of its cases.

    Raises
    ------
    InvalidInput
        If the strategy, a number or a reader is wrong.
    Conflict
        If a round is under way, no case is left, or the strategy asks a model and there is none.
    """
    # Held until the transaction ends: two clicks at once must not begin two rounds.
    Study.objects.select_for_update().get(pk=study.pk)
    _check(study, wish)
    under_way = Round.objects.filter(study=study, state__in=OPEN_ROUND).first()
    if under_way is not None:
        raise Conflict(f"Round {under_way.number} is under way; finish or cancel it first.")
    asked = version_asked(study)
    problem = strategy_problem(study, wish.strategy, asked)
    if problem:
        raise Conflict(problem)
    if not pool_cases(study):
        raise Conflict("There is nothing to choose from: every case outside of the test set was given to a reader.")
    highest = Round.objects.filter(study=study).aggregate(highest=Max("number"))["highest"]
    strategy = STRATEGIES[wish.strategy]
    row = Round.objects.create(
        study=study,
        number=(highest or 0) + 1,
        asked=asked if strategy.sampling is not None else None,
        created_by=by,
        **{**vars(wish), "raters": list(dict.fromkeys(wish.raters)), "training": dict(wish.training)},
    )
    row.choice_job = job_create(
        study=study,
        kind=KIND,
        title=f"Choose {wish.k} case{'s' if wish.k != 1 else ''} for round {row.number}: {strategy.title}",
        # Without a model to ask there is nothing for the engine to do.
        queue=Queue.ENGINE if strategy.sampling is not None else Queue.IO,
        parameters={"round": str(row.pk)},
        by=by,
    )
    row.save(update_fields=["choice_job"])
    detail = {"number": row.number, "strategy": wish.strategy, "k": wish.k, "seed": wish.seed}
    event_record(study=study, actor=by, verb="round.started", subject=row, detail=detail)
    return row


def strategy_problem(study: Study, name: str, asked: ModelVersion | None) -> str:
    """Why a strategy can't be used now; empty where it can."""
    strategy = STRATEGIES[name]
    if strategy.sampling is None:
        return ""
    if asked is None:
        return f"{strategy.title} asks a model, and the study has none yet: train one, or begin with random."
    if strategy.sampling is Sampling.ENSEMBLE and len(ensemble_members(study, ENSEMBLE_MEMBERS)) < 2:
        return f"{strategy.title} asks two model versions of the same labels; train another one first."
    return ""


def _check(study: Study, wish: RoundWish) -> None:
    if wish.strategy not in STRATEGIES:
        raise InvalidInput(
            f"There is no strategy '{wish.strategy}'; there are {', '.join(STRATEGIES)}.", {"strategy": ["Unknown."]}
        )
    for name, least, most in (("k", 1, 10_000), ("hold_hours", 1, MOST_HOLD_HOURS), ("repeats", 0, MOST_REPEATS)):
        if not least <= getattr(wish, name) <= most:
            raise InvalidInput(
                f"{name} {getattr(wish, name)} came; {least} to {most} are possible.", {name: [f"{least} to {most}."]}
            )
    known = {user.pk for user in readers_of_cases(study)}
    strangers = [str(key) for key in wish.raters if key not in known]
    if strangers:
        raise InvalidInput(
            "Only an annotator, a reviewer or a lead of the study can read its cases.",
            {"raters": [f"No reader of this study: {', '.join(strangers)}."]},
        )
    if wish.trigger == RoundTrigger.ACCEPTED and not 1 <= (wish.accepted_needed or 0) <= wish.k:
        raise InvalidInput(
            f"After how many accepted labels does the training begin? 1 to {wish.k} are possible.",
            {"accepted_needed": [f"1 to {wish.k}."]},
        )
    if wish.trigger == RoundTrigger.NIGHTLY and wish.hour_utc not in range(24):
        raise InvalidInput("At which hour (UTC) does the training begin? 0 to 23.", {"hour_utc": ["0 to 23."]})


def round_choices_keep(*, round_: Round, choices: Sequence[Choice]) -> None:
    """Keep what was chosen, with score and rank, deal it to the readers, and ask for proposals.

    Parameters
    ----------
    round_ : Round
        In the state of choosing; in any other nothing happens, so that a job that runs again does no harm.
    choices : sequence of Choice
        Named by the ids of cases.

    Raises
    ------
    Conflict
        If nothing could be chosen.
    """
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).select_related("study", "asked").get(pk=round_.pk)
        if row.state != RoundState.CHOOSING:
            return
        if not choices:
            raise Conflict("Nothing could be chosen: no case of the pool could be scored. See the job for the reasons.")
        kept = RoundChoice.objects.bulk_create(
            RoundChoice(round=row, case_id=UUID(choice.name), rank=choice.rank, score=choice.score)
            for choice in choices
        )
        row.state, row.chosen_at = RoundState.LABELLING, timezone.now()
        row.save(update_fields=["state", "chosen_at"])
        for place, choice in enumerate(kept):
            if row.raters:
                _deal(row, choice, row.raters[place % len(row.raters)])
        event_record(
            study=row.study,
            actor=row.created_by,
            verb="round.chosen",
            subject=row,
            detail={"number": row.number, "cases": len(kept), "asked": row.asked.name if row.asked else None},
        )
    if row.proposes and row.asked is not None:
        _propose(row, [choice.case_id for choice in kept])


def round_draw(*, round_: Round) -> dict[str, Any]:
    """Choose the cases of a round whose strategy asks no model.

    Returns
    -------
    dict
        As `models_app.engine.choosing.round_choose`.
    """
    cases = pool_cases(round_.study)
    pool = Pool.gather(ScoredCase(str(case.pk)) for case in cases)
    choices = choose(round_.strategy, pool, round_.k, seed=round_.seed, round_number=round_.number)
    round_choices_keep(round_=round_, choices=choices)
    return {"round": str(round_.pk), "chosen": len(choices), "asked": 0, "skipped": []}


def _deal(row: Round, choice: RoundChoice, user_id: int) -> None:
    """A reader who has left since, or was given the case meanwhile, leaves it open for another one."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    try:
        with transaction.atomic():
            reservation_make(choice=choice, rater=user, by=row.created_by)
    except (Conflict, InvalidInput) as error:
        row.problem = error.detail
        row.save(update_fields=["problem"])


def _propose(row: Round, cases: Sequence[UUID]) -> None:
    try:
        proposals_start(study=row.study, by=row.created_by, model_version=row.asked, case_ids=cases)
    except Conflict:
        log.info("Round %s needs no proposals: they are there.", row.pk)


@transaction.atomic
def round_train(*, round_: Round, by: User | None) -> Round:
    """Begin the training of a round, with what is accepted by now.

    Raises
    ------
    Conflict
        If the round is not waiting for labels (or for a training that failed), or the training can't start.
    """
    row = Round.objects.select_for_update(of=("self",)).select_related("study", "training_run__job").get(pk=round_.pk)
    failed = (
        row.state == RoundState.TRAINING
        and row.training_run is not None
        and row.training_run.job.state in (JobState.FAILED, JobState.CANCELLED)
    )
    if row.state != RoundState.LABELLING and not failed:
        raise Conflict(f"Round {row.number} is {row.get_state_display()}; there is nothing to train now.")
    row.training_run = training_start(study=row.study, by=by, **_training_wish(row))
    row.state, row.problem, row.trained_at = RoundState.TRAINING, "", timezone.now()
    row.save(update_fields=["training_run", "state", "problem", "trained_at"])
    detail = {"number": row.number, "accepted": accepted_count(row)}
    event_record(study=row.study, actor=by, verb="round.training", subject=row, detail=detail)
    return row


def _training_wish(row: Round) -> dict[str, Any]:
    known = ("model", "architecture", "epochs", "raters", "initial")
    chosen = {name: row.training[name] for name in known if row.training.get(name) is not None}
    if "initial" in chosen:
        chosen["initial"] = UUID(str(chosen["initial"]))
    options = {name: value for name, value in row.training.items() if name not in known and value is not None}
    # One split for all rounds: only then is a difference between two rounds not one between two validation sets.
    return {**chosen, "seed": row.training.get("seed", 0), "options": {k: v for k, v in options.items() if k != "seed"}}


@transaction.atomic
def round_cancel(*, round_: Round, by: User) -> Round:
    """End a round: its jobs stop, what nobody has begun goes back to the pool, begun work goes on.

    Raises
    ------
    Conflict
        If it has ended.
    """
    row = Round.objects.select_for_update(of=("self",)).select_related("study").get(pk=round_.pk)
    if row.state not in OPEN_ROUND:
        raise Conflict(f"Round {row.number} is {row.get_state_display()}; there is nothing to cancel.")
    jobs = [row.choice_job, row.training_run.job if row.training_run is not None else None]
    for job in jobs:
        if job is not None and job.state in LIVE_STATES:
            job_cancel(job=job, by=by)
    row.state, row.finished_at = RoundState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "finished_at"])
    reservations_end(row, by=by, begun_too=True)
    event_record(study=row.study, actor=by, verb="round.cancelled", subject=row, detail={"number": row.number})
    return row


def accepted_count(row: Round) -> int:
    """How many labels of a round are accepted."""
    return row.choices.filter(task__state=TaskState.ACCEPTED).count()


def rounds_advance() -> None:
    """Let every round go on that can: called by the clock, and harmless to call at any time."""
    reservations_expire()
    for key in list(Round.objects.filter(state__in=OPEN_ROUND).values_list("pk", flat=True)):
        try:
            _advance(key)
        except Exception:
            # One study's trouble must not hold up the rounds of the others.
            log.exception("Round %s could not go on", key)


@transaction.atomic
def _advance(key: UUID) -> None:
    row = (
        Round.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("study", "created_by", "choice_job", "training_run__job")
        .filter(pk=key, state__in=OPEN_ROUND)
        .first()
    )
    if row is None:
        return
    if row.state == RoundState.CHOOSING:
        _watch_choice(row)
    elif row.state == RoundState.LABELLING:
        if _is_time(row):
            _begin_training(row)
    else:
        _watch_training(row)


def _watch_choice(row: Round) -> None:
    job = row.choice_job
    if job is not None and job.state == JobState.CANCELLED:
        row.state, row.finished_at = RoundState.CANCELLED, timezone.now()
        row.save(update_fields=["state", "finished_at"])
    elif job is not None:
        _tell(row, job.error if job.state == JobState.FAILED else "")


def _is_time(row: Round) -> bool:
    accepted = accepted_count(row)
    if row.trigger == RoundTrigger.ACCEPTED:
        # Where some cases were left out, those that remain are all there can be.
        left = row.choices.exclude(state=ChoiceState.WITHDRAWN).exclude(task__state=TaskState.EXCLUDED).count()
        return accepted >= min(row.accepted_needed or row.k, max(left, 1))
    if row.trigger == RoundTrigger.NIGHTLY:
        return accepted > 0 and timezone.now().hour == row.hour_utc
    return False


def _begin_training(row: Round) -> None:
    try:
        with transaction.atomic():
            round_train(round_=row, by=row.created_by)
    except ApplicationError as error:
        _tell(row, error.detail)  # tried again at the next stroke: another training may be under way


def _watch_training(row: Round) -> None:
    run = row.training_run
    if run is None:
        return
    if run.job.state != JobState.DONE:
        _tell(row, run.job.error or "The training was cancelled." if run.job.state not in LIVE_STATES else "")
        return
    row.result = ModelVersion.objects.filter(training_run=run).first()
    row.state, row.finished_at, row.problem = RoundState.DONE, timezone.now(), ""
    row.save(update_fields=["result", "state", "finished_at", "problem"])
    reservations_end(row, by=None, begun_too=False)
    detail = {"number": row.number, "result": row.result.name if row.result is not None else None}
    event_record(study=row.study, actor=row.created_by, verb="round.finished", subject=row, detail=detail)
    if row.repeats:
        _next(row)


def _next(row: Round) -> None:
    same = ("strategy", "k", "seed", "raters", "hold_hours", "trigger", "accepted_needed", "hour_utc", "training",
            "proposes", "shows_scores")  # fmt: skip
    wish = RoundWish(**{name: getattr(row, name) for name in same}, repeats=row.repeats - 1)
    try:
        with transaction.atomic():
            round_start(study=row.study, by=row.created_by, wish=wish)
    except ApplicationError as error:
        _tell(row, f"The next round was not begun: {error.detail}")


def _tell(row: Round, problem: str) -> None:
    if row.problem != problem:
        row.problem = problem
        row.save(update_fields=["problem"])
