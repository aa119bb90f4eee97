"""What makes analyses."""

from typing import Any
from uuid import UUID

from django.db import transaction

from access.errors import InvalidInput
from access.models import Study, User
from annotation.models import LabelVersion
from jobs.models import Job, Queue
from jobs.provenance import code_version
from jobs.services import job_create
from results.models import Analysis, AnalysisInput, AnalysisKind
from results.selectors import pair_readings

INTER_RATER_JOB = "inter_rater"


@transaction.atomic
def analysis_start(
    *,
    study: Study,
    by: User | None,
    rater_a: str,
    rater_b: str,
    read_a: int = 1,
    read_b: int = 1,
    tolerance_mm: float = 1.0,
    title: str = "",
) -> Analysis:
    """Compare two raters on the cases that both have handed in.

    The label versions are chosen now and kept with the analysis: the job computes on these and no others.

    Raises
    ------
    InvalidInput
        If the two readings are the same, or share no volume.
    NotFound
        If a rater is unknown.
    """
    if (rater_a, read_a) == (rater_b, read_b):
        raise InvalidInput(
            f"'{rater_a}', read {read_a}, was named twice; choose two raters, or two reads of one.",
            {"rater_b": ["Choose another rater or read."]},
        )
    pairing = pair_readings(study, rater_a, rater_b, read_a, read_b)
    if not pairing.pairs:
        raise InvalidInput(
            f"'{rater_a}' and '{rater_b}' have handed in no volume in common; an analysis needs at least one.",
            {"rater_b": ["No volume in common with the first rater."]},
        )
    title = title or f"{rater_a} against {rater_b}"
    job = job_create(
        study=study, kind=INTER_RATER_JOB, title=f"Agreement: {title}", queue=Queue.IO, parameters={}, by=by
    )
    analysis = Analysis.objects.create(
        study=study,
        job=job,
        kind=AnalysisKind.INTER_RATER,
        title=title,
        parameters={
            "rater_a": rater_a,
            "rater_b": rater_b,
            "read_a": read_a,
            "read_b": read_b,
            "tolerance_mm": tolerance_mm,
        },
        excluded=pairing.excluded,
        code_version=code_version(),
        created_by=by,
    )
    AnalysisInput.objects.bulk_create(
        AnalysisInput(analysis=analysis, label_version=version, side=side)
        for pair in pairing.pairs
        for side, version in (("a", pair.version_a), ("b", pair.version_b))
    )
    return analysis


def analysis_finish(*, analysis: Analysis, rows: list[dict[str, Any]], summary: dict[str, Any], code: str) -> None:
    """Store what an analysis came to."""
    Analysis.objects.filter(pk=analysis.pk).update(rows=rows, summary=summary, code_version=code)


def analysis_inputs(analysis: Analysis) -> list[tuple[LabelVersion, LabelVersion]]:
    """The pairs of label versions that an analysis computes on, in the order of the cases' names."""
    rows = analysis.inputs.select_related("label_version__volume__case__subject").all()
    sides: dict[str, dict[UUID, LabelVersion]] = {"a": {}, "b": {}}
    for row in rows:
        sides[row.side][row.label_version.volume_id] = row.label_version
    volumes = sorted(sides["a"], key=lambda volume: (sides["a"][volume].volume.case.name, str(volume)))
    return [(sides["a"][volume], sides["b"][volume]) for volume in volumes]


def analysis_of_job(job: Job) -> Analysis:
    """The analysis that a job computes."""
    return Analysis.objects.select_related("study").get(job=job)
