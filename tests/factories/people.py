"""Users and studies."""

from access.models import Membership, Role, Study, User
from protocols import loader

PASSWORD = "radicula-test-password"


def make_user(username: str, *, with_password: bool = False) -> User:
    """An account. A password takes a third of a second to hash, so only sign-in tests have one."""
    if with_password:
        return User.objects.create_user(username, password=PASSWORD)
    return User.objects.create(username=username, password="!")


def make_study(lead: User, slug: str = "cord", protocol: str = "spinal-cord") -> Study:
    """A study with a lead."""
    loaded = loader.load(protocol).with_options()
    study = Study.objects.create(
        slug=slug,
        name=f"The study {slug}",
        protocol_name=loaded.name,
        protocol_version=loaded.version,
        protocol=loaded.to_json(),
        created_by=lead,
    )
    make_member(study, lead, Role.LEAD)
    return study


def make_member(study: Study, user: User, *roles: Role) -> list[Membership]:
    """Roles for a user."""
    return [Membership.objects.create(study=study, user=user, role=role) for role in roles]
