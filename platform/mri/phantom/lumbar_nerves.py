"""Lumbar nerve roots in diffusion: six bent tubes that leave the dural sac, L4, L5 and S1, left and right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.diffusion.gradients import GradientTable
from mri.phantom.case import PhantomCase, PhantomImage, ScanSettings, Truth
from mri.phantom.diffusion_signal import Tissue, mixed_signal
from mri.phantom.rendering import as_stored, class_shares, majority_labels, receive_field, rician
from mri.phantom.sampling import Points, voxel_points
from mri.phantom.tubes import BentTube, spread_table

DEFAULT_SCAN = ScanSettings((72, 56, 26), (1.5, 1.5, 4.0), noise=0.03)
NERVES = tuple(f"{level} {side}" for level in ("L4", "L5", "S1") for side in ("left", "right"))
"""In the order of their label values, 2 to 7."""

SIGNAL = 1000.0
"""Signal of nerve at b = 0 and gain 1; noise is a share of it."""

_FIRST = 2
_MUSCLE, _FAT, _BONE, _SAC, _AIR = 0, 1, 8, 9, 10
_TISSUES = {
    _MUSCLE: Tissue(0.55, 1.5e-3, 1.5e-3),
    _FAT: Tissue(0.3, 0.6e-3, 0.6e-3),
    _BONE: Tissue(0.2, 0.5e-3, 0.5e-3),
    _SAC: Tissue(1.8, 2.8e-3, 2.8e-3),
    _AIR: Tissue(0.0, 1.0e-3, 1.0e-3),
}
_FINEST_MM = 0.8
# Where each root leaves the sac: to its side, forwards and up, mm; and the angle of its arc.
_START_MM = {"L4": (8.5, 0.0, 38.0), "L5": (7.5, -2.0, 12.0), "S1": (6.0, -4.0, -12.0)}
_ANGLE_DEG = {"L4": 62.0, "L5": 52.0, "S1": 34.0}


@dataclass(frozen=True)
class Root:
    """A nerve root: its name, its axis as an arc of a circle in the subject's RAS frame, and its tissue."""

    name: str
    tube: BentTube
    tissue: Tissue

    @property
    def volume_mm3(self) -> float:
        """Volume of the tube with its two round ends."""
        radius = self.tube.radius_mm
        return float(np.pi * radius**2 * (self.tube.length_mm + 4.0 / 3.0 * radius))


def draw_roots(rng: np.random.Generator) -> tuple[Root, ...]:
    """Draw a subject's six roots: they run down beside the sac, and bend outwards and forwards.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced.
    """
    scale = float(np.clip(rng.normal(1.0, 0.05), 0.9, 1.1))
    roots = []
    for level, start in _START_MM.items():
        shared = rng.normal(0.0, 1.0, 4)
        for side, sign in (("left", -1.0), ("right", 1.0)):
            own = shared + 0.3 * rng.normal(0.0, 1.0, 4)
            outward = np.array([sign, 0.35 + 0.05 * own[0], 0.0])
            outward /= np.linalg.norm(outward)
            bend = 60.0 * scale + 3.0 * float(own[1])
            radius = float(np.clip(2.7 * scale + 0.15 * own[2], 2.2, 3.3))
            first = np.array([sign * start[0], start[1], start[2]]) * scale
            tissue = Tissue(1.0, 1.9e-3 * (1.0 + 0.03 * float(own[3])), 1.0e-3 * (1.0 - 0.03 * float(own[2])))
            tube = BentTube(
                centre_ras_mm=first + bend * outward,
                start=-outward,
                turn=np.array([0.0, 0.0, -1.0]),
                bend_mm=bend,
                angle_rad=float(np.radians(_ANGLE_DEG[level])),
                radius_mm=radius,
                eigenvalues=(tissue.along, tissue.across),
            )
            roots.append(Root(f"{level} {side}", tube, tissue))
    return tuple(roots)


