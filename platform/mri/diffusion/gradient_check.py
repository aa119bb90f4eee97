"""Are the gradient directions the right way round? A check from the image itself.

A flipped or swapped axis of the gradient table changes neither the fit nor any scalar map: it turns every fibre
direction by the same reflection. What it breaks is that fibres go on from voxel to voxel along their own direction, so
the right table is the one whose fibres cohere best. This needs no registration between frames and no atlas.

References
----------
Schilling KG et al. A fiber coherence index for quality control of B-table orientation in diffusion MRI scans. Magn
Reson Imaging 2019;58:82-89. doi:10.1016/j.mri.2019.01.018

Jeurissen B, Leemans A, Sijbers J. Automated correction of improperly rotated diffusion gradient orientations in
diffusion weighted MRI. Med Image Anal 2014;18:953-962. doi:10.1016/j.media.2014.05.012
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable
from mri.diffusion.tensor import fit_tensors
from mri.geometry import Grid

Verdict = Literal["consistent", "flipped", "undecided"]

FA_RANGE = (0.2, 0.98)
"""Voxels with a direction worth following; above, noise and edges."""

MAX_ANGLE_DEG = 30.0
"""How far a fibre may point past a neighbour and still go on in it (Schilling 2019)."""

MOST_VOXELS = 60_000
FEWEST_VOXELS = 200
BRIGHTEST_SHARE = 0.3
"""Share of a volume's voxels, the brightest at b = 0, that is looked at: air, too, has directions, of noise."""

SMALL_CROP = 2000
"""Number of voxels that is looked at however small that share is: a crop within tissue has no air."""

BLOCK_VOXELS = 4
"""Edge of the cubes of voxels that are taken as independent of one another."""

SURE_Z = 3.0


@dataclass(frozen=True)
class GradientCheck:
    """What the check found.

    Attributes
    ----------
    verdict : {"consistent", "flipped", "undecided"}
        Whether the table as given makes the most coherent fibres, another one clearly does, or the image doesn't tell.
    words : str
        One plain sentence.
    correction : str
        What would have to be done to the table, such as ``"flip y"`` or ``"swap x and y"``; empty where nothing.
    coherence : float or None
        Of the table as given, 0 to 1; None where there were too few voxels.
    coherence_best, z : float or None
        Of the best other table, and by how many standard errors (over blocks of voxels) the better of the two wins.
    voxels : int
        How many voxels with a direction were looked at.
    """

    verdict: Verdict
    words: str
    correction: str
    coherence: float | None
    coherence_best: float | None
    z: float | None
    voxels: int

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "verdict": self.verdict,
            "words": self.words,
            "correction": self.correction,
            "coherence": self.coherence,
            "coherence_best": self.coherence_best,
            "z": self.z,
            "voxels": self.voxels,
        }


def gradient_check(voxels: NDArray[Any], grid: Grid, table: GradientTable) -> GradientCheck:
    """Compare fibre coherence over every flip and swap of the gradient axes.

    Parameters
    ----------
    voxels : numpy.ndarray, shape (I, J, K, N)
        The diffusion image.
    grid : Grid
        Its grid.
    table : GradientTable
        Its gradients.

    Returns
    -------
    GradientCheck
        The 24 tables are the six orders of the axes with none or one of them turned round; turning two or three is the
        same as turning the third or none, since a fibre has no sign.
    """
    fa, directions = _fibres(voxels, grid, table)
    count = int(np.count_nonzero(fa))
    if count < FEWEST_VOXELS:
        words = f"only {count} voxels have a clear direction, so the image can't tell whether an axis is flipped"
        return GradientCheck("undecided", words, "", None, None, None, count)
    names, blocks, weight = _coherence(fa, directions, grid)
    totals = blocks.sum(axis=1) / weight
    best = int(np.argmax(totals[1:])) + 1
    difference = blocks[0] - blocks[best]
    spread = float(np.sqrt((difference**2).sum()))
    z = abs(float(difference.sum())) / spread if spread > 0 else 0.0
    given, other = float(totals[0]), float(totals[best])
    verdict, words = _verdict(given, other, z, names[best])
    correction = names[best] if verdict == "flipped" else ""
    return GradientCheck(verdict, words, correction, given, other, z, count)


