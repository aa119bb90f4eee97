"""The JSON of jobs."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import User
from jobs.models import Job, JobState
from jobs.selectors import may_steer, studies_steered_by

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def _facts(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object that holds all of these and may hold more."""
    return {"type": "object", "properties": properties, "required": [*properties]}


FILE_OUTCOME = _facts(
    path=TEXT, outcome={"type": "string", "enum": ["image", "unchanged", "kept aside", "skipped"]}, reason=TEXT
)
LEFT_OUT_CASE = _facts(case=TEXT, volume={**TEXT, "format": "uuid"}, reason=TEXT)
# One of them for each kind of job that there is; which one is told from its properties.
RESULT = {
    "nullable": True,
    "oneOf": [
        _facts(
            images=WHOLE, labels=WHOLE, unchanged=WHOLE, kept_aside=WHOLE, skipped=WHOLE,
            files={"type": "array", "items": FILE_OUTCOME},
        ),
        _facts(resampled=TEXT),
        _facts(computed=WHOLE, unchanged=WHOLE, undefined=WHOLE),
        _facts(tractogram={**TEXT, "format": "uuid"}),
        _facts(
            derived={"type": "array", "items": {**TEXT, "format": "uuid"}},
            left_out={"type": "array", "items": _facts(volume={**TEXT, "format": "uuid"}, name=TEXT, reason=TEXT)},
        ),
        _facts(
            tool=TEXT, matched=WHOLE, unchanged=WHOLE, without={"type": "array", "items": TEXT},
            unmatched={"type": "array", "items": _facts(path=TEXT, reason=TEXT)},
        ),
        _facts(analysis={**TEXT, "format": "uuid"}, rows=WHOLE),
        _facts(report={**TEXT, "format": "uuid"}, names={"type": "array", "items": TEXT}),
        _facts(model_version={**TEXT, "format": "uuid"}, name=TEXT),
        _facts(
            round={**TEXT, "format": "uuid"}, chosen=WHOLE, asked=WHOLE,
            skipped={"type": "array", "items": _facts(case=TEXT, volume={**TEXT, "format": "uuid"}, reason=TEXT)},
        ),
        _facts(
            model_version={**TEXT, "format": "uuid"}, made=WHOLE,
            skipped={"type": "array", "items": LEFT_OUT_CASE}, failed={"type": "array", "items": LEFT_OUT_CASE},
        ),
        _facts(
            model_version={**TEXT, "format": "uuid"}, scored=WHOLE, skipped={"type": "array", "items": LEFT_OUT_CASE}
        ),
        _facts(export={**TEXT, "format": "uuid"}, name=TEXT, sha256=TEXT),
    ],
}  # fmt: skip


@extend_schema_field(RESULT)
class ResultField(serializers.JSONField):
    """What a job came to: an import, maps of a tool, an analysis, a training, proposals; null until it is done."""


class JobOutput(serializers.ModelSerializer[Job]):
    study = serializers.CharField(source="study.slug")
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    result = ResultField(allow_null=True)
    may_cancel = serializers.SerializerMethodField()
    may_retry = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id", "study", "kind", "title", "state", "progress", "message", "error", "result", "created_at",
            "started_at", "finished_at", "created_by", "may_cancel", "may_retry",
        )  # fmt: skip
        read_only_fields = fields

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