def lumbar_nerves_case(seed: int, scan: ScanSettings = DEFAULT_SCAN, table: GradientTable | None = None) -> PhantomCase:
    """Make a diffusion image of the lumbar nerve roots.

    Parameters
    ----------
    seed : int
        Anatomy and diffusivities depend on it alone.
    scan : ScanSettings
        ``noise`` is the inverse of the SNR of nerve at b = 0.
    table : GradientTable, optional
        Two frames of b = 0 and 20 directions at 800 s/mm2 by default.

    Returns
    -------
    PhantomCase
        Labels 2 to 7: L4, L5 and S1, left before right. The truth is FA, MD, AD, RD, length, radius and volume of
        every root; the geometry holds their axes as polylines in world RAS.
    """
    table = table or spread_table(20, 800.0, 2)
    anatomy = np.random.default_rng([seed, 1])
    roots = draw_roots(anatomy)
    x, y, z = anatomy.normal(0.0, (3.0, 8.0, 10.0))
    centre = (float(x), float(y) - 30.0, float(z) - 20.0)
    grid = scan.grid(centre)

    def classify(x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
        return _classes(roots, x, y, z)

    tissues = [root.tissue for root in roots]
    everything = (_TISSUES[_MUSCLE], _TISSUES[_FAT], *tissues, _TISSUES[_BONE], _TISSUES[_SAC], _TISSUES[_AIR])
    shares = class_shares(grid, centre, classify, len(everything), _FINEST_MM)
    place = voxel_points(grid, centre)
    signal = mixed_signal(shares, everything, _fibres(roots, shares, place), table, grid)
    rng = scan.rng(seed)
    field = receive_field(grid, centre, scan.bias, rng)[..., None]
    noisy = rician(signal * field * np.float32(SIGNAL), scan.noise * SIGNAL, rng) * np.float32(scan.gain)
    image = PhantomImage(
        noisy if scan.noise == 0.0 else as_stored(noisy),
        majority_labels(shares, (0, 0, *range(_FIRST, _FIRST + len(roots)), 0, 0, 0), grid),
        "dwi",
        "dwi",
        whole=shares.max(axis=0) > 0.999,
        table=table,
    )
    truth = [value for root in roots for value in _truth(root)]
    axes = {root.name: np.round(root.tube.axis(61) + np.array(centre), 4).tolist() for root in roots}
    return PhantomCase((image,), tuple(truth), {"axes_ras_mm": axes})


def _truth(root: Root) -> tuple[Truth, ...]:
    return (
        *root.tissue.truth(root.name),
        Truth(root.name, "length", root.tube.length_mm, "mm"),
        Truth(root.name, "radius", root.tube.radius_mm, "mm"),
        Truth(root.name, "volume", root.volume_mm3, "mm3"),
    )


def _classes(roots: tuple[Root, ...], x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
    found = np.full(x.shape, _MUSCLE, dtype=np.uint8)
    found[y < -62.0] = _AIR
    # Fat about the sac and the roots; bodies in front with pale discs between them; the arch behind.
    found[(np.abs(x) < 34.0) & (np.abs(y) < 16.0)] = _FAT
    disc = np.abs((z + 52.0) % 34.0 - 17.0) < 4.5
    body = (np.abs(x) / 23.0) ** 4 + ((y - 26.0) / 17.0) ** 4 <= 1.0
    found[body] = _BONE
    found[body & disc] = _FAT
    found[(np.abs(x) < 15.0 + 0.5 * y) & (y < -14.0) & (y > -30.0)] = _BONE
    found[(np.abs(x) < 3.0) & (y <= -22.0) & (y > -44.0) & ~disc] = _BONE
    found[np.hypot(x / (8.0 + 0.04 * z), y / 7.0) <= 1.0] = _SAC
    for value, root in enumerate(roots, start=_FIRST):
        tube = root.tube
        ends = tube.axis(15)
        reach = tube.radius_mm + 1.0
        low, high = ends.min(axis=0) - reach, ends.max(axis=0) + reach
        within = (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]) & (z > low[2]) & (z < high[2])
        near = np.flatnonzero(within)
        points = np.column_stack([x[near], y[near], z[near]]).astype(np.float64)
        found[near[tube.distance_mm(points) <= tube.radius_mm]] = value
    return found


def _fibres(roots: tuple[Root, ...], shares: Points, place: tuple[Points, Points, Points]) -> NDArray[np.float64]:
    """Fibre direction in world RAS: that of the root which fills most of the voxel."""
    fibres = np.zeros((*shares.shape[1:], 3))
    fibres[..., 2] = 1.0
    inside = shares[_FIRST : _FIRST + len(roots)]
    best = inside.argmax(axis=0)
    for n, root in enumerate(roots):
        at = (best == n) & (inside[n] > 0.0)
        fibres[at] = root.tube.directions(np.column_stack([axis[at] for axis in place]).astype(np.float64))
    return fibres
