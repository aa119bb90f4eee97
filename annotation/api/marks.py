"""Marks over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.selectors import study_get_for_user, user_of
from annotation.selectors.marks import mark_list_for_user, marks_of_task
from annotation.selectors.tasks import task_get_for_user
from annotation.serializers.marks import MarkInput, MarkOutput, MarksFileOutput, StudyMarkOutput, marks_csv
from annotation.services.marks import MarkDrawing, mark_delete, mark_save
from measures.marks import MarkKind


class TaskMarks(APIView):
    """Marks of a task."""

    @extend_schema(responses=MarkOutput(many=True))
    def get(self, request: Request, task_id: UUID) -> Response:
        """Measurements and named points of a task as they are now, oldest first."""
        task = task_get_for_user(user_of(request), task_id)
        return Response(MarkOutput(marks_of_task(task), many=True).data)


class TaskMarksFile(APIView):
    """Marks of a task as a file."""

    @extend_schema(responses=MarksFileOutput)
    def get(self, request: Request, task_id: UUID) -> Response:
        """The same as a JSON file of BIDS-like keys; `radicula measure --points` reads its named points."""
        task = task_get_for_user(user_of(request), task_id)
        marks = marks_of_task(task).select_related("volume")
        response = Response(MarksFileOutput(task, context={"marks": marks}).data)
        response["Content-Disposition"] = f'attachment; filename="{task.case.name}_read-{task.read}_marks.json"'
        return response


class TaskMark(APIView):
    """One mark."""

    @extend_schema(request=MarkInput, responses=MarkOutput)
    def put(self, request: Request, task_id: UUID, mark_id: UUID) -> Response:
        """Keep a mark under an id of the caller's choice; the answer holds its places in mm and its values."""
        user = user_of(request)
        task = task_get_for_user(user, task_id)
        given = MarkInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        drawing = MarkDrawing(**{**asked, "kind": MarkKind(asked["kind"])})
        return Response(MarkOutput(mark_save(task=task, by=user, mark=mark_id, drawing=drawing)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, task_id: UUID, mark_id: UUID) -> Response:
        """Take a mark away; its revisions stay on record."""
        user = user_of(request)
        mark_delete(task=task_get_for_user(user, task_id), by=user, mark=mark_id)
        return Response(status=204)


class StudyMarks(APIView):
    """Marks of a study."""

    @extend_schema(responses=StudyMarkOutput(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All marks that the user may see, with whose they are."""
        user = user_of(request)
        return Response(StudyMarkOutput(mark_list_for_user(user, study_get_for_user(user, slug)), many=True).data)


class StudyMarksCsv(APIView):
    """Marks of a study as a table."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The same as CSV: one row per mark."""
        user = user_of(request)
        text = marks_csv(mark_list_for_user(user, study_get_for_user(user, slug)))
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{slug}-marks.csv"'
        return response
