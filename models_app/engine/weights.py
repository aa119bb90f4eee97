"""Weights to bytes and back. What is read is numbers: a file that would run code is refused."""

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    state = weights_read(path)
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise JobFailed(
            f"The weight file {path.name[:12]} belongs to another network than its specification says."
        ) from error


@dataclass(frozen=True)
class Transferred:
    """What a network took over from an earlier one.

    Attributes
    ----------
    taken : int
        Tensors that are there by name and shape.
    left : tuple of str
        Names that keep their fresh weights: of another shape, or new.
    """

    taken: int
    left: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for the run's page."""
        return {"taken": self.taken, "left": list(self.left)}


def weights_transfer(path: Path, network: nn.Module) -> Transferred:
    """Begin from the weights of an earlier version: layers of the same name and shape are taken, the others not.

    Raises
    ------
    JobFailed
        If the file is refused, as for `weights_load`, or no layer fits.
    """
    stored, own = weights_read(path), network.state_dict()
    fits = {name: value for name, value in stored.items() if name in own and own[name].shape == value.shape}
    if not fits:
        raise JobFailed("No layer of the earlier version fits this network: begin from one of the same architecture.")
    network.load_state_dict({**own, **fits})
    return Transferred(len(fits), tuple(name for name in own if name not in fits))


def weights_read(path: Path) -> dict[str, Tensor]:
    """A state dict that `weights_dump` wrote; nothing in the file is run.

    Raises
    ------
    JobFailed
        If the file holds anything but tensors, or is damaged.
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
    return state
