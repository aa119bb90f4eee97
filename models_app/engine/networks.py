"""Networks by name. One entry here and one in `models_app.architectures.ARCHITECTURES` make an architecture.

A builder takes a `Specification` and returns a network that maps (B, roles, X, Y, Z) to (B, classes, X, Y, Z) in
evaluation mode. While it trains it may return (B, heads, classes, X, Y, Z): finest first, each on the full grid.
"""

from collections.abc import Callable

import torch
from monai.networks.nets.dynunet import DynUNet
from monai.networks.nets.flexible_unet import FlexibleUNet
from monai.networks.nets.segresnet import SegResNet
from monai.networks.nets.unet import UNet
from torch import Tensor, nn

from models_app.engine.guidance import CHANNELS
from models_app.specification import Specification, architecture_get

MOST_HEADS = 2
"""Outputs of coarser resolutions that DynUNet is also judged by."""


class SliceNetwork(nn.Module):
    """A 2-D network that takes blocks: each slice goes in by itself, and the answers are stacked again.

    Parameters
    ----------
    plane : torch.nn.Module
        Maps (B, C, H, W) to (B, classes, H, W).
    axis : {0, 1, 2}
        Of the block, across which its slices are stacked.
    """

    def __init__(self, plane: nn.Module, axis: int) -> None:
        super().__init__()
        self.plane = plane
        self.axis = axis

    def forward(self, block: Tensor) -> Tensor:
        """Map (B, C, X, Y, Z) to (B, classes, X, Y, Z)."""
        slices = block.movedim(self.axis + 2, 1)
        batch, count = slices.shape[:2]
        out: Tensor = self.plane(slices.reshape(batch * count, *slices.shape[2:]).contiguous())
        return out.reshape(batch, count, *out.shape[1:]).movedim(1, self.axis + 2)


class Cascade(nn.Module):
    """Two networks of one model version: a coarse one that finds the box, a fine one that segments it.

    They work on different grids, so `models_app.engine.cascade` calls each; called as one, it is the fine one.
    """

    def __init__(self, coarse: nn.Module, fine: nn.Module) -> None:
        super().__init__()
        self.coarse, self.fine = coarse, fine

    def forward(self, block: Tensor) -> Tensor:
        """Segment a block of the box."""
        out: Tensor = self.fine(block)
        return out


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


def _deepedit(specification: Specification) -> nn.Module:
    network: nn.Module = UNet(
        spatial_dims=3,
        in_channels=len(specification.roles) + CHANNELS,
        out_channels=2,  # the clicked structure or not, whichever label it is
        channels=specification.channels,
        strides=(2,) * (len(specification.channels) - 1),
        num_res_units=1,
        norm="instance",
    )
    return network


def _segresnet(specification: Specification) -> nn.Module:
    levels = len(specification.channels)
    return SegResNet(
        spatial_dims=3,
        init_filters=specification.channels[0],
        in_channels=len(specification.roles),
        out_channels=specification.classes,
        norm=("INSTANCE", {"affine": True}),
        blocks_down=(1, *(2,) * (levels - 2), 2),
        blocks_up=(1,) * (levels - 1),
    )


def _dynunet(specification: Specification) -> nn.Module:
    levels = len(specification.channels)
    strides = (1, *(2,) * (levels - 1))
    network: nn.Module = DynUNet(
        spatial_dims=3,
        in_channels=len(specification.roles),
        out_channels=specification.classes,
        kernel_size=(3,) * levels,
        strides=strides,
        upsample_kernel_size=strides[1:],
        filters=specification.channels,
        res_block=True,
        # A network of n resolutions has n - 2 between its finest and its coarsest.
        deep_supervision=levels > 2,
        deep_supr_num=max(1, min(MOST_HEADS, levels - 2)),
    )
    return network


def _flexible_unet_2d(specification: Specification) -> nn.Module:
    plane = FlexibleUNet(
        in_channels=len(specification.roles),
        out_channels=specification.classes,
        backbone=specification.encoder,
        pretrained=False,  # nothing is ever downloaded
        spatial_dims=2,
    )
    return SliceNetwork(plane, _axis(specification))


def _light_unet_2d(specification: Specification) -> nn.Module:
    plane = UNet(
        spatial_dims=2,
        in_channels=len(specification.roles),
        out_channels=specification.classes,
        channels=specification.channels,
        strides=(2,) * (len(specification.channels) - 1),
        num_res_units=0,
        norm="batch",
        dropout=0.1,
    )
    return SliceNetwork(plane, _axis(specification))


def _cascade(specification: Specification) -> nn.Module:
    return Cascade(_unet3d(specification.coarse()), _unet3d(specification))


def _nnunet(specification: Specification) -> nn.Module:
    # nnU-Net is imported where it is used: it takes seconds, and most workers never need it.
    from models_app.engine.nnunet.predicting import network_of_plans

    return network_of_plans(specification)


def _axis(specification: Specification) -> int:
    axis = specification.slice_axis
    if axis is None:
        raise ValueError(f"{specification.architecture} is no 2-D network")
    return axis


BUILDERS: dict[str, Callable[[Specification], nn.Module]] = {
    "unet3d": _unet3d,
    "unet3d-small": _unet3d,
    "segresnet": _segresnet,
    "dynunet": _dynunet,
    "cascade": _cascade,
    "deepedit": _deepedit,
    "nnunet": _nnunet,
    "flexible-unet-2d": _flexible_unet_2d,
    "light-unet-2d": _light_unet_2d,
}


def network_build(specification: Specification) -> nn.Module:
    """A network with fresh weights, in the memory layout in which a CPU computes it fastest.

    Raises
    ------
    InvalidInput
        If there is no architecture of that name.
    """
    architecture = architecture_get(specification.architecture)
    network = BUILDERS[architecture.name](specification)
    layout = torch.channels_last if architecture.dimensions == 2 else torch.channels_last_3d
    if architecture.plans_itself:
        return network
    return network.to(memory_format=layout)  # type: ignore[call-overload, no-any-return, unused-ignore]
