"""What a user may see. Every other app fetches studies and roles through here."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from rest_framework.request import Request

from access.errors import NotAllowed, NotFound, NotSignedIn
from access.models import Event, Membership, Role, Study, User

OVERSEERS = (Role.LEAD, Role.REVIEWER, Role.ENGINEER)
"""The roles that see every rater's labels. An annotator sees only what is theirs: blind means blind."""


def user_of(request: Request) -> User:
    """The signed-in user of a request.

    Raises
    ------
    NotSignedIn
        If nobody is signed in.
    """
    if isinstance(request.user, AnonymousUser):
        raise NotSignedIn("Nobody is signed in; sign in or send a token.")
    return request.user


def study_list_for_user(user: User) -> QuerySet[Study]:
    """The studies that a user is a member of."""
    return Study.objects.filter(memberships__user=user).distinct()


def study_get_for_user(user: User, slug: str) -> Study:
    """One study, by slug.

    Raises
    ------
    NotFound
        If there is none, or the user is not a member.
    """
    study = study_list_for_user(user).filter(slug=slug).first()
    if study is None:
        raise NotFound(f"There is no study '{slug}' that you are a member of.")
    return study


def roles_of(user: User, study: Study) -> frozenset[Role]:
    """The roles of a user in a study; empty for an outsider."""
    rows = Membership.objects.filter(user=user, study=study).values_list("role", flat=True)
    return frozenset(Role(row) for row in rows)


def has_role(user: User, study: Study, roles: Iterable[Role]) -> bool:
    """Whether a user has one of the roles in a study."""
    return not roles_of(user, study).isdisjoint(roles)


def require_role(user: User, study: Study, *roles: Role) -> None:
    """Refuse a user who has none of the roles.

    Raises
    ------
    NotAllowed
        Naming the roles that may.
    """
    if not has_role(user, study, roles):
        wanted = " or ".join(Role(role).label for role in roles)
        raise NotAllowed(f"Only a {wanted} of the study '{study.slug}' may do this; ask the study lead for the role.")


def study_get_with_role(user: User, slug: str, *roles: Role) -> Study:
    """One study in which the user has one of the roles.

    Raises
    ------
    NotFound
        If the user is no member.
    NotAllowed
        If the user is a member without such a role.
    """
    study = study_get_for_user(user, slug)
    require_role(user, study, *roles)
    return study


def membership_list(study: Study) -> QuerySet[Membership]:
    """The team of a study."""
    return Membership.objects.filter(study=study).select_related("user")


def event_list(study: Study) -> QuerySet[Event]:
    """The audit log of a study, newest first."""
    return Event.objects.filter(study=study).select_related("actor")
