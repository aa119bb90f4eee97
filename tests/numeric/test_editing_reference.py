"""The viewer's operations against numpy and scipy, without a browser.

This module works out what each operation has to leave on small label maps in several orientations, and keeps a digest
of each outcome in `frontend/src/operations/numpyReference.json`. A front-end test asks the same of the operations
themselves. Run the module to write the file anew.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.browser import numpy_tools as nt

FILE = Path(__file__).resolve().parents[2] / "frontend" / "src" / "operations" / "numpyReference.json"
SHAPE = (16, 14, 12)
MAIN, OTHER = 2, 3
SEED = (8, 7, 6)
# Array axes to patient axes with their sense, and spacing in mm; halves, so that equal costs are equal exactly.
GRIDS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int], tuple[float, float, float]]] = {
    "RAS": ((0, 1, 2), (1, 1, 1), (1.0, 1.0, 1.0)),
    "PSR": ((1, 2, 0), (-1, 1, 1), (0.5, 2.5, 1.0)),
    "LIA": ((0, 2, 1), (-1, -1, 1), (0.5, 1.5, 3.0)),
}


def affine_of(grid: str) -> npt.NDArray[np.float64]:
    worlds, senses, spacing = GRIDS[grid]
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis, (world, sense, mm) in enumerate(zip(worlds, senses, spacing, strict=True)):
        affine[world, axis] = sense * mm
    return affine


def labels_of() -> nt.Labels:
    """Balls of two labels, some apart, some cut by empty slices."""
    labels = np.zeros(SHAPE, np.uint8)
    places = np.stack(np.indices(SHAPE), axis=-1)
    for value, centre, radius in (
        (MAIN, (4, 4, 3), 2.6),
        (MAIN, (11, 9, 8), 3.1),
        (OTHER, (8, 4, 8), 2.3),
        (MAIN, (3, 11, 9), 1.2),
    ):
        labels[np.linalg.norm(places - centre, axis=-1) <= radius] = value
    labels[11, 9, 8] = 0
    labels[10] = labels[:, 9] = labels[:, :, 7] = 0
    return labels


def image_of() -> npt.NDArray[np.float64]:
    i, j, k = np.indices(SHAPE)
    return np.asarray((7 * i + 13 * j + 29 * k) % 64, dtype=np.float64)


def outcomes(grid: str) -> dict[str, nt.Labels]:
    """What each operation leaves, by its name in the front end's test."""
    labels, affine = labels_of(), affine_of(grid)
    volume = nt.Volume(image_of(), np.asarray(GRIDS[grid][2]))
    main, other, empty = labels == MAIN, labels == OTHER, labels == 0
    left_right = nt.Plane.of("sagittal", affine).across
    grown, ties = nt.grown_from_seeds(labels, volume, (MAIN, OTHER), 64.0, 0.25, 2.0)
    grown[ties] = MAIN
    found = {
        "grow": np.where(nt.dilated(main, volume, 1.3) & empty, MAIN, labels),
        "shrink": np.where(main & ~nt.eroded(main, volume, 1.0), 0, labels),
        "median": nt.majority(labels, MAIN, volume, 1.6),
        "closing": np.where(nt.closed(main, volume, 2.6) & empty, MAIN, labels),
        "mirror": np.where(np.flip(main, left_right) & empty, MAIN, labels),
        "subtract": np.where(other & nt.dilated(main, volume, 1.6), 0, labels),
        "growSeeds": grown,
        "growRegion": np.where(nt.grown_region(volume, SEED, 20.0, 6.0, empty | other) & empty, OTHER, labels),
        "threshold": np.where((volume.image >= 10) & (volume.image <= 30) & empty, OTHER, labels),
    }
    for plane in nt.SCREEN:
        between = nt.interpolated(main, nt.Plane.of(plane, affine), volume)
        found[f"interpolate {plane}"] = np.where(between & empty, MAIN, labels)
    return found


def reference() -> dict[str, Any]:
    def digest(labels: nt.Labels) -> str:
        return hashlib.sha256(labels.astype(np.uint8).tobytes(order="F")).hexdigest()

    return {
        "shape": list(SHAPE),
        "seed": list(SEED),
        "labels": labels_of().ravel(order="F").tolist(),
        "grids": {
            grid: {
                "affine": affine_of(grid).ravel().tolist(),
                "digests": {name: digest(labels) for name, labels in outcomes(grid).items()},
            }
            for grid in GRIDS
        },
    }


def test_the_reference_is_what_numpy_says_now() -> None:
    assert json.loads(FILE.read_text()) == reference()


def test_most_operations_change_something() -> None:
    """An outcome that is the input would prove nothing."""
    for grid in GRIDS:
        changed = [name for name, labels in outcomes(grid).items() if not np.array_equal(labels, labels_of())]
        assert len(changed) >= 9, (grid, changed)


if __name__ == "__main__":
    FILE.write_text(json.dumps(reference()) + "\n")
