"""Holding a task's labels against anatomy before they are handed in."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from access.errors import Conflict, InvalidInput
from annotation.models import Task, TaskVolume, Volume
from annotation.selectors.labels import label_voxels
from annotation.selectors.volumes import volume_grid
from blobs.services import blob_read
from measures.anatomy.checks import run_checks
from measures.anatomy.labelled import Finding, LabelledAnatomy, Structure
from mri.browser import from_raw_bytes
from mri.geometry import Grid
from mri.resampling import resample
from protocols.loader import from_json
from protocols.protocol import Protocol

CORD_ROLE = "cord"
"""A volume of this role is a mask of the spinal cord."""


@dataclass(frozen=True)
class Override:
    """A rater's reason to hand in a label map in spite of a finding.

    Attributes
    ----------
    volume : str
        The id of the volume.
    code : str
        The check.
    labels : tuple of int
        The values that the finding is about.
    reason : str
        In the rater's words.
    """

    volume: str
    code: str
    labels: tuple[int, ...]
    reason: str

    @classmethod
    def from_request(cls, given: Mapping[str, Any]) -> Self:
        """Read what a request says."""
        return cls(str(given["volume"]), given["code"], tuple(given["labels"]), given["reason"])


def task_findings(task: Task) -> list[dict[str, Any]]:
    """What anatomy speaks against in the labels that a task would hand in.

    Parameters
    ----------
    task : Task
        With `case.study` at hand.

    Returns
    -------
    list of dict
        `volume`, `code`, `severity`, `sentence`, `labels`, `ijk` and an empty `reason`; volume by volume, serious ones
        first.
    """
    protocol = from_json(task.case.study.protocol)
    if not protocol.checks:
        return []
    heads = task.working.filter(head__isnull=False).select_related("head", "volume")
    return [
        {"volume": str(row.volume_id), **_plain(finding), "reason": ""}
        for row in heads.order_by("volume__role", "volume__name")
        for finding in _findings(protocol, task, row)
    ]


def findings_overridden(findings: Sequence[Mapping[str, Any]], overrides: Sequence[Override]) -> list[dict[str, Any]]:
    """Findings with the rater's reasons, as they are kept with a submission.

    Raises
    ------
    InvalidInput
        If a reason is empty.
    Conflict
        If a serious finding has none.
    """
    reasons = {(one.volume, one.code, one.labels): one.reason.strip() for one in overrides}
    if not all(reasons.values()):
        raise InvalidInput("Say why a finding does not hold here.", {"overrides": ["A reason is empty."]})
    answered = [{**one, "reason": reasons.get(_key(one), "")} for one in findings]
    open_ones = [one for one in answered if one["severity"] == "serious" and not one["reason"]]
    if open_ones:
        raise Conflict(
            f"{open_ones[0]['sentence']} Correct it, or give a reason.",
            {"overrides": [str(one["sentence"]) for one in open_ones]},
        )
    return answered


def _key(finding: Mapping[str, Any]) -> tuple[str, str, tuple[int, ...]]:
    return finding["volume"], finding["code"], tuple(finding["labels"])


def _plain(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "labels": list(finding.labels), "ijk": list(finding.ijk)}


def _findings(protocol: Protocol, task: Task, row: TaskVolume) -> tuple[Finding, ...]:
    if row.head is None or not row.head.counts:
        return ()
    labels = label_voxels(row.head)
    structures = [
        Structure(one.value, one.name, one.side, one.level, one.group, one.optional)
        for one in protocol.labels_on(row.volume.role)
    ]
    needs_cord = any(check.name in ("side", "outside_cord") for check in protocol.checks)
    cord = _cord(task, labels.grid) if needs_cord else None
    checks = [(check.name, check.groups, check.settings) for check in protocol.checks]
    return run_checks(LabelledAnatomy(labels.voxels, labels.grid, structures, cord), checks)


def _cord(task: Task, target: Grid) -> NDArray[np.bool_] | None:
    volume = Volume.objects.filter(case_id=task.case_id, role=CORD_ROLE).first()
    if volume is None:
        return None
    source = volume_grid(volume)
    content = gzip.decompress(blob_read(volume.voxels_id))
    mask = from_raw_bytes(content, volume.voxel_type, source.shape, volume.components) > 0
    sampled: NDArray[np.bool_] = resample(mask.astype(np.uint8), source, target, "nearest") > 0
    return sampled
