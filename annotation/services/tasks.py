"""Tasks: given, opened, handed in, left out."""

from collections.abc import Sequence
from itertools import product
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.errors import Conflict, InvalidInput, NotAllowed
from access.models import Membership, Role, Study, User
from access.selectors import has_role
from access.services import event_record
from annotation.models import Case, LabelSource, LabelVersion, Rater, Task, TaskState, TaskVolume, Volume
from annotation.selectors.labels import proposal_newest
from annotation.selectors.marks import marks_of_task
from annotation.selectors.tasks import OPEN_STATES
from annotation.selectors.volumes import labelled_volumes
from annotation.services.anatomy import Override, findings_overridden, task_findings
from annotation.services.corrections import correction_record
from annotation.services.labels import require_open, require_rater
from annotation.services.raters import READERS, rater_for_member
from annotation.services.working import next_number, task_lock, working_lock

MOST_READS = 10


@transaction.atomic
def task_assign(
    *, study: Study, case_ids: Sequence[UUID], user_ids: Sequence[int], reads: int = 1, by: User | None
) -> list[Task]:
    """Give cases to raters; a task that is there already is left as it is.

    Parameters
    ----------
    study : Study
        The study.
    case_ids : sequence of UUID
        Cases of the study.
    user_ids : sequence of int
        Members who read: annotator, lead or reviewer.
    reads : int, default 1
        How often each reads each case, 1 to 10.
    by : User or None
        Who gives them; None for the command line.

    Returns
    -------
    list of Task
        Those that were made.

    Raises
    ------
    InvalidInput
        If a case or a reader is not of the study.
    """
    if not 1 <= reads <= MOST_READS:
        raise InvalidInput(f"{reads} reads were asked for; 1 to {MOST_READS} are possible.", {"reads": ["1 to 10."]})
    cases = _cases(study, case_ids)
    raters = [rater_for_member(study=study, user=user) for user in _readers(study, user_ids)]
    made = [_task(case, rater, read, by) for read, case, rater in product(range(1, reads + 1), cases, raters)]
    tasks = [task for task in made if task is not None]
    if tasks:
        detail = {"tasks": len(tasks), "cases": len(cases), "raters": [rater.name for rater in raters], "reads": reads}
        event_record(study=study, actor=by, verb="tasks.assigned", subject=study, detail=detail)
    return tasks


def _cases(study: Study, case_ids: Sequence[UUID]) -> list[Case]:
    found = {case.pk: case for case in Case.objects.filter(study=study, pk__in=case_ids).prefetch_related("volumes")}
    missing = [str(key) for key in case_ids if key not in found]
    if missing:
        raise InvalidInput(
            f"The study '{study.slug}' has no case {', '.join(missing)}.", {"cases": [f"Not in this study: {missing}."]}
        )
    return [found[key] for key in dict.fromkeys(case_ids)]


def _readers(study: Study, user_ids: Sequence[int]) -> list[User]:
    rows = Membership.objects.filter(study=study, role__in=READERS, user__in=user_ids, user__is_active=True)
    found = {row.user_id: row.user for row in rows.select_related("user")}
    missing = [str(key) for key in user_ids if key not in found]
    if missing:
        raise InvalidInput(
            "Only an annotator, a reviewer or a lead of the study can read its cases; give them the role first.",
            {"raters": [f"No reader of this study: {', '.join(missing)}."]},
        )
    return [found[key] for key in dict.fromkeys(user_ids)]


def _task(case: Case, rater: Rater, read: int, by: User | None) -> Task | None:
    task, made = Task.objects.get_or_create(case=case, rater=rater, read=read, defaults={"created_by": by})
    if not made:
        return None
    TaskVolume.objects.bulk_create(TaskVolume(task=task, volume=volume) for volume in labelled_volumes(case))
    return task


@transaction.atomic
def task_open(*, task: Task, by: User) -> Task:
    """Start a task, or go on with it.

    Where a volume has no label yet it begins as a copy of the newest proposal; the proposal itself stays untouched.

    Raises
    ------
    NotAllowed
        If it is someone else's task.
    Conflict
        If it was handed in or excluded.
    """
    require_rater(task, by)
    task = task_lock(task)
    require_open(task)
    for volume in labelled_volumes(task.case):
        _start_from_proposal(task, volume)
    if task.state != TaskState.IN_PROGRESS:
        event_record(study=task.case.study, actor=by, verb="task.opened", subject=task, detail={"from": task.state})
        task.state = TaskState.IN_PROGRESS
        task.opened_at = task.opened_at or timezone.now()
        task.save(update_fields=["state", "opened_at"])
    return task


def _start_from_proposal(task: Task, volume: Volume) -> None:
    working = working_lock(task, volume)
    if working.head_id is not None:
        return
    proposal = proposal_newest(volume)
    if proposal is None:
        return
    working.head = _copy(proposal, task, volume, LabelSource.MODEL, None, proposal.author_name)
    working.save(update_fields=["head"])


def _copy(
    of: LabelVersion, task: Task, volume: Volume, source: LabelSource, author: User | None, author_name: str
) -> LabelVersion:
    return LabelVersion.objects.create(
        volume=volume,
        task=task,
        number=next_number(task, volume),
        parent=of,
        source=source,
        author=author,
        author_name=author_name,
        model_version=of.model_version if source == LabelSource.MODEL else None,
        model_name=of.model_name if source == LabelSource.MODEL else "",
        voxels_id=of.voxels_id,
        voxel_type=of.voxel_type,
        counts=of.counts,
        provenance={"unchanged_from": str(of.pk)},
    )


