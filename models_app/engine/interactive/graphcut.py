"""Scribbles to a region: intensities by histogram, edges by contrast, cut where the energy is least.

Wang et al., "Interactive medical image segmentation using deep learning with image-specific fine tuning", IEEE TMI
2018, doi:10.1109/TMI.2018.2791721: its energy (equation 5) with hard marks (equation 7), as in MONAI Label's
`HistogramBasedGraphCut`. Ours looks at a box around the scribbles only, weighs an edge by the distance of its voxels
(Boykov and Jolly, ICCV 2001, doi:10.1109/ICCV.2001.937505), and keeps the pieces that were marked.

The likelihood is ours. Theirs adds one to each of 64 bins of either histogram, so an intensity that nobody marked goes
to whoever marked fewer voxels: around a cord whose CSF was not marked, the CSF became cord. Here histograms are
smoothed (Parzen, doi:10.1214/aoms/1177704472), what neither side marked tells nothing, the rim of the box counts as
outside too, and what is far from any mark inside becomes less likely. docs/interactive.md has the figures.
"""

from dataclasses import dataclass

import maxflow as graphs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from access.errors import InvalidInput
from models_app.engine.boxes import Box, Triple
from models_app.engine.interactive.hints import Hints
from mri.geometry import Grid

MOST_VOXELS = 600_000
"""Of a box: a second of work. Margins shrink to stay below."""

SIGMA = 0.1
"""Neighbours that differ by a tenth of the box's range of intensities are hardly held together."""

EDGES = 2.0
"""Weight of all edges where the smoothness is 1: twice MONAI Label's, for a likelihood that is less sure of itself."""

BINS = 64
WIDTH = 0.04
"""Standard deviation of the smoothing of a histogram, in parts of the box's range of intensities."""

UNSEEN = 0.1
"""Share of a histogram that is spread over all intensities: what nobody marked is as likely inside as outside."""

RIM = 0.5
"""How much the rim of the box says about what outside looks like, beside the marks."""

REACH = 2.0
"""In margins: at this distance from the nearest mark inside, inside is less likely by exp(-1/2)."""

RANGE_PERCENTILES = (1.0, 99.0)
SMALLEST = 1e-7
_SHRINK = 0.8


@dataclass(frozen=True)
class Reach:
    """How far a cut may go.

    Attributes
    ----------
    margin_mm : float
        Around what is marked.
    axis, index : int or None
        The slice that it stays in; None for all three dimensions.
    """

    margin_mm: float = 8.0
    axis: int | None = None
    index: int | None = None


def box_of(hints: Hints, grid: Grid, reach: Reach) -> Box | None:
    """The box that a cut looks at: around the marks, with a margin, in the slice where it stays in one.

    Raises
    ------
    InvalidInput
        If what is marked is too large, or lies outside of the slice.
    """
    marked = hints.box()
    if marked is None:
        return None
    margin, box = reach.margin_mm, _in_reach(marked.widened(reach.margin_mm, grid), grid, reach)
    while box.voxels > MOST_VOXELS and margin > min(grid.spacing_mm):
        margin *= _SHRINK
        box = _in_reach(marked.widened(margin, grid), grid, reach)
    require_small(box)
    return box


def require_small(box: Box) -> None:
    """Refuse a box that would take seconds."""
    if box.voxels > MOST_VOXELS:
        raise InvalidInput(
            f"The marks span {box.voxels} voxels; up to {MOST_VOXELS} can be cut at once. Work in one slice, or "
            "mark a shorter piece."
        )


def region_cut(
    image: NDArray[np.float32],
    hints: Hints,
    spacing_mm: tuple[float, float, float],
    smoothness: float = 1.0,
    margin_mm: float = Reach.margin_mm,
) -> NDArray[np.bool_]:
    """Cut a box of an image into what was marked as inside and the rest.

    Parameters
    ----------
    image : numpy.ndarray of float32, shape (I, J, K)
        The box.
    hints : Hints
        Marks, counted from the first voxel of the box. The rim of the box tells what outside looks like, but does not
        have to be outside.
    spacing_mm : tuple of float
        Of the voxels: an edge between voxels that are farther apart weighs less.
    smoothness : float
        Weight of the edges.
    margin_mm : float
        How far the region is thought to reach beyond the marks: not a limit, but less likely beyond.

    Returns
    -------
    numpy.ndarray of bool, shape (I, J, K)
        In pieces that hold a positive mark each; empty without one.
    """
    inside = np.zeros(image.shape, dtype=bool)
    if not len(hints.positive):
        return inside
    scaled = _scaled(image)
    likely = inside_likelihood(scaled, hints) * _nearness(hints, image.shape, spacing_mm, REACH * margin_mm)
    likely[tuple(hints.negative.T)] = 0.0
    likely[tuple(hints.positive.T)] = 1.0
    cut = least_energy(scaled, np.stack([1.0 - likely, likely]), spacing_mm, EDGES * smoothness)
    pieces, _ = ndimage.label(cut, structure=np.ones((3, 3, 3), dtype=bool))
    wanted = np.unique(pieces[tuple(hints.positive.T)])
    return np.isin(pieces, wanted[wanted > 0])


