"""The JSON of analyses: questions, lists, rows and readings. The document's own is in `document_schema`."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.serializers import HangingOutput
from jobs.models import JobState
from jobs.serializers import JobOutput
from results.models import Analysis, AnalysisKind
from results.parameters import CONSENSUS_METHODS, METRICS
from results.readers import Reader, ReaderType
from results.selectors.analyses import outdated_cases

READER_TYPES = [(one.value, one.value) for one in ReaderType]
MOST_READERS = 20
MOST_RESAMPLES = 20_000


class ReaderInput(serializers.Serializer[Any]):
    """A rater's read, a model version by id, a tool by name, or whatever reading review accepted."""

    type = serializers.ChoiceField(READER_TYPES)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    read = serializers.IntegerField(min_value=1, default=1)


class AnalysisInputSerializer(serializers.Serializer[Any]):
    """A question. What is left out is chosen by the kind: everyone, all cases, all labels, the default measurements."""

    kind = serializers.ChoiceField(AnalysisKind.choices)
    readers = ReaderInput(many=True, required=False)
    cases = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True)
    labels = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, allow_null=True)
    metrics = serializers.ListField(child=serializers.ChoiceField(METRICS), required=False, allow_null=True)
    measurements = serializers.ListField(child=serializers.CharField(max_length=64), required=False, allow_null=True)
    group_by = serializers.ListField(child=serializers.CharField(max_length=64), required=False, max_length=6)
    tolerance_mm = serializers.FloatField(min_value=0.0, default=1.0)
    consensus = serializers.ChoiceField(CONSENSUS_METHODS, default="staple")
    level = serializers.FloatField(min_value=0.5, max_value=0.999, default=0.95)
    resamples = serializers.IntegerField(min_value=100, max_value=MOST_RESAMPLES, default=2000)
    seed = serializers.IntegerField(min_value=0, default=0)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def validate_readers(self, value: list[dict[str, Any]]) -> list[Reader]:
        if len(value) > MOST_READERS:
            raise serializers.ValidationError(f"At most {MOST_READERS} readers are compared; {len(value)} came.")
        return [Reader(ReaderType(one["type"]), one["name"], one["read"]) for one in value]


class ExternalLabelsInput(serializers.Serializer[Any]):
    """Label maps of another tool: a zip archive of NIfTI files with BIDS names."""

    file = serializers.FileField()
    tool = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9._ +-]*$", max_length=64, help_text="What it is called.")
    values = serializers.CharField(
        required=False, allow_blank=True, default="", help_text='Its value to the protocol\'s: `{"1": 2, "5": 0}`.'
    )

    def validate_values(self, value: str) -> dict[int, int]:
        try:
            return {int(theirs): int(ours) for theirs, ours in json.loads(value or "{}").items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise serializers.ValidationError(
                'The values are a JSON object of whole numbers, such as {"1": 2}.'
            ) from error


class ReaderOutput(serializers.Serializer[Any]):
    type = serializers.ChoiceField(READER_TYPES)
    name = serializers.CharField()
    read = serializers.IntegerField()


class AnalysisParametersOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(AnalysisKind.choices)
    readers = ReaderOutput(many=True)
    tolerance_mm = serializers.FloatField()
    # Analyses of before there were kinds have the fields above alone.
    cases = serializers.ListField(child=serializers.UUIDField(), allow_null=True, required=False)
    labels = serializers.ListField(child=serializers.IntegerField(), allow_null=True, required=False)
    metrics = serializers.ListField(child=serializers.CharField(), required=False)
    measurements = serializers.ListField(child=serializers.CharField(), required=False)
    group_by = serializers.ListField(child=serializers.CharField(), required=False)
    consensus = serializers.ChoiceField(CONSENSUS_METHODS, required=False)
    level = serializers.FloatField(required=False)
    resamples = serializers.IntegerField(required=False)
    seed = serializers.IntegerField(required=False)


class CaseReferenceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AnalysisRowOutput(serializers.Serializer[Any]):
    """One label of one volume for one pair. A measure that is not defined is null, with its reason in `undefined`.

    `version_a` is null where a reading is held against the consensus of the others.
    """

    number = serializers.IntegerField(help_text="Its place in the analysis: `analyses/{id}/rows/{number}`.")
    case = CaseReferenceOutput()
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    pair = serializers.IntegerField(help_text="Place in the document's pairs.")
    reader_a = serializers.IntegerField(allow_null=True, help_text="Place in the readers; null: the others' consensus.")
    reader_b = serializers.IntegerField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption
    label_name = serializers.CharField()
    version_a = serializers.UUIDField(allow_null=True)
    version_b = serializers.UUIDField()
    dice = serializers.FloatField(allow_null=True)
    jaccard = serializers.FloatField(allow_null=True)
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    specificity = serializers.FloatField(allow_null=True)
    volume_similarity = serializers.FloatField(allow_null=True)
    hausdorff_mm = serializers.FloatField(allow_null=True)
    hd95_mm = serializers.FloatField(allow_null=True)
    assd_mm = serializers.FloatField(allow_null=True)
    surface_dice = serializers.FloatField(allow_null=True)
    centroid_distance_mm = serializers.FloatField(allow_null=True)
    detection_f1 = serializers.FloatField(allow_null=True)
    volume_a_mm3 = serializers.FloatField()
    volume_b_mm3 = serializers.FloatField()
    volume_difference_mm3 = serializers.FloatField()
    undefined = serializers.DictField(child=serializers.CharField())


class AnalysisReadingOutput(serializers.Serializer[Any]):
    """The measurements of one label by one reader."""

    case = CaseReferenceOutput()
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    reader = serializers.IntegerField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption
    label_name = serializers.CharField()
    version = serializers.UUIDField()
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))
    undefined = serializers.DictField(child=serializers.CharField())


