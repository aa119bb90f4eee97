"""What the statistics of an answer look like, for the API's schema and its typed clients alone.

A number that may be undefined is null, and `undefined` names the reason by the number's name.
"""

from typing import Any

from rest_framework import serializers


def number(**options: Any) -> serializers.FloatField:
    """A number, or null."""
    return serializers.FloatField(allow_null=True, **options)


def interval(**options: Any) -> serializers.ListField:
    """Low and high end, or null."""
    return serializers.ListField(child=serializers.FloatField(), allow_null=True, min_length=2, max_length=2, **options)


def texts(**options: Any) -> serializers.DictField:
    """Texts by name."""
    return serializers.DictField(child=serializers.CharField(), **options)


def places(**options: Any) -> serializers.ListField:
    """Whole numbers: places in the readers, or values of labels."""
    return serializers.ListField(child=serializers.IntegerField(), **options)


Shape = serializers.Serializer[Any]


class Reasoned(Shape):
    undefined = texts()


class OfLabel(Shape):
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name, not the caption


class OfLabelOrAll(Shape):
    label = serializers.IntegerField(allow_null=True, help_text="Null: all labels together.")  # type: ignore[assignment]


class OfReaders(Shape):
    """Reader b minus reader a; places in the document's readers."""

    reader_a = serializers.IntegerField()
    reader_b = serializers.IntegerField()


class MeanOutput(Shape):
    n = serializers.IntegerField()
    mean = number()
    sd = number()


class RangeOutput(MeanOutput, Reasoned):
    minimum = number()
    maximum = number()


class EstimateOutput(Reasoned):
    """A value with its confidence interval."""

    value = number()
    ci = interval()
    level = number()


class IccOutput(Reasoned):
    """One form; the interval stands under `ci95`, or `ci90` for another level."""

    type = serializers.CharField()
    shrout_fleiss = serializers.CharField()
    model = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.CharField()
    value = number()
    ci95 = interval(required=False)
    f = number()
    df1 = number()
    df2 = number()
    p = number()
    words = serializers.CharField(allow_null=True)


class ProportionalOutput(Reasoned):
    slope = EstimateOutput()
    intercept = EstimateOutput()
    p = number()
    spread_slope = number()
    spread_intercept = number()
    spread_p = number()


class LimitsOutput(Reasoned):
    bias = EstimateOutput()
    lower = EstimateOutput()
    upper = EstimateOutput()
    sd = number()
    dropped = texts()


class BlandAltmanOutput(LimitsOutput):
    scale = serializers.ChoiceField(["difference", "percent", "ratio"])
    n = serializers.IntegerField()
    proportional = ProportionalOutput()


class RepeatedBlandAltmanOutput(LimitsOutput):
    """Limits of single readings, where a subject has several; `truth` tells whether its own value may change."""

    truth = serializers.ChoiceField(["varying", "constant"])
    n_subjects = serializers.IntegerField()
    n_readings = serializers.IntegerField()
    between_sd = number()


class ConcordanceOutput(Reasoned):
    n = serializers.IntegerField()
    ccc = EstimateOutput()
    precision = number()
    accuracy = number()
    scale_shift = number()
    location_shift = number()


class CorrelationOutput(Reasoned):
    n = serializers.IntegerField()
    r = EstimateOutput()
    p = number()


class TestOutput(Reasoned):
    name = serializers.CharField()
    n_first = serializers.IntegerField()
    n_second = serializers.IntegerField()
    statistic_name = serializers.CharField()
    statistic = number()
    df = number()
    p = number()
    holm_p = number(required=False)
    difference = EstimateOutput()
    effect_name = serializers.CharField()
    effect = EstimateOutput()
    dropped = texts()


class PairedTestsOutput(OfReaders):
    """Reader b minus reader a."""

    paired_t = TestOutput()
    wilcoxon = TestOutput()


class FriedmanOutput(Shape):
    n = serializers.IntegerField()
    k = serializers.IntegerField()
    chi2 = number()
    df = number()
    p = number()
    kendall_w = number()
    mean_ranks = serializers.DictField(child=serializers.FloatField())
    undefined = serializers.CharField(allow_null=True)


class MixedModelOutput(Shape):
    n = serializers.IntegerField(required=False)
    variances = serializers.DictField(child=serializers.FloatField())
    shares = serializers.DictField(child=serializers.FloatField(), required=False)
    levels = serializers.DictField(child=serializers.IntegerField(), required=False)
    left_out = texts()
    undefined = serializers.CharField(allow_null=True)


class PlanningOutput(Shape):
    width = serializers.FloatField()
    subjects = serializers.IntegerField(allow_null=True)
    undefined = serializers.CharField(allow_null=True)


class KappaOutput(Reasoned):
    name = serializers.CharField()
    coefficient = EstimateOutput()
    observed = number()
    chance = number()
    n_targets = serializers.IntegerField()
    n_raters = serializers.IntegerField()
