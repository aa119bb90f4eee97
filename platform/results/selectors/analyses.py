"""What a user may see of analyses, and whether newer label versions have come since."""

from uuid import UUID

from django.db.models import QuerySet

from access.errors import NotFound
from access.models import User
from access.selectors import OVERSEERS
from annotation.models import Case
from results.models import Analysis, AnalysisInput
from results.parameters import Parameters, parameters_from_json
from results.selectors.readings import gather


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


def parameters_of(analysis: Analysis) -> Parameters:
    """The question of an analysis."""
    return parameters_from_json(analysis.parameters)


def outdated_cases(analysis: Analysis) -> list[dict[str, str]]:
    """The cases that the same question would now answer from other label versions, each with the reason."""
    parameters = parameters_of(analysis)
    inputs = AnalysisInput.objects.filter(analysis=analysis)
    rows = inputs.values_list("label_version__volume_id", "reader", "label_version_id")
    used = {(volume, reader): version for volume, reader, version in rows}
    now = {
        (one.volume.pk, reader): version.pk
        for one in gather(analysis.study, parameters).volumes
        for reader, version in one.versions.items()
    }
    changed = {key: (used.get(key), now.get(key)) for key in used.keys() | now.keys() if used.get(key) != now.get(key)}
    cases = Case.objects.select_related("subject").filter(volumes__in={volume for volume, _ in changed})
    names = {volume.pk: case for case in cases.prefetch_related("volumes") for volume in case.volumes.all()}
    found = set()
    for (volume, reader), (before, after) in changed.items():
        reason = (
            "a newer label version" if before and after else "a new reading" if after else "a reading was withdrawn"
        )
        by = parameters.readers[reader].describe()
        found.add((names[volume].name, str(names[volume].pk), f"{reason} by {by}"))
    return [{"case": case, "case_id": case_id, "reason": reason} for case, case_id, reason in sorted(found)]
