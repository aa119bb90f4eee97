"""QC pictures of the volumes of an analysis: what they show, and by which hash they are kept."""

import gzip
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from access.errors import NotFound
from annotation.models import Volume
from annotation.selectors.volumes import volume_grid
from blobs.services import blob_read
from protocols.loader import from_json
from results.canonical import sha256_of
from results.models import Analysis, AnalysisInput, AnalysisVolume
from results.selectors.analyses import parameters_of
from results.selectors.readings import model_names
from results.selectors.voxels import label_maps_of
from results.volume_reading import label_facts

if TYPE_CHECKING:
    from results.reporting.mosaic import Mosaic

PICTURE_VERSION = 3


def picture_rows(analysis: Analysis) -> QuerySet[AnalysisVolume]:
    """The volumes of an analysis, with what a picture needs."""
    return AnalysisVolume.objects.filter(analysis=analysis).select_related(
        "analysis__study", "volume__case__subject", "volume__case__study"
    )


def picture_row(analysis: Analysis, volume_id: UUID) -> AnalysisVolume:
    """One volume of an analysis.

    Raises
    ------
    NotFound
        Where the analysis has no such volume.
    """
    found = picture_rows(analysis).filter(volume=volume_id).first()
    if found is None:
        raise NotFound(f"The analysis '{analysis.title}' has no such volume.")
    return found


def picture_key(row: AnalysisVolume) -> str:
    """The hash of everything that a picture shows."""
    inputs = AnalysisInput.objects.filter(analysis_id=row.analysis_id, label_version__volume_id=row.volume_id)
    return sha256_of(
        {
            "version": PICTURE_VERSION,
            "image": row.volume.voxels_id,
            "window": [row.volume.window_lower, row.volume.window_upper],
            "readings": [
                list(one) for one in inputs.order_by("reader").values_list("reader", "label_version__voxels_id")
            ],
            "titles": _titles(row.analysis),
            "labels": _labels(row.analysis),
            "neurological": _is_neurological(row.analysis),
        }
    )


def picture_draw(row: AnalysisVolume) -> "Mosaic":
    """Draw every label of a volume in the slice where it is largest, with the outlines of all readers."""
    from results.reporting.mosaic import Reading, mosaic  # Pillow is loaded when a picture is asked for

    titles = _titles(row.analysis)
    readings = [Reading(titles[place], place, found.voxels) for place, found in label_maps_of(row).items()]
    labels = dict(_labels(row.analysis))
    window = (row.volume.window_lower, row.volume.window_upper)
    grid, neurological = volume_grid(row.volume), _is_neurological(row.analysis)
    return mosaic(_image(row.volume), grid, readings, labels, window, neurological=neurological)


def _image(volume: Volume) -> NDArray[np.generic]:
    """The image, decoded, shape (I, J, K): the first frame, and the mean where a voxel has several components."""
    raw = gzip.decompress(blob_read(volume.voxels_id))
    flat = np.frombuffer(raw, np.dtype(volume.voxel_type).newbyteorder("<"))
    if volume.components == 1:
        return flat.reshape(volume.shape, order="F")
    return np.asarray(flat.reshape((volume.components, *volume.shape), order="F").mean(axis=0))


def _is_neurological(analysis: Analysis) -> bool:
    return from_json(analysis.study.protocol).display.convention == "neurological"


def _titles(analysis: Analysis) -> list[str]:
    readers = parameters_of(analysis).readers
    names = model_names(analysis.study, readers)
    return [one.describe(names) for one in readers]


def _labels(analysis: Analysis) -> list[tuple[int, str]]:
    return [(one.value, one.name) for one in label_facts(analysis.study.protocol, parameters_of(analysis).labels)]
