"""Blobs as files with a name that readers understand: `<home>/engine-cache`, read-only, safe to delete at any time."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from annotation.models import LabelVersion, Volume
from annotation.selectors.labels import label_voxels
from blobs.services import BlobDamaged, blob_path
from models_app.selectors import companions
from mri.nifti import write_nifti

GZIP_MAGIC = b"\x1f\x8b"


def cache_folder() -> Path:
    """The folder for files that can be made again."""
    folder: Path = settings.CONFIGURATION.home / "engine-cache"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def volume_file(volume: Volume) -> Path:
    """The original file of a volume, under a name that ends as NIfTI files do.

    Raises
    ------
    BlobDamaged
        If the stored file is gone.
    """
    stored = blob_path(volume.original_id)
    if not stored.is_file():
        raise BlobDamaged(f"The stored file of {volume.name} is missing; restore it from a backup.")
    with stored.open("rb") as stream:
        suffix = ".nii.gz" if stream.read(2) == GZIP_MAGIC else ".nii"
    path = cache_folder() / f"{volume.original_id}{suffix}"
    if not path.exists():
        _link(stored, path)
    return path


def input_files(volume: Volume, others: Sequence[str], chosen: Sequence[str] = ()) -> tuple[Path, ...]:
    """The files of all volumes that a model takes of a case: the labelled one, then the others.

    Parameters
    ----------
    volume : Volume
        The labelled one.
    others : sequence of str
        The roles of what else it takes.
    chosen : sequence of str
        Ids of the others, where a training froze them; else they are looked up.

    Raises
    ------
    Conflict
        If the case lacks one of them.
    BlobDamaged
        If a stored file is gone.
    """
    return (volume_file(volume), *(volume_file(other) for other in companions(volume, others, chosen)))


def label_file(version: LabelVersion) -> Path:
    """A label version as a NIfTI file on the grid of its volume, with the volume's own qform and sform."""
    path = cache_folder() / f"label-{version.pk}.nii.gz"
    if not path.exists():
        _write(path, write_nifti(label_voxels(version), reference=volume_file(version.volume)))
    return path


def weights_file(sha256: str) -> Path:
    """The weights of a model version.

    Raises
    ------
    BlobDamaged
        If the stored file is gone.
    """
    path = blob_path(sha256)
    if not path.is_file():
        raise BlobDamaged(f"The stored weights {sha256[:12]} are missing; restore them from a backup.")
    return path


def _link(stored: Path, path: Path) -> None:
    try:
        # A second name for the same bytes: no room, no time, and read-only as the blob is.
        os.link(stored, path)
    except FileExistsError:
        return  # another process was first
    except OSError:
        # Another file system, or one without hard links.
        _write(path, stored.read_bytes())


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        temporary.chmod(0o440)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
