"""The JSON of volumes and label versions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.models import LabelSource, LabelVersion, TaskVolume, Volume, VolumeFrame, VoxelType

API = "/api/v1"
COUNTS_SCHEMA = {"type": "object", "additionalProperties": {"type": "integer"}}


class BoundsOutput(serializers.Serializer[Any]):
    lower = serializers.FloatField()
    upper = serializers.FloatField()


class GradientFactOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    holds = serializers.BooleanField()
    words = serializers.CharField()


class GradientCheckOutput(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(["consistent", "flipped", "undecided"])
    words = serializers.CharField()
    correction = serializers.CharField()
    coherence = serializers.FloatField(allow_null=True)
    coherence_best = serializers.FloatField(allow_null=True)
    z = serializers.FloatField(allow_null=True)
    voxels = serializers.IntegerField()


class GradientsOutput(serializers.Serializer[Any]):
    """What the checks of a diffusion image's gradient files found."""

    facts = GradientFactOutput(many=True)
    check = GradientCheckOutput(allow_null=True)


class VolumeFrameOutput(serializers.ModelSerializer[VolumeFrame]):
    direction_ras = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3, allow_null=True)
    voxels_url = serializers.SerializerMethodField()

    class Meta:
        model = VolumeFrame
        fields = ("number", "b_value", "direction_ras", "voxels_url")
        read_only_fields = fields

    def get_voxels_url(self, frame: VolumeFrame) -> str:
        return f"{API}/volumes/{frame.volume_id}/voxels?frame={frame.number}"


class VoxelsQuery(serializers.Serializer[Any]):
    frame = serializers.IntegerField(min_value=0, default=0, help_text="Which frame of a 4-D volume.")
    on = serializers.UUIDField(required=False, help_text="The volume on whose grid the voxels are wanted.")


class LabelVoxelsQuery(serializers.Serializer[Any]):
    on = serializers.UUIDField(required=False, help_text="The volume on whose grid the labels are wanted.")


class VoxelsPendingOutput(serializers.Serializer[Any]):
    """Voxels that are being computed: ask again."""

    state = serializers.ChoiceField(["queued", "running"])
    progress = serializers.FloatField()


class VolumeOutput(serializers.ModelSerializer[Volume]):
    shape = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    dtype = serializers.ChoiceField(VoxelType.choices, source="voxel_type")
    affine = serializers.ListField(child=serializers.FloatField(), min_length=16, max_length=16)
    spacing_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    gradients = GradientsOutput(allow_null=True)
    derived_from = serializers.UUIDField(source="derived_from_id", allow_null=True)
    derivation = serializers.DictField(allow_null=True)
    window = serializers.SerializerMethodField()
    range = serializers.SerializerMethodField()
    voxels_url = serializers.SerializerMethodField()
    file_url = serializers.SerializerMethodField()

    class Meta:
        model = Volume
        fields: tuple[str, ...] = (
            "id", "role", "name", "shape", "frames", "components", "dtype", "affine", "spacing_mm", "orientation",
            "window", "range", "labelled", "gradients", "derived_from", "derivation", "voxels_url", "file_url",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(BoundsOutput)
    def get_window(self, volume: Volume) -> dict[str, float]:
        return {"lower": volume.window_lower, "upper": volume.window_upper}

    @extend_schema_field(BoundsOutput)
    def get_range(self, volume: Volume) -> dict[str, float]:
        return {"lower": volume.lowest, "upper": volume.highest}

    def get_voxels_url(self, volume: Volume) -> str:
        return f"{API}/volumes/{volume.pk}/voxels"

    def get_file_url(self, volume: Volume) -> str:
        return f"{API}/volumes/{volume.pk}/file"


class LabelVersionOutput(serializers.ModelSerializer[LabelVersion]):
    volume = serializers.UUIDField(source="volume_id")
    task = serializers.UUIDField(source="task_id", allow_null=True)
    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # a JSON name
    author = serializers.CharField(source="author_name")
    source = serializers.ChoiceField(LabelSource.choices)  # type: ignore[assignment]  # a JSON name
    dtype = serializers.ChoiceField(VoxelType.choices, source="voxel_type")
    counts = serializers.SerializerMethodField()
    voxels_sha256 = serializers.CharField(
        source="voxels_id", help_text="Hash of the stored voxels: equal ones are equal."
    )
    voxels_url = serializers.SerializerMethodField()
    nifti_url = serializers.SerializerMethodField()

    class Meta:
        model = LabelVersion
        fields = (
            "id", "number", "parent", "volume", "task", "created_at", "author", "source", "model_name", "dtype",
            "counts", "voxels_sha256", "voxels_url", "nifti_url",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(COUNTS_SCHEMA)
    def get_counts(self, version: LabelVersion) -> dict[str, int]:
        counts: dict[str, int] = version.counts
        return counts

    def get_voxels_url(self, version: LabelVersion) -> str:
        return f"{API}/label-versions/{version.pk}/voxels"

    def get_nifti_url(self, version: LabelVersion) -> str:
        return f"{API}/label-versions/{version.pk}/nifti"


class TaskVolumeOutput(VolumeOutput):
    """A volume of a task with the task's working label and the proposal that it began as.

    The context holds them by volume id as `working` and `proposals`.
    """

    head = serializers.SerializerMethodField()
    submitted = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField(help_text="What the label map began as; null where it began empty.")

    class Meta(VolumeOutput.Meta):
        fields = (*VolumeOutput.Meta.fields, "head", "submitted", "proposal")
        read_only_fields = fields

    def _working(self, volume: Volume) -> TaskVolume | None:
        working: dict[Any, TaskVolume] = self.context["working"]
        return working.get(volume.pk)

    @extend_schema_field(LabelVersionOutput(allow_null=True))
    def get_head(self, volume: Volume) -> Any:
        working = self._working(volume)
        return LabelVersionOutput(working.head).data if working and working.head else None

    @extend_schema_field(LabelVersionOutput(allow_null=True))
    def get_submitted(self, volume: Volume) -> Any:
        working = self._working(volume)
        return LabelVersionOutput(working.submitted).data if working and working.submitted else None

    @extend_schema_field(LabelVersionOutput(allow_null=True))
    def get_proposal(self, volume: Volume) -> Any:
        proposals: dict[Any, LabelVersion] = self.context["proposals"]
        proposal = proposals.get(volume.pk)
        return LabelVersionOutput(proposal).data if proposal else None
