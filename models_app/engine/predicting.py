"""From an image to a label map on the image's own grid, voxel for voxel."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from monai.inferers.utils import sliding_window_inference
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn

from jobs.running import JobFailed
from models_app.engine.boxes import Box
from models_app.engine.networks import Cascade
from models_app.engine.preparing import PreparedImage, SourceImage, on_working_grid, values_from_classes
from models_app.engine.resampling import WorkingGrid
from models_app.specification import LEFT_RIGHT, Specification, architecture_get
from mri.geometry import Grid
from mri.labels import LabelMap

SLICES_AT_ONCE = 8
CHECK_OVERLAP = 0.1
PROPOSAL_OVERLAP = 0.25

MAIN_PIECE_SHARE = 0.1
"""Of the largest piece that a localiser finds; smaller ones are taken for stray."""


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
            # Slices are small: one at a time would leave most of a processor idle.
            sw_batch_size=1 if specification.slice_axis is None else SLICES_AT_ONCE,
            predictor=window,
            overlap=overlap,
            mode="gaussian",
            sw_device=device,
            device=torch.device("cpu"),
        )
    result: Tensor = out[0]
    return result


@dataclass(frozen=True)
class Prediction:
    """What a network says about an image.

    Attributes
    ----------
    labels : LabelMap
        On the image's own grid, with the protocol's label values.
    box : Box or None
        What a cascade segmented of it, in voxels of the image; None for a network of one step.
    located : bool
        Whether a cascade's first step found anything; where it did not, all of the image was segmented.
    """

    labels: LabelMap
    box: Box | None = None
    located: bool = True


def labels_predict(
    network: nn.Module,
    source: SourceImage,
    specification: Specification,
    *,
    device: torch.device,
    thorough: bool = True,
    cancelled: Callable[[], None] = lambda: None,
) -> Prediction:
    """Segment an image; the answer lies on the image's own grid and holds the protocol's label values.

    Parameters
    ----------
    network : torch.nn.Module
        Of the specification, in evaluation mode.
    source : SourceImage
        From `image_read`.
    specification : Specification
        What the network sees and says.
    device : torch.device
        Where the network is.
    thorough : bool
        Segment the mirror image too, where training mirrored: twice the time. Without it while somebody waits.
    cancelled : callable
        Called before each window; what it raises ends the prediction.
    """
    if architecture_get(specification.architecture).clicks:
        raise JobFailed("This model answers clicks in the viewer and segments nothing by itself; choose another one.")
    if isinstance(network, Cascade):
        return _in_two_steps(network, source, specification, device, thorough, cancelled)
    if specification.plans is not None:
        from models_app.engine.nnunet.predicting import classes_by_plans

        classes = classes_by_plans(network, source, specification, device)
    else:
        classes = classes_predict(network, source, specification, device=device, thorough=thorough, cancelled=cancelled)
    return Prediction(_label_map(classes, source.grid, specification))


def classes_predict(
    network: nn.Module,
    source: SourceImage,
    specification: Specification,
    *,
    device: torch.device,
    thorough: bool = True,
    cancelled: Callable[[], None] = lambda: None,
) -> NDArray[np.uint8]:
    """Segment an image with one network: class indices, shape (I, J, K), on the image's own grid."""
    image = on_working_grid(source, specification)
    mirror = thorough and LEFT_RIGHT in specification.flips
    if not mirror and not image.working.resamples:
        # The largest logit is the largest probability: nothing else is needed of them.
        logits = logits_on_work_grid(
            network, image.voxels, specification, overlap=PROPOSAL_OVERLAP, device=device, cancelled=cancelled
        )
        return image.working.labels_to_source(winners(logits)).numpy()
    probabilities = probabilities_on_work_grid(
        network, image, specification, device=device, mirror=mirror, cancelled=cancelled
    )
    return classes_on_source_grid(probabilities, image.working)


