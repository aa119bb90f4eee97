"""Voxels on another grid: computed once on the io worker, then served like any other."""

import gzip
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from annotation.models import ResampledVoxels
from annotation.selectors.resampled import Resampling, resampled_find
from annotation.services.storing import image_store
from blobs.services import blob_read
from jobs.models import Job, JobState, Queue
from jobs.services import LIVE_STATES, job_create
from mri.browser import from_raw_bytes, raw_bytes
from mri.resampling import resample

JOB_KIND = "resample"
MOST_VOXELS = 300_000_000
"""A target larger than this would take several GB of the worker's memory."""

TRY_AGAIN_AFTER = timedelta(seconds=30)


def resampled_request(*, study: Study, question: Resampling, title: str, by: User) -> Job:
    """Queue the computation, unless it is under way already.

    Raises
    ------
    InvalidInput
        If the target grid is too large.
    Conflict
        If it failed a moment ago; after half a minute it is tried again.
    """
    if question.target.size * question.components > MOST_VOXELS:
        raise InvalidInput(f"The target grid has {question.target.size} voxels; at most {MOST_VOXELS} are resampled.")
    with transaction.atomic():
        # Two requests for one thing at once take turns here, so that the second one finds the first one's job.
        Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        jobs = Job.objects.filter(study=study, kind=JOB_KIND, parameters__key=question.key)
        live = jobs.filter(state__in=LIVE_STATES).first()
        if live is not None:
            return live
        since = timezone.now() - TRY_AGAIN_AFTER
        failed = jobs.filter(state=JobState.FAILED, finished_at__gt=since).first()
        if failed is not None:
            raise Conflict(f"The resampling failed: {failed.error}")
        return job_create(
            study=study,
            kind=JOB_KIND,
            title=title[:200],
            queue=Queue.IO,
            parameters={"key": question.key, **question.to_json()},
            by=by,
        )


def resampled_compute(*, question: Resampling) -> str:
    """Compute and keep the voxels; the hash of the stored file.

    Raises
    ------
    BlobDamaged
        If the source is gone from the store.
    """
    found = resampled_find(question)
    if found is not None:
        return found
    content = gzip.decompress(blob_read(question.voxels))
    voxels = from_raw_bytes(content, question.dtype, question.source.shape, question.components)
    sampled = resample(voxels, question.source, question.target, question.interpolation)
    blob = image_store(raw_bytes(sampled))
    ResampledVoxels.objects.get_or_create(key=question.key, defaults={"voxels": blob})
    return blob.sha256
