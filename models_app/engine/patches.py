"""Patches to learn from: drawn around the labels and from anywhere, varied at random, always alike for one seed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.transforms.compose import Compose
from monai.transforms.intensity.dictionary import RandGaussianNoised, RandScaleIntensityd
from monai.transforms.spatial.dictionary import RandAffined, RandFlipd
from numpy.typing import NDArray
from torch import Tensor

from models_app.specification import FLIP_AXES, Specification, TrainingSettings

CACHE_BYTES = 2 * 1024**3
"""How much memory the prepared volumes may take; the rest is read from the disk patch by patch."""

_INDEX_LIMIT = 200_000


@dataclass(frozen=True)
class Sample:
    """A prepared volume with its classes, in memory or on the disk (numpy.memmap).

    Attributes
    ----------
    name : str
        What to call it in a message.
    image : numpy.ndarray of float32, shape (1, X, Y, Z)
    classes : numpy.ndarray of uint8, shape (X, Y, Z)
    foreground : list of numpy.ndarray of int64
        By class that occurs: flat indices of its voxels, at most 200,000 of them.
    """

    name: str
    image: NDArray[np.float32]
    classes: NDArray[np.uint8]
    foreground: list[NDArray[np.int64]]


def sample_make(name: str, image: Tensor, classes: Tensor, *, budget_bytes: int, folder: Path, seed: int) -> Sample:
    """Keep a prepared volume, in memory where the budget allows, else in a file of the folder."""
    pixels, labels = image.numpy(), classes.numpy()
    random = np.random.default_rng(seed)
    foreground = []
    for value in np.unique(labels):
        if value:
            where = np.flatnonzero(labels == value)
            foreground.append(
                where if where.size <= _INDEX_LIMIT else random.choice(where, _INDEX_LIMIT, replace=False)
            )
    if pixels.nbytes + labels.nbytes > budget_bytes:
        pixels, labels = _on_disk(folder, name, pixels), _on_disk(folder, f"{name}-classes", labels)
    return Sample(name, pixels, labels, foreground)


def _on_disk(folder: Path, name: str, values: NDArray[Any]) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    np.save(path, values)
    return np.load(path, mmap_mode="r")


class PatchStream:
    """An endless stream of batches `{"image": (B, C, X, Y, Z), "label": (B, 1, X, Y, Z)}`.

    Parameters
    ----------
    samples : list of Sample
        Where patches are cut from; each is used equally often.
    specification : Specification
        Patch size, and which axes may be mirrored.
    settings : TrainingSettings
        Patches in a batch, share of patches with labels, seed: the same seed gives the same batches.
    """

    def __init__(self, samples: list[Sample], specification: Specification, settings: TrainingSettings) -> None:
        self._samples = samples
        self._patch = specification.patch
        self._batch = settings.batch_size
        self._foreground_share = settings.foreground_share
        self._random = np.random.default_rng(settings.seed)
        self._vary = _variations(specification.flips)
        self._vary.set_random_state(settings.seed)
        self._turn = 0

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        # One batch ahead, in a thread: numpy and torch release the interpreter while they compute.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="patches") as ahead:
            upcoming = ahead.submit(self._draw)
            while True:
                batch = upcoming.result()
                upcoming = ahead.submit(self._draw)
                yield batch

    def _draw(self) -> dict[str, Tensor]:
        patches = [self._patch_of(self._next_sample()) for _ in range(self._batch)]
        image = torch.stack([patch["image"] for patch in patches])
        label = torch.stack([patch["label"] for patch in patches])
        return {"image": image.contiguous(memory_format=torch.channels_last_3d), "label": label}

    def _next_sample(self) -> Sample:
        self._turn += 1
        return self._samples[self._turn % len(self._samples)]

    def _patch_of(self, sample: Sample) -> dict[str, Tensor]:
        image, label = cut(sample, self._centre(sample), self._patch)
        varied = self._vary(
            {"image": torch.from_numpy(image), "label": torch.from_numpy(label[None].astype(np.float32))}
        )
        return {"image": varied["image"].as_tensor(), "label": varied["label"].as_tensor()}

    def _centre(self, sample: Sample) -> NDArray[np.int64]:
        shape = sample.classes.shape
        if sample.foreground and self._random.random() < self._foreground_share:
            # First a class, then a voxel of it: a small structure is seen as often as a large one.
            where = sample.foreground[int(self._random.integers(len(sample.foreground)))]
            centre = np.array(np.unravel_index(int(self._random.choice(where)), shape))
            # Anywhere in the patch, not always in its middle.
            reach = np.array(self._patch) // 2 - 4
            return centre + self._random.integers(-reach, reach + 1)
        return self._random.integers(0, shape)


def cut(sample: Sample, centre: NDArray[np.int64], patch: tuple[int, int, int]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cut a patch around a voxel, moved inside the volume; what is still outside is background of value 0.

    Returns
    -------
    image : numpy.ndarray of float32, shape (1, *patch)
    classes : numpy.ndarray of uint8, shape patch
    """
    image = np.zeros((sample.image.shape[0], *patch), dtype=np.float32)
    classes = np.zeros(patch, dtype=np.uint8)
    source, target = [], []
    for axis in range(3):
        size, side = sample.classes.shape[axis], patch[axis]
        if size <= side:
            gap = (side - size) // 2
            source.append(slice(0, size))
            target.append(slice(gap, gap + size))
        else:
            start = int(np.clip(centre[axis] - side // 2, 0, size - side))
            source.append(slice(start, start + side))
            target.append(slice(0, side))
    image[(slice(None), *target)] = sample.image[(slice(None), *source)]
    classes[tuple(target)] = sample.classes[tuple(source)]
    return image, classes


def _variations(flips: tuple[str, ...]) -> Compose:
    both = ("image", "label")
    steps: list[Any] = [
        RandAffined(
            keys=both,
            prob=0.5,
            rotate_range=(0.2, 0.1, 0.1),
            scale_range=(0.15, 0.15, 0.15),
            mode=("bilinear", "nearest"),
            padding_mode="border",
        ),
        RandScaleIntensityd(keys="image", factors=0.25, prob=0.5),
        RandGaussianNoised(keys="image", prob=0.3, std=0.15),
    ]
    mirrors = [RandFlipd(keys=both, prob=0.5, spatial_axis=FLIP_AXES[name]) for name in flips]
    return Compose([*mirrors, *steps])
