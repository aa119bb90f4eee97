"""Computing the clinical measures of a study's label maps, and keeping them with what they follow from."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from access.errors import Conflict, InvalidInput, NotFound
from access.models import Study, User
from annotation.models import Case, LabelVersion
from clinical.models import Source, StudyMeasure, StudyMeasureValue
from clinical.selectors.case_inputs import case_inputs, read_labels
from clinical.selectors.plans import MeasurePlan, StudyInputs, measures_of_study
from clinical.selectors.sources import MeasuredSource
from jobs.models import Job, JobState, Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from measures.clinical.catalogue import CATALOGUE
from measures.clinical.inputs import LabelMeaning
from measures.clinical.table import MeasureTable
from measures.clinical.values import Value, quantities, table_values
from mri.errors import ImageError
from mri.labels import LabelMap

JOB_KIND = "measure"
LOOK_SECONDS = 0.1
Progress = Callable[[float, str], None]
REASON_LENGTH = 300


@dataclass(frozen=True)
class Measured:
    """What came of measuring: tables that are new, that were there, and of the new ones those without a number."""

    computed: int
    unchanged: int
    undefined: int

    def to_json(self) -> dict[str, int]:
        """Return the three counts."""
        return {"computed": self.computed, "unchanged": self.unchanged, "undefined": self.undefined}


def measures_request(
    *,
    study: Study,
    by: User | None,
    measures: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    cases: Sequence[UUID] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Job:
    """Queue the clinical measures of a study; what was computed from the same inputs before is left as it is.

    Parameters
    ----------
    study : Study
        Whose label maps.
    by : User or None
        Who asks; None for the command line.
    measures : sequence of str, optional
        Names of measures; all that the protocol names by default.
    sources : sequence of str, optional
        Kinds of author, see `Source`; all by default.
    cases : sequence of UUID, optional
        Ids of cases; all by default.
    options : mapping of str to mapping, optional
        Settings by measure, such as ``{"loading": {"power": 2}}``.

    Raises
    ------
    InvalidInput
        For a measure, a kind of author or an option that there isn't.
    NotFound
        For a case of another study.
    Conflict
        If the protocol names no clinical measure, or the same is being computed.
    """
    there = [measure.name for measure in measures_of_study(study)]
    if not there:
        raise Conflict(f"The protocol '{study.protocol_name}' names no clinical measure, so there is none to compute.")
    _require(measures, there, "measures", "The protocol has the clinical measures")
    _require(sources, list(Source.values), "sources", "Label maps come from")
    _require_cases(study, cases)
    parameters = {
        "measures": sorted(set(measures)) if measures is not None else None,
        "sources": sorted(set(sources)) if sources is not None else None,
        "cases": sorted(str(case) for case in cases) if cases is not None else None,
        "options": _checked_options(options or {}, there),
    }
    with transaction.atomic():
        Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        live = Job.objects.filter(study=study, kind=JOB_KIND, state__in=LIVE_STATES, parameters=parameters).first()
        if live is not None:
            raise Conflict(f"These measures are being computed already ('{live.title}').")
        title = f"Clinical measures: {', '.join(measures if measures is not None else there)}"
        return job_create(study=study, kind=JOB_KIND, title=title[:200], queue=Queue.IO, parameters=parameters, by=by)


def measures_compute(
    *,
    study: Study,
    measures: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    cases: Sequence[UUID] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    job: Job | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Compute and keep the clinical measures of a study's label maps.

    Other workers may be at the same at once, see `measures_help`: a label map that one of them has is left to it, and
    looked at again at the end.

    Parameters
    ----------
    study, measures, sources, cases, options
        As for `measures_request`, which checks them.
    job : Job, optional
        On whose behalf.
    progress : callable, optional
        Told how far it is; it may raise to stop. What was kept until then stays.

    Raises
    ------
    BlobDamaged
        If a stored file is gone or changed.
    """
    work = _Work(study, measures, sources, cases, options, job)
    total = len(work.sources)
    elsewhere = []
    for place, plans in enumerate(work.sources):
        if progress is not None:
            # No name of a rater here: a job's message reaches more people than the measures do.
            progress(place / total, plans[0].source.volume.case.name)
        if not work.measure(plans):
            elsewhere.append(plans)
    while elsewhere:
        if progress is not None:
            progress((total - len(elsewhere)) / total, elsewhere[0][0].source.volume.case.name)
        if work.measure(elsewhere[0]):
            elsewhere.pop(0)
        else:
            time.sleep(LOOK_SECONDS)
    return work.measured()


