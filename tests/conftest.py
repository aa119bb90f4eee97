"""What every test with a database shares. The services behind it: `radicula.services.pytest_plugin`."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Share the tests out between processes: a file stays whole, and all browser tests share one site.

    The browser tests come first, so that the longest stretch of work is not what everything waits for at the end.
    """
    for item in items:
        group = "browser" if item.path.parent.name == "browser" else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
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
