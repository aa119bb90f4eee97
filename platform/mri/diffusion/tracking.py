"""Deterministic tractography of nerves with DIPY, from seeds in their masks; streamlines in RAS mm.

DIPY is imported when tracking is asked for: it takes seconds, and the web process never tracks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mri.diffusion.gradients import GradientTable, voxel_axes
from mri.diffusion.tensor import tensor_maps
from mri.errors import ImageError
from mri.geometry import Grid

Progress = Callable[[float, str], None]
Streamline = NDArray[np.float32]
"""Points in RAS mm, shape (P, 3)."""

THREADS = 2
"""Of DIPY's tracker; the streamlines don't depend on it."""

_REPORT_EVERY = 500


@dataclass(frozen=True)
class TrackingSettings:
    """Every parameter of a tracking; stored with its result.

    Attributes
    ----------
    fa_stop : float
        A streamline ends where FA falls below.
    angle_deg : float
        Largest angle between a streamline and the fibre direction of a voxel that it follows.
    step_mm : float
        Distance of its points.
    seeds_per_voxel : int
        Random places in each voxel of the mask.
    min_length_mm, max_length_mm : float
        Shorter ones are dropped; one ends when it is that long.
    within_mm : float
        A streamline ends so far outside its nerve's mask.
    smoothing_mm : float
        Standard deviation, along the streamline, of the Gaussian that smooths it; 0 for none.
    seed : int
        Of the random places.
    """

    fa_stop: float = 0.15
    angle_deg: float = 35.0
    step_mm: float = 0.5
    seeds_per_voxel: int = 8
    min_length_mm: float = 10.0
    max_length_mm: float = 300.0
    within_mm: float = 10.0
    smoothing_mm: float = 1.5
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("fa_stop", 0.0, 1.0), ("angle_deg", 1.0, 90.0), ("step_mm", 0.05, 5.0), ("seeds_per_voxel", 1, 1000),
            ("min_length_mm", 0.0, 1000.0), ("max_length_mm", 1.0, 2000.0), ("within_mm", 0.0, 1000.0),
            ("smoothing_mm", 0.0, 20.0),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value:g}; from {low:g} to {high:g} was expected.")

    def to_json(self) -> dict[str, Any]:
        """Return the settings as plain data."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class NerveTract:
    """The streamlines of one nerve, and the values along them.

    Attributes
    ----------
    value : int
        The nerve's label.
    streamlines : tuple of numpy.ndarray of float32, each (P, 3)
        RAS mm, smoothed.
    fa, md : tuple of numpy.ndarray of float32, each (P,)
        At the points; MD in mm2/s.
    """

    value: int
    streamlines: tuple[Streamline, ...]
    fa: tuple[NDArray[np.float32], ...]
    md: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, eq=False)
class Tractography:
    """What a tracking gave.

    Attributes
    ----------
    grid : Grid
        Of the diffusion image.
    nerves : tuple of NerveTract
        In order of label value; a nerve without a streamline is among them.
    fa, md : numpy.ndarray of float32, shape (I, J, K)
        The maps, 0 where no tensor was fitted.
    settings : TrackingSettings
        As asked for.
    seconds : dict of str to float
        Wall-clock time by stage.
    """

    grid: Grid
    nerves: tuple[NerveTract, ...]
    fa: NDArray[np.float32]
    md: NDArray[np.float32]
    settings: TrackingSettings
    seconds: dict[str, float]


@dataclass
class _Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def no_progress(share: float, message: str) -> None:
    """Tell nobody."""


def track_nerves(
    voxels: NDArray[Any],
    grid: Grid,
    table: GradientTable,
    labels: NDArray[Any],
    settings: TrackingSettings,
    *,
    names: Mapping[int, str] | None = None,
    progress: Progress = no_progress,
) -> Tractography:
    """Fit tensors around the nerves and follow their fibres from seeds in each nerve's mask.

    Parameters
    ----------
    voxels : numpy.ndarray, shape (I, J, K, N)
        The diffusion image.
    grid, table : Grid, GradientTable
        Its grid and gradients.
    labels : numpy.ndarray of unsigned integers, shape (I, J, K)
        Each value above 0 is a nerve, tracked by itself.
    settings : TrackingSettings
        The parameters.
    names : mapping of int to str, optional
        What to call the nerves in messages.
    progress : callable, optional
        Told how far it is; it may raise to stop.

    Returns
    -------
    Tractography

    Raises
    ------
    ImageError
        ``grid-mismatch`` where the labels are on another grid, ``unknown-label`` where there is no label at all,
        ``bad-gradients`` where no tensor can be fitted.

    Notes
    -----
    Directions between voxel centres are EuDX's (Garyfallidis 2012): the trilinear mean of the neighbours' directions
    that lie within the angle.
    """
    if labels.shape != grid.shape:
        raise ImageError(f"The labels have shape {labels.shape}, the image {grid.shape}.", "grid-mismatch")
    values = [int(value) for value in np.unique(labels) if value > 0]
    if not values:
        raise ImageError("The label map is empty, so there is nothing to seed; label a nerve first.", "unknown-label")
    clock = _Clock()
    near = _near(labels > 0, grid, settings.within_mm)
    with clock.stage("tensor"):
        maps = tensor_maps(
            voxels, grid, table, ("FA", "MD", "V1"), mask=near, progress=lambda s, m: progress(0.4 * s, m)
        )
    directions = np.asarray(maps["V1"], dtype=np.float64) @ voxel_axes(grid)
    nerves = []
    for place, value in enumerate(values):
        name = (names or {}).get(value, f"label {value}")
        share = 0.4 + 0.6 * place / len(values)
        mask = labels == value

        def tell(part: float, share: float = share, name: str = name) -> None:
            progress(share + part * 0.6 / len(values), f"tracking {name}")

        with clock.stage("tracking"):
            raw = _track(maps["FA"], directions, mask, grid, settings, tell)
        with clock.stage("smoothing"):
            streamlines = tuple(_smooth(line, settings) for line in raw)
        with clock.stage("sampling"):
            fa, md = _sample((maps["FA"], maps["MD"]), streamlines, grid)
        nerves.append(NerveTract(value, streamlines, fa, md))
    seconds = {name: round(spent, 4) for name, spent in clock.seconds.items()}
    return Tractography(grid, tuple(nerves), maps["FA"], maps["MD"], settings, seconds)


