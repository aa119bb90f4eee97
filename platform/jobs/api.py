"""Jobs over HTTP."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.errors import NotAllowed
from access.selectors import user_of
from jobs.models import Job
from jobs.selectors import job_get_for_user, job_list_for_user, may_steer
from jobs.serializers import JobOutput
from jobs.services import LIVE_STATES, job_cancel, job_retry


class JobFilter(django_filters.FilterSet):
    study = django_filters.CharFilter(field_name="study__slug")
    state = django_filters.CharFilter()
    kind = django_filters.CharFilter()
    active = django_filters.BooleanFilter(method="filter_active", label="queued or running")

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()

    def filter_active(self, queryset: QuerySet[Job], name: str, value: bool) -> QuerySet[Job]:
        return queryset.filter(state__in=LIVE_STATES) if value else queryset.exclude(state__in=LIVE_STATES)


class JobList(ListAPIView[Job]):
    """The jobs that the user may see, newest first."""

    serializer_class = JobOutput
    filterset_class = JobFilter
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return job_list_for_user(user_of(self.request))


class JobDetail(APIView):
    """One job."""

    @extend_schema(responses=JobOutput)
    def get(self, request: Request, job_id: UUID) -> Response:
        job = job_get_for_user(user_of(request), job_id)
        return Response(JobOutput(job, context={"request": request}).data)


def _steerable(request: Request, job_id: UUID) -> Job:
    user = user_of(request)
    job = job_get_for_user(user, job_id)
    if not may_steer(user, job):
        raise NotAllowed("Only who started a job, the study lead or an engineer may cancel it or run it again.")
    return job


class JobCancel(APIView):
    """Ask a job to stop."""

    @extend_schema(request=None, responses=JobOutput)
    def post(self, request: Request, job_id: UUID) -> Response:
        job = job_cancel(job=_steerable(request, job_id), by=user_of(request))
        return Response(JobOutput(job, context={"request": request}).data)


class JobRetry(APIView):
    """Run a failed or cancelled job again."""

    @extend_schema(request=None, responses=JobOutput)
    def post(self, request: Request, job_id: UUID) -> Response:
        job = job_retry(job=_steerable(request, job_id), by=user_of(request))
        return Response(JobOutput(job, context={"request": request}).data)
