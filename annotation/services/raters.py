"""Who reads: members, and the named authors of labels that were imported."""

from access.models import Membership, Role, Study, User
from annotation.models import Rater

READERS = (Role.ANNOTATOR, Role.LEAD, Role.REVIEWER)
"""The roles that may read cases."""

NAME_LENGTH = 64


def rater_for_member(*, study: Study, user: User) -> Rater:
    """The rater of a member, made where there is none.

    Labels that were imported under the user's name before keep their own, unclaimed rater: whoever is called like a
    file has not thereby drawn it.
    """
    found = Rater.objects.filter(study=study, user=user).first()
    if found is not None:
        return found
    name, number = user.username[:NAME_LENGTH], 1
    while Rater.objects.filter(study=study, name=name).exists():
        number += 1
        name = f"{user.username[: NAME_LENGTH - 4]}-{number}"
    rater, _ = Rater.objects.get_or_create(study=study, user=user, defaults={"name": name})
    return rater


def rater_for_import(*, study: Study, name: str) -> Rater:
    """The rater whom imported labels belong to.

    A name that equals a member's user name means that member; an account outside the team is never meant.
    """
    found = Rater.objects.filter(study=study, name=name).first()
    if found is not None:
        return found
    member = Membership.objects.filter(study=study, user__username=name).select_related("user").first()
    if member is not None:
        return rater_for_member(study=study, user=member.user)
    rater, _ = Rater.objects.get_or_create(study=study, name=name[:NAME_LENGTH])
    return rater
