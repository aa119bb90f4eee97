"""The report of an analysis over HTTP."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import user_of
from annotation.api.blob_response import blob_response
from jobs.serializers import JobOutput
from results.models import AnalysisFile, StudyReportFile
from results.report_formats import FORMATS, REPORT_STATES, Format
from results.selectors.analyses import analysis_get_for_user
from results.selectors.reports import Report, report_file, report_of
from results.services.reports import report_request

REVALIDATED = "private, no-cache"
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"
"""The page brings its own style and pictures, and may do nothing else."""
PAGE = "report.html"


class KeptFileOutput(serializers.Serializer[AnalysisFile | StudyReportFile]):
    """A file of a report; what reports it says what its files are and where they lie."""

    formats: ClassVar[Mapping[str, Format]]

    name = serializers.CharField()
    title = serializers.SerializerMethodField()
    media_type = serializers.SerializerMethodField()
    size_bytes = serializers.IntegerField(source="blob.size_bytes")
    sha256 = serializers.CharField(source="blob_id")
    url = serializers.SerializerMethodField()

    def get_title(self, one: AnalysisFile | StudyReportFile) -> str:
        return self.formats[one.name].title

    def get_media_type(self, one: AnalysisFile | StudyReportFile) -> str:
        return self.formats[one.name].media_type


class ReportFileOutput(KeptFileOutput):
    formats = FORMATS

    def get_url(self, one: AnalysisFile) -> str:
        return f"/api/v1/analyses/{one.analysis_id}/report/{one.name}"


class ReportOutput(serializers.Serializer[Report]):
    """A report: `making` while its job is under way; the files are those of the last one that was made."""

    state = serializers.ChoiceField(REPORT_STATES)
    current = serializers.BooleanField(help_text="Whether the files say what this code would say of the stored result.")
    job = JobOutput(allow_null=True)
    files = ReportFileOutput(many=True)


class AnalysisReport(APIView):
    """The report of an analysis."""

    @extend_schema(responses=ReportOutput)
    def get(self, request: Request, analysis_id: UUID) -> Response:
        """Whether there is a report, and its files."""
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        return Response(ReportOutput(report_of(analysis), context={"request": request}).data)

    @extend_schema(request=None, responses={200: ReportOutput, 202: ReportOutput})
    def post(self, request: Request, analysis_id: UUID) -> Response:
        """Make the report: HTML, PDF, CSV, Parquet and JSON. One that is up to date is answered at once (200)."""
        user = user_of(request)
        found = report_request(analysis=analysis_get_for_user(user, analysis_id), by=user)
        status = 200 if found.state == "ready" else 202
        return Response(ReportOutput(found, context={"request": request}).data, status=status)


class AnalysisReportFile(APIView):
    """A file of a report."""

    @extend_schema(
        operation_id="analyses_report_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, analysis_id: UUID, name: str) -> HttpResponseBase:
        """Download it; `report.html` is shown, and downloaded with `?download=1`."""
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        found = report_file(analysis, name)
        saved_as = file_name(analysis.title, name)
        return report_file_response(request, found, saved_as=saved_as, media_type=FORMATS[name].media_type)


def report_file_response(
    request: Request, found: AnalysisFile | StudyReportFile, *, saved_as: str, media_type: str
) -> HttpResponseBase:
    """Answer with a file of a report; its page is shown as such unless `?download=1` asks to save it."""
    shown = found.name == PAGE and not request.query_params.get("download")
    response = blob_response(request, found.blob_id, filename="" if shown else saved_as)
    response["Content-Type"] = media_type
    # The address stays when a newer report is made; the hash tells them apart.
    response["Cache-Control"] = REVALIDATED
    if shown:
        response["Content-Disposition"] = f'inline; filename="{saved_as}"'
        response["Content-Security-Policy"] = PAGE_POLICY
    return response


def file_name(title: str, name: str) -> str:
    """What to save a file as: the analysis' title in plain letters before its name."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in title.lower())
    stem = "-".join(part for part in plain.split("-") if part)[:60]
    return f"{stem}-{name}" if stem else name