def measures_help(*, job: Job) -> None:
    """Measure label maps of another worker's job until none is left, or the job ends."""
    asked = job.parameters
    cases = None if asked["cases"] is None else [UUID(case) for case in asked["cases"]]
    work = _Work(job.study, asked["measures"], asked["sources"], cases, asked["options"], job)
    for plans in work.sources:
        if not Job.objects.filter(pk=job.pk, state=JobState.RUNNING, cancel_requested=False).exists():
            return
        work.measure(plans)


class _Work:
    """The label maps that a job is to measure, each with all its measures."""

    def __init__(
        self,
        study: Study,
        measures: Sequence[str] | None,
        sources: Sequence[str] | None,
        cases: Sequence[UUID] | None,
        options: Mapping[str, Mapping[str, Any]] | None,
        job: Job | None,
    ) -> None:
        self._study, self._job, self._read = study, job, _Remembering()
        inputs = StudyInputs(study, cases)
        kinds = None if sources is None else [Source(one) for one in sources]
        plans = inputs.plans(measures=measures, sources=kinds, options=options)
        self._meanings = inputs.meanings
        self._computed: list[StudyMeasure] = []
        self._plans = len(plans)
        self.sources = [list(of_map) for _, of_map in groupby(plans, key=lambda plan: lock_of(plan.source))]

    @transaction.atomic
    def measure(self, plans: Sequence[MeasurePlan]) -> bool:
        """Measure one label map; False where another worker is at it."""
        with connection.cursor() as cursor:
            # Held until the transaction ends, or its worker: nothing stays locked by one that died.
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(plans[0].source)])
            if not cursor.fetchone()[0]:
                return False
        for plan in plans:
            key = plan.key(self._meanings)
            if not _stored(plan, key):
                self._computed.append(_keep(self._study, plan, key, self._meanings, self._job, self._read))
        return True

    def measured(self) -> Measured:
        """What came of it, by whichever worker."""
        if self._job is None:
            computed, undefined = len(self._computed), sum(bool(one.undefined) for one in self._computed)
        else:
            computed, undefined = self._kept().count(), self._kept().exclude(undefined="").count()
        return Measured(computed, self._plans - computed, undefined)

    def _kept(self) -> QuerySet[StudyMeasure]:
        return StudyMeasure.objects.filter(job=self._job)


def lock_of(source: MeasuredSource) -> int:
    """The number of a label map's lock, the same for every worker: 64 bits, signed."""
    name = f"clinical measures {source.volume.pk} {source.author}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _stored(plan: MeasurePlan, key: str) -> bool:
    """Whether the newest table of this author is this one; an older one of the same key gives way to a new one."""
    source = plan.source
    same = StudyMeasure.objects.filter(
        volume=source.volume,
        measure=plan.measure.name,
        source=source.source.value,
        reader=source.reader,
        read=source.read,
    ).order_by("-created_at", "-pk")
    newest = same.first()
    if newest is None or newest.key == key:
        _update_standing(newest, source.accepted)
        return newest is not None
    # A label map that was taken back to an earlier version: its table is made again, so that the newest one holds.
    same.filter(key=key).delete()
    return False


def _update_standing(table: StudyMeasure | None, accepted: bool) -> None:
    if table is not None and table.accepted != accepted:
        table.accepted = accepted
        table.save(update_fields=["accepted"])


