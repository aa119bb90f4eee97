"""docs/protocols.md: the walk-through works, and every key of the library is in the table."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measures.anatomy.checks import CHECKS
from measures.clinical.catalogue import CATALOGUE
from protocols.loader import LIBRARY, list_protocols, load_file, loads

TEXT = (Path(__file__).parents[2] / "docs" / "protocols.md").read_text()


def _example() -> str:
    (found,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


def test_the_walk_through_makes_a_protocol(tmp_path: Path) -> None:
    path = tmp_path / "substantia-nigra.toml"
    path.write_text(_example())
    protocol = load_file(path)
    assert [(label.value, label.side) for label in protocol.labels] == [(1, "left"), (2, "right")]
    assert protocol.model.architecture == "unet3d"
    assert protocol.accepts_label_file("sn", "dseg")
    assert loads(_example(), path.name) == protocol


def _keys(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield key
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and key not in ("training", "tracking"):
                yield from _keys(inner)


def test_every_key_of_the_library_is_documented() -> None:
    words = set(re.findall(r"[a-z_0-9]+", TEXT))
    for path in LIBRARY.glob("*.toml"):
        unknown = set(_keys(tomllib.loads(path.read_text()))) - words - {"spacing_mm", "patch", "channels"}
        assert not unknown, (path.name, unknown)


def test_a_clinical_measure_can_be_asked_for_by_every_protocol_it_belongs_to() -> None:
    names = {protocol.name: protocol.measures for protocol in list_protocols()}
    for measure in CATALOGUE.values():
        for protocol in measure.protocols:
            assert measure.name in names[protocol], (measure.name, protocol)


def test_every_check_of_the_library_exists() -> None:
    assert {check.name for protocol in list_protocols() for check in protocol.checks} == set(CHECKS)
