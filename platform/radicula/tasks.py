"""The worker's side of what stands above all parts of the site."""

from typing import Any

from blobs.services import BlobDamaged
from jobs.running import JobFailed, JobRun, job_task
from radicula.study_report.keeping import REPORT_JOB, files_keep, report_key


@job_task(REPORT_JOB)
def run_study_report(run: JobRun) -> dict[str, Any]:
    """Make the report of a study and keep its files; the result names them."""
    # matplotlib: a worker that makes no report never loads it.
    from radicula.study_report.making import study_report

    study = run.job.study
    # Taken first: what is added while it is made is not in it.
    key = report_key(study)
    try:
        files = study_report(study, progress=run.report)
    except BlobDamaged as error:
        raise JobFailed(str(error)) from error
    run.report(0.95, "keeping the files")
    files_keep(study=study, files=files, made_from=key)
    return {"names": sorted(files)}
