"""Clicks as a network sees them, and clicks as a person would set them: for training and for judging `deepedit`.

After DeepEdit (Diaz-Pinto et al. 2022, doi:10.1007/978-3-031-17027-0_2) and DeepIGeoS's way of simulating corrections
(Wang et al. 2019, doi:10.1109/TPAMI.2018.2840695): the first click lies well inside of the structure, each later one
in the middle of the largest mistake. Two channels, inside and outside, hold a Gaussian around each click. The network
knows one structure, the one that is clicked on, so it can refine any label of the protocol.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn

CHANNELS = 2
"""Inside and outside."""

SIGMA = 2.0
"""Of a click, in voxels of the network's grid."""

JUDGED_CLICKS = 3
"""A structure is judged after so many: the first one, and two corrections."""

MOST_CORRECTIONS = 2
SCRIBBLE_SHARE = 0.15
LONGEST_SCRIBBLE = 24
_REACH = int(np.ceil(3 * SIGMA))

Places = NDArray[np.int64]
"""Voxels, shape (n, 3)."""


@dataclass(frozen=True, eq=False)
class Clicks:
    """Clicks on a grid.

    Attributes
    ----------
    inside, outside : numpy.ndarray of int64, shape (n, 3)
    """

    inside: Places
    outside: Places

    @classmethod
    def none(cls) -> "Clicks":
        """No click yet."""
        return cls(np.zeros((0, 3), np.int64), np.zeros((0, 3), np.int64))

    def and_one(self, place: NDArray[np.int64], *, inside: bool) -> "Clicks":
        """These, and one more."""
        more = place.reshape(1, 3)
        if inside:
            return Clicks(np.concatenate([self.inside, more]), self.outside)
        return Clicks(self.inside, np.concatenate([self.outside, more]))


def _stamp() -> NDArray[np.float32]:
    along = np.arange(-_REACH, _REACH + 1, dtype=np.float32) ** 2
    distance = along[:, None, None] + along[None, :, None] + along[None, None, :]
    return np.exp(-distance / (2 * SIGMA**2)).astype(np.float32)


_STAMP = _stamp()


def guidance(shape: tuple[int, ...], clicks: Clicks) -> Tensor:
    """The two channels of clicks on a grid: 1 at a click, falling off around it; the larger one where two meet.

    Returns
    -------
    Tensor of float32, shape (2, *shape)
    """
    channels = np.zeros((CHANNELS, *shape), np.float32)
    for channel, places in zip(channels, (clicks.inside, clicks.outside), strict=True):
        for place in places:
            target, source = _overlap(place, shape)
            np.maximum(channel[target], _STAMP[source], out=channel[target])
    return torch.from_numpy(channels)


