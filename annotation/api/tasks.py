"""Tasks over HTTP."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Role, User
from access.selectors import study_get_with_role, user_of
from annotation.models import Task, TaskState
from annotation.selectors.tasks import task_get_for_user, task_list_for_user, task_next_for_user
from annotation.serializers.tasks import (
    AnatomyFindingOutput,
    ExcludeInput,
    ReviewInput,
    SubmitInput,
    TaskAssignInput,
    TaskDetailOutput,
    TaskNextInput,
    TaskOutput,
)
from annotation.services.anatomy import Override, task_findings
from annotation.services.reviews import task_review
from annotation.services.tasks import task_assign, task_exclude, task_open, task_submit


class StateFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """`?state=todo,returned`."""


class TaskFilter(django_filters.FilterSet):
    study = django_filters.CharFilter(field_name="case__study__slug", label="the slug of a study")
    state = StateFilter(lookup_expr="in", choices=TaskState.choices, label="states, with commas between them")
    mine = django_filters.BooleanFilter(method="filter_mine", label="what the user reads, or what others read")
    case = django_filters.UUIDFilter(field_name="case_id", label="the id of a case")
    rater = django_filters.CharFilter(field_name="rater__name", label="the name of a rater")

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()

    def filter_mine(self, queryset: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        user = user_of(self.request)
        return queryset.filter(rater__user=user) if value else queryset.exclude(rater__user=user)


class TaskList(ListAPIView[Task]):
    """The tasks that the user may see, oldest first."""

    serializer_class = TaskOutput
    filterset_class = TaskFilter
    queryset = Task.objects.none()

    def get_queryset(self) -> QuerySet[Task]:
        return task_list_for_user(user_of(self.request))


class TaskCreate(APIView):
    """Tasks of a study."""

    @extend_schema(request=TaskAssignInput, responses={201: TaskOutput(many=True)})
    def post(self, request: Request, slug: str) -> Response:
        """Give cases to raters; the answer is the tasks that were made."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD)
        given = TaskAssignInput(data=request.data)
        given.is_valid(raise_exception=True)
        tasks = task_assign(
            study=study,
            by=user,
            case_ids=given.validated_data["cases"],
            user_ids=given.validated_data["raters"],
            reads=given.validated_data["reads"],
        )
        shown = task_list_for_user(user).filter(pk__in=[task.pk for task in tasks])
        return Response(TaskOutput(shown, many=True).data, status=201)


# A serializer cannot say of a whole answer that it may be null.
OR_NULL = {"allOf": [{"$ref": "#/components/schemas/TaskOutput"}], "nullable": True}


class TaskNext(APIView):
    """The next task."""

    @extend_schema(request=TaskNextInput, responses={200: OR_NULL})
    def post(self, request: Request) -> Response | JsonResponse:
        """The task to go on with, or null."""
        given = TaskNextInput(data=request.data)
        given.is_valid(raise_exception=True)
        task = task_next_for_user(user_of(request), given.validated_data["study"])
        # Django REST framework would send an empty body for None, which is no JSON.
        return Response(TaskOutput(task).data) if task else JsonResponse(None, safe=False)


def _answer(request: Request, user: User, task_id: UUID) -> Response:
    return Response(TaskDetailOutput(task_get_for_user(user, task_id), context={"request": request}).data)


class TaskDetail(APIView):
    """A task as the viewer gets it."""

    @extend_schema(responses=TaskDetailOutput)
    def get(self, request: Request, task_id: UUID) -> Response:
        return _answer(request, user_of(request), task_id)


class TaskOpen(APIView):
    """Opening."""

    @extend_schema(request=None, responses=TaskDetailOutput)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Start a task, or go on with it; without a label it begins as a copy of the newest proposal."""
        user = user_of(request)
        task_open(task=task_get_for_user(user, task_id), by=user)
        return _answer(request, user, task_id)


class TaskSubmit(APIView):
    """Submitting."""

    @extend_schema(request=SubmitInput, responses=TaskDetailOutput)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Hand a task in."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = SubmitInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        reasons = asked.pop("overrides")
        overrides = None if reasons is None else [Override.from_request(one) for one in reasons]
        task_submit(task=task, by=user, overrides=overrides, **asked)
        return _answer(request, user, task_id)


class TaskChecks(APIView):
    """Holding labels against anatomy."""

    @extend_schema(request=None, responses=AnatomyFindingOutput(many=True))
    def post(self, request: Request, task_id: UUID) -> Response:
        """What anatomy speaks against in the labels that would be handed in now; nothing is changed."""
        task = task_get_for_user(user_of(request), task_id)
        return Response(AnatomyFindingOutput(task_findings(task), many=True).data)


class TaskExclude(APIView):
    """Leaving out."""

    @extend_schema(request=ExcludeInput, responses=TaskDetailOutput)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Leave a task out of the study, saying why."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = ExcludeInput(data=request.data)
        given.is_valid(raise_exception=True)
        task_exclude(task=task, by=user, **given.validated_data)
        return _answer(request, user, task_id)


class TaskReview(APIView):
    """Reviewing."""

    @extend_schema(request=ReviewInput, responses=TaskDetailOutput)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Accept what was handed in, or send it back."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = ReviewInput(data=request.data)
        given.is_valid(raise_exception=True)
        task_review(
            task=task,
            by=user,
            verdict=given.validated_data["verdict"],
            comment=given.validated_data["comment"],
            volume_id=given.validated_data["volume"],
            voxel_ijk=given.validated_data["ijk"],
        )
        return _answer(request, user, task_id)
