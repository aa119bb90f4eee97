"""What MONAI Label's clients do to a study: take the next case, hand in a label; through the annotation services."""

import json

import numpy as np
from django.db import transaction

from access.errors import InvalidInput, NotAllowed
from access.models import Study, User
from access.selectors import has_role
from access.services import event_record
from annotation.models import Case, LabelVersion, Task, Volume
from annotation.selectors.tasks import OPEN_STATES, task_list_of_user, task_next_for_user
from annotation.services.labels import SavedLabel, label_save
from annotation.services.raters import READERS
from annotation.services.tasks import task_assign, task_submit
from mri.labels import LabelMap

MOST_NOTE = 4096

STRATEGIES = {
    "first": "The first case that nobody has been given",
    "random": "A random case that nobody has been given",
}


@transaction.atomic
def case_next_for_user(*, study: Study, by: User, strategy: str, seed: int | None = None) -> Case | None:
    """The case that a user goes on with; a new one is given to the user, and so to nobody else.

    Parameters
    ----------
    study : Study
        The study.
    by : User
        A reader of the study.
    strategy : {"first", "random"}
        How a new one is chosen; a task that the user has open comes before.
    seed : int, optional
        For a random choice that can be repeated.

    Returns
    -------
    Case or None
        None when none is left.

    Raises
    ------
    InvalidInput
        If there is no such strategy.
    NotAllowed
        If the user reads no cases here.
    """
    if strategy not in STRATEGIES:
        raise InvalidInput(f"There is no strategy '{strategy}'; there are: {', '.join(STRATEGIES)}.")
    if not has_role(by, study, READERS):
        raise NotAllowed("Only an annotator, a reviewer or a lead of the study reads its cases.")
    # Held until the transaction ends: two users who ask at once must not be given the same case.
    Study.objects.select_for_update().get(pk=study.pk)
    task = task_next_for_user(by, study.slug)
    if task is None:
        free = list(Case.objects.filter(study=study, tasks=None, volumes__labelled=True).distinct())
        if not free:
            return None
        place = 0 if strategy == "first" else int(np.random.default_rng(seed).integers(len(free)))
        (task,) = task_assign(study=study, case_ids=[free[place].pk], user_ids=[by.pk], by=by)
    return task.case


def client_label_save(*, volume: Volume, by: User, labels: LabelMap, submit: bool) -> SavedLabel:
    """Keep a label map that a client sends, as a new version of the user's task.

    Parameters
    ----------
    volume : Volume
        What it labels.
    by : User
        The rater. Without a task on the case one is given, where the user is a reader.
    labels : LabelMap
        On the volume's grid, from `client_labels_read`.
    submit : bool
        Hand the task in.

    Raises
    ------
    ImageError
        If it holds unknown values.
    NotAllowed, Conflict
        If the user may not read, or the task was handed in.
    """
    task = _task_of(volume, by)
    working = task.working.filter(volume=volume).select_related("head").first()
    # The client was shown the head or the newest proposal and knows no parents: what it sends was made from the head.
    parent = working.head_id if working is not None else None
    saved = label_save(task=task, volume=volume, by=by, voxels=labels.to_bytes(), dtype=labels.dtype, parent=parent)
    if submit:
        task_submit(task=task, by=by)
    return saved


def client_label_note(*, version: LabelVersion, by: User, text: str) -> None:
    """Keep what a client says about a label, as a line of the study's log.

    Raises
    ------
    InvalidInput
        If it is no JSON object, or a long one.
    """
    if len(text) > MOST_NOTE:
        raise InvalidInput(f"A note has up to {MOST_NOTE} characters; {len(text)} came.")
    try:
        note = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        raise InvalidInput(f"The note is no JSON: {error}.") from error
    if not isinstance(note, dict):
        raise InvalidInput("The note is a JSON object.")
    event_record(study=version.volume.case.study, actor=by, verb="label.noted", subject=version, detail=note)


def _task_of(volume: Volume, by: User) -> Task:
    study = volume.case.study
    tasks = task_list_of_user(by).filter(case=volume.case)
    task = tasks.filter(state__in=OPEN_STATES).order_by("read").first() or tasks.order_by("-read").first()
    if task is not None:
        return task
    if not has_role(by, study, READERS):
        raise NotAllowed("Only an annotator, a reviewer or a lead of the study labels its cases.")
    (task,) = task_assign(study=study, case_ids=[volume.case_id], user_ids=[by.pk], by=by)
    return task