class RowSideOutput(serializers.Serializer[Any]):
    """One of the two label maps of a row."""

    title = serializers.CharField()
    version = serializers.UUIDField(allow_null=True)
    voxels_url = serializers.CharField()
    dtype = serializers.CharField()


class AnalysisRowDetailOutput(serializers.Serializer[Any]):
    """A row with what a page needs to show it: two label maps, and where they differ, on the volume's grid."""

    row = AnalysisRowOutput()
    a = RowSideOutput()
    b = RowSideOutput()
    disagreement_url = serializers.CharField(help_text="uint8: 1 only a, 2 only b, 3 both; with `?labels=all` also 4.")
    previous = serializers.IntegerField(allow_null=True)
    next = serializers.IntegerField(allow_null=True)
    hanging = HangingOutput(help_text="How the protocol shows the image.")


class DroppedOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    reason = serializers.CharField()


class SummaryOutput(serializers.Serializer[Any]):
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    dropped = DroppedOutput(many=True)
    undefined = serializers.DictField(child=serializers.CharField())


class ExcludedOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    case_id = serializers.UUIDField(required=False)
    volume = serializers.CharField()
    reader = serializers.CharField(required=False)
    reason = serializers.CharField()


class OutdatedOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    case_id = serializers.UUIDField()
    reason = serializers.CharField()


class AnalysisBriefOutput(serializers.ModelSerializer[Analysis]):
    job = JobOutput()
    state = serializers.ChoiceField(JobState.choices, source="job.state")
    parameters = AnalysisParametersOutput()
    summary = serializers.DictField(
        child=serializers.DictField(child=SummaryOutput()),
        help_text="Label value to metric to its mean over all pairs.",
    )
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    rerun_of = serializers.UUIDField(source="rerun_of_id", allow_null=True)

    class Meta:
        model = Analysis
        fields = (
            "id", "kind", "title", "job", "state", "parameters", "summary", "created_at", "created_by", "rerun_of",
            "code_version",
        )  # fmt: skip
        read_only_fields = fields


class AnalysisOutput(AnalysisBriefOutput):
    """An analysis without its document, rows and readings: those have addresses of their own."""

    excluded = ExcludedOutput(many=True)
    outdated = serializers.SerializerMethodField()
    document_sha256 = serializers.CharField(source="document_id", allow_null=True)

    class Meta(AnalysisBriefOutput.Meta):
        fields = (  # type: ignore[assignment]
            *AnalysisBriefOutput.Meta.fields, "excluded", "outdated", "document_sha256",
        )  # fmt: skip

    @extend_schema_field(OutdatedOutput(many=True))
    def get_outdated(self, analysis: Analysis) -> list[dict[str, str]]:
        return outdated_cases(analysis)


class KnownReaderOutput(ReaderOutput):
    title = serializers.CharField()
    volumes = serializers.IntegerField()


class MeasurementOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    ratio_scale = serializers.BooleanField()
    default = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.CharField())


class MetricOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    higher_is_better = serializers.BooleanField()


class GroupingOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    values = serializers.DictField(child=serializers.IntegerField(), help_text="Value to number of cases or labels.")


class KindOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(AnalysisKind.choices)
    title = serializers.CharField()
    reader_types = serializers.ListField(child=serializers.CharField())
    asked = serializers.BooleanField(help_text="Whether the protocol's statistics ask for it; those come first.")


class AnalysisOptionsOutput(serializers.Serializer[Any]):
    """What can be asked in a study now."""

    kinds = KindOutput(many=True)
    readers = KnownReaderOutput(many=True)
    metrics = MetricOutput(many=True)
    measurements = MeasurementOutput(many=True)
    groupings = GroupingOutput(many=True)
