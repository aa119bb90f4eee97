"""A study at work, and a client per person."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from access.models import User
from tests.factories.worlds import World, make_world


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """The real hasher takes a third of a second per guess, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> World:
    """A study with one person per role."""
    return make_world()


@pytest.fixture(scope="module")
def shared_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The same, made once for a module whose tests leave it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def as_user() -> Callable[[User | None], APIClient]:
    """A client that is signed in as a user, or as nobody."""

    # Each client would load the middleware anew, and WhiteNoise looks at every static file then.
    handler = APIClient().handler

    def sign_in(user: User | None) -> APIClient:
        client = APIClient()
        client.handler = handler
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-django makes a test database only where a test is marked: a module's shared world counts as well."""
    for item in items:
        if "shared_world" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)
