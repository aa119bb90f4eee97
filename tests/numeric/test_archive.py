"""Archives and folders that mean harm."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from mri.archive import extract_zip, walk_folder
from mri.errors import ImageError


def _zip(path: Path, entries: dict[str, bytes], links: tuple[str, ...] = ()) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        for name in links:
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    return path


def test_good_files_come_out_and_bad_ones_are_named(tmp_path: Path) -> None:
    entries = {"a/b.txt": b"one", "../evil": b"x", "/abs": b"x", "a/../../up": b"x", "C:/w": b"x", "d\x01e": b"x"}
    path = _zip(tmp_path / "in.zip", entries, links=("a/link",))
    taken = extract_zip(path, tmp_path / "out")
    assert taken.files == ("a/b.txt",)
    assert taken.total_bytes == 3
    assert {r.name for r in taken.refused} == {*entries, "a/link"} - {"a/b.txt"}
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["b.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.zip", "out"]


def test_backslashes_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "in.zip", {"a_b": b"x"})
    path.write_bytes(path.read_bytes().replace(b"a_b", b"a\\b"))
    assert extract_zip(path, tmp_path / "out").refused[0].name == "a\\b"


def test_encrypted_and_damaged_entries_are_refused_alone(tmp_path: Path) -> None:
    raw = bytearray(_zip(tmp_path / "in.zip", {"good": b"g" * 100, "locked": b"l" * 100}).read_bytes())
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.rfind(signature)
        raw[at + flags_at] |= 1
    (tmp_path / "in.zip").write_bytes(bytes(raw))
    taken = extract_zip(tmp_path / "in.zip", tmp_path / "out")
    assert taken.files == ("good",)
    assert "encrypted" in taken.refused[0].reason
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("good", b"g" * 50)
        archive.writestr("bad", b"b" * 50)
    (tmp_path / "in2.zip").write_bytes(stored.getvalue().replace(b"b" * 50, b"c" * 50))
    taken = extract_zip(tmp_path / "in2.zip", tmp_path / "out2")
    assert taken.files == ("good",)
    assert "damaged" in taken.refused[0].reason
    assert not (tmp_path / "out2" / "bad").exists()


def test_a_repeated_name_does_not_overwrite(tmp_path: Path) -> None:
    path = _zip(tmp_path / "in.zip", {"a": b"first", "b": b"second"})
    path.write_bytes(path.read_bytes().replace(b"b", b"a"))
    extract_zip(path, tmp_path / "out")
    assert (tmp_path / "out" / "a").read_bytes() == b"first"


def test_bombs_are_stopped_while_they_unpack(tmp_path: Path) -> None:
    path = _zip(tmp_path / "in.zip", {"keep": b"x", "bomb": bytes(30_000_000)})
    with pytest.raises(ImageError) as caught:
        extract_zip(path, tmp_path / "out")
    assert caught.value.reason == "archive-bomb"
    assert list((tmp_path / "out").iterdir()) == []


def test_the_size_is_counted_and_not_believed(tmp_path: Path) -> None:
    path = _zip(tmp_path / "in.zip", {"bomb": bytes(3_000_000)})
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(raw))
    taken = extract_zip(path, tmp_path / "out", max_total_bytes=1000)
    # The reader stops at the claimed size, and the checksum then tells that the claim was a lie.
    assert taken.files == ()
    honest = _zip(tmp_path / "in2.zip", {"big": bytes(2000)})
    with pytest.raises(ImageError):
        extract_zip(honest, tmp_path / "out2", max_total_bytes=1000)


def test_whole_archives_that_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"no zip at all")
    with pytest.raises(ImageError) as caught:
        extract_zip(tmp_path / "no.zip", tmp_path / "out")
    assert caught.value.reason == "not-a-zip"
    many = _zip(tmp_path / "many.zip", {str(n): b"" for n in range(12)})
    with pytest.raises(ImageError, match="12 files, at most 10"):
        extract_zip(many, tmp_path / "out", max_files=10)
    (tmp_path / "out" / "there").write_text("mine")
    with pytest.raises(ImageError, match="not empty"):
        extract_zip(many, tmp_path / "out")
    assert (tmp_path / "out" / "there").read_text() == "mine"


def test_links_that_leave_a_folder_are_refused(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "in"
    outside.mkdir()
    (folder / "sub").mkdir(parents=True)
    (outside / "secret").write_text("s")
    (folder / "sub" / "a.txt").write_text("abc")
    (folder / "inside").symlink_to(folder / "sub" / "a.txt")
    (folder / "file").symlink_to(outside / "secret")
    (folder / "dir").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "gone").symlink_to(folder / "nothing")
    (folder / ".hidden").write_text("h")
    listed = walk_folder(folder)
    assert listed.files == ("inside", "sub/a.txt")
    reasons = {r.name: r.reason for r in listed.refused}
    assert set(reasons) == {"file", "dir", "loop", "gone"}
    assert "leaves the folder" in reasons["file"]
    assert "leaves the folder" in reasons["dir"]
    with pytest.raises(ImageError):
        walk_folder(tmp_path / "none")
