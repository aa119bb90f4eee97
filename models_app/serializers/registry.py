"""The JSON of the register of model versions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.serializers import HangingOutput
from jobs.serializers import JobOutput
from models_app.gate import GateState
from models_app.models import (
    ExportFormat,
    ModelExport,
    ModelTransition,
    ModelVersion,
    ProposalRequest,
    RequestState,
    ScoredCase,
    TransitionKind,
)
from models_app.paired_scores import PairedTable, comparison
from models_app.score_table import LESS_IS_BETTER, MEASURES, ScoreRow, by_site, summaries, summary
from models_app.selectors import protocol_of
from models_app.selectors.scores import Scope, ScoreTable
from models_app.serializers.scores import LabelScoreOutput, LatencyOutput, NamedOutput, ScoresField
from models_app.specification import Specification

SCOPES = ("test", "all")
LONGEST_REASON = 2000
LONGEST_WORDS = 10_000


class ScoresInput(serializers.Serializer[Any]):
    scope = serializers.ChoiceField(
        SCOPES, default="test", help_text="On the frozen test set, or on every case with an accepted label."
    )


class ScoresQuery(ScoresInput):
    measure = serializers.ChoiceField(MEASURES, default="dice")


class ScoredLabelOutput(serializers.Serializer[Any]):
    """One label of a scored case; what is null has its reason in `undefined`."""

    dice = serializers.FloatField(allow_null=True)
    hd95_mm = serializers.FloatField(allow_null=True)
    assd_mm = serializers.FloatField(allow_null=True)
    surface_dice = serializers.FloatField(allow_null=True)
    volume_similarity = serializers.FloatField(allow_null=True)
    reference_mm3 = serializers.FloatField()
    candidate_mm3 = serializers.FloatField()
    undefined = serializers.DictField(child=serializers.CharField())


class ScoredCaseOutput(serializers.Serializer[Any]):
    """One case that a version was scored on."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    case_name = serializers.CharField()
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    reference = serializers.UUIDField(help_text="The label version that it was held against.")
    subject = serializers.CharField()
    site = serializers.CharField(help_text="Empty where participants.tsv names none.")
    labels = serializers.DictField(child=ScoredLabelOutput())
    seconds = serializers.FloatField()
    leaked = serializers.CharField(allow_null=True, help_text="How the version learned from this subject.")
    outdated = serializers.BooleanField(help_text="Another label was accepted since.")


class SiteScoresOutput(serializers.Serializer[Any]):
    site = serializers.CharField()
    overall = LabelScoreOutput()
    labels = ScoresField()


class ScoreTableOutput(serializers.Serializer[Any]):
    """The scores of a version; means are over the cases that it did not learn from."""

    scope = serializers.ChoiceField(SCOPES)
    measure = serializers.ChoiceField(MEASURES)
    overall = LabelScoreOutput(help_text="Of the means over a case's labels.")
    labels = ScoresField()
    sites = SiteScoresOutput(many=True)
    cases = ScoredCaseOutput(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Images that it was not scored on.")
    latency = LatencyOutput(allow_null=True)


def score_table_json(version: ModelVersion, table: ScoreTable, scope: Scope, measure: str) -> dict[str, Any]:
    """A score table in the shape of `ScoreTableOutput`."""
    values = Specification.from_json(version.specification).label_values
    return ScoreTableOutput(
        {
            "scope": scope,
            "measure": measure,
            "overall": summary(table.honest, measure, None),
            "labels": summaries(table.honest, values, measure),
            "sites": by_site(table.honest, values, measure),
            "cases": [_case(row, table) for row in table.rows],
            "missing": table.missing,
            "latency": version.latency,
        }
    ).data


def _case(row: ScoreRow, table: ScoreTable) -> dict[str, Any]:
    return {
        **vars(row),
        "leaked": table.leaked.get(row.subject),
        "outdated": row.volume_name in table.outdated,
    }


class DifferenceOutput(serializers.Serializer[Any]):
    """Of two means of one table: first minus second."""

    value = serializers.FloatField(allow_null=True)
    ci = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True)
    level = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField(allow_null=True)


