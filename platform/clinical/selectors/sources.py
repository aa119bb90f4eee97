"""The label maps of a study that are measured: raters' reads, proposals, another tool's maps, the raters' consensus."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from access.models import Study
from annotation.models import Case, LabelSource, LabelVersion, TaskState, TaskVolume, Volume
from clinical.models import Source

HANDED_IN = (TaskState.SUBMITTED, TaskState.ACCEPTED)


@dataclass(frozen=True)
class MeasuredSource:
    """A label map, by its author.

    Attributes
    ----------
    source : Source
        What kind of author.
    reader : str
        A rater's or tool's name, the id of a model version; empty for the consensus.
    read : int
        Which read of a rater, 1 for the others.
    title : str
        For people.
    volume : Volume
        With `case.subject` at hand.
    versions : tuple of LabelVersion
        One; of a consensus those that it is made of.
    accepted : bool
        Whether review accepted it; of a consensus whether all of it was.
    """

    source: Source
    reader: str
    read: int
    title: str
    volume: Volume
    versions: tuple[LabelVersion, ...]
    accepted: bool

    @property
    def author(self) -> tuple[str, str, int]:
        """What is the same for all label maps of one author in one read."""
        return self.source.value, self.reader, self.read

    @property
    def label_version(self) -> LabelVersion | None:
        """The label version; None for a consensus."""
        return None if self.source is Source.CONSENSUS else self.versions[0]


def sources_of(
    study: Study, cases: Iterable[UUID] | None = None, only: Sequence[Source] = tuple(Source)
) -> list[MeasuredSource]:
    """The label maps of a study that count now: handed in by raters, and the newest of each model version and tool.

    Parameters
    ----------
    study : Study
        The study.
    cases : iterable of UUID, optional
        Ids of cases; all by default.
    only : sequence of Source
        The kinds of author that are wanted.

    Returns
    -------
    list of MeasuredSource
        By case, volume, kind of author, author and read. A consensus (STAPLE) is made of the first reads of two raters
        or more.
    """
    of_cases = Case.objects.filter(study=study)
    if cases is not None:
        of_cases = of_cases.filter(pk__in=list(cases))
    raters = _of_raters(of_cases) if {Source.RATER, Source.CONSENSUS} & set(only) else []
    found = [one for one in raters if Source.RATER in only]
    if Source.CONSENSUS in only:
        found += _consensus(raters)
    if {Source.MODEL, Source.TOOL} & set(only):
        found += [one for one in _without_task(of_cases) if one.source in only]
    order = {kind: place for place, kind in enumerate(Source)}
    found.sort(key=lambda one: (one.volume.case.name, one.volume.name, order[one.source], one.title, one.read))
    return found


def source_of(version: LabelVersion) -> MeasuredSource:
    """A label version as a source, whether it counts now or not."""
    task = version.task
    if task is not None:
        title = task.rater.name if task.read == 1 else f"{task.rater.name}, read {task.read}"
        accepted = task.state == TaskState.ACCEPTED
        return MeasuredSource(Source.RATER, task.rater.name, task.read, title, version.volume, (version,), accepted)
    of_model = version.source == LabelSource.MODEL
    reader = str(version.model_version) if of_model else version.author_name
    title = (version.model_name or f"model {reader[:8]}") if of_model else version.author_name
    return MeasuredSource(
        Source.MODEL if of_model else Source.TOOL, reader, 1, title, version.volume, (version,), False
    )


def _of_raters(cases: object) -> list[MeasuredSource]:
    rows = (
        TaskVolume.objects.filter(task__case__in=cases, task__state__in=HANDED_IN, submitted__isnull=False)
        .select_related("submitted__task__rater", "submitted__volume__case__subject")
        .order_by("task__created_at", "pk")
    )
    return [source_of(row.submitted) for row in rows if row.submitted is not None]


def _consensus(raters: Sequence[MeasuredSource]) -> list[MeasuredSource]:
    by_volume: dict[UUID, list[MeasuredSource]] = defaultdict(list)
    for one in raters:
        if one.read == 1:
            by_volume[one.volume.pk].append(one)
    return [
        MeasuredSource(
            Source.CONSENSUS,
            "",
            1,
            f"consensus of {len(several)} raters",
            several[0].volume,
            tuple(one.versions[0] for one in sorted(several, key=lambda one: one.reader)),
            all(one.accepted for one in several),
        )
        for several in by_volume.values()
        if len(several) > 1
    ]


def _without_task(cases: object) -> list[MeasuredSource]:
    """Proposals and maps of other tools; the newest of an author and volume counts."""
    rows = (
        LabelVersion.objects.filter(
            volume__case__in=cases, task=None, source__in=(LabelSource.MODEL, LabelSource.EXTERNAL)
        )
        .select_related("task", "volume__case__subject")
        .order_by("created_at", "pk")
    )
    newest: dict[tuple[str, str, UUID], MeasuredSource] = {}
    for row in rows:
        if row.source == LabelSource.MODEL and row.model_version is None:
            continue
        one = source_of(row)
        newest[one.source.value, one.reader, row.volume_id] = one
    return list(newest.values())
