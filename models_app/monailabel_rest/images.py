"""The images and labels of a study as one user sees them, in MONAI Label's terms."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.errors import NotFound
from access.models import Study, User
from annotation.models import LabelSource, LabelVersion, TaskState, Volume
from annotation.selectors.labels import label_version_list_for_user
from annotation.selectors.visibility import oversees
from annotation.selectors.volumes import volume_list_for_user
from models_app.selectors import accepted_samples, primary_volumes, protocol_of

FINAL, ORIGINAL = "final", "original"
TAGS = (FINAL, ORIGINAL)
DONE = (TaskState.SUBMITTED, TaskState.ACCEPTED)


def images_for_user(study: Study, user: User) -> QuerySet[Volume]:
    """The images that models label, of those that the user may see."""
    return volume_list_for_user(user).filter(pk__in=primary_volumes(study).values("pk"))


def image_get_for_user(study: Study, user: User, image_id: str) -> Volume:
    """One image by its id.

    Raises
    ------
    NotFound
        If the id is none, or of an image that the user may not see. A path is no id.
    """
    try:
        key = UUID(image_id)
    except ValueError as error:
        raise NotFound("There is no such image in this study.") from error
    volume = images_for_user(study, user).filter(pk=key).select_related("original").first()
    if volume is None:
        raise NotFound("There is no such image in this study.")
    return volume


def label_find_for_user(study: Study, user: User, volume: Volume, tag: str) -> LabelVersion | None:
    """The label of an image for a tag, of those that the user may see.

    `final` is the user's own working label; for an overseer without one, the accepted label. `original` is the newest
    proposal.
    """
    versions = label_version_list_for_user(user).filter(volume=volume).select_related("volume__case__study")
    if tag == ORIGINAL:
        return versions.filter(task=None, source=LabelSource.MODEL).order_by("-created_at").first()
    if tag != FINAL:
        return None
    own = versions.filter(task__rater__user=user, task__working__head__isnull=False)
    head = own.order_by("-task__read", "-created_at").first()
    if head is not None:
        return head
    if not oversees(user, study):
        return None
    accepted = [sample.version.pk for sample in accepted_samples(study) if sample.volume.pk == volume.pk]
    return versions.filter(pk__in=accepted).first()


def image_info(volume: Volume) -> dict[str, Any]:
    """Facts about an image; no path, no rater."""
    return {
        "name": f"{volume.name}.nii.gz",
        "case": volume.case.name,
        "role": volume.role,
        "shape": volume.shape,
        "spacing_mm": volume.spacing_mm,
        "orientation": volume.orientation,
        # 3D Slicer fetches an image once: what has the same checksum it takes from its own cache.
        "checksum": f"SHA256:{volume.original_id}",
    }


def label_info(version: LabelVersion) -> dict[str, Any]:
    """Facts about a label that its viewer may know."""
    present = {int(value) for value in version.counts or {}}
    labels = protocol_of(version.volume.case.study).labels
    return {
        "version": str(version.pk),
        "number": version.number,
        "source": version.source,
        "counts": version.counts,
        # 3D Slicer names segments by the order of the values that occur, so it is told of those alone.
        "params": {"label_names": {label.name: label.value for label in labels if label.value in present}},
    }


def stats(study: Study, user: User) -> dict[str, Any]:
    """How many images there are and how many are done: by anybody for an overseer, by the user otherwise."""
    images = images_for_user(study, user)
    done = images.filter(case__tasks__state__in=DONE)
    if not oversees(user, study):
        done = done.filter(case__tasks__rater__user=user, case__tasks__state__in=DONE)
    completed = done.distinct().count()
    return {"total": images.count(), "completed": completed, "label_tags": {FINAL: completed}, "train": {}}


def everything(study: Study, user: User) -> dict[str, Any]:
    """All images with the labels that the user may see."""
    return {
        "name": study.slug,
        "description": study.name,
        "objects": {str(volume.pk): _object(study, user, volume) for volume in _ordered(images_for_user(study, user))},
    }


def _ordered(volumes: QuerySet[Volume]) -> Iterable[Volume]:
    return volumes.order_by("case__subject__label", "name", "pk")


def _object(study: Study, user: User, volume: Volume) -> dict[str, Any]:
    found = {tag: label_find_for_user(study, user, volume, tag) for tag in TAGS}
    labels = {
        tag: {"ext": ".nii.gz", "info": label_info(version)} for tag, version in found.items() if version is not None
    }
    return {"image": {"ext": ".nii.gz", "info": image_info(volume)}, "labels": labels}
