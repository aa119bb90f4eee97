"""BIDS file names: what the relative path of a file says that it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Literal

FileKind = Literal["image", "label", "landmarks", "sidecar", "other"]

LABEL_SUFFIXES = frozenset({"dseg", "seg", "mask"})
LANDMARK_SUFFIXES = frozenset({"dlabel"})

_IMAGE_EXTENSIONS = (".nii.gz", ".nii")
_SIDECAR_EXTENSIONS = (".json", ".bval", ".bvec")
_DATATYPES = frozenset({"anat", "dwi", "func", "fmap", "mt", "perf", "qmri", "swi", "pet"})
_IMAGE_SUFFIX = re.compile(
    r"^(T1w|T2w|T2star|T2starw|MTS|MTR|MTRmap|MTsat|FLAIR|PDw|dwi|bold|Chimap|UNIT1|MP2RAGE|MEGRE)$"
)
_ENTITY = re.compile(r"^([A-Za-z]+)-(.+)$")


@dataclass(frozen=True)
class BidsName:
    """What a file's relative path says.

    Attributes
    ----------
    path : str
        Relative path, with ``/``.
    kind : {"image", "label", "landmarks", "sidecar", "other"}
        ``landmarks`` are single-voxel points (``dlabel``) and no segmentation.
    subject : str
        Value of ``sub-``; of a loose file its name's stem, letters and digits only; empty for ``other``.
    session : str
        Value of ``ses-``, else empty.
    entities : tuple of (str, str)
        Every entity, in the order of the name.
    suffix : str
        Last part without a dash: ``T2w``, ``seg``, ``dseg``; empty where there is none.
    image_suffix : str
        For a label map the suffix of the image within its name (``sub-01_T2w_label-SC_seg`` says ``T2w``), empty where
        it names none; for an image the same as ``suffix``.
    extension : str
        ``.nii.gz``, ``.nii``, ``.json`` ...
    datatype : str
        BIDS folder such as ``anat``, else empty.
    loose : bool
        Whether neither the name nor a folder carries a ``sub-``.
    """

    path: str
    kind: FileKind
    subject: str
    session: str
    entities: tuple[tuple[str, str], ...]
    suffix: str
    image_suffix: str
    extension: str
    datatype: str
    loose: bool

    def entity(self, key: str) -> str | None:
        """Return an entity's value, None where the name has no such entity."""
        return dict(self.entities).get(key)

    @property
    def label(self) -> str | None:
        """Value of ``label-``: what is labelled."""
        return self.entity("label")

    @property
    def stem(self) -> str:
        """File name without its extension."""
        name = PurePosixPath(self.path).name
        return name.removesuffix(self.extension) if self.extension else name

    @property
    def sidecar_path(self) -> str:
        """Relative path of the JSON file of the same stem."""
        return str(PurePosixPath(self.path).with_name(self.stem + ".json"))


@dataclass(frozen=True)
class Listing:
    """The files of a folder by what they are."""

    images: tuple[BidsName, ...]
    labels: tuple[BidsName, ...]
    landmarks: tuple[BidsName, ...]
    sidecars: tuple[BidsName, ...]
    others: tuple[BidsName, ...]


