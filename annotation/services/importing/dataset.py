"""A dataset into a study: a folder that is a BIDS tree or holds loose NIfTI files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from access.models import Study, User
from access.services import event_record
from annotation.models import Volume
from annotation.selectors.volumes import volume_grid
from annotation.services.deriving import derive_volume
from annotation.services.importing.images import image_import
from annotation.services.importing.label_files import label_import, require_label_of, sidecar_of
from annotation.services.importing.outcome import FileRefused, ImportReport, Outcome
from annotation.services.importing.participants import NAME as PARTICIPANTS
from annotation.services.importing.participants import participants_import, participants_path
from annotation.services.raters import NAME_LENGTH
from mri.archive import Refusal, walk_folder
from mri.bids import BidsName, LabelMatch, Listing, list_files, match_label, parse_name, rater_name
from mri.errors import ImageError
from mri.nifti import read_volume
from protocols import loader
from protocols.protocol import Protocol, VolumeRole

Progress = Callable[[float, str], None]
"""Told how far the import is, from 0 to 1, and what is being read. It may raise, to stop the import between files."""

DESCRIPTIONS = frozenset({".json", ".tsv", ".txt", ".md", ".rst", ".bval", ".bvec", ".csv", ".bidsignore", ""})
"""Files that come with a dataset and hold no image: they are neither taken nor told of."""


@dataclass
class _Import:
    """An import under way."""

    study: Study
    protocol: Protocol
    folder: Path
    accept_labels: bool
    by: User | None
    report: ImportReport = field(default_factory=ImportReport)
    volumes: dict[str, Volume] = field(default_factory=dict)
    refused_images: dict[str, str] = field(default_factory=dict)
    drawn: dict[tuple[UUID, str], str] = field(default_factory=dict)


def no_progress(share: float, message: str) -> None:
    """Tell nobody."""


def import_folder(
    *,
    study: Study,
    folder: Path,
    by: User | None,
    accept_labels: bool = False,
    progress: Progress = no_progress,
    refused: Sequence[Refusal] = (),
) -> ImportReport:
    """Take a dataset into a study, file by file.

    Parameters
    ----------
    study : Study
        Where it goes.
    folder : Path
        A BIDS tree, with or without `derivatives/labels`, or loose NIfTI files. It is read and never changed.
    by : User or None
        Who imports; None for the command line.
    accept_labels : bool, default False
        Take labels as accepted instead of as submitted for review.
    progress : callable
        See `Progress`.
    refused : sequence of Refusal
        What an archive held that was not even extracted.

    Returns
    -------
    ImportReport
        Every file that was taken, was there already, or was refused, with its reason.

    Raises
    ------
    ImageError
        If there is no such folder, or it holds too many files.

    Notes
    -----
    Each file goes in by a transaction of its own: an import that is killed has taken whole files, and the next run goes
    on from there. Importing the same folder again adds nothing.
    """
    found = walk_folder(folder)
    listing = list_files([path for path in found.files if _is_text(path)])
    work = _Import(study, loader.from_json(study.protocol), folder, accept_labels, by)
    for refusal in (*refused, *found.refused, *(_unreadable(path) for path in found.files if not _is_text(path))):
        work.report.add(refusal.name, Outcome.SKIPPED, refusal.reason)
    masks, labels = _masks_and_labels(work.protocol, listing)
    total = len(listing.images) + len(masks) + len(labels) + 1
    for place, image in enumerate(listing.images):
        progress(place / total, f"reading {image.path}")
        _take_image(work, image)
    images = _images_to_match(work, listing)
    for place, (mask, role) in enumerate(masks, start=len(listing.images)):
        progress(place / total, f"reading {mask.path}")
        _take_mask(work, mask, role, images)
    for place, label in enumerate(labels, start=len(listing.images) + len(masks)):
        progress(place / total, f"reading {label.path}")
        _take_label(work, label, images)
    _take_participants(work, listing)
    _tell_of_the_rest(work, listing)
    event_record(study=study, actor=by, verb="dataset.imported", subject=study, detail=work.report.counts())
    return work.report


def _is_text(path: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in path)


def _unreadable(path: str) -> Refusal:
    return Refusal(path.encode("utf-8", "backslashreplace").decode(), "its name is not UTF-8; rename it")


def _take_image(work: _Import, name: BidsName) -> None:
    try:
        volume, made = image_import(study=work.study, protocol=work.protocol, folder=work.folder, name=name)
    except (ImageError, FileRefused, ValidationError) as error:
        work.refused_images[name.path] = _words(error)
        work.report.add(name.path, Outcome.SKIPPED, _words(error))
        return
    work.volumes[name.path] = volume
    work.report.add(name.path, Outcome.IMAGE if made else Outcome.UNCHANGED, _remark(volume))


def _masks_and_labels(protocol: Protocol, listing: Listing) -> tuple[list[tuple[BidsName, VolumeRole]], list[BidsName]]:
    """The label files that are masks of a role, and those that are label maps; a landmark can be a mask as well."""
    masks: list[tuple[BidsName, VolumeRole]] = []
    labels: list[BidsName] = []
    for name in listing.labels:
        role = protocol.mask_role(name.label)
        if role is None:
            labels.append(name)
        else:
            masks.append((name, role))
    points = ((name, protocol.mask_role(name.label)) for name in listing.landmarks)
    return masks + [(name, role) for name, role in points if role is not None], labels


def _take_mask(work: _Import, name: BidsName, role: VolumeRole, images: Sequence[BidsName]) -> None:
    """Take a mask as an image of its case; one of a subject without an image would make a case of nothing."""
    try:
        if not any((image.subject, image.session) == (name.subject, name.session) for image in images):
            raise FileRefused(match_label(name, images).reason or "no image fits it")
        _, made = image_import(study=work.study, protocol=work.protocol, folder=work.folder, name=name, role=role)
    except (ImageError, FileRefused, ValidationError) as error:
        work.report.add(name.path, Outcome.SKIPPED, _words(error))
        return
    work.report.add(name.path, Outcome.IMAGE if made else Outcome.UNCHANGED, "")


def _remark(volume: Volume) -> str:
    """What the importer should know of a diffusion image that was taken."""
    if volume.entities.get("suffix") == "dwi" and volume.frames > 1 and volume.bval_id is None:
        return "no .bval and .bvec came with it, so no diffusion map can be computed; import it again with them"
    check = (volume.gradients or {}).get("check")
    return str(check["words"]) if check and check["verdict"] == "flipped" else ""


def _images_to_match(work: _Import, listing: Listing) -> list[BidsName]:
    """The images that labels may belong to: those of this dataset, and those of the same subjects that were there."""
    subjects = {label.subject for label in (*listing.labels, *listing.landmarks)}
    taken = [volume.pk for volume in work.volumes.values()]
    earlier = Volume.objects.filter(Q(case__study=work.study, case__subject__label__in=subjects) & ~Q(pk__in=taken))
    names = list(listing.images)
    for volume in earlier.select_related("case__study"):
        name = parse_name(volume.source_path)
        if name.kind in ("label", "landmarks"):
            continue  # a mask is no image that is labelled
        if volume.source_path not in work.volumes and volume.source_path not in work.refused_images:
            work.volumes[volume.source_path] = volume
            names.append(name)
    return names


def _take_label(work: _Import, name: BidsName, images: Sequence[BidsName]) -> None:
    try:
        require_label_of(work.protocol, name)
        volume = _volume_of(work, name, match_label(name, images))
        rater = rater_name(name, sidecar_of(work.folder, name))[:NAME_LENGTH]
        other = work.drawn.setdefault((volume.pk, rater), name.path)
        if other != name.path:
            raise FileRefused(f"{other} is this rater's ({rater}) label of the same image; tell raters apart by desc-")
        outcome = label_import(
            study=work.study,
            volume=volume,
            path=work.folder / name.path,
            name=name,
            rater=rater,
            accept_labels=work.accept_labels,
            by=work.by,
        )
    except (ImageError, FileRefused, ValidationError) as error:
        work.report.add(name.path, Outcome.SKIPPED, _words(error))
        return
    beside = f"{rater} has worked on since; the file is kept as a version beside that"
    work.report.add(name.path, outcome, beside if outcome == Outcome.KEPT_ASIDE else "")


def _volume_of(work: _Import, name: BidsName, match: LabelMatch) -> Volume:
    image = match.image or _by_grid(work, name, match)
    if image is None:
        raise FileRefused(match.reason or "no image fits it")
    volume = work.volumes.get(image.path)
    if volume is None:
        reason = work.refused_images.get(image.path, "unknown")
        raise FileRefused(f"its image {PurePosixPath(image.path).name} was not taken ({reason})")
    drawn_on = volume if volume.labelled else _derived_of(work, volume)
    if drawn_on is None:
        raise FileRefused(f"the protocol '{work.protocol.name}' shows {volume.role} images and does not label them")
    return drawn_on


def _derived_of(work: _Import, volume: Volume) -> Volume | None:
    """The map that the protocol labels in place of a diffusion image, such as b0: on its grid, and made if need be."""
    role = next((one for one in work.protocol.volumes if one.labelled and one.derived), None)
    if role is None or role.derived is None or volume.bval_id is None:
        return None
    derive_volume(volume=volume, maps=[role.derived], progress=no_progress)
    return Volume.objects.filter(derived_from=volume, role=role.name).select_related("case__study").first()


def _by_grid(work: _Import, name: BidsName, match: LabelMatch) -> BidsName | None:
    """The one image that the name leaves possible and whose grid is the label map's."""
    if not match.candidates:
        return None
    grid = read_volume(work.folder / name.path).grid
    fits = [
        image
        for image in match.candidates
        if image.path in work.volumes and volume_grid(work.volumes[image.path]).same_as(grid)
    ]
    return fits[0] if len(fits) == 1 else None


def _take_participants(work: _Import, listing: Listing) -> None:
    path = participants_path(name.path for name in (*listing.others, *listing.sidecars))
    if path is None:
        return
    try:
        participants_import(study=work.study, path=work.folder / path)
    except FileRefused as error:
        work.report.add(path, Outcome.SKIPPED, _words(error))


def _tell_of_the_rest(work: _Import, listing: Listing) -> None:
    for name in listing.landmarks:
        if work.protocol.mask_role(name.label) is not None:
            continue
        work.report.add(name.path, Outcome.SKIPPED, "it holds landmarks (single voxels) and no label map")
    for name in listing.others:
        if name.extension in (".nii", ".nii.gz"):
            reason = "no subject's image or label map by its place and name (an atlas, a template, a derivative?)"
            work.report.add(name.path, Outcome.SKIPPED, reason)
        elif PurePosixPath(name.path).suffix not in DESCRIPTIONS and PurePosixPath(name.path).name != PARTICIPANTS:
            work.report.add(name.path, Outcome.SKIPPED, "it is no NIfTI file (.nii or .nii.gz)")


def _words(error: ImageError | FileRefused | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
