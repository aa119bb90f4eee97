"""Reading what a protocol trains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from protocols.label_sections import SHORT_NAME
from protocols.names import ARCHITECTURES, ENCODERS, FLIPS, NORMALISATIONS
from protocols.networks import CascadeSpec, ModelCandidate, ModelSpec, PromotionGate, TrainingSpec
from protocols.reading import Table

ENCODER_DIVISOR = 32
"""The encoders halve a patch five times."""

_SMALLEST_SIDE = 8
_SHARED = ("spacing_mm", "patch", "channels", "normalisation", "flips", "training", "inputs")


def read_models(table: Table, roles: tuple[str, ...]) -> tuple[ModelSpec, tuple[ModelCandidate, ...]]:
    """Read ``[model]`` and ``[[models]]``.

    A candidate takes from ``[model]`` what it does not say itself. Without candidates ``[model]`` is the only one.

    Returns
    -------
    tuple
        The default candidate as a plain network, and all candidates.
    """
    base = table.table("model")
    model = ModelSpec(**_settings(base, roles))
    base.done()
    tables = table.tables("models")
    if not tables:
        only = ModelCandidate(name=model.architecture, title=model.architecture, default=True, **_fields(model))
        return model, (only,)
    shared = {key: base.content[key] for key in _SHARED if key in base.content}
    candidates: list[ModelCandidate] = []
    for one in tables:
        candidate = _candidate(Table(one.source, one.path, {**shared, **one.content}, one.lines), roles)
        if any(candidate.name == other.name for other in candidates):
            raise one.error("name", "one that no other candidate has")
        candidates.append(candidate)
    defaults = [candidate for candidate in candidates if candidate.default]
    if len(defaults) != 1:
        raise table.refusal("models", f"{len(defaults)} candidates with default = true", "exactly one")
    return ModelSpec(**_fields(defaults[0])), tuple(candidates)


def _candidate(table: Table, roles: tuple[str, ...]) -> ModelCandidate:
    if not SHORT_NAME.fullmatch(table.text("name")):
        raise table.error("name", "lower-case letters, digits and dashes")
    candidate = ModelCandidate(
        name=table.text("name"),
        title=table.text("title"),
        default=table.flag("default"),
        **_settings(table, roles),
    )
    table.done()
    return candidate


def _settings(table: Table, roles: tuple[str, ...]) -> dict[str, Any]:
    architecture = table.choice("architecture", ARCHITECTURES)
    x_mm, y_mm, z_mm = table.numbers("spacing_mm", 0.05, 20.0, length=3)
    channels = table.integers("channels", 1, 4096)
    encoder = table.choice("encoder", ENCODERS) if table.has("encoder") and table.content["encoder"] else ""
    if bool(encoder) != (architecture == "flexible-unet-2d"):
        expected = "an encoder" if not encoder else "no encoder"
        raise table.refusal(
            "encoder", repr(encoder) if encoder else "nothing", f"{expected} with the architecture {architecture!r}"
        )
    table.ignore("encoder")
    return {
        "architecture": architecture,
        "spacing_mm": (x_mm, y_mm, z_mm),
        "patch": _patch(table, architecture, channels, encoder),
        "channels": channels,
        "normalisation": table.choice("normalisation", NORMALISATIONS),
        "flips": table.texts("flips", choices=FLIPS, empty=True),
        "training": _training(table.table("training")),
        "inputs": table.texts("inputs", choices=roles, empty=True) if table.has("inputs") else (),
        "encoder": encoder,
        "cascade": _cascade(table, architecture),
    }


def _patch(table: Table, architecture: str, channels: tuple[int, ...], encoder: str) -> tuple[int, int, int]:
    x, y, z = table.integers("patch", 1, 1024, length=3)
    # Each resolution but the first halves the patch: sizes that don't divide would come back shifted by a voxel.
    divisor = ENCODER_DIVISOR if encoder else 2 ** (len(channels) - 1)
    flat, sides = architecture.endswith("-2d"), [n for n in (x, y, z) if n > 1]
    if len(sides) != (2 if flat else 3):
        raise table.error("patch", "one side of 1 for a 2-D network" if flat else "no side of 1 for a 3-D network")
    if any(n % divisor or n < _SMALLEST_SIDE for n in sides):
        why = f"the encoder {encoder!r} halves" if encoder else f"{len(channels)} resolutions halve"
        raise table.error("patch", f"multiples of {divisor} from {_SMALLEST_SIDE} on, since {why} the patch")
    return (x, y, z)


def _cascade(table: Table, architecture: str) -> CascadeSpec | None:
    if architecture != "cascade":
        if table.has("cascade"):
            raise table.refusal("cascade", "a table", f"none with the architecture {architecture!r}")
        return None
    inner = table.table("cascade")
    x_mm, y_mm, z_mm = inner.numbers("coarse_spacing_mm", 0.05, 20.0, length=3)
    cascade = CascadeSpec((x_mm, y_mm, z_mm), inner.number("margin_mm", 0.0, 200.0))
    inner.done()
    return cascade


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


def read_gate(table: Table) -> PromotionGate:
    """Read ``[gate]``."""
    gate = PromotionGate(margin=table.number("margin", 0.0, 0.5))
    table.done()
    return gate


def _fields(model: ModelSpec) -> Mapping[str, Any]:
    return {one.name: getattr(model, one.name) for one in fields(ModelSpec)}