class ComparedOutput(serializers.Serializer[Any]):
    """Two versions in one label, or (`label_value` null) in the mean over the labels of a case."""

    label_value = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField()
    subjects = serializers.IntegerField()
    first_mean = serializers.FloatField(allow_null=True)
    second_mean = serializers.FloatField(allow_null=True)
    difference = DifferenceOutput()
    p = serializers.FloatField(allow_null=True, help_text="Wilcoxon's signed-rank test over subjects, two-sided.")
    holm_p = serializers.FloatField(allow_null=True, help_text="Corrected over the labels.")
    effect = serializers.FloatField(allow_null=True, help_text="Rank-biserial correlation, from -1 to 1.")
    undefined = serializers.CharField(allow_null=True, help_text="Why there is no p.")


class PairedValueOutput(serializers.Serializer[Any]):
    first = serializers.FloatField(allow_null=True)
    second = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True)


class ComparedCaseOutput(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    case_name = serializers.CharField()
    volume_name = serializers.CharField()
    subject = serializers.CharField()
    site = serializers.CharField()
    first = serializers.UUIDField(help_text="The scored case of the first version.")
    second = serializers.UUIDField()
    overall = PairedValueOutput()
    labels = serializers.DictField(child=PairedValueOutput())


class UncomparedCaseOutput(serializers.Serializer[Any]):
    case_name = serializers.CharField()
    volume_name = serializers.CharField()
    reason = serializers.CharField()


class VersionComparisonOutput(serializers.Serializer[Any]):
    """Two versions on the cases that both were scored on and neither learned from."""

    first = NamedOutput()
    second = NamedOutput()
    scope = serializers.ChoiceField(SCOPES)
    measure = serializers.ChoiceField(MEASURES)
    less_is_better = serializers.BooleanField()
    overall = ComparedOutput()
    labels = ComparedOutput(many=True)
    cases = ComparedCaseOutput(many=True)
    leaked = UncomparedCaseOutput(many=True, help_text="Of subjects that one of the two learned from.")
    unpaired = UncomparedCaseOutput(many=True, help_text="Not scored by both, or not against one label.")


class ComparisonQuery(ScoresQuery):
    first = serializers.UUIDField()
    second = serializers.UUIDField()


def comparison_json(
    first: ModelVersion, second: ModelVersion, table: PairedTable, scope: Scope, measure: str
) -> dict[str, Any]:
    """A comparison in the shape of `VersionComparisonOutput`."""
    return VersionComparisonOutput(
        {
            "first": first,
            "second": second,
            "scope": scope,
            "measure": measure,
            "less_is_better": measure in LESS_IS_BETTER,
            **comparison(table.pairs, measure),
            "leaked": table.leaked,
            "unpaired": table.unpaired,
        }
    ).data


class VerdictOutput(serializers.Serializer[Any]):
    """What the gate says of a version: `models_app.gate`."""

    state = serializers.ChoiceField([state.value for state in GateState])
    words = serializers.CharField()
    rule = serializers.CharField()
    margin = serializers.FloatField()
    level = serializers.FloatField()
    overall = ComparedOutput(allow_null=True)
    worse = ComparedOutput(many=True)


class GateOutput(serializers.Serializer[Any]):
    against = NamedOutput(allow_null=True, help_text="The version that serves now.")
    opens = serializers.BooleanField(help_text="Whether it may be promoted without a reason.")
    verdict = VerdictOutput()


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class PromoteInput(ReasonInput):
    instead_of = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The version that served when this was decided."
    )


class WordsInput(serializers.Serializer[Any]):
    """What people say of a version on its card."""

    intended_use = serializers.CharField(max_length=LONGEST_WORDS, required=False, allow_blank=True)
    limits = serializers.CharField(max_length=LONGEST_WORDS, required=False, allow_blank=True)


