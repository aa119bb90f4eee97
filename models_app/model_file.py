"""A model version as one file: what is in it, and what is looked at before any of it is believed. Pure.

A zip archive of `manifest.json`, the weights (`weights.safetensors`; `weights.pt` is read too) and `CARD.md`. Nothing
in it is code: the manifest is JSON, safetensors are numbers behind a JSON header, and a `.pt` file is read by the
engine with an unpickler that knows tensors and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models_app.architectures import ARCHITECTURES
from models_app.specification import Localiser, Specification
from mri.archive import extract_zip
from mri.errors import ImageError

FORMAT = "radicula-model"
FORMAT_VERSION = 1

MANIFEST, CARD = "manifest.json", "CARD.md"
SAFETENSORS, TORCH = "weights.safetensors", "weights.pt"

MOST_BYTES = 4 * 1024**3
MOST_MANIFEST_BYTES = 8 * 1024**2
MOST_CARD_BYTES = 100_000
MOST_HEADER_BYTES = 64 * 1024**2
MOST_FILES = 16
MOST_CHANNELS, MOST_LEVELS, MOST_ROLES, MOST_LABELS = 4096, 12, 16, 500
MOST_PATCH_VOXELS = 512**3

DTYPE_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ModelFileRefused(ValueError):
    """The file is no model version, or not one to be trusted; the message is one sentence for the user."""


@dataclass(frozen=True)
class ModelFile:
    """A file that was looked at.

    Attributes
    ----------
    manifest : mapping
        As it stands in the file.
    specification : Specification
        What the network sees and says; within the bounds above.
    labels : dict of int to str
        What the file calls each value.
    weights : Path
        Unpacked; its hash is the manifest's.
    card : str
        Markdown; empty where there is none.
    """

    manifest: Mapping[str, Any]
    specification: Specification
    labels: dict[int, str]
    weights: Path
    card: str


def model_file_read(path: Path, folder: Path) -> ModelFile:
    """Unpack a model file into an empty folder and check all that can be checked without building the network.

    Parameters
    ----------
    path : Path
        The archive.
    folder : Path
        Empty or new.

    Raises
    ------
    ModelFileRefused
        If it is no zip archive or a bomb, a path leaves it, a file is missing or more than there should be, a hash
        differs, the manifest is another program's or wrong, or the weights are no table of numbers.
    """
    try:
        listing = extract_zip(path, folder, max_files=MOST_FILES, max_total_bytes=MOST_BYTES)
    except ImageError as error:
        raise ModelFileRefused(f"The file was refused. {error}") from error
    if listing.refused:
        first = listing.refused[0]
        raise ModelFileRefused(f"The file was refused: {first.name!r} in it {_as_clause(first.reason)}.")
    manifest = _manifest(folder)
    weights = folder / _weights_name(manifest)
    allowed = {MANIFEST, CARD, weights.name}
    strangers = sorted(set(listing.files) - allowed)
    if strangers:
        raise ModelFileRefused(f"The file holds {strangers[0]!r}, which is no part of a model file; export it again.")
    _check_hash(weights, manifest["weights"].get("sha256"))
    if weights.name == SAFETENSORS:
        tensors_read(weights)
    elif not zipfile.is_zipfile(weights):
        raise ModelFileRefused("The weights are no file of torch's present format; export the version again.")
    return ModelFile(
        manifest=manifest,
        specification=_specification(manifest),
        labels=_labels(manifest),
        weights=weights,
        card=_card(folder / CARD),
    )


def _card(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return stream.read(MOST_CARD_BYTES).decode("utf-8", errors="replace").replace("\x00", "")


def _as_clause(reason: str) -> str:
    # The archive's reasons read "its path leaves the archive (..)" and the like.
    return f"is not accepted: {reason}"


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelFileRefused(f"The file has no {MANIFEST}: it was not exported as a Radicula file.")
    if path.stat().st_size > MOST_MANIFEST_BYTES:
        raise ModelFileRefused(f"The {MANIFEST} is larger than {MOST_MANIFEST_BYTES // 1024**2} MB; export it again.")
    content = path.read_bytes()
    if b"\\u0000" in content:
        # PostgreSQL keeps no such character.
        raise ModelFileRefused(f"The {MANIFEST} holds a NUL character; export the version again.")
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFileRefused(f"The {MANIFEST} is not readable JSON; export the version again.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelFileRefused(f"The {MANIFEST} is not that of a Radicula file; export the version as one.")
    if manifest.get("format_version") != FORMAT_VERSION:
        came = manifest.get("format_version")
        raise ModelFileRefused(f"The file has format {came!r}, this site reads {FORMAT_VERSION}: update the site.")
    return manifest


def _weights_name(manifest: Mapping[str, Any]) -> str:
    weights = manifest.get("weights")
    name = weights.get("file") if isinstance(weights, dict) else None
    if name not in (SAFETENSORS, TORCH):
        raise ModelFileRefused(f"The {MANIFEST} names the weights {name!r}; {SAFETENSORS} or {TORCH} is read.")
    return str(name)


def _check_hash(path: Path, wanted: object) -> None:
    if not path.is_file():
        raise ModelFileRefused(f"The file lacks {path.name}, which its manifest names; export the version again.")
    if not isinstance(wanted, str) or not _SHA256.fullmatch(wanted):
        raise ModelFileRefused(f"The {MANIFEST} gives no SHA-256 of {path.name}; export the version again.")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != wanted:
        raise ModelFileRefused(
            f"The SHA-256 of {path.name} is {found[:12]}, not {wanted[:12]} as its manifest says: the file was changed "
            "or damaged on its way."
        )


def tensors_read(path: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
    """The names of a safetensors file, each with its type and shape.

    Raises
    ------
    ModelFileRefused
        If the header and the bytes do not fit each other to the last byte: a pickle under another name is found here.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= min(MOST_HEADER_BYTES, size - 8):
            raise ModelFileRefused(f"{path.name} was refused: it is no table of tensors.")
        try:
            header = json.loads(stream.read(length))
        except (ValueError, RecursionError) as error:
            raise ModelFileRefused(f"{path.name} was refused: it is no table of tensors.") from error
    if not isinstance(header, dict):
        raise ModelFileRefused(f"{path.name} was refused: it is no table of tensors.")
    header.pop("__metadata__", None)
    try:
        return _tensors(header, size - 8 - length)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileRefused(f"{path.name} was refused: its table and its bytes do not fit each other.") from error


