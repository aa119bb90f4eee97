"""A digital phantom of the neck in T2-weighted contrast, with true cord and rootlets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid
from mri.labels import LabelMap
from mri.phantom.anatomy import LEVELS, CervicalSubject, CordFrame, draw_subject
from mri.phantom.rootlet_fan import fan_hits
from mri.phantom.sampling import Points, phantom_grid, subvoxel_offsets, voxel_points
from mri.phantom.tissues import CORD, CSF, GREY_MATTER, LIGAMENT, ROOTLET, surroundings

DEFAULT_SHAPE = (48, 160, 128)
DEFAULT_SPACING_MM = (1.0, 1.0, 1.0)

_FINEST_MM = 0.5
VENTRAL_FROM_DORSAL = 10
"""A ventral rootlet's value is its level's and ten, as in the protocol: 12 = C2 ... 18 = C8."""

_ROOTLET_SHARE = 0.4
"""Share of a voxel that rootlets must fill to be labelled: thin as they are, one half would tear them apart."""


@dataclass(frozen=True)
class LevelTruth:
    """Where a spinal level's rootlets leave the cord, dorsal and ventral ones at the same height.

    Attributes
    ----------
    level : int
        2 = C2 ... 8 = C8, the label value.
    rostral_from_pmj_mm, caudal_from_pmj_mm : float
        Arc length from the pontomedullary junction down the cord to the upper and lower end of the entry.
    """

    level: int
    rostral_from_pmj_mm: float
    caudal_from_pmj_mm: float


@dataclass(frozen=True, eq=False)
class CervicalPhantom:
    """An image with its truth, all on one grid.

    Attributes
    ----------
    grid : Grid
        Shape and affine.
    image : numpy.ndarray of int16, shape (I, J, K)
        T2-weighted signal with bias field and Rician noise.
    cord, rootlets, ventral, csf, vertebrae : LabelMap
        Cord 1; dorsal rootlets 2 to 8; ventral rootlets 12 to 18; CSF 1, ventral rootlets in it among them; vertebral
        bodies 2 = C2 ... 8 = T1.
    subject : CervicalSubject
        The sizes that were drawn.
    levels : tuple of LevelTruth
        True heights, in closed form.
    seed : int
        What it was made from.
    pmj_ras_mm : tuple of float
        The pontomedullary junction in world RAS; it may lie above the field of view.
    """

    grid: Grid
    image: NDArray[np.int16]
    cord: LabelMap
    rootlets: LabelMap
    ventral: LabelMap
    csf: LabelMap
    vertebrae: LabelMap
    subject: CervicalSubject
    levels: tuple[LevelTruth, ...]
    seed: int
    pmj_ras_mm: tuple[float, float, float]


def cervical_phantom(
    seed: int,
    *,
    shape_ras: tuple[int, int, int] = DEFAULT_SHAPE,
    spacing_ras_mm: tuple[float, float, float] = DEFAULT_SPACING_MM,
    orientation: str = "RAS",
    oblique_deg: float = 0.0,
    noise: float = 0.025,
    bias: float = 0.25,
    gain: float = 1.0,
    session: int = 0,
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    subject: CervicalSubject | None = None,
) -> CervicalPhantom:
    """Make a cervical T2-weighted phantom.

    Parameters
    ----------
    seed : int
        The same seed and parameters give the same voxels. The anatomy depends on the seed alone, not on the grid.
    shape_ras : tuple of int, default (48, 160, 128)
        Voxels left-right, posterior-anterior, inferior-superior, whatever the array's orientation.
    spacing_ras_mm : tuple of float, default (1, 1, 1)
        Voxel size in the same order, mm.
    orientation : str, default "RAS"
        Axis codes of the array.
    oblique_deg : float, default 0
        Tilt of the grid.
    noise : float, default 0.025
        Standard deviation of each noise channel, as a share of the CSF's signal.
    bias : float, default 0.25
        Strength of the receive field: the logarithm of the signal changes by about this much over 80 mm.
    gain : float, default 1
        Scale of the whole signal, as between scanners.
    session : int, default 0
        Another session has other noise and another receive field, and the same anatomy.
    shift_mm : tuple of float
        How far the field of view is moved over the subject, in world RAS.
    subject : CervicalSubject, optional
        Sizes; drawn from the seed when left out.

    Returns
    -------
    CervicalPhantom

    Raises
    ------
    ValueError
        For an orientation or a tilt that can't be, sizes that are not positive, negative noise.
    """
    if min(shape_ras) < 1 or min(spacing_ras_mm) <= 0:
        raise ValueError(f"Shape and spacing must be positive; {shape_ras} and {spacing_ras_mm} came.")
    if noise < 0 or gain <= 0:
        raise ValueError(f"Noise must not be negative and gain must be positive; {noise} and {gain} came.")
    anatomy_rng, texture_rng, scan_rng = (
        np.random.default_rng([seed, *stream]) for stream in ((1,), (2,), (3, session) if session else (3,))
    )
    drawn = draw_subject(anatomy_rng)
    subject = subject or drawn
    centre = (float(anatomy_rng.normal(0, 3)), float(anatomy_rng.normal(-20, 8)), float(anatomy_rng.normal(-60, 10)))
    middle = (centre[0] + shift_mm[0], centre[1] + shift_mm[1], centre[2] + shift_mm[2])
    grid = phantom_grid(shape_ras, spacing_ras_mm, orientation, oblique_deg, middle)
    frame = CordFrame(subject)
    place = voxel_points(grid, centre)
    curved = frame.coordinates(*place)
    canal_back = frame.cord_half_axes(curved[2])[1] + np.float32(subject.canal_gap_mm)
    edge_mm = float(np.cbrt(grid.voxel_volume_mm3))
    image, vertebrae = surroundings(subject, place, curved, canal_back, edge_mm, texture_rng)
    inside = _canal(frame, grid, place, curved, image)
    # A body ends where the canal begins.
    vertebrae[(inside.cord | inside.csf) > 0] = 0
    return CervicalPhantom(
        grid=grid,
        image=_scan(image, place, noise, bias, gain, scan_rng),
        cord=LabelMap(inside.cord, grid),
        rootlets=LabelMap(inside.rootlets, grid),
        ventral=LabelMap(inside.ventral, grid),
        csf=LabelMap(inside.csf, grid),
        vertebrae=LabelMap(vertebrae, grid),
        subject=subject,
        levels=_level_truths(subject),
        seed=seed,
        pmj_ras_mm=_junction(frame, centre),
    )


@dataclass(frozen=True)
class _Canal:
    cord: NDArray[np.uint8]
    rootlets: NDArray[np.uint8]
    ventral: NDArray[np.uint8]
    csf: NDArray[np.uint8]


def _canal(
    frame: CordFrame, grid: Grid, place: tuple[Points, ...], curved: tuple[Points, ...], image: Points
) -> _Canal:
    """Paint cord, CSF and rootlets into ``image`` by supersampling, and count what fills each voxel."""
    gap = np.float32(frame.subject.canal_gap_mm)
    half_width, half_depth = frame.cord_half_axes(curved[2])
    reach = float(np.linalg.norm(grid.spacing_mm)) / 2 + 1.5
    near = np.flatnonzero(
        np.hypot(curved[0] / (half_width + gap + reach), curved[1] / (half_depth + gap + reach)).ravel() <= 1.0
    )
    x, y, z = (axis.ravel()[near] for axis in place)
    offsets = subvoxel_offsets(grid, _FINEST_MM)
    signal = np.zeros(near.size, dtype=np.float32)
    share = {name: np.zeros(near.size, dtype=np.float32) for name in ("canal", "dura", "cord")}
    dorsal, ventral = (np.zeros((len(LEVELS), near.size), dtype=np.float32) for _ in range(2))
    weight = np.float32(1.0 / len(offsets))
    for dx, dy, dz in offsets:
        u, v, s = frame.coordinates(x + dx, y + dy, z + dz)
        wide, deep = frame.cord_half_axes(s)
        in_cord = np.hypot(u / wide, v / deep) <= 1.0
        in_canal = np.hypot(u / (wide + gap), v / (deep + gap)) <= 1.0
        in_dura = ~in_canal & (np.hypot(u / (wide + gap + 1.0), v / (deep + gap + 1.0)) <= 1.0)
        value = np.where(in_cord, CORD, CSF).astype(np.float32)
        grey = np.hypot((np.abs(u) - 0.28 * wide) / (0.16 * wide), v / (0.55 * deep)) <= 1.0
        value[grey] = GREY_MATTER
        free = np.flatnonzero(in_canal & ~in_cord)
        for row, filled in ((True, dorsal), (False, ventral)):
            hits = fan_hits(frame.subject, u[free], v[free], s[free], wide[free], deep[free], dorsal=row)
            hit = hits.level > 0
            value[free[hit]] = CSF + hits.density[hit] * (ROOTLET - CSF)
            # Heights are unique per point, so fancy indexing adds each point once.
            filled[hits.level[hit] - LEVELS[0], free[hit]] += weight
        value[in_dura] = LIGAMENT
        value[~(in_canal | in_dura)] = 0.0
        signal += weight * value
        share["canal"] += weight * in_canal
        share["dura"] += weight * in_dura
        share["cord"] += weight * in_cord
    flat = image.reshape(-1)
    flat[near] = signal + (1.0 - share["canal"] - share["dura"]) * flat[near]
    cord = share["cord"] >= 0.5
    behind, before = (_levels_in(filled) * ~cord for filled in (dorsal, ventral))
    fluid = (share["canal"] - share["cord"] >= 0.5) & ~cord & (behind == 0)
    maps = [np.zeros(grid.size, dtype=np.uint8) for _ in range(4)]
    for whole, part in zip(maps, (cord, behind, np.where(before, before + VENTRAL_FROM_DORSAL, 0), fluid), strict=True):
        whole[near] = part
    return _Canal(*(m.reshape(grid.shape) for m in maps))


def _levels_in(filled: Points) -> NDArray[np.uint8]:
    """The level whose rootlets fill most of a point's voxel, 0 where all of them fill too little."""
    rooted = filled.sum(axis=0) >= _ROOTLET_SHARE
    return np.where(rooted, filled.argmax(axis=0) + LEVELS[0], 0).astype(np.uint8)


