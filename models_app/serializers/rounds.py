"""The JSON of rounds, reservations and uncertainty maps."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import User
from annotation.models import TaskState
from annotation.serializers.volumes import API, BoundsOutput
from jobs.serializers import JobOutput
from models_app.models import ChoiceState, Round, RoundChoice, RoundState, RoundTrigger, UncertaintyRecord
from models_app.serializers.scores import LabelScoreOutput, NamedOutput, ScoresField
from models_app.services.rounds import RoundWish
from selection.strategies import BASELINE, STRATEGIES, Strategy
from selection.summary import Sampling

WHAT_MAPS_SHOW = {
    Sampling.PLAIN: ("entropy", "nat"),
    Sampling.DROPOUT: ("mutual information over dropout", "nat"),
    Sampling.AUGMENTATION: ("variance over augmentations", ""),
    Sampling.ENSEMBLE: ("vote entropy of versions", ""),
}


class RoundTrainingField(serializers.Serializer[Any]):
    """How a round trains; what is left out is the protocol's."""

    model = serializers.CharField(required=False, allow_null=True)
    architecture = serializers.CharField(required=False, allow_null=True)
    epochs = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    steps_per_epoch = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    batch_size = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    patience = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    seed = serializers.IntegerField(required=False, allow_null=True, min_value=0)


class RoundInput(serializers.Serializer[Any]):
    strategy = serializers.CharField(default=BASELINE)
    k = serializers.IntegerField(min_value=1)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    raters = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        help_text="User ids; empty for whoever reads and asks for a case.",
    )
    hold_hours = serializers.IntegerField(min_value=1, default=72)
    trigger = serializers.ChoiceField(RoundTrigger.choices, default=RoundTrigger.BY_HAND)
    accepted_needed = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    hour_utc = serializers.IntegerField(min_value=0, max_value=23, required=False, allow_null=True, default=None)
    training = RoundTrainingField(required=False)
    repeats = serializers.IntegerField(min_value=0, default=0, help_text="Rounds that follow by themselves.")
    proposes = serializers.BooleanField(default=True, help_text="Propose for the chosen cases.")
    shows_scores = serializers.BooleanField(default=False, help_text="Readers see scores and uncertainty maps.")

    def wish(self) -> RoundWish:
        """What was asked for, once it is valid."""
        given = dict(self.validated_data)
        return RoundWish(**{**given, "training": dict(given.get("training") or {})})


class ReserveInput(serializers.Serializer[Any]):
    rater = serializers.IntegerField(help_text="The id of a user who reads cases.")


class CaseReaderOutput(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="shown_name")

    class Meta:
        model = User
        fields = ("id", "username", "name")


class StrategyOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    explanation = serializers.CharField()
    score_means = serializers.CharField(help_text="What a score of its choices is; empty where it has none.")
    doi = serializers.CharField(help_text="Of its source; empty where there is nothing to cite.")
    problem = serializers.CharField(help_text="Why it can't be used now; empty where it can.")


class RoundOptionsOutput(serializers.Serializer[Any]):
    """What a round can be planned with now."""

    strategies = StrategyOutput(many=True)
    baseline = serializers.CharField()
    pool = serializers.IntegerField(help_text="Cases that there are to choose from.")
    asked = NamedOutput(allow_null=True, help_text="The model version that a round would ask.")
    readers = CaseReaderOutput(many=True)
    problem = serializers.CharField(help_text="Why no round can begin now; empty where one can.")


def strategy_json(strategy: Strategy, problem: str) -> dict[str, Any]:
    """A strategy in the shape of `StrategyOutput`."""
    same = ("name", "title", "explanation", "score_means")
    return {**{name: getattr(strategy, name) for name in same}, "doi": strategy.source, "problem": problem}


class RoundChoiceOutput(serializers.ModelSerializer[RoundChoice]):
    case = NamedOutput()
    state = serializers.ChoiceField(ChoiceState.choices)
    rater = serializers.CharField(source="rater.name", allow_null=True, default=None)
    task = serializers.UUIDField(source="task_id", allow_null=True)
    task_state = serializers.ChoiceField(TaskState.choices, source="task.state", allow_null=True, default=None)

    class Meta:
        model = RoundChoice
        fields: tuple[str, ...] = (
            "id", "case", "rank", "score", "state", "rater", "task", "task_state", "reserved_at", "expires_at",
        )  # fmt: skip
        read_only_fields = fields


class HeldChoiceOutput(RoundChoiceOutput):
    """A chosen case as its reader sees it: without rank and score, where the round hides them."""

    round = serializers.IntegerField(source="round.number")
    rank = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()

    class Meta(RoundChoiceOutput.Meta):
        fields = (*RoundChoiceOutput.Meta.fields, "round")
        read_only_fields = fields

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_rank(self, row: RoundChoice) -> int | None:
        return row.rank if row.round.shows_scores else None

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_score(self, row: RoundChoice) -> float | None:
        return row.score if row.round.shows_scores else None


