"""Who may see what, as conditions on rows.

An overseer (lead, reviewer, engineer) of a study sees every rater's work in it. An annotator sees what is theirs. All
conditions are subqueries: a join over several roles of one user would give a row several times.
"""

from django.db.models import Q, QuerySet

from access.models import Study, User
from access.selectors import OVERSEERS, has_role
from annotation.models import LabelSource, LabelVersion


def studies_joined(user: User) -> QuerySet[Study]:
    """The studies that a user is a member of, for use as a subquery."""
    return Study.objects.filter(memberships__user=user).order_by()


def studies_overseen(user: User) -> QuerySet[Study]:
    """The studies in which a user sees every rater's work, for use as a subquery."""
    return Study.objects.filter(memberships__user=user, memberships__role__in=OVERSEERS).order_by()


def oversees(user: User, study: Study) -> bool:
    """Whether a user sees every rater's work in a study."""
    return has_role(user, study, OVERSEERS)


def tasks_visible(user: User) -> Q:
    """The condition on tasks: of studies overseen, and one's own in studies one is still a member of."""
    return Q(case__study__in=studies_overseen(user)) | Q(rater__user=user, case__study__in=studies_joined(user))


def label_versions_visible(user: User) -> Q:
    """The condition on label versions: as for tasks, and a proposal that an own label started from."""
    own = Q(task__rater__user=user, volume__case__study__in=studies_joined(user))
    started_from = LabelVersion.objects.filter(own).values("parent_id")
    return (
        Q(volume__case__study__in=studies_overseen(user))
        | own
        | Q(task=None, source=LabelSource.MODEL, pk__in=started_from)
    )