def probabilities_on_work_grid(
    network: nn.Module,
    image: PreparedImage,
    specification: Specification,
    *,
    device: torch.device,
    mirror: bool,
    cancelled: Callable[[], None] = lambda: None,
) -> Tensor:
    """Class probabilities, shape (classes, X, Y, Z); with `mirror` they sum to two.

    Where training mirrored left and right, the image and its mirror image are both segmented and the probabilities
    added: about 0.01 of Dice on the cord, for twice the time. Sides change places in the mirror, and back.
    """
    swapped = specification.mirrored_classes()
    probabilities = torch.zeros(())
    for mirrored in (False, True) if mirror else (False,):
        logits = logits_on_work_grid(
            network,
            image.voxels.flip(1) if mirrored else image.voxels,
            specification,
            overlap=PROPOSAL_OVERLAP,
            device=device,
            cancelled=cancelled,
        )
        seen = logits.softmax(dim=0)
        probabilities = probabilities + (seen.flip(1)[swapped] if mirrored else seen)
    return probabilities


def _in_two_steps(
    network: Cascade,
    source: SourceImage,
    specification: Specification,
    device: torch.device,
    thorough: bool,
    cancelled: Callable[[], None],
) -> Prediction:
    """Localise on the coarse grid, segment the box, and put it back where it was, voxel for voxel."""
    box, located = box_locate(network, source, specification, device=device, cancelled=cancelled)
    part = classes_predict(
        network.fine, source.cropped(box), specification, device=device, thorough=thorough, cancelled=cancelled
    )
    classes = np.zeros(source.grid.shape, dtype=np.uint8)
    classes[box.slices()] = part
    return Prediction(_label_map(classes, source.grid, specification), box, located)


def box_locate(
    network: Cascade,
    source: SourceImage,
    specification: Specification,
    *,
    device: torch.device,
    cancelled: Callable[[], None] = lambda: None,
) -> tuple[Box, bool]:
    """What a cascade segments of an image, and whether its first step found anything; where not, all of the image."""
    rough = classes_predict(network.coarse, source, specification.coarse(), device=device, cancelled=cancelled)
    # Without stray pieces: one voxel in a corner would otherwise make the box the whole image.
    found = Box.around(main_pieces(rough > 0))
    if found is None:
        return Box.whole(source.grid.shape), False
    margin_mm = specification.localiser.margin_mm if specification.localiser is not None else 0.0
    return found.widened(margin_mm, source.grid), True


def _label_map(classes: NDArray[np.uint8], grid: Grid, specification: Specification) -> LabelMap:
    if specification.keep_largest:
        classes = largest_pieces(classes)
    return LabelMap(values_from_classes(classes, specification.label_values), grid)


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
        return working.labels_to_source(winners(probabilities)).numpy()
    return winners(working.image_to_source(row) for row in probabilities).numpy()


def winners(maps: Iterable[Tensor]) -> Tensor:
    """Which of several maps is the largest at each voxel; of equal ones the first.

    As `torch.argmax` over the classes, which takes sixteen times as long for two classes on a CPU.

    Parameters
    ----------
    maps : iterable of Tensor
        All of one shape; they are taken one at a time.

    Returns
    -------
    Tensor of uint8, of their shape
    """
    rows = iter(maps)
    best = next(rows)
    winner = torch.zeros(best.shape, dtype=torch.uint8, device=best.device)
    for index, rival in enumerate(rows, start=1):
        winner.masked_fill_(rival > best, index)
        best = torch.maximum(best, rival)
    return winner


def main_pieces(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the connected pieces (26 neighbours) of a tenth of the largest one's size or more.

    A localiser sees all labels as one class, and what is labelled is often in several places: a nucleus on either
    side, a row of vertebrae. The largest piece alone would leave the others out of the box for good.
    """
    pieces, _ = ndimage.label(mask, structure=np.ones((3, 3, 3), dtype=bool))
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    kept: NDArray[np.bool_] = (sizes >= max(1.0, MAIN_PIECE_SHARE * sizes.max()))[pieces]
    return kept


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
