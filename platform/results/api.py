"""Analyses over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import OVERSEERS, study_get_with_role, user_of
from results.models import Analysis
from results.selectors import analysis_get_for_user, analysis_list_for_user
from results.serializers import AnalysisBriefOutput, AnalysisInputSerializer, AnalysisOutput
from results.services import analysis_start
from results.tables import analysis_csv


class AnalysisList(ListAPIView[Analysis]):
    """The analyses of a study, newest first."""

    serializer_class = AnalysisBriefOutput
    queryset = Analysis.objects.none()

    def get_queryset(self) -> QuerySet[Analysis]:
        user = user_of(self.request)
        study = study_get_with_role(user, self.kwargs["slug"], *OVERSEERS)
        return analysis_list_for_user(user).filter(study=study)

    @extend_schema(request=AnalysisInputSerializer, responses={201: AnalysisBriefOutput})
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *OVERSEERS)
        given = AnalysisInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        analysis = analysis_start(study=study, by=user, **given.validated_data)
        return Response(AnalysisBriefOutput(analysis, context={"request": request}).data, status=201)


class AnalysisDetail(APIView):
    """One analysis with its rows."""

    @extend_schema(responses=AnalysisOutput)
    def get(self, request: Request, analysis_id: UUID) -> Response:
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        return Response(AnalysisOutput(analysis, context={"request": request}).data)


class AnalysisCsv(APIView):
    """An analysis as CSV."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, analysis_id: UUID) -> HttpResponse:
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        response = HttpResponse(analysis_csv(analysis), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="agreement-{analysis.pk}.csv"'
        return response
