"""Chosen cases and whom they are reserved for: one reader each, given back where nobody begins."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from access.errors import Conflict, NotAllowed
from access.models import User
from access.selectors import has_role
from access.services import event_record
from annotation.models import Task, TaskState
from annotation.services.tasks import task_assign, task_withdraw
from models_app.models import ChoiceState, Round, RoundChoice, RoundState
from models_app.selectors import MAKERS
from models_app.selectors.rounds import choices_open_to


@transaction.atomic
def reservation_take(*, round_: Round, by: User) -> RoundChoice:
    """Reserve the first open case of a round for a reader who asks for one.

    Two who ask at once get two cases: each skips the row that the other one holds.

    Raises
    ------
    NotAllowed
        If the round is meant for other readers.
    Conflict
        If no case is open.
    """
    if round_.state != RoundState.LABELLING:
        raise Conflict(f"Round {round_.number} is {round_.get_state_display()}; no case of it can be taken.")
    if round_.raters and by.pk not in round_.raters:
        raise NotAllowed("The cases of this round are dealt to other readers; ask the study lead.")
    row = (
        choices_open_to(by, round_.study)
        .filter(round=round_)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("rank")
        .first()
    )
    if row is None:
        raise Conflict(f"No case of round {round_.number} is open: each is reserved or done.")
    return _reserve(row, by, by)


@transaction.atomic
def reservation_make(*, choice: RoundChoice, rater: User, by: User | None) -> RoundChoice:
    """Reserve an open case for a reader.

    Raises
    ------
    Conflict
        If it is not open, here or in an earlier round.
    InvalidInput
        If the user reads no cases in the study.
    """
    row = RoundChoice.objects.select_for_update(of=("self",)).get(pk=choice.pk)
    if row.state != ChoiceState.OPEN:
        raise Conflict(f"{row.case.name} is {row.get_state_display()}; release it first.")
    return _reserve(row, rater, by)


def _reserve(row: RoundChoice, rater: User, by: User | None) -> RoundChoice:
    study = row.round.study
    task_assign(study=study, case_ids=[row.case_id], user_ids=[rater.pk], by=by)
    task = Task.objects.select_related("rater").get(case=row.case_id, rater__user=rater, read=1)
    now = timezone.now()
    row.state, row.rater, row.task = ChoiceState.RESERVED, task.rater, task
    row.reserved_at, row.expires_at = now, now + timedelta(hours=row.round.hold_hours)
    try:
        # A savepoint: the error of the constraint must not end the caller's transaction.
        with transaction.atomic():
            row.save(update_fields=["state", "rater", "task", "reserved_at", "expires_at"])
    except IntegrityError as error:
        raise Conflict(f"{row.case.name} is reserved for someone else already.") from error
    event_record(
        study=study,
        actor=by,
        verb="case.reserved",
        subject=row,
        detail={"case": row.case.name, "rater": task.rater.name, "round": row.round.number},
    )
    return row


@transaction.atomic
def reservation_release(*, choice: RoundChoice, by: User) -> RoundChoice:
    """Give a reserved case back, by its reader, the lead or an engineer; another one can then take it.

    Raises
    ------
    NotAllowed
        If it is someone else's to give back.
    Conflict
        If it is not reserved, or its reader has begun.
    """
    row = RoundChoice.objects.select_for_update(of=("self",)).select_related("round__study").get(pk=choice.pk)
    own = row.rater is not None and row.rater.user_id == by.pk
    if not own and not has_role(by, row.round.study, MAKERS):
        raise NotAllowed("Only its reader, the study lead or an engineer may give this case back.")
    if row.state != ChoiceState.RESERVED:
        raise Conflict(f"{row.case.name} is {row.get_state_display()}; there is nothing to give back.")
    return _open_again(row, by, "given back")


def _open_again(row: RoundChoice, by: User | None, reason: str) -> RoundChoice:
    if row.task is not None:
        task_withdraw(task=row.task, by=by, reason=reason)
    row.state, row.rater, row.task, row.reserved_at, row.expires_at = ChoiceState.OPEN, None, None, None, None
    if row.round.state not in (RoundState.CHOOSING, RoundState.LABELLING):
        row.state = ChoiceState.WITHDRAWN  # the round trains or has ended: nobody takes it any more
    row.save(update_fields=["state", "rater", "task", "reserved_at", "expires_at"])
    return row


def reservations_expire() -> int:
    """Give back the cases whose readers have not begun in time; how many there were."""
    late = RoundChoice.objects.filter(
        state=ChoiceState.RESERVED, expires_at__lt=timezone.now(), task__state=TaskState.TODO
    ).values_list("pk", flat=True)
    return sum(_expire(key) for key in list(late))


@transaction.atomic
def _expire(key: UUID) -> bool:
    # The row first, then the task: a reader who opens it meanwhile keeps it.
    row = (
        RoundChoice.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("round__study")
        .filter(pk=key, state=ChoiceState.RESERVED, expires_at__lt=timezone.now())
        .first()
    )
    if row is None:
        return False
    try:
        with transaction.atomic():
            _open_again(row, None, "not begun in time")
    except Conflict:
        return False  # begun in the meantime
    return True


def reservations_end(round_: Round, *, by: User | None, begun_too: bool) -> None:
    """When a round ends, what nobody has begun goes back to the pool; begun work goes on.

    Parameters
    ----------
    round_ : Round
        Which; its row is held by the caller.
    by : User or None
        Who ends it.
    begun_too : bool
        Whether tasks that were given and not begun are withdrawn too (a cancelled round), or stay (one that trains
        before all are in).
    """
    for row in round_.choices.select_for_update(of=("self",)).select_related("round__study", "task"):
        if row.state == ChoiceState.RESERVED and begun_too:
            try:
                with transaction.atomic():
                    if row.task is not None:
                        task_withdraw(task=row.task, by=by, reason=f"round {round_.number} was cancelled")
            except Conflict:
                continue
            row.state, row.rater, row.task = ChoiceState.WITHDRAWN, None, None
            row.save(update_fields=["state", "rater", "task"])
        elif row.state == ChoiceState.OPEN:
            row.state = ChoiceState.WITHDRAWN
            row.save(update_fields=["state"])
