"""Computed images as NIfTI files: numbers, colours and vectors on a grid."""

from __future__ import annotations

import gzip
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from mri.geometry import Grid

_SCANNER_CODE = 1
_RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])


def image_bytes(voxels: NDArray[Any], grid: Grid, *, description: str = "") -> bytes:
    """Write an image as .nii.gz; the same numbers give the same bytes, always.

    Parameters
    ----------
    voxels : numpy.ndarray, shape (I, J, K) or (I, J, K, 3)
        uint8 with three components is written as RGB, float32 with three as three frames (as FSL writes vectors).
    grid : Grid
        Its grid; both forms are set from it, with code 1 (scanner).
    description : str, default ""
        The header's ``descrip`` field, at most 79 bytes.
    """
    stored = voxels
    if voxels.ndim == 4 and voxels.dtype == np.uint8:
        stored = np.ascontiguousarray(voxels).view(_RGB)[..., 0]
    image = nib.Nifti1Image(stored, grid.affine)
    image.set_sform(grid.affine, code=_SCANNER_CODE)
    image.set_qform(grid.affine, code=_SCANNER_CODE)
    image.header["descrip"] = description.encode("utf-8")[:79]
    image.header.set_xyzt_units("mm")
    # No time in the gzip header: the bytes depend on the image alone.
    return gzip.compress(image.to_bytes(), 1, mtime=0)
