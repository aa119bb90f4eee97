"""An uploaded archive into a study."""

import tempfile
from pathlib import Path

from django.conf import settings

from access.models import Study, User
from annotation.services.importing.dataset import Progress, import_folder
from annotation.services.importing.outcome import ImportReport
from blobs.services import blob_path
from mri.archive import extract_zip


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
    with tempfile.TemporaryDirectory(prefix="import-", dir=home) as name:
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
