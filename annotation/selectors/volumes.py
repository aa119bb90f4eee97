"""The volumes that a user may see, and their grids."""

from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from access.errors import NotFound
from access.models import User
from annotation.models import Case, Volume, VolumeFrame
from annotation.selectors.visibility import studies_joined
from mri.geometry import Grid


def volume_list_for_user(user: User) -> QuerySet[Volume]:
    """The volumes of the studies that a user is a member of."""
    return Volume.objects.filter(case__study__in=studies_joined(user)).select_related("case__study", "case__subject")


def volume_get_for_user(user: User, volume_id: UUID) -> Volume:
    """One volume.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    volume = volume_list_for_user(user).filter(pk=volume_id).first()
    if volume is None:
        raise NotFound("There is no such volume in a study of yours.")
    return volume


def volume_grid(volume: Volume) -> Grid:
    """The grid of a volume: shape (I, J, K) and affine from voxel index to RAS mm."""
    i, j, k = volume.shape
    return Grid((i, j, k), np.array(volume.affine, dtype=np.float64).reshape(4, 4))


def volumes_in_order(case: Case) -> list[Volume]:
    """The volumes of a case in the order of the protocol's roles."""
    places = {role["name"]: place for place, role in enumerate(case.study.protocol["volumes"])}
    return sorted(case.volumes.all(), key=lambda v: (places.get(v.role, len(places)), v.name, str(v.pk)))


def labelled_volumes(case: Case) -> list[Volume]:
    """The volumes of a case that are labelled, the primary one first."""
    return [volume for volume in volumes_in_order(case) if volume.labelled]


def volume_frames(volume: Volume) -> list[VolumeFrame]:
    """The frames of a 4-D volume in order; none for a 3-D one."""
    return list(volume.frame_rows.all())


def frame_voxels(volume: Volume, frame: int) -> str:
    """The hash of a frame's stored voxels.

    Raises
    ------
    NotFound
        If the volume has no such frame.
    """
    if frame == 0:
        return volume.voxels_id
    found = volume.frame_rows.filter(number=frame).values_list("voxels_id", flat=True).first()
    if found is None:
        raise NotFound(f"The volume has frames 0 to {volume.frames - 1}; there is no frame {frame}.")
    return found
