"""NIfTI files in and out: images, and label maps on an image's grid."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterable
from pathlib import Path

import nibabel as nib
from nibabel.nifti1 import Nifti1Header, Nifti1Image

from mri.browser import BrowserVoxels, voxels_for_browser
from mri.decoding import read_nifti_header
from mri.errors import ImageError
from mri.geometry import DEFAULT_TOLERANCE_MM, Grid
from mri.labels import LabelMap, label_array
from mri.volumes import Intensities, VolumeFile, read_volume

__all__ = [
    "BrowserVoxels",
    "Intensities",
    "LabelMap",
    "VolumeFile",
    "read_labels",
    "read_volume",
    "voxels_for_browser",
    "write_nifti",
]

_SCANNER_CODE = 1


def read_labels(
    path: Path | str,
    grid: Grid | None = None,
    known_values: Iterable[int] | None = None,
    *,
    tolerance_mm: float = DEFAULT_TOLERANCE_MM,
) -> LabelMap:
    """Read a label map and check it against its image and protocol.

    Parameters
    ----------
    path : path-like
        A NIfTI file of whole numbers; float files of whole numbers are welcome.
    grid : Grid, optional
        The image's grid. The map's own affine may differ by rounding only; the result carries the image's.
    known_values : iterable of int, optional
        The protocol's label values; without it any value up to 65535 goes.
    tolerance_mm : float, default 0.01
        How far a corner voxel of the two grids may differ.

    Returns
    -------
    LabelMap
        uint8, or uint16 where a value found or known is above 255.

    Raises
    ------
    ImageError
        ``grid-mismatch`` (both grids are named), ``unknown-label`` and ``not-integer-labels`` (values are listed with
        voxel counts), and what :func:`read_volume` raises.
    """
    volume = read_volume(path)
    if grid is not None and not volume.grid.same_as(grid, tolerance_mm):
        distance = volume.grid.distance_mm(grid)
        apart = "their shapes differ" if distance is None else f"they lie up to {distance:.3g} mm apart"
        raise ImageError(
            f"{volume.path.name} is not on its image's grid: {apart}. Label map: {volume.grid.describe()}. Image: "
            f"{grid.describe()}. Resample it to the image with nearest neighbour.",
            "grid-mismatch",
        )
    known = None if known_values is None else [int(v) for v in known_values]
    voxels = label_array(volume.voxels, volume.path.name, max(known or [0]))
    labels = LabelMap(voxels, grid if grid is not None else volume.grid)
    if known is not None:
        labels.require_known(known, volume.path.name)
    return labels


def write_nifti(
    labels: LabelMap, target: Path | str | None = None, *, reference: Path | str | None = None, description: str = ""
) -> bytes:
    """Write a label map as .nii.gz; the same map gives the same bytes, always.

    Parameters
    ----------
    labels : LabelMap
        What to write, stored as uint8 or uint16.
    target : path-like, optional
        File to write; it appears whole or not at all. Without it the bytes are only returned.
    reference : path-like, optional
        The image's own NIfTI file: its qform and sform are taken over to the bit, so that every reader places image
        and labels alike. Without it both forms are set from the grid with code 1 (scanner).
    description : str, default ""
        The header's ``descrip`` field, at most 79 bytes.

    Returns
    -------
    bytes
        The gzipped file.

    Raises
    ------
    ImageError
        ``grid-mismatch`` where the reference file is on another grid.
    """
    image = nib.Nifti1Image(labels.voxels, labels.grid.affine)
    header = image.header
    header["descrip"] = description.encode("utf-8")[:79]
    if not _take_over_forms(header, labels.grid, reference):
        image.set_sform(labels.grid.affine, code=_SCANNER_CODE)
        image.set_qform(labels.grid.affine, code=_SCANNER_CODE)
    header.set_xyzt_units("mm")
    packed = io.BytesIO()
    # No name and no time in the gzip header: the bytes depend on the labels alone.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=6, mtime=0) as stream:
        stream.write(_file_bytes(image, labels))
    content = packed.getvalue()
    if target is not None:
        _write_whole(Path(target), content)
    return content


def _file_bytes(image: Nifti1Image, labels: LabelMap) -> bytes:
    header = image.header
    header.set_slope_inter(1.0, 0.0)
    header["vox_offset"] = 352
    header["magic"] = b"n+1"
    return bytes(header.binaryblock) + b"\0\0\0\0" + labels.to_bytes()


def _take_over_forms(header: Nifti1Header, grid: Grid, reference: Path | str | None) -> bool:
    if reference is None:
        return False
    other = read_nifti_header(Path(reference))
    i, j, k = (int(n) for n in other.get_data_shape()[:3])
    theirs = Grid((i, j, k), other.get_best_affine())
    if not theirs.same_as(grid):
        raise ImageError(
            f"The label map is not on the grid of {Path(reference).name}. Label map: {grid.describe()}. Image: "
            f"{theirs.describe()}.",
            "grid-mismatch",
        )
    if other.sizeof_hdr != header.sizeof_hdr:
        # NIfTI-2 keeps its forms in double precision: a NIfTI-1 header can't hold them to the bit.
        return False
    for name in ("qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y",
                 "qoffset_z", "srow_x", "srow_y", "srow_z"):  # fmt: skip
        header[name] = other[name]
    header["pixdim"][:4] = other["pixdim"][:4]
    return True


def _write_whole(target: Path, content: bytes) -> None:
    # Written beside the target and moved: a full disk leaves the old file and never half a new one.
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
