"""The clinical measures of one label version: those that are kept, else computed."""

from annotation.models import LabelVersion
from clinical.models import StudyMeasure, StudyMeasureValue
from clinical.selectors.case_inputs import case_inputs
from clinical.selectors.plans import MeasurePlan, StudyInputs
from measures.clinical.catalogue import CATALOGUE
from measures.clinical.values import Value, table_values
from measures.result import Measure
from mri.errors import ImageError


class VersionValues:
    """A clinical measure by name to its values for one label version, or to the reason why it has none.

    What a study's tables hold is taken from them, so that the same number stands everywhere; the rest is computed, and
    not kept. Each measure is looked up once.

    Parameters
    ----------
    inputs : StudyInputs
        With the case of the version.
    version : LabelVersion
        The label version.
    """

    def __init__(self, inputs: StudyInputs, version: LabelVersion) -> None:
        self._inputs = inputs
        self._version = version
        self._known: dict[str, tuple[Value, ...] | str] = {}

    def __call__(self, measure: str) -> tuple[Value, ...] | str:
        if measure not in self._known:
            self._known[measure] = self._find(measure)
        return self._known[measure]

    def _find(self, measure: str) -> tuple[Value, ...] | str:
        plan = self._inputs.plan_of(self._version, CATALOGUE[measure])
        if plan is None:
            return "the measure is about other labels than these"
        if plan.undefined:
            return plan.undefined
        key = plan.key(self._inputs.meanings)
        kept = StudyMeasure.objects.filter(label_version=self._version, measure=measure, key=key).last()
        return _kept(kept) if kept is not None else self._computed(plan)

    def _computed(self, plan: MeasurePlan) -> tuple[Value, ...] | str:
        meanings = self._inputs.meanings
        try:
            return table_values(plan.measure.measure(case_inputs(plan, meanings), plan.options), meanings)
        except (ValueError, ImageError) as error:
            return str(error)


def _kept(table: StudyMeasure) -> tuple[Value, ...] | str:
    if table.undefined:
        return table.undefined
    return tuple(map(_value, table.values.order_by("place")))


def _value(one: StudyMeasureValue) -> Value:
    number = Measure(one.value, one.undefined or None)
    return Value(one.quantity, one.item, one.label, one.side, one.level, one.variant, number)
