"""What a user may see of jobs."""

from uuid import UUID

from django.db.models import QuerySet

from access.errors import NotFound
from access.models import Role, User
from access.selectors import has_role
from jobs.models import Job

WATCHERS = (Role.LEAD, Role.ENGINEER, Role.REVIEWER)


def job_list_for_user(user: User) -> QuerySet[Job]:
    """Jobs of the studies in which the user oversees, and the user's own.

    A plain annotator does not see others' jobs: a title or a result may name raters and scores.
    """
    overseen = Job.objects.filter(study__memberships__user=user, study__memberships__role__in=WATCHERS)
    own = Job.objects.filter(created_by=user, study__memberships__user=user)
    return (overseen | own).distinct().select_related("study", "created_by")


def job_get_for_user(user: User, job_id: UUID) -> Job:
    """One job.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    job = job_list_for_user(user).filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def may_steer(user: User, job: Job) -> bool:
    """Whether a user may cancel or repeat a job: its maker, the study lead, an engineer."""
    return job.created_by == user or has_role(user, job.study, (Role.LEAD, Role.ENGINEER))
