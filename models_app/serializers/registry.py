"""The JSON of the register of model versions."""

from typing import Any

from rest_framework import serializers

from models_app.models import ModelVersion
from models_app.score_table import MEASURES, ScoreRow, by_site, summaries, summary
from models_app.selectors.scores import Scope, ScoreTable
from models_app.serializers import LabelScoreOutput, LatencyOutput, ScoresField
from models_app.specification import Specification

SCOPES = ("test", "all")


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
