"""The io worker's part: tracking."""

from typing import Any

from annotation.models import LabelVersion, Volume
from blobs.services import BlobDamaged
from jobs.running import JobFailed, JobRun, job_task
from mri.diffusion.tracking import TrackingSettings
from mri.errors import ImageError
from tracts.services import JOB_KIND, tractogram_make


@job_task(JOB_KIND)
def track(run: JobRun) -> dict[str, Any]:
    """Follow the fibres of the nerves of a label version."""
    version = LabelVersion.objects.select_related("volume__case__study", "task").get(pk=run.parameters["label_version"])
    volume = Volume.objects.select_related("case__study", "case__subject").get(pk=run.parameters["volume"])
    try:
        made = tractogram_make(
            label_version=version,
            volume=volume,
            settings=TrackingSettings(**run.parameters["settings"]),
            by=run.job.created_by,
            progress=run.report,
        )
    except (ImageError, BlobDamaged) as error:
        raise JobFailed(str(error)) from error
    # Nothing of what it looks like: a job is seen by reviewers, who may have to rate the tractogram blind.
    return {"tractogram": str(made.pk)}
