"""The cases that a user may see, with what the user may see in them."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from access.errors import NotFound
from access.models import Study, User
from annotation.models import Case, Rater, Subject, Task
from annotation.selectors.labels import label_version_current_for_user
from annotation.selectors.visibility import studies_joined, tasks_visible


def case_list_for_user(user: User) -> QuerySet[Case]:
    """The cases of the studies that a user is a member of.

    Each carries `visible_tasks`, and each of its volumes `visible_versions`: what this user may see of them.
    """
    tasks = Task.objects.filter(tasks_visible(user)).select_related("rater")
    return (
        Case.objects.filter(study__in=studies_joined(user))
        .select_related("study", "subject")
        .prefetch_related(
            "volumes",
            Prefetch("volumes__label_versions", label_version_current_for_user(user), to_attr="visible_versions"),
            Prefetch("tasks", tasks, to_attr="visible_tasks"),
        )
    )


def case_get_for_user(user: User, case_id: UUID) -> Case:
    """One case.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    case = case_list_for_user(user).filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no such case in a study of yours.")
    return case


def test_set_of(study: Study) -> list[str]:
    """The labels of the subjects in the frozen test set."""
    return list(Subject.objects.filter(study=study, in_test_set=True).values_list("label", flat=True))


def rater_list(study: Study) -> QuerySet[Rater]:
    """Everyone who reads in a study. For overseers alone: the names would unblind an annotator."""
    return Rater.objects.filter(study=study).select_related("user")
