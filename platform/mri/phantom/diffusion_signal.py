"""Tensor signal of voxels that hold several tissues: S0 exp(-b g'Dg), summed by share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable
from mri.geometry import Grid
from mri.phantom.case import Truth
from mri.phantom.sampling import Points


@dataclass(frozen=True)
class Tissue:
    """A tissue in a diffusion image.

    Attributes
    ----------
    s0 : float
        Signal at b = 0; 1 is that of the nervous tissue.
    along, across : float
        Eigenvalues along the fibres and across them (both of them), mm2/s; equal where there are no fibres.
    """

    s0: float
    along: float
    across: float

    @property
    def fa(self) -> float:
        """Fractional anisotropy."""
        return float(abs(self.along - self.across) / np.sqrt(self.along**2 + 2.0 * self.across**2))

    @property
    def md(self) -> float:
        """Mean diffusivity, mm2/s."""
        return (self.along + 2.0 * self.across) / 3.0

    def truth(self, structure: str) -> tuple[Truth, ...]:
        """Return FA, MD, AD and RD as true values of a structure."""
        unit = "mm2/s"
        return (
            Truth(structure, "FA", self.fa, ""),
            Truth(structure, "MD", self.md, unit),
            Truth(structure, "AD", self.along, unit),
            Truth(structure, "RD", self.across, unit),
        )


def mixed_signal(
    shares: Points, tissues: Sequence[Tissue], fibres: NDArray[np.floating], table: GradientTable, grid: Grid
) -> Points:
    """Return the signal without noise, shape (I, J, K, N).

    Parameters
    ----------
    shares : numpy.ndarray of float32, shape (classes, I, J, K)
        Share of the voxel that each tissue fills.
    tissues : sequence of Tissue
        One per class.
    fibres : numpy.ndarray, shape (I, J, K, 3)
        Unit fibre direction at the voxel's centre, in world RAS; used where a tissue has fibres.
    table, grid : GradientTable, Grid
        The gradients are turned from FSL's frame to the world by the grid's axes.
    """
    b_values = table.b_values.astype(np.float32)
    signal = np.zeros((*grid.shape, table.frames), dtype=np.float32)
    gradients = table.ras_directions(grid).astype(np.float32)
    for share, tissue in zip(shares, tissues, strict=True):
        at = share > 0.0
        if not at.any() or tissue.s0 == 0.0:
            continue
        if tissue.along == tissue.across:
            decay = np.exp(-b_values * np.float32(tissue.across))[None, :]
        else:
            cosines = fibres[at].astype(np.float32) @ gradients.T
            decay = np.exp(-b_values * (tissue.across + (tissue.along - tissue.across) * cosines**2))
        signal[at] += share[at][:, None] * np.float32(tissue.s0) * decay.astype(np.float32)
    return signal
