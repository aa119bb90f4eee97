"""Comparisons of architectures over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import require_role, study_get_with_role, user_of
from models_app.models import ArchitectureComparison
from models_app.selectors import MAKERS, READERS
from models_app.selectors.architectures import comparison_get_for_user, comparison_list
from models_app.serializers.architectures import ArchitectureComparisonInput, ArchitectureComparisonOutput
from models_app.services.architectures import comparison_cancel, comparison_start


class ArchitectureComparisonList(ListAPIView[ArchitectureComparison]):
    """The comparisons of architectures of a study, newest first."""

    serializer_class = ArchitectureComparisonOutput
    queryset = ArchitectureComparison.objects.none()

    def get_queryset(self) -> QuerySet[ArchitectureComparison]:
        return comparison_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *READERS))

    @extend_schema(request=ArchitectureComparisonInput, responses={201: ArchitectureComparisonOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Train the protocol's candidates on one identical split or the same folds, one after the other."""
        user = user_of(request)
        study = study_get_with_role(user, slug, *MAKERS)
        given = ArchitectureComparisonInput(data=request.data)
        given.is_valid(raise_exception=True)
        comparison = comparison_start(study=study, by=user, **given.validated_data)
        shown = comparison_get_for_user(user, comparison.pk)
        return Response(ArchitectureComparisonOutput(shown).data, status=201)


class ArchitectureComparisonDetail(APIView):
    """One comparison."""

    @extend_schema(responses=ArchitectureComparisonOutput)
    def get(self, request: Request, comparison_id: UUID) -> Response:
        """How far it is, and its table."""
        return Response(ArchitectureComparisonOutput(comparison_get_for_user(user_of(request), comparison_id)).data)


class ArchitectureComparisonCancel(APIView):
    """Stopping a comparison."""

    @extend_schema(request=None, responses=ArchitectureComparisonOutput)
    def post(self, request: Request, comparison_id: UUID) -> Response:
        """Stop every training of it that goes on; what is done stays, and is compared."""
        user = user_of(request)
        comparison = comparison_get_for_user(user, comparison_id)
        require_role(user, comparison.study, *MAKERS)
        comparison_cancel(comparison=comparison, by=user)
        return Response(ArchitectureComparisonOutput(comparison_get_for_user(user, comparison_id)).data)