class TransitionOutput(serializers.ModelSerializer[ModelTransition]):
    """A step in the history of what serves."""

    version = NamedOutput()
    before = NamedOutput(allow_null=True, help_text="What served until then.")
    kind = serializers.ChoiceField(TransitionKind.choices)
    verdict = VerdictOutput(allow_null=True)
    by = serializers.CharField(source="by.username", allow_null=True, default=None)

    class Meta:
        model = ModelTransition
        fields = ("id", "version", "kind", "before", "verdict", "reason", "at", "by")
        read_only_fields = fields


class ServingOutput(serializers.Serializer[Any]):
    """What serves, and what a roll-back would let serve."""

    serving = NamedOutput(allow_null=True)
    before = NamedOutput(allow_null=True)


class ProposalRequestOutput(serializers.ModelSerializer[ProposalRequest]):
    """One image of a bulk of proposals."""

    case = NamedOutput(source="volume.case")
    volume = serializers.UUIDField(source="volume_id")
    volume_name = serializers.CharField(source="volume.name")
    state = serializers.ChoiceField(RequestState.choices)
    label_version = serializers.UUIDField(source="proposal.label_version_id", allow_null=True, default=None)
    model_version = NamedOutput()

    class Meta:
        model = ProposalRequest
        fields = (
            "id", "case", "volume", "volume_name", "state", "attempts", "reason", "label_version", "model_version",
        )  # fmt: skip
        read_only_fields = fields


class ModelExportInput(serializers.Serializer[Any]):
    format = serializers.ChoiceField(ExportFormat.choices)


class ModelExportOutput(serializers.ModelSerializer[ModelExport]):
    """A version as a file; `url` is null until its job is done."""

    job = JobOutput()
    format = serializers.ChoiceField(ExportFormat.choices)
    sha256 = serializers.CharField(source="file_id", allow_null=True)
    size_bytes = serializers.IntegerField(source="file.size_bytes", allow_null=True, default=None)
    url = serializers.SerializerMethodField()

    class Meta:
        model = ModelExport
        fields = ("id", "format", "name", "job", "sha256", "size_bytes", "url", "created_at")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_url(self, export: ModelExport) -> str | None:
        return f"/api/v1/model-exports/{export.pk}/file" if export.file_id is not None else None


class ModelImportInput(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="As an export as a Radicula file made it.", allow_empty_file=False)


class ScoredSideOutput(serializers.Serializer[Any]):
    """One of the two label maps of a scored case."""

    title = serializers.CharField()
    version = serializers.UUIDField(help_text="Of the label version, or of the scored case.")
    voxels_url = serializers.CharField()
    dtype = serializers.CharField()


class ScoredCaseDetailOutput(serializers.Serializer[Any]):
    """A scored case with what a page needs to show it: two label maps on the volume's grid."""

    id = serializers.UUIDField()
    study = serializers.CharField()
    case = NamedOutput()
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    model_version = NamedOutput()
    labels = serializers.DictField(child=ScoredLabelOutput())
    reference = ScoredSideOutput()
    made = ScoredSideOutput()
    disagreement_url = serializers.CharField(help_text="Ask with `?label=`.")
    hanging = HangingOutput(help_text="How the protocol shows the image.")


def scored_case_json(row: ScoredCase) -> dict[str, Any]:
    """A scored case in the shape of `ScoredCaseDetailOutput`."""
    address = f"/api/v1/scored-cases/{row.pk}"
    return ScoredCaseDetailOutput(
        {
            "id": row.pk,
            "study": row.model_version.study.slug,
            "case": row.volume.case,
            "volume": row.volume_id,
            "volume_name": row.volume.name,
            "model_version": row.model_version,
            "labels": row.labels,
            "reference": {
                "title": row.reference.author_name,
                "version": row.reference_id,
                "voxels_url": f"/api/v1/label-versions/{row.reference_id}/voxels",
                "dtype": row.reference.voxel_type,
            },
            "made": {
                "title": row.model_version.name,
                "version": row.pk,
                "voxels_url": f"{address}/voxels",
                "dtype": row.voxel_type,
            },
            "disagreement_url": f"{address}/disagreement",
            "hanging": protocol_of(row.model_version.study),
        }
    ).data
