"""Weights to bytes and back. What is read is numbers: a file that would run code is refused."""

import io
import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from jobs.running import JobFailed


def weights_dump(state: dict[str, Tensor]) -> bytes:
    """A state dict as bytes, on the CPU and in plain memory layout."""
    plain = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    buffer = io.BytesIO()
    torch.save(plain, buffer)
    return buffer.getvalue()


def weights_load(path: Path, network: nn.Module) -> None:
    """Put stored weights into a network.

    Raises
    ------
    JobFailed
        If the file holds anything but tensors, is damaged, or belongs to another network.
    """
    try:
        # `weights_only` reads with an unpickler that knows tensors and nothing else.
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise JobFailed(
            f"The weight file {path.name[:12]} was refused: it is damaged or holds more than numbers."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise JobFailed(f"The weight file {path.name[:12]} was refused: it holds no table of tensors.")
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise JobFailed(
            f"The weight file {path.name[:12]} belongs to another network than its specification says."
        ) from error
