"""What a training ran on."""

import platform
from importlib.metadata import version

import torch

LIBRARIES = ("torch", "monai", "monailabel", "numpy", "nibabel")


def hardware_describe() -> str:
    """The GPU's name, or the processor and the threads that torch uses."""
    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name(0))
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def library_versions() -> dict[str, str]:
    """The versions of what a result hangs on."""
    return {name: version(name) for name in LIBRARIES}