def _tensors(header: Mapping[str, Any], data_bytes: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    found, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]):
        shape = tuple(int(side) for side in entry["shape"])
        start, stop = (int(offset) for offset in entry["data_offsets"])
        if start != end or min(shape, default=0) < 0 or stop - start != math.prod(shape) * DTYPE_BYTES[entry["dtype"]]:
            raise ValueError(name)
        found[str(name)] = (str(entry["dtype"]), shape)
        end = stop
    if end != data_bytes or not found:
        raise ValueError("length")
    return found


def _specification(manifest: Mapping[str, Any]) -> Specification:
    stored = manifest.get("specification")
    try:
        specification = Specification.from_json(stored if isinstance(stored, dict) else {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileRefused(
            f"The specification in the {MANIFEST} lacks {_missing(error)}; export the version again."
        ) from error
    problem = _specification_problem(specification)
    if problem:
        raise ModelFileRefused(f"The specification in the {MANIFEST} is refused: {problem}.")
    return specification


def _missing(error: Exception) -> str:
    return f"{error.args[0]!r}" if isinstance(error, KeyError) else "what a network needs, or holds it in another form"


def _specification_problem(one: Specification) -> str:
    """Why a specification could not be of a network of ours, in words; empty where it could."""
    problems = {
        f"there is no architecture {one.architecture!r} here": one.architecture not in ARCHITECTURES,
        "its channels are out of bounds": not 1 <= len(one.channels) <= MOST_LEVELS
        or not all(1 <= count <= MOST_CHANNELS for count in one.channels),
        "its inputs are out of bounds": not 1 <= len(one.roles) <= MOST_ROLES or len(set(one.roles)) != len(one.roles),
        "each input needs one intensity scale": len(one.normalisations) != len(one.roles),
        "its label values are out of bounds": not 1 <= len(one.label_values) <= MOST_LABELS
        or len(set(one.label_values)) != len(one.label_values)
        or not all(1 <= value <= 65535 for value in one.label_values),
        "its voxel size is out of bounds": not all(math.isfinite(mm) and 0 <= mm <= 100 for mm in one.spacing_mm),
        "its patch is out of bounds": min(one.patch) < 1 or math.prod(one.patch) > MOST_PATCH_VOXELS,
        "its sides name labels that it does not have": not {v for pair in one.mirror_pairs for v in pair}
        <= set(one.label_values),
        "its first step is out of bounds": one.localiser is not None and not _localiser_fits(one.localiser),
        "its labelled volume is none of its inputs": bool(one.labelled_role) and one.labelled_role not in one.roles,
    }
    return next((words for words, wrong in problems.items() if wrong), "")


def _localiser_fits(step: Localiser) -> bool:
    return (
        min(step.patch) >= 1
        and math.prod(step.patch) <= MOST_PATCH_VOXELS
        and all(math.isfinite(mm) and 0 < mm <= 100 for mm in step.spacing_mm)
        and math.isfinite(step.margin_mm)
        and 0 <= step.margin_mm <= 1000
    )


def _labels(manifest: Mapping[str, Any]) -> dict[int, str]:
    try:
        return {int(row["value"]): str(row["name"]) for row in manifest["labels"]}
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileRefused(f"The labels in the {MANIFEST} have no values and names; export it again.") from error


def trained_on(manifest: Mapping[str, Any]) -> list[str]:
    """The hashes of the images that a version learned from; what is no hash is left out."""
    given = manifest.get("trained_on")
    return [one for one in given if isinstance(one, str) and _SHA256.fullmatch(one)] if isinstance(given, list) else []


def label_problem(one: ModelFile, known: Mapping[int, str]) -> str:
    """Why a version's labels do not fit a study's, in words; empty where each has the same name there.

    Parameters
    ----------
    one : ModelFile
        The version.
    known : mapping of int to str
        The labels of the study's protocol.
    """
    for value in one.specification.label_values:
        theirs, ours = one.labels.get(value), known.get(value)
        if theirs is None:
            return f"The file does not say what its label {value} is; export the version again."
        if ours is None:
            return f"The study's protocol has no label {value}, which the file calls {theirs!r}."
        if ours.strip().casefold() != theirs.strip().casefold():
            return f"Label {value} is {theirs!r} in the file and {ours!r} in the study's protocol."
    return ""
