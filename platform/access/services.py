"""What changes people, studies and roles."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from access.errors import Conflict, InvalidInput, NotFound
from access.models import Event, Membership, Role, Study, User
from access.protocol_files import library_protocols, protocol_from_text
from protocols.protocol import Protocol


def event_record(
    *,
    study: Study | None,
    actor: User | None,
    verb: str,
    subject: Model | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Write a line of the audit log.

    Call it inside the transaction of the change that it tells of: both happen or neither.
    """
    return Event.objects.create(
        study=study,
        actor=actor,
        verb=verb,
        object_type=subject._meta.model_name or "" if subject is not None else "",
        object_id=str(subject.pk) if subject is not None else "",
        detail=detail or {},
    )


@transaction.atomic
def study_create(
    *,
    by: User,
    slug: str,
    name: str,
    protocol: str = "",
    protocol_file: str | None = None,
    options: Sequence[str] | None = None,
    description: str = "",
    is_demo: bool = False,
) -> Study:
    """Make a study from a protocol of the library or a lab's own; the maker becomes its lead.

    Parameters
    ----------
    by : User
        The maker.
    slug, name, description : str
        Address, name and instructions.
    protocol : str
        Name in the library.
    protocol_file : str or None
        The text of a lab's own protocol file instead.
    options : sequence of str or None
        Options of the protocol, None for its defaults.
    is_demo : bool, default False
        Whether it is the demonstration.

    Raises
    ------
    InvalidInput
        If there is no such protocol or option, or the file is wrong: with its line and the reason.
    Conflict
        If the slug is taken.
    """
    chosen = _protocol(protocol) if protocol_file is None else protocol_from_text(protocol_file)
    try:
        snapshot = chosen.with_options(options)
    except KeyError as error:
        offered = ", ".join(option.name for option in chosen.options) or "none"
        raise InvalidInput(
            f"The protocol '{chosen.name}' has no option {error}; it has: {offered}.",
            {"options": [f"There are: {offered}."]},
        ) from error
    study = Study(
        slug=slug,
        name=name,
        description=description,
        protocol_name=snapshot.name,
        protocol_version=snapshot.version,
        protocol=snapshot.to_json(),
        is_demo=is_demo,
        created_by=by,
    )
    study.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            study.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            f"The address '{slug}' is taken; choose another.", {"slug": ["Taken; choose another."]}
        ) from error
    Membership.objects.create(study=study, user=by, role=Role.LEAD)
    event_record(study=study, actor=by, verb="study.created", subject=study, detail={"protocol": snapshot.name})
    return study


def _protocol(name: str) -> Protocol:
    library = library_protocols()
    if name not in library:
        known = ", ".join(library)
        raise InvalidInput(
            f"There is no protocol '{name}'; there are: {known}.", {"protocol": [f"Choose one of {known}."]}
        )
    return library[name]


@transaction.atomic
def study_update(*, study: Study, by: User, name: str | None = None, description: str | None = None) -> Study:
    """Change a study's name or description."""
    if name is not None:
        study.name = name
    if description is not None:
        study.description = description
    study.full_clean(validate_unique=False, validate_constraints=False)
    study.save(update_fields=["name", "description"])
    event_record(study=study, actor=by, verb="study.changed", subject=study)
    return study


@transaction.atomic
def member_add(*, study: Study, username: str, role: Role, by: User | None) -> Membership:
    """Give a user a role in a study; doing it twice changes nothing.

    Raises
    ------
    InvalidInput
        If there is no such user.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise InvalidInput(
            f"There is no user '{username}'; ask the site's administrator to make the account.",
            {"username": [f"There is no user '{username}'."]},
        )
    membership, made = Membership.objects.get_or_create(study=study, user=user, role=role)
    if made:
        event_record(
            study=study, actor=by, verb="member.added", subject=membership, detail={"user": username, "role": role}
        )
    return membership


@transaction.atomic
def member_remove(*, study: Study, membership_id: str, by: User) -> None:
    """Take a role away. Labels and tasks of the user stay.

    Raises
    ------
    NotFound
        If there is no such membership in the study.
    Conflict
        If it is the last lead.
    """
    # Locks the study's memberships: two leads who remove each other at once must not leave a study without a lead.
    rows = {
        str(row.pk): row
        for row in Membership.objects.select_for_update(of=("self",)).filter(study=study).select_related("user")
    }
    membership = rows.get(str(membership_id))
    if membership is None:
        raise NotFound("There is no such member in this study.")
    leads = [row for row in rows.values() if row.role == Role.LEAD]
    if membership.role == Role.LEAD and len(leads) == 1:
        raise Conflict(f"{membership.user.username} is the only study lead; make another member lead first.")
    event_record(
        study=study,
        actor=by,
        verb="member.removed",
        subject=membership,
        detail={"user": membership.user.username, "role": membership.role},
    )
    membership.delete()
