"""What a user may see of jobs."""

from uuid import UUID

from django.db.models import QuerySet

from access.errors import NotFound
from access.models import Membership, Role, User
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


def may_steer(user: User, job: Job, steered: frozenset[UUID] | None = None) -> bool:
    """Whether a user may cancel or repeat a job: its maker, the study lead, an engineer.

    Parameters
    ----------
    user : User
        Who asks.
    job : Job
        The job.
    steered : frozenset of UUID, optional
        `studies_steered_by(user)`, where many jobs are asked for.
    """
    if job.created_by_id == user.pk:
        return True
    return job.study_id in (studies_steered_by(user) if steered is None else steered)


def studies_steered_by(user: User) -> frozenset[UUID]:
    """The studies in which a user may steer every job."""
    rows = Membership.objects.filter(user=user, role__in=(Role.LEAD, Role.ENGINEER))
    return frozenset(rows.values_list("study_id", flat=True))
