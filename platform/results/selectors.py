"""What a user may see of analyses, and which label versions a comparison is made of."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from access.errors import NotFound
from access.models import Study, User
from access.selectors import OVERSEERS
from annotation.models import LabelSource, LabelVersion, Rater, TaskState, TaskVolume
from results.models import Analysis

HANDED_IN = (TaskState.SUBMITTED, TaskState.ACCEPTED)
MODEL_PREFIX = "model:"
"""Before a model version's id in place of a rater's name: its proposals are compared as they were made."""


@dataclass(frozen=True)
class Pair:
    """Two readings of one volume."""

    volume: UUID
    version_a: LabelVersion
    version_b: LabelVersion


@dataclass(frozen=True)
class Pairing:
    """The readings that two raters share, and those that only one has."""

    pairs: list[Pair]
    excluded: list[dict[str, str]]


def analysis_list_for_user(user: User) -> QuerySet[Analysis]:
    """Analyses of the studies that the user oversees. An annotator sees none: scores would unblind."""
    return (
        Analysis.objects.filter(study__memberships__user=user, study__memberships__role__in=OVERSEERS)
        .distinct()
        .select_related("study", "job", "job__study", "job__created_by", "created_by")
    )


def analysis_get_for_user(user: User, analysis_id: UUID) -> Analysis:
    """One analysis.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    analysis = analysis_list_for_user(user).filter(pk=analysis_id).first()
    if analysis is None:
        raise NotFound("There is no such analysis.")
    return analysis


def readings(study: Study, reader: str, read: int) -> dict[UUID, LabelVersion]:
    """What a rater handed in, or a model version proposed, by volume.

    Parameters
    ----------
    study : Study
        The study.
    reader : str
        A rater's name, or `model:` and the id of a model version.
    read : int
        Which read of the rater; a model has one.

    Raises
    ------
    NotFound
        If the study has no such rater.
    """
    if reader.startswith(MODEL_PREFIX):
        return _proposals(study, reader.removeprefix(MODEL_PREFIX))
    rater = Rater.objects.filter(study=study, name=reader).first()
    if rater is None:
        known = ", ".join(study.raters.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"The study '{study.slug}' has no rater '{reader}'; there are: {known}.")
    rows = TaskVolume.objects.filter(
        task__rater=rater, task__read=read, task__state__in=HANDED_IN, submitted__isnull=False
    ).select_related("submitted__volume__case__subject")
    return {row.volume_id: row.submitted for row in rows if row.submitted is not None}


def _proposals(study: Study, model_version: str) -> dict[UUID, LabelVersion]:
    try:
        wanted = UUID(model_version)
    except ValueError as error:
        raise NotFound(f"'{model_version}' is not the id of a model version.") from error
    rows = (
        LabelVersion.objects.filter(
            Q(task=None), volume__case__study=study, source=LabelSource.MODEL, model_version=wanted
        )
        .order_by("created_at")
        .select_related("volume__case__subject")
    )
    return {row.volume_id: row for row in rows}


def pair_readings(study: Study, reader_a: str, reader_b: str, read_a: int = 1, read_b: int = 1) -> Pairing:
    """The volumes that both readers have read, in the order of the cases' names."""
    a, b = readings(study, reader_a, read_a), readings(study, reader_b, read_b)
    both = sorted(a.keys() & b.keys(), key=lambda volume: (a[volume].volume.case.name, str(volume)))
    excluded = [
        {
            "case": version.volume.case.name,
            "volume": version.volume.name,
            "reason": f"{missing} has not handed in a reading of it",
        }
        for mine, other, missing in ((a, b, reader_b), (b, a, reader_a))
        for volume, version in mine.items()
        if volume not in other
    ]
    return Pairing(
        [Pair(volume, a[volume], b[volume]) for volume in both],
        sorted(excluded, key=lambda row: (row["case"], row["volume"])),
    )


def is_outdated(analysis: Analysis) -> bool:
    """Whether the same question would now be answered from other label versions."""
    parameters = analysis.parameters
    now = pair_readings(
        analysis.study, parameters["rater_a"], parameters["rater_b"], parameters["read_a"], parameters["read_b"]
    )
    wanted = {(pair.version_a.pk, "a") for pair in now.pairs} | {(pair.version_b.pk, "b") for pair in now.pairs}
    used = {(row.label_version_id, row.side) for row in analysis.inputs.all()}
    return wanted != used
