"""Voxels behind a row: images by role for measurements, the others' consensus, where two readings differ."""

import gzip
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from access.errors import NotFound
from annotation.models import Volume
from annotation.selectors.labels import label_voxels
from annotation.selectors.volumes import volume_grid
from blobs.services import blob_read
from mri.labels import LabelMap
from results.models import AnalysisInput, AnalysisVolume
from results.parameters import Pair, Parameters
from results.volume_reading import consensus_of_others

ONLY_A, ONLY_B, BOTH, OTHER_LABEL = 1, 2, 3, 4
"""Values of a disagreement map: only the first has it, only the second, both, and both but with different labels."""


def role_images(volume: Volume, roles: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    """The images of a volume's case by role that lie on the volume's grid, decoded, shape (I, J, K)."""
    if not roles:
        return {}
    grid = volume_grid(volume)
    images: dict[str, NDArray[np.generic]] = {}
    plain = Volume.objects.filter(case_id=volume.case_id, role__in=roles, frames=1, components=1)
    for one in plain.order_by("name", "pk"):
        if one.role not in images and volume_grid(one).same_as(grid):
            raw = gzip.decompress(blob_read(one.voxels_id))
            dtype = np.dtype(one.voxel_type).newbyteorder("<")
            images[one.role] = np.frombuffer(raw, dtype=dtype).reshape(grid.shape, order="F")
    return images


def label_maps_of(row: AnalysisVolume) -> dict[int, LabelMap]:
    """The label maps of a volume that an analysis read, by reader."""
    inputs = AnalysisInput.objects.filter(analysis_id=row.analysis_id, label_version__volume_id=row.volume_id)
    found = inputs.select_related("label_version__volume").order_by("reader")
    return {one.reader: label_voxels(one.label_version) for one in found}


def consensus_map(row: AnalysisVolume, pair: Pair, parameters: Parameters) -> LabelMap:
    """The consensus that a reader was held against, made again as the analysis made it.

    Raises
    ------
    NotFound
        If the pair is one of two readings.
    """
    if pair.reference is not None:
        raise NotFound("This row compares two readings; it has no consensus.")
    maps = label_maps_of(row)
    grid = maps[pair.candidate].grid
    return LabelMap(consensus_of_others(maps, pair.candidate, parameters), grid)


def disagreement_map(row: AnalysisVolume, pair: Pair, parameters: Parameters, label: int | None) -> LabelMap:
    """Where the two sides of a row differ, on the volume's grid.

    Parameters
    ----------
    row : AnalysisVolume
        The volume.
    pair : Pair
        The two sides.
    parameters : Parameters
        The question.
    label : int or None
        The label to look at; None for all of them.

    Returns
    -------
    LabelMap
        0 neither has it, 1 only the first, 2 only the second, 3 both; with all labels also 4: both, but with
        different labels.
    """
    maps = label_maps_of(row)
    own = maps[pair.candidate]
    other = consensus_map(row, pair, parameters) if pair.reference is None else maps[pair.reference]
    first = other.voxels != 0 if label is None else other.voxels == label
    second = own.voxels != 0 if label is None else own.voxels == label
    found = first.astype(np.uint8) * ONLY_A + second.astype(np.uint8) * ONLY_B
    if label is None:
        found[first & second & (other.voxels != own.voxels)] = OTHER_LABEL
    return LabelMap(found, own.grid)
