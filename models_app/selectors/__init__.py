"""What a user may see of training and models, and what a training would take now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.errors import Conflict, NotFound
from access.models import Membership, Role, Study, User
from annotation.models import LabelSource, LabelVersion, Subject, TaskState, TaskVolume, Volume
from models_app.models import ModelState, ModelVersion, Proposal, TrainingRun
from models_app.specification import Specification
from protocols import loader
from protocols.protocol import Protocol

READERS = (Role.LEAD, Role.ENGINEER, Role.REVIEWER)
"""Who may look at models and training: scores would tell an annotator how colleagues read."""

MAKERS = (Role.LEAD, Role.ENGINEER)
"""Who may train, promote and propose."""


@dataclass(frozen=True)
class AcceptedSample:
    """An accepted label version, and whose it is."""

    subject: Subject
    volume: Volume
    version: LabelVersion
    rater: str
    decided_at: datetime | None


def protocol_of(study: Study) -> Protocol:
    """The protocol that a study was made with."""
    return loader.from_json(study.protocol)


def accepted_samples(study: Study, raters: Sequence[str] = (), role: str | None = None) -> list[AcceptedSample]:
    """One accepted label version for each volume of a role.

    Parameters
    ----------
    study : Study
        The study.
    raters : sequence of str
        Whose label to take where several were accepted, most wanted first. Without a wanted one, the latest accepted.
    role : str, optional
        Of the volumes; the protocol's primary one without it.

    Returns
    -------
    list of AcceptedSample
        By subject, then volume.
    """
    rows = (
        TaskVolume.objects.filter(
            task__case__study=study,
            task__state=TaskState.ACCEPTED,
            volume__role=role or protocol_of(study).primary_role.name,
            submitted__isnull=False,
        )
        .select_related("task__rater", "volume__case__subject", "volume__case__study", "submitted")
        .order_by("task__decided_at", "task__created_at", "task_id")
    )
    wanted = {name: place for place, name in enumerate(raters)}
    chosen: dict[UUID, tuple[int, AcceptedSample]] = {}
    for row in rows:
        rank = wanted.get(row.task.rater.name, len(wanted))
        best = chosen.get(row.volume_id)
        # Rows come in the order of their acceptance, so a later one of the same rank takes the place of an earlier one.
        if row.submitted is not None and (best is None or rank <= best[0]):
            subject = row.volume.case.subject
            sample = AcceptedSample(subject, row.volume, row.submitted, row.task.rater.name, row.task.decided_at)
            chosen[row.volume_id] = (rank, sample)
    return sorted(
        (sample for _, sample in chosen.values()), key=lambda s: (s.subject.label, s.volume.name, str(s.volume.pk))
    )


def studies_readable(user: User) -> QuerySet[Membership, Any]:
    """The ids of the studies whose models a user may look at, as a subquery."""
    return Membership.objects.filter(user=user, role__in=READERS).values("study_id")


def training_run_list(study: Study) -> QuerySet[TrainingRun]:
    """The training runs of a study, newest first, with all that is shown of them."""
    return (
        TrainingRun.objects.filter(study=study)
        .select_related("study", "job__study", "job__created_by", "created_by", "model_version", "initial__study")
        .prefetch_related("cases__subject", "epochs")
    )


def training_run_get_for_user(user: User, run_id: UUID) -> TrainingRun:
    """One training run.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    run = TrainingRun.objects.filter(pk=run_id, study__in=studies_readable(user)).select_related("study").first()
    if run is None:
        raise NotFound("There is no such training run.")
    return training_run_list(run.study).get(pk=run.pk)


def model_version_list(study: Study) -> QuerySet[ModelVersion]:
    """The model versions of a study, newest first."""
    return ModelVersion.objects.filter(study=study).select_related("study", "weights", "promoted_by", "parent__study")


def model_version_get_for_user(user: User, version_id: UUID) -> ModelVersion:
    """One model version.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    version = (
        ModelVersion.objects.filter(pk=version_id, study__in=studies_readable(user))
        .select_related("study", "weights", "promoted_by", "parent__study")
        .first()
    )
    if version is None:
        raise NotFound("There is no such model version.")
    return version


def model_version_serving(study: Study) -> ModelVersion | None:
    """The model version that makes proposals now."""
    return model_version_list(study).filter(state=ModelState.SERVING).first()


def proposal_list(study: Study) -> QuerySet[Proposal]:
    """The proposals made in a study, newest first."""
    return (
        Proposal.objects.filter(volume__case__study=study)
        .select_related("volume__case__subject", "model_version__study")
        .order_by("-created_at", "id")
    )


def companions(volume: Volume, others: Sequence[str], chosen: Sequence[str] = ()) -> list[Volume]:
    """The other volumes of a case that a model takes, in the order of its roles; the first by name of several.

    Parameters
    ----------
    volume : Volume
        The labelled one.
    others : sequence of str
        Their roles.
    chosen : sequence of str
        Their ids, where a training froze them.

    Raises
    ------
    Conflict
        If the case lacks one.
    """
    if not others:
        return []
    rows = list(Volume.objects.filter(case=volume.case_id, role__in=others).order_by("name", "pk"))
    if chosen:
        rows = [row for row in rows if str(row.pk) in chosen]
    found: list[Volume] = []
    for role in others:
        row = next((row for row in rows if row.role == role), None)
        if row is None:
            raise Conflict(
                f"{volume.case.name} has no {role} volume, which the model takes beside {volume.role}: import it, or "
                "train without that input."
            )
        found.append(row)
    return found


def primary_volumes(study: Study, version: ModelVersion | None = None) -> QuerySet[Volume]:
    """The volumes that a model version labels: those of its labelled role, or of the protocol's primary one."""
    role = Specification.from_json(version.specification).grid_role if version is not None else ""
    return Volume.objects.filter(
        case__study=study, role=role or protocol_of(study).primary_role.name, labelled=True
    ).select_related("case__study", "case__subject", "original")


def volumes_labelled_by_people(study: Study) -> QuerySet[TaskVolume, Any]:
    """The ids of the volumes that some task has a person's or an imported label of, as a subquery."""
    return (
        TaskVolume.objects.filter(task__case__study=study, head__isnull=False)
        .exclude(head__source=LabelSource.MODEL)
        .values("volume_id")
    )


def volumes_waiting_for(study: Study, version: ModelVersion) -> QuerySet[Volume]:
    """The volumes that nobody has begun to label and this model version has not proposed for."""
    begun = TaskVolume.objects.filter(task__case__study=study, head__isnull=False).values("volume_id")
    proposed = Proposal.objects.filter(model_version=version).values("volume_id")
    return primary_volumes(study, version).exclude(pk__in=begun).exclude(pk__in=proposed)
