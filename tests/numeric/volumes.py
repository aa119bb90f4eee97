"""Small NIfTI files for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np

ORIENTATIONS = ("RAS", "LAS", "LPS", "RPI", "LPI", "PSR", "ASL", "IRP", "SAR", "PIL", "AIR", "SPL", "RSA", "LIP")


def affine_for(codes: str, spacing: tuple[float, float, float] = (0.5, 0.75, 2.0), tilt_deg: float = 0.0) -> np.ndarray:
    """Affine whose array axes run along ``codes``, tilted about a skew axis."""
    axes = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}
    affine = np.eye(4)
    affine[:3, :3] = 0.0
    for column, code in enumerate(codes):
        axis, sign = axes[code]
        affine[axis, column] = sign * spacing[column]
    axis = np.array([0.3, -0.5, 0.8]) / np.linalg.norm([0.3, -0.5, 0.8])
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    angle = np.radians(tilt_deg)
    turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    affine[:3, :3] = turn @ affine[:3, :3]
    affine[:3, 3] = (-12.25, 31.5, -80.125)
    return affine


def write_image(path: Path, voxels: np.ndarray, affine: np.ndarray | None = None, **header: object) -> Path:
    """Write voxels as NIfTI-1; keyword arguments set header fields afterwards."""
    image = nib.Nifti1Image(voxels, np.eye(4) if affine is None else affine, dtype=voxels.dtype)
    for name, value in header.items():
        image.header[name] = value
    nib.save(image, path)
    return path
