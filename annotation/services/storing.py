"""Voxels into the blob store: gzip, the same bytes for the same voxels."""

import gzip
from dataclasses import dataclass

import numpy as np

from access.models import Study
from annotation.models import LabelVersion, Volume
from annotation.selectors.volumes import volume_grid
from blobs.models import Blob
from blobs.services import blob_put_bytes, blob_read
from mri.chunked_gzip import ChunkedGzip
from mri.label_changes import LabelChanges
from mri.labels import LabelArray, LabelMap, label_array, require_known_counts

LABEL_LEVEL = 6
WIDE_FROM = 256
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
    blob = blob_put_bytes(ChunkedGzip.compress(labels.to_bytes(), LABEL_LEVEL).to_bytes())
    return StoredLabels(blob, labels.dtype, {str(value): count for value, count in labels.counts().items()})


def labels_store_changed(volume: Volume, base: LabelVersion | None, changes: LabelChanges) -> StoredLabels:
    """Keep a label map that differs from another one in some voxels; only the chunks they lie in are packed anew.

    Parameters
    ----------
    volume : Volume
        With `case.study` at hand.
    base : LabelVersion or None
        What was changed; None for the empty map.
    changes : LabelChanges
        On the volume's grid.

    Returns
    -------
    StoredLabels
        The same file as `labels_store` makes of the whole map.

    Raises
    ------
    ImageError
        `unknown-label`; `base-mismatch` if the base is not what the changes say.
    """
    known = known_values(volume.case.study)
    dtype = np.dtype("<u2" if max(known, default=0) >= WIDE_FROM else "u1")
    packed = _packed(volume, base, dtype)
    part = packed.chunk_bytes // dtype.itemsize
    changed = {}
    for number in changes.touched(part):
        voxels = np.frombuffer(packed.chunk(number), dtype).copy()
        changes.apply(voxels, number * part)
        changed[number] = voxels.tobytes()
    counts = changes.counts_after({int(value): count for value, count in base.counts.items()} if base else {})
    require_known_counts(counts, known, "The label map")
    blob = blob_put_bytes(packed.with_chunks(changed, LABEL_LEVEL).to_bytes())
    return StoredLabels(blob, dtype.newbyteorder("=").name, {str(value): count for value, count in counts.items()})


def _packed(volume: Volume, base: LabelVersion | None, dtype: np.dtype[np.generic]) -> ChunkedGzip:
    """A version's voxels as chunks of a type; a file of another make or type is packed anew."""
    if base is None:
        return ChunkedGzip.zeros(volume_grid(volume).size * dtype.itemsize, LABEL_LEVEL)
    file = blob_read(base.voxels_id)
    packed = ChunkedGzip.parse(file)
    own = np.dtype(base.voxel_type)
    if packed is not None and own == dtype:
        return packed
    # A uint8 map whose protocol has grown beyond 255 labels is widened. It is never narrowed: an imported map that is
    # wide keeps a value of its own only where the protocol knows it, which makes the type wide.
    return ChunkedGzip.compress(np.frombuffer(gzip.decompress(file), own).astype(dtype).tobytes(), LABEL_LEVEL)


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
