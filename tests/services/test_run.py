"""What stands in the way of `make run` is told in one line, with exit status 2."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from radicula.services import options
from radicula.services.errors import StartError
from radicula.services.options import free_port, options_read
from radicula.services.places import Home, home_locked, home_open, secret_key


def _run(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "radicula.services.run"],
        env={**os.environ, "RADICULA_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _only_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    return lines[0]


def test_a_port_in_use_names_the_port_and_the_way_out(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = _only_line(_run(home.root, PORT=str(port)))
    assert line.startswith(f"radicula: port {port} on 127.0.0.1 is in use")
    assert line.endswith(f"choose another: PORT={port + 1}")


def test_a_second_site_on_one_folder_is_refused(home: Home) -> None:
    with home_locked(home):
        line = _only_line(_run(home.root))
    assert f"a site is running on {home.root} already (process {os.getpid()})" in line


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "eighty"}, "PORT=eighty is not a port; give a number from 1 to 65535"),
        ({"HOST": "203.0.113.7"}, "HOST=203.0.113.7 is not an address of this machine"),
        ({"RADICULA_DEMO": "perhaps"}, "RADICULA_DEMO=perhaps is neither yes nor no; give 1 or 0"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(home: Home, environment: dict[str, str], words: str) -> None:
    assert words in _only_line(_run(home.root, **environment))


def test_a_disk_without_room_is_named_with_the_way_out(home: Home) -> None:
    with pytest.raises(StartError, match=r"has \d+ MB free and \d+ are needed; .*RADICULA_HOME=FOLDER"):
        home_open(home.root, free_bytes_needed=10**18)


def test_the_secret_key_is_made_once_for_this_account_alone(home: Home) -> None:
    key = secret_key(home)
    assert len(key) > 50
    assert secret_key(home) == key
    assert (home.root / "secret_key").stat().st_mode & 0o077 == 0


def test_open_log_ins_are_for_this_machine_unless_asked_for() -> None:
    assert options_read({}).demo
    assert not options_read({"DATABASE_URL": "postgresql:///site"}).demo
    assert not options_read({"HOST": "192.0.2.1"}).demo
    assert options_read({"HOST": "192.0.2.1", "RADICULA_DEMO": "1"}).demo


@pytest.mark.parametrize(("outgoing", "below"), [("32768\t60999\n", 32_768), ("1024\t65535\n", 65_536)])
def test_a_free_port_is_none_that_an_outgoing_connection_may_be_given(
    outgoing: str, below: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where those leave room, that is."""
    ports = tmp_path / "ip_local_port_range"
    ports.write_text(outgoing)
    monkeypatch.setattr(options, "OUTGOING_PORTS", ports)
    for _ in range(20):
        port = free_port()
        assert 1024 <= port < below
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", port))


def test_the_supervisor_starts_without_django() -> None:
    code = "import sys, radicula.services.run, radicula.services.embedded; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_status_of_a_folder_without_a_site(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "radicula.services.run", "--status"],
        env={**os.environ, "RADICULA_HOME": str(home.root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, f"no site runs on {home.root}\n")
