"""Both services together, as the tests of the site get them."""

from pathlib import Path

import psycopg
import pytest

from radicula.services.embedded import embedded_services, temporary_services
from radicula.services.errors import StartError
from radicula.services.places import Home


def test_the_temporary_folder_is_gone_at_the_end() -> None:
    with temporary_services() as addresses:
        assert psycopg.connect(addresses.database_url).execute("SELECT 1").fetchone() == (1,)
        assert addresses.environment()["RADICULA_HOME"] == str(addresses.home)
    assert not addresses.home.exists()


def test_one_data_folder_serves_one_site(home: Home) -> None:
    with (
        embedded_services(home.root, durable=False),
        pytest.raises(StartError, match=r"runn?ing on .* already \(process \d+\); .*RADICULA_HOME=FOLDER"),
        embedded_services(home.root, durable=False),
    ):
        pass


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("")
    with pytest.raises(StartError, match=r"data folder .*taken can't be used \(File exists\)"), embedded_services(file):
        pass
