"""Predicting with a network that takes clicks: one structure in the neighbourhood of its clicks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from monai.inferers.utils import sliding_window_inference
from numpy.typing import NDArray
from torch import Tensor, nn

from models_app.engine.boxes import Box, Triple
from models_app.engine.guidance import JUDGED_CLICKS, Clicks, correction, first_click, with_guidance
from models_app.engine.predicting import Prediction
from models_app.engine.preparing import SourceImage, classes_from_values, on_working_grid, values_from_classes
from models_app.specification import Specification
from mri.labels import LabelMap

OVERLAP = 0.25
BEYOND = 0.5
"""So many patches beyond the outermost click are looked at."""


def probability_near(
    network: nn.Module, voxels: Tensor, clicks: Clicks, specification: Specification, device: torch.device
) -> tuple[Box, Tensor]:
    """The probability of being inside, in the box of half a patch around the clicks.

    Parameters
    ----------
    network : torch.nn.Module
        In evaluation mode.
    voxels : Tensor of float32, shape (roles, X, Y, Z)
        On the working grid.
    clicks : Clicks
        On that grid; one at least.

    Returns
    -------
    box : Box
        Of the working grid. Outside of it nothing is known.
    probability : Tensor of float32, of the box's shape
    """
    box = _around(clicks, specification.patch, tuple(voxels.shape[1:]))
    near = Clicks(clicks.inside - np.array(box.start), clicks.outside - np.array(box.start))
    given = with_guidance(voxels[(slice(None), *box.slices())], near)

    def window(patch: Tensor) -> Tensor:
        out: Tensor = network(patch.contiguous(memory_format=torch.channels_last_3d))
        return out.float().softmax(dim=1)[:, 1:]

    with torch.inference_mode():
        found: Any = sliding_window_inference(
            given[None],
            roi_size=specification.patch,
            sw_batch_size=1,
            predictor=window,
            overlap=OVERLAP,
            mode="gaussian",
            sw_device=device,
            device=torch.device("cpu"),
        )
    probability: Tensor = found[0, 0]
    return box, probability


def structure_clicked(
    network: nn.Module,
    voxels: Tensor,
    truth: NDArray[np.bool_],
    specification: Specification,
    device: torch.device,
) -> NDArray[np.float32]:
    """What a network says of a structure after simulated clicks: the first one, and corrections.

    Parameters
    ----------
    truth : numpy.ndarray of bool, shape (X, Y, Z)
        The structure, on the working grid; not empty.

    Returns
    -------
    numpy.ndarray of float32, shape (X, Y, Z)
        Probability of being inside; 0 where it did not look.
    """
    clicks = Clicks.none().and_one(first_click(truth), inside=True)
    answer = np.zeros(truth.shape, np.float32)
    for number in range(1, JUDGED_CLICKS + 1):
        box, probability = probability_near(network, voxels, clicks, specification, device)
        answer = np.zeros(truth.shape, np.float32)
        answer[box.slices()] = probability.numpy()
        if number < JUDGED_CLICKS:
            clicks = correction(answer > 0.5, truth, clicks)
    return answer


def labels_clicked(
    network: nn.Module,
    source: SourceImage,
    truth: LabelMap,
    specification: Specification,
    *,
    device: torch.device,
    cancelled: Callable[[], None] = lambda: None,
) -> Prediction:
    """Segment an image whose labels are known, each by simulated clicks on it: how such a network is judged.

    Where two structures claim a voxel the surer one has it. A label that the truth does not hold is not clicked on.
    """
    image = on_working_grid(source, specification)
    classes = torch.from_numpy(
        classes_from_values(truth.voxels, specification.label_values, "the accepted label map", specification.left_out)
    )
    wanted = image.working.labels_to_work(classes).numpy()
    best = np.full(wanted.shape, 0.5, np.float32)
    winner = np.zeros(wanted.shape, np.uint8)
    for index in range(1, specification.classes):
        cancelled()
        structure = wanted == index
        if not structure.any():
            continue
        said = structure_clicked(network, image.voxels, structure, specification, device)
        ahead = said > best
        winner[ahead], best[ahead] = index, said[ahead]
    found = image.working.labels_to_source(torch.from_numpy(winner)).numpy()
    return Prediction(LabelMap(values_from_classes(found, specification.label_values), source.grid))


def _around(clicks: Clicks, patch: Triple, shape: tuple[int, ...]) -> Box:
    places = np.concatenate([clicks.inside, clicks.outside])
    beyond = np.ceil(np.array(patch) * BEYOND).astype(int)
    start = np.maximum(places.min(axis=0) - beyond, 0)
    stop = np.minimum(places.max(axis=0) + beyond + 1, shape)
    (i, j, k), (last_i, last_j, last_k) = start.tolist(), stop.tolist()
    return Box((i, j, k), (last_i, last_j, last_k))
