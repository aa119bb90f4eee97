"""Voxels into the blob store: gzip, the same bytes for the same voxels."""

import gzip
from dataclasses import dataclass

from access.models import Study
from annotation.models import Volume
from annotation.selectors.volumes import volume_grid
from blobs.models import Blob
from blobs.services import blob_put_bytes
from mri.labels import LabelArray, LabelMap, label_array

LABEL_LEVEL = 6
IMAGE_LEVEL = 1
"""Image noise hardly compresses: a higher level costs seconds per volume and saves a few per cent."""


@dataclass(frozen=True)
class StoredLabels:
    """A label map that was checked and kept."""

    blob: Blob
    dtype: str
    counts: dict[str, int]


def image_store(content: bytes) -> Blob:
    """Keep an image's decoded voxels."""
    # No time in the gzip header: the hash depends on the voxels alone.
    return blob_put_bytes(gzip.compress(content, IMAGE_LEVEL, mtime=0))


def labels_store(labels: LabelMap) -> StoredLabels:
    """Keep a label map."""
    blob = blob_put_bytes(gzip.compress(labels.to_bytes(), LABEL_LEVEL, mtime=0))
    return StoredLabels(blob, labels.dtype, {str(value): count for value, count in labels.counts().items()})


def known_values(study: Study) -> list[int]:
    """The label values that a study's protocol defines."""
    return [int(label["value"]) for label in study.protocol["labels"]]


def labels_check(volume: Volume, voxels: LabelArray, origin: str) -> LabelMap:
    """Check label voxels against the grid of their volume and the protocol of its study.

    Parameters
    ----------
    volume : Volume
        With `case.study` at hand.
    voxels : numpy.ndarray of uint8 or uint16, shape (I, J, K)
        On the volume's grid.
    origin : str
        What to call them in a message.

    Returns
    -------
    LabelMap
        uint8 wherever the values allow: the same voxels are then the same bytes, whatever width they came in.

    Raises
    ------
    ImageError
        `unknown-label`, with every unknown value and its voxel count; `grid-mismatch`.
    """
    known = known_values(volume.case.study)
    labels = LabelMap(voxels, volume_grid(volume))
    labels.require_known(known, origin)
    return LabelMap(label_array(labels.voxels, origin, max(known, default=0)), labels.grid)
