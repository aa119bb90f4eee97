"""Diffusion tensor maps, fitted by DIPY with weighted least squares, slab by slab.

DIPY is imported when a fit is asked for: it takes seconds, and the web process never fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable, require_tensor, voxel_axes
from mri.diffusion.maps import MAPS, MapName
from mri.errors import ImageError
from mri.geometry import Grid

Progress = Callable[[float, str], None]

FitMethod = Literal["OLS", "WLS", "NLLS"]
FIT_METHOD: FitMethod = "WLS"
"""Weighted least squares, where nothing else is asked for."""

SLAB_VOXELS = 100_000
"""Voxels that are fitted at a time: with 100 frames about 300 MB of float64 and their like."""

VERSION = 2
"""Goes into the key of what was derived: a change of the numbers is a new version."""


@dataclass(frozen=True, eq=False)
class Tensors:
    """Fitted tensors of some voxels.

    Attributes
    ----------
    eigenvalues : numpy.ndarray of float64, shape (V, 3)
        Descending, mm2/s, none below 0.
    eigenvectors : numpy.ndarray of float64, shape (V, 3, 3)
        As columns, in the order of the eigenvalues, along the voxel axes i, j, k.
    """

    eigenvalues: NDArray[np.float64]
    eigenvectors: NDArray[np.float64]

    @property
    def fa(self) -> NDArray[np.float64]:
        """Fractional anisotropy, shape (V,); 0 where all eigenvalues are 0."""
        values = self.eigenvalues
        spread = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        length = (values**2).sum(axis=1)
        return np.asarray(np.sqrt(1.5 * np.divide(spread, length, out=np.zeros_like(spread), where=length > 0)))

    @property
    def md(self) -> NDArray[np.float64]:
        """Mean diffusivity (l1 + l2 + l3) / 3 in mm2/s, shape (V,)."""
        return np.asarray(self.eigenvalues.mean(axis=1))

    @property
    def ad(self) -> NDArray[np.float64]:
        """Axial diffusivity l1 in mm2/s, shape (V,)."""
        return self.eigenvalues[:, 0]

    @property
    def rd(self) -> NDArray[np.float64]:
        """Radial diffusivity (l2 + l3) / 2 in mm2/s, shape (V,)."""
        return np.asarray(self.eigenvalues[:, 1:].mean(axis=1))

    @property
    def v1(self) -> NDArray[np.float64]:
        """Unit vector of the largest eigenvalue along the voxel axes, shape (V, 3); its sign means nothing."""
        return self.eigenvectors[:, :, 0]


def fit_tensors(signal: NDArray[Any], table: GradientTable, grid: Grid, method: FitMethod = FIT_METHOD) -> Tensors:
    """Fit a tensor to each row.

    Parameters
    ----------
    signal : numpy.ndarray, shape (V, N)
        One row per voxel.
    table, grid : GradientTable, Grid
        The gradients, and the grid whose axes they are turned to.
    method : {"WLS", "OLS", "NLLS"}
        Weighted, ordinary or non-linear least squares.

    Returns
    -------
    Tensors

    References
    ----------
    Chung S, Lu Y, Henry RG. Comparison of bootstrap approaches for estimation of uncertainties of DTI parameters.
    NeuroImage 2006;33:531-541. doi:10.1016/j.neuroimage.2006.07.001 (the weights that DIPY uses).
    """
    from dipy.core.gradients import gradient_table
    from dipy.reconst.dti import TensorModel

    gradients = gradient_table(
        table.b_values, bvecs=table.voxel_directions(grid), b0_threshold=float(table.b_values[table.b0_frames].max())
    )
    fit = TensorModel(gradients, fit_method=method).fit(signal)
    return Tensors(np.asarray(fit.evals, dtype=np.float64), np.asarray(fit.evecs, dtype=np.float64))


def no_progress(share: float, message: str) -> None:
    """Tell nobody."""


def tensor_maps(
    voxels: NDArray[Any],
    grid: Grid,
    table: GradientTable,
    names: Iterable[MapName],
    *,
    mask: NDArray[np.bool_] | None = None,
    method: FitMethod = FIT_METHOD,
    progress: Progress = no_progress,
) -> dict[MapName, NDArray[Any]]:
    """Compute maps of a diffusion image.

    Parameters
    ----------
    voxels : numpy.ndarray, shape (I, J, K, N)
        The image; not modified.
    grid, table : Grid, GradientTable
        Its grid and gradients.
    names : iterable of str
        Which maps; see :data:`mri.diffusion.maps.MAPS`.
    mask : numpy.ndarray of bool, shape (I, J, K), optional
        Where; everywhere without it. Elsewhere the tensor's maps are 0; b0 is given everywhere.
    method : {"WLS", "OLS", "NLLS"}
        How the tensor is fitted.
    progress : callable, optional
        Told how far it is, between slabs; it may raise to stop.

    Returns
    -------
    dict of str to numpy.ndarray
        ``b0``, ``FA``, ``MD``, ``AD``, ``RD``: float32, (I, J, K), diffusivities in mm2/s. ``colFA``: uint8, (I, J, K,
        3): the size of V1 times FA times 255, red left-right, green front-back, blue up-down. ``V1``: float32, (I, J,
        K, 3), in RAS. A voxel without signal (no positive b = 0, or a number that is not finite) has 0.

    Raises
    ------
    ImageError
        ``bad-gradients`` where no tensor can be fitted; ``grid-mismatch`` where the mask has another shape.

    Notes
    -----
    Only a slab of voxels is ever held in double precision, so memory doesn't grow with the image.
    """
    wanted = tuple(names)
    if mask is not None and mask.shape != grid.shape:
        raise ImageError(
            f"The mask has shape {mask.shape}, the image {grid.shape}; they must be equal.", "grid-mismatch"
        )
    if not table.b0_frames.any() or set(wanted) - {"b0"}:
        require_tensor(table)
    made = {name: _empty(name, grid) for name in wanted}
    b0 = voxels[..., table.b0_frames].mean(axis=3, dtype=np.float64)
    if "b0" in made:
        made["b0"][...] = np.where(np.isfinite(b0), b0, 0.0)
    if set(wanted) <= {"b0"}:
        return made
    inside = (b0 > 0) if mask is None else (b0 > 0) & mask
    places = np.flatnonzero(inside)
    flat: dict[MapName, NDArray[Any]] = {
        name: values.reshape(grid.size, -1) for name, values in made.items() if name != "b0"
    }
    rows = voxels.reshape(grid.size, table.frames)
    for start in range(0, places.size, SLAB_VOXELS):
        progress(start / places.size, "fitting tensors")
        slab = places[start : start + SLAB_VOXELS]
        signal = rows[slab].astype(np.float64)
        finite = np.isfinite(signal).all(axis=1)
        _write(flat, slab[finite], fit_tensors(signal[finite], table, grid, method), grid)
    return made


def _empty(name: MapName, grid: Grid) -> NDArray[Any]:
    components = MAPS[name].components
    shape = grid.shape if components == 1 else (*grid.shape, components)
    return np.zeros(shape, np.uint8 if name == "colFA" else np.float32)


def _write(flat: Mapping[MapName, NDArray[Any]], places: NDArray[np.intp], tensors: Tensors, grid: Grid) -> None:
    if places.size == 0:
        return
    scalars = {"FA": tensors.fa, "MD": tensors.md, "AD": tensors.ad, "RD": tensors.rd}
    v1 = tensors.v1 @ voxel_axes(grid).T
    for name, values in flat.items():
        if name == "V1":
            values[places] = v1
        elif name == "colFA":
            values[places] = np.rint(np.clip(np.abs(v1) * scalars["FA"][:, None], 0.0, 1.0) * 255.0)
        else:
            values[places, 0] = scalars[name]
