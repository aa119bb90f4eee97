"""Cases and volumes over HTTP."""

from pathlib import PurePosixPath
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotFound
from access.selectors import study_get_for_user, user_of
from annotation.api.blob_response import blob_response
from annotation.api.resampled_response import resampled_response
from annotation.models import Case
from annotation.selectors.cases import case_get_for_user, case_list_for_user
from annotation.selectors.resampled import volume_on_grid
from annotation.selectors.volumes import frame_voxels, volume_frames, volume_get_for_user
from annotation.serializers.cases import CaseOutput
from annotation.serializers.volumes import VolumeFrameOutput, VolumeOutput, VoxelsPendingOutput, VoxelsQuery

BINARY = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class CaseList(ListAPIView[Case]):
    """The cases of a study, with what the user may see of their tasks and labels."""

    serializer_class = CaseOutput
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        user = user_of(self.request)
        return case_list_for_user(user).filter(study=study_get_for_user(user, self.kwargs["slug"]))


class CaseDetail(APIView):
    """A case, with what the user may see of its tasks and labels."""

    @extend_schema(responses=CaseOutput)
    def get(self, request: Request, case_id: UUID) -> Response:
        return Response(CaseOutput(case_get_for_user(user_of(request), case_id)).data)


class VolumeDetail(APIView):
    """The facts about a volume."""

    @extend_schema(responses=VolumeOutput)
    def get(self, request: Request, volume_id: UUID) -> Response:
        return Response(VolumeOutput(volume_get_for_user(user_of(request), volume_id)).data)


class VolumeVoxels(APIView):
    """A volume's decoded voxels: little-endian, i fastest, with gzip content encoding."""

    @extend_schema(parameters=[VoxelsQuery], responses={**BINARY, 202: VoxelsPendingOutput})
    def get(self, request: Request, volume_id: UUID) -> HttpResponseBase:
        """The voxels of a frame; on another volume's grid with `on`.

        In the volume's `dtype`, on its `shape` or on that of the other volume: linear in between, 0 outside. A volume
        with three `components` has them together: three numbers per voxel. Voxels on another grid are computed once:
        until then the answer is 202 with `Retry-After`.
        """
        user = user_of(request)
        volume = volume_get_for_user(user, volume_id)
        given = VoxelsQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        frame, on = given.validated_data["frame"], given.validated_data.get("on")
        if on is None:
            return blob_response(request, frame_voxels(volume, frame), gzipped=True)
        other = volume_get_for_user(user, on)
        return resampled_response(
            request,
            study=volume.case.study,
            question=volume_on_grid(volume, frame, other),
            title=f"{volume.name} on the grid of {other.name}",
            by=user,
        )


class VolumeFrames(APIView):
    """The frames of a 4-D volume."""

    pagination_class = None

    @extend_schema(responses=VolumeFrameOutput(many=True))
    def get(self, request: Request, volume_id: UUID) -> Response:
        """Each frame with its b value (s/mm2) and gradient direction (world RAS); empty for a 3-D volume."""
        volume = volume_get_for_user(user_of(request), volume_id)
        return Response(VolumeFrameOutput(volume_frames(volume), many=True).data)


class VolumeGradientFile(APIView):
    """The gradient files of a diffusion image, byte for byte."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, volume_id: UUID, which: Literal["bval", "bvec"]) -> HttpResponseBase:
        volume = volume_get_for_user(user_of(request), volume_id)
        sha256 = volume.bval_id if which == "bval" else volume.bvec_id
        if sha256 is None:
            raise NotFound("This volume has no gradient files.")
        return blob_response(request, sha256, filename=f"{volume.name}.{which}")


class VolumeFile(APIView):
    """A volume's original file, byte for byte."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, volume_id: UUID) -> HttpResponseBase:
        volume = volume_get_for_user(user_of(request), volume_id)
        return blob_response(request, volume.original_id, filename=PurePosixPath(volume.source_path).name)
