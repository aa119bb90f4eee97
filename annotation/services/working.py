"""The working label of a task on a volume: taken under lock, so that two savers come one after the other."""

from uuid import UUID

from django.db.models import Max

from access.errors import NotFound
from annotation.models import LabelVersion, Task, TaskVolume, Volume


def task_lock(task: Task) -> Task:
    """Fetch a task anew and hold its row until the transaction ends.

    Every service that changes a task or its labels takes this lock first: submit, review and save never interleave.
    """
    return (
        Task.objects.select_for_update(of=("self",))
        .select_related("case__study", "case__subject", "rater__user")
        .get(pk=task.pk)
    )


def working_lock(task: Task, volume: Volume) -> TaskVolume:
    """The working label of a task on a volume, made where there is none, its row held until the transaction ends."""
    working, _ = TaskVolume.objects.get_or_create(task=task, volume=volume)
    return TaskVolume.objects.select_for_update(of=("self",)).select_related("head", "submitted").get(pk=working.pk)


def next_number(task: Task, volume: Volume) -> int:
    """The number of the next version; call it with the task locked."""
    highest = LabelVersion.objects.filter(task=task, volume=volume).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def version_of_task(task: Task, version_id: UUID) -> LabelVersion:
    """One version of a task's labels.

    Raises
    ------
    NotFound
        If the task has no such version. Versions of others are not told from those that do not exist.
    """
    version = LabelVersion.objects.filter(task=task, pk=version_id).select_related("volume").first()
    if version is None:
        raise NotFound(f"This task has no label version {version_id}; load the task again.")
    return version
