"""The JSON of clinical measures."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from clinical.models import Source, StudyMeasure, StudyMeasureValue
from measures.clinical.catalogue import ClinicalMeasure
from measures.clinical.values import Quantity


class MeasuresInput(serializers.Serializer[Any]):
    """What is to be measured; by default everything that the protocol names, of everyone."""

    measures = serializers.ListField(child=serializers.CharField(max_length=64), required=False, allow_null=True)
    sources = serializers.ListField(
        child=serializers.ChoiceField(Source.choices), required=False, allow_null=True, allow_empty=False
    )
    cases = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True)
    options = serializers.DictField(
        child=serializers.DictField(child=serializers.JSONField()),
        required=False,
        help_text='Settings by measure, such as {"loading": {"power": 2}}.',
    )


class MeasureCaseOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class MeasureValueOutput(serializers.Serializer[StudyMeasureValue]):
    """A number: of which measure and case, read off whose label map, and whether that still holds."""

    id = serializers.IntegerField()
    table = serializers.UUIDField(source="table_id")
    place = serializers.IntegerField(help_text="Its place in the table.")
    measure = serializers.CharField(source="table.measure")
    quantity = serializers.CharField()
    unit = serializers.CharField()
    item = serializers.CharField()
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    side = serializers.CharField()
    level = serializers.CharField()
    variant = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField(help_text="Why there is no value; empty where there is one.")
    case = serializers.SerializerMethodField()
    volume = serializers.UUIDField(source="table.volume_id")
    volume_name = serializers.CharField(source="table.volume.name")
    source = serializers.ChoiceField(Source.choices, source="table.source")  # type: ignore[assignment]
    reader = serializers.CharField(source="table.reader")
    read = serializers.IntegerField(source="table.read")
    title = serializers.CharField(source="table.title")
    accepted = serializers.BooleanField(source="table.accepted")
    label_version = serializers.UUIDField(source="table.label_version_id", allow_null=True)
    task = serializers.SerializerMethodField(help_text="The task whose viewer shows the voxels; null where none does.")
    outdated = serializers.SerializerMethodField(help_text="Why the number doesn't hold any more; empty where it does.")

    def get_case(self, value: StudyMeasureValue) -> MeasureCaseOutput:
        case = value.table.volume.case
        return {"id": str(case.pk), "name": case.name}  # type: ignore[return-value]  # its JSON

    def get_task(self, value: StudyMeasureValue) -> UUID | None:
        version = value.table.label_version
        return version.task_id if version is not None else None

    def get_outdated(self, value: StudyMeasureValue) -> str:
        outdated: Mapping[UUID, str] = self.context.get("outdated", {})
        return outdated.get(value.table_id, "")


class MeasureVoxelsOutput(serializers.Serializer[Any]):
    """Where the voxels of a number are: a label map on the grid of the volume."""

    value = MeasureValueOutput()
    title = serializers.CharField()
    version = serializers.UUIDField(allow_null=True)
    voxels_url = serializers.CharField()
    dtype = serializers.CharField(help_text="uint8 or uint16")


class MeasureQuantityOutput(serializers.Serializer[Quantity]):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    meaning = serializers.CharField()
    ratio_scale = serializers.BooleanField()


class MeasureOptionOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.SerializerMethodField()
    meaning = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]

    def get_kind(self, option: Any) -> str:
        return {float: "number", int: "whole number"}.get(option.kind, "text")


class ClinicalMeasureOutput(serializers.Serializer[ClinicalMeasure]):
    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    reference = serializers.CharField()
    options = MeasureOptionOutput(many=True)
    quantities = MeasureQuantityOutput(many=True)
    headline = serializers.CharField(help_text="The quantity that is looked at first.")
    variants = serializers.ListField(child=serializers.CharField())


class MeasureLabelOutput(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    name = serializers.CharField()


class MeasureAuthorOutput(serializers.Serializer[Any]):
    source = serializers.ChoiceField(Source.choices)  # type: ignore[assignment]
    reader = serializers.CharField()
    read = serializers.IntegerField()
    title = serializers.CharField()


class LackingOutput(serializers.Serializer[StudyMeasure]):
    """A label map that a measure could not be made of, with the reason."""

    table = serializers.UUIDField(source="pk")
    measure = serializers.CharField()
    case_name = serializers.CharField(source="volume.case.name")
    volume_name = serializers.CharField(source="volume.name")
    title = serializers.CharField()
    undefined = serializers.CharField()


class MeasureSummaryOutput(serializers.Serializer[Any]):
    """What a study can be measured for, how far that is, and by what its numbers can be told apart."""

    measures = ClinicalMeasureOutput(many=True)
    tables = serializers.IntegerField(help_text="Measures of label maps that are there.")
    outdated = serializers.IntegerField(help_text="Those of them that don't hold any more.")
    missing = serializers.IntegerField(help_text="Those that were not computed yet.")
    lacking = LackingOutput(many=True)
    labels = MeasureLabelOutput(many=True)
    levels = serializers.ListField(child=serializers.CharField())
    sides = serializers.ListField(child=serializers.CharField())
    authors = MeasureAuthorOutput(many=True)


class MeasureTableOutput(serializers.ModelSerializer[StudyMeasure]):
    """A whole table, with everything that it was computed from."""

    volume_name = serializers.CharField(source="volume.name")
    case_name = serializers.CharField(source="volume.case.name")
    columns = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    rows = serializers.ListField(child=serializers.DictField())
    findings = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())
    details = serializers.DictField()
    inputs = serializers.DictField()
    options = serializers.DictField()

    class Meta:
        model = StudyMeasure
        fields = (
            "id", "measure", "volume", "volume_name", "case_name", "source", "reader", "read", "title", "accepted",
            "label_version", "columns", "rows", "findings", "notes", "details", "undefined", "inputs", "options", "key",
            "protocol_version", "code_version", "created_at",
        )  # fmt: skip
        read_only_fields = fields
