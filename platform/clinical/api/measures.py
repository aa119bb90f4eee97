"""Clinical measures over HTTP. They name raters: for those who oversee the study."""

import gzip
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotFound
from access.models import Role, Study
from access.selectors import OVERSEERS, study_get_with_role, user_of
from annotation.api.cases import BINARY
from clinical.exports import values_csv, values_parquet
from clinical.models import Source, StudyMeasureValue
from clinical.selectors.plans import measures_of_study
from clinical.selectors.tables import (
    choices_of,
    slice_values_of,
    standing_of,
    table_get_for_user,
    table_voxels,
    tables_of,
    value_filter_from,
    value_get_for_user,
    values_of,
    variants_of,
)
from clinical.serializers import (
    MeasuresInput,
    MeasureSummaryOutput,
    MeasureTableOutput,
    MeasureValueOutput,
    MeasureVoxelsOutput,
)
from clinical.services.measuring import measures_request
from jobs.serializers import JobOutput
from measures.clinical.values import HEADLINES, quantities

FILTERS = [
    OpenApiParameter("measure", OpenApiTypes.STR, description="Name of a measure."),
    OpenApiParameter("quantity", OpenApiTypes.STR, description="Name of one of its quantities."),
    OpenApiParameter("item", OpenApiTypes.STR, description="What the number is about."),
    OpenApiParameter("label", OpenApiTypes.INT, description="Value of a label."),
    OpenApiParameter("side", OpenApiTypes.STR, enum=["left", "right"]),
    OpenApiParameter("level", OpenApiTypes.STR, description="C5, L4, L4/L5."),
    OpenApiParameter("variant", OpenApiTypes.STR, description="A dilation rule, a diffusion index."),
    OpenApiParameter("case", OpenApiTypes.UUID, description="Id of a case."),
    OpenApiParameter("source", OpenApiTypes.STR, enum=Source.values),
    OpenApiParameter("reader", OpenApiTypes.STR, description="A rater's or tool's name, the id of a model version."),
    OpenApiParameter("read", OpenApiTypes.INT, description="Which read of a rater."),
    OpenApiParameter("sort", OpenApiTypes.STR, enum=["value", "-value"], description="Undefined values come last."),
]
SLICES = OpenApiParameter(
    "slices", OpenApiTypes.BOOL, description="With the numbers of single slices, after the others."
)
PARQUET = "application/vnd.apache.parquet"


def _overseen(request: Request, slug: str) -> Study:
    return study_get_with_role(user_of(request), slug, *OVERSEERS)


class MeasureValueList(ListAPIView[StudyMeasureValue]):
    """The numbers of a study's clinical measures."""

    serializer_class = MeasureValueOutput
    queryset = StudyMeasureValue.objects.none()

    def get_queryset(self) -> QuerySet[StudyMeasureValue]:
        study = _overseen(self.request, self.kwargs["slug"])
        return values_of(study, value_filter_from(self.request.query_params))

    def get_serializer_context(self) -> dict[str, Any]:
        study = _overseen(self.request, self.kwargs["slug"])
        return {**super().get_serializer_context(), "outdated": standing_of(study).outdated}

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, slug: str) -> Response:
        """Values by measure, case and author; the newest of each."""
        return super().get(request, slug)

    @extend_schema(request=MeasuresInput, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Compute the measures; the answer is the job. What was computed from the same inputs is left as it is."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.ENGINEER)
        given = MeasuresInput(data=request.data)
        given.is_valid(raise_exception=True)
        job = measures_request(study=study, by=user, **given.validated_data)
        return Response(JobOutput(job, context={"request": request}).data, status=202)


class MeasureSummary(APIView):
    """What there is to measure."""

    @extend_schema(responses=MeasureSummaryOutput)
    def get(self, request: Request, slug: str) -> Response:
        """The protocol's clinical measures, how many are computed, outdated and missing, and choices to filter by."""
        study = _overseen(request, slug)
        tables = list(tables_of(study))
        standing, choices, variants = standing_of(study, tables), choices_of(study), variants_of(study)
        told = {
            "measures": [
                {
                    **vars(measure),
                    "quantities": quantities(measure.name),
                    "headline": HEADLINES[measure.name][0],
                    "variants": variants.get(measure.name, []),
                }
                for measure in measures_of_study(study)
            ],
            "tables": len(tables),
            "outdated": len(standing.outdated),
            "missing": standing.missing,
            "lacking": [table for table in tables if table.undefined],
            "labels": choices["label"],
            "levels": choices["level"],
            "sides": choices["side"],
            "authors": choices["author"],
        }
        return Response(MeasureSummaryOutput(told).data)


class MeasureFile(APIView):
    """The numbers as a file."""

    @extend_schema(
        parameters=[*FILTERS, SLICES],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, PARQUET): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, kind: str) -> HttpResponse:
        """The same values as CSV or Parquet (`kind`), with what they were computed from."""
        study = _overseen(request, slug)
        if kind not in ("csv", "parquet"):
            raise NotFound(f"The measures come as csv or parquet; '{kind}' was asked for.")
        wanted = value_filter_from(request.query_params)
        values, outdated = values_of(study, wanted), standing_of(study).outdated
        slices = slice_values_of(study, wanted) if request.query_params.get("slices") == "true" else ()
        if kind == "csv":
            response = HttpResponse(values_csv(values, outdated, slices), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(values_parquet(study, values, outdated, slices), content_type=PARQUET)
        response["Content-Disposition"] = f'attachment; filename="measures-{study.slug}.{kind}"'
        return response


class MeasureTableDetail(APIView):
    """One table."""

    @extend_schema(responses=MeasureTableOutput)
    def get(self, request: Request, table_id: UUID) -> Response:
        """All rows of a measure of one label map, single slices too, with its inputs, findings and notes."""
        return Response(MeasureTableOutput(table_get_for_user(user_of(request), table_id)).data)


class MeasureValueDetail(APIView):
    """One number."""

    @extend_schema(responses=MeasureVoxelsOutput)
    def get(self, request: Request, table_id: UUID, place: int) -> Response:
        """A number with the address of the voxels that it was read off."""
        value = value_get_for_user(user_of(request), table_id, place)
        table = value.table
        version = table.label_version
        told = {
            "value": value,
            "title": table.title,
            "version": version.pk if version is not None else None,
            "voxels_url": f"/api/v1/label-versions/{version.pk}/voxels"
            if version is not None
            else f"/api/v1/measure-tables/{table.pk}/voxels",
            "dtype": version.voxel_type if version is not None else "uint16",
        }
        outdated = standing_of(table.study, [table]).outdated
        return Response(MeasureVoxelsOutput(told, context={"request": request, "outdated": outdated}).data)


class MeasureTableVoxels(APIView):
    """The label map behind a table."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, table_id: UUID) -> HttpResponse:
        """Label map on the grid of the volume, uint16, i fastest, gzip content encoding; a consensus is made again."""
        found = table_voxels(table_get_for_user(user_of(request), table_id))
        content = gzip.compress(found.voxels.astype("<u2").tobytes(order="F"), 1, mtime=0)
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Encoding"] = "gzip"
        return response