def _scan(
    signal: Points, place: tuple[Points, ...], noise: float, bias: float, gain: float, rng: np.random.Generator
) -> NDArray[np.int16]:
    x, y, z = place
    a, b, c = rng.normal(0.0, 0.35, 3)
    # Neck coils lie behind: the signal falls off forwards and towards both ends.
    shading = (0.3 * a - 0.8) * y / 80 + b * x / 80 + c * z / 80 - 0.5 * (z / 80) ** 2
    field = np.exp(bias * shading).astype(np.float32)
    sigma = np.float32(noise * CSF)
    real = gain * (signal * field + sigma * rng.standard_normal(signal.shape, dtype=np.float32))
    imaginary = gain * sigma * rng.standard_normal(signal.shape, dtype=np.float32)
    return np.asarray(np.rint(np.hypot(real, imaginary)).clip(0, 32767), dtype=np.int16)


def _junction(frame: CordFrame, centre: tuple[float, float, float]) -> tuple[float, float, float]:
    """The pontomedullary junction: the point of the centreline at its arc length, in world RAS."""
    heights = np.linspace(0.0, 1.5 * frame.subject.pmj_mm, 4001, dtype=np.float64)
    z = np.interp(frame.subject.pmj_mm, frame.arc_mm(heights), heights)
    at = np.array([z], dtype=np.float32)
    return (centre[0] + float(frame.centre_x(at)[0]), centre[1] + float(frame.centre_y(at)[0]), centre[2] + float(z))


def _level_truths(subject: CervicalSubject) -> tuple[LevelTruth, ...]:
    return tuple(
        LevelTruth(
            level,
            subject.pmj_mm - entry - subject.entry_half_height_mm,
            subject.pmj_mm - entry + subject.entry_half_height_mm,
        )
        for level, entry in zip(LEVELS, subject.entry_mm, strict=True)
    )