@transaction.atomic
def task_submit(
    *,
    task: Task,
    by: User,
    active_seconds: int | None = None,
    comment: str = "",
    overrides: Sequence[Override] | None = None,
) -> Task:
    """Hand a task in: the heads become what was submitted. Empty maps are allowed; their counts are on record.

    A proposal that the rater looked at and left as it was is handed in as a version of the rater's own with the same
    voxels: a person answers for what is submitted.

    Parameters
    ----------
    task : Task
        With `case.study` at hand.
    by : User
        Its rater.
    active_seconds : int or None
        Time spent on it; the larger number is kept.
    comment : str
        For the reviewer.
    overrides : sequence of Override or None
        Reasons to leave what anatomy speaks against as it is. None, of programs that hand in without asking a person:
        what is found is kept and stops nothing.

    Raises
    ------
    InvalidInput
        If a reason is empty.
    NotAllowed
        If it is someone else's task.
    Conflict
        If it was handed in or excluded, the case's primary volume has no label yet, or a serious finding has no reason.
    """
    require_rater(task, by)
    task = task_lock(task)
    require_open(task)
    counts = _submit_heads(task, by)
    findings = task_findings(task)
    task.anatomy_findings = findings if overrides is None else findings_overridden(findings, overrides)
    task.state = TaskState.SUBMITTED
    task.submitted_at = timezone.now()
    task.decided_at = None
    task.comment = comment
    task.active_seconds = max(task.active_seconds, active_seconds or 0)
    task.full_clean(validate_unique=False, validate_constraints=False)
    task.save(update_fields=["state", "submitted_at", "decided_at", "comment", "active_seconds", "anatomy_findings"])
    for working in TaskVolume.objects.filter(task=task).select_related("submitted"):
        correction_record(task, working)
    detail = {
        "counts": counts,
        "active_seconds": task.active_seconds,
        "anatomy_findings": task.anatomy_findings,
        "marks": [str(revision.pk) for revision in marks_of_task(task)],
    }
    event_record(study=task.case.study, actor=by, verb="task.submitted", subject=task, detail=detail)
    return task


def _submit_heads(task: Task, by: User) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for place, volume in enumerate(labelled_volumes(task.case)):
        working = working_lock(task, volume)
        if working.head is None:
            if place == 0:
                raise Conflict(f"{volume.name} has no label yet; save one (an empty one, if there is nothing to see).")
            continue
        if working.head.source == LabelSource.MODEL:
            working.head = _copy(working.head, task, volume, LabelSource.PERSON, by, task.rater.name)
        working.submitted = working.head
        working.save(update_fields=["head", "submitted"])
        counts[volume.name] = working.head.counts
    if not counts:
        raise Conflict("This case has no volume that the protocol labels, so there is nothing to hand in.")
    return counts


@transaction.atomic
def task_exclude(*, task: Task, by: User, reason: str) -> Task:
    """Leave a task out of the study, saying why. Its labels stay; every analysis passes it over.

    Raises
    ------
    InvalidInput
        If no reason is given.
    NotAllowed
        If the user is neither its rater nor the study lead.
    Conflict
        If a rater wants to leave out what was handed in, or it is excluded already.
    """
    if not reason.strip():
        raise InvalidInput("Say why the case is left out.", {"reason": ["Say why."]})
    task = task_lock(task)
    is_lead = has_role(by, task.case.study, (Role.LEAD,))
    if not is_lead and task.rater.user_id != by.pk:
        raise NotAllowed("Only the rater of a task or the study lead may leave it out.")
    if task.state == TaskState.EXCLUDED or (not is_lead and task.state not in OPEN_STATES):
        raise Conflict(f"This task is {TaskState(task.state).label}; ask the study lead to leave it out.")
    detail = {"reason": reason.strip(), "from": task.state}
    task.state = TaskState.EXCLUDED
    task.decided_at = timezone.now()
    task.save(update_fields=["state", "decided_at"])
    event_record(study=task.case.study, actor=by, verb="task.excluded", subject=task, detail=detail)
    return task


@transaction.atomic
def task_withdraw(*, task: Task, by: User | None, reason: str) -> None:
    """Take back a task that nobody has begun: it is as if the case had not been given.

    Parameters
    ----------
    task : Task
        Its row goes; the audit log keeps whose it was.
    by : User or None
        Who takes it back; None for the site itself, when a reservation ends.
    reason : str
        For the audit log.

    Raises
    ------
    Conflict
        If work on it was begun: that is never taken away.
    """
    task = task_lock(task)
    begun = (task.label_versions, task.mark_revisions, task.threads, task.reviews)
    if task.state != TaskState.TODO or any(rows.exists() for rows in begun):
        raise Conflict(
            f"{task.rater.name} has begun {task.case.name}; begun work is not taken away. Exclude it instead."
        )
    detail = {"case": task.case.name, "rater": task.rater.name, "read": task.read, "reason": reason}
    event_record(study=task.case.study, actor=by, verb="task.withdrawn", subject=task, detail=detail)
    task.delete()
