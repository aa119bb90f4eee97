"""The cervical cord in diffusion: white matter in three columns and grey matter, left and right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable
from mri.phantom.anatomy import CordFrame, draw_subject
from mri.phantom.case import PhantomCase, PhantomImage, ScanSettings
from mri.phantom.diffusion_signal import Tissue, mixed_signal
from mri.phantom.rendering import as_stored, class_shares, majority_labels, receive_field, rician
from mri.phantom.sampling import Points, voxel_points
from mri.phantom.tubes import spread_table

DEFAULT_SCAN = ScanSettings((48, 48, 12), (0.8, 0.8, 5.0), noise=0.02)
REGIONS = ("Lateral column", "Dorsal column", "Ventral column", "Grey matter")
SIGNAL = 1000.0
"""Signal of white matter at b = 0 and gain 1; noise is a share of it."""

_LATERAL, _DORSAL, _VENTRAL, _GREY = range(1, 5)
_CSF, _BONE, _MUSCLE, _AIR = range(9, 13)
_SURROUNDINGS = (
    Tissue(1.9, 3.0e-3, 3.0e-3),
    Tissue(0.25, 0.4e-3, 0.4e-3),
    Tissue(0.55, 1.5e-3, 1.5e-3),
    Tissue(0.0, 1.0e-3, 1.0e-3),
)
_WHITE_AND_GREY = (
    Tissue(1.0, 1.75e-3, 0.41e-3),
    Tissue(1.0, 1.85e-3, 0.40e-3),
    Tissue(1.0, 1.62e-3, 0.44e-3),
    Tissue(1.15, 1.20e-3, 0.52e-3),
)
_FINEST_MM = 0.6


def draw_tissues(rng: np.random.Generator) -> tuple[Tissue, ...]:
    """Draw the eight regions' tissues, left 1 to 4 and then right; a subject's sides are alike, and never the same."""
    shared = rng.normal(1.0, 0.04, (4, 2))
    sides = []
    for _ in ("left", "right"):
        own = shared * rng.normal(1.0, 0.015, (4, 2))
        for tissue, (a, r) in zip(_WHITE_AND_GREY, np.clip(own, 0.88, 1.12), strict=True):
            sides.append(replace(tissue, along=tissue.along * float(a), across=tissue.across * float(r)))
    return tuple(sides)


def cord_region(u: Points, v: Points) -> NDArray[np.uint8]:
    """Tell the region of points of the cord's section: 1 to 4 on the left, 5 to 8 on the right.

    Parameters
    ----------
    u, v : numpy.ndarray, shape (N,)
        To the right and forwards, as shares of the cord's half width and half depth.

    Returns
    -------
    numpy.ndarray of uint8, shape (N,)
        Lateral, dorsal and ventral column, grey matter: the protocol's values.
    """
    across = np.abs(u)
    # The dorsal horn runs back and outwards from the commissure, the ventral horn is a blunt ellipse.
    horn = 0.24 + 0.22 * np.clip(-v / 0.72, 0.0, 1.0)
    dorsal_horn = (np.abs(across - horn) <= 0.085) & (v <= 0.05) & (v >= -0.72)
    ventral_horn = np.hypot((across - 0.29) / 0.17, (v - 0.24) / 0.32) <= 1.0
    commissure = (across <= 0.3) & (np.abs(v - 0.02) <= 0.1)
    region = np.full(u.shape, _LATERAL, dtype=np.uint8)
    region[(v < 0.0) & (across < horn)] = _DORSAL
    region[(v >= 0.0) & (across < 0.29 + 0.2 * np.maximum(v - 0.5, 0.0))] = _VENTRAL
    region[dorsal_horn | ventral_horn | commissure] = _GREY
    region[u > 0.0] += 4
    return region


def cord_dwi_case(seed: int, scan: ScanSettings = DEFAULT_SCAN, table: GradientTable | None = None) -> PhantomCase:
    """Make a diffusion image of the cervical cord.

    Parameters
    ----------
    seed : int
        Anatomy and diffusivities depend on it alone.
    scan : ScanSettings
        ``noise`` is the inverse of the SNR of white matter at b = 0.
    table : GradientTable, optional
        Two frames of b = 0 and 20 directions at 800 s/mm2 by default.

    Returns
    -------
    PhantomCase
        Labels 1 to 8 as in the protocol; the truth is FA, MD, AD and RD by region. Fibres run along the curved cord.
    """
    table = table or spread_table(20, 800.0, 2)
    anatomy, matter = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    subject = draw_subject(anatomy)
    centre = (float(anatomy.normal(0, 3)), float(anatomy.normal(-20, 8)), float(anatomy.normal(-60, 10)))
    tissues = draw_tissues(matter)
    frame = CordFrame(subject)
    grid = scan.grid(centre)
    gap = np.float32(subject.canal_gap_mm)

    def classify(x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
        u, v, s = frame.coordinates(x, y, z)
        wide, deep = frame.cord_half_axes(s)
        found = np.full(x.shape, _MUSCLE, dtype=np.uint8)
        found[np.hypot(x / 58.0, y / 52.0) > 1.0] = _AIR
        # A body in front of the canal, an arch behind it.
        body = (np.abs(u) < 12.0) & (v > 0.0) & (v < deep + gap + 17.0)
        found[body | (np.hypot(u / (wide + gap + 4.0), v / (deep + gap + 4.0)) <= 1.0)] = _BONE
        found[np.hypot(u / (wide + gap), v / (deep + gap)) <= 1.0] = _CSF
        cord = np.flatnonzero(np.hypot(u / wide, v / deep) <= 1.0)
        found[cord] = cord_region(u[cord] / wide[cord], v[cord] / deep[cord])
        return found

    # Class 0 is never given: classes 1 to 8 are the label values.
    everything = (_SURROUNDINGS[-1], *tissues, *_SURROUNDINGS)
    shares = class_shares(grid, centre, classify, len(everything), _FINEST_MM)
    signal = mixed_signal(shares, everything, _fibres(frame, voxel_points(grid, centre)), table, grid)
    rng = scan.rng(seed)
    field = receive_field(grid, centre, scan.bias, rng)[..., None]
    noisy = rician(signal * field * np.float32(SIGNAL), scan.noise * SIGNAL, rng)
    image = PhantomImage(
        noisy * np.float32(scan.gain) if scan.noise == 0.0 else as_stored(noisy * np.float32(scan.gain)),
        majority_labels(shares, (*range(9), 0, 0, 0, 0), grid),
        "dwi",
        "dwi",
        whole=shares.max(axis=0) > 0.999,
        table=table,
    )
    names = [f"{name} {side}" for side in ("left", "right") for name in REGIONS]
    truth = [value for name, tissue in zip(names, tissues, strict=True) for value in tissue.truth(name)]
    heights = np.linspace(-60.0, 60.0, 61, dtype=np.float32)
    line = np.column_stack([frame.centre_x(heights), frame.centre_y(heights), heights]) + np.array(centre)
    return PhantomCase((image,), tuple(truth), {"centreline_ras_mm": np.round(line, 4).tolist()})


def _fibres(frame: CordFrame, place: tuple[Points, Points, Points]) -> NDArray[np.float32]:
    """Unit tangents of the cord at the height of the foot of each voxel's perpendicular."""
    _x, y, z = place
    slope = frame.subject.bend_per_mm * (z - frame.subject.apex_mm)
    foot = z + (y - frame.centre_y(z)) * slope / (1.0 + slope**2)
    step = np.float32(0.5)
    tangent = np.stack(
        [
            frame.centre_x(foot + step) - frame.centre_x(foot - step),
            frame.centre_y(foot + step) - frame.centre_y(foot - step),
            np.full(foot.shape, 2 * step),
        ],
        axis=-1,
    )
    return np.asarray(tangent / np.linalg.norm(tangent, axis=-1, keepdims=True), dtype=np.float32)
