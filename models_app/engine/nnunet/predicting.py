"""nnU-Net's predictor on a stored version: its plans are data, its weights are tensors, nothing is unpickled."""

import pydoc
import re
from typing import Any

import numpy as np
import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.get_network_from_plans import get_network_from_plans
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from numpy.typing import NDArray
from torch import nn

from jobs.running import JobFailed
from models_app.engine.nnunet.dataset import ras_arrays
from models_app.engine.preparing import SourceImage
from models_app.engine.resampling import WorkingGrid
from models_app.specification import Specification

ARCHITECTURE_CLASS = re.compile(r"dynamic_network_architectures\.architectures\.\w+\.\w+")
"""Plans name the class of their network; only those of nnU-Net's own package are built."""

LAYER_CLASS = re.compile(r"torch\.nn\.(modules\.\w+\.)?\w+")
"""Plans name the classes of their layers, too."""


def network_of_plans(specification: Specification) -> nn.Module:
    """The network that nnU-Net planned, with fresh weights.

    Raises
    ------
    JobFailed
        If there are no plans yet, or they name a class outside of nnU-Net's networks.
    """
    if specification.plans is None:
        raise JobFailed("nnU-Net's network follows from its plans, which a training makes; there are none yet.")
    _, configuration = _managers(specification)
    name = configuration.network_arch_class_name
    _require_class(name, ARCHITECTURE_CLASS, "which is none of nnU-Net's networks")
    for key in configuration.network_arch_init_kwargs_req_import:
        layer = configuration.network_arch_init_kwargs.get(key)
        if layer is not None:
            _require_class(layer, LAYER_CLASS, "which is none of torch's layers")
    network: nn.Module = get_network_from_plans(
        name,
        configuration.network_arch_init_kwargs,
        configuration.network_arch_init_kwargs_req_import,
        len(specification.roles),
        specification.classes,
        allow_init=False,
        deep_supervision=False,
    )
    return network


def _require_class(name: object, allowed: re.Pattern[str], words: str) -> None:
    # Plans may come with a file from elsewhere, and nnU-Net calls whatever it finds under a name in them.
    found = pydoc.locate(name) if isinstance(name, str) and allowed.fullmatch(name) else None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise JobFailed(f"The plans name {name!r}, {words}.")


def classes_by_plans(
    network: nn.Module, source: SourceImage, specification: Specification, device: torch.device
) -> NDArray[np.uint8]:
    """Segment an image as nnU-Net does: class indices, shape (I, J, K), on the image's own grid."""
    answer, working = _answer(network, source, specification, device, probabilities=False)
    classes = torch.from_numpy(np.ascontiguousarray(answer.transpose(2, 1, 0)).astype(np.uint8))
    return working.labels_to_source(classes).numpy()


def probabilities_by_plans(
    network: nn.Module, source: SourceImage, specification: Specification, device: torch.device
) -> NDArray[np.float32]:
    """Class probabilities as nnU-Net computes them, shape (classes, I, J, K), on the image's own grid."""
    answer, working = _answer(network, source, specification, device, probabilities=True)
    rows = [torch.from_numpy(np.ascontiguousarray(row.transpose(2, 1, 0), dtype=np.float32)) for row in answer]
    return np.stack([working.image_to_source(row).numpy() for row in rows])


def _answer(
    network: nn.Module, source: SourceImage, specification: Specification, device: torch.device, *, probabilities: bool
) -> tuple[NDArray[Any], WorkingGrid]:
    """What nnU-Net's predictor says, as z, y, x, and the way back from there."""
    if specification.plans is None:
        raise JobFailed("The version has no plans of nnU-Net; train it again.")
    plans, configuration = _managers(specification)
    mirror = tuple(specification.plans["mirror_axes"])
    predictor = nnUNetPredictor(
        use_mirroring=bool(mirror), perform_everything_on_device=device.type == "cuda", device=device, allow_tqdm=False
    )
    predictor.manual_initialization(
        network, plans, configuration, [network.state_dict()], dict(specification.plans["dataset"]), "", mirror
    )
    voxels, spacing_mm, working = ras_arrays(source)
    # nnU-Net reads images as z, y, x.
    threads = torch.get_num_threads()
    try:
        answer = predictor.predict_single_npy_array(
            np.ascontiguousarray(voxels.transpose(0, 3, 2, 1)),
            {"spacing": list(spacing_mm[::-1])},
            save_or_return_probabilities=probabilities,
        )
    finally:
        torch.set_num_threads(threads)
    return (answer[1] if probabilities else answer), working


def _managers(specification: Specification) -> tuple[Any, Any]:
    stored = specification.plans or {}
    plans = PlansManager(dict(stored["plans"]))
    return plans, plans.get_configuration(stored["configuration"])
