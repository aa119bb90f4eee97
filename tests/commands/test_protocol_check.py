"""`radicula protocol check`."""

import json
from pathlib import Path

import pytest

from protocols.loader import LIBRARY
from radicula.cli import main


def test_a_good_file_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["protocol", "check", str(LIBRARY / "dentate-qsm.toml")]) == 0
    shown = capsys.readouterr().out
    assert "1 Dentate left, 2 Dentate right" in shown
    assert "two-step (default)" in shown
    assert main(["protocol", "check", str(LIBRARY / "dentate-qsm.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "dentate-qsm"


def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dentate-qsm.toml"
    path.write_text((LIBRARY / path.name).read_text().replace('side = "right"', 'side = "starboard"'))
    line = path.read_text().splitlines().index('side = "starboard"') + 1
    assert main(["protocol", "check", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"radicula: dentate-qsm.toml, line {line}, labels[1].side: 'starboard' came, "
        "one of left, right, both, midline was expected.\n"
    )
    assert main(["protocol", "check", str(tmp_path / "absent.toml")]) == 2
