"""The report of a study over HTTP. It names raters: for those who oversee the study."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Study
from access.selectors import OVERSEERS, study_get_with_role, user_of
from jobs.serializers import JobOutput
from radicula.study_report.keeping import FORMATS, StudyReport, report_file, report_of, report_request
from results.api.reports import KeptFileOutput, report_file_response
from results.models import StudyReportFile
from results.report_formats import REPORT_STATES


class StudyReportFileOutput(KeptFileOutput):
    formats = FORMATS

    def get_url(self, one: StudyReportFile) -> str:
        return f"/api/v1/studies/{one.study.slug}/report/{one.name}"


class StudyReportOutput(serializers.Serializer[StudyReport]):
    """A study's report: `making` while its job is under way; the files are those of the last one that was made."""

    state = serializers.ChoiceField(REPORT_STATES)
    current = serializers.BooleanField(help_text="Whether the study holds nothing that the files don't know.")
    job = JobOutput(allow_null=True)
    files = StudyReportFileOutput(many=True)


def _overseen(request: Request, slug: str) -> Study:
    return study_get_with_role(user_of(request), slug, *OVERSEERS)


class StudyReportDetail(APIView):
    """The report of a study: tables and figures beside the protocol's published ones."""

    @extend_schema(operation_id="studies_report", responses=StudyReportOutput)
    def get(self, request: Request, slug: str) -> Response:
        """Whether there is a report, and its files."""
        return Response(StudyReportOutput(report_of(_overseen(request, slug)), context={"request": request}).data)

    @extend_schema(
        operation_id="studies_report_make", request=None, responses={200: StudyReportOutput, 202: StudyReportOutput}
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make the report from whatever the study has by now. One that is up to date is answered at once (200)."""
        found = report_request(study=_overseen(request, slug), by=user_of(request))
        status = 202 if found.state == "making" else 200
        return Response(StudyReportOutput(found, context={"request": request}).data, status=status)


class StudyReportDownload(APIView):
    """A file of a study's report."""

    @extend_schema(
        operation_id="studies_report_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, slug: str, name: str) -> HttpResponseBase:
        """Download it; `report.html` is shown, and downloaded with `?download=1`."""
        found = report_file(_overseen(request, slug), name)
        return report_file_response(request, found, saved_as=f"{slug}-{name}", media_type=FORMATS[name].media_type)
