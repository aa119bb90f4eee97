"""Scoring model versions on accepted labels: asking for it, keeping what came out, and summing it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from access.errors import Conflict
from access.models import User
from access.services import event_record
from annotation.models import LabelVersion
from annotation.services.storing import labels_store
from jobs.models import Job, Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from models_app.models import ModelVersion, ScoredCase
from models_app.score_table import latency, summaries, summary
from models_app.selectors import AcceptedSample
from models_app.selectors.scores import Scope, references, score_table
from models_app.specification import Specification
from mri.labels import LabelMap

KIND = "scoring"


@dataclass(frozen=True)
class VersionScore:
    """What a version made of one volume, held against one accepted label version.

    Attributes
    ----------
    reference : LabelVersion
        What people drew.
    labels : LabelMap
        What the version made, on the same grid.
    measures : mapping
        By label value as text: `MEASURES`, both volumes in mm3 and `undefined`.
    seconds : float
        From the stored image to the label map.
    hardware : str
        On what.
    """

    reference: LabelVersion
    labels: LabelMap
    measures: Mapping[str, Mapping[str, Any]]
    seconds: float
    hardware: str


@transaction.atomic
def scoring_start(*, version: ModelVersion, by: User | None, scope: Scope = "test") -> Job:
    """Queue the scoring of a version on what it was not scored on yet.

    Parameters
    ----------
    version : ModelVersion
        Which.
    by : User or None
        Who asks; None for the site itself.
    scope : {"test", "all"}
        On the frozen test set, or on all cases with an accepted label.

    Raises
    ------
    Conflict
        If there is nothing to score on, or its scoring is under way.
    """
    # Held until the transaction ends: two clicks at once must not score twice.
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("study").get(pk=version.pk)
    live = Job.objects.filter(study=version.study, kind=KIND, state__in=LIVE_STATES)
    if live.filter(parameters__model_version=str(version.pk)).exists():
        raise Conflict(f"{version.name} is being scored already; wait for it, or cancel it on the page of jobs.")
    waiting = unscored(version, scope)
    if not waiting:
        raise Conflict(_nothing_to_score(version, scope))
    return job_create(
        study=version.study,
        kind=KIND,
        title=f"Score {version.name} on {len(waiting)} image{'s' if len(waiting) != 1 else ''}",
        queue=Queue.ENGINE,
        parameters={"model_version": str(version.pk), "scope": scope},
        by=by,
    )


def scoring_start_if_possible(*, version: ModelVersion, by: User | None) -> Job | None:
    """Queue the scoring of a version on the frozen test set; None where there is nothing to score it on."""
    return scoring_start(version=version, by=by) if unscored(version, "test") else None


def unscored(version: ModelVersion, scope: Scope) -> list[AcceptedSample]:
    """The accepted labels that a version was not held against yet."""
    done = set(ScoredCase.objects.filter(model_version=version).values_list("reference_id", flat=True))
    return [sample for sample in references(version.study, version, scope) if sample.version.pk not in done]


def _nothing_to_score(version: ModelVersion, scope: Scope) -> str:
    if references(version.study, version, scope):
        return f"{version.name} was scored on all of it already."
    if scope == "test":
        return (
            "No case of the frozen test set has an accepted label: choose the test set, accept its labels, then score."
        )
    return "No case has an accepted label yet: accept at least one, then score."


@transaction.atomic
def scores_keep(*, version: ModelVersion, scored: Sequence[VersionScore]) -> list[ScoredCase]:
    """Keep scores of a version and sum up its table anew; what it was held against already stays as it is."""
    # Held until the transaction ends: the sum must be of all rows.
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("study").get(pk=version.pk)
    known = set(ScoredCase.objects.filter(model_version=version).values_list("reference_id", flat=True))
    rows = []
    for one in scored:
        if one.reference.pk in known:
            continue
        stored = labels_store(one.labels)
        rows.append(
            ScoredCase.objects.create(
                model_version=version,
                volume=one.reference.volume,
                reference=one.reference,
                labels=dict(one.measures),
                voxels=stored.blob,
                voxel_type=stored.dtype,
                seconds=one.seconds,
                hardware=one.hardware[:200],
                code_version=code_version(),
            )
        )
    _sum_up(version)
    return rows


def _sum_up(version: ModelVersion) -> None:
    table = score_table(version, "test")
    values = Specification.from_json(version.specification).label_values
    version.scores = summaries(table.honest, values)
    version.overall = summary(table.honest, "dice", None)
    newest = ScoredCase.objects.filter(model_version=version).order_by("-created_at").first()
    if newest is not None:
        same = ScoredCase.objects.filter(model_version=version, hardware=newest.hardware)
        version.latency = latency(list(same.values_list("seconds", flat=True)), newest.hardware)
    version.save(update_fields=["scores", "overall", "latency"])


def scoring_ended(*, version: ModelVersion, job: Job, made: int, skipped: int) -> None:
    """Write down that a version was scored."""
    event_record(
        study=version.study,
        actor=job.created_by,
        verb="model.scored",
        subject=version,
        detail={"name": version.name, "scored": made, "skipped": skipped},
    )
