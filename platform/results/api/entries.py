"""Rows and readings of analyses over HTTP, and the voxels behind a row."""

import gzip
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotFound
from access.selectors import user_of
from annotation.api.cases import BINARY
from mri.labels import LabelMap
from results.models import Analysis
from results.selectors.analyses import analysis_get_for_user, parameters_of
from results.selectors.contents import readings_of, row_detail, row_place, rows_of
from results.selectors.tables import Wanted, chosen, wanted_from
from results.selectors.voxels import consensus_map, disagreement_map
from results.serializers import AnalysisReadingOutput, AnalysisRowDetailOutput, AnalysisRowOutput
from results.tables import readings_csv, rows_csv

VOXEL_LEVEL = 1
FILTERS = [
    OpenApiParameter("case", OpenApiTypes.UUID, description="Id of a case."),
    OpenApiParameter("label", OpenApiTypes.INT, description="Value of a label."),
    OpenApiParameter("pair", OpenApiTypes.INT, description="Place in the document's pairs (rows alone)."),
    OpenApiParameter("reader", OpenApiTypes.INT, description="Place in the readers."),
    OpenApiParameter(
        "sort", OpenApiTypes.STR, description="A metric or measurement; `-dice` from the highest. Undefined comes last."
    ),
]


class _Entries(ListAPIView[Any]):
    """Entries of an analysis in pages, chosen and sorted by the query."""

    queryset = Analysis.objects.none()

    def entries(self, analysis: Analysis) -> list[dict[str, Any]]:
        raise NotImplementedError

    def get(self, request: Request, analysis_id: UUID) -> Response:
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        wanted: Wanted = wanted_from(request.query_params)
        page = self.paginate_queryset(chosen(self.entries(analysis), wanted))  # type: ignore[arg-type]  # a list, too
        # They are JSON already; running thousands through a serializer would take longer than reading them.
        return self.get_paginated_response(page)


class AnalysisRows(_Entries):
    """Metrics of every pair, volume and label."""

    serializer_class = AnalysisRowOutput

    def entries(self, analysis: Analysis) -> list[dict[str, Any]]:
        return rows_of(analysis)

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, analysis_id: UUID) -> Response:
        return super().get(request, analysis_id)


class AnalysisReadings(_Entries):
    """Measurements of every reader, volume and label."""

    serializer_class = AnalysisReadingOutput

    def entries(self, analysis: Analysis) -> list[dict[str, Any]]:
        return readings_of(analysis)

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, analysis_id: UUID) -> Response:
        return super().get(request, analysis_id)


class AnalysisRowDetail(APIView):
    """One row with its label maps."""

    @extend_schema(responses=AnalysisRowDetailOutput)
    def get(self, request: Request, analysis_id: UUID, number: int) -> Response:
        """The two label maps of a row and where they differ: addresses of voxels on the volume's grid."""
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        detail = row_detail(analysis, number)
        if detail is None:
            raise _no_row(analysis, number)
        return Response(AnalysisRowDetailOutput(detail).data)


class AnalysisRowDisagreement(APIView):
    """Where the two sides of a row differ."""

    @extend_schema(
        parameters=[OpenApiParameter("labels", OpenApiTypes.STR, enum=["row", "all"], default="row")],
        responses=BINARY,
    )
    def get(self, request: Request, analysis_id: UUID, number: int) -> HttpResponse:
        """Voxels on the volume's grid, uint8, i fastest, gzip content encoding.

        1: only the first has the row's label, 2: only the second, 3: both. With `labels=all` for any label, and
        4: both, but with different labels.
        """
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        place = row_place(analysis, number)
        if place is None:
            raise _no_row(analysis, number)
        volume, row = place
        parameters = parameters_of(analysis)
        label = None if request.query_params.get("labels") == "all" else int(row["label"])
        return _voxels(disagreement_map(volume, parameters.pairs()[row["pair"]], parameters, label))


class AnalysisRowConsensus(APIView):
    """The consensus that a reading was held against."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, analysis_id: UUID, number: int) -> HttpResponse:
        """Label map of the others' consensus on the volume's grid, uint16, i fastest, gzip content encoding."""
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        place = row_place(analysis, number)
        if place is None:
            raise _no_row(analysis, number)
        volume, row = place
        parameters = parameters_of(analysis)
        return _voxels(consensus_map(volume, parameters.pairs()[row["pair"]], parameters))


def _no_row(analysis: Analysis, number: int) -> NotFound:
    return NotFound(f"The analysis '{analysis.title}' has no row {number}.")


def _voxels(found: LabelMap) -> HttpResponse:
    response = HttpResponse(
        gzip.compress(found.to_bytes(), VOXEL_LEVEL, mtime=0), content_type="application/octet-stream"
    )
    response["Content-Encoding"] = "gzip"
    return response


class AnalysisCsv(APIView):
    """An analysis as CSV."""

    @extend_schema(
        parameters=[OpenApiParameter("of", OpenApiTypes.STR, enum=["rows", "readings"], default="rows")],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, analysis_id: UUID) -> HttpResponse:
        analysis = analysis_get_for_user(user_of(request), analysis_id)
        of = "readings" if request.query_params.get("of") == "readings" else "rows"
        text = (
            readings_csv(analysis, readings_of(analysis)) if of == "readings" else rows_csv(analysis, rows_of(analysis))
        )
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        name = "measurements" if of == "readings" else "agreement"
        response["Content-Disposition"] = f'attachment; filename="{name}-{analysis.pk}.csv"'
        return response
