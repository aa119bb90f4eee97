import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

MODEL_PREFIX = "model:"


def parameters_of_two_readers(apps: Any, schema_editor: Any) -> None:
    """Turn the two raters of earlier analyses into readers; their numbers come back with a re-run."""
    analyses = apps.get_model("results", "Analysis")
    for analysis in analyses.objects.all():
        old = analysis.parameters
        if "rater_a" not in old:
            continue
        readers = [_reader(old["rater_a"], old["read_a"]), _reader(old["rater_b"], old["read_b"])]
        kind = "inter_rater"
        if any(reader["type"] == "model" for reader in readers):
            kind = "human_model" if any(reader["type"] == "rater" for reader in readers) else "model_model"
        elif readers[0]["name"] == readers[1]["name"]:
            kind = "intra_rater"
        analysis.kind = kind
        analysis.parameters = {"kind": kind, "readers": readers, "tolerance_mm": old["tolerance_mm"]}
        analysis.save(update_fields=["kind", "parameters"])
    inputs = apps.get_model("results", "AnalysisInput")
    inputs.objects.filter(side="b").update(reader=1)


def _reader(name: str, read: int) -> dict[str, Any]:
    if name.startswith(MODEL_PREFIX):
        return {"type": "model", "name": name.removeprefix(MODEL_PREFIX), "read": 1}
    return {"type": "rater", "name": name, "read": read}


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0002_label_versions_never_change"),
        ("blobs", "0001_initial"),
        ("results", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="analysis",
            name="kind",
            field=models.CharField(
                choices=[
                    ("inter_rater", "raters on the same cases"),
                    ("intra_rater", "repeated reads of the same rater"),
                    ("human_model", "raters against a model's proposals"),
                    ("model_model", "model versions against each other"),
                    ("external", "another tool's label maps against raters"),
                    ("rounds", "successive model versions on the frozen test set"),
                    ("variability", "sites, vendors, sessions or resolutions"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="analysis",
            name="document",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
            ),
        ),
        migrations.AddField(
            model_name="analysis",
            name="rerun_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reruns", to="results.analysis"
            ),
        ),
        migrations.AddField(
            model_name="analysisinput",
            name="reader",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(parameters_of_two_readers, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="analysisinput", name="analysis_input_once"),
        migrations.RemoveField(model_name="analysisinput", name="side"),
        migrations.RemoveField(model_name="analysis", name="rows"),
        migrations.AddConstraint(
            model_name="analysisinput",
            constraint=models.UniqueConstraint(
                fields=("analysis", "label_version", "reader"), name="analysis_input_once"
            ),
        ),
        migrations.CreateModel(
            name="AnalysisVolume",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("done", models.BooleanField(default=False)),
                ("rows", models.JSONField(default=list)),
                ("readings", models.JSONField(default=list)),
                ("overall", models.JSONField(default=list)),
                ("row_count", models.PositiveIntegerField(default=0)),
                (
                    "analysis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="volumes", to="results.analysis"
                    ),
                ),
                (
                    "volume",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotation.volume"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("analysis", "position"), name="analysis_volume_place"),
                    models.UniqueConstraint(fields=("analysis", "volume"), name="analysis_volume_once"),
                ],
            },
        ),
    ]
