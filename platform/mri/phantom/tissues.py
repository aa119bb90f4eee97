"""What surrounds the spinal canal in a T2-weighted image of the neck."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mri.phantom.anatomy import CervicalSubject
from mri.phantom.sampling import Points

CSF, CORD, GREY_MATTER, ROOTLET = 980.0, 420.0, 480.0, 430.0
AIR, FAT, SKIN, MUSCLE, CORTEX, MARROW = 6.0, 560.0, 300.0, 170.0, 45.0, 330.0
DISC_RIM, DISC_CORE, LIGAMENT, MUCOSA, ARTERY = 110.0, 260.0, 60.0, 420.0, 25.0

VERTEBRAE = (2, 3, 4, 5, 6, 7, 8)
_BODY_DEPTH_MM, _BODY_HALF_WIDTH_MM, _DISC_MM = 17.0, 12.5, 5.0


def surroundings(
    subject: CervicalSubject,
    place: tuple[Points, Points, Points],
    frame: tuple[Points, Points, Points],
    canal_back_mm: Points,
    edge_mm: float,
    rng: np.random.Generator,
) -> tuple[Points, NDArray[np.uint8]]:
    """Paint everything but the inside of the canal.

    Parameters
    ----------
    subject : CervicalSubject
        Sizes.
    place : tuple of numpy.ndarray of float32, shape (I, J, K)
        x, y, z of every voxel in the phantom's RAS frame, mm.
    frame : tuple of numpy.ndarray of float32, shape (I, J, K)
        u, v, s of every voxel, mm.
    canal_back_mm : numpy.ndarray of float32, shape (I, J, K)
        Distance of the canal's front and back wall from the cord's centre at the voxel's height, mm.
    edge_mm : float
        Width over which an edge fades: the voxel size.
    rng : numpy.random.Generator
        For the texture of the muscles; advanced.

    Returns
    -------
    image : numpy.ndarray of float32, shape (I, J, K)
        Signal without noise.
    vertebrae : numpy.ndarray of uint8, shape (I, J, K)
        Vertebral bodies: 2 = C2 ... 7 = C7, 8 = T1.
    """
    x, y, z = place
    u, v, s = frame
    image = np.full(x.shape, AIR, dtype=np.float32)
    grain = _grain(x, y, z, rng)

    # A distance is negative inside. The neck flares towards the shoulders and, behind, towards the head.
    front = 56.0 + 12.0 / (1.0 + np.exp(-(z - 38.0) / 5.0)) + 0.0025 * np.minimum(z, 0.0) ** 2
    back = -52.0 - 0.0035 * np.minimum(z + 10.0, 0.0) ** 2 - 0.004 * np.maximum(z - 10.0, 0.0) ** 2
    middle, half = 0.5 * (front + back), 0.5 * (front - back)
    neck = (np.hypot(x / 60.0, (y - middle) / half) - 1.0) * half
    _over(image, neck, SKIN, edge_mm)
    _over(image, neck + 2.0, FAT * (1.0 + 0.08 * grain), edge_mm)
    thickness = np.where(y < middle, 9.0, 4.5)
    _over(image, neck + thickness, MUSCLE * (1.0 + 0.25 * grain), edge_mm)
    # Fat between the muscle layers of the back of the neck, and the ligament in its midline.
    layers = np.abs(np.sin((y - 0.45 * np.abs(x) + 0.08 * z) / 5.2 + 0.22 * grain)) - 0.16
    _over(image, np.maximum(layers * 5.2, np.maximum(v + 19.0, neck + thickness)), FAT * 0.6, 2.0 * edge_mm)
    _over(image, np.maximum(np.abs(u) - 0.8, np.maximum(v + 14.0, neck + thickness)), LIGAMENT + 60.0, edge_mm)

    # Pharynx and trachea with their lining, in front of the column.
    airway = np.hypot(u / 8.0, (v - canal_back_mm - 29.0 - 2.5 * np.sin(s / 17.0)) / 6.0) - 1.0
    _over(image, (airway - 0.35) * 6.0, MUCOSA * (1.0 + 0.2 * grain), edge_mm)
    _over(image, airway * 6.0, AIR, edge_mm)

    vertebrae = np.zeros(x.shape, dtype=np.uint8)
    depth = v - canal_back_mm - 1.6
    _column(image, subject, u, depth, s, edge_mm, vertebrae, grain)
    _posterior(image, subject, u, v, s, canal_back_mm, edge_mm)
    return image, vertebrae


def _column(
    image: Points,
    subject: CervicalSubject,
    u: Points,
    depth: Points,
    s: Points,
    edge_mm: float,
    vertebrae: NDArray[np.uint8],
    grain: Points,
) -> None:
    half_body = 0.5 * (subject.body_pitch_mm - _DISC_MM)
    half_depth = 0.5 * _BODY_DEPTH_MM
    across, along = u / _BODY_HALF_WIDTH_MM, (depth - half_depth) / half_depth
    section = (np.sqrt(np.sqrt(across**4 + along**4)) - 1.0) * half_depth
    top = subject.body_centre_mm(2) + half_body
    column = np.maximum(section, s - top)
    _over(image, np.maximum(section - 1.6, s - top - 1.0), LIGAMENT, edge_mm)
    core = np.hypot(u / 9.0, (depth - half_depth) / 6.0) - 1.0
    _over(image, column, DISC_RIM, edge_mm)
    _over(image, np.maximum(column, core * 6.0), DISC_CORE, edge_mm)
    vertebra, height = _nearest_vertebra(subject, s)
    # Endplates are slightly hollow: the body is lowest in the middle of its depth.
    hollow = 0.9 * (1.0 - np.minimum(along**2, 1.0))
    body = np.maximum(section, np.abs(height) - half_body + hollow)
    _over(image, body, CORTEX, edge_mm)
    _over(image, body + 1.0, MARROW * (1.0 + 0.12 * grain), edge_mm)
    within = body <= 0.0
    vertebrae[within] = vertebra[within]
    # The dens stands on C2; the front arch of C1 lies before it.
    dens_height = s - top
    taper = 0.06 * np.maximum(dens_height, 0.0)
    dens = np.maximum(np.hypot(u, depth - 6.0) - 5.5 + taper, np.abs(dens_height - 6.5) - 7.5)
    _over(image, dens, CORTEX, edge_mm)
    _over(image, dens + 1.0, MARROW, edge_mm)
    vertebrae[(dens <= 0.0) & (dens_height > -1.0)] = 2
    arch = np.hypot(depth - 15.0, dens_height - 8.0) - 4.0 + 0.25 * np.maximum(np.abs(u) - 8.0, 0.0)
    _over(image, arch, CORTEX, edge_mm)
    _over(image, arch + 1.2, MARROW, edge_mm)


def _posterior(
    image: Points, subject: CervicalSubject, u: Points, v: Points, s: Points, canal_back_mm: Points, edge_mm: float
) -> None:
    behind = -v - canal_back_mm
    # Joints at both sides, with the vertebral arteries before them.
    _over(image, np.hypot(np.abs(u) - 17.0, v - canal_back_mm - 1.0) - 2.6, ARTERY, edge_mm)
    joints = (np.sqrt(np.sqrt(((np.abs(u) - 17.0) / 6.5) ** 4 + ((v + 5.0) / 6.5) ** 4)) - 1.0) * 6.5
    gaps = np.abs(np.sin(np.pi * (s + 0.6 * v) / subject.body_pitch_mm)) * 5.0 - 0.9
    _over(image, joints, CORTEX + 30.0, edge_mm)
    _over(image, np.maximum(joints + 1.0, -gaps), MARROW * 0.85, edge_mm)
    # Fat and ligament behind the dura, then laminae and spinous processes sloping down.
    roof = np.maximum(np.abs(u) - 9.0 + 0.3 * behind, np.abs(behind - 4.0) - 3.0)
    _over(image, roof, LIGAMENT, edge_mm)
    vertebra, height = _nearest_vertebra(subject, s + 5.0 + np.float32(0.45) * np.maximum(behind, 0.0))
    half_long = np.array([0, 0, 20, 14, 14, 14, 14, 26, 26], dtype=np.float32)[vertebra] / 2
    lamina = np.maximum(roof, np.abs(height) - 6.0)
    spine = np.maximum(np.maximum(np.abs(u) - 3.4, np.abs(behind - 2.0 - half_long) - half_long), np.abs(height) - 4.8)
    bone = np.minimum(lamina, spine)
    _over(image, bone, CORTEX, edge_mm)
    _over(image, bone + 1.0, MARROW, edge_mm)
    pad = np.maximum(np.abs(u) - 3.0, np.abs(behind - 1.4) - 0.9)
    _over(image, np.maximum(pad, 2.0 - 4.0 * np.abs(np.sin(np.pi * s / subject.body_pitch_mm))), FAT, edge_mm)


def _nearest_vertebra(subject: CervicalSubject, s: Points) -> tuple[NDArray[np.uint8], Points]:
    # Bones of neighbours never meet along the cord, so each point has to be held against one vertebra only.
    down = (subject.body_centre_mm(VERTEBRAE[0]) - s) / subject.body_pitch_mm
    place = np.clip(np.rint(down), 0, len(VERTEBRAE) - 1)
    height = s - subject.body_centre_mm(VERTEBRAE[0]) + place * subject.body_pitch_mm
    return (place + VERTEBRAE[0]).astype(np.uint8), np.asarray(height, dtype=np.float32)


def _over(image: Points, distance_mm: NDArray[np.floating], value: float | Points, edge_mm: float) -> None:
    cover = np.clip(0.5 - distance_mm / edge_mm, 0.0, 1.0).astype(np.float32)
    image += cover * (value - image)


def _grain(x: Points, y: Points, z: Points, rng: np.random.Generator) -> Points:
    # Waves in world space and not noise per voxel: the texture is the same on every grid laid over the subject.
    total = np.zeros(x.shape, dtype=np.float32)
    for wavelength in (5.0, 7.0, 10.0, 14.0, 20.0):
        direction = rng.normal(size=3)
        direction *= 2.0 * np.pi / wavelength / np.linalg.norm(direction)
        phase = rng.uniform(0.0, 2.0 * np.pi)
        a, b, c = (np.float32(d) for d in direction)
        total += np.sin(a * x + b * y + c * z + np.float32(phase))
    return np.asarray(total / np.float32(2.2), dtype=np.float32)
