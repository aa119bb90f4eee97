"""Label versions over HTTP."""

import hashlib
from pathlib import PurePosixPath
from uuid import UUID

import django_filters
import numpy as np
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotFound
from access.selectors import user_of
from annotation.api.blob_response import FOREVER, blob_response
from annotation.api.cases import BINARY
from annotation.api.label_body import VoxelParser, changes_body, label_body
from annotation.api.resampled_response import resampled_response
from annotation.models import LabelVersion
from annotation.selectors.labels import label_version_get_for_user, label_version_list_for_user
from annotation.selectors.resampled import labels_on_grid
from annotation.selectors.tasks import task_get_for_user
from annotation.selectors.volumes import volume_get_for_user, volume_grid
from annotation.serializers.tasks import AdoptInput, LabelChangesQuery, LabelSaveQuery, SavedLabelOutput
from annotation.serializers.volumes import LabelVersionOutput, LabelVoxelsQuery, VoxelsPendingOutput
from annotation.services.labels import label_adopt, label_change, label_save, require_open, require_rater
from annotation.services.nifti import label_nifti


class LabelVersionFilter(django_filters.FilterSet):
    task = django_filters.UUIDFilter(field_name="task_id", label="the id of a task")
    volume = django_filters.UUIDFilter(field_name="volume_id", label="the id of a volume")
    study = django_filters.CharFilter(field_name="volume__case__study__slug", label="the slug of a study")
    source = django_filters.CharFilter(label="person, imported or model")

    class Meta:
        model = LabelVersion
        fields: tuple[str, ...] = ()


class LabelVersionList(ListAPIView[LabelVersion]):
    """The label versions that the user may see, oldest first."""

    serializer_class = LabelVersionOutput
    filterset_class = LabelVersionFilter
    queryset = LabelVersion.objects.none()

    def get_queryset(self) -> QuerySet[LabelVersion]:
        return label_version_list_for_user(user_of(self.request))


class LabelVersionDetail(APIView):
    """A label version."""

    @extend_schema(responses=LabelVersionOutput)
    def get(self, request: Request, version_id: UUID) -> Response:
        return Response(LabelVersionOutput(label_version_get_for_user(user_of(request), version_id)).data)


class LabelVersionVoxels(APIView):
    """A label map's voxels: little-endian, i fastest, with gzip content encoding."""

    @extend_schema(parameters=[LabelVoxelsQuery], responses={**BINARY, 202: VoxelsPendingOutput})
    def get(self, request: Request, version_id: UUID) -> HttpResponseBase:
        """The label map; on another volume's grid with `on`, by nearest neighbour, once a worker has computed it."""
        user = user_of(request)
        version = label_version_get_for_user(user, version_id)
        given = LabelVoxelsQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        on = given.validated_data.get("on")
        if on is None:
            return blob_response(request, version.voxels_id, gzipped=True)
        other = volume_get_for_user(user, on)
        return resampled_response(
            request,
            study=version.volume.case.study,
            question=labels_on_grid(version, other),
            title=f"labels of {version.volume.name} on the grid of {other.name}",
            by=user,
        )


class LabelVersionNifti(APIView):
    """A label map as a NIfTI file."""

    @extend_schema(
        parameters=[
            OpenApiParameter("original", OpenApiTypes.BOOL, description="The imported file itself, byte for byte.")
        ],
        responses=BINARY,
    )
    def get(self, request: Request, version_id: UUID) -> HttpResponseBase:
        """A label map on its volume's grid, with the volume's own qform and sform."""
        version = label_version_get_for_user(user_of(request), version_id)
        if request.query_params.get("original", "").lower() in ("1", "true"):
            if version.original_id is None:
                raise NotFound("This version was not imported, so it has no original file.")
            return blob_response(request, version.original_id, filename=PurePosixPath(version.source_path).name)
        file = label_nifti(version)
        response = HttpResponse(file.content, content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
        response["ETag"] = f'"{hashlib.sha256(file.content).hexdigest()}"'
        response["Cache-Control"] = FOREVER
        return response


class LabelVersionCreate(APIView):
    """Saving."""

    parser_classes = (VoxelParser,)

    @extend_schema(
        parameters=[LabelSaveQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: SavedLabelOutput},
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        """Save a label map as a new version.

        The body is the whole map, raw, little-endian, i fastest, with `Content-Encoding: gzip` or none. When `parent`
        is not the newest agreed version, the save is kept all the same, the head stays, and `conflict` names it.
        """
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = LabelSaveQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        require_rater(task, user)
        require_open(task)
        volume = volume_get_for_user(user, asked["volume"])
        expected_bytes = volume_grid(volume).size * np.dtype(asked["dtype"]).itemsize
        saved = label_save(
            task=task,
            volume=volume,
            by=user,
            voxels=label_body(request, expected_bytes),
            dtype=asked["dtype"],
            parent=asked["parent"],
            active_seconds=asked["active_seconds"],
        )
        return Response(SavedLabelOutput(saved).data, status=201)


class LabelChangesCreate(APIView):
    """Saving what changed."""

    parser_classes = (VoxelParser,)

    @extend_schema(
        parameters=[LabelChangesQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: SavedLabelOutput},
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        """Save changes of a version as a new version: the same as saving the whole map, for the bytes that changed.

        The body, with `Content-Encoding: gzip` or none, little-endian: `RLC1`, uint32 number of runs n, then n uint32
        first voxels (i fastest), n uint32 lengths, n uint16 values before, n uint16 values after; runs ascend and don't
        overlap. Each voxel must have its value before. Whatever is refused can be saved as a whole map.
        """
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = LabelChangesQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        require_rater(task, user)
        require_open(task)
        volume = volume_get_for_user(user, asked["volume"])
        saved = label_change(
            task=task,
            volume=volume,
            by=user,
            changes=changes_body(request, volume_grid(volume).size),
            base=asked["base"],
            base_sha256=asked["base_sha256"],
            active_seconds=asked["active_seconds"],
        )
        return Response(SavedLabelOutput(saved).data, status=201)


class LabelVersionAdopt(APIView):
    """Settling a conflict."""

    @extend_schema(request=AdoptInput, responses=LabelVersionOutput)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Make one of a task's versions the head; every other one stays."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = AdoptInput(data=request.data)
        given.is_valid(raise_exception=True)
        version = label_adopt(task=task, version_id=given.validated_data["version"], by=user)
        return Response(LabelVersionOutput(version).data)
