"""Cases and volumes over HTTP."""

from pathlib import PurePosixPath
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import study_get_for_user, user_of
from annotation.api.blob_response import blob_response
from annotation.models import Case
from annotation.selectors.cases import case_get_for_user, case_list_for_user
from annotation.selectors.volumes import volume_get_for_user
from annotation.serializers.cases import CaseOutput
from annotation.serializers.volumes import VolumeOutput

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

    @extend_schema(responses=BINARY)
    def get(self, request: Request, volume_id: UUID) -> HttpResponseBase:
        volume = volume_get_for_user(user_of(request), volume_id)
        return blob_response(request, volume.voxels_id, gzipped=True)


class VolumeFile(APIView):
    """A volume's original file, byte for byte."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, volume_id: UUID) -> HttpResponseBase:
        volume = volume_get_for_user(user_of(request), volume_id)
        return blob_response(request, volume.original_id, filename=PurePosixPath(volume.source_path).name)
