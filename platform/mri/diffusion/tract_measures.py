"""What a nerve's tract measures, and how the sides compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mri.diffusion.tracking import NerveTract, Tractography
from mri.diffusion.tract_files import on_grid
from mri.geometry import Grid

SIDE_MEASURES = ("fa_tract", "md_tract", "fa_mask", "md_mask", "count", "mask_mm3", "tract_mm3")


@dataclass(frozen=True)
class NerveMeasures:
    """Numbers of one nerve; None where there is nothing to take it of, with the reason in ``undefined``.

    Attributes
    ----------
    value : int
        The nerve's label.
    fa_tract, md_tract : float or None
        Mean over the points of its streamlines, which lie equally apart; MD in mm2/s.
    fa_mask, md_mask : float or None
        Mean over the voxels of its mask that have a tensor.
    count : int
        Streamlines.
    length_mm : float or None
        Mean length of the streamlines.
    mask_mm3, tract_mm3 : float
        Volume of the mask, and of the voxels that streamlines pass.
    slices : int
        Axial slices from the mask's first to its last.
    missed_slices : tuple of int
        Those among them, by array index, in which the mask is empty: a missed slice breaks the tract.
    pieces : int
        Connected pieces of the mask (26 neighbours).
    """

    value: int
    fa_tract: float | None
    md_tract: float | None
    fa_mask: float | None
    md_mask: float | None
    count: int
    length_mm: float | None
    mask_mm3: float
    tract_mm3: float
    slices: int
    missed_slices: tuple[int, ...]
    pieces: int
    undefined: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {**asdict(self), "missed_slices": list(self.missed_slices), "undefined": dict(self.undefined)}


@dataclass(frozen=True)
class SideRatio:
    """Left / right x 100 of each measure of a nerve with two sides; None where the right one is 0 or undefined."""

    left: int
    right: int
    ratios: Mapping[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """Return the ratios as plain data."""
        return {"left": self.left, "right": self.right, "ratios": dict(self.ratios)}


def axial_axis(grid: Grid) -> int:
    """Return the array axis that runs most nearly up and down."""
    return int(np.argmax(np.abs(grid.affine[2, :3]) / np.array(grid.spacing_mm)))


def measure_nerves(tracts: Tractography, labels: NDArray[Any]) -> tuple[NerveMeasures, ...]:
    """Measure each nerve of a tractography.

    Parameters
    ----------
    tracts : Tractography
        The result of a tracking.
    labels : numpy.ndarray of unsigned integers, shape (I, J, K)
        What it was seeded from.
    """
    return tuple(_measure(nerve, labels == nerve.value, tracts) for nerve in tracts.nerves)


def side_ratios(measures: Iterable[NerveMeasures], pairs: Iterable[tuple[int, int]]) -> tuple[SideRatio, ...]:
    """Compare the sides: left / right x 100.

    Parameters
    ----------
    measures : iterable of NerveMeasures
        Of one subject.
    pairs : iterable of (int, int)
        Label of the left and of the right nerve; a pair of which one is missing is left out.
    """
    found = {one.value: one for one in measures}
    return tuple(
        SideRatio(left, right, {name: _ratio(found[left], found[right], name) for name in SIDE_MEASURES})
        for left, right in pairs
        if left in found and right in found
    )


def _ratio(left: NerveMeasures, right: NerveMeasures, name: str) -> float | None:
    numerator, denominator = getattr(left, name), getattr(right, name)
    return None if numerator is None or not denominator else 100.0 * float(numerator) / float(denominator)


def _measure(nerve: NerveTract, mask: NDArray[np.bool_], tracts: Tractography) -> NerveMeasures:
    grid = tracts.grid
    undefined: dict[str, str] = {}
    slices, missed = _continuity(mask, grid)
    fitted = mask & (tracts.fa > 0)
    if not nerve.streamlines:
        undefined |= dict.fromkeys(("fa_tract", "md_tract", "length_mm"), "no streamline was found")
    if not fitted.any():
        undefined |= dict.fromkeys(("fa_mask", "md_mask"), "no voxel of the mask has signal")
    lengths = [float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()) for line in nerve.streamlines]
    return NerveMeasures(
        value=nerve.value,
        fa_tract=_mean(nerve.fa),
        md_tract=_mean(nerve.md),
        fa_mask=float(tracts.fa[fitted].mean(dtype=np.float64)) if fitted.any() else None,
        md_mask=float(tracts.md[fitted].mean(dtype=np.float64)) if fitted.any() else None,
        count=len(nerve.streamlines),
        length_mm=float(np.mean(lengths)) if lengths else None,
        mask_mm3=float(np.count_nonzero(mask)) * grid.voxel_volume_mm3,
        tract_mm3=float(np.count_nonzero(on_grid(list(nerve.streamlines), grid))) * grid.voxel_volume_mm3,
        slices=slices,
        missed_slices=missed,
        pieces=int(ndimage.label(mask, structure=np.ones((3, 3, 3)))[1]),
        undefined=undefined,
    )


def _mean(values: tuple[NDArray[np.float32], ...]) -> float | None:
    return float(np.concatenate(values).mean(dtype=np.float64)) if values else None


def _continuity(mask: NDArray[np.bool_], grid: Grid) -> tuple[int, tuple[int, ...]]:
    axis = axial_axis(grid)
    there = np.asarray(mask.any(axis=tuple(other for other in range(3) if other != axis)))
    found = np.flatnonzero(there)
    if found.size == 0:
        return 0, ()
    span = np.arange(found[0], found[-1] + 1)
    return int(span.size), tuple(int(n) for n in span[~there[span]])
