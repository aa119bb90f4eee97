"""The io worker's part: measuring label maps."""

from typing import Any
from uuid import UUID

from blobs.services import BlobDamaged
from clinical.services.measuring import JOB_KIND, measures_compute
from jobs.running import JobFailed, JobRun, job_task


@job_task(JOB_KIND)
def run_measures(run: JobRun) -> dict[str, Any]:
    """Compute the clinical measures that were asked for; the result counts the tables."""
    asked = run.parameters
    cases = asked["cases"]
    try:
        found = measures_compute(
            study=run.job.study,
            measures=asked["measures"],
            sources=asked["sources"],
            cases=None if cases is None else [UUID(case) for case in cases],
            options=asked["options"],
            job=run.job,
            progress=run.report,
        )
    except BlobDamaged as error:
        raise JobFailed(str(error)) from error
    return found.to_json()
