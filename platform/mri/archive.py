"""Files that come in bulk: zip archives and folders, neither of which is trusted."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mri.errors import ImageError

MAX_FILES = 20_000
MAX_TOTAL_BYTES = 20 * 1024**3
MAX_RATIO = 200.0
RATIO_GRACE_BYTES = 10 * 1024**2
"""Below this much extracted data the ratio isn't looked at: a small label map alone compresses 400 : 1."""

_CHUNK = 1 << 20
_LONGEST_NAME = 255
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Refusal:
    """An entry that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class FileList:
    """What was taken and what was refused.

    Attributes
    ----------
    files : tuple of str
        Paths relative to the folder, with ``/``, in order of path.
    refused : tuple of Refusal
        What was left out, each with its reason in words.
    total_bytes : int
        Size of all ``files``.
    """

    files: tuple[str, ...]
    refused: tuple[Refusal, ...]
    total_bytes: int


def extract_zip(
    path: Path,
    target: Path,
    *,
    max_files: int = MAX_FILES,
    max_total_bytes: int = MAX_TOTAL_BYTES,
    max_ratio: float = MAX_RATIO,
    ratio_grace_bytes: int = RATIO_GRACE_BYTES,
) -> FileList:
    """Extract a zip archive into an empty folder without trusting it.

    Parameters
    ----------
    path : pathlib.Path
        The archive.
    target : pathlib.Path
        An empty or new folder. On an error its content is removed again.
    max_files : int
        Most entries.
    max_total_bytes : int
        Most bytes extracted, counted while they come and not as the archive claims.
    max_ratio : float
        Most extracted bytes per byte of archive, looked at after ``ratio_grace_bytes``.
    ratio_grace_bytes : int
        See ``max_ratio``.

    Returns
    -------
    FileList
        An entry with an unsafe path, a symbolic link, an encrypted, repeated or damaged entry is refused by itself.

    Raises
    ------
    ImageError
        ``not-a-zip``; ``archive-bomb`` and ``too-large`` for the archive as a whole; ``unsafe-path`` where the target
        is not empty.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise ImageError(f"The folder {target.name} to extract into is not empty.", "unsafe-path")
    target.mkdir(parents=True, exist_ok=True)
    budget = _Budget(max_total_bytes, int(max_ratio * path.stat().st_size) + ratio_grace_bytes)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > max_files:
                raise ImageError(
                    f"{path.name} holds {len(entries)} files, at most {max_files} are accepted; split it.", "too-large"
                )
            return _extract(archive, entries, target, budget)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        _empty(target)
        raise ImageError(f"{path.name} is not a readable zip archive; pack the folder again.", "not-a-zip") from error
    except BaseException:
        _empty(target)
        raise


def walk_folder(folder: Path, *, max_files: int = MAX_FILES) -> FileList:
    """List the files of a folder, hidden ones left out.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; links in it are followed to files inside it and nowhere else.
    max_files : int
        Most files.

    Returns
    -------
    FileList
        A link that leaves the folder, leads nowhere or leads to a folder is refused by itself.

    Raises
    ------
    ImageError
        ``not-found`` where there is no such folder, ``too-large`` where it holds more files.
    """
    if not folder.is_dir():
        raise ImageError(f"There is no folder {folder.name}.", "not-found")
    root = folder.resolve()
    files: list[str] = []
    refused: list[Refusal] = []
    total = 0
    for parent, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names + [f for f in folders if (Path(parent) / f).is_symlink()]):
            if name.startswith("."):
                continue
            path = Path(parent) / name
            relative = path.relative_to(root).as_posix()
            problem = _link_problem(path, root)
            if problem is not None:
                refused.append(Refusal(relative, problem))
                continue
            files.append(relative)
            total += path.stat().st_size
            if len(files) > max_files:
                raise ImageError(
                    f"The folder {folder.name} holds more than {max_files} files; import it in parts.", "too-large"
                )
    return FileList(tuple(sorted(files)), tuple(sorted(refused, key=lambda r: r.name)), total)


@dataclass
class _Budget:
    """What an archive may still extract."""

    max_bytes: int
    max_bytes_by_ratio: int
    used: int = 0

    def spend(self, amount: int, name: str) -> None:
        self.used += amount
        if self.used > self.max_bytes_by_ratio:
            raise ImageError(
                f"The archive unpacks to far more than its size (at {name}), as a bomb does; nothing was kept.",
                "archive-bomb",
            )
        if self.used > self.max_bytes:
            raise ImageError(
                f"The archive unpacks to more than {self.max_bytes} bytes (at {name}); split it.", "archive-bomb"
            )


def _extract(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], target: Path, budget: _Budget) -> FileList:
    files: list[str] = []
    refused: list[Refusal] = []
    start = budget.used
    for entry in entries:
        problem = _entry_problem(entry)
        if problem is None:
            problem = _extract_one(archive, entry, target, budget)
        if problem is None:
            files.append(PurePosixPath(entry.filename).as_posix())
        else:
            refused.append(Refusal(entry.filename, problem))
    kept = sum((target / name).stat().st_size for name in files) if budget.used > start else 0
    return FileList(tuple(sorted(files)), tuple(refused), kept)


def _extract_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: _Budget) -> str | None:
    path = target / PurePosixPath(entry.filename)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sink = path.open("xb")
    except FileExistsError:
        return "the archive holds this path twice"
    except NotADirectoryError:
        return "a folder of this path is a file elsewhere in the archive"
    with sink:
        try:
            with archive.open(entry) as source:
                while chunk := source.read(_CHUNK):
                    budget.spend(len(chunk), entry.filename)
                    sink.write(chunk)
            return None
        except (zipfile.BadZipFile, zlib.error, EOFError):
            problem = "damaged: its checksum or its data do not fit"
        except (NotImplementedError, RuntimeError):
            problem = "packed by a method that can't be read here"
    path.unlink()
    return problem


def _entry_problem(entry: zipfile.ZipInfo) -> str | None:
    # zipfile cuts a name at its NUL byte; what was written in the archive is judged, not what is left of it.
    name = entry.orig_filename
    parts = name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    problem: str | None = None
    if not name or any(ord(c) < 32 or ord(c) == 127 for c in name):
        problem = "its name holds control characters"
    elif "\\" in name or (len(name) > 1 and name[1] == ":"):
        problem = "its path is written for another system (backslash or drive letter)"
    elif name.startswith("/"):
        problem = "its path is absolute"
    elif ".." in parts:
        problem = "its path leaves the archive (..)"
    elif any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in parts) or len(name) > 4 * _LONGEST_NAME:
        problem = "its name is too long"
    elif kind == stat.S_IFLNK:
        problem = "it is a symbolic link"
    elif kind not in (0, stat.S_IFREG):
        problem = "it is no plain file"
    elif entry.flag_bits & _ENCRYPTED:
        problem = "it is encrypted; pack it without a password"
    return problem


def _link_problem(path: Path, root: Path) -> str | None:
    mode = path.lstat().st_mode
    if not stat.S_ISLNK(mode):
        return None if stat.S_ISREG(mode) else "it is no plain file"
    try:
        end = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "the link leads nowhere (content not fetched?)"
    if not end.is_relative_to(root):
        return "the link leaves the folder"
    return None if end.is_file() else "the link leads to a folder"


def _empty(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True)
