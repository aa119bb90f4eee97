"""How unsure a prediction is at each voxel. Logarithms are natural: entropies are in nats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Map = NDArray[np.float32]


def predictive_entropy(probabilities: ArrayLike) -> Map:
    """Return the entropy of the class probabilities, ``H[p] = -sum_c p_c ln p_c``.

    Parameters
    ----------
    probabilities : array-like, shape (classes, ...)
        They sum to one over the first axis.

    Returns
    -------
    numpy.ndarray of float32, shape (...)
        From 0 (sure) to ``ln(classes)`` (all classes alike).

    References
    ----------
    Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x. As a query for segmentation: nnActive,
    doi:10.48550/arXiv.2511.19183.
    """
    p = np.asarray(probabilities, dtype=np.float32)
    total = np.zeros(p.shape[1:], dtype=np.float32)
    for row in p:  # a class at a time: memory does not grow with their number
        # p ln p goes to 0 with p; the logarithm of 0 itself is never taken.
        total -= row * np.log(np.where(row > 0, row, 1.0))
    return np.asarray(np.maximum(total, 0.0), dtype=np.float32)


def margin_uncertainty(probabilities: ArrayLike) -> Map:
    """Return ``1 - (p_(1) - p_(2))``: how close the second most probable class comes to the first.

    Parameters
    ----------
    probabilities : array-like, shape (classes, ...)
        Two classes or more.

    Returns
    -------
    numpy.ndarray of float32, shape (...)
        From 0 (sure) to 1 (a tie).

    References
    ----------
    Scheffer, Decomain, Wrobel 2001, doi:10.1007/3-540-44816-0_31.
    """
    p = np.asarray(probabilities, dtype=np.float32)
    first, second = p[0].copy(), np.full(p.shape[1:], -np.inf, dtype=np.float32)
    for row in p[1:]:
        second = np.maximum(second, np.minimum(row, first))
        first = np.maximum(first, row)
    return np.asarray(1.0 - (first - second), dtype=np.float32)


class PredictionSamples:
    """Several predictions for one image, taken in one at a time: only running sums are held.

    The samples are passes with dropout, with a varied image, or by different versions of a model.

    Attributes
    ----------
    count : int
        How many were added.
    mean : numpy.ndarray of float32, shape (classes, ...)
        Their mean probabilities.
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean: Map = np.zeros(0, dtype=np.float32)
        self._squares: Map = np.zeros(0, dtype=np.float32)
        self._entropy: Map = np.zeros(0, dtype=np.float32)
        self._votes: NDArray[np.uint8] = np.zeros(0, dtype=np.uint8)

    def add(self, probabilities: ArrayLike) -> None:
        """Take in one more prediction, shape (classes, ...), the same for all.

        Raises
        ------
        ValueError
            If its shape is another one, or more than 255 came.
        """
        p = np.asarray(probabilities, dtype=np.float32)
        if self.count == 0:
            self.mean = np.zeros_like(p)
            self._entropy = np.zeros(p.shape[1:], dtype=np.float32)
            self._votes = np.zeros(p.shape, dtype=np.uint8)
        if p.shape != self.mean.shape:
            raise ValueError(f"Predictions of shape {self.mean.shape} are gathered; one of {p.shape} came.")
        if self.count == 255:
            raise ValueError("At most 255 predictions are gathered.")
        self.count += 1
        # Welford's update: the variance of nearly equal numbers keeps its digits (doi:10.1080/00401706.1962.10490022).
        step = p - self.mean
        self.mean += step / self.count
        if self.count == 2:  # one alone has no variance, and need not hold room for it
            self._squares = np.zeros_like(p)
        if self.count > 1:
            self._squares += step * (p - self.mean)
        self._entropy += (predictive_entropy(p) - self._entropy) / self.count
        decided = p.argmax(axis=0)[None]
        np.put_along_axis(self._votes, decided, np.take_along_axis(self._votes, decided, 0) + 1, 0)

    def entropy(self) -> Map:
        """Return the entropy of the mean prediction; see `predictive_entropy`."""
        return predictive_entropy(self.mean)

    def margin(self) -> Map:
        """Return the margin of the mean prediction; see `margin_uncertainty`."""
        return margin_uncertainty(self.mean)

    def mutual_information(self) -> Map:
        """Return ``H[mean_t p_t] - mean_t H[p_t]``: what the samples disagree about, in nats (BALD).

        0 where all samples say the same, however unsure they are; at most ``ln(classes)``.

        References
        ----------
        Houlsby et al. 2011, doi:10.48550/arXiv.1112.5745; with dropout: Gal, Islam, Ghahramani 2017,
        doi:10.48550/arXiv.1703.02910.
        """
        # Jensen's inequality makes it positive; rounding alone can make it less than nothing.
        return np.asarray(np.maximum(self.entropy() - self._entropy, 0.0), dtype=np.float32)

    def variance(self) -> Map:
        """Return ``sum_c var_t(p_tc)``, the variance over the samples (divided by their number).

        References
        ----------
        With a varied image: Wang et al. 2019, doi:10.1016/j.neucom.2019.01.103.
        """
        if self.count < 2:
            return np.zeros(self.mean.shape[1:], dtype=np.float32)
        return np.asarray(self._squares.sum(axis=0) / self.count, dtype=np.float32)

    def vote_entropy(self) -> Map:
        """Return ``-sum_c v_c ln v_c / ln min(samples, classes)``; v_c is the share of samples that decide for c.

        From 0 (all decide alike) to 1 (no two agree more than they must); 0 for a single sample.

        References
        ----------
        Dagan, Engelson 1995, doi:10.1016/B978-1-55860-377-6.50027-X; of an ensemble of networks: Beluch et al. 2018,
        doi:10.1109/CVPR.2018.00976.
        """
        most = np.log(min(self.count, self.mean.shape[0])) if self.count > 1 else 1.0
        shares = self._votes.astype(np.float32) / max(self.count, 1)
        return np.asarray(predictive_entropy(shares) / most, dtype=np.float32)


def quantised(uncertainty: NDArray[Any]) -> tuple[NDArray[np.uint8], float]:
    """Return a map in 256 steps from 0 to its largest value, and the value of one step.

    Parameters
    ----------
    uncertainty : numpy.ndarray of float
        0 or more everywhere.

    Returns
    -------
    voxels : numpy.ndarray of uint8
        The map, off by half a step at most.
    step : float
        What 1 stands for; 0 for a map without any uncertainty.
    """
    largest = float(uncertainty.max(initial=0.0))
    if largest <= 0.0:
        return np.zeros(uncertainty.shape, dtype=np.uint8), 0.0
    return np.rint(uncertainty * (255.0 / largest)).astype(np.uint8), largest / 255.0
