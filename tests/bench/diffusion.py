"""Diffusion: maps of a whole image, and the tractogram of a lumbar pair, beside DIPY's own plain calls."""

import time
from collections.abc import Callable
from os import environ
from typing import Any

import django
import numpy as np
from dipy.core.gradients import gradient_table
from dipy.data import default_sphere
from dipy.direction import peaks_from_model
from dipy.reconst.dti import TensorModel
from dipy.tracking.stopping_criterion import ThresholdStoppingCriterion
from dipy.tracking.tracker import eudx_tracking
from dipy.tracking.utils import random_seeds_from_mask

from mri.diffusion.maps import MAPS
from mri.diffusion.tensor import tensor_maps
from mri.diffusion.tracking import TrackingSettings, track_nerves
from mri.diffusion.tract_files import tck_bytes, trk_bytes
from mri.diffusion.tract_measures import measure_nerves
from mri.geometry import Grid
from mri.phantom.tubes import TubePhantom, bent_tube, spread_table, tube_phantom
from protocols import loader

REPEATS = 3
PUBLISHED_S = {"automatic": 191, "by hand": 426}


def phantom() -> TubePhantom:
    """96x96x40 voxels, 35 frames, the L5 roots of both sides as bent tubes with noise."""
    grid = Grid((96, 96, 40), np.array([[-1.25, 0, 0, 60], [0, -1.25, 0, 60], [0, 0, 2.5, -50], [0, 0, 0, 1.0]]))
    tubes = tuple(bent_tube(grid, bend_mm=70, angle_deg=70, radius_mm=3.5, side=side) for side in (-15.0, 15.0))
    return tube_phantom(grid, spread_table(30, 800.0, 5), tubes, noise=25.0)


def table() -> str:
    """Both tasks."""
    made = phantom()
    rows = ["| what | Radicula | DIPY's own plain call | ratio |", "|---|---|---|---|"]
    maps = [name for name in MAPS if name != "V1"]
    what = "tensor fit and maps (b0, FA, MD, AD, RD, colour FA), 96x96x40x35"
    rows.append(_row(what, lambda: tensor_maps(made.voxels, made.grid, made.table, maps), lambda: _fit(made)))
    settings = TrackingSettings()
    what = (
        f"tractogram of a lumbar pair, {int((made.labels > 0).sum())} voxels x {settings.seeds_per_voxel} seeds: "
        "fit, tracking, smoothing, measures, `.trk` and `.tck`"
    )
    rows.append(_row(what, lambda: _ours(made, settings), lambda: _plain(made, settings)))
    tracts = track_nerves(made.voxels, made.grid, made.table, made.labels, settings)
    stages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in tracts.seconds.items())
    count = sum(len(nerve.streamlines) for nerve in tracts.nerves)
    began = time.perf_counter()
    title = _segment(made)
    segmented = time.perf_counter() - began
    _ours(made, settings)
    whole = time.perf_counter() - began
    whole_way = (
        f"From the image to `.trk` and `.tck`: {whole:.1f} s, of which {segmented:.1f} s are the segmentation of the "
        f"b0 image by the protocol's network ({title}, mirrored too; untrained weights take the same time). "
        f"Published: {PUBLISHED_S['automatic']} s automatic, {PUBLISHED_S['by hand']} s by hand."
    )
    return "\n".join([*rows, "", f"Stages of the tractogram ({count} streamlines): {stages}.", "", whole_way])


def _segment(made: TubePhantom) -> str:
    """Segment the b0 image as a proposal does, building the network included; gives the network's title."""
    environ.setdefault("RADICULA_SECRET_KEY", "of a benchmark")
    environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/none")
    environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
    django.setup()
    import torch

    from models_app.engine.networks import network_build
    from models_app.engine.predicting import labels_predict
    from models_app.engine.preparing import SourceImage
    from models_app.specification import specification_for

    protocol = loader.load("lumbar-nerve-dti")
    specification = specification_for(protocol)
    b0 = torch.from_numpy(np.ascontiguousarray(made.voxels[..., 0], dtype=np.float32))
    source = SourceImage(((b0 - b0.mean()) / b0.std())[None], made.grid)
    labels_predict(network_build(specification).eval(), source, specification, device=torch.device("cpu"))
    return next(model.title for model in protocol.models if model.default)


def _ours(made: TubePhantom, settings: TrackingSettings) -> None:
    tracts = track_nerves(made.voxels, made.grid, made.table, made.labels, settings)
    measure_nerves(tracts, made.labels)
    trk_bytes(tracts)
    tck_bytes(tracts)


def _fit(made: TubePhantom) -> Any:
    fit = TensorModel(_gradients(made), fit_method="WLS").fit(made.voxels)
    return fit.fa, fit.md, fit.ad, fit.rd, fit.color_fa


def _plain(made: TubePhantom, settings: TrackingSettings) -> None:
    """What DIPY's tutorial on deterministic tracking does: peaks of the tensor over the whole image, then EuDX."""
    model = TensorModel(_gradients(made), fit_method="WLS")
    fa = model.fit(made.voxels).fa
    peaks = peaks_from_model(
        model, made.voxels, default_sphere, relative_peak_threshold=0.8, min_separation_angle=45, npeaks=1,
        mask=made.labels > 0,
    )  # fmt: skip
    seeds = random_seeds_from_mask(made.labels > 0, made.grid.affine, seeds_count=settings.seeds_per_voxel)
    list(
        eudx_tracking(
            seeds, ThresholdStoppingCriterion(fa, settings.fa_stop), made.grid.affine, pam=peaks,
            max_angle=settings.angle_deg, step_size=settings.step_mm, random_seed=1, nbr_threads=2,
        )
    )  # fmt: skip


def _gradients(made: TubePhantom) -> Any:
    return gradient_table(made.table.b_values, bvecs=made.table.voxel_directions(made.grid))


def _row(what: str, ours: Callable[[], object], theirs: Callable[[], object]) -> str:
    """The best of some runs of each, taken in turns: what else the machine does then falls on both."""
    best = [float("inf"), float("inf")]
    for _ in range(REPEATS):
        for place, work in enumerate((ours, theirs)):
            began = time.perf_counter()
            work()
            best[place] = min(best[place], time.perf_counter() - began)
    return f"| {what} | {best[0]:.1f} s | {best[1]:.1f} s | {best[0] / best[1]:.2f} |"
