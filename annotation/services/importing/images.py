"""An image file into a study."""

import hashlib
from pathlib import Path

import numpy as np
from django.db import transaction

from access.models import Study
from annotation.models import Case, Subject, Volume
from annotation.services.frames import (
    StoredGradients,
    frames_add,
    frames_store,
    gradients_add,
    gradients_store,
)
from annotation.services.importing.gradient_files import gradient_files
from annotation.services.importing.outcome import FileRefused
from blobs.services import blob_put_file
from mri.bids import BidsName
from mri.nifti import read_volume
from mri.volumes import VolumeFile
from protocols.protocol import Protocol, VolumeRole

DEFAULT_PERCENTILES = (2.0, 98.0)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def image_import(
    *, study: Study, protocol: Protocol, folder: Path, name: BidsName, role: VolumeRole | None = None
) -> tuple[Volume, bool]:
    """Take an image into a study, its subject and case with it, and a diffusion image's gradient files.

    Parameters
    ----------
    study, protocol : Study, Protocol
        Where it goes, and which roles there are.
    folder : Path
        The dataset.
    name : BidsName
        What the image's path within the dataset says.
    role : VolumeRole, optional
        What it is, where its name doesn't say it by a suffix: a mask is an image to look at and to compute with.

    Returns
    -------
    Volume, bool
        The volume, and whether it is new.

    Raises
    ------
    ImageError
        If the file is not a whole, sound image of the role's dimensions, or its gradients don't fit it.
    FileRefused
        If the protocol has no role for it, or another image has its name.
    """
    role = role or image_role(protocol, name)
    path = folder / name.path
    sha256 = file_sha256(path)
    found = _found(study, name, sha256)
    if found is not None:
        _late_gradients(found, folder, name)
        return found, False
    image = read_volume(path, allow_frames=role.frames == "many", allow_colour=not role.labelled)
    gradients = _gradients(image, folder, name)
    # The files are on the disk before the rows name them; a crash in between leaves files that nothing names.
    frames, original = frames_store(image), blob_put_file(path)
    volume = _volume(role, name, image, frames.dtype)
    with transaction.atomic():
        # Two imports at once take turns here, so that the second one finds what the first one took.
        Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        found = _found(study, name, sha256)
        if found is not None:
            return found, False
        volume.case, volume.original, volume.voxels = _case(study, name), original, frames.blobs[0]
        if gradients is not None:
            volume.bval, volume.bvec, volume.gradients = gradients.bval, gradients.bvec, gradients.findings
        volume.full_clean(validate_unique=False, validate_constraints=False)
        volume.save(force_insert=True)
        if image.frames > 1:
            frames_add(volume=volume, frames=frames, gradients=gradients)
    return volume, True


def _gradients(image: VolumeFile, folder: Path, name: BidsName) -> StoredGradients | None:
    files = gradient_files(folder, name) if image.frames > 1 else None
    return gradients_store(image, files) if files is not None else None


def _late_gradients(volume: Volume, folder: Path, name: BidsName) -> None:
    """Gradient files that were not there when the image was imported."""
    if volume.frames == 1 or volume.bval_id is not None or gradient_files(folder, name) is None:
        return
    gradients = _gradients(read_volume(folder / name.path, allow_frames=True), folder, name)
    if gradients is not None:
        gradients_add(volume=volume, gradients=gradients)


def _found(study: Study, name: BidsName, sha256: str) -> Volume | None:
    """The volume that an image became in an earlier import; another image of its name is refused."""
    of_case = Volume.objects.filter(case__study=study, case__subject__label=name.subject, case__session=name.session)
    found = of_case.filter(original=sha256).select_related("case__study").first()
    if found is None and of_case.filter(name=name.stem).exists():
        raise FileRefused(
            "the study has an image of this name with other content, and labels belong to that one; rename the file"
        )
    return found


def image_role(protocol: Protocol, name: BidsName) -> VolumeRole:
    """The role of an image by its suffix; a loose file without one has the primary role.

    Raises
    ------
    FileRefused
        If the protocol has no use for it.
    """
    if name.loose and not name.suffix:
        return protocol.primary_role
    role = protocol.role_for_suffix(name.suffix, name.entity("acq") or "")
    if role is None:
        taken = ", ".join(
            f"acq-{one.acquisitions[0]} {suffix}" if one.acquisitions else suffix
            for one in protocol.volumes
            for suffix in one.suffixes
        )
        came = f"{name.suffix} images" if name.suffix else "images without a suffix"
        raise FileRefused(f"the protocol '{protocol.name}' has no use for {came}; it takes {taken}")
    return role


def _case(study: Study, name: BidsName) -> Case:
    subject = Subject(study=study, label=name.subject)
    subject.full_clean(validate_unique=False, validate_constraints=False)
    subject, _ = Subject.objects.get_or_create(study=study, label=name.subject)
    case = Case(study=study, subject=subject, session=name.session)
    case.full_clean(validate_unique=False, validate_constraints=False)
    case, _ = Case.objects.get_or_create(subject=subject, session=name.session, defaults={"study": study})
    return case


def _volume(role: VolumeRole, name: BidsName, image: VolumeFile, voxel_type: str) -> Volume:
    facts = image.intensities
    if facts.minimum is None or facts.maximum is None:
        raise FileRefused("it holds no finite number")
    lower, upper = _window(image, role)
    return Volume(
        role=role.name,
        name=name.stem,
        source_path=name.path,
        entities={**dict(name.entities), "suffix": name.suffix, "datatype": name.datatype},
        voxel_type=voxel_type,
        original_type=image.dtype,
        shape=list(image.grid.shape),
        frames=image.frames,
        components=image.components,
        affine=[float(number) for number in image.grid.affine.ravel()],
        spacing_mm=list(image.grid.spacing_mm),
        orientation=image.grid.orientation,
        lowest=facts.minimum,
        highest=facts.maximum,
        window_lower=lower,
        window_upper=upper,
        labelled=role.labelled,
    )


def _window(image: VolumeFile, role: VolumeRole) -> tuple[float, float]:
    facts = image.intensities
    if role.window_percentiles == DEFAULT_PERCENTILES or facts.nonfinite:
        return facts.window_low, facts.window_high
    lower, upper = (float(value) for value in np.percentile(image.voxels, role.window_percentiles))
    return (lower, upper) if upper > lower else (facts.window_low, facts.window_high)
