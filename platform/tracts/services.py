"""What makes tractograms, and what hands them out to be rated."""

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from access.errors import Conflict, InvalidInput, NotFound
from access.models import Membership, Study, User
from access.services import event_record
from annotation.models import LabelSource, LabelVersion, Volume
from annotation.selectors.labels import label_voxels
from annotation.selectors.volumes import volume_grid
from annotation.services.deriving import volume_gradients
from blobs.services import blob_path, blob_put_bytes
from jobs.models import Job, Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from mri.diffusion.tracking import TrackingSettings, track_nerves
from mri.diffusion.tract_files import tck_bytes, trk_bytes
from mri.diffusion.tract_measures import measure_nerves, side_ratios
from mri.resampling import resample
from mri.volumes import read_volume
from tracts.models import Arm, Tractogram, TractRating
from tracts.selectors import settings_for

JOB_KIND = "track"
Progress = Callable[[float, str], None]


def tractogram_request(
    *, study: Study, label_version: LabelVersion, volume: Volume | None, asked: Mapping[str, float], by: User
) -> Job:
    """Queue the tracking of the nerves of a label version.

    Parameters
    ----------
    study : Study
        Whose it is.
    label_version : LabelVersion
        The nerves, one label value each.
    volume : Volume or None
        The diffusion image; the case's only one where it is None.
    asked : mapping of str to number
        Parameters of :class:`mri.diffusion.tracking.TrackingSettings`; see `settings_for` for the rest.
    by : User
        Who asks.

    Raises
    ------
    NotFound
        If the labels are of another study.
    Conflict
        If the case has no diffusion image with gradients, or several and none was named, or the same is under way.
    InvalidInput
        If the volume is of another case, or is no diffusion image.
    """
    if label_version.volume.case.study_id != study.pk:
        raise NotFound("There is no such label version in this study.")
    image = _diffusion_image(label_version, volume)
    settings = settings_for(study, asked).to_json()
    parameters = {"label_version": str(label_version.pk), "volume": str(image.pk), "settings": settings}
    with transaction.atomic():
        Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        if Job.objects.filter(study=study, kind=JOB_KIND, state__in=LIVE_STATES, parameters=parameters).exists():
            raise Conflict("These nerves are being tracked with these settings already.")
        title = f"tractogram of {label_version.volume.case.name}"
        return job_create(study=study, kind=JOB_KIND, title=title[:200], queue=Queue.IO, parameters=parameters, by=by)


def _diffusion_image(label_version: LabelVersion, volume: Volume | None) -> Volume:
    case = label_version.volume.case
    if volume is not None:
        if volume.case_id != case.pk or volume.bval_id is None:
            message = "The volume is no diffusion image with gradient files of the label's case."
            raise InvalidInput(message, {"volume": [message]})
        return volume
    found = list(Volume.objects.filter(case=case, bval__isnull=False).order_by("name"))
    if len(found) != 1:
        names = ", ".join(one.name for one in found) or "none"
        raise Conflict(f"{case.name} should have one diffusion image with gradient files; it has: {names}. Name one.")
    return found[0]


def tractogram_make(
    *, label_version: LabelVersion, volume: Volume, settings: TrackingSettings, by: User | None, progress: Progress
) -> Tractogram:
    """Track, measure and keep; the row that is there already where nothing would be new.

    Raises
    ------
    ImageError
        If the labels are empty or no tensor can be fitted.
    """
    key = _key(label_version, volume, settings)
    found = Tractogram.objects.filter(label_version=label_version, key=key).first()
    if found is not None:
        return found
    progress(0.0, "reading")
    image = read_volume(blob_path(volume.original_id), allow_frames=True)
    labels = _labels_on(label_version, volume)
    protocol_labels = volume.case.study.protocol["labels"]
    names = {int(label["value"]): str(label["name"]) for label in protocol_labels}
    tracts = track_nerves(
        image.voxels, image.grid, volume_gradients(volume), labels, settings, names=names,
        progress=lambda share, message: progress(0.05 + 0.85 * share, message),
    )  # fmt: skip
    progress(0.95, "measuring")
    measured = measure_nerves(tracts, labels)
    tractogram = Tractogram(
        case=volume.case,
        volume=volume,
        label_version=label_version,
        arm=Arm.AUTOMATIC if label_version.source == LabelSource.MODEL else Arm.MANUAL,
        settings=settings.to_json(),
        nerves=[{"name": names.get(one.value, ""), **one.to_json()} for one in measured],
        sides=[one.to_json() for one in side_ratios(measured, side_pairs(protocol_labels))],
        seconds=tracts.seconds,
        streamlines=sum(len(nerve.streamlines) for nerve in tracts.nerves),
        trk=blob_put_bytes(trk_bytes(tracts)),
        tck=blob_put_bytes(tck_bytes(tracts)),
        provenance=_provenance(label_version, volume),
        key=key,
        created_by=by,
    )
    with transaction.atomic():
        Study.objects.select_for_update(no_key=True).get(pk=volume.case.study_id)
        found = Tractogram.objects.filter(label_version=label_version, key=key).first()
        if found is not None:
            return found
        tractogram.save(force_insert=True)
        event_record(study=volume.case.study, actor=by, verb="tractogram.made", subject=tractogram)
    return tractogram


