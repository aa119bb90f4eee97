"""Training, model versions and proposals over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import require_role, study_get_with_role, user_of
from jobs.serializers import JobOutput
from models_app.models import ModelVersion, Proposal, TrainingRun
from models_app.selectors import (
    MAKERS,
    READERS,
    model_version_get_for_user,
    model_version_list,
    proposal_list,
    training_run_get_for_user,
    training_run_list,
)
from models_app.serializers.registry import WordsInput
from models_app.serializers.runs import TrainingRunOutput
from models_app.serializers.training import TrainingInput, TrainingPreviewInput, TrainingPreviewOutput, preview_json
from models_app.serializers.versions import ModelVersionOutput, ProposalOutput, ProposalsInput
from models_app.services.proposals import proposals_start
from models_app.services.training import training_preview, training_start
from models_app.services.versions import model_version_describe


class TrainingPreview(APIView):
    """The split and the settings that a training would take now."""

    @extend_schema(parameters=[TrainingPreviewInput], responses=TrainingPreviewOutput)
    def get(self, request: Request, slug: str) -> Response:
        study = study_get_with_role(user_of(request), slug, *READERS)
        given = TrainingPreviewInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        return Response(preview_json(study, training_preview(study=study, **given.arguments())))


class TrainingRunList(ListAPIView[TrainingRun]):
    """The training runs of a study, newest first."""

    serializer_class = TrainingRunOutput
    queryset = TrainingRun.objects.none()

    def get_queryset(self) -> QuerySet[TrainingRun]:
        return training_run_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *READERS))

    @extend_schema(request=TrainingInput, responses={201: TrainingRunOutput})
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *MAKERS)
        given = TrainingInput(data=request.data)
        given.is_valid(raise_exception=True)
        run = training_start(study=study, by=user, **given.arguments())
        shown = training_run_get_for_user(user, run.pk)
        return Response(TrainingRunOutput(shown, context={"request": request}).data, status=201)


class TrainingRunDetail(APIView):
    """One training run with its split, learning curve and scores."""

    @extend_schema(responses=TrainingRunOutput)
    def get(self, request: Request, run_id: UUID) -> Response:
        run = training_run_get_for_user(user_of(request), run_id)
        return Response(TrainingRunOutput(run, context={"request": request}).data)


class ModelVersionList(ListAPIView[ModelVersion]):
    """The model versions of a study, newest first."""

    serializer_class = ModelVersionOutput
    queryset = ModelVersion.objects.none()

    def get_queryset(self) -> QuerySet[ModelVersion]:
        return model_version_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *READERS))


class ModelVersionDetail(APIView):
    """One model version, and what people say of it on its card."""

    @extend_schema(responses=ModelVersionOutput)
    def get(self, request: Request, model_version_id: UUID) -> Response:
        return Response(ModelVersionOutput(model_version_get_for_user(user_of(request), model_version_id)).data)

    @extend_schema(request=WordsInput, responses=ModelVersionOutput)
    def patch(self, request: Request, model_version_id: UUID) -> Response:
        user = user_of(request)
        version = model_version_get_for_user(user, model_version_id)
        require_role(user, version.study, *MAKERS)
        given = WordsInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            ModelVersionOutput(model_version_describe(version=version, by=user, **given.validated_data)).data
        )


class ProposalList(ListAPIView[Proposal]):
    """The proposals made in a study, newest first."""

    serializer_class = ProposalOutput
    queryset = Proposal.objects.none()

    def get_queryset(self) -> QuerySet[Proposal]:
        return proposal_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *READERS))

    @extend_schema(request=ProposalsInput, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *MAKERS)
        given = ProposalsInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data["model_version"]
        version = model_version_get_for_user(user, wanted) if wanted is not None else None
        job = proposals_start(study=study, by=user, model_version=version, case_ids=given.validated_data["cases"])
        return Response(JobOutput(job, context={"request": request}).data, status=202)
