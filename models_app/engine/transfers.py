"""Files that come with a request and go with an answer, in MONAI Label's shapes; temporary ones are deleted."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from fastapi import UploadFile
from requests_toolbelt import MultipartEncoder  # type: ignore[import-untyped, unused-ignore]
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, JSONResponse, Response

from mri.errors import ImageError

IMAGE_SUFFIXES = (".nii.gz", ".nii")


@contextmanager
def uploaded(file: UploadFile, suffixes: Sequence[str] = IMAGE_SUFFIXES) -> Iterator[Path]:
    """A file that was sent along, on the disk for as long as it is worked with.

    Raises
    ------
    ImageError
        If its name ends with none of the suffixes.
    """
    name = Path(file.filename or "image.nii.gz").name
    suffix = next((suffix for suffix in suffixes if name.endswith(suffix)), None)
    if suffix is None:
        raise ImageError(f"{name} is none of {', '.join(suffixes)}; send it as one of them.", "not-nifti")
    with NamedTemporaryFile(prefix="radicula-", suffix=suffix) as kept:
        while piece := file.file.read(1024 * 1024):
            kept.write(piece)
        kept.flush()
        yield Path(kept.name)


def answered(path: Path, params: dict[str, Any], output: str) -> Response:
    """MONAI Label's three shapes: the file, the JSON, or both as multipart. The temporary file goes afterwards."""
    forget = BackgroundTask(path.unlink)
    if output == "json":
        return JSONResponse(params, background=forget)
    if output == "image":
        return FileResponse(path, media_type="application/octet-stream", filename=path.name, background=forget)
    fields = {
        "params": (None, json.dumps(params), "application/json"),
        "image": (path.name, path.read_bytes(), "application/octet-stream"),
    }
    body = MultipartEncoder(fields=fields)
    return Response(body.to_string(), media_type=body.content_type, background=forget)
