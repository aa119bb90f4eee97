"""Stand-in for `numpymaxflow`: the same call on PyMaxflow, which is built against numpy 2."""

from typing import Any

import maxflow as graphs
import numpy as np
from numpy.typing import NDArray

SMALLEST_PROBABILITY = 1e-7


def maxflow(
    image: NDArray[Any], prob: NDArray[Any], lamda: float = 5.0, sigma: float = 0.1, connectivity: int = -1
) -> NDArray[Any]:
    """Cut an image into background and foreground: the labelling of least energy.

    Parameters
    ----------
    image : numpy.ndarray, shape (channels, ...)
        Neighbours that look alike are kept together.
    prob : numpy.ndarray, shape (2, ...)
        Probability of background and of foreground.
    lamda, sigma : float
        Weight of the neighbourhood, and what counts as alike.
    connectivity : int
        Only face neighbours are used, whatever is asked for.

    Returns
    -------
    numpy.ndarray, shape (1, ...), dtype of the image
        0 or 1.
    """
    intensities = np.asarray(image, dtype=np.float64)
    probabilities = np.clip(np.asarray(prob, dtype=np.float64), SMALLEST_PROBABILITY, 1.0)
    graph = graphs.GraphFloat()
    nodes = graph.add_grid_nodes(intensities.shape[1:])
    dimensions = intensities.ndim - 1
    for axis in range(dimensions):
        weights = np.zeros(intensities.shape[1:])
        difference = (np.diff(intensities, axis=axis + 1) ** 2).sum(axis=0)
        inner: list[slice] = [slice(None)] * dimensions
        inner[axis] = slice(0, -1)
        weights[tuple(inner)] = lamda * np.exp(-difference / (2 * sigma * sigma))
        structure = np.zeros((3,) * dimensions)
        ahead = [1] * dimensions
        ahead[axis] = 2
        structure[tuple(ahead)] = 1
        graph.add_grid_edges(nodes, weights=weights, structure=structure, symmetric=True)
    graph.add_grid_tedges(nodes, -np.log(probabilities[0]), -np.log(probabilities[1]))
    graph.maxflow()
    foreground: NDArray[Any] = ~graph.get_grid_segments(nodes)[None]
    return foreground.astype(image.dtype)
