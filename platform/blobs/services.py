"""Files kept by hash: written once, never changed.

A blob is complete or absent. The bytes go to a temporary file beside the final place, are flushed to the disk, and are
then renamed: a crash or a full disk leaves no half file under a hash.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from access.errors import Unavailable
from blobs.models import Blob

CHUNK_BYTES = 1024 * 1024


class BlobDamaged(Exception):
    """A stored file no longer has the hash that names it, or is gone."""


def blob_path(sha256: str) -> Path:
    """Where the file of a blob lies."""
    return Path(settings.BLOB_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def blob_put_bytes(data: bytes) -> Blob:
    """Keep some bytes.

    Raises
    ------
    Unavailable
        If the disk is full.
    """
    return _put(iter((data,)))


def blob_put_file(source: Path | BinaryIO) -> Blob:
    """Keep a file's bytes, read in pieces.

    Raises
    ------
    Unavailable
        If the disk is full.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return _put(_pieces(stream))
    return _put(_pieces(source))


def blob_read(sha256: str) -> bytes:
    """All bytes of a blob, checked against its hash.

    Raises
    ------
    BlobDamaged
        If the file is missing or its hash differs.
    """
    path = blob_path(sha256)
    if not path.is_file():
        raise BlobDamaged(f"The stored file {sha256} is missing; restore it from a backup.")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BlobDamaged(f"The stored file {sha256} was changed on the disk; restore it from a backup.")
    return data


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK_BYTES):
        yield piece


def _put(pieces: Iterator[bytes]) -> Blob:
    root = Path(settings.BLOB_FOLDER)
    try:
        sha256, size = _write(root, pieces)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Unavailable("The server's disk is full, so nothing was saved; free space and try again.") from error
        raise
    blob, _ = Blob.objects.get_or_create(sha256=sha256, defaults={"size_bytes": size})
    return blob


def _write(root: Path, pieces: Iterator[bytes]) -> tuple[str, int]:
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=root, prefix=".incoming-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        final = blob_path(digest.hexdigest())
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o440)
        temporary.replace(final)
        _flush_folder(final.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest(), size


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
