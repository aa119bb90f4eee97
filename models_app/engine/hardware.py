"""What a training runs on."""

import platform
import resource
import sys
from dataclasses import dataclass
from importlib.metadata import version

import torch

LIBRARIES = ("torch", "monai", "monailabel", "nnunetv2", "numpy", "nibabel")


def hardware_describe() -> str:
    """The GPUs' names, or the processor and the threads that torch uses."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count:
        name = str(torch.cuda.get_device_name(0))
        return name if count == 1 else f"{count} x {name}"
    threads = torch.get_num_threads()
    return f"{platform.machine()} CPU, {threads} thread{'' if threads == 1 else 's'}"


def library_versions() -> dict[str, str]:
    """The versions of what a result hangs on."""
    return {name: version(name) for name in LIBRARIES}


def peak_memory_bytes(device: torch.device) -> int:
    """The most memory that was taken: of the GPU by torch, else of main memory by this process."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


@dataclass(frozen=True)
class Arithmetic:
    """How a network computes.

    Attributes
    ----------
    name : {"float32", "bf16", "fp16"}
    dtype : torch.dtype
        Of products and convolutions.
    scales_loss : bool
        Whether the loss is scaled, so that small gradients don't vanish.
    """

    name: str
    dtype: torch.dtype
    scales_loss: bool = False

    @property
    def mixed(self) -> bool:
        """Whether it differs from that of the weights."""
        return self.dtype != torch.float32


_KINDS = {
    "float32": Arithmetic("float32", torch.float32),
    "bf16": Arithmetic("bf16", torch.bfloat16),
    "fp16": Arithmetic("fp16", torch.float16, scales_loss=True),
}


def arithmetic_for(wanted: str, device: torch.device) -> Arithmetic:
    """The arithmetic of a training: the wanted one, where the device has it.

    Parameters
    ----------
    wanted : {"auto", "float32", "bf16", "fp16"}
        ``auto`` is bf16, or fp16, on a GPU and float32 on a CPU. ``fp16`` is float32 on a CPU, which has no use for it.
    device : torch.device
        Where it trains.
    """
    if device.type != "cuda":
        return _KINDS["bf16" if wanted == "bf16" else "float32"]
    if wanted == "auto":
        return _KINDS["bf16" if torch.cuda.is_bf16_supported() else "fp16"]
    return _KINDS[wanted]
