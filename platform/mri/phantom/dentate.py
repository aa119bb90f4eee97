"""The dentate nuclei on a susceptibility map: two folded shells in the white matter of the cerebellum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mri.phantom.case import PhantomCase, PhantomImage, ScanSettings, Truth
from mri.phantom.rendering import class_shares, majority_labels
from mri.phantom.sampling import Points

DEFAULT_SCAN = ScanSettings((96, 80, 48), (1.0, 1.0, 1.0), noise=0.025)
REFERENCE_PPM = 0.4
"""Noise is a share of this."""

_OUTSIDE, _LEFT, _RIGHT, _WHITE, _GREY, _CSF, _VEIN, _STEM, _HILUM = range(9)
_PPM = (0.0, 0.0, 0.0, -0.032, 0.012, -0.004, 0.22, -0.018, -0.045)
_FINEST_MM = 0.5
_HILUM_COSINE = 0.8


@dataclass(frozen=True)
class Nucleus:
    """One nucleus: a folded shell around a point, open towards the midline and the front.

    Attributes
    ----------
    side : float
        -1 on the left, 1 on the right.
    centre_mm : tuple of float
        In the subject's RAS frame.
    half_axes_mm : tuple of float
        Of the mean surface: across, along (backwards and outwards), and up.
    turn_deg : float
        How far the long axis runs outwards as it runs backwards.
    fold, half_thickness : float
        Height of the folds and half the thickness of the shell, as shares of the half axes.
    folds : int
        Number of folds around the long axis.
    ppm : float
        Susceptibility.
    """

    side: float
    centre_mm: tuple[float, float, float]
    half_axes_mm: tuple[float, float, float]
    turn_deg: float
    fold: float
    half_thickness: float
    folds: int
    ppm: float

    def polar(self, x: Points, y: Points, z: Points) -> tuple[Points, Points, Points]:
        """Return distance (1 on the mean ellipsoid), cosine from the long axis, and angle about it, of points."""
        turn = np.radians(self.turn_deg)
        a, b, c = self.half_axes_mm
        out, front, up = self.side * (x - self.centre_mm[0]), y - self.centre_mm[1], z - self.centre_mm[2]
        across = (out * np.cos(turn) + front * np.sin(turn)) / a
        along = (front * np.cos(turn) - out * np.sin(turn)) / b
        above = up / c
        distance = np.sqrt(across**2 + along**2 + above**2)
        cosine = along / np.maximum(distance, np.float32(1e-6))
        return distance, np.clip(cosine, -1.0, 1.0), np.arctan2(above, across)

    def surface(self, cosine: NDArray[np.floating], angle: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the distance of the middle of the shell in a direction; the folds fade towards both poles."""
        ridge = np.sin(self.folds * angle + 2.0 * cosine) * (1.0 - cosine**2)
        return np.asarray(1.0 + self.fold * ridge)

    def shell(self, x: Points, y: Points, z: Points) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which points lie in the shell, and which in the white matter that it holds (the hilum)."""
        distance, cosine, angle = self.polar(x, y, z)
        off = distance - self.surface(cosine, angle)
        closed = ~self._open(cosine, angle)
        return (np.abs(off) <= self.half_thickness) & closed, off < -self.half_thickness

    def volume_mm3(self, steps: int = 800) -> float:
        """Return the shell's volume, by quadrature over the directions from its centre."""
        cosine = ((np.arange(steps) + 0.5) / steps * 2.0 - 1.0)[:, None]
        angle = ((np.arange(steps) + 0.5) / steps * 2.0 * np.pi - np.pi)[None, :]
        middle = self.surface(cosine, angle)
        # The integral of r**2 from the inner to the outer surface.
        radial = ((middle + self.half_thickness) ** 3 - (middle - self.half_thickness) ** 3) / 3.0
        radial = np.where(self._open(cosine, angle), 0.0, radial)
        solid = 2.0 / steps * 2.0 * np.pi / steps
        return float(radial.sum() * solid * np.prod(self.half_axes_mm))

    def _open(self, cosine: NDArray[np.floating], angle: NDArray[np.floating]) -> NDArray[np.bool_]:
        # The hilum faces forwards and to the midline, where `across` is negative.
        sine = np.sqrt(1.0 - cosine**2)
        return np.asarray(0.7 * cosine - 0.714 * sine * np.cos(angle) > _HILUM_COSINE)


def draw_nuclei(rng: np.random.Generator) -> tuple[Nucleus, Nucleus]:
    """Draw the left and the right nucleus of a subject; the two sides are alike, and never the same.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced.
    """
    scale = float(np.clip(rng.normal(1.0, 0.07), 0.85, 1.15))
    ppm = float(np.clip(rng.normal(0.11, 0.02), 0.06, 0.17))
    folds = int(rng.integers(6, 9))
    sides = []
    for side in (-1.0, 1.0):
        own = scale * float(np.clip(rng.normal(1.0, 0.03), 0.93, 1.07))
        x, y, z = rng.normal(0.0, 0.7, 3)
        sides.append(
            Nucleus(
                side=side,
                centre_mm=(side * 15.5 * scale + float(x), float(y), float(z)),
                half_axes_mm=(4.6 * own, 8.8 * own, 5.6 * own),
                turn_deg=float(rng.normal(-28.0, 4.0)),
                fold=float(np.clip(rng.normal(0.13, 0.02), 0.08, 0.18)),
                half_thickness=float(np.clip(rng.normal(0.2, 0.015), 0.16, 0.24)),
                folds=folds,
                ppm=ppm + float(rng.normal(0.0, 0.006)),
            )
        )
    return sides[0], sides[1]


