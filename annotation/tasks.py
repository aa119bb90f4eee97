"""The io worker's jobs."""

from typing import Any

from annotation.selectors.resampled import Resampling
from annotation.services.importing.archives import import_archive
from annotation.services.importing.requesting import JOB_KIND
from annotation.services.resampling import JOB_KIND as RESAMPLE
from annotation.services.resampling import resampled_compute
from blobs.services import BlobDamaged
from jobs.running import JobFailed, JobRun, job_task
from mri.errors import ImageError


@job_task(JOB_KIND)
def import_dataset(run: JobRun) -> dict[str, Any]:
    """Take an uploaded archive into its study; the result says what became of each file."""
    try:
        report = import_archive(
            study=run.job.study,
            upload_sha256=run.parameters["upload"],
            by=run.job.created_by,
            accept_labels=run.parameters["accept_labels"],
            progress=run.report,
        )
    except ImageError as error:
        raise JobFailed(str(error)) from error
    return report.to_json()


@job_task(RESAMPLE)
def resample_voxels(run: JobRun) -> dict[str, Any]:
    """Put voxels on another grid."""
    run.report(0.1, "resampling")
    try:
        return {"resampled": resampled_compute(question=Resampling.from_json(run.parameters))}
    except BlobDamaged as error:
        raise JobFailed(str(error)) from error
