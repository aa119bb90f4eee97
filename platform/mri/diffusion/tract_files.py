"""Streamlines in and out: TrackVis `.trk` and MRtrix `.tck`."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from nibabel.streamlines import load
from nibabel.streamlines.array_sequence import ArraySequence
from nibabel.streamlines.tck import TckFile
from nibabel.streamlines.tractogram import Tractogram
from nibabel.streamlines.trk import TrkFile
from numpy.typing import NDArray

from mri.diffusion.tracking import Streamline, Tractography
from mri.geometry import Grid


def trk_bytes(tracts: Tractography) -> bytes:
    """Write a .trk file; per streamline its ``nerve`` (label value), per point ``fa`` and ``md`` (mm2/s).

    The same streamlines give the same bytes. Points are in the file's own space; every reader that knows .trk gives
    them back in RAS mm, by the affine of the diffusion image in the header.
    """
    grid = tracts.grid
    header = {
        "voxel_to_rasmm": np.asarray(grid.affine, dtype=np.float32),
        "voxel_sizes": np.asarray(grid.spacing_mm, dtype=np.float32),
        "dimensions": np.asarray(grid.shape, dtype=np.int16),
        "voxel_order": grid.orientation,
    }
    return _saved(TrkFile(_tractogram(tracts), header=header))


def tck_bytes(tracts: Tractography) -> bytes:
    """Write a .tck file: RAS mm, streamlines alone."""
    lines = [line for nerve in tracts.nerves for line in nerve.streamlines]
    return _saved(TckFile(Tractogram(lines, affine_to_rasmm=np.eye(4))))


def read_streamlines(path: Path) -> list[NDArray[np.float32]]:
    """Read a .trk or .tck file; streamlines in RAS mm, each (P, 3)."""
    return [np.asarray(line, dtype=np.float32) for line in load(path).streamlines]


def _tractogram(tracts: Tractography) -> Tractogram:
    lines: list[Streamline] = []
    nerves: list[int] = []
    fa: list[NDArray[np.float32]] = []
    md: list[NDArray[np.float32]] = []
    for nerve in tracts.nerves:
        lines.extend(nerve.streamlines)
        nerves.extend([nerve.value] * len(nerve.streamlines))
        fa.extend(values[:, None] for values in nerve.fa)
        md.extend(values[:, None] for values in nerve.md)
    if not lines:
        return Tractogram(ArraySequence(), affine_to_rasmm=np.eye(4))
    return Tractogram(
        lines,
        data_per_streamline={"nerve": np.array(nerves, dtype=np.float32)[:, None]},
        data_per_point={"fa": fa, "md": md},
        affine_to_rasmm=np.eye(4),
    )


def _saved(file: TrkFile | TckFile) -> bytes:
    stream = io.BytesIO()
    file.save(stream)  # type: ignore[no-untyped-call]
    return stream.getvalue()


def on_grid(lines: list[NDArray[np.float32]], grid: Grid) -> NDArray[np.bool_]:
    """Return the voxels that any streamline has a point in, shape (I, J, K)."""
    visited = np.zeros(grid.shape, dtype=bool)
    if lines:
        ijk = np.rint(grid.ijk_from_ras(np.concatenate(lines))).astype(int)
        inside = ((ijk >= 0) & (ijk < np.array(grid.shape))).all(axis=1)
        visited[tuple(ijk[inside].T)] = True
    return visited