def _overlap(place: NDArray[np.int64], shape: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    target, source = [], []
    for centre, size in zip(place.tolist(), shape, strict=True):
        first, last = max(0, centre - _REACH), min(size, centre + _REACH + 1)
        target.append(slice(first, max(first, last)))
        source.append(slice(first - centre + _REACH, max(first, last) - centre + _REACH))
    return tuple(target), tuple(source)


def with_guidance(image: Tensor, clicks: Clicks) -> Tensor:
    """An image (C, X, Y, Z) with its two channels of clicks behind its own."""
    return torch.cat([image, guidance(tuple(image.shape[1:]), clicks).to(image)])


def first_click(truth: NDArray[np.bool_], random: np.random.Generator | None = None) -> NDArray[np.int64]:
    """A voxel well inside of a structure: the deepest one, or at random one at least half as deep."""
    depth = _depth(truth)
    if random is None:
        return np.array(np.unravel_index(int(depth.argmax()), depth.shape))
    candidates = np.argwhere(depth >= 0.5 * depth.max())
    found: NDArray[np.int64] = candidates[int(random.integers(len(candidates)))]
    return found


def correction(guess: NDArray[np.bool_], truth: NDArray[np.bool_], clicks: Clicks) -> Clicks:
    """One more click, in the middle of the largest connected mistake; none where there is no mistake."""
    best: tuple[float, bool, NDArray[np.int64]] | None = None
    for inside in (True, False):
        wrong = truth & ~guess if inside else guess & ~truth
        pieces, count = ndimage.label(wrong)
        if not count:
            continue
        sizes = np.bincount(pieces.ravel())[1:]
        largest = pieces == int(sizes.argmax()) + 1
        if best is None or sizes.max() > best[0]:
            depth = _depth(largest)
            best = (float(sizes.max()), inside, np.array(np.unravel_index(int(depth.argmax()), depth.shape)))
    return clicks if best is None else clicks.and_one(best[2], inside=best[1])


def _depth(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Distance to what is not in the mask; the border of the grid counts as such."""
    depth: NDArray[np.float64] = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1, 1:-1]
    return depth


class ClickTeacher:
    """Turns batches for many labels into batches for one clicked structure each.

    Parameters
    ----------
    seed, rank : int
        Clicks are the same for a seed, a rank and an epoch, whether or not the training was interrupted.
    """

    def __init__(self, seed: int, rank: int) -> None:
        self._seed, self._rank = seed, rank
        self._random = np.random.default_rng(0)

    def begin(self, epoch: int) -> None:
        """Draw from the beginning of an epoch's own numbers."""
        self._random = np.random.default_rng([self._seed, self._rank, epoch, 1])

    def batch(self, network: nn.Module, image: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """Choose a structure for each patch and click on it, once or with corrections of what the network then says.

        Parameters
        ----------
        network : torch.nn.Module
            As it is now; asked without gradients, and left in training mode.
        image : Tensor, shape (B, roles, X, Y, Z)
        classes : Tensor, shape (B, 1, X, Y, Z)

        Returns
        -------
        image : Tensor, shape (B, roles + 2, X, Y, Z)
        truth : Tensor, shape (B, 1, X, Y, Z)
            1 in the clicked structure.
        """
        truths = [self._structure(patch[0].cpu().numpy()) for patch in classes]
        clicks = [self._begun(truth) for truth in truths]
        for _ in range(int(self._random.integers(0, MOST_CORRECTIONS + 1))):
            guesses = _asked(network, self._joined(image, clicks))
            clicks = [correction(guess, truth, one) for guess, truth, one in zip(guesses, truths, clicks, strict=True)]
        stacked = torch.from_numpy(np.stack(truths)[:, None].astype(np.float32)).to(classes.device)
        return self._joined(image, clicks), stacked

    def _joined(self, image: Tensor, clicks: list[Clicks]) -> Tensor:
        rows = [with_guidance(patch, one) for patch, one in zip(image, clicks, strict=True)]
        return torch.stack(rows).contiguous(memory_format=torch.channels_last_3d)

    def _structure(self, classes: NDArray[np.generic]) -> NDArray[np.bool_]:
        present = [value for value in np.unique(classes) if value]
        if not present:
            return np.zeros(classes.shape, bool)
        mask: NDArray[np.bool_] = classes == present[int(self._random.integers(len(present)))]
        return mask

    def _begun(self, truth: NDArray[np.bool_]) -> Clicks:
        """The first click, or a scribble; of a patch without a structure, a click outside."""
        if not truth.any():
            place = np.array([int(self._random.integers(size)) for size in truth.shape])
            return Clicks.none().and_one(place, inside=False)
        if self._random.random() >= SCRIBBLE_SHARE:
            return Clicks.none().and_one(first_click(truth, self._random), inside=True)
        inside = np.argwhere(truth)
        count = min(len(inside), int(self._random.integers(2, LONGEST_SCRIBBLE + 1)))
        return Clicks(inside[self._random.choice(len(inside), count, replace=False)], Clicks.none().outside)


def _asked(network: nn.Module, image: Tensor) -> list[NDArray[np.bool_]]:
    network.eval()
    with torch.no_grad():
        logits = network(image)
    network.train()
    return [guess.cpu().numpy() for guess in logits.argmax(dim=1) == 1]