def _near(mask: NDArray[np.bool_], grid: Grid, distance_mm: float) -> NDArray[np.bool_]:
    """The voxels within a distance of a mask, one more voxel included so that interpolation has neighbours."""
    outside = ndimage.distance_transform_edt(~mask, sampling=grid.spacing_mm)
    return np.asarray(outside <= distance_mm + max(grid.spacing_mm))


def _track(
    fa: NDArray[np.float32],
    directions: NDArray[np.float64],
    mask: NDArray[np.bool_],
    grid: Grid,
    settings: TrackingSettings,
    tell: Callable[[float], None],
) -> list[Streamline]:
    from dipy.tracking.stopping_criterion import ThresholdStoppingCriterion
    from dipy.tracking.tracker import eudx_tracking

    near = ndimage.distance_transform_edt(~mask, sampling=grid.spacing_mm) <= settings.within_mm
    kept = np.where(near, fa, 0.0).astype(np.float64)
    tell(0.0)
    seeds = _seeds(mask & (kept > settings.fa_stop), grid, settings)
    if len(seeds) == 0:
        return []
    tracking = eudx_tracking(
        seeds,
        ThresholdStoppingCriterion(kept, settings.fa_stop),
        grid.affine,
        pam=_peaks(kept, directions),
        min_len=0,
        max_len=settings.max_length_mm,
        step_size=settings.step_mm,
        max_angle=settings.angle_deg,
        pmf_threshold=settings.fa_stop,
        random_seed=settings.seed + 1,  # 0 would mean another one each time
        nbr_threads=THREADS,
    )
    found: list[Streamline] = []
    for number, line in enumerate(tracking):
        if number % _REPORT_EVERY == 0:
            tell(min(number / len(seeds), 1.0))
        if (len(line) - 1) * settings.step_mm >= settings.min_length_mm:
            found.append(np.asarray(line, dtype=np.float32))
    return found


def _seeds(mask: NDArray[np.bool_], grid: Grid, settings: TrackingSettings) -> NDArray[np.float64]:
    """Random places in each voxel of a mask, RAS mm, shape (S, 3); the same for the same mask and seed."""
    centres = np.repeat(np.argwhere(mask), settings.seeds_per_voxel, axis=0)
    offsets = np.random.default_rng(settings.seed).uniform(-0.5, 0.5, centres.shape)
    return grid.ras_from_ijk(centres + offsets)


def _peaks(fa: NDArray[np.float64], directions: NDArray[np.float64]) -> SimpleNamespace:
    """The voxels' own directions as DIPY takes peaks: each is a vertex, so that none is rounded to a table's."""
    usable = fa > 0
    indices = np.full((*fa.shape, 1), -1, dtype=np.int32)
    indices[usable, 0] = np.arange(np.count_nonzero(usable))
    return SimpleNamespace(peak_indices=indices, peak_values=fa[..., None], odf_vertices=directions[usable])


def _smooth(line: Streamline, settings: TrackingSettings) -> Streamline:
    """A Gaussian along the line; each end is continued by its mirror image through the end point, which so stays."""
    if settings.smoothing_mm == 0.0:
        return line
    sigma = settings.smoothing_mm / settings.step_mm
    reach = min(int(np.ceil(4.0 * sigma)), len(line) - 1)
    if reach < 1:
        return line
    longer = np.pad(line.astype(np.float64), ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    smoothed = ndimage.gaussian_filter1d(longer, sigma, axis=0, mode="nearest", radius=reach)
    return smoothed[reach:-reach].astype(np.float32)


def _sample(
    images: tuple[NDArray[np.float32], ...], lines: tuple[Streamline, ...], grid: Grid
) -> list[tuple[NDArray[np.float32], ...]]:
    """Each image's values at the points of each line, linear in between."""
    if not lines:
        return [() for _ in images]
    points = grid.ijk_from_ras(np.concatenate(lines)).T
    ends = np.cumsum([len(line) for line in lines])[:-1]
    return [
        tuple(np.split(ndimage.map_coordinates(image, points, order=1, mode="nearest").astype(np.float32), ends))
        for image in images
    ]
