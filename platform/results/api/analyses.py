"""Analyses over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotFound
from access.models import Role
from access.selectors import OVERSEERS, study_get_with_role, user_of
from annotation.api.blob_response import blob_response
from annotation.api.studies import require_upload_size
from jobs.serializers import JobOutput
from results.document_schema import AnalysisDocumentOutput
from results.models import Analysis
from results.selectors.analyses import analysis_get_for_user, analysis_list_for_user
from results.selectors.options import groupings_of, kinds_facts, measurements_facts, metrics_facts, readers_facts
from results.serializers import (
    AnalysisBriefOutput,
    AnalysisInputSerializer,
    AnalysisOptionsOutput,
    AnalysisOutput,
    ExternalLabelsInput,
)
from results.services.external import external_request
from results.services.starting import analysis_rerun, analysis_start


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


class AnalysisOptions(APIView):
    """What can be asked."""

    @extend_schema(responses=AnalysisOptionsOutput)
    def get(self, request: Request, slug: str) -> Response:
        """The kinds of analysis, readers with their readings, metrics, measurements and groupings of a study."""
        study = study_get_with_role(user_of(request), slug, *OVERSEERS)
        options = {
            "kinds": kinds_facts(study),
            "readers": readers_facts(study),
            "metrics": metrics_facts(),
            "measurements": measurements_facts(study),
            "groupings": groupings_of(study),
        }
        return Response(AnalysisOptionsOutput(options).data)


class ExternalLabels(APIView):
    """Label maps of another tool."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ExternalLabelsInput}, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Upload a zip archive of a tool's label maps; each is matched to the volume of its BIDS name.

        The answer is the job; its result tells what was matched, what was not and why, and which volumes got none.
        """
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.ENGINEER)
        require_upload_size(request)
        given = ExternalLabelsInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        job = external_request(
            study=study,
            by=user,
            upload=asked["file"].file,
            filename=asked["file"].name,
            tool=asked["tool"],
            values=asked["values"],
        )
        return Response(JobOutput(job, context={"request": request}).data, status=202)


class AnalysisDetail(APIView):
    """One analysis."""

    @extend_schema(responses=AnalysisOutput)
    def get(self, request: Request, analysis_id: UUID) -> Response:
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        return Response(AnalysisOutput(analysis, context={"request": request}).data)


class AnalysisDocument(APIView):
    """The answer of an analysis."""

    @extend_schema(responses=AnalysisDocumentOutput)
    def get(self, request: Request, analysis_id: UUID) -> HttpResponseBase:
        """All statistics, as stored: canonical JSON with gzip content encoding; its hash is that of these bytes."""
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        if analysis.document_id is None:
            raise NotFound("This analysis has no result yet.")
        response = blob_response(request, analysis.document_id, gzipped=True)
        response["Content-Type"] = "application/json"
        return response


class AnalysisRerun(APIView):
    """The same question again."""

    @extend_schema(request=None, responses={201: AnalysisBriefOutput})
    def post(self, request: Request, analysis_id: UUID) -> Response:
        """Start a new analysis with the same parameters, on the label versions that count now."""
        user = user_of(request)
        analysis = analysis_rerun(analysis=analysis_get_for_user(user, analysis_id), by=user)
        return Response(AnalysisBriefOutput(analysis, context={"request": request}).data, status=201)
