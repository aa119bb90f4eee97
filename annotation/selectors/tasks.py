"""The tasks that a user may see, and what is next."""

from uuid import UUID

from django.db.models import Case as Switch
from django.db.models import IntegerField, Prefetch, QuerySet, Value, When

from access.errors import NotFound
from access.models import Role, User
from access.selectors import roles_of
from annotation.models import LabelVersion, Review, Task, TaskState, TaskVolume, Volume
from annotation.selectors.visibility import studies_joined, tasks_visible

OPEN_STATES = (TaskState.TODO, TaskState.IN_PROGRESS, TaskState.RETURNED)
"""The states in which the rater works on a task."""

REVIEWABLE_STATES = (TaskState.SUBMITTED, TaskState.ACCEPTED)
"""What a reviewer can send back; a submitted one can be accepted too."""

REVIEWERS = (Role.REVIEWER, Role.LEAD)


def task_list_for_user(user: User) -> QuerySet[Task]:
    """The tasks that a user may see, oldest first."""
    return (
        Task.objects.filter(tasks_visible(user))
        .select_related("case__study", "case__subject", "rater__user")
        .prefetch_related(Prefetch("reviews", queryset=Review.objects.select_related("reviewer")))
    )


def task_list_of_user(user: User) -> QuerySet[Task]:
    """The tasks that a user reads, in studies that the user is still a member of."""
    return task_list_for_user(user).filter(rater__user=user, case__study__in=studies_joined(user))


def task_get_for_user(user: User, task_id: UUID) -> Task:
    """One task, with its volumes and working labels.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    versions = LabelVersion.objects.all()
    task = (
        task_list_for_user(user)
        .filter(pk=task_id)
        .prefetch_related(
            Prefetch("case__volumes", queryset=Volume.objects.order_by("role", "name", "id")),
            Prefetch(
                "working",
                queryset=TaskVolume.objects.prefetch_related(
                    Prefetch("head", queryset=versions), Prefetch("submitted", queryset=versions)
                ),
            ),
        )
        .first()
    )
    if task is None:
        raise NotFound("There is no such task, or it is not yours to see.")
    return task


def task_next_for_user(user: User, study_slug: str | None = None) -> Task | None:
    """The task that a user goes on with: one that was begun, else one that came back, else the oldest one to do."""
    begun_first = Switch(
        When(state=TaskState.IN_PROGRESS, then=Value(0)),
        When(state=TaskState.RETURNED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    tasks = task_list_of_user(user).filter(state__in=OPEN_STATES)
    if study_slug is not None:
        tasks = tasks.filter(case__study__slug=study_slug)
    return tasks.order_by(begun_first, "created_at", "id").first()


def task_may(user: User, task: Task) -> dict[str, bool]:
    """What a user may do to a task now: `edit`, `submit`, `review`."""
    own = task.rater.user_id == user.pk
    edit = own and task.state in OPEN_STATES
    review = not own and task.state in REVIEWABLE_STATES and bool(roles_of(user, task.case.study) & {*REVIEWERS})
    return {"edit": edit, "submit": edit, "review": review}
