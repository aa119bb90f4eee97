"""Asking for an analysis: the question is completed, the label versions are chosen, and a job is queued."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from access.errors import InvalidInput, NotFound
from access.models import Study, User
from annotation.models import Case
from jobs.models import Queue
from jobs.provenance import code_version
from jobs.services import job_create
from results.measurements import measurement_list
from results.models import Analysis, AnalysisInput, AnalysisKind, AnalysisVolume
from results.parameters import KINDS_WITH_REFERENCE, METRICS, ConsensusMethod, Parameters
from results.readers import ALLOWED, Reader, ReaderType
from results.selectors.analyses import parameters_of
from results.selectors.readings import Gathered, gather, model_names, readers_known, readers_require

ANALYSIS_JOB = "analysis"


def analysis_start(
    *,
    study: Study,
    by: User | None,
    kind: str,
    readers: Sequence[Reader] | None = None,
    cases: Sequence[UUID] | None = None,
    labels: Sequence[int] | None = None,
    metrics: Sequence[str] | None = None,
    measurements: Sequence[str] | None = None,
    group_by: Sequence[str] = (),
    tolerance_mm: float = 1.0,
    consensus: ConsensusMethod = "staple",
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    title: str = "",
) -> Analysis:
    """Ask for an analysis.

    The label versions are chosen now and kept with the analysis: the job computes on these and no others.

    Parameters
    ----------
    study : Study
        Whose label maps.
    by : User or None
        Who asks; None for the command line.
    kind : str
        See `AnalysisKind`.
    readers : sequence of Reader, optional
        Whose label maps, in this order; by default everyone whom the kind is about.
    cases : sequence of UUID, optional
        By default all cases; for rounds always those of the frozen test set.
    labels, metrics, measurements, group_by, tolerance_mm, consensus, level, resamples, seed
        As in `Parameters`; by default all labels and metrics, and the measurements marked as default.
    title : str
        Made from the readers where empty.

    Raises
    ------
    InvalidInput
        If the question makes no sense, or no volume was read as it needs.
    NotFound
        If a reader is unknown.
    """
    chosen = tuple(readers) if readers else _default_readers(study, kind)
    parameters = Parameters(
        kind=kind,
        readers=chosen,
        cases=_cases(study, cases),
        labels=_labels(study, labels),
        metrics=_names("metrics", metrics, METRICS),
        measurements=_measurements(study, measurements),
        group_by=tuple(dict.fromkeys(group_by)),
        tolerance_mm=tolerance_mm,
        consensus=consensus,
        level=level,
        resamples=resamples,
        seed=seed,
    )
    _check_readers(parameters)
    readers_require(study, chosen)
    gathered = gather(study, parameters)
    if not gathered.volumes:
        raise _nothing_to_compare(study, parameters)
    return _store(study, by, parameters, gathered, title or title_of(study, parameters), None)


def analysis_rerun(*, analysis: Analysis, by: User | None) -> Analysis:
    """Ask the same question again, on the label versions that count now.

    Raises
    ------
    InvalidInput
        If there is nothing left to compare.
    """
    parameters = parameters_of(analysis)
    if not parameters.measurements:
        parameters = Parameters(**{**vars(parameters), "measurements": _measurements(analysis.study, None)})
    gathered = gather(analysis.study, parameters)
    if not gathered.volumes:
        raise _nothing_to_compare(analysis.study, parameters)
    return _store(analysis.study, by, parameters, gathered, analysis.title, analysis)


def title_of(study: Study, parameters: Parameters) -> str:
    """Name an analysis after its kind and readers."""
    names = model_names(study, parameters.readers)
    told = [reader.describe(names) for reader in parameters.readers]
    if parameters.kind == "variability":
        return f"Variability across {', '.join(parameters.group_by) or 'cases'} ({', '.join(told)})"[:200]
    if len(told) == 2:
        return f"{told[0]} against {told[1]}"[:200]
    kind = AnalysisKind(parameters.kind).label
    return f"{kind[:1].upper()}{kind[1:]}: {', '.join(told)}"[:200]


@transaction.atomic
def _store(
    study: Study, by: User | None, parameters: Parameters, gathered: Gathered, title: str, rerun_of: Analysis | None
) -> Analysis:
    job = job_create(
        study=study, kind=ANALYSIS_JOB, title=f"Analysis: {title}"[:200], queue=Queue.IO, parameters={}, by=by
    )
    analysis = Analysis.objects.create(
        study=study,
        job=job,
        kind=parameters.kind,
        title=title,
        parameters=parameters.to_json(),
        excluded=gathered.excluded,
        rerun_of=rerun_of,
        code_version=code_version(),
        created_by=by,
    )
    AnalysisVolume.objects.bulk_create(
        AnalysisVolume(analysis=analysis, volume=one.volume, position=position)
        for position, one in enumerate(gathered.volumes)
    )
    AnalysisInput.objects.bulk_create(
        AnalysisInput(analysis=analysis, label_version=version, reader=reader)
        for one in gathered.volumes
        for reader, version in sorted(one.versions.items())
    )
    return analysis


def _default_readers(study: Study, kind: str) -> tuple[Reader, ...]:
    known = [one.reader for one in readers_known(study)]
    of = {wanted: tuple(one for one in known if one.type is wanted) for wanted in ReaderType}
    raters = of[ReaderType.RATER]
    first_reads = tuple(one for one in raters if one.read == 1)
    if kind == "inter_rater":
        return first_reads
    if kind == "intra_rater":
        repeated = {one.name for one in raters if one.read > 1}
        return tuple(one for one in raters if one.name in repeated)
    if kind == "human_model":
        return first_reads + of[ReaderType.MODEL][-1:]
    if kind == "model_model":
        return of[ReaderType.MODEL]
    if kind == "external":
        return first_reads + of[ReaderType.TOOL]
    if kind == "rounds":
        return of[ReaderType.ACCEPTED] + of[ReaderType.MODEL]
    return of[ReaderType.ACCEPTED] or first_reads[:1]


def _check_readers(parameters: Parameters) -> None:
    """Refuse readers that the kind makes no pair of."""
    kind, readers = parameters.kind, parameters.readers
    twice = sorted({one.describe() for one in readers if readers.count(one) > 1})
    if twice:
        _refuse(f"{', '.join(twice)} was named twice; choose different raters, reads or models.")
    wrong = [one for one in readers if one.type not in ALLOWED[kind]]
    if wrong:
        allowed = ", ".join(one.value for one in ALLOWED[kind])
        _refuse(f"A {kind.replace('_', '-')} analysis reads {allowed}; {wrong[0].type.value} '{wrong[0].name}' came.")
    if kind == "inter_rater" and len({one.name for one in readers}) < len(readers):
        _refuse("An inter-rater analysis takes one read of each rater; for two reads of one ask for intra_rater.")
    if kind == "variability":
        if not readers:
            _refuse("Nothing is handed in yet; an analysis of variability needs at least one reader with readings.")
        return
    if not any(pair.reference is not None for pair in parameters.pairs()):
        _refuse(_WANTED[kind])


_WANTED = {
    "inter_rater": "An inter-rater analysis needs at least two raters who have handed in readings.",
    "intra_rater": "An intra-rater analysis needs two reads of the same rater; assign a second read first.",
    "human_model": "Choose at least one rater and one model version that has made proposals.",
    "model_model": "Choose at least two model versions that have made proposals.",
    "external": "Choose at least one rater and one tool; import the tool's label maps first.",
    "rounds": "Choose an accepted reading or a rater, and at least one model version with proposals for the test set.",
}


def _refuse(detail: str, field: str = "readers") -> None:
    raise InvalidInput(detail, {field: [detail]})


def _nothing_to_compare(study: Study, parameters: Parameters) -> InvalidInput:
    names = model_names(study, parameters.readers)
    told = " and ".join(f"'{reader.describe(names)}'" for reader in parameters.readers)
    where = " in the frozen test set" if parameters.kind == "rounds" else ""
    detail = f"{told} have no volume in common{where}; an analysis needs at least one that a pair of them has read."
    if parameters.kind in KINDS_WITH_REFERENCE:
        detail += " Proposals are made under Models, label maps of a tool are imported here."
    return InvalidInput(detail, {"readers": [detail]})


def _cases(study: Study, cases: Sequence[UUID] | None) -> tuple[str, ...] | None:
    if cases is None:
        return None
    known = set(Case.objects.filter(study=study, pk__in=cases).values_list("pk", flat=True))
    unknown = [str(case) for case in cases if case not in known]
    if unknown:
        raise NotFound(f"The study '{study.slug}' has no case {', '.join(unknown[:5])}.")
    return tuple(sorted(str(case) for case in known))


def _labels(study: Study, labels: Sequence[int] | None) -> tuple[int, ...] | None:
    if labels is None:
        return None
    known = {int(label["value"]) for label in study.protocol["labels"]}
    unknown = sorted(set(labels) - known)
    if unknown or not labels:
        detail = f"The protocol has the labels {', '.join(map(str, sorted(known)))}; {unknown or 'none'} came."
        raise InvalidInput(detail, {"labels": [detail]})
    return tuple(sorted(set(labels)))


def _names(field: str, names: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        detail = f"There are {', '.join(known)}; {', '.join(unknown)} came."
        raise InvalidInput(detail, {field: [detail]})
    return tuple(name for name in known if names is None or name in names)


def _measurements(study: Study, names: Sequence[str] | None) -> tuple[str, ...]:
    there = measurement_list(study.protocol.get("measures", ()))
    if names is None:
        return tuple(one.name for one in there if one.default)
    unknown = sorted(set(names) - {one.name for one in there})
    if unknown:
        known = ", ".join(one.name for one in there)
        detail = f"The study has no measurement '{unknown[0]}'; there are: {known}."
        raise InvalidInput(detail, {"measurements": [detail]})
    return tuple(sorted(set(names)))