def dentate_case(seed: int, scan: ScanSettings = DEFAULT_SCAN) -> PhantomCase:
    """Make the susceptibility map of a cerebellum, signed and in ppm.

    Parameters
    ----------
    seed : int
        The anatomy depends on it alone.
    scan : ScanSettings
        ``gain`` changes the map's scale by its tenth power only: the way a map is reconstructed shrinks
        susceptibilities by some percent, and a magnitude's scale is none of its business. ``bias`` is the slow
        background that is left in the map, in 0.1 ppm over 80 mm.

    Returns
    -------
    PhantomCase
        Labels 1 = left, 2 = right. The truth is each nucleus's volume (mm3) and susceptibility (ppm).
    """
    anatomy = np.random.default_rng([seed, 1])
    nuclei = draw_nuclei(anatomy)
    centre = (float(anatomy.normal(0, 3)), float(anatomy.normal(-55, 4)), float(anatomy.normal(-35, 4)))
    vein_phase = float(anatomy.uniform(0, 6))
    grid = scan.grid(centre)

    def classify(x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
        return _classes(nuclei, vein_phase, x, y, z)

    shares = class_shares(grid, centre, classify, len(_PPM), _FINEST_MM)
    ppm = np.array(_PPM, dtype=np.float32)
    ppm[[_LEFT, _RIGHT]] = [n.ppm for n in nuclei]
    rng = scan.rng(seed)
    inside = 1.0 - shares[_OUTSIDE]
    scale = np.float32(scan.gain**0.1)
    image = np.tensordot(ppm, shares, axes=1) * scale + _background(grid.shape, scan.bias, rng)
    image = image + np.float32(scan.noise * REFERENCE_PPM) * rng.standard_normal(grid.shape, dtype=np.float32)
    # Reconstruction is masked to the brain: outside it a map is 0.
    image = np.where(inside >= 0.5, image, np.float32(0.0)).astype(np.float32)
    made = PhantomImage(
        image,
        majority_labels(shares, (0, 1, 2, 0, 0, 0, 0, 0, 0), grid),
        "anat",
        "Chimap",
        whole=shares.max(axis=0) > 0.999,
        sidecar={"Units": "ppm", "SusceptibilityScale": round(float(scale), 6)},
    )
    names = ("Dentate left", "Dentate right")
    truth = [
        value
        for name, n in zip(names, nuclei, strict=True)
        for value in (Truth(name, "volume", n.volume_mm3(), "mm3"), Truth(name, "mean", n.ppm, "ppm"))
    ]
    places = {
        name: [c + o for c, o in zip(n.centre_mm, centre, strict=True)] for name, n in zip(names, nuclei, strict=True)
    }
    return PhantomCase((made,), tuple(truth), {"centres_ras_mm": places})


def _background(shape: tuple[int, int, int], strength: float, rng: np.random.Generator) -> Points:
    a, b, c = 0.1 * strength * rng.normal(0.0, 0.35, 3)
    i, j, k = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    return np.asarray(a * i[:, None, None] + b * j[None, :, None] + c * k[None, None, :], dtype=np.float32)


def _classes(nuclei: tuple[Nucleus, Nucleus], vein_phase: float, x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
    found = np.full(x.shape, _OUTSIDE, dtype=np.uint8)
    # Two hemispheres that meet in the vermis, notched behind; their grey matter is folded into leaves.
    lateral = np.abs(x) - 16.0
    body = np.sqrt((np.maximum(lateral, 0.0) / 28.0) ** 2 + ((y + 6.0) / 30.0) ** 2 + (z / 26.0) ** 2)
    notch = (np.abs(x) < 4.0) & (y < -30.0 - np.abs(x))
    found[(body <= 1.0) & ~notch] = _GREY
    leaf = 0.045 * np.sin(1.7 * z + 0.5 * y + 0.12 * np.abs(x)) + 0.03 * np.sin(0.9 * y + 0.35 * np.abs(x))
    found[body + leaf <= 0.78] = _WHITE
    found[(body <= 1.0) & (np.abs(x) < 6.0) & (y < -4.0) & ~notch] = _GREY
    stem = np.sqrt((x / 15.0) ** 2 + ((y - 27.0) / 13.0) ** 2 + (z / 60.0) ** 2)
    found[stem <= 1.0] = _STEM
    ventricle = np.sqrt((x / (7.5 - 0.12 * np.abs(z))) ** 2 + ((y - 11.0) / 4.0) ** 2 + (z / 15.0) ** 2)
    found[ventricle <= 1.0] = _CSF
    bend = 2.0 * np.sin(0.15 * y + vein_phase)
    found[(np.hypot(np.abs(x) - 30.0 - bend, z - 9.0 - bend) <= 0.9) & (body <= 0.95)] = _VEIN
    for value, nucleus in zip((_LEFT, _RIGHT), nuclei, strict=True):
        reach = 1.6 * max(nucleus.half_axes_mm)
        near = np.flatnonzero(
            (np.abs(x - nucleus.centre_mm[0]) < reach) & (np.abs(y - nucleus.centre_mm[1]) < reach)
            & (np.abs(z - nucleus.centre_mm[2]) < reach)
        )  # fmt: skip
        shell, hilum = nucleus.shell(x[near], y[near], z[near])
        found[near[hilum]] = _HILUM
        found[near[shell]] = value
    return found
