"""Label files in a BIDS dataset: which image one belongs to, who drew it, and what ours are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mri.bids_names import BidsName, Listing, list_files, parse_name
from mri.errors import ImageError

__all__ = [
    "UNKNOWN_RATER",
    "BidsName",
    "LabelMatch",
    "Listing",
    "clean_rater",
    "label_path",
    "list_files",
    "match_label",
    "parse_name",
    "rater_name",
]

UNKNOWN_RATER = "imported"


@dataclass(frozen=True)
class LabelMatch:
    """The image of a label file, or why there is none.

    Attributes
    ----------
    image : BidsName or None
        The one image that fits.
    candidates : tuple of BidsName
        Every image that could be meant: where there are several, their grids may decide.
    reason : str or None
        Why ``image`` is None, in words.
    """

    image: BidsName | None
    candidates: tuple[BidsName, ...]
    reason: str | None


def match_label(label: BidsName, images: Sequence[BidsName]) -> LabelMatch:
    """Find the image that a label file belongs to.

    Parameters
    ----------
    label : BidsName
        A label (or landmark) file.
    images : sequence of BidsName
        The dataset's images.

    Returns
    -------
    LabelMatch

    Notes
    -----
    Subject and session must be equal, and so must the image suffix where the label's name holds one. Then every entity
    that the label shares with images decides (``acq-MTon``); then the folder (BIDS datatype). A loose label belongs to
    the image beside it whose name it continues.
    """
    if label.loose:
        return _match_loose(label, images)
    fits = [i for i in images if (i.subject, i.session, i.loose) == (label.subject, label.session, label.loose)]
    where = f"sub-{label.subject}" + (f" ses-{label.session}" if label.session else "")
    if not fits:
        return LabelMatch(None, (), f"no image of {where} was found")
    if label.image_suffix:
        fits = [i for i in fits if i.suffix == label.image_suffix]
        if not fits:
            return LabelMatch(None, (), f"{where} has no {label.image_suffix} image")
    own = {(k, v) for k, v in label.entities if k not in ("label", "desc")}
    fits = [i for i in fits if own >= set(i.entities) or not label.image_suffix]
    if not fits:
        return LabelMatch(None, (), f"no {label.image_suffix} image of {where} has the label's other entities")
    shared = max(len(own & set(i.entities)) for i in fits)
    fits = [i for i in fits if len(own & set(i.entities)) == shared]
    if label.datatype and any(i.datatype == label.datatype for i in fits):
        fits = [i for i in fits if i.datatype == label.datatype]
    if len(fits) > 1:
        names = ", ".join(PurePosixPath(i.path).name for i in fits)
        return LabelMatch(None, tuple(fits), f"{len(fits)} images could be meant: {names}")
    return LabelMatch(fits[0], tuple(fits), None)


def _match_loose(label: BidsName, images: Sequence[BidsName]) -> LabelMatch:
    # Without entities the names alone decide: t2_seg belongs to t2, t2_fake_lesion_seg to t2_fake_lesion.
    folder = PurePosixPath(label.path).parent
    near = [i for i in images if i.loose and PurePosixPath(i.path).parent == folder]
    fits = [i for i in near if label.stem.startswith(i.stem + "_")]
    longest = max((len(i.stem) for i in fits), default=0)
    fits = [i for i in fits if len(i.stem) == longest] or [i for i in near if i.subject == label.subject]
    if len(fits) == 1:
        return LabelMatch(fits[0], tuple(fits), None)
    names = ", ".join(PurePosixPath(i.path).name for i in fits)
    reason = f"{len(fits)} images could be meant: {names}" if fits else "no image beside it begins its name"
    return LabelMatch(None, tuple(fits), reason)


def rater_name(label: BidsName, sidecar: Mapping[str, Any] | None = None) -> str:
    """Return who drew a label map.

    Parameters
    ----------
    label : BidsName
        The label file.
    sidecar : mapping, optional
        Its JSON file, decoded.

    Returns
    -------
    str
        ``desc-`` where present, else the last ``Author`` in the sidecar's ``GeneratedBy``, made to fit ``[a-z0-9-]``;
        ``"imported"`` where neither says anything.
    """
    desc = clean_rater(label.entity("desc") or "")
    if desc:
        return desc
    steps = (sidecar or {}).get("GeneratedBy")
    for step in reversed(steps if isinstance(steps, list) else []):
        author = clean_rater(str(step.get("Author") or "")) if isinstance(step, Mapping) else ""
        if author:
            return author
    return UNKNOWN_RATER


def clean_rater(name: str) -> str:
    """Make a name fit ``[a-z0-9-]``: accents go, every other run of characters becomes one dash."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def label_path(
    image: BidsName, *, label: str, suffix: str = "dseg", rater: str | None = None, image_suffix: str = ""
) -> PurePosixPath:
    """Return where a label map of an image goes in a BIDS dataset.

    Parameters
    ----------
    image : BidsName
        The image.
    label : str
        Value of ``label-``, such as ``rootlets``.
    suffix : {"dseg", "seg", "mask"}, default "dseg"
        The label map's suffix.
    rater : str, optional
        Written as ``desc-``, without dashes (BIDS allows letters and digits in a value); None for the dataset's own
        label map.
    image_suffix : str, default ""
        What the image is, where its name doesn't say (loose files), such as ``T2w``.

    Returns
    -------
    PurePosixPath
        ``derivatives/labels/sub-XX[/ses-YY]/anat/sub-XX[_ses-YY]_T2w[_desc-<rater>]_label-<label>_<suffix>.nii.gz``.

    Raises
    ------
    ImageError
        ``bad-name`` where a part would not be a BIDS value.
    """
    described = image.suffix or image_suffix
    desc = clean_rater(rater).replace("-", "") if rater is not None else ""
    if rater is not None and not desc:
        raise ImageError(f"The rater's name {rater!r} holds no letter or digit to name a file with.", "bad-name")
    for what, value in (("subject", image.subject), ("image suffix", described), ("label", label), ("suffix", suffix)):
        if not re.fullmatch(r"[A-Za-z0-9]+", value):
            raise ImageError(f"The {what} {value!r} can't be part of a BIDS name: letters and digits only.", "bad-name")
    entities = [(k, v) for k, v in image.entities if k not in ("sub", "ses", "label", "desc")]
    ids = [f"sub-{image.subject}", *([f"ses-{image.session}"] if image.session else [])]
    parts = [*ids, *(f"{k}-{v}" for k, v in entities), described, *([f"desc-{desc}"] if desc else [])]
    name = "_".join([*parts, f"label-{label}", suffix]) + ".nii.gz"
    return PurePosixPath("derivatives", "labels", *ids, image.datatype or "anat", name)