def parse_name(path: str | PurePosixPath) -> BidsName:
    """Read subject, session, entities, suffix and kind from a relative path.

    Parameters
    ----------
    path : str or PurePosixPath
        Path within the dataset, with ``/``. Folders above the dataset's root do no harm.

    Returns
    -------
    BidsName

    Notes
    -----
    A label map is a NIfTI file with a ``label-`` entity, with ``dseg``, ``seg`` or ``mask`` in its name, or any NIfTI
    file under ``derivatives/labels``. The older ``_seg-manual`` is read as suffix ``seg`` and ``desc-manual``. Other
    NIfTI files under ``derivatives`` are ``other``: they are nobody's raw image.
    """
    pure = PurePosixPath(str(path))
    folders, name = pure.parts[:-1], pure.name
    extension = next((e for e in (*_IMAGE_EXTENSIONS, *_SIDECAR_EXTENSIONS) if name.endswith(e)), pure.suffix)
    stem = name.removesuffix(extension) if extension else name
    entities, suffixes = _split(stem)
    found = dict(entities)
    loose = "sub" not in found and not any(part.startswith("sub-") for part in folders)
    kind = _kind(folders, name, extension, found, suffixes, loose)
    subject = found.get("sub", "")
    if not subject and loose and kind in ("image", "label", "landmarks", "sidecar"):
        subject = _loose_subject(stem)
    suffix = suffixes[-1] if suffixes else ""
    if loose and kind == "image" and not _IMAGE_SUFFIX.match(suffix):
        suffix = ""
    inner = [s for s in suffixes[:-1] if not loose or _IMAGE_SUFFIX.match(s)]
    if kind == "image":
        image_suffix = suffix
    else:
        image_suffix = inner[-1] if inner and kind != "other" else ""
    datatype = folders[-1] if folders and folders[-1] in _DATATYPES else ""
    return BidsName(
        str(pure),
        kind,
        subject,
        found.get("ses", ""),
        tuple(entities),
        suffix,
        image_suffix,
        extension,
        datatype,
        loose,
    )


def list_files(paths: Iterable[str]) -> Listing:
    """Sort a folder's files by kind.

    Parameters
    ----------
    paths : iterable of str
        Relative paths.

    Returns
    -------
    Listing
        Each part in order of path.

    Notes
    -----
    Loose files count as images and labels only where no file has a ``sub-``: in a BIDS dataset they are atlases,
    templates and the like.
    """
    names = [parse_name(path) for path in sorted(paths)]
    is_bids = any(not name.loose and name.kind in ("image", "label") for name in names)

    def of_kind(kind: FileKind) -> tuple[BidsName, ...]:
        return tuple(n for n in names if n.kind == kind and not (is_bids and n.loose))

    dropped = [n for n in names if n.kind == "other" or (is_bids and n.loose)]
    return Listing(of_kind("image"), of_kind("label"), of_kind("landmarks"), of_kind("sidecar"), tuple(dropped))


def _split(stem: str) -> tuple[list[tuple[str, str]], list[str]]:
    entities: list[tuple[str, str]] = []
    suffixes: list[str] = []
    for part in stem.split("_"):
        match = _ENTITY.match(part)
        if match is None:
            suffixes.append(part)
        elif match[1] in LABEL_SUFFIXES | LANDMARK_SUFFIXES:
            # The older way of naming a rater: _seg-manual.
            suffixes.append(match[1])
            entities.append(("desc", match[2]))
        else:
            entities.append((match[1], match[2]))
    return entities, [s for s in suffixes if s]


def _kind(
    folders: Sequence[str], name: str, extension: str, entities: Mapping[str, str], suffixes: Sequence[str], loose: bool
) -> FileKind:
    suffix = suffixes[-1] if suffixes else ""
    if name.startswith(".") or "__MACOSX" in folders or any(part.startswith(".") for part in folders):
        return "other"
    if extension in _SIDECAR_EXTENSIONS:
        return "sidecar" if "sub" in entities or (loose and not folders and suffix != "description") else "other"
    if extension not in _IMAGE_EXTENSIONS:
        return "other"
    if suffix in LANDMARK_SUFFIXES:
        return "landmarks"
    under_labels = ("derivatives", "labels") in pairwise(folders)
    if "label" in entities or not LABEL_SUFFIXES.isdisjoint(suffixes) or under_labels:
        return "label"
    in_subject_without_name = not loose and "sub" not in entities
    return "other" if "derivatives" in folders or in_subject_without_name else "image"


def _loose_subject(stem: str) -> str:
    kept: list[str] = []
    for part in stem.split("_"):
        if _ENTITY.match(part) or part in LABEL_SUFFIXES | LANDMARK_SUFFIXES or (kept and _IMAGE_SUFFIX.match(part)):
            break
        kept.append(part)
    joined = "".join(kept) or stem
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]", "", plain) or "unnamed"
