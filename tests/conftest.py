"""What every test with a database shares. The services behind it: `radicula.services.pytest_plugin`."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

# The same examples in every run, and none fails because the machine was busy while it was made or tried.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# `--hypothesis-profile default` tries others.
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests first: their longest file is not what all processes should wait for at the end."""
    items.sort(key=lambda item: item.path.parent.name != "browser")


@pytest.fixture
def fresh_cache() -> None:
    """Forget counted sign-ins: the limit per minute would carry over from test to test."""
    cache.clear()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real images, named by RADICULA_DATA."""
    folder = os.environ.get("RADICULA_DATA", "")
    if not folder:
        pytest.skip("RADICULA_DATA names no folder of real images")
    return Path(folder)
