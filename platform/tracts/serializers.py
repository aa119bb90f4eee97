"""The JSON of tractograms and ratings."""

from typing import Any

from rest_framework import serializers

from measures.comparison_tests import TwoSampleTest
from tracts.models import Arm, Tractogram, TractRating
from tracts.selectors import Comparison, RatingsInStudy, StudyTracking

API = "/api/v1"


class TrackingSettingsInput(serializers.Serializer[Any]):
    """What is left out is the protocol's, or the program's own."""

    fa_stop = serializers.FloatField(required=False, min_value=0, max_value=1)
    angle_deg = serializers.FloatField(required=False, min_value=1, max_value=90)
    step_mm = serializers.FloatField(required=False, min_value=0.05, max_value=5)
    seeds_per_voxel = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    min_length_mm = serializers.FloatField(required=False, min_value=0, max_value=1000)
    max_length_mm = serializers.FloatField(required=False, min_value=1, max_value=2000)
    within_mm = serializers.FloatField(required=False, min_value=0, max_value=1000)
    smoothing_mm = serializers.FloatField(required=False, min_value=0, max_value=20)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 2)


class TrackingSettingsOutput(serializers.Serializer[Any]):
    fa_stop = serializers.FloatField()
    angle_deg = serializers.FloatField()
    step_mm = serializers.FloatField()
    seeds_per_voxel = serializers.IntegerField()
    min_length_mm = serializers.FloatField()
    max_length_mm = serializers.FloatField()
    within_mm = serializers.FloatField()
    smoothing_mm = serializers.FloatField()
    seed = serializers.IntegerField()


class StudyTrackingOutput(serializers.Serializer[StudyTracking]):
    settings = TrackingSettingsOutput(allow_null=True, help_text="Null where the study's protocol has no tractography.")
    may_track = serializers.BooleanField()
    rating_question = serializers.CharField()
    rating_words = serializers.ListField(child=serializers.CharField(), help_text="Of 1 to 5; empty without a rating.")
    tractography = serializers.BooleanField(help_text="The protocol tracks nerves, or there are tractograms.")


class TractogramInput(serializers.Serializer[Any]):
    label_version = serializers.UUIDField()
    volume = serializers.UUIDField(required=False, allow_null=True, default=None)
    settings = TrackingSettingsInput(required=False)


class NerveOutput(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    name = serializers.CharField()
    fa_tract = serializers.FloatField(allow_null=True)
    md_tract = serializers.FloatField(allow_null=True, help_text="mm2/s")
    fa_mask = serializers.FloatField(allow_null=True)
    md_mask = serializers.FloatField(allow_null=True, help_text="mm2/s")
    count = serializers.IntegerField()
    length_mm = serializers.FloatField(allow_null=True)
    mask_mm3 = serializers.FloatField()
    tract_mm3 = serializers.FloatField()
    slices = serializers.IntegerField()
    missed_slices = serializers.ListField(child=serializers.IntegerField())
    pieces = serializers.IntegerField()
    undefined = serializers.DictField(child=serializers.CharField())


class SideRatioOutput(serializers.Serializer[Any]):
    left = serializers.IntegerField()
    right = serializers.IntegerField()
    ratios = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="left / right x 100")


