"""What every phantom is made with and made of: scan settings, images with their label maps, and true values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable
from mri.geometry import Grid
from mri.labels import LabelMap
from mri.phantom.sampling import phantom_grid

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class ScanSettings:
    """How a subject is scanned. The anatomy never depends on any of these.

    Attributes
    ----------
    shape_ras : tuple of int
        Voxels left-right, posterior-anterior, inferior-superior, whatever the array's orientation.
    spacing_ras_mm : tuple of float
        Voxel size in the same order, mm.
    orientation : str
        Axis codes of the array.
    oblique_deg : float
        Tilt of the grid about the left-right axis, and half of it about the vertical axis.
    noise : float
        Standard deviation of each noise channel as a share of the reference signal: the inverse of the SNR.
    bias : float
        Strength of the receive field: the logarithm of the signal changes by about this much over 80 mm.
    gain : float
        Scale of the whole signal, as between scanners.
    session : int
        0, 1 ...: another session has other noise and another receive field, and the same anatomy.
    shift_mm : tuple of float
        How far the field of view is moved over the subject, in world RAS.
    """

    shape_ras: tuple[int, int, int]
    spacing_ras_mm: Vector
    orientation: str = "RAS"
    oblique_deg: float = 0.0
    noise: float = 0.025
    bias: float = 0.2
    gain: float = 1.0
    session: int = 0
    shift_mm: Vector = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if min(self.shape_ras) < 1 or min(self.spacing_ras_mm) <= 0:
            raise ValueError(f"Shape and spacing must be positive; {self.shape_ras} and {self.spacing_ras_mm} came.")
        if self.noise < 0 or self.gain <= 0:
            raise ValueError(f"Noise must not be negative and gain must be positive; {self.noise}, {self.gain} came.")

    def grid(self, centre_ras_mm: Vector) -> Grid:
        """Lay the field of view over a subject whose middle lies at a point in world RAS."""
        x, y, z = (c + s for c, s in zip(centre_ras_mm, self.shift_mm, strict=True))
        return phantom_grid(self.shape_ras, self.spacing_ras_mm, self.orientation, self.oblique_deg, (x, y, z))

    def rng(self, seed: int) -> np.random.Generator:
        """Return the generator of what differs from session to session."""
        return np.random.default_rng([seed, 3, self.session])


@dataclass(frozen=True)
class Truth:
    """One true value.

    Attributes
    ----------
    structure : str
        What it belongs to, named as the protocol names it.
    quantity, unit : str
        What it is, such as ``mid_height`` in ``mm``.
    value : float
        Known in closed form or by quadrature on the anatomy, never counted in voxels.
    """

    structure: str
    quantity: str
    value: float
    unit: str


@dataclass(frozen=True, eq=False)
class PhantomImage:
    """An image with what can be labelled on it, all on one grid.

    Attributes
    ----------
    voxels : numpy.ndarray of int16 or float32, shape (I, J, K) or (I, J, K, N)
        What the scanner gives.
    labels : LabelMap
        The protocol's labels, as a voxel's majority.
    datatype, suffix, acquisition : str
        As in BIDS; ``acquisition`` may be empty.
    masks : mapping of (str, str) to LabelMap
        Further true maps by label and suffix, such as ``("SC", "seg")``.
    whole : numpy.ndarray of bool, shape (I, J, K)
        Where one class alone fills the voxel.
    table : GradientTable, optional
        Of a diffusion image.
    sidecar : mapping
        What else its JSON file says.
    """

    voxels: NDArray[Any]
    labels: LabelMap
    datatype: str
    suffix: str
    acquisition: str = ""
    masks: Mapping[tuple[str, str], LabelMap] = field(default_factory=dict)
    whole: NDArray[np.bool_] | None = None
    table: GradientTable | None = None
    sidecar: Mapping[str, Any] = field(default_factory=dict)

    @property
    def grid(self) -> Grid:
        """Grid of the image."""
        return self.labels.grid


@dataclass(frozen=True, eq=False)
class PhantomCase:
    """A subject in one session.

    Attributes
    ----------
    images : tuple of PhantomImage
        One or more.
    truth : tuple of Truth
        Every true value.
    geometry : mapping
        What the truth is computed from, as plain data in mm and world RAS, such as the axes of nerves.
    """

    images: tuple[PhantomImage, ...]
    truth: tuple[Truth, ...]
    geometry: Mapping[str, Any] = field(default_factory=dict)
