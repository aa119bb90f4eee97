"""A data folder for the tests of the embedded services."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from radicula.services.places import Home, home_open, sockets_remove


@pytest.fixture
def home() -> Iterator[Home]:
    """A data folder of its own; not pytest's, whose folders another account (PostgreSQL under root) can't enter."""
    with tempfile.TemporaryDirectory(prefix="radicula-test-") as folder:
        opened = home_open(Path(folder))
        yield opened
        sockets_remove(opened)
