"""What a clinical measure is given: a label map, other maps and images by role, and what the labels mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mri.errors import ImageError
from mri.geometry import Grid
from mri.labels import LabelMap


@dataclass(frozen=True)
class LabelMeaning:
    """What a label value stands for.

    Attributes
    ----------
    value : int
        The value.
    name : str
        As in the protocol: ``"L4"``, ``"Psoas left"``.
    side : str
        ``"left"``, ``"right"``, ``"both"`` or ``"midline"``.
    level : str
        ``"L4"`` for a vertebra, ``"L4/L5"`` for the disc below it, ``"C5"`` for a spinal level; empty for none.
    group : str
        ``"vertebra"``, ``"disc"``, ``"muscle"``, ``"nerve"`` ...; empty for none.
    """

    value: int
    name: str
    side: str = "both"
    level: str = ""
    group: str = ""

    @property
    def structure(self) -> str:
        """The name without its side, in lower case: ``"psoas"``, ``"erector spinae"``."""
        return " ".join(word for word in self.name.lower().split() if word not in ("left", "right"))


@dataclass(frozen=True, eq=False)
class ScalarMap:
    """An image of one number per voxel: FA, MD, susceptibility.

    Attributes
    ----------
    values : numpy.ndarray of a real dtype, shape (I, J, K)
        The numbers.
    grid : Grid
        Shape and affine.
    """

    values: NDArray[Any]
    grid: Grid


@dataclass(frozen=True, eq=False)
class CaseInputs:
    """A case as a clinical measure sees it.

    Attributes
    ----------
    labels : LabelMap
        The label map that is measured.
    maps : dict of str to LabelMap
        Other label maps by role: ``cord``, ``pmj``, ``reference``, ``vertebrae``.
    images : dict of str to ScalarMap
        Images by role: ``FA``, ``MD``, ``susceptibility``.
    meanings : tuple of LabelMeaning
        What the values of ``labels`` stand for; empty where the measure knows them itself.
    points_ras_mm : dict of str to (float, float, float)
        Named points in world RAS: ``pmj``. A point may lie beyond the grid of the labels.
    """

    labels: LabelMap
    maps: Mapping[str, LabelMap] = field(default_factory=dict)
    images: Mapping[str, ScalarMap] = field(default_factory=dict)
    meanings: tuple[LabelMeaning, ...] = ()
    points_ras_mm: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)

    def named(self) -> dict[int, LabelMeaning]:
        """Return what each value stands for; a value without a meaning is named by its number."""
        known = {meaning.value: meaning for meaning in self.meanings}
        found = {value: LabelMeaning(value, str(value)) for value in self.labels.counts() if value not in known}
        return dict(sorted((known | found).items()))

    def map_on_grid(self, role: str) -> NDArray[Any] | None:
        """Return the voxels of another label map on the grid of the labels; None where there is none.

        Raises
        ------
        ImageError
            ``grid-mismatch`` where it is on another grid; both are named.
        """
        other = self.maps.get(role)
        return None if other is None else _on_grid(role, other.voxels, other.grid, self.labels.grid)

    def image_on_grid(self, role: str) -> NDArray[np.float64] | None:
        """Return an image on the grid of the labels as float64; None where there is none.

        Raises
        ------
        ImageError
            ``grid-mismatch`` where it is on another grid; both are named.
        """
        image = self.images.get(role)
        if image is None:
            return None
        return np.asarray(_on_grid(role, image.values, image.grid, self.labels.grid), dtype=np.float64)


def _on_grid(role: str, voxels: NDArray[Any], grid: Grid, wanted: Grid) -> NDArray[Any]:
    if not grid.same_as(wanted):
        raise ImageError(
            f"The {role} is not on the grid of the labels. Labels: {wanted.describe()}. {role}: {grid.describe()}. "
            "Resample it to the labels' grid (a label map with nearest neighbour).",
            "grid-mismatch",
        )
    return voxels
