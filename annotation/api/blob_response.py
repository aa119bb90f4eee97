"""Stored files as HTTP answers: streamed from the disk, cached by hash."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.http import FileResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from access.errors import Unavailable
from blobs.services import blob_path

FOREVER = "private, max-age=31536000, immutable"
PIECE_BYTES = 1024 * 1024


class StreamedFile(FileResponse):
    """A file that the ASGI server, too, sends piece by piece: Django would read it whole first."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self.file_to_stream
        if stream is None:
            # A middleware put another iterator in its place.
            async for piece in super().__aiter__():
                yield piece
            return
        while piece := await asyncio.to_thread(stream.read, PIECE_BYTES):
            yield piece


def blob_response(request: Request, sha256: str, *, filename: str = "", gzipped: bool = False) -> HttpResponseBase:
    """Answer with a stored file.

    Parameters
    ----------
    request : Request
        With `If-None-Match`, maybe: then the answer is 304.
    sha256 : str
        Which file. Its hash is the entity tag, and it never changes.
    filename : str, default ""
        What to save it as; without a name it is for the page and not for the disk.
    gzipped : bool, default False
        Whether the stored bytes are a gzip encoding of what the client wants.

    Raises
    ------
    Unavailable
        If the file is gone from the store.
    """
    tag = f'"{sha256}"'
    response: Any = get_conditional_response(request._request, etag=tag)
    if response is None:
        path = blob_path(sha256)
        if not path.is_file():
            raise Unavailable("The stored file is missing on the server; ask the administrator to restore the backup.")
        response = StreamedFile(
            path.open("rb"), as_attachment=bool(filename), filename=filename, content_type="application/octet-stream"
        )
        if gzipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = tag
    response["Cache-Control"] = FOREVER
    response["Vary"] = "Cookie, Authorization"
    return response  # type: ignore[no-any-return]
