"""What the document of an analysis looks like, for the API's schema and its typed clients alone."""

from rest_framework import serializers

from results.statistics_schema import (
    BlandAltmanOutput,
    ConcordanceOutput,
    CorrelationOutput,
    EstimateOutput,
    FriedmanOutput,
    IccOutput,
    KappaOutput,
    MeanOutput,
    MixedModelOutput,
    OfLabel,
    OfLabelOrAll,
    PairedTestsOutput,
    PlanningOutput,
    RangeOutput,
    Reasoned,
    RepeatedBlandAltmanOutput,
    Shape,
    TestOutput,
    interval,
    number,
    places,
    texts,
)


class HeldOutput(Shape):
    """Entries served apart, and the SHA-256 of all of them."""

    count = serializers.IntegerField()
    sha256 = serializers.CharField()


class DocumentReaderOutput(Shape):
    index = serializers.IntegerField()
    type = serializers.CharField()
    name = serializers.CharField()
    read = serializers.IntegerField()
    title = serializers.CharField()


class DocumentPairOutput(Shape):
    index = serializers.IntegerField()
    reader_a = serializers.IntegerField(allow_null=True)
    reader_b = serializers.IntegerField()
    title_a = serializers.CharField()
    title_b = serializers.CharField()


class DocumentMetricOutput(Shape):
    name = serializers.CharField()
    higher_is_better = serializers.BooleanField()


class DocumentMeasurementOutput(Shape):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    ratio_scale = serializers.BooleanField()


class DocumentLabelOutput(Shape):
    value = serializers.IntegerField()
    name = serializers.CharField()
    side = serializers.CharField(allow_null=True)
    level = serializers.CharField(allow_null=True)


