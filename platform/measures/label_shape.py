"""One label of one map, prepared for comparison with the same label of many other maps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measures.distance import SurfaceField, surface_field
from measures.instances import Pieces, connected_pieces
from measures.location import centroid_ijk


class LabelShape:
    """A label's mask within a box, with what comparisons ask of it again and again.

    Each part is made when it is first asked for, once, however many other shapes this one is compared with.

    Parameters
    ----------
    mask : numpy.ndarray of bool
        The label's voxels within a box that is the same for every shape that it is compared with. Not modified.
    spacing_mm : sequence of float
        Voxel size along each array axis, mm.
    """

    def __init__(self, mask: NDArray[np.bool_], spacing_mm: Sequence[float]) -> None:
        self.mask = mask
        self.spacing_mm = tuple(spacing_mm)

    @cached_property
    def voxels(self) -> int:
        """Number of voxels."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def field(self) -> SurfaceField:
        """Its surface and the distance of every voxel of the box from it."""
        return surface_field(self.mask, self.spacing_mm)

    @cached_property
    def centroid(self) -> NDArray[np.float64] | None:
        """Mean voxel index within the box; None where the mask is empty."""
        return centroid_ijk(self.mask)

    @cached_property
    def pieces(self) -> Pieces:
        """Its connected pieces."""
        return connected_pieces(self.mask)


def label_shape(labels: NDArray[Any], value: int, box: tuple[slice, ...], spacing_mm: Sequence[float]) -> LabelShape:
    """Prepare a label of a map within a box."""
    return LabelShape(np.asarray(labels[box] == value), spacing_mm)