class RoundOutput(serializers.ModelSerializer[Round]):
    study = serializers.CharField(source="study.slug")
    state = serializers.ChoiceField(RoundState.choices)
    trigger = serializers.ChoiceField(RoundTrigger.choices)
    strategy_title = serializers.SerializerMethodField()
    score_means = serializers.SerializerMethodField()
    asked = NamedOutput(allow_null=True)
    result = NamedOutput(allow_null=True)
    choice_job = JobOutput(allow_null=True)
    training_job = JobOutput(source="training_run.job", allow_null=True, default=None)
    training_run = serializers.UUIDField(source="training_run_id", allow_null=True)
    training = serializers.DictField()
    raters = serializers.ListField(child=serializers.IntegerField())
    choices = RoundChoiceOutput(many=True)
    accepted = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)

    class Meta:
        model = Round
        fields = (
            "id", "study", "number", "state", "strategy", "strategy_title", "score_means", "k", "seed", "raters",
            "hold_hours", "trigger", "accepted_needed", "hour_utc", "training", "repeats", "proposes", "shows_scores",
            "asked", "result", "choice_job", "training_run", "training_job", "problem", "choices", "accepted",
            "created_at", "created_by", "chosen_at", "trained_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_strategy_title(self, row: Round) -> str:
        return str(row.get_strategy_display())

    def get_score_means(self, row: Round) -> str:
        return STRATEGIES[row.strategy].score_means if row.strategy in STRATEGIES else ""

    def get_accepted(self, row: Round) -> int:
        return sum(choice.task is not None and choice.task.state == TaskState.ACCEPTED for choice in row.choices.all())


class OwnRoundOutput(serializers.Serializer[Any]):
    """What the rounds of a study hold for the user who asks."""

    round = serializers.UUIDField(allow_null=True, help_text="The round that a case can be taken from; null for none.")
    open = serializers.IntegerField(help_text="Cases that can be taken.")
    held = HeldChoiceOutput(many=True)


class RoundScoresOutput(serializers.Serializer[Any]):
    overall = LabelScoreOutput(allow_null=True)
    labels = ScoresField()


class RoundPointOutput(serializers.Serializer[Any]):
    """What a round came to; why a number is null stands in `undefined`."""

    number = serializers.IntegerField(help_text="0 for the version that the first round asked.")
    title = serializers.CharField()
    version = serializers.CharField()
    training_cases = serializers.IntegerField(allow_null=True)
    scores = RoundScoresOutput(help_text="Dice on the frozen test set.")
    accepted = serializers.IntegerField()
    minutes_per_case = serializers.FloatField(allow_null=True)
    voxels_changed = serializers.FloatField(allow_null=True)
    untouched_share = serializers.FloatField(allow_null=True)
    minutes = serializers.FloatField(allow_null=True)
    undefined = serializers.DictField(child=serializers.CharField())


class UncertaintyOutput(serializers.ModelSerializer[UncertaintyRecord]):
    """An uncertainty map in the shape of a volume, so that it can be laid over the image that it is about."""

    volume = serializers.UUIDField(source="volume_id")
    model_version = NamedOutput()
    name = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    shape = serializers.ListField(child=serializers.IntegerField(), source="volume.shape")
    affine = serializers.ListField(child=serializers.FloatField(), source="volume.affine")
    spacing_mm = serializers.ListField(child=serializers.FloatField(), source="volume.spacing_mm")
    orientation = serializers.CharField(source="volume.orientation")
    dtype = serializers.SerializerMethodField()
    range = serializers.SerializerMethodField(help_text="In steps: times `step` it is in the map's unit.")
    scores = serializers.SerializerMethodField()
    voxels_url = serializers.SerializerMethodField()

    class Meta:
        model = UncertaintyRecord
        fields = (
            "id", "volume", "model_version", "sampling", "name", "unit", "shape", "affine", "spacing_mm",
            "orientation", "dtype", "range", "step", "scores", "voxels_url", "created_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_name(self, row: UncertaintyRecord) -> str:
        return f"{WHAT_MAPS_SHOW[Sampling(row.sampling)][0]}, {row.model_version.name}"

    def get_unit(self, row: UncertaintyRecord) -> str:
        return WHAT_MAPS_SHOW[Sampling(row.sampling)][1]

    def get_dtype(self, _: UncertaintyRecord) -> str:
        return "uint8"

    @extend_schema_field(BoundsOutput)
    def get_range(self, _: UncertaintyRecord) -> dict[str, float]:
        return {"lower": 0.0, "upper": 255.0}

    @extend_schema_field(serializers.DictField(child=serializers.FloatField()))
    def get_scores(self, row: UncertaintyRecord) -> dict[str, float]:
        scores: dict[str, float] = row.summary["scores"]
        return scores

    def get_voxels_url(self, row: UncertaintyRecord) -> str:
        return f"{API}/uncertainty-maps/{row.pk}/voxels"
