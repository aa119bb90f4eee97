"""The JSON of comparisons of architectures."""

from typing import Any

from rest_framework import serializers

from models_app.models import ArchitectureComparison
from models_app.selectors.architectures import candidate_facts, comparison_state, comparison_table


class ArchitectureComparisonInput(serializers.Serializer[Any]):
    """Which candidates of the protocol, and how; by default all of them, once, on one split."""

    models = serializers.ListField(child=serializers.CharField(max_length=64), required=False, allow_null=True)
    folds = serializers.IntegerField(min_value=0, max_value=20, default=0, help_text="0 for one split.")
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    epochs = serializers.IntegerField(min_value=1, required=False, allow_null=True)

    def validate_folds(self, folds: int) -> int:
        """One fold would hold everybody out."""
        if folds == 1:
            raise serializers.ValidationError("Two folds or more; 0 for one split.")
        return folds


class DiceSummaryOutput(serializers.Serializer[Any]):
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    subjects = serializers.IntegerField()
    ci = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="95 %, by subject.")
    undefined = serializers.CharField(allow_null=True)


class ComparedArchitectureOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    run = serializers.UUIDField(allow_null=True)
    state = serializers.CharField()
    progress = serializers.FloatField()
    reason = serializers.CharField(help_text="Why it has no numbers; empty where it has, or is on its way.")
    overall = DiceSummaryOutput(allow_null=True)
    labels = serializers.DictField(child=DiceSummaryOutput())
    best = serializers.BooleanField()


class ArchitecturePairOutput(serializers.Serializer[Any]):
    """Two architectures on the same cases: first minus second."""

    first = serializers.CharField()
    second = serializers.CharField()
    n = serializers.IntegerField()
    difference = serializers.FloatField(allow_null=True)
    ci = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    p = serializers.FloatField(allow_null=True, help_text="Wilcoxon's signed-rank test of the subjects' means.")
    holm_p = serializers.FloatField(allow_null=True, help_text="Holm's over all pairs.")
    undefined = serializers.CharField(allow_null=True)


class ArchitectureComparisonOutput(serializers.Serializer[ArchitectureComparison]):
    """A protocol's candidates on one identical split or the same folds, with Dice and paired tests."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(("running", "done"))
    progress = serializers.FloatField()
    seed = serializers.IntegerField()
    train = serializers.ListField(child=serializers.CharField())
    validation = serializers.ListField(child=serializers.CharField())
    test = serializers.ListField(child=serializers.CharField())
    folds = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    cases = serializers.ListField(child=serializers.CharField(), help_text="What is compared.")
    candidates = ComparedArchitectureOutput(many=True)
    pairs = ArchitecturePairOutput(many=True)
    code_version = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True)

    def to_representation(self, instance: ArchitectureComparison) -> dict[str, Any]:
        return super().to_representation(comparison_json(instance))  # type: ignore[arg-type]  # its facts as JSON


def comparison_json(comparison: ArchitectureComparison) -> dict[str, Any]:
    """A comparison with its table, as plain data."""
    state, progress = comparison_state(comparison)
    table = comparison_table(comparison)
    rows = {row["name"]: row for row in table["rows"]}
    return {
        "id": comparison.pk,
        "state": state,
        "progress": progress,
        "seed": comparison.seed,
        **{name: comparison.split.get(name, []) for name in ("train", "validation", "test", "folds")},
        "cases": table["cases"],
        "candidates": [
            {
                **{name: rows[one.row.name][name] for name in ("name", "title", "overall", "labels", "best")},
                "run": one.row.run_id,
                "state": one.state,
                "progress": one.progress,
                "reason": one.reason,
            }
            for one in candidate_facts(comparison)
        ],
        "pairs": [_pair(pair) for pair in table["pairs"]],
        "code_version": comparison.code_version,
        "created_at": comparison.created_at,
        "created_by": comparison.created_by.username if comparison.created_by is not None else None,
    }


def _pair(pair: dict[str, Any]) -> dict[str, Any]:
    difference = pair["difference"] or {}
    return {
        **{name: pair[name] for name in ("first", "second", "p", "holm_p", "undefined")},
        "n": pair.get("n", 0),
        "difference": difference.get("value"),
        "ci": difference.get("ci"),
    }
