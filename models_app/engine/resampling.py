"""From a volume's own grid to the network's and back, exactly.

The network's grid has the volume's own axes, put into the order and direction nearest to RAS (permuted and flipped,
never rotated), and the spacing that the specification names. So an oblique volume stays as it is, and where the spacing
is equal the way there and back is the identity, voxel for voxel.
"""

from dataclasses import dataclass
from typing import Self

import nibabel as nib
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models_app.specification import SAME_SPACING

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class WorkingGrid:
    """The way between a volume's grid (source) and the network's (working).

    Attributes
    ----------
    order : tuple of int
        Working axis w is source axis `order[w]`.
    flipped : tuple of bool
        Whether working axis w runs against its source axis.
    source_shape, shape : tuple of int
        Number of voxels before and after.
    step : tuple of float
        Working spacing over source spacing, by working axis; exactly 1.0 where they are the same.
    """

    order: Shape
    flipped: tuple[bool, bool, bool]
    source_shape: Shape
    shape: Shape
    step: tuple[float, float, float]

    @classmethod
    def between(cls, shape: Shape, affine: NDArray[np.float64], spacing_mm: tuple[float, float, float]) -> Self:
        """Work out the way for one volume.

        Parameters
        ----------
        shape : tuple of int, (I, J, K)
            The volume's shape.
        affine : numpy.ndarray of float64, shape (4, 4)
            Voxel index to RAS mm.
        spacing_mm : tuple of float, (right, anterior, superior)
            The network's spacing; 0 along an axis where the volume keeps its own.
        """
        # Row i: the world axis nearest to source axis i, and whether it runs along (1) or against (-1) it.
        nearest = nib.orientations.io_orientation(affine)
        order = tuple(int(np.flatnonzero(nearest[:, 0] == world)[0]) for world in range(3))
        flipped = tuple(bool(nearest[source, 1] < 0) for source in order)
        source_spacing = np.linalg.norm(affine[:3, :3], axis=0)
        step, sizes = [], []
        for world, source in enumerate(order):
            # A spacing of 0 means the image's own.
            ratio = (spacing_mm[world] or float(source_spacing[source])) / float(source_spacing[source])
            ratio = 1.0 if abs(ratio - 1.0) < SAME_SPACING else ratio
            step.append(ratio)
            sizes.append(max(1, int(np.ceil(shape[source] / ratio - 1e-3))))
        return cls(
            (order[0], order[1], order[2]),
            (flipped[0], flipped[1], flipped[2]),
            shape,
            (sizes[0], sizes[1], sizes[2]),
            (step[0], step[1], step[2]),
        )

    @property
    def resamples(self) -> bool:
        """Whether voxels are interpolated at all."""
        return any(step != 1.0 for step in self.step)

    def image_to_work(self, image: Tensor) -> Tensor:
        """Bring an image, float32 of shape `source_shape`, to the network's grid.

        Linear interpolation; where voxels get larger, each takes the weighted mean of those that it covers.
        """
        work = self._reorder(image)
        for axis in range(3):
            if self.step[axis] != 1.0:
                work = _along(work, axis, _linear(work.shape[axis], self.shape[axis], self.step[axis]))
        return work.contiguous()

    def labels_to_work(self, labels: Tensor) -> Tensor:
        """Bring a label map to the network's grid: nearest neighbour, the only way to resample a label map."""
        work = self._reorder(labels)
        for axis in range(3):
            if self.step[axis] != 1.0:
                work = work.index_select(axis, _nearest(work.shape[axis], self.shape[axis], self.step[axis]))
        return work.contiguous()

    def image_to_source(self, work: Tensor) -> Tensor:
        """Bring a map of the network (a probability) back to the volume's own grid, linearly."""
        for axis in range(3):
            if self.step[axis] != 1.0:
                size = self.source_shape[self.order[axis]]
                work = _along(work, axis, _linear(work.shape[axis], size, 1.0 / self.step[axis]))
        return self._restore(work)

    def labels_to_source(self, work: Tensor) -> Tensor:
        """Bring labels back to the volume's own grid: exact where the spacing is equal, else nearest neighbour."""
        for axis in range(3):
            if self.step[axis] != 1.0:
                size = self.source_shape[self.order[axis]]
                work = work.index_select(axis, _nearest(work.shape[axis], size, 1.0 / self.step[axis]))
        return self._restore(work)

    def _reorder(self, source: Tensor) -> Tensor:
        if tuple(source.shape) != self.source_shape:
            raise ValueError(f"A volume of shape {self.source_shape} was expected; {tuple(source.shape)} came.")
        work = source.permute(self.order)
        axes = [axis for axis in range(3) if self.flipped[axis]]
        return work.flip(axes) if axes else work

    def _restore(self, work: Tensor) -> Tensor:
        axes = [axis for axis in range(3) if self.flipped[axis]]
        work = work.flip(axes) if axes else work
        back = [self.order.index(axis) for axis in range(3)]
        return work.permute(back).contiguous()


def _positions(size_in: int, size_out: int, step: float) -> Tensor:
    """Where the centres of the new voxels lie, in old voxel indices: both grids have one centre."""
    return (torch.arange(size_out, dtype=torch.float64) - (size_out - 1) / 2) * step + (size_in - 1) / 2


def _nearest(size_in: int, size_out: int, step: float) -> Tensor:
    # Ties go to the lower index everywhere, so that the choice does not hang on rounding noise.
    return torch.ceil(_positions(size_in, size_out, step) - 0.5 - 1e-9).clamp(0, size_in - 1).long()


def _linear(size_in: int, size_out: int, step: float) -> Tensor:
    """Weights of shape (size_out, size_in): a triangle as wide as the larger voxel; each row sums to one."""
    centres = _positions(size_in, size_out, step).clamp(0, size_in - 1)
    distance = (centres[:, None] - torch.arange(size_in, dtype=torch.float64)[None, :]).abs()
    weights = (1 - distance / max(step, 1.0)).clamp_min(0)
    return (weights / weights.sum(dim=1, keepdim=True)).float()


def _along(work: Tensor, axis: int, weights: Tensor) -> Tensor:
    return torch.tensordot(work.float(), weights, dims=([axis], [1])).movedim(-1, axis)