class _Remembering:
    """Reads label maps, and remembers the last few: the measures of a label map follow one another."""

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._maps: dict[tuple[UUID, ...], LabelMap] = {}

    def __call__(self, versions: Sequence[LabelVersion]) -> LabelMap:
        key = tuple(one.pk for one in versions)
        if key not in self._maps:
            while len(self._maps) >= self._most:
                self._maps.pop(next(iter(self._maps)))
            self._maps[key] = read_labels(versions)
        return self._maps[key]


def _keep(
    study: Study,
    plan: MeasurePlan,
    key: str,
    meanings: Sequence[LabelMeaning],
    job: Job | None,
    read: _Remembering,
) -> StudyMeasure:
    table, why = _table(plan, meanings, read)
    told = table.to_json() if table is not None else {}
    source = plan.source
    with transaction.atomic():
        made = StudyMeasure.objects.create(
            study=study,
            volume=source.volume,
            measure=plan.measure.name,
            source=source.source.value,
            reader=source.reader,
            read=source.read,
            title=source.title,
            accepted=source.accepted,
            label_version=source.label_version,
            inputs=plan.inputs(),
            options=dict(plan.asked),
            key=key,
            columns=told.get("columns", []),
            rows=told.get("rows", []),
            findings=told.get("findings", []),
            notes=told.get("notes", []),
            details=told.get("details", {}),
            undefined=why,
            protocol_version=study.protocol_version,
            code_version=code_version(),
            job=job,
        )
        units = {one.name: one.unit for one in quantities(plan.measure.name)}
        values = table_values(table, meanings) if table is not None else ()
        StudyMeasureValue.objects.bulk_create(
            [_value(made, place, one, units[one.quantity]) for place, one in enumerate(values)], batch_size=1000
        )
    return made


def _table(plan: MeasurePlan, meanings: Sequence[LabelMeaning], read: _Remembering) -> tuple[MeasureTable | None, str]:
    """The table, or why there is none: what one case lacks must not keep the others from being measured."""
    if plan.undefined:
        return None, plan.undefined
    try:
        return plan.measure.measure(case_inputs(plan, meanings, read), plan.options), ""
    except (ValueError, ImageError) as error:
        return None, str(error)


def _value(table: StudyMeasure, place: int, one: Value, unit: str) -> StudyMeasureValue:
    return StudyMeasureValue(
        table=table,
        place=place,
        quantity=one.quantity,
        unit=unit,
        item=one.item[:100],
        label=one.label,
        side=one.side,
        level=one.level,
        variant=one.variant,
        value=one.measure.value,
        undefined=(one.measure.undefined or "")[:REASON_LENGTH],
    )


def _require(names: Sequence[str] | None, known: Sequence[str], field: str, words: str) -> None:
    unknown = sorted(set(names or ()) - set(known))
    if unknown or (names is not None and not names):
        detail = f"{words} {', '.join(known)}; {', '.join(unknown) or 'none'} came."
        raise InvalidInput(detail, {field: [detail]})


def _require_cases(study: Study, cases: Sequence[UUID] | None) -> None:
    if cases is None:
        return
    known = set(Case.objects.filter(study=study, pk__in=cases).values_list("pk", flat=True))
    unknown = [str(case) for case in cases if case not in known]
    if unknown:
        raise NotFound(f"The study '{study.slug}' has no case {', '.join(unknown[:5])}.")


def _checked_options(options: Mapping[str, Mapping[str, Any]], there: Sequence[str]) -> dict[str, dict[str, Any]]:
    _require(list(options) or None, there, "options", "Options are given by measure, of which there are")
    checked: dict[str, dict[str, Any]] = {}
    for name, given in options.items():
        kinds = {option.name: option.kind for option in CATALOGUE[name].options}
        _require(list(given) or None, list(kinds), "options", f"{name} has the options")
        try:
            checked[name] = {option: kinds[option](value) for option, value in sorted(given.items())}
        except (TypeError, ValueError) as error:
            detail = f"An option of {name} is not of its kind: {error}."
            raise InvalidInput(detail, {"options": [detail]}) from error
    return checked
