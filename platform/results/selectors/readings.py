"""Which label versions a reader stands for, and who has read what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from access.errors import NotFound
from access.models import Event, Study
from annotation.models import Case, LabelSource, LabelVersion, Rater, Task, TaskState, TaskVolume, Volume
from results.parameters import KINDS_WITHOUT_PAIRS, Parameters
from results.readers import Reader, ReaderType

HANDED_IN = (TaskState.SUBMITTED, TaskState.ACCEPTED)
WIDE = (
    *("counts", "provenance"),
    *(f"volume__{name}" for name in ("entities", "affine", "gradients", "derivation")),
    "volume__case__subject__attributes",
)
"""What a label version and its volume hold by the kilobyte, and a choice of versions doesn't need."""


@dataclass(frozen=True)
class KnownReader:
    """A reader with something to compare."""

    reader: Reader
    title: str
    volumes: int


@dataclass(frozen=True)
class ReadVolume:
    """The readings of one volume, by the reader's place in the question."""

    volume: Volume
    versions: dict[int, LabelVersion]


@dataclass(frozen=True)
class Gathered:
    """What a question is answered from, and what could not enter it."""

    volumes: list[ReadVolume]
    excluded: list[dict[str, str]]


def readers_known(study: Study) -> list[KnownReader]:
    """Every reader of a study with at least one reading: raters by read, model versions oldest first, tools."""
    raters = (
        TaskVolume.objects.filter(_handed_in(study))
        .values("task__rater__name", "task__read")
        .annotate(volumes=Count("volume", distinct=True))
        .order_by("task__rater__name", "task__read")
    )
    found = [
        KnownReader(Reader(ReaderType.RATER, row["task__rater__name"], row["task__read"]), "", row["volumes"])
        for row in raters
    ]
    models = (
        _free_versions(study, LabelSource.MODEL)
        .filter(model_version__isnull=False)
        .values("model_version")
        .annotate(volumes=Count("volume", distinct=True), first=Min("created_at"), name=Max("model_name"))
        .order_by("first", "model_version")
    )
    found += [
        KnownReader(Reader(ReaderType.MODEL, str(row["model_version"])), row["name"], row["volumes"]) for row in models
    ]
    tools = (
        _free_versions(study, LabelSource.EXTERNAL)
        .values("author_name")
        .annotate(volumes=Count("volume", distinct=True))
        .order_by("author_name")
    )
    found += [KnownReader(Reader(ReaderType.TOOL, row["author_name"]), "", row["volumes"]) for row in tools]
    accepted = TaskVolume.objects.filter(_handed_in(study), task__state=TaskState.ACCEPTED)
    count = accepted.values("volume").distinct().count()
    if count:
        found.append(KnownReader(Reader(ReaderType.ACCEPTED), "", count))
    return [KnownReader(one.reader, one.title or one.reader.describe(), one.volumes) for one in found]


def model_names(study: Study, readers: Iterable[Reader]) -> dict[str, str]:
    """What the model versions among some readers are called."""
    ids = [reader.name for reader in readers if reader.type is ReaderType.MODEL]
    rows = _free_versions(study, LabelSource.MODEL).filter(model_version__in=[*filter(_is_uuid, ids)])
    return {
        str(row["model_version"]): row["name"] for row in rows.values("model_version").annotate(name=Max("model_name"))
    }


def readers_require(study: Study, readers: Sequence[Reader]) -> None:
    """Refuse readers that a study doesn't know.

    Raises
    ------
    NotFound
        Naming the reader and those that there are.
    """
    known = {one.reader for one in readers_known(study)}
    raters = set(Rater.objects.filter(study=study).values_list("name", flat=True))
    for reader in readers:
        if reader in known or (reader.type is ReaderType.RATER and reader.name in raters):
            continue
        if reader.type is ReaderType.ACCEPTED:
            raise NotFound(f"No reading of the study '{study.slug}' is accepted yet; accept some in review first.")
        same = {one.name for one in known if one.type is reader.type}
        if reader.type is ReaderType.RATER:
            same |= raters
        there = ", ".join(sorted(same)) or "none yet"
        raise NotFound(f"The study '{study.slug}' has no {reader.type.value} '{reader.name}'; there are: {there}.")


