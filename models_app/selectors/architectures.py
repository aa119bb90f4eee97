"""Comparisons of architectures: how far they are, and what they say."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.errors import NotFound
from access.models import Study, User
from jobs.models import JobState
from jobs.services import LIVE_STATES
from models_app.architecture_table import Candidate, architecture_table
from models_app.models import ArchitectureComparison, ComparedArchitecture, Split, TrainingRun
from models_app.score_table import ScoreRow, site_of
from models_app.selectors import studies_readable


def comparison_list(study: Study) -> QuerySet[ArchitectureComparison]:
    """The comparisons of a study, newest first, with their candidates."""
    return (
        ArchitectureComparison.objects.filter(study=study)
        .select_related("study", "created_by")
        .prefetch_related("candidates__run__job")
    )


def comparison_get_for_user(user: User, comparison_id: UUID) -> ArchitectureComparison:
    """One comparison.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    found = ArchitectureComparison.objects.filter(pk=comparison_id, study__in=studies_readable(user)).first()
    if found is None:
        raise NotFound("There is no such comparison of architectures in a study of yours.")
    return comparison_list(found.study).get(pk=found.pk)


@dataclass(frozen=True)
class CandidateFacts:
    """A candidate of a comparison as people see it.

    Attributes
    ----------
    row : ComparedArchitecture
        The row.
    state : str
        Of its job; `failed` where it could not even be queued.
    progress : float
        From 0 to 1.
    reason : str
        Why it has no numbers; empty where it has, or is on its way.
    """

    row: ComparedArchitecture
    state: str
    progress: float
    reason: str


def candidate_facts(comparison: ArchitectureComparison) -> list[CandidateFacts]:
    """How far each candidate is, in the protocol's order."""
    return [_facts(row) for row in comparison.candidates.all()]


def _facts(row: ComparedArchitecture) -> CandidateFacts:
    if row.run is None:
        return CandidateFacts(row, JobState.FAILED, 0.0, row.reason)
    job = row.run.job
    ended = {JobState.FAILED: job.error, JobState.CANCELLED: "its training was cancelled"}
    return CandidateFacts(row, job.state, job.progress, ended.get(JobState(job.state), ""))


def comparison_state(comparison: ArchitectureComparison) -> tuple[str, float]:
    """`running` while a candidate is on its way, else `done`; and how far all of it is, from 0 to 1."""
    facts = candidate_facts(comparison)
    live = [one for one in facts if one.state in LIVE_STATES]
    share = sum(one.progress if one in live else 1.0 for one in facts) / max(len(facts), 1)
    return ("running" if live else "done"), share


def comparison_table(comparison: ArchitectureComparison) -> dict[str, Any]:
    """The table of a comparison; see `models_app.architecture_table.architecture_table`."""
    return architecture_table(comparison_scores(comparison))


def comparison_scores(comparison: ArchitectureComparison) -> list[Candidate]:
    """The candidates of a comparison with the cases that they were scored on, in the protocol's order."""
    folded = bool(comparison.split.get("folds"))
    return [
        Candidate(row.name, row.title, _scored(row.run, folded) if _is_done(row) else ())
        for row in comparison.candidates.all()
    ]


def _is_done(row: ComparedArchitecture) -> bool:
    return row.run is not None and row.run.job.state == JobState.DONE


def _scored(run: TrainingRun | None, folded: bool) -> tuple[ScoreRow, ...]:
    """The cases that a run was scored on: those that its folds held out, or the frozen test set."""
    if run is None:
        return ()
    cases = run.cases.exclude(scores={}).select_related("subject", "label_version__volume__case__subject")
    cases = cases.exclude(split=Split.TEST) if folded else cases.filter(split=Split.TEST)
    return tuple(
        ScoreRow(
            id=str(case.pk),
            case=str(case.label_version.volume.case_id),
            volume=str(case.label_version.volume_id),
            reference=str(case.label_version_id),
            case_name=case.label_version.volume.case.name,
            volume_name=case.label_version.volume.name,
            subject=case.subject.label,
            site=site_of(case.subject.attributes),
            labels={
                value: {"dice": kept["dice"], "undefined": {"dice": kept["undefined"]} if kept["undefined"] else {}}
                for value, kept in case.scores.items()
            },
            seconds=0.0,
        )
        for case in cases.order_by("subject__label", "pk")
    )
