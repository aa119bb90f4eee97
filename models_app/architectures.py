"""The networks that a training can be asked for, by name. No torch here: the web process lists them.

A new architecture is one row here and one builder in `models_app.engine.networks`; docs/engine.md says what both owe.
"""

from dataclasses import dataclass

from access.errors import InvalidInput


@dataclass(frozen=True)
class Architecture:
    """A network by name.

    Attributes
    ----------
    name, title : str
        What protocols and people call it.
    channels : tuple of int
        Features per resolution, finest first; empty for those of the protocol.
    patch_voxels : int or None
        The largest patch; None for that of the protocol.
    dimensions : {3, 2}
        Whether it sees a block or a slice.
    multiple : int
        Every side of a patch is a multiple of this: so often does the network halve its grid.
    encoders : tuple of str
        What may be chosen as its contracting half; the first is the default. Empty where there is no choice.
    fewest_in_batch : int
        Smaller batches are raised to this: slices are small, and batch normalisation needs company.
    localises : bool
        Whether a first network finds a box that the second one segments.
    plans_itself : bool
        Whether it chooses spacing, patch and batch by rules of its own (nnU-Net).
    clicks : bool
        Whether it answers clicks on one structure, and proposes nothing by itself.
    """

    name: str
    title: str
    channels: tuple[int, ...] = ()
    patch_voxels: int | None = None
    dimensions: int = 3
    multiple: int = 8
    encoders: tuple[str, ...] = ()
    fewest_in_batch: int = 1
    localises: bool = False
    plans_itself: bool = False
    clicks: bool = False


SLICE_VOXELS = 65_536
"""The largest slice that a 2-D network sees at once: 256 by 256."""

ENCODERS = ("resnet34", "resnet18", "resnet50", "efficientnet-b0", "efficientnet-b4")

ARCHITECTURES: dict[str, Architecture] = {
    row.name: row
    for row in (
        Architecture("unet3d", "3-D U-Net"),
        Architecture("unet3d-small", "small 3-D U-Net, for a quick look", channels=(8, 16, 32), patch_voxels=65_536),
        Architecture("segresnet", "SegResNet"),
        Architecture("dynunet", "DynUNet, deeply supervised"),
        Architecture("cascade", "two steps: localise, then segment the box", localises=True),
        Architecture("nnunet", "nnU-Net v2, plans itself", plans_itself=True),
        Architecture(
            "deepedit",
            "DeepEdit, refines one structure from clicks",
            channels=(16, 32, 64),
            patch_voxels=110_592,
            clicks=True,
        ),
        Architecture(
            "flexible-unet-2d",
            "2-D U-Net with a chosen encoder",
            dimensions=2,
            multiple=32,
            encoders=ENCODERS,
            fewest_in_batch=8,
        ),
        Architecture(
            "light-unet-2d",
            "light 2-D U-Net, for few cases",
            channels=(16, 32, 64, 128),
            dimensions=2,
            fewest_in_batch=8,
        ),
    )
}


def architecture_get(name: str) -> Architecture:
    """An architecture by name.

    Raises
    ------
    InvalidInput
        If there is none of that name.
    """
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InvalidInput(
            f"There is no architecture '{name}'; there are: {known}.", {"architecture": [f"One of {known}."]}
        )
    return ARCHITECTURES[name]


def encoder_of(architecture: Architecture, wanted: str) -> str:
    """The encoder of a training: the wanted one, else the architecture's first; empty where it has none.

    Raises
    ------
    InvalidInput
        If the architecture has no such encoder.
    """
    if not wanted:
        return architecture.encoders[0] if architecture.encoders else ""
    if wanted not in architecture.encoders:
        known = ", ".join(architecture.encoders)
        expected = f"One of {known}." if known else f"{architecture.title} has no choice of encoders."
        raise InvalidInput(
            f"The encoder '{wanted}' can't be used: {expected[0].lower()}{expected[1:]}", {"encoder": [expected]}
        )
    return wanted
