"""The score tables of model versions, and what a version has seen in training."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import numpy as np

from access.errors import NotFound
from access.models import Study, User
from annotation.models import LabelVersion, Volume
from annotation.selectors.labels import label_voxels
from annotation.selectors.volumes import volume_grid
from blobs.services import blob_read
from models_app.models import ModelVersion, ScoredCase, Split, TrainingCase
from models_app.score_table import ScoreRow, site_of
from models_app.selectors import AcceptedSample, accepted_samples, studies_readable
from models_app.specification import Specification
from mri.labels import LabelMap

Scope = Literal["test", "all"]
"""`test`: the frozen test set. `all`: every case with an accepted label."""


@dataclass(frozen=True)
class ScoreTable:
    """What is known of how good a version is.

    Attributes
    ----------
    rows : list of ScoreRow
        A row for each volume that it was scored on, by subject: against the label that is accepted now where it was
        held against that one, else against the newest that it was held against.
    leaked : dict of str to str
        Subjects of rows that it learned from, each with how: no score of theirs says how good it is.
    outdated : list of str
        Volumes that have an accepted label by now that the row was not held against.
    missing : list of str
        Volumes of the scope that it was not scored on.
    """

    rows: list[ScoreRow]
    leaked: dict[str, str]
    outdated: list[str]
    missing: list[str]

    @property
    def honest(self) -> list[ScoreRow]:
        """The rows of subjects that it did not learn from."""
        return [row for row in self.rows if row.subject not in self.leaked]


def references(study: Study, version: ModelVersion, scope: Scope = "test") -> list[AcceptedSample]:
    """The accepted labels that a version is scored against: one for each volume of its role, the latest accepted."""
    role = Specification.from_json(version.specification).grid_role
    samples = accepted_samples(study, role=role)
    return [sample for sample in samples if scope == "all" or sample.subject.in_test_set]


def reference_of(volume: Volume) -> LabelVersion | None:
    """The label version that every model version is held to on a volume; None where none is accepted."""
    samples = accepted_samples(volume.case.study, role=volume.role)
    return next((sample.version for sample in samples if sample.volume.pk == volume.pk), None)


def score_table(version: ModelVersion, scope: Scope = "test") -> ScoreTable:
    """The stored scores of a version.

    Parameters
    ----------
    version : ModelVersion
        Whose.
    scope : {"test", "all"}
        On the frozen test set, or on all that it was scored on.
    """
    wanted = {sample.volume.pk: sample for sample in references(version.study, version, scope)}
    scored = ScoredCase.objects.filter(model_version=version).select_related("volume__case__subject")
    if scope == "test":
        scored = scored.filter(volume__case__subject__in_test_set=True)
    chosen: dict[UUID, ScoredCase] = {}
    # Oldest first, so that a newer row takes the place of an older one; the one of the accepted label stays.
    for row in scored.order_by("created_at", "pk"):
        best, sample = chosen.get(row.volume_id), wanted.get(row.volume_id)
        if best is None or sample is None or best.reference_id != sample.version.pk:
            chosen[row.volume_id] = row
    rows = sorted(chosen.values(), key=lambda row: (row.volume.case.subject.label, row.volume.name, str(row.pk)))
    seen = subjects_seen(version)
    subjects = {row.volume.case.subject.label for row in rows}
    return ScoreTable(
        rows=[score_row(row) for row in rows],
        leaked={label: how for label, how in seen.items() if label in subjects},
        outdated=[
            row.volume.name
            for row in rows
            if row.volume_id in wanted and wanted[row.volume_id].version.pk != row.reference_id
        ],
        missing=[sample.volume.name for key, sample in wanted.items() if key not in chosen],
    )


def score_row(row: ScoredCase) -> ScoreRow:
    """A scored case as plain data; its `volume.case.subject` is at hand."""
    case = row.volume.case
    return ScoreRow(
        id=str(row.pk),
        case=str(case.pk),
        volume=str(row.volume_id),
        reference=str(row.reference_id),
        case_name=case.name,
        volume_name=row.volume.name,
        subject=case.subject.label,
        site=site_of(case.subject.attributes),
        labels=row.labels,
        seconds=row.seconds,
    )


def lineage(version: ModelVersion) -> list[ModelVersion]:
    """A version and those that its weights came from, the youngest first."""
    found = [version]
    while (parent := found[-1].parent) is not None:
        found.append(parent)
    return found


def subjects_seen(version: ModelVersion) -> dict[str, str]:
    """The subjects of its study that a version or one it came from learned from, each with how.

    Validation counts: it chose the weights. A version that came from a file names its training images by hash, so
    that the same image is found again in whatever study it lies.
    """
    seen: dict[str, str] = {}
    for one in reversed(lineage(version)):
        by = "" if one.pk == version.pk else f" of v{one.number}, which it came from"
        for label, how in _subjects_of(one):
            seen[label] = f"{how}{by}"
    return seen


def _subjects_of(version: ModelVersion) -> Sequence[tuple[str, str]]:
    if version.training_run_id is not None:
        cases = TrainingCase.objects.filter(run=version.training_run_id, split__in=(Split.TRAIN, Split.VALIDATION))
        return [
            (label, "in the training" if split == Split.TRAIN else "in the validation")
            for label, split in cases.values_list("subject__label", "split")
        ]
    images = (version.origin or {}).get("trained_on", [])
    labels = Volume.objects.filter(case__study=version.study_id, original__in=images)
    return [
        (label, "in the training before the import") for label in labels.values_list("case__subject__label", flat=True)
    ]


def scored_case_get_for_user(user: User, scored_id: UUID) -> ScoredCase:
    """One scored case.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    row = (
        ScoredCase.objects.filter(pk=scored_id, model_version__study__in=studies_readable(user))
        .select_related("model_version__study", "volume__case__subject", "reference__volume")
        .first()
    )
    if row is None:
        raise NotFound("There is no such scored case.")
    return row


def scored_case_labels(row: ScoredCase) -> LabelMap:
    """The label map that the version made; the stored file is checked against its hash."""
    return LabelMap.from_bytes(gzip.decompress(blob_read(row.voxels_id)), row.voxel_type, volume_grid(row.volume))


def scored_case_disagreement(row: ScoredCase, label: int) -> LabelMap:
    """Where a version and the label that it was held against differ in one label.

    Returns
    -------
    LabelMap
        On the volume's grid: 0 neither has it, 1 only the people, 2 only the version, 3 both.
    """
    drawn, made = label_voxels(row.reference), scored_case_labels(row)
    found = (drawn.voxels == label).astype(np.uint8) + 2 * (made.voxels == label).astype(np.uint8)
    return LabelMap(found, made.grid)
