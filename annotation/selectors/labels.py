"""The label versions that a user may see, and their voxels."""

import gzip
from uuid import UUID

from django.db.models import Q, QuerySet

from access.errors import NotFound
from access.models import User
from annotation.models import LabelSource, LabelVersion, Task, TaskVolume, Volume
from annotation.selectors.visibility import label_versions_visible
from annotation.selectors.volumes import volume_grid
from blobs.services import blob_read
from mri.chunked_gzip import ChunkedGzip
from mri.labels import LabelMap


def label_version_list_for_user(user: User) -> QuerySet[LabelVersion]:
    """The label versions that a user may see, oldest first."""
    return LabelVersion.objects.filter(label_versions_visible(user))


def label_version_current_for_user(user: User) -> QuerySet[LabelVersion]:
    """Those that count now: what tasks stand at or handed in, and proposals. Steps in between are left out."""
    return label_version_list_for_user(user).filter(
        Q(task=None)
        | Q(pk__in=TaskVolume.objects.values("head_id"))
        | Q(pk__in=TaskVolume.objects.values("submitted_id"))
    )


def label_version_get_for_user(user: User, version_id: UUID) -> LabelVersion:
    """One label version with its volume.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    version = (
        label_version_list_for_user(user)
        .filter(pk=version_id)
        .select_related("volume__case__study", "volume__case__subject", "task__rater")
        .first()
    )
    if version is None:
        raise NotFound("There is no such label version, or it is not yours to see.")
    return version


def proposal_newest(volume: Volume) -> LabelVersion | None:
    """The newest proposal for a volume: a model's version that belongs to no task."""
    return (
        LabelVersion.objects.filter(volume=volume, task=None, source=LabelSource.MODEL)
        .order_by("-created_at", "-number")
        .first()
    )


def proposals_begun_from(task: Task) -> dict[UUID, LabelVersion]:
    """What was proposed for the volumes of a task, by volume: the proposal that its label map began as.

    A map that began empty has none, whatever models proposed since: whoever reads without help is shown no help.
    """
    begun = (
        LabelVersion.objects.filter(task=task, source=LabelSource.MODEL).select_related("parent").order_by("-number")
    )
    return {version.volume_id: version.parent or version for version in begun.order_by("-number")}


def label_chunks(version: LabelVersion) -> ChunkedGzip:
    """The voxels of a version in chunks, so that only some need unpacking; the file is checked against its hash."""
    file = blob_read(version.voxels_id)
    return ChunkedGzip.parse(file) or ChunkedGzip.compress(gzip.decompress(file))


def label_voxels(version: LabelVersion) -> LabelMap:
    """The label map of a version, on the grid of its volume; the stored file is checked against its hash."""
    raw = gzip.decompress(blob_read(version.voxels_id))
    return LabelMap.from_bytes(raw, version.voxel_type, volume_grid(version.volume))
