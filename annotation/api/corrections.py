"""Corrections over HTTP."""

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView

from access.selectors import OVERSEERS, study_get_with_role, user_of
from annotation.models import Correction
from annotation.selectors.corrections import correction_list
from annotation.serializers.corrections import CorrectionOutput


class CorrectionList(ListAPIView[Correction]):
    """What raters changed in the proposals that their submitted label maps began as, oldest first."""

    serializer_class = CorrectionOutput
    queryset = Correction.objects.none()

    def get_queryset(self) -> QuerySet[Correction]:
        return correction_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *OVERSEERS))
