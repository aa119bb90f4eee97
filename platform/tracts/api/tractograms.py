"""Tractograms over HTTP."""

from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Role
from access.selectors import study_get_for_user, study_get_with_role, user_of
from annotation.api.blob_response import blob_response
from annotation.api.cases import BINARY
from annotation.selectors.labels import label_version_get_for_user
from annotation.selectors.volumes import volume_get_for_user
from jobs.serializers import JobOutput
from tracts.models import Tractogram
from tracts.selectors import (
    comparison_of_arms,
    require_not_blind,
    tracking_of_study,
    tractogram_get_for_user,
    tractogram_list_for_user,
)
from tracts.serializers import ArmComparisonOutput, StudyTrackingOutput, TractogramInput, TractogramOutput
from tracts.services import tractogram_request


class TractogramList(ListAPIView[Tractogram]):
    """The tractograms of a study that the user may see, oldest first."""

    serializer_class = TractogramOutput
    queryset = Tractogram.objects.none()

    def get_queryset(self) -> QuerySet[Tractogram]:
        user = user_of(self.request)
        study = study_get_for_user(user, self.kwargs["slug"])
        return tractogram_list_for_user(user).filter(case__study=study)

    @extend_schema(request=TractogramInput, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Track the nerves of a label version; the answer is the job. What is there already is not made again."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.ENGINEER)
        given = TractogramInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        volume = volume_get_for_user(user, asked["volume"]) if asked["volume"] else None
        version = label_version_get_for_user(user, asked["label_version"])
        job = tractogram_request(
            study=study,
            label_version=version,
            volume=volume,
            asked=asked.get("settings", {}),
            by=user,
        )
        return Response(JobOutput(job, context={"request": request}).data, status=202)


class StudyTracking(APIView):
    """How nerves are tracked in a study."""

    @extend_schema(responses=StudyTrackingOutput)
    def get(self, request: Request, slug: str) -> Response:
        """The parameters that tracking starts from, who may start it, and the words of the rating."""
        user = user_of(request)
        return Response(StudyTrackingOutput(tracking_of_study(user, study_get_for_user(user, slug))).data)


class TractogramDetail(APIView):
    """A tractogram: settings, measures, seconds by stage."""

    @extend_schema(responses=TractogramOutput)
    def get(self, request: Request, tractogram_id: UUID) -> Response:
        return Response(TractogramOutput(tractogram_get_for_user(user_of(request), tractogram_id)).data)


class TractogramFile(APIView):
    """The streamlines, as a file."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, tractogram_id: UUID, which: Literal["trk", "tck"]) -> HttpResponseBase:
        tractogram = tractogram_get_for_user(user_of(request), tractogram_id)
        sha256 = tractogram.trk_id if which == "trk" else tractogram.tck_id
        return blob_response(request, sha256, filename=f"{tractogram.case.name}_tractogram.{which}")


class TractComparison(APIView):
    """Manual against automatic."""

    @extend_schema(responses=ArmComparisonOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Scores and seconds of both arms, with paired tests over the cases that have both; not for blind raters."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.REVIEWER, Role.ENGINEER)
        require_not_blind(user, study)
        return Response([ArmComparisonOutput(one).data for one in comparison_of_arms(study)])
