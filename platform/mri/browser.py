"""Image voxels as a browser takes them: four dtypes, little-endian, i fastest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mri.volumes import VolumeFile

BrowserDtype = Literal["uint8", "int16", "uint16", "float32"]

_INTEGERS: tuple[Literal["uint8", "int16", "uint16"], ...] = ("uint8", "int16", "uint16")
_FLOAT32_MAX = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class BrowserVoxels:
    """A frame of an image for display.

    Attributes
    ----------
    content : bytes
        Raw little-endian numbers, i fastest, then j, then k; the three numbers of a colour voxel stand together.
    dtype : {"uint8", "int16", "uint16", "float32"}
        What an item is.
    nonfinite : int
        NaN and infinite voxels of the original, shown as 0; the original keeps them.
    exact : bool
        Whether every finite number is the original's. False only where 64-bit or large 32-bit numbers had to be
        rounded to float32.
    largest_error : float
        Largest absolute difference to the original, 0.0 where exact.
    """

    content: bytes
    dtype: BrowserDtype
    nonfinite: int
    exact: bool
    largest_error: float


def voxels_for_browser(volume: VolumeFile, frame: int = 0) -> BrowserVoxels:
    """Reduce a frame to one of the four dtypes that a browser can show.

    Parameters
    ----------
    volume : VolumeFile
        The image; not modified.
    frame : int, default 0
        Which 3-D frame.

    Returns
    -------
    BrowserVoxels

    Notes
    -----
    uint8, int16, uint16 and float32 stay what they are (and float16 becomes float32). int8, 32- and 64-bit integers and
    float64 become the smallest of uint8, int16, uint16, float32 that holds every value exactly. Where none does,
    float32 is used and the result says so: that is the one lossy case.
    """
    return array_for_browser(volume.frame(frame))


def frames_for_browser(volume: VolumeFile) -> Iterator[BrowserVoxels]:
    """Reduce every frame of an image, all to the one dtype that holds them all.

    Parameters
    ----------
    volume : VolumeFile
        The image; not modified. One frame at a time is held beside it.

    Yields
    ------
    BrowserVoxels
        Of frame 0, 1, ...
    """
    dtype = _of_all(volume)
    for frame in range(volume.frames):
        yield array_for_browser(volume.frame(frame), dtype)


def array_for_browser(voxels: NDArray[Any], dtype: BrowserDtype | None = None) -> BrowserVoxels:
    """Reduce an array to one of the four dtypes.

    Parameters
    ----------
    voxels : numpy.ndarray, shape (I, J, K) or (I, J, K, components)
        Not modified.
    dtype : str, optional
        One that holds every value, where it was chosen for several frames together; the smallest one otherwise.

    Returns
    -------
    BrowserVoxels
    """
    decoded, nonfinite = _finite(voxels)
    dtype = dtype or _smallest_exact(decoded)
    shown = _as(decoded, dtype)
    error = 0.0
    if dtype == "float32" and decoded.dtype not in (np.float32, np.float16):
        error = float(np.abs(shown.astype(np.float64) - decoded.astype(np.float64)).max(initial=0.0))
    return BrowserVoxels(
        content=raw_bytes(shown), dtype=dtype, nonfinite=nonfinite, exact=error == 0.0, largest_error=error
    )


def raw_bytes(voxels: NDArray[Any]) -> bytes:
    """Return voxels in the order of the wire: components together, then i fastest, then j, then k."""
    return (voxels if voxels.ndim == 3 else np.moveaxis(voxels, -1, 0)).tobytes(order="F")


def from_raw_bytes(content: bytes, dtype: str, shape: tuple[int, ...], components: int = 1) -> NDArray[Any]:
    """Read what :func:`raw_bytes` wrote; shape (I, J, K), or (I, J, K, components) where there are several."""
    flat = np.frombuffer(content, np.dtype(dtype).newbyteorder("<"))
    if components == 1:
        return flat.reshape(shape, order="F")
    return np.moveaxis(flat.reshape((components, *shape), order="F"), 0, -1)


def _finite(decoded: NDArray[Any]) -> tuple[NDArray[Any], int]:
    finite = np.isfinite(decoded) if decoded.dtype.kind == "f" else None
    nonfinite = 0 if finite is None else int(decoded.size - np.count_nonzero(finite))
    if finite is not None and nonfinite:
        decoded = np.where(finite, decoded, decoded.dtype.type(0))
    return decoded, nonfinite


def _of_all(volume: VolumeFile) -> BrowserDtype:
    """The smallest dtype that holds every frame, found frame by frame: a 4-D array is never copied whole."""
    found: set[BrowserDtype] = {_smallest_exact(_finite(volume.frame(frame))[0]) for frame in range(volume.frames)}
    if len(found) == 1:
        return found.pop()
    if "float32" in found:
        return "float32"
    if "int16" not in found:
        return "uint16"
    # Negative numbers in one frame, and in another one numbers that may be above 32767.
    highest = max(float(volume.frame(frame).max(initial=0)) for frame in range(volume.frames))
    return "int16" if highest <= np.iinfo(np.int16).max else "float32"


def _smallest_exact(decoded: NDArray[Any]) -> BrowserDtype:
    if decoded.dtype in (np.float32, np.float16):
        return "float32"
    if decoded.dtype == np.uint8:
        return "uint8"
    if decoded.dtype == np.int16:
        return "int16"
    if decoded.dtype == np.uint16:
        return "uint16"
    if decoded.dtype.kind == "f" and not np.array_equal(decoded, np.rint(decoded)):
        return "float32"
    low, high = decoded.min(initial=0), decoded.max(initial=0)
    for name in _INTEGERS:
        limits = np.iinfo(name)
        if low >= limits.min and high <= limits.max:
            return name
    return "float32"


def _as(decoded: NDArray[Any], dtype: BrowserDtype) -> NDArray[Any]:
    little = np.dtype(dtype).newbyteorder("<")
    if dtype == "float32" and decoded.dtype.kind == "f" and decoded.dtype.itemsize > 4:
        # Out of float32's range would turn infinite and be invisible.
        decoded = np.clip(decoded, -_FLOAT32_MAX, _FLOAT32_MAX)
    return decoded.astype(little, copy=False)
