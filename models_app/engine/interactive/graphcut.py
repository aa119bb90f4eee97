"""Scribbles to a region: intensities by histogram, edges by contrast, cut where the energy is least.

Wang et al., "Interactive medical image segmentation using deep learning with image-specific fine tuning", IEEE TMI
2018, doi:10.1109/TMI.2018.2791721: its unary term (equation 7) and energy (equation 5), as in MONAI Label's
`HistogramBasedGraphCut`, whose functions are used. Ours looks at a box around the scribbles only, weighs an edge by the
distance of its voxels (Boykov and Jolly, ICCV 2001, doi:10.1109/ICCV.2001.937505), and keeps the pieces that were
marked.
"""

from dataclasses import dataclass

import maxflow as graphs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from access.errors import InvalidInput
from models_app.engine.boxes import Box, Triple
from models_app.engine.interactive.hints import Hints
from models_app.engine.parts import make_iseg_unary, make_likelihood_image_histogram
from mri.geometry import Grid

MOST_VOXELS = 600_000
"""Of a box: a second of work. Margins shrink to stay below."""

SIGMA = 0.1
"""Neighbours that differ by a tenth of the box's range of intensities are hardly held together."""

BINS = 64
RANGE_PERCENTILES = (1.0, 99.0)
OUTSIDE, INSIDE = 1, 2
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
    image: NDArray[np.float32], hints: Hints, spacing_mm: tuple[float, float, float], smoothness: float = 1.0
) -> NDArray[np.bool_]:
    """Cut a box of an image into what was marked as inside and the rest.

    Parameters
    ----------
    image : numpy.ndarray of float32, shape (I, J, K)
        The box.
    hints : Hints
        Marks, counted from the first voxel of the box. Without any negative ones, the rim of the box says what outside
        looks like, but does not have to be outside.
    spacing_mm : tuple of float
        Of the voxels: an edge between voxels that are farther apart weighs less.
    smoothness : float
        Weight of the edges; 1 is MONAI Label's.

    Returns
    -------
    numpy.ndarray of bool, shape (I, J, K)
        In pieces that hold a positive mark each; empty without one.
    """
    inside = np.zeros(image.shape, dtype=bool)
    if not len(hints.positive):
        return inside
    scaled = _scaled(image)
    marks = np.zeros(image.shape, np.uint8)
    marks[tuple(hints.negative.T)] = OUTSIDE
    marks[tuple(hints.positive.T)] = INSIDE
    samples = marks if len(hints.negative) else np.where(_rim(image.shape) & (marks == 0), np.uint8(OUTSIDE), marks)
    likelihood = make_likelihood_image_histogram(scaled[None], samples[None], OUTSIDE, INSIDE, num_bins=BINS)
    unary = make_iseg_unary(likelihood, marks[None], OUTSIDE, INSIDE)
    cut = least_energy(scaled, unary, spacing_mm, smoothness)
    pieces, _ = ndimage.label(cut, structure=np.ones((3, 3, 3), dtype=bool))
    wanted = np.unique(pieces[tuple(hints.positive.T)])
    return np.isin(pieces, wanted[wanted > 0])


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
