"""Spinal levels of a cord at 0.5 mm, and the loading model, beside what a script of a few lines would do."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import ndimage, optimize

from measures.clinical.loading import Loading, spinal_loading
from measures.clinical.loading_inputs import JOINT_CENTRES_M, HeldLoad, LoadingInputs, default_inputs
from measures.clinical.lumbar_fascicles import published_fascicles
from measures.clinical.spinal_levels import spinal_levels
from mri.phantom.cervical import cervical_phantom
from tests.numeric.clinical.test_loading import moment_matrix

REPEATS = 5


def table() -> str:
    """Both, ours and plain, in one run."""
    phantom = cervical_phantom(1, shape_ras=(96, 320, 256), spacing_ras_mm=(0.5, 0.5, 0.5), orientation="PSR")
    rootlets, cord = phantom.rootlets.voxels, phantom.cord.voxels
    pmj = np.zeros(rootlets.shape, dtype=np.uint8)
    pmj[tuple(np.argwhere(cord)[np.argmax(np.argwhere(cord)[:, 1])])] = 50

    def plain_levels() -> None:
        near = ndimage.binary_dilation(cord, iterations=3)
        for level in range(2, 9):
            slices = np.unique(np.where((rootlets == level) & near)[1])
            assert slices.size

    posture = default_inputs(84.0, loads=(HeldLoad(10.0, 0.3),))
    published = replace(posture, fascicles=published_fascicles(JOINT_CENTRES_M))
    found = spinal_loading(posture)
    shape = " x ".join(str(n) for n in rootlets.shape)
    rows = [
        (f"spinal levels and distances, {shape} at 0.5 mm", lambda: spinal_levels(rootlets, cord, phantom.grid, pmj),
         "dilation and slices of the whole array alone", plain_levels),
        ("loading, one posture, cubes", lambda: spinal_loading(posture), "scipy's SLSQP on the same problem",
         lambda: _slsqp(posture, found)),
        (f"loading, the published model's {len(published.fascicles)} fascicles", lambda: spinal_loading(published),
         "the same", lambda: _slsqp(published, spinal_loading(published))),
]  # fmt: skip
    lines = ["| what | ours | beside it | its time |", "|---|---|---|---|"]
    lines += [f"| {what} | {_ms(ours)} | {other} | {_ms(plain)} |" for what, ours, other, plain in rows]
    return "\n".join(lines)


def _slsqp(posture: LoadingInputs, found: Loading) -> None:
    matrix = moment_matrix(posture) / 100
    wanted = np.array([joint.moment_nm for joint in found.joints]) / 100
    optimize.minimize(
        lambda a: np.sum(a**3), np.full(len(matrix.T), 0.3), jac=lambda a: 3 * a**2, bounds=[(0, 1)] * len(matrix.T),
        constraints={"type": "eq", "fun": lambda a: matrix @ a - wanted, "jac": lambda a: matrix}, method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 400},
    )  # fmt: skip


def _ms(run: Callable[[], object]) -> str:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return f"{1000 * statistics.median(times):.1f} ms"
