"""The worker's side of analyses."""

from typing import Any

from jobs.provenance import code_version
from jobs.running import JobRun, job_task
from results.agreement import agreement_rows, agreement_summary
from results.services import INTER_RATER_JOB, analysis_finish, analysis_inputs, analysis_of_job


@job_task(INTER_RATER_JOB)
def run_inter_rater(run: JobRun) -> dict[str, Any]:
    """Compute the agreement of two raters on the label versions that were chosen when the analysis was made."""
    analysis = analysis_of_job(run.job)
    pairs = analysis_inputs(analysis)
    rows: list[dict[str, Any]] = []
    for index, (version_a, version_b) in enumerate(pairs):
        run.report(index / len(pairs), f"{version_a.volume.name} ({index + 1} of {len(pairs)})")
        rows += agreement_rows(
            version_a,
            version_b,
            labels=analysis.study.protocol["labels"],
            tolerance_mm=analysis.parameters["tolerance_mm"],
        )
    analysis_finish(analysis=analysis, rows=rows, summary=agreement_summary(rows), code=code_version())
    return {"analysis": str(analysis.pk), "rows": len(rows)}
