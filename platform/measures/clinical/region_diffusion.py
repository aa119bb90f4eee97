"""Diffusion indices in labelled regions, and the error that a predicted region makes in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.clinical.slices import rpi_order
from measures.result import Measure, undefined
from mri.geometry import Grid

INDICES = ("FA", "MD", "AD", "RD")
EMPTY = "the region is empty"


@dataclass(frozen=True)
class IndexStatistics:
    """A diffusion index in a region.

    Attributes
    ----------
    mean, sd : Measure
        Over the finite voxels, in the unit of the map; SD with ddof 1.
    n : int
        Finite voxels.
    """

    mean: Measure
    sd: Measure
    n: int


@dataclass(frozen=True)
class RegionIndices:
    """The indices of a region, in one slice or in the whole case.

    Attributes
    ----------
    value : int
        Label value of the region.
    slice_rpi : int or None
        Slice in RPI order; None for the whole case.
    voxels : int
        Voxels of the region.
    indices : dict of str to IndexStatistics
        By name of the map.
    """

    value: int
    slice_rpi: int | None
    voxels: int
    indices: Mapping[str, IndexStatistics]


@dataclass(frozen=True)
class IndexDeviation:
    """Error of an index over slices or patients.

    Attributes
    ----------
    mean_of_ratios_percent : Measure
        (i), the default: ``mean(|p - r| / r) * 100``.
    ratio_of_means_percent : Measure
        (ii): ``mean |p - r| / mean r * 100``.
    n : int
        Pairs that entered.
    dropped : tuple of str
        Why others didn't.
    """

    mean_of_ratios_percent: Measure
    ratio_of_means_percent: Measure
    n: int
    dropped: tuple[str, ...]


def region_indices(
    labels: NDArray[Any], maps: Mapping[str, NDArray[Any]], grid: Grid, values: Sequence[int], *, by_slice: bool = True
) -> tuple[RegionIndices, ...]:
    """Summarise diffusion maps in every region.

    Parameters
    ----------
    labels : numpy.ndarray of an integer dtype, shape (I, J, K)
        Region values. Not modified.
    maps : mapping of str to numpy.ndarray, shape (I, J, K)
        FA, MD, AD, RD or others, on the same grid.
    grid : Grid
        Tells which axis runs through the slices.
    values : sequence of int
        The regions asked for; one without voxels is undefined, with its reason, and never 0.
    by_slice : bool, default True
        Also for each slice that holds a region.

    Returns
    -------
    tuple of RegionIndices
        Whole case first, then slices from the feet upwards; regions in the order given.

    Raises
    ------
    ValueError
        Where a map has another shape than the labels.
    """
    for name, volume in maps.items():
        if volume.shape != labels.shape:
            raise ValueError(f"{name} has shape {volume.shape}, the labels {labels.shape}; they must be equal.")
    order = rpi_order(grid)
    regions, volumes = order.apply(labels), {name: order.apply(volume) for name, volume in maps.items()}
    slices: list[int | None] = [None]
    if by_slice:
        slices += [int(k) for k in np.flatnonzero(np.isin(regions, list(values)).any(axis=(0, 1)))]
    found = []
    for k in slices:
        at = np.s_[:, :, :] if k is None else np.s_[:, :, k : k + 1]
        part, here = regions[at], {name: volume[at] for name, volume in volumes.items()}
        for value in values:
            mask = part == value
            summed = {name: _summarised(volume[mask]) for name, volume in here.items()}
            found.append(RegionIndices(value, k, int(np.count_nonzero(mask)), summed))
    return tuple(found)


def index_error(
    predicted: Sequence[float | None], reference: Sequence[float | None], names: Sequence[str] | None = None
) -> IndexDeviation:
    """Compare an index under predicted masks with the same index under reference masks.

    Parameters
    ----------
    predicted, reference : sequence of float or None, one length
        Mean index of a region in each slice, or in each patient; None where the region is empty there.
    names : sequence of str, optional
        Of the slices or patients, for ``dropped``.

    Returns
    -------
    IndexDeviation
        Both definitions. A pair with an empty side, or a reference of 0 or less, is dropped and named.

    Raises
    ------
    ValueError
        For lists of different lengths.

    References
    ----------
    DTI index error in eight regions of the cervical cord, doi:10.3390/bioengineering12070709.

    Examples
    --------
    >>> error = index_error([0.55, 0.6], [0.5, 0.8])
    >>> round(error.mean_of_ratios_percent.value, 3), round(error.ratio_of_means_percent.value, 3)
    (17.5, 19.231)
    """
    if len(predicted) != len(reference) or (names is not None and len(names) != len(reference)):
        raise ValueError(f"Indices are compared in pairs; {len(predicted)} and {len(reference)} came.")
    kept: list[tuple[float, float]] = []
    dropped = []
    for n, (p, r) in enumerate(zip(predicted, reference, strict=True)):
        name = names[n] if names is not None else str(n + 1)
        if p is None or r is None:
            dropped.append(f"{name}: {'reference' if r is None else 'predicted'} region is empty")
        elif r <= 0:
            dropped.append(f"{name}: the reference index is not positive")
        else:
            kept.append((p, r))
    if not kept:
        none = undefined("no pair has the region in both masks")
        return IndexDeviation(none, none, 0, tuple(dropped))
    p, r = np.array(kept).T
    away = np.abs(p - r)
    first, second = float(100 * np.mean(away / r)), float(100 * away.mean() / r.mean())
    return IndexDeviation(Measure(first), Measure(second), len(kept), tuple(dropped))


def _summarised(values: NDArray[Any]) -> IndexStatistics:
    finite = values[np.isfinite(values)].astype(np.float64)
    if finite.size == 0:
        none = undefined(EMPTY if values.size == 0 else "no voxel of the region has a finite value")
        return IndexStatistics(none, none, 0)
    sd = Measure(float(finite.std(ddof=1))) if finite.size > 1 else undefined("a single voxel has no spread")
    return IndexStatistics(Measure(float(finite.mean())), sd, int(finite.size))
