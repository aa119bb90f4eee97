"""From files to what a network learns from: one grid, one intensity scale, classes instead of label values."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from jobs.running import JobFailed
from models_app.engine.resampling import WorkingGrid
from models_app.specification import Specification
from mri.geometry import Grid
from mri.nifti import read_labels, read_volume

PERCENTILES = (0.5, 99.5)
_PERCENTILE_SAMPLES = 2_000_000


@dataclass(frozen=True)
class PreparedImage:
    """An image as a network takes it.

    Attributes
    ----------
    voxels : Tensor of float32, shape (1, X, Y, Z)
        On the working grid.
    grid : Grid
        The volume's own grid.
    working : WorkingGrid
        The way between the two.
    """

    voxels: Tensor
    grid: Grid
    working: WorkingGrid


def image_prepare(path: Path, specification: Specification) -> PreparedImage:
    """Read an image and bring it to the network's grid and scale.

    Of a 4-D image the first frame is taken. Voxels that are not finite count as 0.

    Raises
    ------
    ImageError
        If the file can't be read.
    """
    volume = read_volume(path, allow_frames=True)
    voxels = torch.from_numpy(np.nan_to_num(volume.frame(0).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0))
    working = WorkingGrid.between(volume.grid.shape, volume.grid.affine, specification.spacing_mm)
    work = working.image_to_work(voxels)
    return PreparedImage(normalised(work, specification.normalisation)[None], volume.grid, working)


def normalised(image: Tensor, normalisation: str) -> Tensor:
    """Bring intensities to mean 0 and standard deviation 1.

    Parameters
    ----------
    image : Tensor of float32
        Not modified.
    normalisation : {"z-score", "percentile"}
        ``percentile`` first clips to the 0.5th and 99.5th percentile, for images with outliers.
    """
    if normalisation == "percentile":
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
    labels = read_labels(path, image.grid)
    classes = classes_from_values(labels.voxels, specification.label_values, path.name)
    return image.working.labels_to_work(torch.from_numpy(classes))


def classes_from_values(
    values: NDArray[np.uint8] | NDArray[np.uint16], label_values: tuple[int, ...], origin: str
) -> NDArray[np.uint8]:
    """Map label values to class indices 1, 2, ...; the other direction is `values_from_classes`.

    Raises
    ------
    JobFailed
        If a value has no class: it would silently become background.
    """
    table = np.zeros(65536, dtype=np.uint8)
    table[list(label_values)] = np.arange(1, len(label_values) + 1, dtype=np.uint8)
    known = np.zeros(65536, dtype=bool)
    known[[0, *label_values]] = True
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