def _labels_on(label_version: LabelVersion, volume: Volume) -> NDArray[Any]:
    """The labels on the diffusion image's grid; by nearest neighbour where they were drawn on another one."""
    labels, grid = label_voxels(label_version), volume_grid(volume)
    return labels.voxels if labels.grid.same_as(grid) else resample(labels.voxels, labels.grid, grid, "nearest")


def side_pairs(labels: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """Left and right value of each level that the protocol has on both sides."""
    sides = {(label.get("level", ""), label.get("side")): int(label["value"]) for label in labels}
    levels = dict.fromkeys(label.get("level", "") for label in labels)
    return [
        (sides[level, "left"], sides[level, "right"])
        for level in levels
        if (level, "left") in sides and (level, "right") in sides
    ]


def _key(label_version: LabelVersion, volume: Volume, settings: TrackingSettings) -> str:
    content = [
        label_version.voxels_id, volume.original_id, volume.bval_id, volume.bvec_id,
        settings.to_json(), version("dipy"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _provenance(label_version: LabelVersion, volume: Volume) -> dict[str, Any]:
    return {
        "label_version": str(label_version.pk),
        "labels_sha256": label_version.voxels_id,
        "volume": str(volume.pk),
        "volume_sha256": volume.original_id,
        "bval_sha256": volume.bval_id,
        "bvec_sha256": volume.bvec_id,
        "model_version": str(label_version.model_version) if label_version.model_version else None,
        "code_version": code_version(),
        "dipy_version": version("dipy"),
        "numpy_version": np.__version__,
    }


@transaction.atomic
def ratings_assign(*, study: Study, usernames: Sequence[str], tractograms: Sequence[UUID], by: User) -> int:
    """Give tractograms to people to rate, in an order of their own; ones that they have already stay as they are.

    Parameters
    ----------
    study : Study
        Whose they are.
    usernames : sequence of str
        Members of the study.
    tractograms : sequence of UUID
        Which; every one of the study where it is empty.
    by : User
        Who assigns.

    Returns
    -------
    int
        How many ratings were added.

    Raises
    ------
    InvalidInput
        If somebody is no member, or a tractogram is not of this study.
    """
    # Two assignments at once take turns: the places of one person are 1, 2, 3 ...
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    people = {m.user.username: m.user for m in Membership.objects.filter(study=study).select_related("user")}
    strangers = [name for name in usernames if name not in people]
    if strangers:
        message = f"{', '.join(strangers)}: no member of this study."
        raise InvalidInput(message, {"raters": [message]})
    found = {one.pk: one for one in Tractogram.objects.filter(case__study=study)}
    unknown = [str(one) for one in tractograms if one not in found]
    if unknown:
        message = f"{', '.join(unknown)}: no tractogram of this study."
        raise InvalidInput(message, {"tractograms": [message]})
    added = 0
    for name in dict.fromkeys(usernames):
        user = people[name]
        have = TractRating.objects.filter(study=study, user=user)
        taken = set(have.values_list("tractogram_id", flat=True))
        new = [found[pk] for pk in (list(dict.fromkeys(tractograms)) or list(found)) if pk not in taken]
        random.SystemRandom().shuffle(new)
        TractRating.objects.bulk_create(
            TractRating(study=study, tractogram=one, user=user, place=place)
            for place, one in enumerate(new, start=len(taken) + 1)
        )
        added += len(new)
    event_record(study=study, actor=by, verb="tract_ratings.assigned", detail={"raters": len(usernames), "n": added})
    return added


@transaction.atomic
def rating_give(*, rating: TractRating, score: int, comment: str) -> TractRating:
    """Score a tractogram; a second thought replaces the first, and the log keeps both.

    Raises
    ------
    InvalidInput
        If the score is not from 1 to 5.
    """
    if not 1 <= score <= 5:
        raise InvalidInput("A score is from 1 to 5.", {"score": [f"{score} is not from 1 to 5."]})
    rating = TractRating.objects.select_for_update(of=("self",)).select_related("user", "study").get(pk=rating.pk)
    rating.score, rating.comment, rating.rated_at = score, comment, timezone.now()
    rating.save(update_fields=["score", "comment", "rated_at"])
    event_record(study=rating.study, actor=rating.user, verb="tract.rated", subject=rating, detail={"score": score})
    return rating
