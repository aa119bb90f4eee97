"""Protocols: the library loads, survives storage, and mistakes are named to the key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from measures.clinical.catalogue import CATALOGUE, measures_of
from protocols.errors import ProtocolError
from protocols.loader import LIBRARY, from_json, list_protocols, load, load_file, loads
from protocols.names import MEASURES
from protocols.protocol import Label

# Linear-light RGB as seen without the L, M or S cones (Machado et al. 2009, doi:10.1109/TVCG.2009.113, severity 1).
DEFICIENCIES = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def _lab(colour: str, deficiency: object) -> np.ndarray:
    rgb = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(deficiency) @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ linear / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


NAMES = ["cord-dti", "dentate-qsm", "lumbar-morphometry", "lumbar-nerve-dti", "rootlets", "spinal-cord"]


def test_the_library() -> None:
    assert [p.name for p in list_protocols()] == NAMES
    rootlets, cord = load("rootlets").with_options(), load("spinal-cord")
    assert rootlets.label_values() == tuple(range(2, 10))
    assert [rootlets.label(v).name for v in (2, 8, 9)] == ["C2", "C8", "T1"]  # type: ignore[union-attr]
    assert rootlets.label(1) is None
    assert cord.label_values() == (1,)
    assert cord.primary_role.name == "T2w"
    assert [r.name for r in cord.volumes if r.required] == ["T2w"]
    assert cord.role_for_suffix("T2star") is cord.volumes[1]
    assert cord.role_for_suffix("dwi") is None
    assert load("rootlets") is load("rootlets")


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_protocol_comes_back_equal(name: str) -> None:
    protocol = load(name)
    assert from_json(json.loads(json.dumps(protocol.to_json()))) == protocol


def _neighbours(name: str) -> Iterator[tuple[Label, Label]]:
    """Labels that touch or lie side by side: the next one of a kind, both sides of a level, all of one level."""
    labels = load(name).labels
    for group in dict.fromkeys((label.group, label.side) for label in labels):
        yield from pairwise(label for label in labels if (label.group, label.side) == group)
    for one, other in combinations(labels, 2):
        same_level = one.level and set(one.level.split("/")) & set(other.level.split("/"))
        same_kind = one.name.split()[:-1] == other.name.split()[:-1]
        if same_level or ({one.side, other.side} == {"left", "right"} and same_kind):
            yield one, other


@pytest.mark.parametrize("sight", DEFICIENCIES)
@pytest.mark.parametrize("name", NAMES)
def test_neighbouring_labels_never_look_alike(name: str, sight: str) -> None:
    for one, other in _neighbours(name):
        apart = np.linalg.norm(_lab(one.colour, DEFICIENCIES[sight]) - _lab(other.colour, DEFICIENCIES[sight]))
        # 10 is "seen at a glance" by the usual reading of this distance; small labels need twice that.
        assert apart > 25, (one.name, other.name)


def test_files_of_other_structures_are_left_alone() -> None:
    rootlets, cord = load("rootlets"), load("spinal-cord")
    assert cord.accepts_label_file("SC", "seg")
    assert cord.accepts_label_file(None, "seg")
    assert not cord.accepts_label_file(None, "mask")
    assert not cord.accepts_label_file("rootlets", "dseg")
    assert rootlets.accepts_label_file("rootlets", "dseg")
    assert not rootlets.accepts_label_file("vertlevels", "dseg")
    assert not rootlets.accepts_label_file(None, "seg")


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ('colour = "#E69F00"', 'colour = "blue"', "labels[1].colour", "#RRGGBB"),
        ('colour = "#E69F00"', 'colour = "#0072B2"', "labels[1].colour", "no other label has"),
        ("value = 3", "value = 2", "labels[1].value", "no other label has"),
        ("value = 3", "value = 0", "labels[1].value", "from 1 to 65535"),
        ("value = 3", "value = true", "labels[1].value", "whole number"),
        ('side = "both"', 'side = "middle"', "labels[0].side", "left, right, both, midline"),
        ("version = 2", 'version = "1"', "version", "whole number"),
        ("\nversion = 2", "", "version", "whole number"),
        ("version = 2", "version = 2\nversoin = 2", "versoin", "one of"),
        ("patch = [48, 64, 96]", "patch = [48, 64]", "model.patch", "3 whole numbers"),
        ("patch = [48, 64, 96]", "patch = [48, 64, 97]", "model.patch", "multiples of 8"),
        ("learning_rate = 0.001", "learning_rate = nan", "model.training.learning_rate", "number"),
        ("required = true", "required = false", "volumes", "required and labelled"),
        ('primary_plane = "axial"', 'primary_plane = "oblique"', "layout.primary_plane", "axial"),
        ('name = "rootlets"', 'name = "other"', "name", "the file's name"),
        ('label = "rootlets"', 'label = "root-lets"', "files.label", "letters and digits"),
        (
            "window_percentiles = [2.0, 98.0]",
            "window_percentiles = [98.0, 2.0]",
            "volumes[0].window_percentiles",
            "lower",
        ),
        ("[files]", "[files", "", "TOML"),
    ],
)
def test_mistakes_are_named_to_the_key(tmp_path: Path, old: str, new: str, key: str, expected: str) -> None:
    text = (LIBRARY / "rootlets.toml").read_text()
    assert old in text
    path = tmp_path / "rootlets.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ProtocolError) as caught:
        load_file(path)
    assert (caught.value.source, caught.value.key) == ("rootlets.toml", key)
    assert expected in caught.value.expected
    assert str(caught.value).startswith("rootlets.toml")


def test_unknown_names() -> None:
    for name in ("knee", "../rootlets", ""):
        with pytest.raises(ProtocolError, match=r"one of cord-dti, .*, spinal-cord"):
            load(name)


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "key"),
    [
        ("rootlets", "value = 3\n", "value = 2\n", "value = 2", "labels[1].value"),
        ("rootlets", 'name = "C4"\n', "", "[[labels]]", "labels[2].name"),
        ("rootlets", '"dynunet"\n\n', '"vnet"\n\n', 'architecture = "vnet"', "models[2].architecture"),
        ("rootlets", "{ gap_mm = 6.0 }", "{ gap = 6.0 }", "settings = { gap =", "checks[2].settings.gap"),
        ("rootlets", 'measures = ["overlap"', 'measures = ["overlaps"', "measures", "measures"),
        ("rootlets", "sd = 0.16", "sd = -0.16", "sd = -0.16", "published[0].sd"),
        ("rootlets", 'first = "mpr"', 'first = "4x4"', "first", "layout.first"),
        ("rootlets", "version = 2", "version = 2\nversion = 3", "version = 3", ""),
        ("dentate-qsm", "signed = true", "signed = false", "symmetric", "volumes[0].symmetric"),
        ("lumbar-nerve-dti", 'derived = "MD"', 'derived = "XD"', 'derived = "XD"', "volumes[3].derived"),
        ("lumbar-nerve-dti", '"many"', '"one"', "derived", "volumes[1].derived"),
        ("lumbar-morphometry", 'acquisitions = ["ax", "axial", "tra"]\n', "", "suffixes", "volumes[1].suffixes"),
        ("cord-dti", 'name = "light-fa"', 'name = "light-b0"', 'name = "light-b0"', "models[1].name"),
        ("cord-dti", 'role = "FA" }]', 'role = "FAT" }]', "viewports", "layouts[1].viewports[1].role"),
    ],
)
def test_mistakes_are_named_to_the_line(name: str, old: str, new: str, at: str, key: str) -> None:
    text = (LIBRARY / f"{name}.toml").read_text()
    assert old in text
    faulty = text.replace(old, new, 1)
    with pytest.raises(ProtocolError) as caught:
        loads(faulty, "own.toml")
    assert (caught.value.key, caught.value.line is not None) == (key, True)
    line = caught.value.line or 0
    assert str(caught.value).startswith(f"own.toml, line {line}")
    # The very line of the mistake where the key is written, else the table that lacks it.
    assert faulty.splitlines()[line - 1].startswith(at)
    assert abs(line - 1 - text[: text.index(old)].count("\n")) <= len(old.splitlines()) + 8


def test_a_file_of_the_first_format_is_still_read() -> None:
    """What the first studies stored: no groups, options, candidates or layouts."""
    stored = load("spinal-cord").to_json()
    old = {key: stored[key] for key in ("name", "version", "title", "summary", "reference", "measures", "files")}
    old["labels"] = [{"value": 1, "name": "Cord", "colour": "#E69F00", "side": "midline", "level": ""}]
    keys = ("name", "suffixes", "required", "labelled", "window_percentiles")
    old["volumes"] = [{key: role[key] for key in keys} for role in stored["volumes"]]
    old["layout"] = {"planes": ["axial"], "primary_plane": "axial", "start_at": "labels"}
    old["model"] = {key: stored["model"][key] for key in stored["model"] if key not in ("inputs", "encoder")}
    old["published"] = []
    protocol = from_json(old)
    assert (protocol.layouts, protocol.checks, protocol.reads) == ((), (), None)
    assert [model.default for model in protocol.models] == [True]
    assert from_json(protocol.to_json()) == protocol
    with pytest.raises(ProtocolError, match="update Radicula"):
        from_json({**old, "format": 99})


def test_the_names_of_clinical_measures_are_those_of_the_catalogue() -> None:
    elsewhere = {"overlap", "distance", "level-variability"}  # of analyses, which compare several label maps
    assert set(MEASURES) - elsewhere == set(CATALOGUE)
    for protocol in list_protocols():
        named = set(protocol.measures) & set(CATALOGUE)
        assert named == {measure.name for measure in measures_of(protocol.name)}


def test_masks_are_told_from_label_maps_by_their_name() -> None:
    rootlets = load("rootlets")
    role = rootlets.mask_role("sc")
    assert role is not None
    assert role.name == "cord"
    assert rootlets.mask_role("rootlets") is None
    assert rootlets.mask_role(None) is None
    # What a protocol labels itself is a label map, whatever another one takes it for.
    assert load("spinal-cord").mask_role("SC") is None
