"""Reading protocols: from the library's TOML files, and back from what a study stored."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from mri.diffusion.maps import MAPS
from protocols.errors import ProtocolError
from protocols.protocol import (
    Frames,
    Label,
    LabelFiles,
    Layout,
    ModelSpec,
    Plane,
    Protocol,
    PublishedFigure,
    Side,
    TrainingSpec,
    VolumeRole,
)
from protocols.reading import Table

LIBRARY = Path(__file__).parent / "library"
STORED = "stored protocol"

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_BIDS_VALUE = re.compile(r"[A-Za-z0-9]+")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_SIDES = ("left", "right", "both", "midline")
_PLANES = ("axial", "sagittal", "coronal")
_FRAMES = ("one", "many")
_SUFFIXES = ("dseg", "seg", "mask")
_FLIPS = ("left-right", "anterior-posterior", "superior-inferior")


def list_protocols() -> tuple[Protocol, ...]:
    """Return every protocol of the library, by name.

    Raises
    ------
    ProtocolError
        Where a file of the library is wrong.
    """
    return tuple(load(path.stem) for path in sorted(LIBRARY.glob("*.toml")))


@cache
def load(name: str) -> Protocol:
    """Load a protocol of the library.

    Parameters
    ----------
    name : str
        File name without ``.toml``, such as ``"rootlets"``.

    Returns
    -------
    Protocol

    Raises
    ------
    ProtocolError
        Where there is no such protocol, or its file is wrong.
    """
    known = sorted(path.stem for path in LIBRARY.glob("*.toml"))
    if name not in known:
        raise ProtocolError("protocol library", "", repr(name), f"one of {', '.join(known)}")
    return load_file(LIBRARY / f"{name}.toml")


def load_file(path: Path) -> Protocol:
    """Load a protocol file, whose name must be the protocol's.

    Raises
    ------
    ProtocolError
        With file, key, what came and what was expected.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProtocolError(path.name, "", f"an unreadable file ({error})", "a TOML file") from error
    protocol = _protocol(Table(path.name, "", content))
    if protocol.name != path.stem:
        raise ProtocolError(path.name, "name", repr(protocol.name), f"the file's name {path.stem!r}")
    return protocol


def from_json(stored: Mapping[str, Any]) -> Protocol:
    """Rebuild a protocol from :meth:`Protocol.to_json`, checked like a file.

    Raises
    ------
    ProtocolError
        Where the stored data is no protocol.
    """
    return _protocol(Table(STORED, "", stored))


def _protocol(table: Table) -> Protocol:
    name = table.text("name")
    if not _NAME.fullmatch(name):
        raise table.error("name", "lower-case letters, digits and dashes")
    protocol = Protocol(
        name=name,
        version=table.integer("version", 1, 1_000_000),
        title=table.text("title"),
        summary=table.text("summary"),
        reference=table.text("reference", empty=True),
        measures=table.texts("measures"),
        files=_files(table.table("files")),
        labels=tuple(_label(t) for t in table.tables("labels")),
        volumes=tuple(_volume(t) for t in table.tables("volumes")),
        layout=_layout(table.table("layout")),
        model=_model(table.table("model")),
        published=tuple(_published(t) for t in table.tables("published")),
    )
    table.done()
    _check_labels(table, protocol.labels)
    _check_volumes(table, protocol.volumes)
    return protocol


def _files(table: Table) -> LabelFiles:
    label = table.text("label")
    if not _BIDS_VALUE.fullmatch(label):
        raise table.error("label", "letters and digits only, as BIDS has it")
    files = LabelFiles(
        label=label,
        suffix=table.choice("suffix", _SUFFIXES),
        accepted_labels=table.texts("accepted_labels"),
        bare_suffixes=table.texts("bare_suffixes", choices=_SUFFIXES, empty=True),
    )
    if label not in files.accepted_labels:
        raise table.error("accepted_labels", f"a list with {label!r} in it, so that our own files can be read back")
    table.done()
    return files


def _label(table: Table) -> Label:
    colour = table.text("colour")
    if not _COLOUR.fullmatch(colour):
        raise table.error("colour", "a colour as #RRGGBB")
    label = Label(
        value=table.integer("value", 1, 65535),
        name=table.text("name"),
        colour=colour.upper(),
        side=cast(Side, table.choice("side", _SIDES)),
        level=table.text("level", empty=True),
    )
    table.done()
    return label


