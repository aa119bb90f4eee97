"""The JSON of analyses."""

from typing import Any

from rest_framework import serializers

from jobs.models import JobState
from jobs.serializers import JobOutput
from results.models import Analysis
from results.selectors import is_outdated


class AnalysisInputSerializer(serializers.Serializer[Any]):
    rater_a = serializers.CharField(max_length=80)
    rater_b = serializers.CharField(max_length=80)
    read_a = serializers.IntegerField(min_value=1, default=1)
    read_b = serializers.IntegerField(min_value=1, default=1)
    tolerance_mm = serializers.FloatField(min_value=0.0, default=1.0)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CaseReferenceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AnalysisParametersOutput(serializers.Serializer[Any]):
    rater_a = serializers.CharField()
    rater_b = serializers.CharField()
    read_a = serializers.IntegerField()
    read_b = serializers.IntegerField()
    tolerance_mm = serializers.FloatField()


class AnalysisRowOutput(serializers.Serializer[Any]):
    """One label of one volume. A measure that is not defined is null, with its reason in `undefined`."""

    case = CaseReferenceOutput()
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption
    label_name = serializers.CharField()
    version_a = serializers.UUIDField()
    version_b = serializers.UUIDField()
    dice = serializers.FloatField(allow_null=True)
    jaccard = serializers.FloatField(allow_null=True)
    hd95_mm = serializers.FloatField(allow_null=True)
    assd_mm = serializers.FloatField(allow_null=True)
    surface_dice = serializers.FloatField(allow_null=True)
    volume_a_mm3 = serializers.FloatField()
    volume_b_mm3 = serializers.FloatField()
    volume_difference_mm3 = serializers.FloatField()
    undefined = serializers.DictField(child=serializers.CharField())


class DroppedOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    reason = serializers.CharField()


class SummaryOutput(serializers.Serializer[Any]):
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    dropped = DroppedOutput(many=True)
    undefined = serializers.DictField(child=serializers.CharField())


class LabelSummaryOutput(serializers.Serializer[Any]):
    dice = SummaryOutput()
    jaccard = SummaryOutput()
    hd95_mm = SummaryOutput()
    assd_mm = SummaryOutput()
    surface_dice = SummaryOutput()
    volume_difference_mm3 = SummaryOutput()


class ExcludedOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    volume = serializers.CharField()
    reason = serializers.CharField()


class AnalysisBriefOutput(serializers.ModelSerializer[Analysis]):
    job = JobOutput()
    state = serializers.ChoiceField(JobState.choices, source="job.state")
    parameters = AnalysisParametersOutput()
    summary = serializers.DictField(child=LabelSummaryOutput())
    created_by = serializers.CharField(source="created_by.username", allow_null=True)

    class Meta:
        model = Analysis
        fields = (
            "id", "kind", "title", "job", "state", "parameters", "summary", "created_at", "created_by", "code_version",
        )  # fmt: skip
        read_only_fields = fields


class AnalysisOutput(AnalysisBriefOutput):
    rows = AnalysisRowOutput(many=True)
    excluded = ExcludedOutput(many=True)
    outdated = serializers.SerializerMethodField()

    class Meta(AnalysisBriefOutput.Meta):
        fields = (*AnalysisBriefOutput.Meta.fields, "rows", "excluded", "outdated")  # type: ignore[assignment]

    def get_outdated(self, analysis: Analysis) -> bool:
        return is_outdated(analysis)
