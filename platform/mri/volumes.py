"""Images as read from NIfTI files: sound, whole, with their facts at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from nibabel.nifti1 import Nifti1Header, Nifti1Image
from numpy.typing import NDArray

from mri.decoding import MAX_VOXELS, open_nifti, unscaled
from mri.errors import ImageError
from mri.geometry import Grid

AffineSource = Literal["sform", "qform", "none"]

COLOUR = 3
"""Components of a colour voxel: red, green, blue."""

_RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
_WINDOW_SAMPLES = 4_000_000


@dataclass(frozen=True)
class Intensities:
    """Facts about the finite voxels of an image, in its own unit.

    Attributes
    ----------
    minimum, maximum : float or None
        Range; None where no voxel is finite.
    window_low, window_high : float
        A first display window: the 2nd and 98th percentile, widened to the range where they coincide. Taken from a
        regular subset of large images, so never a measurement.
    nonfinite : int
        Number of NaN and infinite voxels.
    """

    minimum: float | None
    maximum: float | None
    window_low: float
    window_high: float
    nonfinite: int


@dataclass(frozen=True, eq=False)
class VolumeFile:
    """A NIfTI file that was read whole and found sound.

    Attributes
    ----------
    path : pathlib.Path
        Where it was read.
    grid : Grid
        Shape and affine of a frame.
    frames : int
        Number of 3-D frames; 1 for a plain volume.
    components : int
        Numbers per voxel: 3 for an RGB colour image, else 1. A colour image has one frame.
    dtype : str
        The stored dtype, such as ``"int16"``; byte order left out, see ``big_endian``.
    big_endian : bool
        Whether the file's bytes are in big-endian order.
    scaled : bool
        Whether the header scales the stored numbers (slope or intercept).
    affine_source : {"sform", "qform", "none"}
        Where the affine comes from; ``"none"`` means voxel sizes only, so left and right are a guess.
    """

    path: Path
    grid: Grid
    frames: int
    dtype: str
    big_endian: bool
    scaled: bool
    affine_source: AffineSource
    _image: Nifti1Image = field(repr=False)
    components: int = 1

    @cached_property
    def voxels(self) -> NDArray[Any]:
        """Decoded numbers, scaling applied, native byte order, read-only.

        Shape (I, J, K), (I, J, K, frames), or (I, J, K, 3) for a colour image.
        """
        decoded = unscaled(self._image)
        if self.components == COLOUR:
            return _colour(decoded, self.grid.shape)
        decoded = decoded.astype(decoded.dtype.newbyteorder("="), copy=False)
        shape = self.grid.shape if self.frames == 1 else (*self.grid.shape, self.frames)
        decoded = decoded.reshape(shape, order="F")
        decoded.setflags(write=False)
        return decoded

    def frame(self, index: int = 0) -> NDArray[Any]:
        """Return one frame, shape (I, J, K), or (I, J, K, 3) of a colour image.

        Raises
        ------
        IndexError
            Where the file has no such frame.
        """
        if not 0 <= index < self.frames:
            raise IndexError(f"{self.path.name} has frames 0 to {self.frames - 1}, frame {index} was asked for.")
        return self.voxels if self.frames == 1 else self.voxels[..., index]

    @cached_property
    def intensities(self) -> Intensities:
        """Range, window and number of non-finite voxels over all frames."""
        return _intensities(self.voxels)


def read_volume(
    path: Path | str, *, allow_frames: bool = False, allow_colour: bool = False, max_voxels: int = MAX_VOXELS
) -> VolumeFile:
    """Read an image strictly; the voxels are decoded when they are asked for.

    Parameters
    ----------
    path : path-like
        A NIfTI-1 or NIfTI-2 file, gzipped or not.
    allow_frames : bool, default False
        Accept a fourth axis longer than 1 (diffusion, functional).
    allow_colour : bool, default False
        Accept RGB voxels of 8 bits each (a colour FA map).
    max_voxels : int
        Largest number of voxels accepted, over all frames.

    Returns
    -------
    VolumeFile

    Raises
    ------
    ImageError
        ``not-3d``, ``unsupported-dtype`` (complex, RGB), ``bad-affine``, and what :func:`mri.decoding.open_nifti`
        raises for files that are none, or not whole.
    """
    path = Path(path)
    image = open_nifti(path, max_voxels=max_voxels)
    shape, frames = _shape_and_frames(path, image)
    if frames > 1 and not allow_frames:
        raise ImageError(
            f"{path.name} has {frames} frames, one 3-D volume was expected; split it or import it as a 4-D role.",
            "not-3d",
        )
    stored = image.header.get_data_dtype()
    colour = allow_colour and stored == _RGB and frames == 1
    if stored.kind not in "iuf" and not colour:
        raise ImageError(
            f"{path.name} holds {_dtype_words(stored)} voxels; one real number per voxel was expected. Convert it "
            "first (for example, to its magnitude).",
            "unsupported-dtype",
        )
    try:
        grid = Grid(shape, image.affine)
    except ImageError as error:
        raise ImageError(f"{path.name}: {error.message}", error.reason) from error
    # nibabel clears the scaling of a header once it is read; the array keeps it.
    scaling = (getattr(image.dataobj, "slope", 1.0), getattr(image.dataobj, "inter", 0.0))
    return VolumeFile(
        path=path,
        grid=grid,
        frames=frames,
        dtype="uint8" if colour else stored.newbyteorder("=").name,
        big_endian=image.header.endianness == ">",
        scaled=scaling != (1.0, 0.0),
        affine_source=_affine_source(image.header),
        _image=image,
        components=COLOUR if colour else 1,
    )


def _colour(decoded: NDArray[Any], shape: tuple[int, int, int]) -> NDArray[Any]:
    flat = decoded.reshape(shape, order="F")
    channels = np.stack([flat[name] for name in ("R", "G", "B")], axis=-1)
    channels.setflags(write=False)
    return channels


def _shape_and_frames(path: Path, image: Nifti1Image) -> tuple[tuple[int, int, int], int]:
    shape = tuple(int(n) for n in image.shape)
    if len(shape) < 3 or any(n < 1 for n in shape) or any(n > 1 for n in shape[4:]):
        words = "x".join(str(n) for n in shape) or "none"
        raise ImageError(f"{path.name} has shape {words}; a 3-D volume was expected.", "not-3d")
    return (shape[0], shape[1], shape[2]), (shape[3] if len(shape) > 3 else 1)


def _affine_source(header: Nifti1Header) -> AffineSource:
    if int(header["sform_code"]) > 0:
        return "sform"
    return "qform" if int(header["qform_code"]) > 0 else "none"


def _dtype_words(dtype: np.dtype[Any]) -> str:
    return "complex" if dtype.kind == "c" else "RGB colour" if dtype.fields else str(dtype)


def _intensities(voxels: NDArray[Any]) -> Intensities:
    flat = voxels.ravel(order="K")
    finite = flat if flat.dtype.kind in "iu" else flat[np.isfinite(flat)]
    nonfinite = int(flat.size - finite.size)
    if finite.size == 0:
        return Intensities(None, None, 0.0, 1.0, nonfinite)
    low, high = float(finite.min()), float(finite.max())
    p2, p98 = (float(p) for p in np.percentile(finite[:: max(1, finite.size // _WINDOW_SAMPLES)], (2, 98)))
    if p98 <= p2:
        p2, p98 = (low, high) if high > low else (low, low + 1.0)
    return Intensities(low, high, p2, p98, nonfinite)