def _volume(table: Table) -> VolumeRole:
    low, high = table.numbers("window_percentiles", 0.0, 100.0, length=2)
    if not low < high:
        raise table.error("window_percentiles", "the lower percentile first")
    role = VolumeRole(
        name=table.text("name"),
        suffixes=table.texts("suffixes"),
        required=table.boolean("required"),
        labelled=table.boolean("labelled"),
        window_percentiles=(low, high),
        frames=cast(Frames, table.choice("frames", _FRAMES)) if table.has("frames") else "one",
        derived=table.choice("derived", ("", *MAPS)) if table.has("derived") else "",
    )
    table.done()
    return role


def _layout(table: Table) -> Layout:
    planes = table.texts("planes", choices=_PLANES)
    layout = Layout(
        planes=cast(tuple[Plane, ...], planes),
        primary_plane=cast(Plane, table.choice("primary_plane", planes)),
        start_at=table.choice("start_at", ("labels", "middle")),
    )
    table.done()
    return layout


def _model(table: Table) -> ModelSpec:
    x_mm, y_mm, z_mm = table.numbers("spacing_mm", 0.05, 20.0, length=3)
    x, y, z = table.integers("patch", 8, 1024, length=3)
    channels = table.integers("channels", 1, 4096)
    # Each resolution but the first halves the patch: sizes that don't divide would come back shifted by a voxel.
    divisor = 2 ** (len(channels) - 1)
    if any(n % divisor for n in (x, y, z)):
        raise table.error("patch", f"three multiples of {divisor}, since {len(channels)} resolutions halve the patch")
    model = ModelSpec(
        architecture=table.text("architecture"),
        spacing_mm=(x_mm, y_mm, z_mm),
        patch=(x, y, z),
        channels=channels,
        normalisation=table.choice("normalisation", ("z-score", "percentile")),
        flips=table.texts("flips", choices=_FLIPS, empty=True),
        training=_training(table.table("training")),
    )
    table.done()
    return model


def _training(table: Table) -> TrainingSpec:
    training = TrainingSpec(
        steps=table.integer("steps", 1, 10_000_000),
        steps_per_epoch=table.integer("steps_per_epoch", 1, 1_000_000),
        batch_size=table.integer("batch_size", 1, 1024),
        learning_rate=table.number("learning_rate", 1e-8, 10.0),
        foreground_share=table.number("foreground_share", 0.0, 1.0),
        validation_share=table.number("validation_share", 0.0, 0.9),
    )
    table.done()
    return training


def _published(table: Table) -> PublishedFigure:
    figure = PublishedFigure(
        name=table.text("name"),
        value=table.number("value"),
        sd=table.number("sd", 0.0) if table.has("sd") else None,
        unit=table.text("unit", empty=True),
        note=table.text("note", empty=True),
    )
    table.done()
    return figure


def _check_labels(table: Table, labels: Sequence[Label]) -> None:
    if not labels:
        raise ProtocolError(table.source, "labels", "no label", "one label or more")
    for what in ("value", "name", "colour"):
        given = [getattr(label, what) for label in labels]
        for n, one in enumerate(given):
            if one in given[:n]:
                expected = f"a {what} that no other label has"
                raise ProtocolError(table.source, f"labels[{n}].{what}", repr(one), expected)


def _check_volumes(table: Table, volumes: Sequence[VolumeRole]) -> None:
    if not any(role.labelled and role.required for role in volumes):
        raise ProtocolError(table.source, "volumes", "no role", "one that is both required and labelled, or more")
    for what, given in (
        ("name", [(n, role.name) for n, role in enumerate(volumes)]),
        ("suffixes", [(n, suffix) for n, role in enumerate(volumes) for suffix in role.suffixes]),
    ):
        seen: set[str] = set()
        for n, one in given:
            if one in seen:
                raise ProtocolError(table.source, f"volumes[{n}].{what}", repr(one), "one that no other role has")
            seen.add(one)
    if any(role.derived for role in volumes) and not any(role.frames == "many" for role in volumes):
        n = next(n for n, role in enumerate(volumes) if role.derived)
        expected = 'a protocol with a role of frames = "many", which maps are computed from'
        raise ProtocolError(table.source, f"volumes[{n}].derived", repr(volumes[n].derived), expected)
