"""A training's cases as nnU-Net reads them: axes in RAS order, classes without gaps, names that it understands."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from models_app.engine.plan import LabelledFile, TrainingPlan
from models_app.engine.preparing import SourceImage, classes_read, image_read
from models_app.engine.resampling import WorkingGrid
from models_app.specification import SIGNED, Specification

DATASET = "Dataset001_Study"
FILE_ENDING = ".nii.gz"

OWN_SPACING = (0.0, 0.0, 0.0)


def case_name(index: int) -> str:
    """What nnU-Net calls a case of the plan."""
    return f"case{index:05d}"


def raw_write(plan: TrainingPlan, folder: Path, progress: Callable[[float, str], None]) -> None:
    """Write images, labels and `dataset.json` below `folder`/raw.

    Raises
    ------
    JobFailed
        If a label map holds values that the specification has no class for.
    """
    home = folder / "raw" / DATASET
    for part in ("imagesTr", "labelsTr"):
        (home / part).mkdir(parents=True, exist_ok=True)
    files = [*plan.train, *plan.validation]
    for index, file in enumerate(files):
        progress(index / len(files), f"preparing {file.name}")
        _write_case(file, plan.specification, home, case_name(index))
    (home / "dataset.json").write_text(json.dumps(dataset_json(plan.specification, len(files)), indent=1))


def splits_write(plan: TrainingPlan, folder: Path) -> None:
    """Tell nnU-Net which cases train and which validate; where none validates all do, and it counts for nothing."""
    names = [case_name(index) for index in range(len(plan.train) + len(plan.validation))]
    train, validation = names[: len(plan.train)], names[len(plan.train) :] or names
    path = folder / "preprocessed" / DATASET / "splits_final.json"
    path.write_text(json.dumps([{"train": train, "val": validation}]))


def dataset_json(specification: Specification, cases: int) -> dict[str, Any]:
    """nnU-Net's description of a dataset. Class n is label value `specification.label_values[n - 1]`, and back."""
    kinds = zip(specification.roles, specification.normalisations, strict=True)
    return {
        # A channel called noNorm is left as it is; any other name that isn't CT means mean 0 and SD 1.
        "channel_names": {str(n): "noNorm" if kind == SIGNED else role for n, (role, kind) in enumerate(kinds)},
        "labels": {"background": 0, **{f"value {v}": n for n, v in enumerate(specification.label_values, start=1)}},
        "numTraining": cases,
        "file_ending": FILE_ENDING,
        "overwrite_image_reader_writer": "SimpleITKIO",
    }


def ras_arrays(source: SourceImage) -> tuple[NDArray[np.float32], tuple[float, float, float], WorkingGrid]:
    """An image with its axes in RAS order: never rotated, never resampled.

    Returns
    -------
    voxels : numpy.ndarray of float32, shape (roles, X, Y, Z)
    spacing_mm : tuple of float, (right, anterior, superior)
    working : WorkingGrid
        The way back.
    """
    working = WorkingGrid.between(source.grid.shape, source.grid.affine, OWN_SPACING)
    voxels = np.stack([working.image_to_work(row).numpy() for row in source.voxels])
    right, anterior, superior = (source.grid.spacing_mm[axis] for axis in working.order)
    return voxels, (right, anterior, superior), working


def _write_case(file: LabelledFile, specification: Specification, home: Path, name: str) -> None:
    source = image_read(file.images, specification)
    classes = classes_read(file.labels, source.grid, specification)
    voxels, spacing_mm, working = ras_arrays(source)
    for channel, row in enumerate(voxels):
        _save(row, spacing_mm, home / "imagesTr" / f"{name}_{channel:04d}{FILE_ENDING}")
    _save(_ras(working, classes), spacing_mm, home / "labelsTr" / f"{name}{FILE_ENDING}")


def _ras(working: WorkingGrid, classes: Tensor) -> NDArray[np.uint8]:
    moved: NDArray[np.uint8] = working.labels_to_work(classes).numpy()
    return moved


def _save(voxels: NDArray[Any], spacing_mm: Sequence[float], path: Path) -> None:
    image = nib.nifti1.Nifti1Image(voxels, np.diag([*spacing_mm, 1.0]))
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
