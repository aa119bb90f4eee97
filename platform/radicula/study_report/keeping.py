"""The report of a study in the site: asked for, made by a worker, kept, and whether it still says all there is."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from access.errors import Conflict, NotFound
from access.models import Study, User
from annotation.models import Case, LabelVersion
from blobs.services import blob_put_bytes
from clinical.models import StudyMeasure
from jobs.models import Job, JobState, Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from models_app.models import ModelVersion
from results.canonical import sha256_of
from results.models import Analysis, StudyReportFile
from results.report_formats import Format
from tracts.models import Tractogram

REPORT_JOB = "study-report"
FORMATS = {
    "report.html": Format("Study report (HTML)", "text/html; charset=utf-8"),
    "clinical-measures.csv": Format("Clinical measures (CSV)", "text/csv; charset=utf-8"),
}


@dataclass(frozen=True)
class StudyReport:
    """The files of a study's report and the job that makes or made them.

    Attributes
    ----------
    state : str
        ``none``, ``making``, ``ready`` or ``failed``.
    current : bool
        Whether the study holds nothing that the files don't know.
    job : Job or None
        The newest.
    files : list of StudyReportFile
        Those of the last report that was made.
    """

    state: str
    current: bool
    job: Job | None
    files: list[StudyReportFile]


def report_key(study: Study) -> str:
    """The hash of what a report is made from: label versions and tables are only ever added."""
    return sha256_of(
        {
            "code": code_version(),
            "protocol": study.protocol_version,
            "cases": Case.objects.filter(study=study).count(),
            "label_versions": LabelVersion.objects.filter(volume__case__study=study).count(),
            "measures": StudyMeasure.objects.filter(study=study).count(),
            "tracts": Tractogram.objects.filter(volume__case__study=study).count(),
            "models": sorted(str(one) for one in ModelVersion.objects.filter(study=study).values_list("pk", flat=True)),
            "analyses": sorted(
                Analysis.objects.filter(study=study, document__isnull=False).values_list("document_id", flat=True)
            ),
        }
    )


def report_of(study: Study) -> StudyReport:
    """What there is of the report of a study."""
    files = list(StudyReportFile.objects.filter(study=study, name__in=FORMATS).select_related("blob"))
    jobs = Job.objects.filter(study=study, kind=REPORT_JOB).select_related("study", "created_by")
    job = jobs.order_by("-created_at").first()
    if job is not None and job.state in LIVE_STATES:
        state = "making"
    elif job is not None and job.state == JobState.FAILED:
        state = "failed"
    else:
        state = "ready" if files else "none"
    key = report_key(study)
    return StudyReport(state, bool(files) and all(one.made_from == key for one in files), job, files)


def report_file(study: Study, name: str) -> StudyReportFile:
    """One file of a study's report.

    Raises
    ------
    NotFound
        Where it is not made, or there is none of that name.
    """
    if name not in FORMATS:
        raise NotFound(f"A study's report has no file '{name}'; it has: {', '.join(FORMATS)}.")
    found = StudyReportFile.objects.filter(study=study, name=name).first()
    if found is None:
        raise NotFound("The report of this study is not made yet; POST to its address makes it.")
    return found


@transaction.atomic
def report_request(*, study: Study, by: User | None) -> StudyReport:
    """Ask for the report; one that is up to date, or under way, is not made again.

    Raises
    ------
    Conflict
        Where the study has no case that a report could speak of.
    """
    # Two who press the button at once get one job.
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if not Case.objects.filter(study=study).exists():
        raise Conflict("This study has no case yet; its report can be made when images are imported.")
    found = report_of(study)
    if found.state == "making" or (found.state == "ready" and found.current):
        return found
    job_create(study=study, kind=REPORT_JOB, title="report of the study", queue=Queue.IO, parameters={}, by=by)
    return report_of(study)


@transaction.atomic
def files_keep(*, study: Study, files: Mapping[str, bytes], made_from: str) -> None:
    """Keep the files of a report in place of those of the last one."""
    StudyReportFile.objects.filter(study=study).exclude(name__in=files).delete()
    for name, data in files.items():
        StudyReportFile.objects.update_or_create(
            study=study, name=name, defaults={"blob": blob_put_bytes(data), "made_from": made_from}
        )
