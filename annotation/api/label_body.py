"""The body of a save: raw voxels or changes, gzip or not, never more of them than the grid holds."""

import zlib
from typing import Any, BinaryIO

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from access.errors import InvalidInput
from mri.label_changes import LabelChanges

PIECE_BYTES = 64 * 1024
GZIP_WINDOW = 31


class VoxelParser(BaseParser):
    """Lets voxels through unread: the check of the session's CSRF token asks for form data, and there are none."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any | None = None) -> dict[str, Any]:
        return {}


def bounded_body(request: Request, most_bytes: int) -> bytes:
    """Read the request's body, at most one byte more than allowed.

    Parameters
    ----------
    request : Request
        With `Content-Encoding: gzip`, `identity` or none.
    most_bytes : int
        How many bytes the decoded body may have.

    Raises
    ------
    InvalidInput
        If the gzip stream is damaged. A bomb is read up to its first byte too many.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    stream: BinaryIO = request._request  # type: ignore[assignment]
    if encoding == "gzip":
        return _unzipped(stream, most_bytes)
    if encoding == "identity":
        return _plain(stream, most_bytes)
    raise InvalidInput(f"The body's encoding is '{encoding}'; gzip or identity was expected.")


def changes_body(request: Request, voxels: int) -> LabelChanges:
    """Read label changes of a map of so many voxels.

    Raises
    ------
    InvalidInput, ImageError
        If there are too many, or they are none.
    """
    most = LabelChanges.most_bytes(voxels)
    body = bounded_body(request, most)
    if len(body) > most:
        raise InvalidInput(f"More than {most} bytes of label changes came; send the whole map.")
    return LabelChanges.from_bytes(body, voxels)


def label_body(request: Request, expected_bytes: int) -> bytes:
    """Read the request's body.

    Parameters
    ----------
    request : Request
        With `Content-Encoding: gzip`, `identity` or none.
    expected_bytes : int
        How many bytes the decoded body must have.

    Raises
    ------
    InvalidInput
        If there are more or fewer, or the gzip stream is damaged. A bomb is read up to its first byte too many.
    """
    body = bounded_body(request, expected_bytes)
    if len(body) != expected_bytes:
        came = f"more than {expected_bytes}" if len(body) > expected_bytes else str(len(body))
        raise InvalidInput(
            f"{came} bytes of labels came, {expected_bytes} were expected for this volume; send the whole map."
        )
    return body


def _plain(stream: BinaryIO, expected_bytes: int) -> bytes:
    pieces, total = [], 0
    while total <= expected_bytes and (piece := stream.read(min(PIECE_BYTES, expected_bytes + 1 - total))):
        pieces.append(piece)
        total += len(piece)
    return b"".join(pieces)


def _unzipped(stream: BinaryIO, expected_bytes: int) -> bytes:
    decoder = zlib.decompressobj(GZIP_WINDOW)
    body = bytearray()
    try:
        while not decoder.eof and (piece := stream.read(PIECE_BYTES)):
            body += decoder.decompress(piece, expected_bytes + 1 - len(body))
            if len(body) > expected_bytes:
                return bytes(body)
    except zlib.error as error:
        raise InvalidInput("The body's gzip stream is damaged; send it again.") from error
    if not decoder.eof:
        raise InvalidInput("The body's gzip stream ends too early; send it again.")
    return bytes(body)
