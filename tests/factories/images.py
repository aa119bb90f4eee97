"""Small NIfTI files as bytes."""

import gzip
import io

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

SHAPE = (6, 5, 4)
AXES = {"R": (0, 1.0), "L": (0, -1.0), "A": (1, 1.0), "P": (1, -1.0), "S": (2, 1.0), "I": (2, -1.0)}


def affine_of(codes: str, spacing: tuple[float, float, float] = (0.5, 0.75, 2.0)) -> NDArray[np.float64]:
    """An affine whose array axes run along the codes, such as `PSR`."""
    affine = np.zeros((4, 4))
    affine[3, 3] = 1.0
    for column, code in enumerate(codes):
        axis, sign = AXES[code]
        affine[axis, column] = sign * spacing[column]
    affine[:3, 3] = (-12.25, 31.5, -80.125)
    return affine


def oblique(degrees: float = 17.0) -> NDArray[np.float64]:
    """A PSR grid, turned about the left-right axis."""
    angle = np.radians(degrees)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turn @ affine_of("PSR")


def nifti_bytes(
    voxels: NDArray[np.generic], affine: NDArray[np.float64] | None = None, *, packed: bool = True
) -> bytes:
    """A NIfTI-1 file."""
    image = nib.Nifti1Image(voxels, affine_of("PSR") if affine is None else affine, dtype=voxels.dtype)
    stream = io.BytesIO()
    image.to_file_map({"image": nib.FileHolder(fileobj=stream)})
    return gzip.compress(stream.getvalue(), mtime=0) if packed else stream.getvalue()


def image_voxels(seed: int = 0, shape: tuple[int, ...] = SHAPE) -> NDArray[np.int16]:
    """Noise."""
    return np.random.default_rng(seed).integers(-50, 900, shape).astype(np.int16)


def label_voxels(
    seed: int = 0, shape: tuple[int, int, int] = SHAPE, values: tuple[int, ...] = (1,)
) -> NDArray[np.uint8]:
    """Some voxels of each value, the rest background."""
    return np.random.default_rng(seed).choice((0, 0, 0, *values), shape).astype(np.uint8)


def raw(voxels: NDArray[np.generic]) -> bytes:
    """Voxels as the API takes and gives them: little-endian, i fastest."""
    return voxels.astype(voxels.dtype.newbyteorder("<")).tobytes(order="F")
