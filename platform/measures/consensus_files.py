"""A consensus of label files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from measures.compare import Comparison
from measures.consensus import Consensus, Method, against_others, consensus
from mri.errors import ImageError
from mri.geometry import Grid
from mri.labels import LabelMap
from mri.nifti import read_labels, write_nifti


@dataclass(frozen=True, eq=False)
class FileConsensus:
    """The consensus of several files.

    Attributes
    ----------
    consensus : Consensus
        Raters are named after their files.
    grid : Grid
        Of the first file.
    others : dict of str to Comparison
        Each rater against the consensus of the others; empty for two raters.
    """

    consensus: Consensus
    grid: Grid
    others: dict[str, Comparison]

    def to_json(self) -> dict[str, Any]:
        """Return what ``radicula consensus --json`` prints."""
        made, voxel_mm3 = self.consensus, float(np.prod(self.grid.spacing_mm))
        totals = np.bincount(made.labels.ravel())
        found = {int(v) for v in np.flatnonzero(totals) if v != 0} | set(made.performance)
        voxels = {value: int(totals[value]) if value < totals.size else 0 for value in sorted(found)}
        return {
            "method": made.method,
            "threshold": made.threshold,
            "raters": list(made.raters),
            "labels": {
                str(value): {
                    "voxels": n,
                    "mm3": n * voxel_mm3,
                    "performance": {
                        rater: {"sensitivity": p.sensitivity, "specificity": p.specificity}
                        for rater, p in made.performance.get(value, {}).items()
                    },
                }
                for value, n in voxels.items()
            },
            "undecided_voxels": made.undecided_voxels,
            "not_converged": list(made.not_converged),
            "against_others": {rater: comparison.to_json() for rater, comparison in self.others.items()},
            "undefined": {} if self.others else {"against_others": "two raters leave no others with a consensus"},
        }


def consensus_of_files(
    paths: Sequence[Path | str], output: Path | str, method: Method = "staple", threshold: float = 0.5
) -> FileConsensus:
    """Make the consensus of label files and write it on their grid.

    Parameters
    ----------
    paths : sequence of path-like
        NIfTI label maps on one grid, one per rater.
    output : path-like
        A ``.nii.gz`` file, which appears whole or not at all. None of the inputs.
    method, threshold
        As for :func:`measures.consensus.consensus`.

    Returns
    -------
    FileConsensus

    Raises
    ------
    ImageError
        Where a file can't be read as a label map, or two grids differ (``grid-mismatch``, both are named).
    ValueError
        For fewer than two files, one file given twice, or an output that can't be.
    """
    files, target = [Path(p) for p in paths], Path(output)
    if not target.name.endswith(".nii.gz"):
        raise ValueError(f"The consensus is written as .nii.gz; {target.name} came.")
    resolved = [p.resolve() for p in files]
    if len(set(resolved)) < len(resolved):
        raise ValueError("A rater is one file; the same file came twice.")
    if target.resolve() in resolved:
        raise ValueError(f"{target} is one of the inputs; choose another output.")
    names = [p.name for p in files] if len({p.name for p in files}) == len(files) else [str(p) for p in files]
    maps = [read_labels(p) for p in files]
    for name, labels in zip(names[1:], maps[1:], strict=True):
        if not labels.grid.same_as(maps[0].grid):
            raise ImageError(
                f"The grids of the label maps differ. {names[0]}: {maps[0].grid.describe()}. {name}: "
                f"{labels.grid.describe()}. Resample one to the other with nearest neighbour.",
                "grid-mismatch",
            )
    raters = {name: labels.voxels for name, labels in zip(names, maps, strict=True)}
    made = consensus(raters, method, threshold)
    grid = maps[0].grid
    others = against_others(raters, grid.spacing_mm, method, threshold) if len(raters) > 2 else {}
    voxels = made.labels if int(made.labels.max()) > np.iinfo(np.uint8).max else made.labels.astype(np.uint8)
    write_nifti(LabelMap(voxels, grid), target, reference=files[0], description=f"Radicula {method} consensus")
    return FileConsensus(made, grid, others)
