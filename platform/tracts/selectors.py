"""The tractograms and ratings that a user may see, and the table of both arms."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Q, QuerySet

from access.errors import InvalidInput, NotAllowed, NotFound
from access.models import Membership, Role, Study, User
from annotation.selectors.labels import label_version_list_for_user
from annotation.selectors.visibility import studies_joined
from measures.comparison_tests import TwoSampleTest, paired_t, wilcoxon
from mri.diffusion.tracking import TrackingSettings
from tracts.models import Arm, Tractogram, TractRating


@dataclass(frozen=True)
class StudyTracking:
    """How nerves are tracked in a study, for one user.

    Attributes
    ----------
    settings : TrackingSettings or None
        What a tracking starts from; None where the protocol has no tractography.
    may_track : bool
        The user may start one.
    rating_question : str
        What raters are asked; empty without a rating.
    rating_words : tuple of str
        What 1 to 5 mean.
    tractography : bool
        The protocol tracks nerves, or there are tractograms, whoever may see them.
    """

    settings: TrackingSettings | None
    may_track: bool
    rating_question: str
    rating_words: tuple[str, ...]
    tractography: bool


def tracking_of_study(user: User, study: Study) -> StudyTracking:
    """How nerves are tracked in a study that the user may see."""
    settings = settings_for(study, {}) if study.protocol.get("tracking") else None
    may = Membership.objects.filter(study=study, user=user, role__in=(Role.LEAD, Role.ENGINEER)).exists()
    ratings = [one for one in study.protocol.get("ratings") or [] if one["name"] == "tractogram"]
    question, words = (str(ratings[0]["question"]), ratings[0]["words"]) if ratings else ("", ())
    tractography = settings is not None or Tractogram.objects.filter(case__study=study).exists()
    return StudyTracking(settings, may and settings is not None, question, tuple(words), tractography)


def settings_for(study: Study, asked: Mapping[str, float]) -> TrackingSettings:
    """The parameters of a tracking: what was asked for, else the protocol's, else the program's own.

    Raises
    ------
    InvalidInput
        If one is out of its range.
    """
    ours = {field.name for field in fields(TrackingSettings)}
    protocol = {name: value for name, value in (study.protocol.get("tracking") or {}).items() if name in ours}
    try:
        return TrackingSettings(**{**protocol, **asked})
    except ValueError as error:
        raise InvalidInput(str(error), {"settings": [str(error)]}) from error


def tractogram_list_for_user(user: User) -> QuerySet[Tractogram]:
    """The tractograms of the label versions that a user may see: one shows where its labels are.

    None of a study in which the user is a blind rater yet: streamlines that are seen with their case and arm are known
    again among those to rate.
    """
    return (
        Tractogram.objects.filter(
            case__study__in=studies_joined(user), label_version__in=label_version_list_for_user(user)
        )
        .exclude(case__study__in=studies_rated_blind(user))
        .select_related("case__study", "case__subject", "label_version__task", "created_by")
        .order_by("created_at", "id")
    )


def studies_rated_blind(user: User) -> QuerySet[Study]:
    """The studies in which a user has tractograms left to rate and is no lead, for use as a subquery."""
    led = Membership.objects.filter(user=user, role=Role.LEAD).values("study")
    left = TractRating.objects.filter(user=user, score=None).values("study")
    return Study.objects.filter(pk__in=left).exclude(pk__in=led).order_by()


def require_not_blind(user: User, study: Study) -> None:
    """Refuse who must not know yet how the arms compare.

    Raises
    ------
    NotAllowed
        If the user has tractograms of the study left to rate and doesn't lead it.
    """
    if studies_rated_blind(user).filter(pk=study.pk).exists():
        raise NotAllowed("You have tractograms of this study to rate; the comparison of the arms is shown after that.")


def tractogram_get_for_user(user: User, tractogram_id: UUID) -> Tractogram:
    """One tractogram.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    found = tractogram_list_for_user(user).filter(pk=tractogram_id).first()
    if found is None:
        raise NotFound("There is no such tractogram, or its labels are not yours to see.")
    return found


def rating_list_for_user(user: User, study: Study) -> QuerySet[TractRating]:
    """What a user was given to rate in a study, in the user's own order. Nobody sees another one's."""
    return TractRating.objects.filter(study=study, user=user).select_related("tractogram")


@dataclass(frozen=True)
class RatingsInStudy:
    """How many tractograms of a study a user was given to rate, and how many of them are left."""

    study: Study
    given: int
    left: int


def ratings_by_study(user: User) -> list[RatingsInStudy]:
    """The studies, by name, in which a user was given tractograms to rate."""
    mine = Q(tract_ratings__user=user)
    unrated = mine & Q(tract_ratings__score=None)
    studies = Study.objects.filter(pk__in=studies_joined(user)).annotate(
        given=Count("tract_ratings", filter=mine), left=Count("tract_ratings", filter=unrated)
    )
    return [RatingsInStudy(one, one.given, one.left) for one in studies.filter(given__gt=0).order_by("name", "slug")]


