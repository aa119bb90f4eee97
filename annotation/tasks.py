"""The io worker's jobs."""

from typing import Any

from celery.signals import worker_init

from annotation.models import Volume
from annotation.selectors.resampled import Resampling
from annotation.services.deriving import JOB_KIND as DERIVE
from annotation.services.deriving import derive_volume, derived_request_missing
from annotation.services.importing.archives import import_archive, import_folders_clear
from annotation.services.importing.requesting import JOB_KIND
from annotation.services.resampling import JOB_KIND as RESAMPLE
from annotation.services.resampling import resampled_compute
from blobs.services import BlobDamaged
from jobs.running import JobFailed, JobRun, job_task
from mri.errors import ImageError


@worker_init.connect
def clear_after_a_killed_worker(**_: object) -> None:
    """A worker that was killed in an import could not remove its folder."""
    import_folders_clear()


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
    derived_request_missing(study=run.job.study, by=run.job.created_by)
    return report.to_json()


@job_task(RESAMPLE)
def resample_voxels(run: JobRun) -> dict[str, Any]:
    """Put voxels on another grid."""
    run.report(0.1, "resampling")
    try:
        return {"resampled": resampled_compute(question=Resampling.from_json(run.parameters))}
    except BlobDamaged as error:
        raise JobFailed(str(error)) from error


@job_task(DERIVE)
def derive_maps(run: JobRun) -> dict[str, Any]:
    """Compute the maps of diffusion images; maps that are there already are left alone."""
    volumes = Volume.objects.filter(pk__in=run.parameters["volumes"]).select_related("case__study", "case__subject")
    made: list[str] = []
    left_out: list[dict[str, str]] = []
    total = max(len(volumes), 1)
    for place, volume in enumerate(volumes.order_by("name", "id")):

        def progress(share: float, message: str, place: int = place, name: str = volume.name) -> None:
            run.report((place + share) / total, f"{name}: {message}")

        try:
            derived = derive_volume(volume=volume, maps=run.parameters["maps"], progress=progress)
        except (ImageError, BlobDamaged) as error:
            left_out.append({"volume": str(volume.pk), "name": volume.name, "reason": str(error)})
            continue
        made.extend(str(one.pk) for one in derived)
    if left_out and not made:
        raise JobFailed(" ".join(one["reason"] for one in left_out))
    return {"derived": made, "left_out": left_out}
