"""Label files as MONAI Label's clients send them: NIfTI, NRRD, or bare voxels; and which value is which label."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from access.errors import InvalidInput
from annotation.models import Volume
from annotation.selectors.volumes import volume_grid
from models_app.selectors import protocol_of
from mri.errors import ImageError
from mri.geometry import Grid
from mri.labels import LabelMap, label_array
from mri.nifti import read_labels

SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".bin")
RAW_TYPES = {1: "<u1", 2: "<u2"}


def segments_read(params: Any) -> dict[int, str]:
    """The values of a sent label map by segment name, from the form field `params`; see `segments_of`.

    Raises
    ------
    InvalidInput
        If it is no JSON object.
    """
    try:
        given = json.loads(params) if isinstance(params, str) and params.strip() else params or {}
    except json.JSONDecodeError as error:
        raise InvalidInput(f"'params' is no JSON: {error}.", {"params": ["No JSON."]}) from error
    if not isinstance(given, Mapping):
        raise InvalidInput("'params' is a JSON object.", {"params": ["Not an object."]})
    return segments_of(given)


def segments_of(params: Mapping[str, Any]) -> dict[int, str]:
    """The values of a sent label map by segment name: `label_info`, a list of `{"name", "idx"}`.

    3D Slicer numbers the segments that it saves from 1, whatever values the protocol gives them. With scribbles it
    calls the number `id`.
    """
    rows = params.get("label_info")
    if not isinstance(rows, list):
        return {}
    named = [(row.get("idx", row.get("id", "")), str(row.get("name", ""))) for row in rows if isinstance(row, Mapping)]
    return {int(number): name for number, name in named if str(number).isdigit()}


def client_labels_read(path: Path, volume: Volume, segments: Mapping[int, str]) -> LabelMap:
    """Read a label file that a client sent for a volume.

    Parameters
    ----------
    path : pathlib.Path
        One of `SUFFIXES`; `.bin` is the voxels alone, one or two bytes each, i fastest.
    volume : Volume
        What it labels: the file must be on its grid.
    segments : mapping of int to str
        Which value is which label of the protocol, by name. Without any, values are the protocol's own.

    Raises
    ------
    ImageError
        If the file can't be read, is on another grid, or holds values that are no label of the protocol.
    """
    study = volume.case.study
    grid, known = volume_grid(volume), protocol_of(study).label_values()
    voxels = client_voxels_read(path, grid)
    if segments:
        values = {label.name.casefold(): label.value for label in protocol_of(study).labels}
        voxels = _renamed(voxels, segments, values)
    labels = LabelMap(label_array(voxels, "The label map", max(known, default=0)), grid)
    labels.require_known(known, "The label map")
    return labels


def client_voxels_read(path: Path, grid: Grid) -> NDArray[Any]:
    """The values of a label file as they came; see `client_labels_read`."""
    if path.suffix == ".bin":
        return _raw(path.read_bytes(), grid)
    if path.suffix != ".nrrd":
        return read_labels(path, grid).voxels
    # Only 3D Slicer and OHIF send NRRD, and only where somebody set it so.
    import SimpleITK

    with tempfile.NamedTemporaryFile(prefix="radicula-", suffix=".nii.gz") as converted:
        try:
            SimpleITK.WriteImage(SimpleITK.ReadImage(str(path)), converted.name)
        except RuntimeError as error:
            raise ImageError("The NRRD file can't be read; send the label map as .nii.gz.", "damaged") from error
        return read_labels(Path(converted.name), grid).voxels


def _raw(content: bytes, grid: Grid) -> NDArray[Any]:
    count = int(np.prod(grid.shape))
    dtype = RAW_TYPES.get(len(content) // count) if len(content) % count == 0 else None
    if dtype is None:
        raise ImageError(
            f"The raw label map has {len(content)} bytes; the image's {count} voxels take {count} or {2 * count}.",
            "grid-mismatch",
        )
    voxels: NDArray[Any] = np.frombuffer(content, dtype).reshape(grid.shape, order="F")
    return voxels


def _renamed(voxels: NDArray[Any], segments: Mapping[int, str], values: Mapping[str, int]) -> NDArray[np.uint16]:
    table = np.zeros(int(voxels.max(initial=0)) + 1, dtype=np.uint16)
    strangers = []
    for found in np.unique(voxels[voxels > 0]):
        name = segments.get(int(found), "")
        if name.casefold() in values:
            table[found] = values[name.casefold()]
        else:
            strangers.append(f"{name or 'a segment without a name'} ({int(found)})")
    if strangers:
        raise ImageError(
            f"The label map has segments that the protocol does not define: {', '.join(strangers)}. Defined are "
            f"{', '.join(values)}; rename the segments, or remove them.",
            "unknown-label",
        )
    renamed: NDArray[np.uint16] = table[voxels]
    return renamed
