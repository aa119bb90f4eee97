"""Reading a NIfTI file strictly: every byte that the header promises must be there."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.nifti1 import Nifti1Header, Nifti1Image
from nibabel.spatialimages import HeaderDataError

from mri.errors import ImageError

MAX_VOXELS = 2_000_000_000
"""Voxels over all frames that are accepted: a header is only a claim, and memory is taken by what it claims."""

_CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_SIZES: Mapping[bytes, tuple[type[Nifti1Image], int]] = {
    (348).to_bytes(4, "little"): (nib.Nifti1Image, 348),
    (348).to_bytes(4, "big"): (nib.Nifti1Image, 348),
    (540).to_bytes(4, "little"): (nib.Nifti2Image, 540),
    (540).to_bytes(4, "big"): (nib.Nifti2Image, 540),
}
_MAGIC_AT = {348: (344, b"n+1"), 540: (4, b"n+2")}
_MILLIMETRES = ("mm", "unknown")


def open_nifti(path: Path, *, max_voxels: int = MAX_VOXELS) -> Nifti1Image:
    """Read a single-file NIfTI-1 or NIfTI-2 image, gzipped or not, into memory.

    Parameters
    ----------
    path : pathlib.Path
        The file; what it is gets decided by its bytes and not by its name.
    max_voxels : int
        Refuse headers that claim more than this, before their voxels are read.

    Returns
    -------
    nibabel.Nifti1Image
        Its data array is decoded on demand from memory (scaling included); its affine is by nibabel's rule: sform where
        its code is set, else qform, else the voxel sizes.

    Raises
    ------
    ImageError
        ``not-found``, ``not-nifti``, ``truncated``, ``damaged`` (gzip checksum), ``bad-header``, ``too-large``.
    """
    raw = _read_whole(path, max_voxels)
    return _parse(path, raw)


def read_nifti_header(path: Path) -> Nifti1Header:
    """Read the header alone: the voxels are neither decompressed nor checked.

    Parameters
    ----------
    path : pathlib.Path
        A single-file NIfTI-1 or NIfTI-2 image.

    Returns
    -------
    nibabel.Nifti1Header
        With qform, sform, units and dtype as stored.
    """
    with _open(path) as stream:
        return _header(path, _read(path, stream, 540))


def unscaled(image: Nifti1Image) -> np.ndarray[Any, np.dtype[Any]]:
    """Return the voxels with the header's scaling applied, in the stored dtype where there is no scaling."""
    # nibabel knows a slope of 1 and an intercept of 0 as "no scaling" and then returns the stored dtype.
    return np.asanyarray(image.dataobj)


def _read_whole(path: Path, max_voxels: int) -> bytes:
    with _open(path) as stream:
        head = _read(path, stream, 540)
        header = _header(path, head)
        shape = header.get_data_shape()
        voxels = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 0
        if voxels > max_voxels:
            raise ImageError(
                f"{path.name} claims {voxels} voxels ({'x'.join(str(n) for n in shape)}); at most {max_voxels} are "
                "accepted.",
                "too-large",
            )
        offset = int(header.get_data_offset())
        expected = offset + voxels * header.get_data_dtype().itemsize
        # Extensions lie before the data; a few bytes behind it are legal, a flood of them is not.
        limit = expected + 16 * _CHUNK
        parts, total = [head], len(head)
        while chunk := _read(path, stream, _CHUNK):
            parts.append(chunk)
            total += len(chunk)
            if total > limit:
                raise ImageError(
                    f"{path.name} holds far more data than the {expected} bytes that its header promises; it was "
                    "refused unread.",
                    "too-large",
                )
    if total < expected:
        raise ImageError(
            f"{path.name} is truncated: its header promises {expected} bytes, {total} are there; copy or export the "
            "file again.",
            "truncated",
        )
    return b"".join(parts)


def _open(path: Path) -> IO[bytes]:
    try:
        with path.open("rb") as probe:
            magic = probe.read(2)
        return cast("IO[bytes]", gzip.open(path, "rb")) if magic == _GZIP_MAGIC else path.open("rb")
    except IsADirectoryError as error:
        raise ImageError(f"{path.name} is a folder, a NIfTI file was expected.", "not-nifti") from error
    except FileNotFoundError as error:
        raise ImageError(f"There is no file {path.name}.", "not-found") from error
    except PermissionError as error:
        raise ImageError(f"The file {path.name} may not be read; check its permissions.", "not-found") from error


def _read(path: Path, stream: IO[bytes], size: int) -> bytes:
    try:
        return stream.read(size)
    except EOFError as error:
        raise ImageError(
            f"{path.name} is truncated: its gzip stream ends too early; copy or export the file again.", "truncated"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ImageError(
            f"{path.name} is damaged: its gzip stream does not decode; copy or export the file again.", "damaged"
        ) from error


def _header(path: Path, head: bytes) -> Nifti1Header:
    kind, size = _SIZES.get(head[:4], (None, 0))
    if kind is None:
        raise ImageError(
            f"{path.name} is not a NIfTI file (.nii or .nii.gz): it does not begin with a NIfTI header.", "not-nifti"
        )
    if len(head) < size:
        raise ImageError(f"{path.name} is truncated within its header; copy or export the file again.", "truncated")
    at, magic = _MAGIC_AT[size]
    if head[at : at + 3] != magic:
        raise ImageError(
            f"{path.name} is not a single-file NIfTI image (.nii or .nii.gz); convert .hdr/.img pairs first.",
            "not-nifti",
        )
    try:
        header: Nifti1Header = kind.header_class(head[:size])
        header.get_data_dtype()
        units = header.get_xyzt_units()[0]
        if any(int(n) < 0 for n in header.get_data_shape()) or int(header.get_data_offset()) < 0:
            raise HeaderDataError("a size or the data offset is negative")
    except (HeaderDataError, KeyError, ValueError, OverflowError) as error:
        raise ImageError(f"{path.name} has a header that can't be used: {_one_line(error)}.", "bad-header") from error
    if units not in _MILLIMETRES:
        raise ImageError(
            f"{path.name} gives its voxel sizes in {units}, millimetres were expected; write it again in mm.",
            "bad-header",
        )
    return header


def _parse(path: Path, raw: bytes) -> Nifti1Image:
    kind, _ = _SIZES[raw[:4]]
    try:
        image = kind.from_bytes(raw)
        _ = image.affine
    except (HeaderDataError, ImageFileError, ValueError, np.linalg.LinAlgError) as error:
        raise ImageError(f"{path.name} has a header that can't be used: {_one_line(error)}.", "bad-header") from error
    return image


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
