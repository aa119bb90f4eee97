"""Label maps of another tool into a study: versions that belong to no task, for analyses to read."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from access.models import Study, User
from access.services import event_record
from annotation.models import LabelSource, LabelVersion, Volume
from annotation.selectors.volumes import volume_grid
from annotation.services.importing.dataset import Progress, no_progress
from annotation.services.importing.images import file_sha256
from annotation.services.storing import labels_check, labels_store
from blobs.services import blob_path, blob_put_file
from mri.archive import extract_zip, walk_folder
from mri.bids import BidsName, match_label, parse_name
from mri.errors import ImageError
from mri.labels import LabelArray
from mri.nifti import read_labels

NIFTI = (".nii", ".nii.gz")


@dataclass
class ExternalReport:
    """What became of a tool's files.

    Attributes
    ----------
    tool : str
        Whose they are.
    matched : dict of str to str
        File to the volume that it labels.
    unchanged : int
        How many of them were there already.
    unmatched : dict of str to str
        File to the reason why it was left out.
    without : list of str
        Labelled volumes for which no file came.
    """

    tool: str
    matched: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0
    unmatched: dict[str, str] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """All of it, by name."""
        return {
            "tool": self.tool,
            "matched": len(self.matched),
            "unchanged": self.unchanged,
            "unmatched": [{"path": path, "reason": reason} for path, reason in self.unmatched.items()],
            "without": list(self.without),
        }


def import_external(
    *,
    study: Study,
    folder: Path,
    tool: str,
    by: User | None,
    values: Mapping[int, int] | None = None,
    progress: Progress = no_progress,
) -> ExternalReport:
    """Take a folder of another tool's label maps.

    Parameters
    ----------
    study : Study
        Whose volumes they label.
    folder : Path
        NIfTI files, in folders or not. It is read and never changed.
    tool : str
        What analyses call it, such as `sct-6.5`.
    by : User or None
        Who imports.
    values : mapping of int to int, optional
        The tool's value to the protocol's; 0 leaves a label out. By default the values are the protocol's.
    progress : callable
        Told how far it is.

    Returns
    -------
    ExternalReport
        Which files were matched to which volume, and why others were not.

    Raises
    ------
    ImageError
        If there is no such folder, or it holds too many files.

    Notes
    -----
    A file belongs to the volume of its BIDS name (`sub-01_T2w_seg.nii.gz`, or `sub-01_T2w.nii.gz` itself, as networks
    write their answers). Importing again adds what is new; a newer file of the same volume becomes a newer version.
    """
    found = walk_folder(folder)
    report = ExternalReport(tool)
    report.unmatched |= {refusal.name: refusal.reason for refusal in found.refused}
    volumes = _volumes(study)
    paths = [path for path in found.files if path.endswith(NIFTI)]
    taken: dict[Any, str] = {}
    for place, path in enumerate(paths):
        progress(place / max(len(paths), 1), f"reading {path}")
        name = parse_name(path)
        volume, reason = _volume_of(name, volumes)
        if volume is None:
            report.unmatched[path] = reason
            continue
        if volume.pk in taken:
            report.unmatched[path] = f"{taken[volume.pk]} labels the same volume"
            continue
        try:
            made = _take(study, volume, folder / path, path, tool, values or {})
        except ImageError as error:
            report.unmatched[path] = str(error)
            continue
        taken[volume.pk] = path
        report.matched[path] = volume.name
        report.unchanged += not made
    report.without = sorted(volume.name for _, volume in volumes if volume.pk not in taken)
    event_record(study=study, actor=by, verb="external.imported", subject=study, detail=report.to_json())
    return report


def import_external_archive(
    *,
    study: Study,
    upload_sha256: str,
    tool: str,
    by: User | None,
    values: Mapping[int, int] | None,
    progress: Progress,
) -> ExternalReport:
    """Extract an uploaded zip archive and take the label maps in it; as `import_external`.

    Raises
    ------
    ImageError
        If it is no zip archive, or a bomb.
    """
    home: Path = settings.CONFIGURATION.home
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="import-", dir=home) as name:
        folder = Path(name) / "maps"
        progress(0.0, "unpacking the archive")
        extract_zip(blob_path(upload_sha256), folder)
        return import_external(study=study, folder=folder, tool=tool, by=by, values=values, progress=progress)


def _volumes(study: Study) -> list[tuple[BidsName, Volume]]:
    rows = Volume.objects.filter(case__study=study, labelled=True).select_related("case__study", "case__subject")
    return [(parse_name(volume.source_path), volume) for volume in rows.order_by("name", "pk")]


def _volume_of(name: BidsName, volumes: list[tuple[BidsName, Volume]]) -> tuple[Volume | None, str]:
    same = [volume for image, volume in volumes if image.stem == name.stem]
    if len(same) == 1:
        return same[0], ""
    match = match_label(name, [image for image, _ in volumes])
    if match.image is None:
        return None, match.reason or "no volume of the study has its name"
    return next(volume for image, volume in volumes if image is match.image), ""


def _take(study: Study, volume: Volume, path: Path, name: str, tool: str, values: Mapping[int, int]) -> bool:
    """Store one file; False where the newest map of the tool for this volume came from the same bytes and values."""
    sha256 = file_sha256(path)
    told = {str(theirs): ours for theirs, ours in sorted(values.items())}
    rows = LabelVersion.objects.filter(volume=volume, task=None, source=LabelSource.EXTERNAL, author_name=tool)
    newest = rows.order_by("-created_at").first()
    if newest is not None and newest.original_id == sha256 and newest.provenance.get("values") == told:
        return False
    read = read_labels(path, volume_grid(volume))
    labels = labels_check(volume, _renamed(read.voxels, values), path.name)
    stored = labels_store(labels)
    version = LabelVersion(
        volume=volume,
        number=newest.number + 1 if newest else 1,
        parent=newest,
        source=LabelSource.EXTERNAL,
        author_name=tool,
        voxels=stored.blob,
        voxel_type=stored.dtype,
        counts=stored.counts,
        original=blob_put_file(path),
        source_path=name,
        provenance={"tool": tool, "values": told},
    )
    version.full_clean(validate_unique=False, validate_constraints=False)
    version.save(force_insert=True)
    return True


def _renamed(voxels: LabelArray, values: Mapping[int, int]) -> LabelArray:
    if not values:
        return voxels
    place = np.arange(max(int(voxels.max(initial=0)), *values) + 1, dtype=np.uint16)
    for theirs, ours in values.items():
        place[theirs] = ours
    renamed: LabelArray = place[voxels]
    return renamed