def gather(study: Study, parameters: Parameters) -> Gathered:
    """Find the label versions that a question is about, as they are now.

    Parameters
    ----------
    study : Study
        The study.
    parameters : Parameters
        The question.

    Returns
    -------
    Gathered
        The volumes with at least one whole pair (for variability: one reading), in the order of the cases' names; and
        each missing reading of a volume that another reader has read, with its reason.
    """
    cases = _cases(study, parameters)
    by_reader = [_versions(study, reader, cases) for reader in parameters.readers]
    read: dict[UUID, dict[int, LabelVersion]] = {}
    for place, versions in enumerate(by_reader):
        for volume, version in versions.items():
            read.setdefault(volume, {})[place] = version
    volumes = [ReadVolume(next(iter(versions.values())).volume, versions) for versions in read.values()]
    volumes.sort(key=lambda one: (one.volume.case.name, one.volume.name, str(one.volume.pk)))
    usable = [one for one in volumes if _is_usable(parameters, one.versions)]
    left_out = _left_out(study, parameters.readers)
    names = model_names(study, parameters.readers)
    excluded = [
        {
            "case": one.volume.case.name,
            "case_id": str(one.volume.case_id),
            "volume": one.volume.name,
            "reader": reader.describe(names),
            "reason": left_out.get((place, one.volume.case_id)) or _why_missing(reader, names),
        }
        for one in volumes
        for place, reader in enumerate(parameters.readers)
        if place not in one.versions
    ]
    return Gathered(usable, excluded)


def _is_usable(parameters: Parameters, versions: Mapping[int, LabelVersion]) -> bool:
    if parameters.kind in KINDS_WITHOUT_PAIRS:
        return bool(versions)
    plain = (pair for pair in parameters.pairs() if pair.reference is not None)
    return any(pair.reference in versions and pair.candidate in versions for pair in plain)


def _why_missing(reader: Reader, names: Mapping[str, str]) -> str:
    if reader.type is ReaderType.RATER:
        return f"{reader.describe()} has not handed in a reading of it"
    if reader.type is ReaderType.ACCEPTED:
        return "no reading of it is accepted"
    verb = "has proposed nothing" if reader.type is ReaderType.MODEL else "has no label map"
    return f"{reader.describe(names)} {verb} for it"


def _cases(study: Study, parameters: Parameters) -> QuerySet[Case]:
    cases = Case.objects.filter(study=study)
    if parameters.cases is not None:
        cases = cases.filter(pk__in=parameters.cases)
    if parameters.kind == "rounds":
        cases = cases.filter(subject__in_test_set=True)
    return cases


def _handed_in(study: Study) -> Q:
    return Q(task__case__study=study, task__state__in=HANDED_IN, submitted__isnull=False)


def _free_versions(study: Study, source: LabelSource) -> QuerySet[LabelVersion]:
    """Versions that belong to no task. The order is cleared, so that rows can be grouped."""
    return LabelVersion.objects.filter(volume__case__study=study, task=None, source=source).order_by()


def _versions(study: Study, reader: Reader, cases: QuerySet[Case]) -> dict[UUID, LabelVersion]:
    """The newest version of a reader for each volume."""
    related = "volume__case__subject"
    if reader.type in (ReaderType.RATER, ReaderType.ACCEPTED):
        rows = TaskVolume.objects.filter(_handed_in(study), task__case__in=cases)
        if reader.type is ReaderType.RATER:
            rows = rows.filter(task__rater__name=reader.name, task__read=reader.read)
        else:
            rows = rows.filter(task__state=TaskState.ACCEPTED).order_by("task__decided_at", "task__rater__name", "pk")
        found = rows.select_related(f"submitted__{related}").defer(*(f"submitted__{name}" for name in WIDE))
        return {row.volume_id: row.submitted for row in found if row.submitted is not None}
    if reader.type is ReaderType.MODEL:
        if not _is_uuid(reader.name):
            raise NotFound(f"'{reader.name}' is not the id of a model version.")
        versions = _free_versions(study, LabelSource.MODEL).filter(model_version=reader.name)
    else:
        versions = _free_versions(study, LabelSource.EXTERNAL).filter(author_name=reader.name)
    newest = versions.filter(volume__case__in=cases).order_by("created_at", "pk").select_related(related).defer(*WIDE)
    return {version.volume_id: version for version in newest}


def _left_out(study: Study, readers: Sequence[Reader]) -> dict[tuple[int, UUID], str]:
    """Cases that a rater or the lead left out, with what they said."""
    tasks = {
        str(task.pk): task
        for task in Task.objects.filter(case__study=study, state=TaskState.EXCLUDED).select_related("rater")
    }
    # A comment is what was said when handing in; why a task was left out stands in the log.
    events = Event.objects.filter(study=study, verb="task.excluded", object_id__in=tasks).order_by("at", "id")
    said = {event.object_id: str(event.detail.get("reason", "")) for event in events}
    found: dict[tuple[int, UUID], str] = {}
    for key, task in tasks.items():
        reader = Reader(ReaderType.RATER, task.rater.name, task.read)
        reason = f"left out: {said[key]}" if said.get(key) else "left out"
        found |= {(place, task.case_id): reason for place, one in enumerate(readers) if one == reader}
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
