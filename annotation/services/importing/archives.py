"""An uploaded archive into a study."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from access.models import Study, User
from annotation.services.importing.dataset import Progress, import_folder
from annotation.services.importing.outcome import ImportReport
from blobs.services import blob_path
from mri.archive import extract_zip

PREFIX = "import-"
JUST_MADE_SECONDS = 5.0


def import_folders_clear() -> list[Path]:
    """Remove the folders of imports whose worker was killed; one that a worker still holds stays.

    Returns
    -------
    list of Path
        Those that were removed.
    """
    removed = []
    for folder in sorted(settings.CONFIGURATION.home.glob(f"{PREFIX}*")):
        # A folder that was made this moment may not be held yet.
        if not folder.is_dir() or time.time() - folder.stat().st_mtime < JUST_MADE_SECONDS:
            continue
        try:
            with _held(folder):
                shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        removed.append(folder)
    return removed


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder for as long as the process lives; BlockingIOError where another one does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def import_archive(
    *, study: Study, upload_sha256: str, by: User | None, accept_labels: bool, progress: Progress
) -> ImportReport:
    """Extract an uploaded zip archive into a temporary folder and take the dataset in it.

    Parameters
    ----------
    study : Study
        Where it goes.
    upload_sha256 : str
        The archive, in the blob store.
    by, accept_labels, progress
        As in `import_folder`.

    Raises
    ------
    ImageError
        If it is no zip archive, or a bomb.
    """
    home: Path = settings.CONFIGURATION.home
    home.mkdir(parents=True, exist_ok=True)
    # Beside the blobs and not in /tmp: a dataset may be larger than a memory-backed /tmp.
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=home) as name, _held(Path(name)):
        folder = Path(name) / "dataset"
        progress(0.0, "unpacking the archive")
        extracted = extract_zip(blob_path(upload_sha256), folder)
        return import_folder(
            study=study,
            folder=folder,
            by=by,
            accept_labels=accept_labels,
            progress=progress,
            refused=extracted.refused,
        )
