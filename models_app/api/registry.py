"""The register of model versions over HTTP: scores."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import require_role, user_of
from jobs.serializers import JobOutput
from models_app.selectors import MAKERS, model_version_get_for_user
from models_app.selectors.scores import score_table
from models_app.serializers.registry import ScoresInput, ScoresQuery, ScoreTableOutput, score_table_json
from models_app.services.scores import scoring_start


class ModelVersionScores(APIView):
    """How a version did on the frozen test set, at each site and on each case."""

    @extend_schema(parameters=[ScoresQuery], responses=ScoreTableOutput)
    def get(self, request: Request, model_version_id: UUID) -> Response:
        version = model_version_get_for_user(user_of(request), model_version_id)
        given = ScoresQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        scope, measure = given.validated_data["scope"], given.validated_data["measure"]
        return Response(score_table_json(version, score_table(version, scope), scope, measure))

    @extend_schema(request=ScoresInput, responses={202: JobOutput})
    def post(self, request: Request, model_version_id: UUID) -> Response:
        user = user_of(request)
        version = model_version_get_for_user(user, model_version_id)
        require_role(user, version.study, *MAKERS)
        given = ScoresInput(data=request.data)
        given.is_valid(raise_exception=True)
        job = scoring_start(version=version, by=user, scope=given.validated_data["scope"])
        return Response(JobOutput(job, context={"request": request}).data, status=202)
