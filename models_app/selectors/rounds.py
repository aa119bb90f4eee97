"""Rounds as a user may see them, the cases that there are to choose from, and what the rounds came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from access.errors import NotFound
from access.models import Membership, Study, User
from access.selectors import has_role
from annotation.models import Case, Correction, Task, TaskState, Volume
from annotation.selectors.visibility import studies_joined
from annotation.services.raters import READERS as CASE_READERS
from models_app.models import (
    OPEN_ROUND,
    ChoiceState,
    ModelState,
    ModelVersion,
    Round,
    RoundChoice,
    RoundState,
    Split,
    UncertaintyRecord,
)
from models_app.score_table import summaries, summary
from models_app.selectors import READERS, model_version_list, primary_volumes, studies_readable
from models_app.selectors.scores import score_table
from models_app.specification import Specification


def round_list(study: Study) -> QuerySet[Round]:
    """The rounds of a study, newest first, with what is shown of them."""
    choices = RoundChoice.objects.select_related("case__subject", "rater__user", "task").order_by("rank")
    return (
        Round.objects.filter(study=study)
        .select_related(
            "study", "asked__study", "result__study", "created_by", "choice_job__study", "choice_job__created_by",
            "training_run__job__study", "training_run__job__created_by",
        )
        .prefetch_related(Prefetch("choices", choices))
    )  # fmt: skip


def round_get_for_user(user: User, round_id: UUID) -> Round:
    """One round, for those who may look at models.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    found = Round.objects.filter(pk=round_id, study__in=studies_readable(user)).select_related("study").first()
    if found is None:
        raise NotFound("There is no such round.")
    return round_list(found.study).get(pk=found.pk)


def round_open(study: Study) -> Round | None:
    """The round that is under way."""
    return round_list(study).filter(state__in=OPEN_ROUND).first()


def choice_get_for_user(user: User, choice_id: UUID) -> RoundChoice:
    """A chosen case, for those who may look at models and for whom it is reserved.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    row = (
        RoundChoice.objects.filter(pk=choice_id)
        .select_related("round__study", "case__subject", "rater__user", "task")
        .first()
    )
    if row is not None:
        study = row.round.study
        holds = row.rater is not None and row.rater.user_id == user.pk and study in studies_joined(user)
        if holds or has_role(user, study, READERS):
            return row
    raise NotFound("There is no such chosen case.")


def choices_held(user: User, study: Study) -> QuerySet[RoundChoice]:
    """The cases of rounds that a user holds and has not handed in for good."""
    return (
        RoundChoice.objects.filter(round__study=study, state=ChoiceState.RESERVED, rater__user=user)
        .exclude(task__state__in=(TaskState.ACCEPTED, TaskState.EXCLUDED))
        .select_related("round", "case__subject", "task")
        .order_by("round__number", "rank")
    )


def choices_open_to(user: User, study: Study) -> QuerySet[RoundChoice]:
    """The cases of the round under way that a user may take; an empty list for whom it is not meant."""
    reads = has_role(user, study, CASE_READERS)
    under_way = Round.objects.filter(study=study, state=RoundState.LABELLING).first() if reads else None
    if under_way is None or (under_way.raters and user.pk not in under_way.raters):
        return RoundChoice.objects.none()
    return RoundChoice.objects.filter(round=under_way, state=ChoiceState.OPEN)


def readers_of_cases(study: Study) -> list[User]:
    """Who may be given cases, by user name."""
    rows = Membership.objects.filter(study=study, role__in=CASE_READERS, user__is_active=True).select_related("user")
    return sorted({row.user for row in rows}, key=lambda user: user.username)


def pool_volumes(study: Study, version: ModelVersion | None = None) -> QuerySet[Volume]:
    """What there is to choose from: labelled volumes of cases that nobody was given, outside of the test set.

    A case that a reader was given, or that was left out, is nobody's to choose.
    """
    given = Task.objects.filter(case__study=study).values("case_id")
    return (
        primary_volumes(study, version)
        .exclude(case__in=given)
        .exclude(case__subject__in_test_set=True)
        .order_by("case__subject__label", "case__session", "name", "pk")
    )


def pool_cases(study: Study) -> list[Case]:
    """The cases of the pool, in the study's order; each once, however many volumes it has."""
    cases = {volume.case_id: volume.case for volume in pool_volumes(study)}
    return list(cases.values())


def ensemble_members(study: Study, most: int) -> list[ModelVersion]:
    """Versions that can vote together: the serving one (else the newest), then newer before older ones like it."""
    versions = list(model_version_list(study).exclude(state=ModelState.RETIRED))
    versions.sort(key=lambda version: (version.state != ModelState.SERVING, -version.number))
    if not versions:
        return []
    first = Specification.from_json(versions[0].specification)
    alike = [
        version
        for version in versions
        if (seen := Specification.from_json(version.specification)).label_values == first.label_values
        and seen.grid_role == first.grid_role
    ]
    return alike[:most]


