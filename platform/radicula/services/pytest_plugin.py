"""Gives a test run a PostgreSQL, a Redis and a data folder of its own: `-p radicula.services.pytest_plugin`.

It starts them before pytest-django reads the settings. Addresses in the environment are replaced, so that a test run
never reaches the data of a site; `RADICULA_TEST_DATABASE_URL` names another server for the test database.
"""

import atexit
import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from radicula.services.embedded import temporary_services

SERVICES = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Start the services before any other plugin acts."""
    atexit.register(SERVICES.close)  # a run that stops at a wrong option never comes to `pytest_unconfigure`
    addresses = SERVICES.enter_context(temporary_services())
    os.environ |= addresses.environment()
    if database_url := os.environ.get("RADICULA_TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = database_url
    return (yield)


def pytest_unconfigure() -> None:
    """End the services and delete their folder."""
    SERVICES.close()
