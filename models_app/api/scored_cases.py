"""A case that a version was scored on, to look at: what it made, beside what people drew."""

import gzip
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import InvalidInput
from access.selectors import user_of
from annotation.api.blob_response import blob_response
from models_app.selectors.scores import scored_case_disagreement, scored_case_get_for_user
from models_app.serializers.registry import ScoredCaseDetailOutput, scored_case_json

BINARY = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
PACKING_LEVEL = 1


class ScoredCaseDetail(APIView):
    """A scored case with the addresses of both label maps."""

    @extend_schema(responses=ScoredCaseDetailOutput)
    def get(self, request: Request, scored_id: UUID) -> Response:
        return Response(scored_case_json(scored_case_get_for_user(user_of(request), scored_id)))


class ScoredCaseVoxels(APIView):
    """The label map that the version made."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, scored_id: UUID) -> HttpResponseBase:
        """On the volume's grid, i fastest, gzip content encoding."""
        row = scored_case_get_for_user(user_of(request), scored_id)
        return blob_response(request, row.voxels_id, gzipped=True)


class ScoredCaseDisagreement(APIView):
    """Where the version and the people differ in one label."""

    @extend_schema(parameters=[OpenApiParameter("label", OpenApiTypes.INT, required=True)], responses=BINARY)
    def get(self, request: Request, scored_id: UUID) -> HttpResponse:
        """uint8 on the volume's grid, gzip content encoding: 1 only the people, 2 only the version, 3 both."""
        row = scored_case_get_for_user(user_of(request), scored_id)
        label = request.query_params.get("label", "")
        if label not in row.labels:
            known = ", ".join(row.labels)
            words = f"The version draws the labels {known}; {label!r} came."
            raise InvalidInput(words, {"label": [words]})
        found = scored_case_disagreement(row, int(label))
        content = gzip.compress(found.to_bytes(), PACKING_LEVEL, mtime=0)
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Encoding"] = "gzip"
        return response
