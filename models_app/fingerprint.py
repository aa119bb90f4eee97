"""What a set of images has in common: medians that decide a network's grid, as in nnU-Net's fingerprint. Pure.

Isensee et al., nnU-Net, Nature Methods 18, 203-211 (2021), doi 10.1038/s41592-020-01008-z.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import nibabel as nib
import numpy as np

Sides = tuple[float, float, float]

ANISOTROPIC = 3.0
"""From this ratio of the coarsest to the finest spacing on, nnU-Net treats an axis apart."""

COARSE_QUANTILE = 0.1
"""Along a coarse axis the spacing at this quantile is taken: the median would throw away the finer images' detail."""

SIGNED_FROM = 0.1
"""An image whose lowest value is below minus this share of its highest is a signed quantity, such as QSM."""


@dataclass(frozen=True)
class ImageFacts:
    """What is known of an image without reading it.

    Attributes
    ----------
    role : str
        Its role in the protocol.
    shape : tuple of int
        Voxels, as stored.
    affine : sequence of float, length 16
        Voxel index to RAS mm, row by row.
    lowest, highest : float
        Intensities.
    """

    role: str
    shape: tuple[int, ...]
    affine: Sequence[float]
    lowest: float
    highest: float

    def in_ras_order(self) -> tuple[Sides, tuple[int, int, int]]:
        """Spacing in mm and shape, with the axes in the order nearest to RAS."""
        affine = np.array(self.affine, dtype=np.float64).reshape(4, 4)
        nearest = nib.orientations.io_orientation(affine)[:, 0]
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
        order = [int(np.flatnonzero(nearest == world)[0]) for world in range(3)]
        right, anterior, superior = (float(spacing[axis]) for axis in order)
        x, y, z = (int(self.shape[axis]) for axis in order)
        return (right, anterior, superior), (x, y, z)

    @property
    def orientation(self) -> str:
        """Three letters, such as RPI for axes that run to the right, back and down."""
        return "".join(nib.orientations.aff2axcodes(np.array(self.affine, dtype=np.float64).reshape(4, 4)))


@dataclass(frozen=True)
class Fingerprint:
    """Medians of a set of images.

    Attributes
    ----------
    images : int
        How many there are.
    spacing_mm : tuple of float, (right, anterior, superior)
        What a network that follows the data would use.
    finest_mm, coarsest_mm : tuple of float
        The range along each axis.
    size_mm : tuple of float
        Median extent along each axis.
    orientations : dict of str to int
        How many images lie how.
    signed : dict of str to bool
        By role: whether its images are a signed quantity.
    """

    images: int
    spacing_mm: Sides
    finest_mm: Sides
    coarsest_mm: Sides
    size_mm: Sides
    orientations: Mapping[str, int]
    signed: Mapping[str, bool]

    @property
    def coarse_axis(self) -> int | None:
        """The axis that is clearly coarser than the others, by 1.2 or more; None where none is."""
        order = sorted(range(3), key=lambda axis: self.spacing_mm[axis])
        return order[2] if self.spacing_mm[order[2]] >= 1.2 * self.spacing_mm[order[1]] else None

    def to_json(self) -> dict[str, Any]:
        """Plain data, for the page that shows it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def fingerprint_take(images: Sequence[ImageFacts], primary: str) -> Fingerprint | None:
    """Take the fingerprint of a set of images.

    Parameters
    ----------
    images : sequence of ImageFacts
        Of all roles.
    primary : str
        The role whose grid counts.

    Returns
    -------
    Fingerprint or None
        None without an image of the primary role.
    """
    grids = [image.in_ras_order() for image in images if image.role == primary]
    if not grids:
        return None
    spacings = np.array([spacing for spacing, _ in grids])
    sizes = spacings * np.array([shape for _, shape in grids])
    signed: dict[str, list[bool]] = {}
    for image in images:
        signed.setdefault(image.role, []).append(image.lowest < -SIGNED_FROM * abs(image.highest))
    return Fingerprint(
        images=len(grids),
        spacing_mm=_sides(_target(spacings)),
        finest_mm=_sides(spacings.min(axis=0)),
        coarsest_mm=_sides(spacings.max(axis=0)),
        size_mm=_sides(np.median(sizes, axis=0)),
        orientations=dict(Counter(image.orientation for image in images if image.role == primary).most_common()),
        signed={role: median(votes) > 0.5 for role, votes in signed.items()},
    )


def _target(spacings: "np.typing.NDArray[np.float64]") -> "np.typing.NDArray[np.float64]":
    target = np.median(spacings, axis=0)
    coarse = int(target.argmax())
    others = np.delete(target, coarse)
    if target[coarse] > ANISOTROPIC * others.max():
        target[coarse] = max(float(np.quantile(spacings[:, coarse], COARSE_QUANTILE)), float(others.max()))
    return target


def _sides(values: "np.typing.NDArray[np.float64]") -> Sides:
    right, anterior, superior = (round(float(value), 4) for value in values)
    return right, anterior, superior
