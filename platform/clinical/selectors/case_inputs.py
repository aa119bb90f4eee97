"""The voxels behind a plan, as a clinical measure takes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.models import LabelVersion, Volume
from annotation.selectors.labels import label_voxels
from annotation.selectors.marks import volume_intensities
from annotation.selectors.volumes import volume_grid
from clinical.selectors.plans import PMJ, MeasurePlan
from measures.clinical.inputs import CaseInputs, LabelMeaning, ScalarMap
from measures.clinical.spinal_levels import PMJ_VALUE
from measures.consensus import consensus
from mri.labels import LabelMap
from mri.resampling import resample

LabelReading = Callable[[Sequence[LabelVersion]], LabelMap]


def read_labels(versions: Sequence[LabelVersion]) -> LabelMap:
    """The label map of a version, or the consensus (STAPLE) of several.

    Raises
    ------
    ValueError
        If the versions lie on different grids.
    """
    first, *rest = [label_voxels(one) for one in versions]
    if not rest:
        return first
    for other in rest:
        if not other.grid.same_as(first.grid):
            raise ValueError(f"The raters' maps differ in grid: {first.grid.describe()}, {other.grid.describe()}.")
    maps = {str(place): one.voxels for place, one in enumerate([first, *rest])}
    return LabelMap(consensus(maps, "staple").labels, first.grid)


def case_inputs(plan: MeasurePlan, meanings: Sequence[LabelMeaning], read: LabelReading = read_labels) -> CaseInputs:
    """Read what a plan names.

    Parameters
    ----------
    plan : MeasurePlan
        Without a reason against it.
    meanings : sequence of LabelMeaning
        What the labels stand for.
    read : callable
        Reads label versions; `read_labels`, or one that remembers.

    Returns
    -------
    CaseInputs
        Masks and images are on the grid of the labels: masks by nearest neighbour, images linearly where they weren't.

    Raises
    ------
    ValueError
        If the maps of a consensus, or a mask of the junction, can't be used.
    BlobDamaged
        If a file is gone or changed.
    """
    labels = read(plan.source.versions)
    grid = labels.grid
    maps = {role: read(several) for role, several in plan.maps.items()}
    points = {name: point for name in plan.points if (point := plan.point_ras_mm(name)) is not None}
    for role, volume in plan.masks.items():
        if role == PMJ:
            points[role] = _junction(volume)
            continue
        mask = _voxels(volume) > 0
        maps[role] = LabelMap(resample(mask.astype(np.uint8), volume_grid(volume), grid, "nearest"), grid)
    images = {
        role: ScalarMap(resample(_voxels(volume), volume_grid(volume), grid, "linear", outside=np.nan), grid)
        for role, volume in plan.images.items()
    }
    made = CaseInputs(labels, maps, images, tuple(meanings), points)
    if plan.measure.name == "loading" and "muscles" in maps:
        # The measure takes the muscles as the map that it reads, and the bones beside it.
        return replace(made, labels=maps["muscles"], maps={"vertebrae": labels})
    return made


def _voxels(volume: Volume) -> NDArray[np.floating[Any]]:
    voxels = volume_intensities(volume, 0)
    if voxels is None:
        raise ValueError(f"{volume.name} has several numbers in a voxel; a map with one was expected.")
    # A place beyond the image has no number: a whole-number type could not say so.
    floats: NDArray[np.floating[Any]] = voxels if voxels.dtype.kind == "f" else voxels.astype(np.float32)
    return floats


def _junction(volume: Volume) -> tuple[float, float, float]:
    found = np.argwhere(_voxels(volume) == PMJ_VALUE)
    if len(found) != 1:
        raise ValueError(
            f"{volume.name} has {len(found)} voxels of value {PMJ_VALUE}; the pontomedullary junction is one of them."
        )
    x, y, z = volume_grid(volume).ras_from_ijk(found[0])
    return float(x), float(y), float(z)
