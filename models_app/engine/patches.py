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
from monai.transforms.spatial.dictionary import RandAffined
from numpy.typing import NDArray
from torch import Tensor

from models_app.specification import FLIP_AXES, LEFT_RIGHT, Specification, TrainingSettings

_INDEX_LIMIT = 20_000
"""Places that are kept for each class of a case: 80 kB, so that a thousand cases cost little."""


@dataclass(frozen=True)
class Sample:
    """A prepared volume with its classes, in memory or on the disk (numpy.memmap).

    Attributes
    ----------
    name : str
        What to call it in a message.
    image : numpy.ndarray of float32, shape (roles, X, Y, Z)
    classes : numpy.ndarray of uint8, shape (X, Y, Z)
    foreground : list of numpy.ndarray of int64
        By class that occurs: flat indices of its voxels, at most 20,000 of them.
    present : tuple of int
        The classes that occur.
    """

    name: str
    image: NDArray[np.float32]
    classes: NDArray[np.uint8]
    foreground: list[NDArray[np.int64]]
    present: tuple[int, ...] = ()

    @property
    def held_bytes(self) -> int:
        """The memory that it takes while it waits; what lies on the disk takes none."""
        held = 0 if isinstance(self.image, np.memmap) else self.image.nbytes + self.classes.nbytes
        return held + sum(where.nbytes for where in self.foreground)


def sample_make(name: str, image: Tensor, classes: Tensor, *, budget_bytes: int, folder: Path, seed: int) -> Sample:
    """Keep a prepared volume, in memory where the budget allows, else in a file of the folder."""
    pixels, labels = image.numpy(), classes.numpy()
    random = np.random.default_rng(seed)
    foreground, present = [], []
    for value in np.unique(labels):
        if value:
            present.append(int(value))
            where = np.flatnonzero(labels == value)
            foreground.append(
                where if where.size <= _INDEX_LIMIT else random.choice(where, _INDEX_LIMIT, replace=False)
            )
    if pixels.nbytes + labels.nbytes > budget_bytes:
        pixels, labels = _on_disk(folder, name, pixels), _on_disk(folder, f"{name}-classes", labels)
    return Sample(name, pixels, labels, foreground, tuple(present))


def _on_disk(folder: Path, name: str, values: NDArray[Any]) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    np.save(path, values)
    return np.load(path, mmap_mode="r")


