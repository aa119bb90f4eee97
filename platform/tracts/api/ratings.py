"""Blinded ratings of tractograms over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Role
from access.selectors import study_get_for_user, study_get_with_role, user_of
from annotation.api.blob_response import blob_response
from annotation.api.cases import BINARY
from tracts.models import TractRating
from tracts.selectors import rating_get_for_user, rating_list_for_user, rating_table, ratings_by_study
from tracts.serializers import (
    RatingInput,
    RatingOutput,
    RatingRowOutput,
    RatingsInput,
    RatingsInStudyOutput,
    RatingsMadeOutput,
)
from tracts.services import rating_give, ratings_assign


class RatingList(ListAPIView[TractRating]):
    """What the user was given to rate, in the user's own order."""

    serializer_class = RatingOutput
    queryset = TractRating.objects.none()

    def get_queryset(self) -> QuerySet[TractRating]:
        user = user_of(self.request)
        return rating_list_for_user(user, study_get_for_user(user, self.kwargs["slug"]))

    @extend_schema(request=RatingsInput, responses={201: RatingsMadeOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Give tractograms (all, unless some are named) to people to rate, each in an order drawn by chance."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD)
        given = RatingsInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        added = ratings_assign(study=study, usernames=asked["raters"], tractograms=asked["tractograms"], by=user)
        return Response(RatingsMadeOutput({"added": added}).data, status=201)


class RatingTable(ListAPIView[TractRating]):
    """Every rating of a study with its rater, case and arm, for the study lead alone."""

    serializer_class = RatingRowOutput
    queryset = TractRating.objects.none()

    def get_queryset(self) -> QuerySet[TractRating]:
        return rating_table(study_get_with_role(user_of(self.request), self.kwargs["slug"], Role.LEAD))


class RatingsByStudy(APIView):
    """What there is to rate, in all studies."""

    @extend_schema(responses=RatingsInStudyOutput(many=True))
    def get(self, request: Request) -> Response:
        """The studies in which the user was given tractograms to rate, and how many are left."""
        return Response([RatingsInStudyOutput(one).data for one in ratings_by_study(user_of(request))])


class RatingDetail(APIView):
    """One of the user's own ratings."""

    @extend_schema(request=RatingInput, responses=RatingOutput)
    def put(self, request: Request, rating_id: UUID) -> Response:
        """Score a tractogram from 1 to 5."""
        rating = rating_get_for_user(user_of(request), rating_id)
        given = RatingInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(RatingOutput(rating_give(rating=rating, **given.validated_data)).data)


class RatingFile(APIView):
    """The streamlines to rate; their file's name tells nothing."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, rating_id: UUID) -> HttpResponseBase:
        rating = rating_get_for_user(user_of(request), rating_id)
        return blob_response(request, rating.tractogram.trk_id, filename=f"{rating.place}.trk")
