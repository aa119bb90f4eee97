"""From files to what a network learns from: one grid, one intensity scale, classes instead of label values."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from jobs.running import JobFailed
from models_app.engine.boxes import Box
from models_app.engine.resampling import WorkingGrid
from models_app.specification import BY_PLANS, PERCENTILE, SIGNED, Specification
from mri.geometry import Grid
from mri.nifti import read_labels, read_volume

PERCENTILES = (0.5, 99.5)
_PERCENTILE_SAMPLES = 2_000_000


@dataclass(frozen=True)
class SourceImage:
    """The volumes of a case on the grid of the first one, on the network's intensity scale.

    Attributes
    ----------
    voxels : Tensor of float32, shape (roles, I, J, K)
    grid : Grid
        The first volume's own grid.
    """

    voxels: Tensor
    grid: Grid

    def cropped(self, box: Box) -> "SourceImage":
        """The part within a box, with a grid of its own."""
        return SourceImage(self.voxels[(slice(None), *box.slices())], box.grid_of(self.grid))


@dataclass(frozen=True)
class PreparedImage:
    """An image as a network takes it.

    Attributes
    ----------
    voxels : Tensor of float32, shape (roles, X, Y, Z)
        On the working grid.
    grid : Grid
        The volume's own grid.
    working : WorkingGrid
        The way between the two.
    """

    voxels: Tensor
    grid: Grid
    working: WorkingGrid


def image_prepare(paths: Path | Sequence[Path], specification: Specification) -> PreparedImage:
    """Read the volumes of a case and bring them to the network's grid and scale.

    Raises
    ------
    ImageError
        If a file can't be read.
    JobFailed
        If another number of volumes came than the specification names.
    """
    return on_working_grid(image_read(paths, specification), specification)


def image_read(paths: Path | Sequence[Path], specification: Specification) -> SourceImage:
    """Read the volumes of a case and resample them onto the grid of the labelled one (linearly, by affine).

    Of a 4-D image the first frame is taken. Voxels that are not finite count as 0.

    Parameters
    ----------
    paths : path or sequence of paths
        The labelled volume, then those of `specification.other_roles`.
    specification : Specification
        What goes in, and on which scales.

    Raises
    ------
    ImageError
        If a file can't be read.
    JobFailed
        If another number of volumes came than the specification names.
    """
    given = [paths] if isinstance(paths, Path) else list(paths)
    others = specification.other_roles
    if len(given) != 1 + len(others):
        raise JobFailed(
            f"The model takes {' and '.join((specification.grid_role, *others))} of a case; "
            f"{len(given)} volume{'s' if len(given) != 1 else ''} came."
        )
    first, grid = _read(given[0])
    files = dict(zip(others, given[1:], strict=True))
    rows = [first if role == specification.grid_role else _read_onto(files[role], grid) for role in specification.roles]
    scaled = [normalised(row, kind) for row, kind in zip(rows, specification.normalisations, strict=True)]
    return SourceImage(torch.stack(scaled), grid)


def on_working_grid(source: SourceImage, specification: Specification) -> PreparedImage:
    """Bring an image that was read to the network's grid."""
    working = WorkingGrid.between(source.grid.shape, source.grid.affine, specification.spacing_mm)
    rows = [working.image_to_work(row) for row in source.voxels]
    return PreparedImage(torch.stack(rows), source.grid, working)


def resampled_onto(voxels: Tensor, own: Grid, wanted: Grid) -> Tensor:
    """Interpolate an image linearly at the voxel centres of another grid; outside of it the value is 0.

    Parameters
    ----------
    voxels : Tensor of float32, shape `own.shape`
    own, wanted : Grid
        Where the image lies, and where it is wanted: both in one scanner frame.
    """
    if own.same_as(wanted):
        return voxels
    way = np.linalg.inv(own.affine) @ wanted.affine
    moved = ndimage.affine_transform(
        voxels.numpy(), way[:3, :3], way[:3, 3], output_shape=wanted.shape, order=1, mode="grid-constant", cval=0.0
    )
    return torch.from_numpy(moved.astype(np.float32, copy=False))


def normalised(image: Tensor, normalisation: str) -> Tensor:
    """Bring intensities to one scale.

    Parameters
    ----------
    image : Tensor of float32
        Not modified.
    normalisation : {"z-score", "percentile", "signed", "by-plans"}
        ``z-score``: mean 0, standard deviation 1. ``percentile`` first clips to the 0.5th and 99.5th percentile, for
        images with outliers. ``signed`` divides by the root mean square of what is not 0: for a quantity whose sign
        and zero mean something, such as susceptibility. ``by-plans`` changes nothing: nnU-Net does it itself.
    """
    if normalisation == BY_PLANS:
        return image
    if normalisation == SIGNED:
        inside = image[image != 0]
        scale = inside.square().mean().sqrt() if inside.numel() else image.new_ones(())
        return image / scale.clamp_min(1e-12)
    if normalisation == PERCENTILE:
        sample = image.flatten()[:: max(1, image.numel() // _PERCENTILE_SAMPLES)].numpy()
        low, high = np.percentile(sample, PERCENTILES)
        image = image.clamp(float(low), float(high))
    return (image - image.mean()) / image.std().clamp_min(1e-6)


def labels_prepare(path: Path, image: PreparedImage, specification: Specification) -> Tensor:
    """Read a label map and bring it to the network's grid, as class indices (uint8).

    Raises
    ------
    ImageError
        If the file can't be read, or is not on the image's grid.
    JobFailed
        If it holds values that the specification does not name.
    """
    return image.working.labels_to_work(classes_read(path, image.grid, specification))


def classes_read(path: Path, grid: Grid, specification: Specification) -> Tensor:
    """Read a label map as class indices (uint8) on its own grid; errors as for `labels_prepare`."""
    labels = read_labels(path, grid)
    return torch.from_numpy(
        classes_from_values(labels.voxels, specification.label_values, path.name, specification.left_out)
    )


def classes_from_values(
    values: NDArray[np.uint8] | NDArray[np.uint16],
    label_values: tuple[int, ...],
    origin: str,
    left_out: tuple[int, ...] = (),
) -> NDArray[np.uint8]:
    """Map label values to class indices 1, 2, ...; the other direction is `values_from_classes`.

    Values that are left out on purpose become background.

    Raises
    ------
    JobFailed
        If a value has no class: it would silently become background.
    """
    table = np.zeros(65536, dtype=np.uint8)
    table[list(label_values)] = np.arange(1, len(label_values) + 1, dtype=np.uint8)
    known = np.zeros(65536, dtype=bool)
    known[[0, *label_values, *left_out]] = True
    if not known[values].all():
        strangers = ", ".join(str(value) for value in np.unique(values[~known[values]])[:8])
        raise JobFailed(f"{origin} holds label values that the model has no class for: {strangers}.")
    return table[values]


def values_from_classes(
    classes: NDArray[np.uint8], label_values: tuple[int, ...]
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Map class indices back to the protocol's label values, gaps and all."""
    if max(label_values, default=0) > 255:
        return np.array([0, *label_values], dtype=np.uint16)[classes]
    return np.array([0, *label_values], dtype=np.uint8)[classes]


def _read_onto(path: Path, grid: Grid) -> Tensor:
    voxels, own = _read(path)
    return resampled_onto(voxels, own, grid)


def _read(path: Path) -> tuple[Tensor, Grid]:
    volume = read_volume(path, allow_frames=True)
    voxels = np.nan_to_num(volume.frame(0).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return torch.from_numpy(voxels), volume.grid
