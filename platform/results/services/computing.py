"""The work of an analysis, volume by volume, by as many workers as there are."""

from collections.abc import Mapping

from django.db import transaction

from annotation.models import LabelVersion, Volume
from annotation.selectors.labels import label_voxels
from clinical.selectors.plans import StudyInputs
from clinical.selectors.version_values import VersionValues
from jobs.models import Job, JobState
from jobs.provenance import code_version
from jobs.running import JobFailed
from results.measurements import ClinicalValues, measurement_get
from results.models import Analysis, AnalysisInput, AnalysisPart, AnalysisVolume
from results.parameters import Parameters
from results.selectors.analyses import parameters_of
from results.selectors.voxels import role_images
from results.volume_reading import GridsDiffer, label_facts, read_volume


def analysis_of_job(job: Job) -> Analysis:
    """The analysis that a job computes."""
    return Analysis.objects.select_related("study", "job").get(job=job)


def volume_compute_next(analysis: Analysis) -> Volume | None:
    """Compute one volume that nobody else is at.

    The row of the volume stays locked meanwhile: another worker takes the next one, and a worker that dies leaves
    nothing behind.

    Returns
    -------
    Volume or None
        What was computed; None where every volume is done or in another worker's hands.

    Raises
    ------
    JobFailed
        If the readings of a volume don't lie on one grid.
    """
    with transaction.atomic():
        row = (
            AnalysisVolume.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(analysis=analysis, done=False)
            .select_related("volume__case__subject", "volume__case__study")
            .order_by("position")
            .first()
        )
        if row is None:
            return None
        _compute(analysis, row)
        return row.volume


def _compute(analysis: Analysis, row: AnalysisVolume) -> None:
    parameters = parameters_of(analysis)
    versions = _versions(row)
    maps = {reader: label_voxels(version) for reader, version in versions.items()}
    labels = label_facts(analysis.study.protocol, parameters.labels)
    wanted = {role for name in parameters.measurements for role in measurement_get(name).roles}
    try:
        outcome = read_volume(
            maps, parameters, labels, role_images(row.volume, sorted(wanted)), _clinical(row, versions, parameters)
        )
    except GridsDiffer as error:
        raise JobFailed(f"{row.volume.name}: {error}") from error
    row.rows, row.readings, row.overall = outcome.rows, outcome.readings, outcome.overall
    row.row_count, row.done = len(outcome.rows), True
    row.save(update_fields=["rows", "readings", "overall", "row_count", "done"])


def _versions(row: AnalysisVolume) -> dict[int, LabelVersion]:
    inputs = AnalysisInput.objects.filter(analysis_id=row.analysis_id, label_version__volume_id=row.volume_id)
    found = inputs.select_related("label_version__volume").order_by("reader")
    return {one.reader: one.label_version for one in found}


def _clinical(
    row: AnalysisVolume, versions: Mapping[int, LabelVersion], parameters: Parameters
) -> dict[int, ClinicalValues]:
    """The clinical measures of each reader's map, where the question asks for one."""
    if not any(measurement_get(name).clinical for name in parameters.measurements):
        return {}
    inputs = StudyInputs(row.volume.case.study, [row.volume.case_id])
    return {reader: VersionValues(inputs, version) for reader, version in versions.items()}


def volumes_left(analysis: Analysis) -> tuple[int, int]:
    """How many volumes are done, and how many there are."""
    rows = AnalysisVolume.objects.filter(analysis=analysis)
    return rows.filter(done=True).count(), rows.count()


def is_under_way(analysis: Analysis) -> bool:
    """Whether the job of an analysis still runs and nobody asked it to stop."""
    return Job.objects.filter(pk=analysis.job_id, state=JobState.RUNNING, cancel_requested=False).exists()


def analysis_reset(*, analysis: Analysis) -> None:
    """Forget what another version of the code has found, so that an answer is never made of two."""
    if analysis.code_version != code_version():
        AnalysisVolume.objects.filter(analysis=analysis, done=True).update(done=False)
        AnalysisPart.objects.filter(analysis=analysis).delete()
        Analysis.objects.filter(pk=analysis.pk).update(code_version=code_version())
