"""Segmenting by marks over HTTP: the methods, a session on an open volume, answers to marks."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import InvalidInput
from access.selectors import user_of
from annotation.models import Task
from annotation.selectors.tasks import task_get_for_user
from annotation.services.labels import require_open, require_rater
from models_app.services.engine_client import AWAY, engine_answers, engine_ask
from models_app.services.interactive_methods import interactive_methods

MEDIA_TYPE = "application/vnd.radicula.runs"
MOST_NUMBERS = 200_000
ANSWER_SECONDS = 60.0


class InteractiveMethodOutput(serializers.Serializer[Any]):
    """A way to segment by marks."""

    name = serializers.CharField()
    title = serializers.CharField()
    takes = serializers.ChoiceField(choices=["scribbles", "clicks"])
    model_version = serializers.CharField(allow_blank=True)


class InteractiveOutput(serializers.Serializer[Any]):
    """What there is; without methods `reason` says why."""

    methods = InteractiveMethodOutput(many=True)
    reason = serializers.CharField(allow_blank=True)


class InteractiveSessionInput(serializers.Serializer[Any]):
    """The volume that is worked on."""

    volume = serializers.UUIDField()


class InteractiveSessionOutput(serializers.Serializer[Any]):
    """A session: its id, how long it lasts without use, and how long the case took to open."""

    id = serializers.UUIDField()
    lease_seconds = serializers.IntegerField()
    milliseconds = serializers.FloatField()


class InteractiveMarksInput(serializers.Serializer[Any]):
    """Marks as runs over the volume, i fastest: first voxel, number of voxels, and so on.

    `since` is the number of the last answer that the client holds, 0 for none. With `slice_axis` and `slice_index` the
    answer stays in that slice.
    """

    method = serializers.CharField(max_length=40)
    since = serializers.IntegerField(min_value=0, default=0)
    positive = serializers.ListField(child=serializers.IntegerField(min_value=0), max_length=MOST_NUMBERS)
    negative = serializers.ListField(child=serializers.IntegerField(min_value=0), max_length=MOST_NUMBERS)
    margin_mm = serializers.FloatField(min_value=0.5, max_value=200, default=8.0)
    smoothness = serializers.FloatField(min_value=0, max_value=50, default=1.0)
    slice_axis = serializers.IntegerField(min_value=0, max_value=2, allow_null=True, default=None)
    slice_index = serializers.IntegerField(min_value=0, allow_null=True, default=None)


class Interactive(APIView):
    """Segmenting by marks on a task's volume; for its rater."""

    @extend_schema(responses=InteractiveOutput)
    def get(self, request: Request, task_id: UUID) -> Response:
        """The methods that can be used now; none while the engine is away."""
        task = _own_task(request, task_id)
        there = engine_answers()
        methods = interactive_methods(task.case.study) if there else []
        return Response(InteractiveOutput({"methods": methods, "reason": "" if there else AWAY}).data)

    @extend_schema(
        operation_id="tasks_interactive_open",
        request=InteractiveSessionInput,
        responses={201: InteractiveSessionOutput},
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        """Open a session on a volume; the case is read now, so that the first answer is quick."""
        task = _open_task(request, task_id)
        given = InteractiveSessionInput(data=request.data)
        given.is_valid(raise_exception=True)
        volume = given.validated_data["volume"]
        if not task.working.filter(volume_id=volume).exists():
            raise InvalidInput("This task labels no such volume.", {"volume": ["Not a labelled volume of the task."]})
        asked = {"user": _name(request), "volume": str(volume)}
        answer = engine_ask("POST", _address(task), seconds=ANSWER_SECONDS, json=asked)
        return Response(InteractiveSessionOutput(answer.json()).data, status=201)


class InteractiveSession(APIView):
    """A session: its user's alone."""

    @extend_schema(
        operation_id="tasks_interactive_answer",
        request=InteractiveMarksInput,
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, task_id: UUID, session_id: UUID) -> HttpResponse:
        """Answer marks with the box that changed: docs/interactive.md says how the bytes are laid out."""
        task = _open_task(request, task_id)
        given = InteractiveMarksInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = {**given.validated_data, "user": _name(request)}
        answer = engine_ask("POST", f"{_address(task)}/{session_id}", seconds=ANSWER_SECONDS, json=asked)
        return HttpResponse(
            answer.content,
            content_type=MEDIA_TYPE,
            headers={"Server-Timing": answer.headers.get("server-timing", ""), "Cache-Control": "no-store"},
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, task_id: UUID, session_id: UUID) -> Response:
        """End a session."""
        task = _own_task(request, task_id)
        query = {"user": _name(request)}
        engine_ask("DELETE", f"{_address(task)}/{session_id}", seconds=ANSWER_SECONDS, params=query)
        return Response(status=204)


def _own_task(request: Request, task_id: UUID) -> Task:
    task = task_get_for_user(user_of(request), task_id)
    require_rater(task, user_of(request))
    return task


def _open_task(request: Request, task_id: UUID) -> Task:
    task = _own_task(request, task_id)
    require_open(task)
    return task


def _name(request: Request) -> str:
    return str(user_of(request).pk)


def _address(task: Task) -> str:
    return f"/studies/{task.case.study.slug}/interactive"
