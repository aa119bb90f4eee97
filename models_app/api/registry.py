"""The register of model versions over HTTP: scores, comparison, what serves and its history."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import Conflict
from access.models import User
from access.selectors import require_role, study_get_with_role, user_of
from annotation.api.blob_response import blob_response
from annotation.api.studies import require_upload_size
from jobs.serializers import JobOutput
from models_app.models import ModelExport, ModelTransition, ModelVersion, ProposalRequest
from models_app.selectors import MAKERS, READERS, model_version_get_for_user, model_version_serving
from models_app.selectors.cards import version_card
from models_app.selectors.registry import (
    export_get_for_user,
    export_list,
    gate_verdict,
    model_version_of,
    paired_table,
    proposal_request_list,
    served_before,
    transition_list,
)
from models_app.selectors.scores import score_table
from models_app.serializers.registry import (
    ComparisonQuery,
    GateOutput,
    ModelExportInput,
    ModelExportOutput,
    ModelImportInput,
    PromoteInput,
    ProposalRequestOutput,
    ReasonInput,
    ScoresInput,
    ScoresQuery,
    ScoreTableOutput,
    ServingOutput,
    TransitionOutput,
    VersionComparisonOutput,
    comparison_json,
    score_table_json,
)
from models_app.serializers.versions import ModelVersionOutput
from models_app.services.model_files import export_start, import_start
from models_app.services.scores import scoring_start
from models_app.services.versions import (
    model_version_promote,
    model_version_reinstate,
    model_version_retire,
    model_version_roll_back,
)


class MarkdownRenderer(BaseRenderer):
    """Lets a client ask for Markdown; the view answers with it whatever was asked for."""

    media_type, format, charset = "text/markdown", "md", "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        """A problem document, which is JSON here too."""
        return bytes(JSONRenderer().render(data))


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


class ModelComparison(APIView):
    """Two versions of a study side by side."""

    @extend_schema(parameters=[ComparisonQuery], responses=VersionComparisonOutput)
    def get(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *READERS)
        given = ComparisonQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        first, second = (model_version_of(study, wanted[name], name) for name in ("first", "second"))
        table = paired_table(first, second, wanted["scope"])
        return Response(comparison_json(first, second, table, wanted["scope"], wanted["measure"]))


class ModelVersionGate(APIView):
    """What the gate says of a version against the one that serves now."""

    @extend_schema(responses=GateOutput)
    def get(self, request: Request, model_version_id: UUID) -> Response:
        version = model_version_get_for_user(user_of(request), model_version_id)
        verdict = gate_verdict(version)
        answer = {"against": model_version_serving(version.study), "opens": verdict.opens, "verdict": verdict.to_json()}
        return Response(GateOutput(answer).data)


class ModelVersionChange(APIView):
    """A change of a version by who may make models, with a reason in the body."""

    def post(self, request: Request, model_version_id: UUID) -> Response:
        user = user_of(request)
        version = model_version_get_for_user(user, model_version_id)
        require_role(user, version.study, *MAKERS)
        given = self.input_class(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(ModelVersionOutput(self.change(version, user, given.validated_data)).data)

    input_class: type[ReasonInput] = ReasonInput

    def change(self, version: ModelVersion, by: User, given: dict[str, Any]) -> ModelVersion:
        """Make the change."""
        raise NotImplementedError


@extend_schema(request=PromoteInput, responses=ModelVersionOutput)
class ModelVersionPromote(ModelVersionChange):
    """Make a model version the one that serves; a reason is asked for where the gate does not open."""

    input_class = PromoteInput

    def change(self, version: ModelVersion, by: User, given: dict[str, Any]) -> ModelVersion:
        return model_version_promote(version=version, by=by, reason=given["reason"], instead_of=given["instead_of"])


@extend_schema(request=ReasonInput, responses=ModelVersionOutput)
class ModelVersionRetire(ModelVersionChange):
    """Take a version out of use."""

    def change(self, version: ModelVersion, by: User, given: dict[str, Any]) -> ModelVersion:
        return model_version_retire(version=version, by=by, reason=given["reason"])


@extend_schema(request=ReasonInput, responses=ModelVersionOutput)
class ModelVersionReinstate(ModelVersionChange):
    """Bring a retired version back as a candidate."""

    def change(self, version: ModelVersion, by: User, given: dict[str, Any]) -> ModelVersion:
        return model_version_reinstate(version=version, by=by)


class StudyServing(APIView):
    """What serves in a study, and going back to what served before."""

    @extend_schema(responses=ServingOutput)
    def get(self, request: Request, slug: str) -> Response:
        study = study_get_with_role(user_of(request), slug, *READERS)
        return Response(ServingOutput({"serving": model_version_serving(study), "before": served_before(study)}).data)


class StudyRollBack(APIView):
    """Let the version serve again that served before."""

    @extend_schema(request=ReasonInput, responses=ModelVersionOutput)
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *MAKERS)
        given = ReasonInput(data=request.data)
        given.is_valid(raise_exception=True)
        version = model_version_roll_back(study=study, by=user, reason=given.validated_data["reason"])
        return Response(ModelVersionOutput(version).data)


class TransitionList(ListAPIView[ModelTransition]):
    """The history of what served, newest first."""

    serializer_class = TransitionOutput
    queryset = ModelTransition.objects.none()

    def get_queryset(self) -> QuerySet[ModelTransition]:
        return transition_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], *READERS))


class ProposalRequestList(ListAPIView[ProposalRequest]):
    """What became of each image of a bulk of proposals, in its order."""

    serializer_class = ProposalRequestOutput
    queryset = ProposalRequest.objects.none()

    def get_queryset(self) -> QuerySet[ProposalRequest]:
        return proposal_request_list(user_of(self.request), self.kwargs["job_id"])


class ModelVersionCard(APIView):
    """The model card of a version, in Markdown."""

    renderer_classes = (JSONRenderer, MarkdownRenderer)

    @extend_schema(responses={(200, "text/markdown"): OpenApiTypes.STR})
    def get(self, request: Request, model_version_id: UUID) -> HttpResponseBase:
        version = model_version_get_for_user(user_of(request), model_version_id)
        return HttpResponse(version_card(version), content_type="text/markdown; charset=utf-8")


class ModelExportList(ListAPIView[ModelExport]):
    """The files that were made of a version, newest first."""

    serializer_class = ModelExportOutput
    queryset = ModelExport.objects.none()

    def get_queryset(self) -> QuerySet[ModelExport]:
        return export_list(model_version_get_for_user(user_of(self.request), self.kwargs["model_version_id"]))

    @extend_schema(request=ModelExportInput, responses={202: ModelExportOutput})
    def post(self, request: Request, model_version_id: UUID) -> Response:
        user = user_of(request)
        version = model_version_get_for_user(user, model_version_id)
        require_role(user, version.study, *MAKERS)
        given = ModelExportInput(data=request.data)
        given.is_valid(raise_exception=True)
        export = export_start(version=version, format=given.validated_data["format"], by=user)
        return Response(ModelExportOutput(export, context={"request": request}).data, status=202)


class ModelExportFile(APIView):
    """The file that was made of a version."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        user = user_of(request)
        export = export_get_for_user(user, export_id)
        # Weights can give back what they were trained on: who may read scores may not take them away.
        require_role(user, export.model_version.study, *MAKERS)
        if export.file_id is None:
            raise Conflict("The file is not made yet: wait for its job, or run it again.")
        return blob_response(request, export.file_id, filename=export.name)


class ModelImport(APIView):
    """Take in a model version from a file."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ModelImportInput}, responses={202: JobOutput})
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, *MAKERS)
        require_upload_size(request)
        given = ModelImportInput(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        job = import_start(study=study, by=user, upload=file.file, filename=file.name)
        return Response(JobOutput(job, context={"request": request}).data, status=202)
