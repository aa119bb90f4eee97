"""What the document of an analysis looks like, for the API's schema and its typed clients alone."""

from typing import Any

from rest_framework import serializers


def _number(**options: Any) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, **options)


def _reasons() -> serializers.DictField:
    return serializers.DictField(child=serializers.CharField())


def _interval() -> serializers.ListField:
    return serializers.ListField(child=serializers.FloatField(), allow_null=True, min_length=2, max_length=2)


class EstimateOutput(serializers.Serializer[Any]):
    """A value with its confidence interval; null with the reason in `undefined`."""

    value = _number()
    ci = _interval()
    level = _number()
    undefined = _reasons()


class HeldOutput(serializers.Serializer[Any]):
    """Entries served apart, and the SHA-256 of all of them."""

    count = serializers.IntegerField()
    sha256 = serializers.CharField()


class DocumentReaderOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    type = serializers.CharField()
    name = serializers.CharField()
    read = serializers.IntegerField()
    title = serializers.CharField()


class DocumentPairOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    reader_a = serializers.IntegerField(allow_null=True)
    reader_b = serializers.IntegerField()
    title_a = serializers.CharField()
    title_b = serializers.CharField()


class DocumentLabelOutput(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    name = serializers.CharField()
    side = serializers.CharField(allow_null=True)
    level = serializers.CharField(allow_null=True)


class DocumentCaseOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    subject = serializers.CharField()
    session = serializers.CharField(allow_blank=True)
    facts = serializers.DictField(child=serializers.CharField())
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    spacing_mm = serializers.ListField(child=serializers.FloatField())
    readers = serializers.ListField(child=serializers.IntegerField())


class DocumentInputOutput(serializers.Serializer[Any]):
    volume = serializers.UUIDField()
    reader = serializers.IntegerField()
    label_version = serializers.UUIDField()
    sha256 = serializers.CharField(help_text="Of the stored voxels.")


class DocumentExcludedOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    case_id = serializers.UUIDField()
    volume = serializers.CharField()
    reader = serializers.CharField()
    reason = serializers.CharField()


class OverallOutput(serializers.Serializer[Any]):
    """A pair on a volume as a whole: without regard to labels, and with the numbering of the second shifted."""

    case = serializers.UUIDField()
    volume = serializers.UUIDField()
    pair = serializers.IntegerField()
    any_label_dice = _number()
    mean_dice = _number()
    mean_dice_by_shift = serializers.DictField(child=_number())
    mean_dice_sides_swapped = _number()
    only_in_a = serializers.ListField(child=serializers.IntegerField())
    only_in_b = serializers.ListField(child=serializers.IntegerField())


class FindingOutput(serializers.Serializer[Any]):
    """What stands out on a volume. `text` says it; the other numbers depend on the type."""

    type = serializers.CharField(help_text="`level_shift`, `side_swap` or `missing_label`.")
    case = serializers.UUIDField()
    case_name = serializers.CharField()
    volume = serializers.UUIDField()
    pair = serializers.IntegerField()
    text = serializers.CharField()
    shift = serializers.IntegerField(required=False)
    dice = serializers.FloatField(required=False, allow_null=True)
    dice_shifted = serializers.FloatField(required=False)
    dice_swapped = serializers.FloatField(required=False)
    any_label_dice = serializers.FloatField(required=False)
    labels = serializers.ListField(child=serializers.IntegerField(), required=False)


class GroupOutput(serializers.Serializer[Any]):
    by = serializers.CharField()
    value = serializers.CharField()


class DroppedCaseOutput(serializers.Serializer[Any]):
    case = serializers.CharField()
    reason = serializers.CharField()


class MetricSummaryOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    mean = _number()
    sd = _number()
    ci = _interval()
    minimum = _number()
    maximum = _number()
    quartiles = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    dropped = DroppedCaseOutput(many=True)
    undefined = _reasons()


class AgreementOutput(serializers.Serializer[Any]):
    group = GroupOutput(allow_null=True)
    pair = serializers.IntegerField(allow_null=True, help_text="Null: all pairs together.")
    against = serializers.ChoiceField(["reader", "consensus"])
    label = serializers.IntegerField(allow_null=True, help_text="Null: all labels together.")  # type: ignore[assignment]
    metrics = serializers.DictField(child=MetricSummaryOutput())


class IccOutput(serializers.Serializer[Any]):
    """One form; the interval stands under `ci95`, or `ci90` for another level."""

    type = serializers.CharField()
    shrout_fleiss = serializers.CharField()
    model = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.CharField()
    value = _number()
    ci95 = serializers.ListField(child=serializers.FloatField(), allow_null=True, required=False)
    f = _number()
    df1 = _number()
    df2 = _number()
    p = _number()
    words = serializers.CharField(allow_null=True)
    undefined = _reasons()


class ProportionalOutput(serializers.Serializer[Any]):
    slope = EstimateOutput()
    intercept = EstimateOutput()
    p = _number()
    spread_slope = _number()
    spread_intercept = _number()
    spread_p = _number()


class BlandAltmanOutput(serializers.Serializer[Any]):
    scale = serializers.CharField()
    n = serializers.IntegerField()
    bias = EstimateOutput()
    lower = EstimateOutput()
    upper = EstimateOutput()
    sd = _number()
    proportional = ProportionalOutput()
    dropped = _reasons()


class RepeatedBlandAltmanOutput(serializers.Serializer[Any]):
    """Limits of single readings, where a subject has several; `truth` tells whether its own value may change."""

    truth = serializers.ChoiceField(["varying", "constant"])
    n_subjects = serializers.IntegerField()
    n_readings = serializers.IntegerField()
    bias = EstimateOutput()
    lower = EstimateOutput()
    upper = EstimateOutput()
    sd = _number()
    between_sd = _number()
    dropped = _reasons()
    undefined = _reasons()


class RaterPairOutput(serializers.Serializer[Any]):
    """Two raters by all their reads: rater b minus rater a."""

    measurement = serializers.CharField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption
    readers_a = serializers.ListField(child=serializers.IntegerField())
    readers_b = serializers.ListField(child=serializers.IntegerField())
    rater_a = serializers.CharField()
    rater_b = serializers.CharField()
    limits = RepeatedBlandAltmanOutput()


class ConcordanceOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    ccc = EstimateOutput()
    precision = _number()
    accuracy = _number()
    scale_shift = _number()
    location_shift = _number()
    undefined = _reasons()


class CorrelationOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    r = EstimateOutput()
    p = _number()


class TestOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    n_first = serializers.IntegerField()
    n_second = serializers.IntegerField()
    statistic_name = serializers.CharField()
    statistic = _number()
    df = _number()
    p = _number()
    holm_p = serializers.FloatField(allow_null=True, required=False)
    difference = EstimateOutput()
    effect_name = serializers.CharField()
    effect = EstimateOutput()
    dropped = _reasons()
    undefined = _reasons()


class ReadingPairOutput(serializers.Serializer[Any]):
    """Reader b minus reader a."""

    reader_a = serializers.IntegerField()
    reader_b = serializers.IntegerField()
    bland_altman = BlandAltmanOutput()
    bland_altman_percent = BlandAltmanOutput(allow_null=True)
    # Answers of before have none of these.
    bland_altman_ratio = BlandAltmanOutput(allow_null=True, required=False, help_text="Of b / a, from logarithms.")
    bland_altman_repeated = RepeatedBlandAltmanOutput(
        allow_null=True, required=False, help_text="Null where each subject has one volume."
    )
    concordance = ConcordanceOutput()
    pearson = CorrelationOutput()
    spearman = CorrelationOutput()
    paired_t = TestOutput()
    wilcoxon = TestOutput()


class FriedmanOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    k = serializers.IntegerField()
    chi2 = _number()
    df = _number()
    p = _number()
    kendall_w = _number()
    mean_ranks = serializers.DictField(child=serializers.FloatField())
    undefined = serializers.CharField(allow_null=True)


class MixedModelOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField(required=False)
    variances = serializers.DictField(child=serializers.FloatField())
    shares = serializers.DictField(child=serializers.FloatField(), required=False)
    levels = serializers.DictField(child=serializers.IntegerField(), required=False)
    left_out = _reasons()
    undefined = serializers.CharField(allow_null=True)


class PlanningOutput(serializers.Serializer[Any]):
    width = serializers.FloatField()
    subjects = serializers.IntegerField(allow_null=True)
    undefined = serializers.CharField(allow_null=True)


class ReliabilityEntryOutput(serializers.Serializer[Any]):
    readers = serializers.ListField(child=serializers.IntegerField())
    group = GroupOutput(allow_null=True)
    measurement = serializers.CharField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption
    icc = IccOutput(many=True)
    bootstrap = EstimateOutput(help_text="ICC(A,1) with an interval by drawing whole subjects.")
    sem_consistency = _number()
    sem_agreement = _number()
    sdc = _number()
    sdc_consistency = _number()
    within_cov_percent = _number()
    n_targets = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    dropped = _reasons()
    undefined = _reasons()
    pairs = ReadingPairOutput(many=True)
    friedman = FriedmanOutput(allow_null=True)
    mixed_model = MixedModelOutput(allow_null=True, help_text="Null within a group.")
    planning = PlanningOutput()


class KappaOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    coefficient = EstimateOutput()
    observed = _number()
    chance = _number()
    n_targets = serializers.IntegerField()
    n_raters = serializers.IntegerField()


class PresenceOutput(serializers.Serializer[Any]):
    readers = serializers.ListField(child=serializers.IntegerField())
    group = GroupOutput(allow_null=True)
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption
    found_by_all = serializers.IntegerField()
    targets = serializers.IntegerField()
    cohen_kappa = KappaOutput(allow_null=True)
    fleiss_kappa = KappaOutput()
    gwet_ac1 = KappaOutput()


class ReliabilityOutput(serializers.Serializer[Any]):
    default_form = serializers.CharField()
    measurements = ReliabilityEntryOutput(many=True)
    presence = PresenceOutput(many=True)
    between_raters = RaterPairOutput(many=True, required=False)


class ReaderMeanOutput(serializers.Serializer[Any]):
    reader = serializers.IntegerField()
    n = serializers.IntegerField()
    mean = _number()
    sd = _number()


class ComparedPairOutput(serializers.Serializer[Any]):
    """Reader b minus reader a, both against the reference."""

    reader_a = serializers.IntegerField()
    reader_b = serializers.IntegerField()
    paired_t = TestOutput()
    wilcoxon = TestOutput()


class ComparisonOutput(serializers.Serializer[Any]):
    reference = serializers.IntegerField()
    metric = serializers.CharField()
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    means = ReaderMeanOutput(many=True)
    pairs = ComparedPairOutput(many=True)
    friedman = FriedmanOutput(allow_null=True)


class SpreadOutput(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    mean = _number()
    sd = _number()
    minimum = _number()
    maximum = _number()
    undefined = _reasons()


class GroupTestOutput(serializers.Serializer[Any]):
    group_a = serializers.CharField()
    group_b = serializers.CharField()
    mann_whitney = TestOutput()
    welch_t = TestOutput()


class VariabilityOutput(serializers.Serializer[Any]):
    by = serializers.CharField()
    reader = serializers.IntegerField()
    measurement = serializers.CharField()
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    groups = serializers.ListField(child=serializers.CharField())
    without_group = serializers.IntegerField()
    units = serializers.IntegerField()
    sd = SpreadOutput()
    cov_percent = SpreadOutput(allow_null=True)
    undefined = _reasons()
    tests = GroupTestOutput(many=True)


class OursOutput(serializers.Serializer[Any]):
    title = serializers.CharField(help_text="Whom and what the number is about.")
    value = serializers.FloatField()
    sd = _number()
    ci = _interval()
    n = serializers.IntegerField(allow_null=True)


class PublishedOutput(serializers.Serializer[Any]):
    """A published figure of the protocol, and what this analysis found; `undefined` says why that is nothing."""

    name = serializers.CharField()
    value = serializers.FloatField()
    sd = _number()
    unit = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    comparable = serializers.CharField(allow_blank=True)
    ours = OursOutput(many=True)
    undefined = serializers.CharField(allow_null=True)


class DocumentMetricOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    higher_is_better = serializers.BooleanField()


class DocumentMeasurementOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    ratio_scale = serializers.BooleanField()


class AnalysisDocumentOutput(serializers.Serializer[Any]):
    """Every statistic of an analysis. Rows and readings are served apart; their hashes are here."""

    format = serializers.CharField()
    format_version = serializers.IntegerField()
    code_version = serializers.CharField()
    study = serializers.DictField()
    parameters = serializers.DictField()
    readers = DocumentReaderOutput(many=True)
    pairs = DocumentPairOutput(many=True)
    metrics = DocumentMetricOutput(many=True)
    measurements = DocumentMeasurementOutput(many=True)
    labels = DocumentLabelOutput(many=True)
    cases = DocumentCaseOutput(many=True)
    inputs = DocumentInputOutput(many=True)
    excluded = DocumentExcludedOutput(many=True)
    rows = HeldOutput()
    readings = HeldOutput()
    overall = OverallOutput(many=True)
    findings = FindingOutput(many=True)
    agreement = AgreementOutput(many=True)
    reliability = ReliabilityOutput()
    comparisons = ComparisonOutput(many=True)
    variability = VariabilityOutput(many=True)
    published = PublishedOutput(many=True, required=False)
