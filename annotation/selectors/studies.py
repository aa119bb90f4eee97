"""Studies with the numbers that a user may see of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from access.models import Event, Membership, Role, Study, User
from access.selectors import event_list, roles_of
from annotation.models import Case, Rater, Task, TaskState
from annotation.selectors.tasks import OPEN_STATES, REVIEWERS, task_next_for_user
from annotation.selectors.visibility import oversees, studies_joined, studies_overseen, tasks_visible

COUNTED_STATES = tuple(state for state in TaskState if state is not TaskState.EXCLUDED)
LATEST_EVENTS = 20


@dataclass(frozen=True)
class StudyFacts:
    """A study as one user sees it. An annotator's counts are of own tasks."""

    study: Study
    my_roles: list[str]
    counts: dict[str, int]


@dataclass(frozen=True)
class Waiting:
    """What waits for people of a role."""

    role: Role
    what: str
    count: int


@dataclass(frozen=True)
class Overview:
    """How a study stands, as one user sees it."""

    counts: dict[str, int]
    raters: list[dict[str, Any]]
    waiting: list[Waiting]
    next_task: Task | None
    latest_events: list[Event]


def study_facts(user: User, studies: Iterable[Study]) -> list[StudyFacts]:
    """The facts about some studies, in three queries however many there are."""
    studies = list(studies)
    keys = [study.pk for study in studies]
    roles: dict[Any, list[str]] = {key: [] for key in keys}
    counts = {key: {"cases": 0, "tasks": 0, **{state.value: 0 for state in COUNTED_STATES}} for key in keys}
    for study_id, role in Membership.objects.filter(user=user, study__in=keys).values_list("study_id", "role"):
        roles[study_id].append(role)
    own = Q(tasks__rater__user=user)
    visible = Q(study__in=studies_overseen(user)) | (own & Q(study__in=studies_joined(user)))
    cases = Case.objects.filter(visible, study__in=keys).order_by().values("study_id")
    for row in cases.annotate(n=Count("pk", distinct=True)):
        counts[row["study_id"]]["cases"] = row["n"]
    tasks = Task.objects.filter(tasks_visible(user), case__study__in=keys).order_by().values("case__study_id", "state")
    for row in tasks.annotate(n=Count("pk")):
        of_study = counts[row["case__study_id"]]
        of_study["tasks"] += row["n"]
        if row["state"] in of_study:
            of_study[row["state"]] = row["n"]
    return [StudyFacts(study, sorted(roles[study.pk]), counts[study.pk]) for study in studies]


def study_overview(user: User, study: Study) -> Overview:
    """How a study stands: who is how far, what waits for whom, and what is next for the user."""
    sees_all = oversees(user, study)
    roles = roles_of(user, study)
    events = event_list(study)
    if Role.LEAD not in roles:
        # The audit log names everyone: only the lead reads it, others see the lines of their own doing.
        events = events.filter(actor=user)
    return Overview(
        counts=study_facts(user, [study])[0].counts,
        raters=_raters(study, None if sees_all else user),
        waiting=_waiting(user, study, sees_all),
        next_task=task_next_for_user(user, study.slug),
        latest_events=list(events[:LATEST_EVENTS]),
    )


def _raters(study: Study, only: User | None) -> list[dict[str, Any]]:
    rows = Rater.objects.filter(study=study)
    if only is not None:
        rows = rows.filter(user=only)
    counted = {state.value: Count("tasks", filter=Q(tasks__state=state)) for state in COUNTED_STATES}
    return list(rows.annotate(**counted).order_by("name").values("id", "name", "user__username", *counted))


def _waiting(user: User, study: Study, sees_all: bool) -> list[Waiting]:
    own = Task.objects.filter(case__study=study, rater__user=user)
    if not sees_all:
        return _waiting_for_reader(own)
    submitted = Task.objects.filter(case__study=study, state=TaskState.SUBMITTED).exclude(rater__user=user).count()
    unassigned = Case.objects.filter(study=study, tasks=None).count()
    reading = Task.objects.filter(case__study=study, state__in=OPEN_STATES, rater__user__isnull=False)
    return [
        *_waiting_for_reader(reading),
        Waiting(REVIEWERS[0], "tasks to review", submitted),
        Waiting(Role.LEAD, "cases without a reader", unassigned),
    ]


def _waiting_for_reader(tasks: Any) -> list[Waiting]:
    returned = tasks.filter(state=TaskState.RETURNED).count()
    to_read = tasks.filter(state__in=(TaskState.TODO, TaskState.IN_PROGRESS)).count()
    return [
        Waiting(Role.ANNOTATOR, "tasks to read", to_read),
        Waiting(Role.ANNOTATOR, "tasks sent back", returned),
    ]
