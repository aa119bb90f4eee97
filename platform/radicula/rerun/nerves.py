"""Tractograms of both arms, and what simulated raters say of them."""

import zlib

import numpy as np

from annotation.models import LabelSource, LabelVersion, TaskVolume
from annotation.selectors.labels import label_voxels
from annotation.selectors.volumes import volume_grid
from measures.overlap import count_overlap, dice
from mri.nifti import read_labels
from radicula.rerun.cohort import truth_files
from radicula.rerun.context import LEAD, RATERS, Rerun
from radicula.rerun.jobs_here import JobNotDone, job_finish
from radicula.rerun.networks import automatic_versions, reference_rater
from tracts.models import Tractogram, TractRating
from tracts.services import rating_give, ratings_assign, tractogram_request

RATING_NOISE = 0.5
"""Standard deviation of a simulated score, before it is rounded."""


def tractograms_make(run: Rerun) -> str:
    """Follow the nerves of the test set from the rater's masks and from the proposals, and have both rated blind."""
    versions = [*_manual(run), *_automatic(run)]
    failed = 0
    for version in versions:
        if Tractogram.objects.filter(label_version=version).exists():
            continue
        job = tractogram_request(study=run.study, label_version=version, volume=None, asked={}, by=run.user(LEAD))
        try:
            job_finish(job)
        except JobNotDone as error:
            failed += 1
            run.say(f"      {error.detail}")
    tractograms = Tractogram.objects.filter(case__study=run.study)
    rated = _rate(run) if run.simulated else 0
    return f"{tractograms.count()} tractograms, {failed} label maps that gave none, {rated} blinded ratings"


def _manual(run: Rerun) -> list[LabelVersion]:
    rows = TaskVolume.objects.filter(
        task__case__in=run.test_cases, task__rater__name=reference_rater(run), task__read=1, submitted__isnull=False
    )
    return list(LabelVersion.objects.filter(pk__in=rows.values("submitted_id")).order_by("volume__name"))


def _automatic(run: Rerun) -> list[LabelVersion]:
    networks = [version.pk for version in automatic_versions(run)]
    return list(
        LabelVersion.objects.filter(
            volume__case__in=run.test_cases, source=LabelSource.MODEL, task=None, model_version__in=networks
        ).order_by("volume__name")
    )


def _rate(run: Rerun) -> int:
    """Give every tractogram to both raters; a score follows how well its mask covers the true nerves."""
    tractograms = list(Tractogram.objects.filter(case__study=run.study))
    ratings_assign(study=run.study, usernames=RATERS, tractograms=[row.pk for row in tractograms], by=run.user(LEAD))
    truth = truth_files(run)
    waiting = TractRating.objects.filter(study=run.study, score=None)
    for rating in waiting.select_related("tractogram__label_version__volume__derived_from", "user"):
        version = rating.tractogram.label_version
        source = version.volume.derived_from or version.volume
        true = read_labels(truth[source.source_path], volume_grid(version.volume)).voxels > 0
        drawn = label_voxels(version).voxels > 0
        covered = dice(count_overlap(true, drawn)).value or 0.0
        seed = zlib.crc32(f"{rating.user.username} {source.source_path} {rating.tractogram.arm}".encode())
        score = 1.0 + 4.0 * covered + np.random.default_rng(seed).normal(0.0, RATING_NOISE)
        rating_give(rating=rating, score=int(np.clip(round(score), 1, 5)), comment="")
    return TractRating.objects.filter(study=run.study, score__isnull=False).count()