def _verdict(given: float, other: float, z: float, name: str) -> tuple[Verdict, str]:
    if given >= other and z >= SURE_Z:
        return (
            "consistent",
            "the gradient directions fit the image: every flip or swap of an axis makes it less coherent",
        )
    if given >= other:
        words = f"the gradient directions fit the image best as they are, but to {name} fits about as well"
        return "undecided", words
    if z >= SURE_Z:
        words = f"the gradient directions don't fit the image: to {name} makes the fibres clearly more coherent"
        return "flipped", words
    return (
        "undecided",
        f"the image can't tell whether the gradient directions are right: to {name} fits a little better",
    )


def _fibres(voxels: NDArray[Any], grid: Grid, table: GradientTable) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """FA and principal direction along the voxel axes, zero where there is no clear one; shapes (I, J, K[, 3])."""
    b0 = voxels[..., table.b0_frames].mean(axis=3, dtype=np.float64)
    inside = b0 > _threshold(b0)
    tensors = fit_tensors(voxels[inside].astype(np.float64), table, grid)
    clear = (tensors.fa > FA_RANGE[0]) & (tensors.fa < FA_RANGE[1])
    fa, directions = np.zeros(grid.shape), np.zeros((*grid.shape, 3))
    fa[inside] = np.where(clear, tensors.fa, 0.0)
    directions[inside] = tensors.v1
    return fa, directions


def _threshold(b0: NDArray[np.float64]) -> float:
    """The b = 0 signal above which a voxel is looked at."""
    positive = b0[b0 > 0]
    if positive.size == 0:
        return np.inf
    count = min(max(BRIGHTEST_SHARE * positive.size, SMALL_CROP), MOST_VOXELS)
    return float(np.quantile(positive, max(0.0, 1.0 - count / positive.size)))


def _tables() -> Iterator[tuple[str, NDArray[np.float64]]]:
    """The 24 tables as matrices on directions; the first leaves them as they are."""
    for order in permutations(range(3)):
        swap = np.eye(3)[list(order)]
        for axis in (None, 0, 1, 2):
            signs = np.ones(3)
            if axis is not None:
                signs[axis] = -1.0
            words = [_order_words(order), f"flip {'xyz'[axis]}" if axis is not None else ""]
            yield " and ".join(word for word in words if word), np.diag(signs) @ swap


def _order_words(order: tuple[int, ...]) -> str:
    moved = [at for at in range(3) if order[at] != at]
    if not moved:
        return ""
    if len(moved) == 2:
        return f"swap {'xyz'[moved[0]]} and {'xyz'[moved[1]]}"
    return f"reorder the axes as {', '.join('xyz'[at] for at in order)}"


def _coherence(
    fa: NDArray[np.float64], directions: NDArray[np.float64], grid: Grid
) -> tuple[list[str], NDArray[np.float64], float]:
    """Each table's coherence by block of voxels, shape (24, blocks), and the weight that makes their sum 0 to 1."""
    names, turns = zip(*_tables(), strict=True)
    size = -(-np.array(fa.shape) // BLOCK_VOXELS)
    blocks = np.zeros((len(turns), int(size.prod())))
    spacing = np.array(grid.spacing_mm)
    least, weight = np.cos(np.radians(MAX_ANGLE_DEG)), 0.0
    for step in product((-1, 0, 1), repeat=3):
        if step <= (0, 0, 0):
            continue
        here, there = _pair(step, fa.shape)
        both = np.flatnonzero((fa[here] > 0) & (fa[there] > 0))
        towards = np.array(step) * spacing
        towards /= np.linalg.norm(towards)
        v_here, v_there = directions[here].reshape(-1, 3)[both], directions[there].reshape(-1, 3)[both]
        strength = (fa[here].ravel()[both] + fa[there].ravel()[both]) / 2.0
        at = np.array(np.unravel_index(both, fa[here].shape)) + np.array([[s.start] for s in here])
        block = np.ravel_multi_index(tuple(at // BLOCK_VOXELS), tuple(int(n) for n in size))
        weight += float(strength.sum())
        for number, turn in enumerate(turns):
            # Turning the fibre is turning the step the other way round, once for all voxels.
            seen = turn.T @ towards
            goes_on = (np.abs(v_here @ seen) > least) & (np.abs(v_there @ seen) > least)
            blocks[number] += np.bincount(block[goes_on], strength[goes_on], minlength=blocks.shape[1])
    return list(names), blocks, max(weight, 1e-30)


def _pair(step: tuple[int, ...], shape: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    here = tuple(slice(max(0, -s), n - max(0, s)) for s, n in zip(step, shape, strict=True))
    there = tuple(slice(max(0, s), n - max(0, -s)) for s, n in zip(step, shape, strict=True))
    return here, there
