"""Where a training stands, on the disk after each epoch: a worker that dies loses one epoch and no more."""

import os
import pickle
import random
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import torch
from django.conf import settings

from models_app.engine.failures import disk_told


def run_folder(run: UUID) -> Path:
    """The folder of a run's checkpoints: `<home>/training/<run>`, for this account alone. It is not made here."""
    home: Path = settings.CONFIGURATION.home
    return home / "training" / str(run)


def folder_clear(folder: Path) -> None:
    """Remove a run's folder; nothing happens where there is none."""
    shutil.rmtree(folder, ignore_errors=True)


class Checkpoint:
    """One file that is replaced as a whole.

    Parameters
    ----------
    path : pathlib.Path or None
        None for a training that keeps none.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def load(self) -> dict[str, Any] | None:
        """What was kept; None where there is nothing, or it can't be read: the training then begins anew."""
        if self.path is None or not self.path.is_file():
            return None
        try:
            kept = torch.load(self.path, map_location="cpu", weights_only=True)
        except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError):
            return None
        return kept if isinstance(kept, dict) else None

    def save(self, state: Mapping[str, Any]) -> None:
        """Keep a state: the old file stays until the new one is whole."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".checkpoint-")
        try:
            with disk_told(), os.fdopen(handle, "wb") as stream:
                torch.save(dict(state), stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(self.path)
        finally:
            Path(name).unlink(missing_ok=True)


def random_state() -> dict[str, Any]:
    """The state of the generators that a step may draw from (dropout); patches have their own, by epoch."""
    state: dict[str, Any] = {"torch": torch.get_rng_state()}
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def random_restore(state: Mapping[str, Any]) -> None:
    """Go on from a kept state."""
    torch.set_rng_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def seed_all(seed: int) -> None:
    """Seed all generators of this process."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  # for libraries that draw from the old generator
    torch.manual_seed(seed)
