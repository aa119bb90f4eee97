"""A small diffusion dataset with its gradient files."""

import numpy as np
from numpy.typing import NDArray

from access.models import Study
from annotation.models import LabelVersion
from blobs.services import blob_put_bytes
from mri.diffusion.tracking import TrackingSettings
from tests.factories.images import affine_of, nifti_bytes
from tracts.models import Arm, Tractogram

DWI = "sub-01/dwi/sub-01_dwi"
GRADIENT_FILES = (f"{DWI}.bval", f"{DWI}.bvec")
ROLE = {
    "name": "dwi", "suffixes": ["dwi"], "required": False, "labelled": False, "window_percentiles": [2.0, 98.0],
    "frames": "many", "derived": "",
}  # fmt: skip


def directions(count: int) -> NDArray[np.float64]:
    """Unit vectors spread over half a sphere (a Fibonacci spiral), shape (count, 3)."""
    n = np.arange(count)
    z = (n + 0.5) / count
    turn = np.pi * (1 + np.sqrt(5.0)) * n
    ring = np.sqrt(1 - z**2)
    return np.column_stack([ring * np.cos(turn), ring * np.sin(turn), z])


def b_table(count: int = 12, b_value: float = 800.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two b = 0 frames and some directions: b values (N,) and directions (N, 3)."""
    return np.array([0.0, 0.0, *([b_value] * count)]), np.vstack([np.zeros((2, 3)), directions(count)])


def gradient_bytes(b_values: NDArray[np.float64], vectors: NDArray[np.float64]) -> tuple[bytes, bytes]:
    """The two files as FSL and BIDS write them."""
    rows = [" ".join(f"{number:.8f}" for number in row) for row in vectors.T]
    return (" ".join(f"{b:g}" for b in b_values) + "\n").encode(), ("\n".join(rows) + "\n").encode()


def dwi_voxels(shape: tuple[int, int, int] = (6, 5, 4), seed: int = 0) -> NDArray[np.int16]:
    """Fibres along the first voxel axis, with a little noise; as `b_table` measures them."""
    b_values, vectors = b_table()
    tensor = np.diag([1.7e-3, 0.4e-3, 0.4e-3])
    signal = 1000.0 * np.exp(-b_values * np.einsum("ni,ij,nj->n", vectors, tensor, vectors))
    noise = np.random.default_rng(seed).normal(0, 3, (*shape, b_values.size))
    return np.rint(signal + noise).astype(np.int16)


def dwi_files(affine: NDArray[np.float64] | None = None) -> dict[str, bytes]:
    """A BIDS dataset of one diffusion image."""
    bval, bvec = gradient_bytes(*b_table())
    image = nifti_bytes(dwi_voxels(), affine_of("LAS", (1.5, 1.5, 2.0)) if affine is None else affine)
    return {f"{DWI}.nii.gz": image, f"{DWI}.bval": bval, f"{DWI}.bvec": bvec}


def with_diffusion(study: Study, **derived: str) -> Study:
    """Give a study's protocol a role for diffusion images, and roles for maps by name: `fa="FA"`."""
    roles = study.protocol["volumes"]
    maps = [
        {**ROLE, "name": name, "suffixes": [kind], "frames": "one", "derived": kind} for name, kind in derived.items()
    ]
    study.protocol = {**study.protocol, "volumes": [*roles, ROLE, *maps]}
    study.save(update_fields=["protocol"])
    return study


def make_tractogram(version: LabelVersion, arm: Arm = Arm.MANUAL) -> Tractogram:
    """A tractogram of a label version, its files stood in for by a few bytes."""
    return Tractogram.objects.create(
        case=version.volume.case,
        volume=version.volume,
        label_version=version,
        arm=arm,
        settings=TrackingSettings().to_json(),
        nerves=[],
        seconds={"tracking": 1.5},
        streamlines=0,
        trk=blob_put_bytes(b"TRACK"),
        tck=blob_put_bytes(b"mrtrix tracks"),
        key=version.pk.hex,
    )
