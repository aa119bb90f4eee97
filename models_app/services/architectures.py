"""Training a protocol's candidates on one identical split, as one group."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from access.errors import ApplicationError, Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_cancel
from models_app.models import ArchitectureComparison, ComparedArchitecture, TrainingRun
from models_app.selectors import protocol_of
from models_app.services.remarks import UNDER_WAY
from models_app.services.splitting import WantedSplit
from models_app.services.training import training_preview, training_queue
from models_app.services.training_proposal import TrainingProposal
from protocols.networks import ModelCandidate

FEWEST = 2


@transaction.atomic
def comparison_start(
    *,
    study: Study,
    by: User | None,
    models: Sequence[str] | None = None,
    folds: int = 0,
    seed: int = 0,
    epochs: int | None = None,
    raters: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
) -> ArchitectureComparison:
    """Queue the training of several candidates of the study's protocol, each on the same subjects.

    Parameters
    ----------
    study : Study
        The study.
    by : User or None
        Who asks; None for the command line.
    models : sequence of str, optional
        Names of candidates; all of the protocol by default.
    folds : int, default 0
        Hold out each of so many parts once; 0: train once, and compare on the frozen test set.
    seed : int, default 0
        Of the split, the weights and the patches.
    epochs : int, optional
        How long each trains; by its own settings otherwise.
    raters : sequence of str, optional
        Whose labels are preferred, most wanted first.
    options : mapping, optional
        Other attributes of `TrainingSettings`, for all of them.

    Returns
    -------
    ArchitectureComparison
        A candidate that can't be trained stands in it with its reason.

    Raises
    ------
    InvalidInput
        If there is no such candidate, or fewer than two.
    Conflict
        If a training of the study is under way, or none of the candidates can be trained.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    if TrainingRun.objects.filter(study=study, job__state__in=LIVE_STATES).exists():
        raise Conflict(UNDER_WAY)
    candidates = _candidates(study, models)
    chosen = {
        "seed": seed,
        "epochs": epochs,
        "raters": raters,
        "options": {**(options or {}), "folds": folds or None},
    }
    comparison = ArchitectureComparison.objects.create(
        study=study, seed=seed, code_version=code_version(), created_by=by
    )
    rows = []
    first: TrainingProposal | None = None
    for place, candidate in enumerate(candidates):
        row = ComparedArchitecture(comparison=comparison, place=place, name=candidate.name, title=candidate.title)
        try:
            plan = _plan(study, candidate, chosen, first, folds)
            row.run = training_queue(study=study, by=by, plan=plan)
        except ApplicationError as error:
            row.reason = error.detail
        else:
            first = first or plan
        rows.append(row)
    if first is None:
        raise Conflict(f"None of the candidates can be trained. {rows[0].title}: {rows[0].reason}")
    ComparedArchitecture.objects.bulk_create(rows)
    comparison.split = {**vars(first.split), "folds": first.folds}
    comparison.save(update_fields=["split"])
    names = [one.name for one in candidates]
    event_record(study=study, actor=by, verb="architectures.compared", subject=comparison, detail={"models": names})
    return comparison


def comparison_cancel(*, comparison: ArchitectureComparison, by: User | None) -> int:
    """Ask every training of a comparison that goes on to stop; what is done stays.

    Returns
    -------
    int
        How many were asked.

    Raises
    ------
    Conflict
        If all of them have ended.
    """
    runs = TrainingRun.objects.filter(compared__comparison=comparison, job__state__in=LIVE_STATES)
    stopped = 0
    # The last ones first: one that waits must not begin while the one before it stops.
    for run in runs.select_related("job__study").order_by("-compared__place"):
        try:
            job_cancel(job=run.job, by=by)
        except Conflict:
            continue  # it ended just now
        stopped += 1
    if not stopped:
        raise Conflict("Every training of this comparison has ended; there is nothing to cancel.")
    return stopped


def _candidates(study: Study, names: Sequence[str] | None) -> list[ModelCandidate]:
    known = {model.name: model for model in protocol_of(study).models}
    unknown = [name for name in names or () if name not in known]
    there = ", ".join(known) or "none"
    if unknown:
        detail = f"The protocol has no candidate {', '.join(unknown)}; it has {there}."
        raise InvalidInput(detail, {"models": [detail]})
    chosen = [model for name, model in known.items() if names is None or name in names]
    if len(chosen) < FEWEST:
        detail = f"A comparison takes two candidates or more; the protocol has {there}."
        raise InvalidInput(detail, {"models": [detail]})
    return chosen


def _plan(
    study: Study, candidate: ModelCandidate, chosen: Mapping[str, Any], first: TrainingProposal | None, folds: int
) -> TrainingProposal:
    """What a candidate's training takes: the same subjects for the same purpose as the first one's.

    Raises
    ------
    ApplicationError
        If it can't be trained, or not on those subjects.
    """
    wanted = None
    if first is not None:
        wanted = WantedSplit(first.split.train, None if folds else first.split.validation, first.split.test)
    plan = training_preview(study=study, model=candidate.name, wanted=wanted, **chosen)
    # Trainings of this very comparison are no reason against one another.
    problems = [problem for problem in plan.problems if problem != UNDER_WAY]
    if problems:
        raise Conflict(" ".join(problems))
    if first is not None and (plan.split, plan.folds) != (first.split, first.folds):
        raise Conflict("It can't be trained on the same subjects as the others.")
    return replace(plan, problems=[])