class TractogramOutput(serializers.ModelSerializer[Tractogram]):
    case = serializers.UUIDField(source="case_id")
    case_name = serializers.CharField(source="case.name")
    volume = serializers.UUIDField(source="volume_id")
    label_version = serializers.UUIDField(source="label_version_id")
    task = serializers.UUIDField(
        source="label_version.task_id", allow_null=True, help_text="In which the mask was drawn; null for a proposal."
    )
    arm = serializers.ChoiceField(Arm.choices)
    author = serializers.SerializerMethodField(help_text="Who drew the mask: a person, or a model.")
    tracked_by = serializers.SerializerMethodField(help_text="Who had it tracked; empty where nobody is known.")
    settings = TrackingSettingsOutput()
    nerves = NerveOutput(many=True)
    sides = SideRatioOutput(many=True)
    seconds = serializers.DictField(child=serializers.FloatField())
    provenance = serializers.DictField()
    trk_url = serializers.SerializerMethodField()
    tck_url = serializers.SerializerMethodField()

    class Meta:
        model = Tractogram
        fields = (
            "id", "case", "case_name", "volume", "label_version", "task", "arm", "author", "tracked_by", "settings",
            "nerves", "sides", "seconds", "streamlines", "provenance", "created_at", "trk_url", "tck_url",
        )  # fmt: skip
        read_only_fields = fields

    def get_author(self, tractogram: Tractogram) -> str:
        version = tractogram.label_version
        return version.model_name or version.author_name

    def get_tracked_by(self, tractogram: Tractogram) -> str:
        return tractogram.created_by.username if tractogram.created_by else ""

    def get_trk_url(self, tractogram: Tractogram) -> str:
        return f"{API}/tractograms/{tractogram.pk}/trk"

    def get_tck_url(self, tractogram: Tractogram) -> str:
        return f"{API}/tractograms/{tractogram.pk}/tck"


class RatingsInput(serializers.Serializer[Any]):
    raters = serializers.ListField(child=serializers.CharField(max_length=150), allow_empty=False)
    tractograms = serializers.ListField(child=serializers.UUIDField(), default=list)


class RatingsMadeOutput(serializers.Serializer[Any]):
    added = serializers.IntegerField()


class RatingInput(serializers.Serializer[Any]):
    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class RatingOutput(serializers.ModelSerializer[TractRating]):
    """A tractogram to rate: neither its case, its arm nor its maker is told."""

    trk_url = serializers.SerializerMethodField()

    class Meta:
        model = TractRating
        fields = ("id", "place", "score", "comment", "trk_url")
        read_only_fields = fields

    def get_trk_url(self, rating: TractRating) -> str:
        return f"{API}/tract-ratings/{rating.pk}/trk"


class RatingsInStudyOutput(serializers.Serializer[RatingsInStudy]):
    study = serializers.SlugField(source="study.slug")
    study_name = serializers.CharField(source="study.name")
    given = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Without a score yet.")


class RatingRowOutput(serializers.ModelSerializer[TractRating]):
    """A rating with all that its rater is not told."""

    rater = serializers.CharField(source="user.username")
    tractogram = serializers.UUIDField(source="tractogram_id")
    case = serializers.UUIDField(source="tractogram.case_id")
    case_name = serializers.CharField(source="tractogram.case.name")
    arm = serializers.ChoiceField(Arm.choices, source="tractogram.arm")

    class Meta:
        model = TractRating
        fields = (
            "id", "rater", "place", "tractogram", "case", "case_name", "arm", "score", "comment", "created_at",
            "rated_at",
        )  # fmt: skip
        read_only_fields = fields


class ArmFiguresOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    undefined = serializers.DictField(child=serializers.CharField(), help_text="Why a number is null, by its name.")


class PairOutput(serializers.Serializer[Any]):
    case = serializers.CharField(source="*")
    manual = serializers.FloatField()
    automatic = serializers.FloatField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        case, manual, automatic = instance
        return {"case": case, "manual": manual, "automatic": automatic}


class PairedTestOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    n = serializers.IntegerField(source="n_first")
    statistic_name = serializers.CharField()
    statistic = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(
        source="difference.value", allow_null=True, help_text="Manual less automatic: of means, or Hodges-Lehmann's."
    )
    undefined = serializers.SerializerMethodField(help_text="Why a number is null, by its name.")

    def get_undefined(self, test: TwoSampleTest) -> dict[str, str]:
        value = test.difference.undefined.get("value")
        return test.undefined if value is None else {**test.undefined, "difference": value}


class ArmComparisonOutput(serializers.Serializer[Comparison]):
    """Manual against automatic: mean and SD per arm, and paired tests over the cases that have both."""

    what = serializers.ChoiceField(["rating", "seconds"])
    manual = ArmFiguresOutput()
    automatic = ArmFiguresOutput()
    pairs = PairOutput(many=True)
    tests = PairedTestOutput(many=True)
    untested = serializers.CharField(help_text="Why there is no paired test; empty where there are some.")