class PatchStream:
    """Batches `{"image": (B, C, X, Y, Z), "label": (B, 1, X, Y, Z)}`, the same ones for a seed, a rank and an epoch.

    Each epoch draws from a generator of its own: a training that goes on from its third epoch sees what one that was
    never interrupted sees.

    Parameters
    ----------
    samples : list of Sample
        Where patches are cut from; each is used equally often.
    specification : Specification
        Patch size, and which axes may be mirrored.
    settings : TrainingSettings
        Patches in a batch, batches in an epoch, share of patches with labels, seed.
    rank : int
        Which of the processes that train together this is; each draws its own patches.
    """

    def __init__(
        self, samples: list[Sample], specification: Specification, settings: TrainingSettings, *, rank: int = 0
    ) -> None:
        self._samples = samples
        self._patch = specification.patch
        self._flat = specification.slice_axis
        self._settings = settings
        self._rank = rank
        self._flips = tuple(FLIP_AXES[name] for name in specification.flips)
        self._mirrored = np.array(specification.mirrored_classes(), dtype=np.uint8)
        self._vary = _variations(2 if self._flat is not None else 3)
        self._random = np.random.default_rng(0)

    def epoch(self, number: int) -> Iterator[dict[str, Tensor]]:
        """The batches of an epoch, counted from 1."""
        seeds = np.random.SeedSequence([self._settings.seed, self._rank, number])
        self._random = np.random.default_rng(seeds)
        self._vary.set_random_state(int(seeds.generate_state(1)[0]))
        order = self._order(self._settings.steps_per_epoch * self._settings.batch_size)
        batches = np.array_split(order, self._settings.steps_per_epoch)
        # One batch ahead, in a thread: numpy and torch release the interpreter while they compute.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="patches") as ahead:
            upcoming = ahead.submit(self._draw, batches[0])
            for following in [*batches[1:], None]:
                batch = upcoming.result()
                if following is not None:
                    upcoming = ahead.submit(self._draw, following)
                yield batch

    def _order(self, count: int) -> NDArray[np.int64]:
        """Which sample each patch comes from: all of them in turn, in an order that changes with every turn."""
        turns = -(-count // len(self._samples))
        return np.concatenate([self._random.permutation(len(self._samples)) for _ in range(turns)])[:count]

    def _draw(self, places: NDArray[np.int64]) -> dict[str, Tensor]:
        patches = [self._patch_of(self._samples[int(place)]) for place in places]
        image = torch.stack([patch["image"] for patch in patches])
        label = torch.stack([patch["label"] for patch in patches])
        return {"image": image.contiguous(memory_format=torch.channels_last_3d), "label": label}

    def _patch_of(self, sample: Sample) -> dict[str, Tensor]:
        image, classes = cut(sample, self._centre(sample), self._patch)
        for axis in self._flips:
            if self._random.random() < 0.5:
                image, classes = mirrored(image, classes, axis, self._mirrored)
        rows = {"image": torch.from_numpy(image), "label": torch.from_numpy(classes[None].astype(np.float32))}
        if self._flat is not None:
            rows = {name: row.squeeze(self._flat + 1) for name, row in rows.items()}
        varied = {name: row.as_tensor() for name, row in self._vary(rows).items()}
        if self._flat is not None:
            varied = {name: row.unsqueeze(self._flat + 1) for name, row in varied.items()}
        return varied

    def _centre(self, sample: Sample) -> NDArray[np.int64]:
        shape = sample.classes.shape
        if sample.foreground and self._random.random() < self._settings.foreground_share:
            # First a class, then a voxel of it: a small structure is seen as often as a large one.
            where = sample.foreground[int(self._random.integers(len(sample.foreground)))]
            centre = np.array(np.unravel_index(int(self._random.choice(where)), shape))
            # Anywhere in the patch, not always in its middle.
            reach = np.maximum(np.array(self._patch) // 2 - 4, 0)
            return centre + self._random.integers(-reach, reach + 1)
        return self._random.integers(0, shape)


def mirrored(
    image: NDArray[np.float32], classes: NDArray[np.uint8], axis: int, swapped: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Mirror a patch; in a left-right mirror, what was left is right.

    Parameters
    ----------
    image : numpy.ndarray, shape (C, X, Y, Z)
    classes : numpy.ndarray, shape (X, Y, Z)
    axis : {0, 1, 2}
        0 is left-right: the axes of a working grid are nearest to RAS.
    swapped : numpy.ndarray of uint8, shape (classes,)
        The class that each class becomes when left and right change places.
    """
    image = np.ascontiguousarray(np.flip(image, axis + 1))
    classes = np.ascontiguousarray(np.flip(classes, axis))
    return image, swapped[classes] if axis == FLIP_AXES[LEFT_RIGHT] else classes


def cut(sample: Sample, centre: NDArray[np.int64], patch: tuple[int, int, int]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cut a patch around a voxel, moved inside the volume; what is still outside is background of value 0.

    Returns
    -------
    image : numpy.ndarray of float32, shape (roles, *patch)
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


def _variations(dimensions: int) -> Compose:
    """Random turns, sizes, contrasts and noise; in a slice, turns within it alone."""
    both = ("image", "label")
    return Compose(
        [
            RandAffined(
                keys=both,
                prob=0.5,
                rotate_range=(0.2, 0.1, 0.1) if dimensions == 3 else (0.2,),
                scale_range=(0.15,) * dimensions,
                mode=("bilinear", "nearest"),
                padding_mode="border",
            ),
            RandScaleIntensityd(keys="image", factors=0.25, prob=0.5),
            RandGaussianNoised(keys="image", prob=0.3, std=0.15),
        ]
    )
