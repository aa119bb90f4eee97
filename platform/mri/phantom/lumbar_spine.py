"""The lumbar spine on T1w: bodies and discs on a sagittal image, paraspinal muscles on an axial one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mri.phantom.case import PhantomCase, PhantomImage, ScanSettings
from mri.phantom.lumbar_column import VALUES, Wedge, column_truth, draw_column
from mri.phantom.lumbar_muscles import Muscle, draw_muscles, muscle_truth
from mri.phantom.rendering import as_stored, class_shares, majority_labels, receive_field, rician
from mri.phantom.sampling import Points

DEFAULT_SCAN = ScanSettings((11, 112, 182), (4.0, 1.25, 1.25), orientation="PSR", noise=0.025)
"""Of the sagittal image; the axial one goes by it in all but shape, voxel size and orientation."""

AXIAL_SHAPE_RAS, AXIAL_SPACING_MM, AXIAL_ORIENTATION = (112, 88, 32), (1.6, 1.6, 6.0), "LPS"

SIGNAL = 600.0
"""Signal of fat at gain 1; noise is a share of it."""

_AIR, _FAT, _CANAL, _BOWEL, _CORTEX, _CORD = range(6)
_BACKGROUND = (3.0, 600.0, 120.0, 340.0, 60.0, 250.0)
_MARROW, _DISC, _LABELLED_MUSCLE = 420.0, 200.0, 190.0
_HALF_WIDTH_MM = 23.0
_FINEST_MM = 1.0


@dataclass(frozen=True)
class _Body:
    column: tuple[Wedge, ...]
    muscles: tuple[Muscle, ...]

    @property
    def signals(self) -> tuple[float, ...]:
        """Signal of every class: the background's, then the column's, then the muscles'."""
        bones = [_DISC if "/" in wedge.name else _MARROW for wedge in self.column]
        return (*_BACKGROUND, *bones, *[_LABELLED_MUSCLE] * len(self.muscles))

    def values(self, *, sagittal: bool) -> tuple[int, ...]:
        """Label value of every class: each task labels its own structures only."""
        bones = [VALUES[wedge.name] if sagittal else 0 for wedge in self.column]
        return (*[0] * len(_BACKGROUND), *bones, *[0 if sagittal else m.value for m in self.muscles])

    def classify(self, x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
        """Give the class of points in the subject's frame, whose origin is the middle of L3."""
        found = np.full(x.shape, _FAT, dtype=np.uint8)
        found[np.hypot(x / 150.0, (y + 5.0) / 105.0) > 1.0] = _AIR
        found[np.hypot(x / 128.0, (y - 20.0) / 66.0) <= 1.0] = _BOWEL
        found[(np.abs(x) < 80.0) & (y < -24.0) & (y > -82.0)] = _FAT
        first = len(_BACKGROUND)
        for n, muscle in enumerate(self.muscles):
            found[muscle.holds(x, y, z)] = first + len(self.column) + n
        behind = y - np.interp(z, *self._back()).astype(np.float32)
        canal = (np.abs(x) < 10.0) & (behind < -3.0) & (behind > -17.0)
        found[(np.abs(x) < 12.5) & (behind <= 0.0) & (behind > -19.0)] = _FAT
        found[canal] = _CANAL
        found[canal & (np.hypot(x / 5.0, (behind + 10.0) / 4.0) <= 1.0)] = _CORD
        spine = np.abs((z + 17.0) % 36.0 - 18.0) < 10.0
        found[(np.abs(x) < 3.5) & (behind <= -19.0) & (behind > -42.0) & spine] = _CORTEX
        return self._bones(found, x, y, z)

    def _back(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        # The back of the bodies from low to high, for what follows the column behind it.
        points = [
            (w.centre_mm[1] - np.sin(t) * w.depth_mm / 2, w.centre_mm[0] - np.cos(t) * w.depth_mm / 2)
            for w in reversed(self.column)
            for t in (np.radians(w.tilt_deg),)
        ]
        heights, depths = np.array(points).T
        order = np.argsort(heights)
        return heights[order], depths[order]

    def _bones(self, found: NDArray[np.uint8], x: Points, y: Points, z: Points) -> NDArray[np.uint8]:
        for n, wedge in enumerate(self.column, start=len(_BACKGROUND)):
            reach = 0.75 * wedge.depth_mm
            near = np.flatnonzero(
                (np.abs(y - wedge.centre_mm[0]) < reach)
                & (np.abs(z - wedge.centre_mm[1]) < reach)
                & (np.abs(x) < _HALF_WIDTH_MM)
            )
            forwards, up = y[near] - wedge.centre_mm[0], z[near] - wedge.centre_mm[1]
            tilt, half = np.radians(wedge.tilt_deg), np.tan(np.radians(wedge.wedge_deg / 2))
            u, v = forwards * np.cos(tilt) + up * np.sin(tilt), up * np.cos(tilt) - forwards * np.sin(tilt)
            # Seen from above a body is a blunt ellipse: straight in the middle, round at its sides.
            depth = 0.5 * wedge.depth_mm * np.sqrt(np.sqrt(1.0 - (x[near] / _HALF_WIDTH_MM) ** 4))
            inside = (np.abs(v) <= 0.5 * wedge.height_mm + half * u) & (np.abs(u) <= depth)
            found[near[inside]] = n
        return found


def lumbar_spine_case(seed: int, scan: ScanSettings = DEFAULT_SCAN) -> PhantomCase:
    """Make a sagittal and an axial T1w image of a lumbar spine.

    Parameters
    ----------
    seed : int
        The anatomy depends on it alone.
    scan : ScanSettings
        Of the sagittal image. The axial one has the same tilt, noise, field and gain on a grid of its own.

    Returns
    -------
    PhantomCase
        ``acq-sag`` with vertebrae and discs, ``acq-ax`` with muscles, each labelled with its own task alone. The truth
        is every disc and vertebra height, angle, area and muscle cross-section, in closed form.
    """
    anatomy = np.random.default_rng([seed, 1])
    body = _Body(draw_column(anatomy), draw_muscles(anatomy))
    x, y, z = anatomy.normal(0.0, (3.0, 6.0, 10.0))
    centre = (float(x), float(y), float(z))
    axial = replace(scan, shape_ras=AXIAL_SHAPE_RAS, spacing_ras_mm=AXIAL_SPACING_MM, orientation=AXIAL_ORIENTATION)
    rng = scan.rng(seed)
    images = tuple(_image(body, centre, own, name, rng) for own, name in ((scan, "sag"), (axial, "ax")))
    truth = (*column_truth(body.column), *muscle_truth(body.muscles, body.column))
    places = {w.name: [centre[0], centre[1] + w.centre_mm[0], centre[2] + w.centre_mm[1]] for w in body.column}
    return PhantomCase(images, truth, {"centres_ras_mm": places})


def _image(
    body: _Body, centre: tuple[float, float, float], scan: ScanSettings, name: str, rng: np.random.Generator
) -> PhantomImage:
    # The sagittal view looks a little lower, so that S1 is in it, and the axial one further back, at the muscles.
    sagittal = name == "sag"
    y, z = (-14.0, -23.0) if sagittal else (-26.0, -4.0)
    grid = scan.grid((centre[0], centre[1] + y, centre[2] + z))
    shares = class_shares(grid, centre, body.classify, len(body.signals), _FINEST_MM)
    signal = np.tensordot(np.array(body.signals, dtype=np.float32), shares, axes=1)
    field = receive_field(grid, centre, scan.bias, rng)
    voxels = rician(signal * field, scan.noise * SIGNAL, rng) * np.float32(scan.gain)
    return PhantomImage(
        as_stored(voxels),
        majority_labels(shares, body.values(sagittal=sagittal), grid),
        "anat",
        "T1w",
        acquisition=name,
        whole=shares.max(axis=0) > 0.999,
    )
