"""Studies over HTTP: the list, the facts, the overview, the raters, the test set, uploads."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import InvalidInput
from access.models import Role, Study
from access.selectors import OVERSEERS, study_get_for_user, study_get_with_role, study_list_for_user, user_of
from access.services import study_create, study_update
from annotation.models import Rater
from annotation.selectors.cases import rater_list
from annotation.selectors.studies import study_facts, study_overview
from annotation.serializers.studies import (
    ImportInput,
    OverviewOutput,
    RaterOutput,
    StudyChangeInput,
    StudyInput,
    StudyOutput,
    TestSetInput,
    TestSetOutput,
)
from annotation.services.importing.requesting import import_request
from annotation.services.test_set import test_set_freeze
from jobs.serializers import JobOutput

MEGABYTE = 1024 * 1024


class StudyList(ListAPIView[Any]):
    """The studies that the user is a member of."""

    serializer_class = StudyOutput
    queryset = Study.objects.none()

    def get_queryset(self) -> QuerySet[Study]:
        return study_list_for_user(user_of(self.request))

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        page = super().paginate_queryset(queryset)
        return list(study_facts(user_of(self.request), page if page is not None else queryset))

    @extend_schema(request=StudyInput, responses={201: StudyOutput})
    def post(self, request: Request) -> Response:
        """Make a study; the maker becomes its lead."""
        user = user_of(request)
        given = StudyInput(data=request.data)
        given.is_valid(raise_exception=True)
        study = study_create(by=user, **given.validated_data)
        return Response(StudyOutput(study_facts(user, [study])[0]).data, status=201)


class StudyDetail(APIView):
    """A study."""

    @extend_schema(responses=StudyOutput)
    def get(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_for_user(user, slug)
        return Response(StudyOutput(study_facts(user, [study])[0]).data)

    @extend_schema(request=StudyChangeInput, responses=StudyOutput)
    def patch(self, request: Request, slug: str) -> Response:
        """Change the name or the description."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD)
        given = StudyChangeInput(data=request.data)
        given.is_valid(raise_exception=True)
        study = study_update(study=study, by=user, **given.validated_data)
        return Response(StudyOutput(study_facts(user, [study])[0]).data)


class StudyOverview(APIView):
    """How a study stands, as the user may see it."""

    @extend_schema(responses=OverviewOutput)
    def get(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        return Response(OverviewOutput(study_overview(user, study_get_for_user(user, slug))).data)


class RaterList(ListAPIView[Rater]):
    """Everyone who reads in a study, imported authors among them."""

    serializer_class = RaterOutput
    queryset = Rater.objects.none()

    def get_queryset(self) -> QuerySet[Rater]:
        return rater_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *OVERSEERS))


class TestSet(APIView):
    """The frozen test set."""

    @extend_schema(request=TestSetInput, responses=TestSetOutput)
    def patch(self, request: Request, slug: str) -> Response:
        """Choose it, once."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.ENGINEER)
        given = TestSetInput(data=request.data)
        given.is_valid(raise_exception=True)
        subjects = test_set_freeze(study=study, by=user, subjects=given.validated_data["subjects"])
        return Response({"subjects": subjects})


class ImportCreate(APIView):
    """Upload a dataset."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ImportInput}, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Upload a zip archive of a BIDS tree or of NIfTI files; the answer is the job that takes it in."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.ENGINEER)
        require_upload_size(request)
        given = ImportInput(data=request.data)
        given.is_valid(raise_exception=True)
        job = import_request(
            study=study,
            by=user,
            upload=given.validated_data["file"].file,
            filename=given.validated_data["file"].name,
            accept_labels=given.validated_data["accept_labels"],
        )
        return Response(JobOutput(job, context={"request": request}).data, status=202)


def require_upload_size(request: Request) -> None:
    """Refuse what is too large by its announced length, before the body is read."""
    limit_mb = settings.CONFIGURATION.upload_limit_mb
    length = request.headers.get("Content-Length", "")
    announced = int(length) if length.isdecimal() else 0
    if announced > limit_mb * MEGABYTE:
        raise InvalidInput(
            f"The upload has {announced // MEGABYTE} MB, at most {limit_mb} MB are accepted; split it, or import the "
            "folder on the server with `manage.py import_dataset`.",
            {"file": [f"At most {limit_mb} MB."]},
        )
