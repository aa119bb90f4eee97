"""Label maps: integer voxels on the grid of the image that they label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mri.errors import ImageError
from mri.geometry import Grid

LabelArray = NDArray[np.uint8] | NDArray[np.uint16]

MAX_LABEL = 65535

_ITEM_BYTES = {"uint8": 1, "uint16": 2}


@dataclass(frozen=True, eq=False)
class LabelMap:
    """An immutable label map.

    Parameters
    ----------
    voxels : numpy.ndarray of uint8 or uint16, shape (I, J, K)
        Label values, 0 is background. Kept read-only; a writable array is copied first, never modified.
    grid : Grid
        Shape and affine, the same as the image's.

    Raises
    ------
    ImageError
        ``not-integer-labels`` for another dtype, ``grid-mismatch`` for another shape.
    """

    voxels: LabelArray
    grid: Grid

    def __post_init__(self) -> None:
        if self.voxels.dtype not in (np.uint8, np.uint16):
            raise ImageError(f"A label map holds uint8 or uint16; {self.voxels.dtype} came.", "not-integer-labels")
        if self.voxels.shape != self.grid.shape:
            raise ImageError(
                f"The label voxels have shape {self.voxels.shape}, their grid {self.grid.shape}; they must be equal.",
                "grid-mismatch",
            )
        voxels = self.voxels.copy(order="K") if self.voxels.flags.writeable else self.voxels
        voxels.setflags(write=False)
        object.__setattr__(self, "voxels", voxels)

    @property
    def dtype(self) -> str:
        """``"uint8"`` or ``"uint16"``, the name that :meth:`from_bytes` takes."""
        return str(self.voxels.dtype.name)

    def counts(self) -> dict[int, int]:
        """Return label value -> number of voxels, background left out, values ascending."""
        totals = np.bincount(self.voxels.ravel(order="K"))
        return {int(v): int(totals[v]) for v in np.flatnonzero(totals) if v != 0}

    def volumes_mm3(self) -> dict[int, float]:
        """Return label value -> volume in mm3, background left out."""
        return {value: n * self.grid.voxel_volume_mm3 for value, n in self.counts().items()}

    def to_bytes(self) -> bytes:
        """Return the voxels as raw little-endian bytes, i fastest (the order of NIfTI)."""
        little = np.asarray(self.voxels, dtype="u1" if self.dtype == "uint8" else "<u2")
        return little.tobytes(order="F")

    @classmethod
    def from_bytes(cls, buffer: bytes | bytearray | memoryview, dtype: str, grid: Grid) -> LabelMap:
        """Build a label map from raw little-endian bytes, i fastest.

        Parameters
        ----------
        buffer : bytes-like
            ``I * J * K`` items.
        dtype : {"uint8", "uint16"}
            What an item is.
        grid : Grid
            The image's grid.

        Raises
        ------
        ImageError
            ``not-integer-labels`` for another dtype, ``truncated`` where the length doesn't fit the grid.
        """
        if dtype not in _ITEM_BYTES:
            raise ImageError(f"Label bytes are uint8 or uint16; {dtype!r} came.", "not-integer-labels")
        expected = grid.size * _ITEM_BYTES[dtype]
        if memoryview(buffer).nbytes != expected:
            raise ImageError(
                f"{memoryview(buffer).nbytes} label bytes came, {expected} were expected for {grid.describe()} as "
                f"{dtype}; send the whole map.",
                "truncated",
            )
        flat: LabelArray
        flat = np.frombuffer(bytes(buffer), dtype="u1" if dtype == "uint8" else "<u2")
        return cls(flat.reshape(grid.shape, order="F"), grid)

    @classmethod
    def zeros(cls, grid: Grid, dtype: str = "uint8") -> LabelMap:
        """Return an empty map (all background) on a grid."""
        if dtype not in _ITEM_BYTES:
            raise ImageError(f"A label map is uint8 or uint16; {dtype!r} came.", "not-integer-labels")
        return cls.from_bytes(bytes(grid.size * _ITEM_BYTES[dtype]), dtype, grid)

    def require_known(self, known_values: Iterable[int], origin: str) -> None:
        """Refuse values that the protocol doesn't define.

        Parameters
        ----------
        known_values : iterable of int
            The protocol's values; background 0 is always known.
        origin : str
            What to call this map in the message.

        Raises
        ------
        ImageError
            ``unknown-label``, listing each unknown value with its voxel count.
        """
        require_known_counts(self.counts(), known_values, origin)


def require_known_counts(counts: Mapping[int, int], known_values: Iterable[int], origin: str) -> None:
    """Refuse values that the protocol doesn't define, as :meth:`LabelMap.require_known` does, from counts alone."""
    known = {int(v) for v in known_values} | {0}
    unknown = {value: n for value, n in counts.items() if value not in known}
    if unknown:
        defined = ", ".join(str(v) for v in sorted(known - {0})) or "none"
        raise ImageError(
            f"{origin} holds label values that the protocol does not define: {_with_counts(unknown)}. Defined are "
            f"{defined}; correct the file or pick the protocol that it was made for.",
            "unknown-label",
        )


def label_array(values: NDArray[Any], origin: str, largest_known: int = 0) -> LabelArray:
    """Turn numbers as decoded from a file into label voxels, or say why they are none.

    Parameters
    ----------
    values : numpy.ndarray, shape (I, J, K)
        Any real dtype. Not modified.
    origin : str
        What to call it in a message.
    largest_known : int, default 0
        The protocol's largest value: it decides the dtype together with the largest value found.

    Returns
    -------
    numpy.ndarray of uint8 or uint16, shape (I, J, K)

    Raises
    ------
    ImageError
        ``not-integer-labels`` for fractions, NaN, negative numbers or numbers above 65535, with their counts.
    """
    rounded = np.rint(values) if values.dtype.kind == "f" else values
    # A map saved with a scale factor comes back as 1.9999999: closer to an integer than anything but a label would be.
    with np.errstate(invalid="ignore"):
        good = (rounded >= 0) & (rounded <= MAX_LABEL)
        if values.dtype.kind == "f":
            good &= np.abs(values - rounded) <= 1e-4
    if not good.all():
        present, counts = np.unique(values[~good], return_counts=True)
        bad = {float(v): int(n) for v, n in zip(present, counts, strict=True)}
        raise ImageError(
            f"{origin} is no label map: labels are whole numbers from 0 to {MAX_LABEL}, but it holds "
            f"{_with_counts(bad)}; a probability map must be thresholded first.",
            "not-integer-labels",
        )
    wide = max(int(rounded.max(initial=0)), largest_known) > 255
    return rounded.astype(np.uint16) if wide else rounded.astype(np.uint8)


def _with_counts(found: dict[int, int] | dict[float, int], most: int = 8) -> str:
    named = [f"{value:.6g} ({n} voxel{'s' if n != 1 else ''})" for value, n in list(found.items())[:most]]
    rest = len(found) - len(named)
    return ", ".join(named) + (f" and {rest} more values" if rest else "")
