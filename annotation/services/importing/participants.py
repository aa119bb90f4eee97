"""`participants.tsv`: what a BIDS dataset says of its subjects."""

import csv
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from access.models import Study
from annotation.models import Subject
from annotation.services.importing.outcome import FileRefused

NAME = "participants.tsv"
NOT_AVAILABLE = ("", "n/a", "N/A")
MOST_BYTES = 16 * 1024 * 1024


def participants_path(paths: Iterable[str]) -> str | None:
    """The dataset's own `participants.tsv`: the one nearest to the root."""
    found = [path for path in paths if PurePosixPath(path).name == NAME]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def participants_import(*, study: Study, path: Path) -> int:
    """Add the columns of the file to the subjects of the study that it names.

    Returns
    -------
    int
        How many subjects changed.

    Raises
    ------
    FileRefused
        If it is no such table.
    """
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused(f"it is larger than {MOST_BYTES} bytes, so it is no table of subjects")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(f"it is no table with tabs between columns ({error})") from error
    if rows and "participant_id" not in rows[0]:
        raise FileRefused("it has no column participant_id")
    told = {str(row["participant_id"]).removeprefix("sub-"): row for row in rows if row["participant_id"]}
    changed = []
    for subject in Subject.objects.filter(study=study, label__in=told):
        attributes = {**subject.attributes, **_attributes(told[subject.label])}
        if attributes != subject.attributes:
            subject.attributes = attributes
            changed.append(subject)
    Subject.objects.bulk_update(changed, ["attributes"])
    return len(changed)


def _attributes(row: dict[str, str | None]) -> dict[str, str | None]:
    # PostgreSQL keeps no NUL in its JSON; a row with more cells than the header has them under None.
    cells = {
        key.replace("\0", ""): value.replace("\0", "").strip()
        for key, value in row.items()
        if isinstance(key, str) and isinstance(value, str) and key != "participant_id"
    }
    return {key: None if value in NOT_AVAILABLE else value for key, value in cells.items()}
