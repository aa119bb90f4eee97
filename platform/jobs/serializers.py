"""The JSON of jobs."""

from rest_framework import serializers

from access.models import User
from jobs.models import Job, JobState
from jobs.selectors import may_steer, studies_steered_by


class JobOutput(serializers.ModelSerializer[Job]):
    study = serializers.CharField(source="study.slug")
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    result = serializers.JSONField(allow_null=True)
    may_cancel = serializers.SerializerMethodField()
    may_retry = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id", "study", "kind", "title", "state", "progress", "message", "error", "result", "created_at",
            "started_at", "finished_at", "created_by", "may_cancel", "may_retry",
        )  # fmt: skip

    def _steers(self, job: Job) -> bool:
        user = self.context["request"].user
        if not isinstance(user, User):
            return False
        if "studies_steered" not in self.context:  # once for a whole list
            self.context["studies_steered"] = studies_steered_by(user)
        return may_steer(user, job, self.context["studies_steered"])

    def get_may_cancel(self, job: Job) -> bool:
        return job.state in (JobState.QUEUED, JobState.RUNNING) and self._steers(job)

    def get_may_retry(self, job: Job) -> bool:
        return job.state in (JobState.FAILED, JobState.CANCELLED) and self._steers(job)
