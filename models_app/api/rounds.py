"""Rounds over HTTP: planned, watched, trained; cases taken, reserved and given back; uncertainty maps."""

from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import Conflict, InvalidInput
from access.selectors import require_role, study_get_for_user, study_get_with_role, user_of
from annotation.api.blob_response import blob_response
from annotation.api.cases import BINARY
from annotation.selectors.volumes import volume_get_for_user
from annotation.services.raters import READERS as CASE_READERS
from models_app.models import Round
from models_app.selectors import MAKERS, READERS
from models_app.selectors.rounds import (
    choice_get_for_user,
    choices_held,
    choices_open_to,
    pool_cases,
    readers_of_cases,
    round_get_for_user,
    round_list,
    round_open,
    rounds_report,
    uncertainty_get_for_user,
    uncertainty_list,
)
from models_app.serializers.rounds import (
    HeldChoiceOutput,
    OwnRoundOutput,
    ReserveInput,
    RoundChoiceOutput,
    RoundInput,
    RoundOptionsOutput,
    RoundOutput,
    RoundPointOutput,
    UncertaintyOutput,
    strategy_json,
)
from models_app.services.reservations import reservation_make, reservation_release, reservation_take
from models_app.services.rounds import round_cancel, round_start, round_train, strategy_problem, version_asked
from selection.strategies import BASELINE, STRATEGIES


class RoundList(ListAPIView[Round]):
    """The rounds of a study, newest first."""

    serializer_class = RoundOutput
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        return round_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *READERS))

    @extend_schema(request=RoundInput, responses={201: RoundOutput})
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *MAKERS)
        given = RoundInput(data=request.data)
        given.is_valid(raise_exception=True)
        row = round_start(study=study, by=user, wish=given.wish())
        return Response(RoundOutput(round_get_for_user(user, row.pk), context={"request": request}).data, status=201)


class RoundOptions(APIView):
    """What a round can be planned with now: strategies, readers, the cases that are left."""

    @extend_schema(responses=RoundOptionsOutput)
    def get(self, request: Request, slug: str) -> Response:
        study = study_get_with_role(user_of(request), slug, *READERS)
        asked, left, under_way = version_asked(study), len(pool_cases(study)), round_open(study)
        problem = f"Round {under_way.number} is under way." if under_way is not None else ""
        if not left:
            problem = "Every case outside of the test set was given to a reader: there is nothing to choose from."
        told = {
            "strategies": [strategy_json(row, strategy_problem(study, row.name, asked)) for row in STRATEGIES.values()],
            "baseline": BASELINE,
            "pool": left,
            "asked": {"id": asked.pk, "name": asked.name} if asked is not None else None,
            "readers": readers_of_cases(study),
            "problem": problem,
        }
        return Response(RoundOptionsOutput(told).data)


class RoundsReport(APIView):
    """What the rounds came to: Dice on the frozen test set, time and corrections."""

    @extend_schema(responses=RoundPointOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        study = study_get_with_role(user_of(request), slug, *READERS)
        return Response(RoundPointOutput([vars(point) for point in rounds_report(study)], many=True).data)


class RoundDetail(APIView):
    """A round with its choices."""

    @extend_schema(responses=RoundOutput)
    def get(self, request: Request, round_id: UUID) -> Response:
        return Response(RoundOutput(round_get_for_user(user_of(request), round_id), context={"request": request}).data)


class RoundTrain(APIView):
    """Begin a round's training now."""

    @extend_schema(request=None, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        user = user_of(request)
        row = round_get_for_user(user, round_id)
        require_role(user, row.study, *MAKERS)
        round_train(round_=row, by=user)
        return Response(RoundOutput(round_get_for_user(user, round_id), context={"request": request}).data)


class RoundCancel(APIView):
    """End a round; begun work goes on."""

    @extend_schema(request=None, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        user = user_of(request)
        row = round_get_for_user(user, round_id)
        require_role(user, row.study, *MAKERS)
        round_cancel(round_=row, by=user)
        return Response(RoundOutput(round_get_for_user(user, round_id), context={"request": request}).data)


class OwnRound(APIView):
    """The cases of rounds that the user holds, and whether another one can be taken."""

    @extend_schema(responses=OwnRoundOutput)
    def get(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_for_user(user, slug)
        rows = choices_open_to(user, study)
        first = rows.first()
        told = {
            "round": first.round_id if first is not None else None,
            "open": rows.count(),
            "held": choices_held(user, study),
        }
        return Response(OwnRoundOutput(told).data)

    @extend_schema(request=None, responses={201: HeldChoiceOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Take the next case of the round under way."""
        user = user_of(request)
        study = study_get_for_user(user, slug)
        require_role(user, study, *CASE_READERS)
        under_way = round_open(study)
        if under_way is None:
            raise Conflict("No round of this study is under way; there is no case to take.")
        row = reservation_take(round_=under_way, by=user)
        return Response(HeldChoiceOutput(choices_held(user, study).get(pk=row.pk)).data, status=201)


class ChoiceReserve(APIView):
    """Reserve an open case for a reader."""

    @extend_schema(request=ReserveInput, responses=RoundChoiceOutput)
    def post(self, request: Request, choice_id: UUID) -> Response:
        user = user_of(request)
        row = choice_get_for_user(user, choice_id)
        require_role(user, row.round.study, *MAKERS)
        given = ReserveInput(data=request.data)
        given.is_valid(raise_exception=True)
        rater = next(
            (one for one in readers_of_cases(row.round.study) if one.pk == given.validated_data["rater"]), None
        )
        if rater is None:
            raise InvalidInput("This user reads no cases of the study.", {"rater": ["No reader of this study."]})
        reservation_make(choice=row, rater=rater, by=user)
        return Response(RoundChoiceOutput(choice_get_for_user(user, choice_id)).data)


class ChoiceRelease(APIView):
    """Give a reserved case back that nobody has begun."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, choice_id: UUID) -> Response:
        user = user_of(request)
        reservation_release(choice=choice_get_for_user(user, choice_id), by=user)
        return Response(status=204)


class UncertaintyMaps(APIView):
    """The uncertainty maps of a volume that the user may see, each in the shape of a volume."""

    @extend_schema(responses=UncertaintyOutput(many=True))
    def get(self, request: Request, volume_id: UUID) -> Response:
        user = user_of(request)
        return Response(UncertaintyOutput(uncertainty_list(user, volume_get_for_user(user, volume_id)), many=True).data)


class UncertaintyVoxels(APIView):
    """An uncertainty map's voxels: uint8, i fastest, with gzip content encoding."""

    @extend_schema(responses=BINARY)
    def get(self, request: Request, uncertainty_id: UUID) -> HttpResponseBase:
        row = uncertainty_get_for_user(user_of(request), uncertainty_id)
        return blob_response(request, row.voxels_id, gzipped=True)