@dataclass(frozen=True)
class RoundPoint:
    """What a round came to; null where it is not known yet.

    Attributes
    ----------
    number : int
        Of the round; 0 for the version that the first round asked.
    title : str
        Of its strategy.
    version : str
        What was trained.
    training_cases : int or None
        Label versions that it learned from.
    scores : dict
        `overall` and, by label value, `labels`: Dice on the frozen test set with its interval.
    accepted : int
        Labels of the round that were accepted.
    minutes_per_case, voxels_changed, untouched_share : float or None
        Mean time of those who read; mean over proposals of the voxels changed; share of proposals handed in as they
        were.
    minutes : float or None
        All rounds together, up to this one.
    undefined : dict of str to str
        Why a number is null.
    """

    number: int
    title: str
    version: str
    training_cases: int | None
    scores: dict[str, Any]
    accepted: int
    minutes_per_case: float | None
    voxels_changed: float | None
    untouched_share: float | None
    minutes: float | None
    undefined: dict[str, str]


def rounds_report(study: Study) -> list[RoundPoint]:
    """What the rounds of a study came to, first round first, with where they began."""
    rounds = list(Round.objects.filter(study=study).exclude(state=RoundState.CANCELLED).order_by("number"))
    begun = next((row.asked for row in rounds if row.asked_id is not None), None)
    points = [_beginning(begun)] if begun is not None else []
    total = 0.0
    for row in rounds:
        tasks = list(
            Task.objects.filter(round_choice__round=row, state=TaskState.ACCEPTED).values_list("pk", "active_seconds")
        )
        seconds = [spent for _, spent in tasks if spent > 0]
        total += sum(seconds) / 60
        corrections = _corrections([pk for pk, _ in tasks])
        undefined = {}
        if not seconds:
            undefined["minutes_per_case"] = "no time was measured on an accepted label of this round yet"
        if not corrections:
            undefined["voxels_changed"] = "no accepted label of this round began as a proposal"
        if row.result is None:
            undefined["scores"] = "the round has not trained yet"
        points.append(
            RoundPoint(
                number=row.number,
                title=row.get_strategy_display(),
                version=row.result.name if row.result is not None else "",
                training_cases=_training_cases(row.result),
                scores=_scores(row.result),
                accepted=len(tasks),
                minutes_per_case=sum(seconds) / 60 / len(seconds) if seconds else None,
                voxels_changed=sum(corrections) / len(corrections) if corrections else None,
                untouched_share=sum(n == 0 for n in corrections) / len(corrections) if corrections else None,
                minutes=total if seconds or total else None,
                undefined=undefined,
            )
        )
    return points


def _beginning(version: ModelVersion) -> RoundPoint:
    return RoundPoint(
        0, "before the first round", version.name, _training_cases(version), _scores(version), 0, None, None, None, 0.0,
        {"minutes_per_case": "before the rounds", "voxels_changed": "before the rounds"},
    )  # fmt: skip


def _corrections(task_ids: Sequence[UUID]) -> list[int]:
    """Voxels changed in each proposal, by the last time that its task was handed in."""
    rows = Correction.objects.filter(task__in=task_ids).select_related("proposal").order_by("created_at")
    return list({(row.task_id, row.proposal.volume_id): row.voxels_changed for row in rows}.values())


def _training_cases(version: ModelVersion | None) -> int | None:
    if version is None or version.training_run is None:
        return None
    return version.training_run.cases.exclude(split=Split.TEST).count()


def _scores(version: ModelVersion | None) -> dict[str, Any]:
    if version is None:
        return {"overall": None, "labels": {}}
    rows = score_table(version, "test").honest
    values = Specification.from_json(version.specification).label_values
    return {"overall": summary(rows, "dice", None), "labels": summaries(rows, values)}


def uncertainty_list(user: User, volume: Volume) -> list[UncertaintyRecord]:
    """The uncertainty maps of a volume that a user may see, newest first.

    Those who may look at models see all. A reader sees those of a case that a round reserved for this reader, where
    the round shows scores: where a model is unsure is a hint at what it proposes.
    """
    study = volume.case.study
    rows = UncertaintyRecord.objects.filter(volume=volume).select_related("model_version__study")
    if has_role(user, study, READERS):
        return list(rows)
    shown = RoundChoice.objects.filter(
        case=volume.case_id, state=ChoiceState.RESERVED, rater__user=user, round__shows_scores=True
    ).select_related("round")
    asked = {row.round.asked_id for row in shown} if study in studies_joined(user) else set()
    return list(rows.filter(model_version__in=[key for key in asked if key is not None]))


def uncertainty_get_for_user(user: User, record_id: UUID) -> UncertaintyRecord:
    """One uncertainty map.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    row = UncertaintyRecord.objects.filter(pk=record_id).select_related("volume__case__study").first()
    if row is None or row.pk not in {one.pk for one in uncertainty_list(user, row.volume)}:
        raise NotFound("There is no such uncertainty map.")
    return row
