"""Networks by name. One entry here and one in `models_app.specification.ARCHITECTURES` make an architecture."""

from collections.abc import Callable

import torch
from monai.networks.nets.unet import UNet
from torch import nn

from models_app.specification import Specification, architecture_get


def _unet3d(specification: Specification) -> nn.Module:
    network: nn.Module = UNet(
        spatial_dims=3,
        in_channels=len(specification.roles),
        out_channels=specification.classes,
        channels=specification.channels,
        strides=(2,) * (len(specification.channels) - 1),
        num_res_units=1,
        norm="instance",
    )
    return network


BUILDERS: dict[str, Callable[[Specification], nn.Module]] = {
    "unet3d": _unet3d,
    "unet3d-small": _unet3d,
}


def network_build(specification: Specification) -> nn.Module:
    """A network with fresh weights, in the memory layout in which a CPU computes it fastest.

    Raises
    ------
    InvalidInput
        If there is no architecture of that name.
    """
    network = BUILDERS[architecture_get(specification.architecture).name](specification)
    return network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload, no-any-return, unused-ignore]
