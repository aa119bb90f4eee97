"""What became of a proposal: counted when a rater hands a label map in that began as one, and kept for good."""

import numpy as np
from numpy.typing import NDArray

from annotation.models import Correction, LabelVersion, Task, TaskVolume
from annotation.selectors.labels import label_chunks, proposals_begun_from
from mri.chunked_gzip import ChunkedGzip

MOST_VALUES = 65536


def correction_record(task: Task, working: TaskVolume) -> Correction | None:
    """Count what a rater changed in the proposal that the submitted label map began as.

    Parameters
    ----------
    task : Task
        As it was handed in.
    working : TaskVolume
        Its label map on one volume.

    Returns
    -------
    Correction or None
        None where the map began empty. The same map handed in again gives the correction that is there.
    """
    submitted = working.submitted
    proposal = proposals_begun_from(task).get(working.volume_id)
    if submitted is None or proposal is None:
        return None
    changed, labels = compare_with_proposal(proposal, submitted)
    correction, _ = Correction.objects.get_or_create(
        proposal=proposal,
        submitted=submitted,
        defaults={
            "task": task,
            "voxels_changed": changed,
            "labels": labels,
            "active_seconds": task.active_seconds,
        },
    )
    return correction


def compare_with_proposal(
    proposal: LabelVersion, submitted: LabelVersion
) -> tuple[int, dict[str, dict[str, int | float | None]]]:
    """How many voxels differ, and for each label how much of the proposal was left as it was.

    Returns
    -------
    changed : int
        Voxels with another value.
    labels : dict
        Label value -> `proposed`, `submitted` and `kept` voxels (kept: in both), the `untouched` share of what was
        proposed, and `dice` of the two. A share of nothing is null.

    Notes
    -----
    Parts of the two maps that are stored as the same bytes are not even unpacked.
    """
    changed, lost = _changes(proposal, submitted)
    labels: dict[str, dict[str, int | float | None]] = {}
    for value in sorted({*proposal.counts, *submitted.counts}, key=int):
        before, after = int(proposal.counts.get(value, 0)), int(submitted.counts.get(value, 0))
        kept = before - int(lost[int(value)])
        labels[value] = {
            "proposed": before,
            "submitted": after,
            "kept": kept,
            "untouched": kept / before if before else None,
            "dice": 2 * kept / (before + after) if before + after else None,
        }
    return changed, labels


def _changes(proposal: LabelVersion, submitted: LabelVersion) -> tuple[int, NDArray[np.int64]]:
    """Voxels that differ, and how many of them each label of the proposal lost."""
    lost = np.zeros(MOST_VALUES, dtype=np.int64)
    if proposal.voxels_id == submitted.voxels_id:
        return 0, lost
    old, new = label_chunks(proposal), label_chunks(submitted)
    types = np.dtype(proposal.voxel_type), np.dtype(submitted.voxel_type)
    same_make = types[0] == types[1] and old.chunk_bytes == new.chunk_bytes
    parts: list[int | None] = list(range(len(old.packed))) if same_make else [None]
    changed = 0
    for number in parts:
        if number is not None and old.packed[number] == new.packed[number]:
            continue
        before, after = (
            np.frombuffer(_part(chunks, number), kind) for chunks, kind in zip((old, new), types, strict=True)
        )
        differs = before != after
        changed += int(np.count_nonzero(differs))
        lost += np.bincount(before[differs], minlength=MOST_VALUES)
    return changed, lost


def _part(chunks: ChunkedGzip, number: int | None) -> bytes:
    """One chunk, or all of them."""
    if number is not None:
        return chunks.chunk(number)
    return b"".join(chunks.chunk(n) for n in range(len(chunks.packed)))
