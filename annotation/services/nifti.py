"""A label version as a NIfTI file."""

from dataclasses import dataclass

from annotation.models import LabelVersion
from annotation.selectors.labels import label_voxels
from blobs.services import blob_path
from mri.bids import clean_rater, label_path, parse_name
from mri.nifti import write_nifti


@dataclass(frozen=True)
class NiftiFile:
    """A file to hand out."""

    name: str
    content: bytes


def label_nifti(version: LabelVersion) -> NiftiFile:
    """Write a label version on the grid of its volume, with the qform and sform of the volume's own file.

    Parameters
    ----------
    version : LabelVersion
        With `volume.case.study` at hand.

    Returns
    -------
    NiftiFile
        The same version gives the same bytes, always.
    """
    volume = version.volume
    files = volume.case.study.protocol["files"]
    path = label_path(
        parse_name(volume.source_path),
        label=files["label"],
        suffix=files["suffix"],
        rater=_rater(version),
        image_suffix=volume.entities.get("suffix") or volume.role,
    )
    description = f"label version {version.pk}"
    content = write_nifti(label_voxels(version), reference=blob_path(volume.original_id), description=description)
    return NiftiFile(path.name, content)


def _rater(version: LabelVersion) -> str | None:
    """Who goes into the file's name: nobody for a proposal, a made-up name where the real one has no Latin letter."""
    if version.task is None:
        return None
    return version.author_name if clean_rater(version.author_name) else f"rater{version.task.rater_id.hex[:8]}"
