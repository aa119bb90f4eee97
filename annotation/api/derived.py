"""Derived volumes over HTTP."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Role
from access.selectors import require_role, study_get_with_role, user_of
from annotation.models import Case
from annotation.selectors.cases import case_get_for_user
from annotation.serializers.derived import DerivedInput
from annotation.services.deriving import derived_request
from jobs.serializers import JobOutput


class CaseDerived(APIView):
    """The maps of a case's diffusion images."""

    @extend_schema(request=DerivedInput, responses={202: JobOutput})
    def post(self, request: Request, case_id: UUID) -> Response:
        """Compute maps of a case; the answer is the job. Maps that are there already are left alone."""
        user = user_of(request)
        case = case_get_for_user(user, case_id)
        require_role(user, case.study, Role.LEAD, Role.ENGINEER)
        given = DerivedInput(data=request.data)
        given.is_valid(raise_exception=True)
        job = derived_request(study=case.study, cases=[case], maps=given.validated_data["maps"], by=user)
        return Response(JobOutput(job, context={"request": request}).data, status=202)


class StudyDerived(APIView):
    """The maps of a study's diffusion images."""

    @extend_schema(request=DerivedInput, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Compute maps of every case; the answer is the job. Maps that are there already are left alone."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD, Role.ENGINEER)
        given = DerivedInput(data=request.data)
        given.is_valid(raise_exception=True)
        cases = list(Case.objects.filter(study=study))
        job = derived_request(study=study, cases=cases, maps=given.validated_data["maps"], by=user)
        return Response(JobOutput(job, context={"request": request}).data, status=202)
