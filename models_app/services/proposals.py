"""Asking a model for proposals, and keeping them. A proposal stands beside people's labels, never in their place."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from annotation.models import Case, Volume
from annotation.services.labels import proposal_add
from jobs.models import Job, Queue
from jobs.provenance import code_version
from jobs.services import job_create
from models_app.architectures import architecture_get
from models_app.models import ModelState, ModelVersion, Proposal, ProposalRequest, RequestState
from models_app.selectors import model_version_serving, primary_volumes, volumes_waiting_for
from mri.labels import LabelArray

KIND = "proposals"


@transaction.atomic
def proposals_start(
    *, study: Study, by: User | None, model_version: ModelVersion | None = None, case_ids: Sequence[UUID] | None = None
) -> Job:
    """Queue the making of proposals, one request for each image.

    Parameters
    ----------
    study : Study
        The study.
    by : User or None
        Who asks; None for the command line.
    model_version : ModelVersion, optional
        Who proposes; without one, the version that serves.
    case_ids : sequence of UUID, optional
        For which cases; without any, for all that nobody has begun and this version has not proposed for.

    Raises
    ------
    Conflict
        If no version serves, it is retired, or there is nothing to propose for.
    InvalidInput
        If a case or the version is not of the study.
    """
    version = model_version or model_version_serving(study)
    if version is None:
        raise Conflict("No model version serves in this study; promote one first.")
    if version.study_id != study.pk:
        raise InvalidInput(f"{version.name} belongs to another study.", {"model_version": ["Of another study."]})
    if architecture_get(version.architecture).clicks:
        raise InvalidInput(
            f"{version.name} answers clicks in the viewer and proposes nothing by itself; choose another version.",
            {"model_version": ["Answers clicks only."]},
        )
    if version.state == ModelState.RETIRED:
        raise Conflict(f"{version.name} is retired: bring it back first, or choose another version.")
    if case_ids is None:
        chosen = list(_ordered(volumes_waiting_for(study, version)))
        done = set[UUID]()
    else:
        _check_cases(study, case_ids)
        chosen = list(_ordered(primary_volumes(study, version).filter(case__in=case_ids)))
        done = set(Proposal.objects.filter(model_version=version).values_list("volume_id", flat=True))
    waiting = sum(volume.pk not in done for volume in chosen)
    if not waiting:
        raise Conflict(
            f"There is nothing to propose for: every case is begun, or has a proposal by {version.name} already."
        )
    job = job_create(
        study=study,
        kind=KIND,
        title=f"Propose for {waiting} image{'s' if waiting != 1 else ''} by {version.name}",
        queue=Queue.ENGINE,
        parameters={"model_version": str(version.pk)},
        by=by,
    )
    ProposalRequest.objects.bulk_create(
        ProposalRequest(
            job=job,
            model_version=version,
            volume=volume,
            place=place,
            state=RequestState.SKIPPED if volume.pk in done else RequestState.WAITING,
            reason=f"{version.name} has proposed for it already." if volume.pk in done else "",
        )
        for place, volume in enumerate(chosen)
    )
    return job


def _ordered(volumes: QuerySet[Volume]) -> QuerySet[Volume]:
    return volumes.order_by("case__subject__label", "name", "pk")


def _check_cases(study: Study, case_ids: Sequence[UUID]) -> None:
    known = set(Case.objects.filter(study=study, pk__in=case_ids).values_list("pk", flat=True))
    missing = [str(key) for key in case_ids if key not in known]
    if missing:
        raise InvalidInput(f"The study has no case {', '.join(missing)}.", {"cases": ["Not in this study."]})


@transaction.atomic
def proposal_keep(
    *,
    volume: Volume,
    version: ModelVersion,
    voxels: LabelArray,
    job: Job | None,
    seconds: float,
    box: dict[str, Any] | None = None,
) -> Proposal:
    """Keep what a model version says about a volume, as a label version of its own that belongs to no task."""
    label_version = proposal_add(
        volume=volume,
        voxels=voxels,
        model_version_id=version.pk,
        model_name=version.name,
        provenance={
            "model_version": str(version.pk),
            "weights_sha256": version.weights_id,
            "code_version": code_version(),
            "seconds": round(seconds, 3),
            **({"box": box} if box is not None else {}),
        },
    )
    return Proposal.objects.create(
        model_version=version, volume=volume, label_version=label_version, job=job, seconds=seconds, box=box
    )
