"""The embedded PostgreSQL, for real."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from radicula.services.errors import StartError
from radicula.services.places import Home, home_open, sockets_remove
from radicula.services.postgres import EmbeddedPostgres
from tests.services.waiting import lives


def _server(home: Home) -> EmbeddedPostgres:
    return EmbeddedPostgres(home, durable=False)


def _write(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('rootlet')")


def _read(server: EmbeddedPostgres) -> object:
    with psycopg.connect(server.url) as connection:
        return connection.execute("SELECT word FROM kept").fetchone()


def test_data_outlive_a_restart_and_no_process_outlives_the_server(home: Home) -> None:
    with _server(home) as server:
        _write(server)
        assert server.process is not None
        pid = server.process.pid
    assert not lives(pid)
    with _server(home) as server:
        assert _read(server) == ("rootlet",)


def test_nobody_else_may_reach_the_socket(home: Home) -> None:
    with _server(home):
        folder = (home.sockets / "postgres").stat()
        assert stat.S_IMODE(folder.st_mode) == 0o700


def test_a_server_left_behind_is_ended_and_its_data_are_kept(home: Home) -> None:
    left_behind = _server(home)
    left_behind.start()
    _write(left_behind)
    assert left_behind.process is not None
    with _server(home) as server:
        assert left_behind.process.poll() is not None
        assert _read(server) == ("rootlet",)


def test_a_killed_server_starts_again_although_its_id_now_belongs_to_another_process(home: Home) -> None:
    with _server(home) as server:
        _write(server)
        assert server.process is not None
        server.process.kill()
        server.process.wait()
    lines = (home.postgres / "postmaster.pid").read_text().splitlines()
    (home.postgres / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with _server(home) as server:
        assert _read(server) == ("rootlet",)


def test_a_deep_data_folder_keeps_its_sockets_in_a_short_one(home: Home) -> None:
    deep = home_open(home.root.joinpath(*["a-folder-with-a-long-name"] * 5))
    with _server(deep) as server:
        assert deep.root not in deep.sockets.parents
        _write(server)
    sockets_remove(deep)
    assert not deep.sockets.exists()


def test_data_of_another_version_are_refused_in_one_line(home: Home) -> None:
    home.postgres.mkdir()
    (home.postgres / "PG_VERSION").write_text("15\n")
    with pytest.raises(StartError, match=r"is of PostgreSQL 15, and this is 18; dump it") as problem:
        _server(home).start()
    assert "\n" not in str(problem.value)


def test_a_first_start_that_was_cut_short_is_begun_anew(home: Home) -> None:
    draft: Path = home.root / "postgres.new"
    draft.mkdir()
    (draft / "half").write_text("a cluster")
    with _server(home) as server:
        _write(server)
    assert not draft.exists()