class DocumentCaseOutput(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    subject = serializers.CharField()
    session = serializers.CharField(allow_blank=True)
    facts = texts()
    volume = serializers.UUIDField()
    volume_name = serializers.CharField()
    spacing_mm = serializers.ListField(child=serializers.FloatField())
    readers = places()


class DocumentInputOutput(Shape):
    volume = serializers.UUIDField()
    reader = serializers.IntegerField()
    label_version = serializers.UUIDField()
    sha256 = serializers.CharField(help_text="Of the stored voxels.")


class DocumentExcludedOutput(Shape):
    case = serializers.CharField()
    case_id = serializers.UUIDField()
    volume = serializers.CharField()
    reader = serializers.CharField()
    reason = serializers.CharField()


class OfVolume(Shape):
    case = serializers.UUIDField()
    volume = serializers.UUIDField()
    pair = serializers.IntegerField()


class OverallOutput(OfVolume, Reasoned):
    """A pair on a volume as a whole: without regard to labels, and with the numbering of the second shifted."""

    any_label_dice = number()
    mean_dice = number()
    mean_dice_by_shift = serializers.DictField(child=number())
    mean_dice_sides_swapped = number()
    only_in_a = places()
    only_in_b = places()


class FindingOutput(OfVolume):
    """What stands out on a volume. `text` says it; the other numbers depend on the type."""

    type = serializers.CharField(help_text="`level_shift`, `side_swap` or `missing_label`.")
    case_name = serializers.CharField()
    text = serializers.CharField()
    shift = serializers.IntegerField(required=False)
    dice = number(required=False)
    dice_shifted = serializers.FloatField(required=False)
    dice_swapped = serializers.FloatField(required=False)
    any_label_dice = serializers.FloatField(required=False)
    labels = places(required=False)


class GroupOutput(Shape):
    by = serializers.CharField()
    value = serializers.CharField()


class OfGroup(Shape):
    group = GroupOutput(allow_null=True)


class DroppedCaseOutput(Shape):
    case = serializers.CharField()
    reason = serializers.CharField()


class MetricSummaryOutput(RangeOutput):
    ci = interval()
    quartiles = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    dropped = DroppedCaseOutput(many=True)


class AgreementOutput(OfGroup, OfLabelOrAll):
    pair = serializers.IntegerField(allow_null=True, help_text="Null: all pairs together.")
    against = serializers.ChoiceField(["reader", "consensus"])
    metrics = serializers.DictField(child=MetricSummaryOutput())


class ReadingPairOutput(PairedTestsOutput):
    """Reader b minus reader a."""

    bland_altman = BlandAltmanOutput()
    bland_altman_percent = BlandAltmanOutput(allow_null=True)
    # Answers of before have neither of the next two.
    bland_altman_ratio = BlandAltmanOutput(allow_null=True, required=False, help_text="Of b / a, from logarithms.")
    bland_altman_repeated = RepeatedBlandAltmanOutput(
        allow_null=True, required=False, help_text="Null where each subject has one volume."
    )
    concordance = ConcordanceOutput()
    pearson = CorrelationOutput()
    spearman = CorrelationOutput()


class OfReaderSet(OfGroup, OfLabel):
    readers = places()


class ReliabilityEntryOutput(OfReaderSet, Reasoned):
    measurement = serializers.CharField()
    icc = IccOutput(many=True)
    bootstrap = EstimateOutput(help_text="ICC(A,1) with an interval by drawing whole subjects.")
    sem_consistency = number()
    sem_agreement = number()
    sdc = number()
    sdc_consistency = number()
    within_cov_percent = number()
    n_targets = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    dropped = texts()
    pairs = ReadingPairOutput(many=True)
    friedman = FriedmanOutput(allow_null=True)
    mixed_model = MixedModelOutput(allow_null=True, help_text="Null within a group.")
    planning = PlanningOutput()


class PresenceOutput(OfReaderSet):
    found_by_all = serializers.IntegerField()
    targets = serializers.IntegerField()
    cohen_kappa = KappaOutput(allow_null=True)
    fleiss_kappa = KappaOutput()
    gwet_ac1 = KappaOutput()


class RaterPairOutput(OfLabel):
    """Two raters by all their reads: rater b minus rater a."""

    measurement = serializers.CharField()
    readers_a = places()
    readers_b = places()
    rater_a = serializers.CharField()
    rater_b = serializers.CharField()
    limits = RepeatedBlandAltmanOutput()


class ReliabilityOutput(Shape):
    default_form = serializers.CharField()
    measurements = ReliabilityEntryOutput(many=True)
    presence = PresenceOutput(many=True)
    between_raters = RaterPairOutput(many=True, required=False)


class ReaderMeanOutput(MeanOutput, Reasoned):
    reader = serializers.IntegerField()


class ComparisonOutput(OfLabelOrAll):
    """Readers against the same reference."""

    reference = serializers.IntegerField()
    metric = serializers.CharField()
    means = ReaderMeanOutput(many=True)
    pairs = PairedTestsOutput(many=True)
    friedman = FriedmanOutput(allow_null=True)


class GroupTestOutput(Shape):
    group_a = serializers.CharField()
    group_b = serializers.CharField()
    mann_whitney = TestOutput()
    welch_t = TestOutput()


class VariabilityOutput(OfLabelOrAll, Reasoned):
    by = serializers.CharField()
    reader = serializers.IntegerField()
    measurement = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    without_group = serializers.IntegerField()
    units = serializers.IntegerField()
    sd = RangeOutput()
    cov_percent = RangeOutput(allow_null=True)
    tests = GroupTestOutput(many=True)


class OursOutput(Shape):
    title = serializers.CharField(help_text="Whom and what the number is about.")
    value = serializers.FloatField()
    sd = number()
    ci = interval()
    n = serializers.IntegerField(allow_null=True)


class PublishedOutput(Shape):
    """A published figure of the protocol, and what this analysis found; `undefined` says why that is nothing."""

    name = serializers.CharField()
    value = serializers.FloatField()
    sd = number()
    unit = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    comparable = serializers.CharField(allow_blank=True)
    ours = OursOutput(many=True)
    undefined = serializers.CharField(allow_null=True)


class AnalysisDocumentOutput(Shape):
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
