"""QC pictures over HTTP."""

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from access.selectors import user_of
from annotation.api.blob_response import blob_response
from results.api.reports import REVALIDATED
from results.selectors.analyses import analysis_get_for_user
from results.selectors.pictures import picture_row
from results.services.pictures import picture_get


class AnalysisPicture(APIView):
    """The picture of a volume."""

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, analysis_id: UUID, volume_id: UUID) -> HttpResponseBase:
        """PNG: each label in the slice where it is largest, with the outline of every reader."""
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        found = picture_get(row=picture_row(analysis, volume_id))
        response = blob_response(request, found.blob_id)
        response["Content-Type"] = "image/png"
        response["Cache-Control"] = REVALIDATED
        return response
