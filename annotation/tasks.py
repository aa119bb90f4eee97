"""The io worker's jobs."""

from typing import Any

from annotation.services.importing.archives import import_archive
from annotation.services.importing.requesting import JOB_KIND
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