def inside_likelihood(image: NDArray[np.float32], hints: Hints) -> NDArray[np.float32]:
    """How likely each voxel is inside by its intensity alone, inside and outside being as likely beforehand.

    Parameters
    ----------
    image : numpy.ndarray of float32, shape (I, J, K), 0 to 1
        The box.
    hints : Hints
        Marks in it, at least one inside.

    Returns
    -------
    numpy.ndarray of float32, shape (I, J, K)
        One half where neither the marks nor the rim of the box have such an intensity.
    """
    inside = _density(image[tuple(hints.positive.T)])
    outside = _density(image[_rim(image.shape)])
    if len(hints.negative):
        outside = RIM * outside + (1 - RIM) * _density(image[tuple(hints.negative.T)])
    unseen = UNSEEN / BINS
    table = (inside + unseen) / (inside + outside + 2 * unseen)
    likely: NDArray[np.float32] = table[_bins(image)].astype(np.float32)
    return likely


def least_energy(
    image: NDArray[np.float32],
    probabilities: NDArray[np.float32],
    spacing_mm: tuple[float, float, float],
    smoothness: float,
) -> NDArray[np.bool_]:
    """The labelling of least energy, exactly: a minimum cut (PyMaxflow, Boykov and Kolmogorov).

    Parameters
    ----------
    image : numpy.ndarray, shape (I, J, K), 0 to 1
    probabilities : numpy.ndarray, shape (2, I, J, K)
        Of outside and of inside.
    spacing_mm, smoothness
        As for `region_cut`.
    """
    graph = graphs.GraphFloat()
    nodes = graph.add_grid_nodes(image.shape)
    for axis in range(3):
        if image.shape[axis] == 1:
            continue
        inner = [slice(None)] * 3
        inner[axis] = slice(0, -1)
        weights = np.zeros(image.shape)
        nearness = smoothness * min(spacing_mm) / spacing_mm[axis]
        weights[tuple(inner)] = nearness * np.exp(-(np.diff(image, axis=axis) ** 2) / (2 * SIGMA**2))
        structure = np.zeros((3, 3, 3))
        ahead = [1, 1, 1]
        ahead[axis] = 2
        structure[tuple(ahead)] = 1
        graph.add_grid_edges(nodes, weights=weights, structure=structure, symmetric=True)
    outside, inside = np.clip(probabilities.astype(np.float64), SMALLEST, 1.0)
    graph.add_grid_tedges(nodes, -np.log(outside), -np.log(inside))
    graph.maxflow()
    cut: NDArray[np.bool_] = ~graph.get_grid_segments(nodes)
    return cut


def _scaled(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """From 0 to 1; one bright vessel must not make all else dark."""
    low, high = np.percentile(image, RANGE_PERCENTILES)
    return np.clip((image - low) / max(float(high - low), 1e-6), 0.0, 1.0).astype(np.float32)


def _bins(image: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.minimum((image * BINS).astype(np.int64), BINS - 1)


def _density(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """A smoothed histogram that sums to one."""
    counts = np.bincount(_bins(values), minlength=BINS).astype(np.float64)
    smooth: NDArray[np.float64] = ndimage.gaussian_filter1d(counts, WIDTH * BINS, mode="constant")
    return smooth / smooth.sum()


def _nearness(
    hints: Hints, shape: Triple, spacing_mm: tuple[float, float, float], reach_mm: float
) -> NDArray[np.float32]:
    """A Gaussian of the distance to the nearest mark inside."""
    away = np.ones(shape, dtype=bool)
    away[tuple(hints.positive.T)] = False
    distance = ndimage.distance_transform_edt(away, sampling=spacing_mm)
    return np.exp(-0.5 * (distance / reach_mm) ** 2).astype(np.float32)


def _rim(shape: Triple) -> NDArray[np.bool_]:
    rim = np.ones(shape, dtype=bool)
    rim[tuple(slice(1, -1) if size > 2 else slice(None) for size in shape)] = False
    return rim


def _in_reach(box: Box, grid: Grid, reach: Reach) -> Box:
    if reach.axis is None or reach.index is None:
        return box
    if not 0 <= reach.index < grid.shape[reach.axis]:
        raise InvalidInput(f"There is no slice {reach.index}; there are {grid.shape[reach.axis]} along that axis.")
    start, stop = list(box.start), list(box.stop)
    start[reach.axis], stop[reach.axis] = reach.index, reach.index + 1
    return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))
