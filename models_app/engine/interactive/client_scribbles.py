"""Scribbles as 3D Slicer's plug-in sends them: a label map with two segments of scribbles, and a region of interest.

`POST /studies/{slug}/infer/graph-cut`; the answer is the region of the chosen segment, as its value 1.
"""

import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import numpy as np
from fastapi import APIRouter, File, Form, UploadFile
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from access.errors import InvalidInput, NotFound
from models_app.engine.boxes import Box
from models_app.engine.files import volume_file
from models_app.engine.inference import EXTENSIONS, result_write
from models_app.engine.interactive.cases import OpenCase, OpenCases, case_read, volume_to_label
from models_app.engine.interactive.graphcut import Reach, box_of, region_cut, require_small
from models_app.engine.interactive.hints import Hints
from models_app.engine.loaded_apps import with_database
from models_app.engine.transfers import answered, uploaded
from models_app.services.client_files import SUFFIXES, client_voxels_read, segments_of
from models_app.services.interactive_methods import GRAPH_CUT
from mri.labels import LabelMap

INSIDE, OUTSIDE = "foreground_scribbles", "background_scribbles"
"""What the plug-in calls the two segments that are drawn."""


class Asked(BaseModel):
    """What of the request's `params` counts."""

    selected_label_name: str = "region"
    roi: Annotated[list[int], Field(max_length=6)] = []
    margin_mm: Annotated[float, Field(gt=0, le=200)] = 8.0
    smoothness: Annotated[float, Field(ge=0, le=50)] = 1.0
    result_extension: Literal[EXTENSIONS] = ".nii.gz"  # type: ignore[valid-type]
    result_compress: bool = False


def router(cases: OpenCases) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix="/studies/{slug}/infer")

    @routes.post(f"/{GRAPH_CUT}")
    @with_database
    def scribbles_answer(
        slug: str,
        label: Annotated[UploadFile, File()],
        image: str = "",
        output: str = "all",
        params: Annotated[str, Form()] = "{}",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        """Cut along scribbles, on an image of the study or one that is sent along."""
        started = time.perf_counter()
        given = json.loads(params or "{}")
        asked = _asked(given)
        with ExitStack() as files:
            path, case = _case(slug, image, file, cases, files)
            drawn = client_voxels_read(files.enter_context(uploaded(label, SUFFIXES)), case.grid)
            inside = scribbles_cut(case, drawn, segments_of(given), asked)
            labels = LabelMap(inside.astype(np.uint8), case.grid)
            written = result_write(labels, path, asked.result_extension, compress=asked.result_compress)
        told = {
            "label_names": {asked.selected_label_name: 1},
            "latencies": {"total": round(time.perf_counter() - started, 3)},
        }
        return answered(written, told, output)

    return routes


def scribbles_cut(case: OpenCase, drawn: NDArray[Any], segments: dict[int, str], asked: Asked) -> NDArray[np.bool_]:
    """Cut a region along the scribbles of a label map.

    Parameters
    ----------
    case : OpenCase
    drawn : numpy.ndarray of int, shape (I, J, K)
        All of the client's segments, the scribbles among them.
    segments : dict of int to str
        Which value is which segment.
    asked : Asked
        `roi`: first and last voxel along i, j and k, in either order; the region does not leave it.

    Returns
    -------
    numpy.ndarray of bool, shape (I, J, K)

    Raises
    ------
    InvalidInput
        If nothing is drawn inside, the region of interest is none, or too much is to be cut.
    """
    values = {name: value for value, name in segments.items()}
    inside, outside = (drawn == values.get(name, -1) for name in (INSIDE, OUTSIDE))
    interest = _box_of_interest(asked.roi, case)
    hints = Hints.from_masks(inside, outside)
    if interest is not None:
        hints = hints.within(interest).moved(interest.start)
    if not len(hints.positive):
        raise InvalidInput(
            f"The label map has no voxel of the segment '{INSIDE}'{' in the region of interest' if interest else ''}; "
            "draw some foreground first."
        )
    box = interest or box_of(hints, case.grid, Reach(asked.margin_mm)) or Box.whole(case.grid.shape)
    require_small(box)
    found = np.zeros(case.grid.shape, dtype=bool)
    found[box.slices()] = region_cut(
        case.voxels[box.slices()], hints.within(box), case.grid.spacing_mm, asked.smoothness, asked.margin_mm
    )
    return found


def _asked(given: Any) -> Asked:
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "params"
        raise InvalidInput(f"'{where}' in 'params': {first['msg']}.") from error


def _case(slug: str, image: str, sent: UploadFile | None, cases: OpenCases, files: ExitStack) -> tuple[Path, OpenCase]:
    """The image's file and its voxels."""
    if sent is not None:
        path = files.enter_context(uploaded(sent))
        return path, case_read(path)
    try:
        volume = volume_to_label(slug, UUID(image))
    except ValueError as error:
        raise NotFound(f"{image!r} is no image id.") from error
    return Path(volume_file(volume)), cases.get(volume)


def _box_of_interest(roi: Sequence[int], case: OpenCase) -> Box | None:
    """Slicer's region of interest: corners in voxels; where an axis is flipped the larger one comes first."""
    if not roi:
        return None
    if len(roi) != 6:
        raise InvalidInput(f"'roi' is two voxels along each of three axes, 6 numbers; {len(roi)} came.")
    ends = np.sort(np.array(roi).reshape(3, 2), axis=1)
    start = np.clip(ends[:, 0], 0, np.array(case.grid.shape) - 1)
    stop = np.clip(ends[:, 1] + 1, start + 1, case.grid.shape)
    (i, j, k), (last_i, last_j, last_k) = start.tolist(), stop.tolist()
    return Box((i, j, k), (last_i, last_j, last_k))
