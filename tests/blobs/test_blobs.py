"""Files by hash: whole or absent, never changed."""

import errno
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from access.errors import Unavailable
from blobs.models import Blob
from blobs.services import BlobDamaged, blob_path, blob_put_bytes, blob_put_file, blob_read

pytestmark = pytest.mark.django_db


def test_bytes_come_back_under_their_hash_and_are_kept_once() -> None:
    data = b"rootlet" * 1000
    blob = blob_put_bytes(data)
    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert blob.size_bytes == len(data)
    assert blob_read(blob.sha256) == data
    assert blob_put_file(io.BytesIO(data)) == blob
    assert Blob.objects.count() == 1


def test_a_file_is_kept_byte_for_byte(tmp_path: Path) -> None:
    data = bytes(range(256)) * 9000  # more than two pieces
    path = tmp_path / "image.nii"
    path.write_bytes(data)
    assert blob_read(blob_put_file(path).sha256) == data


def test_a_changed_or_missing_file_is_noticed() -> None:
    blob = blob_put_bytes(b"voxels")
    path = blob_path(blob.sha256)
    path.chmod(0o640)
    path.write_bytes(b"voxelz")
    with pytest.raises(BlobDamaged, match="changed on the disk"):
        blob_read(blob.sha256)
    path.unlink()
    with pytest.raises(BlobDamaged, match="missing"):
        blob_read(blob.sha256)


def test_a_full_disk_says_so_and_leaves_nothing_behind() -> None:
    class FullDisk(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    before = Blob.objects.count()
    with pytest.raises(Unavailable, match="disk is full"):
        blob_put_file(FullDisk())
    assert Blob.objects.count() == before
    root = blob_path("0" * 64).parents[2]
    assert not list(root.glob(".incoming-*"))
