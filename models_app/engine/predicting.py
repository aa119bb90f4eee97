"""From an image to a label map on the image's own grid, voxel for voxel."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from monai.inferers.utils import sliding_window_inference
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn

from models_app.engine.preparing import PreparedImage, values_from_classes
from models_app.engine.resampling import WorkingGrid
from models_app.specification import LEFT_RIGHT, Specification
from mri.labels import LabelMap

CHECK_OVERLAP = 0.1
PROPOSAL_OVERLAP = 0.25


def logits_on_work_grid(
    network: nn.Module,
    voxels: Tensor,
    specification: Specification,
    *,
    overlap: float,
    device: torch.device,
    cancelled: Callable[[], None] = lambda: None,
) -> Tensor:
    """Slide the network over an image.

    Parameters
    ----------
    network : torch.nn.Module
        In evaluation mode.
    voxels : Tensor of float32, shape (C, X, Y, Z)
        Prepared image.
    overlap : float
        Of neighbouring windows, 0 to 1; they are blended with a Gaussian.
    cancelled : callable
        Called before each window; what it raises ends the prediction.

    Returns
    -------
    Tensor of float32, shape (classes, X, Y, Z)
    """

    def window(patch: Tensor) -> Tensor:
        cancelled()
        out: Tensor = network(patch.contiguous(memory_format=torch.channels_last_3d))
        return out.float()

    with torch.inference_mode():
        out: Any = sliding_window_inference(
            voxels[None],
            roi_size=specification.patch,
            sw_batch_size=1,
            predictor=window,
            overlap=overlap,
            mode="gaussian",
            sw_device=device,
            device=torch.device("cpu"),
        )
    result: Tensor = out[0]
    return result


def labels_predict(
    network: nn.Module,
    image: PreparedImage,
    specification: Specification,
    *,
    device: torch.device,
    cancelled: Callable[[], None] = lambda: None,
) -> LabelMap:
    """Segment an image; the answer lies on the image's own grid and holds the protocol's label values.

    Where training mirrored left and right, the image and its mirror image are both segmented and the probabilities
    averaged: about 0.01 of Dice on the cord, for twice the time.
    """
    views: list[tuple[int, ...]] = [()]
    if LEFT_RIGHT in specification.flips:
        views.append((1,))
    probabilities = torch.zeros(())
    for axes in views:
        logits = logits_on_work_grid(
            network,
            image.voxels.flip(axes) if axes else image.voxels,
            specification,
            overlap=PROPOSAL_OVERLAP,
            device=device,
            cancelled=cancelled,
        )
        seen = logits.softmax(dim=0)
        probabilities = probabilities + (seen.flip(axes) if axes else seen)
    classes = classes_on_source_grid(probabilities, image.working)
    if specification.keep_largest:
        classes = largest_pieces(classes)
    return LabelMap(values_from_classes(classes, specification.label_values), image.grid)


def classes_on_source_grid(probabilities: Tensor, working: WorkingGrid) -> NDArray[np.uint8]:
    """Decide each voxel of the volume's own grid.

    Where the spacing is equal the decision is only put back into the volume's order: exact. Else the probabilities are
    interpolated, one class at a time so that memory does not grow with the number of classes, and the largest wins.

    Parameters
    ----------
    probabilities : Tensor of float32, shape (classes, X, Y, Z)
        On the working grid, to any one scale.
    working : WorkingGrid
        The way back.

    Returns
    -------
    numpy.ndarray of uint8, shape (I, J, K)
        Class indices.
    """
    if not working.resamples:
        return working.labels_to_source(probabilities.argmax(dim=0).to(torch.uint8)).numpy()
    best = working.image_to_source(probabilities[0])
    winner = torch.zeros(best.shape, dtype=torch.uint8)
    for index in range(1, probabilities.shape[0]):
        rival = working.image_to_source(probabilities[index])
        ahead = rival > best
        winner[ahead] = index
        best = torch.where(ahead, rival, best)
    return winner.numpy()


def largest_pieces(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the largest connected piece (26 neighbours) of each class; for structures that are one piece by anatomy."""
    kept = np.zeros_like(classes)
    around = np.ones((3, 3, 3), dtype=bool)
    for value in np.unique(classes):
        if value:
            pieces, _ = ndimage.label(classes == value, structure=around)
            sizes = np.bincount(pieces.ravel())
            sizes[0] = 0
            kept[pieces == int(sizes.argmax())] = value
    return kept