def rating_table(study: Study) -> QuerySet[TractRating]:
    """Every rating of a study with what raters are not told; for those alone who may know."""
    return (
        TractRating.objects.filter(study=study)
        .select_related("user", "tractogram__case__subject")
        .order_by("user__username", "place", "id")
    )


def rating_get_for_user(user: User, rating_id: UUID) -> TractRating:
    """One of the user's own ratings.

    Raises
    ------
    NotFound
        If it is not theirs, or they are no longer in the study.
    """
    own = TractRating.objects.filter(user=user, study__in=studies_joined(user)).select_related("tractogram", "study")
    found = own.filter(pk=rating_id).first()
    if found is None:
        raise NotFound("There is no such tractogram for you to rate.")
    return found


@dataclass(frozen=True)
class ArmFigures:
    """Numbers of one arm: how many there are, their mean and SD; None where there are too few."""

    n: int
    mean: float | None
    sd: float | None

    @property
    def undefined(self) -> dict[str, str]:
        """Why a number is None, by its name."""
        reasons = {"mean": "there is no value of this arm", "sd": f"an SD needs two values; there are {self.n}"}
        if self.n == 1:
            reasons["sd"] = "an SD needs two values; there is 1"
        return {name: reason for name, reason in reasons.items() if getattr(self, name) is None}


@dataclass(frozen=True)
class Comparison:
    """Manual against automatic on the same cases.

    Attributes
    ----------
    what : {"rating", "seconds"}
        Mean score of a case over its raters; or seconds of work: editing time of the person or computing time of the
        model, and the tracking.
    manual, automatic : ArmFigures
        Over all values of the arm.
    pairs : tuple of (str, float, float)
        Case, manual, automatic: the cases that have both.
    tests : tuple of TwoSampleTest
        Paired tests over the pairs; none where `untested` says why.
    """

    what: str
    manual: ArmFigures
    automatic: ArmFigures
    pairs: tuple[tuple[str, float, float], ...]
    tests: tuple[TwoSampleTest, ...]

    @property
    def untested(self) -> str:
        """Why there is no paired test; empty where there are some."""
        if self.tests:
            return ""
        return f"a paired test needs two cases with a value of both arms; {'1 has' if self.pairs else 'none has'} both"


def comparison_of_arms(study: Study) -> tuple[Comparison, Comparison]:
    """The table of a study: scores, and seconds, of the newest tractogram of each arm and case."""
    newest: dict[tuple[str, str], Tractogram] = {}
    everything = Tractogram.objects.filter(case__study=study).select_related("case__subject", "label_version__task")
    for tractogram in everything.order_by("created_at", "id"):
        newest[tractogram.case.name, tractogram.arm] = tractogram
    seconds = {place: {"-": work_seconds(one)} for place, one in newest.items()}
    scores: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    rated = TractRating.objects.filter(study=study, score__isnull=False, tractogram__in=list(newest.values()))
    for rating in rated.select_related("tractogram__case__subject"):
        scores[rating.tractogram.case.name, rating.tractogram.arm][str(rating.user_id)] = float(rating.score or 0)
    return _compare("rating", scores), _compare("seconds", seconds)


def work_seconds(tractogram: Tractogram) -> float:
    """Seconds from the open case to the streamlines: drawing or proposing the mask, and tracking."""
    version = tractogram.label_version
    drawn = version.task.active_seconds if tractogram.arm == Arm.MANUAL and version.task else 0
    proposed = version.provenance.get("seconds", 0.0) if tractogram.arm == Arm.AUTOMATIC else 0.0
    return float(drawn) + _sum(proposed) + _sum(tractogram.seconds)


def _sum(seconds: Any) -> float:
    if isinstance(seconds, dict):
        return float(sum(value for value in seconds.values() if isinstance(value, int | float)))
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _compare(what: str, values: dict[tuple[str, str], dict[str, float]]) -> Comparison:
    cases = sorted({case for case, _ in values})
    pairs = tuple(
        (case, _mean(values[case, Arm.MANUAL]), _mean(values[case, Arm.AUTOMATIC]))
        for case in cases
        if values.get((case, Arm.MANUAL)) and values.get((case, Arm.AUTOMATIC))
    )
    first, second, keys = [pair[1] for pair in pairs], [pair[2] for pair in pairs], [pair[0] for pair in pairs]
    tests = (wilcoxon(first, second, keys), paired_t(first, second, keys)) if len(pairs) > 1 else ()
    return Comparison(what, _figures(values, Arm.MANUAL), _figures(values, Arm.AUTOMATIC), pairs, tests)


def _mean(of: dict[str, float]) -> float:
    return float(np.mean(list(of.values())))


def _figures(values: dict[tuple[str, str], dict[str, float]], arm: Arm) -> ArmFigures:
    found = [number for (_, where), of in values.items() if where == arm for number in of.values()]
    return ArmFigures(
        n=len(found),
        mean=float(np.mean(found)) if found else None,
        sd=float(np.std(found, ddof=1)) if len(found) > 1 else None,
    )
