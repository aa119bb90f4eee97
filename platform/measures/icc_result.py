"""What an intraclass correlation is reported with: its form, its numbers, and words for its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from measures.estimate import Interval
from measures.measurement_error import MeasurementError
from measures.summary import Dropped


@dataclass(frozen=True)
class IccForm:
    """What a form of the ICC stands for.

    Attributes
    ----------
    type : str
        McGraw and Wong's name: ICC(1), ICC(A,1), ICC(C,1), ICC(k), ICC(A,k), ICC(C,k).
    shrout_fleiss : str
        Shrout and Fleiss's name: ICC(1,1) ... ICC(3,k).
    model, definition, unit : str
        The three things that a report must state.
    """

    type: str
    shrout_fleiss: str
    model: str
    definition: str
    unit: str

    @property
    def single(self) -> bool:
        """Whether one rating is judged, and not the mean of k."""
        return self.shrout_fleiss.endswith("1)")


def _forms() -> tuple[IccForm, ...]:
    models = (
        ("ICC({})", "ICC(1,{})", "one-way random effects", "absolute agreement"),
        ("ICC(A,{})", "ICC(2,{})", "two-way random effects", "absolute agreement"),
        ("ICC(C,{})", "ICC(3,{})", "two-way mixed effects", "consistency"),
    )
    units = (("1", "single measure"), ("k", "mean of k raters"))
    return tuple(
        IccForm(mw.format(u), sf.format(u), model, definition, unit)
        for u, unit in units
        for mw, sf, model, definition in models
    )


FORMS = _forms()
"""The six forms, single measures first."""


@dataclass(frozen=True)
class Icc:
    """One form's result.

    Attributes
    ----------
    form : IccForm
        Which.
    value : float or None
        The estimate; it may be negative.
    interval : Interval or None
        Confidence interval.
    f, df1, df2, p : float or None
        F test of the hypothesis that the ICC is 0.
    words : str or None
        Koo and Li's words for the interval.
    level : float
        Coverage asked for.
    undefined : dict of str to str
        Name of a number above that is None -> why.
    """

    form: IccForm
    value: float | None
    interval: Interval | None
    f: float | None
    df1: int | None
    df2: int | None
    p: float | None
    words: str | None
    level: float
    undefined: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return one entry of what ``radicula icc --json`` prints."""
        return {
            "type": self.form.type,
            "shrout_fleiss": self.form.shrout_fleiss,
            "model": self.form.model,
            "definition": self.form.definition,
            "unit": self.form.unit,
            "value": self.value,
            f"ci{100 * self.level:g}": None if self.interval is None else self.interval.to_json(),
            "f": self.f,
            "df1": self.df1,
            "df2": self.df2,
            "p": self.p,
            "words": self.words,
            "undefined": dict(self.undefined),
        }


@dataclass(frozen=True)
class IccResult:
    """All forms, and the measurement error.

    Attributes
    ----------
    forms : tuple of Icc
        In the order of :data:`FORMS`.
    error : MeasurementError or None
        None where no two targets were read by the same two raters or more; the forms carry the reason.
    n_targets, n_raters : int
        Of the complete table.
    dropped : tuple of Dropped
        Targets that some rater has not read.
    """

    forms: tuple[Icc, ...]
    error: MeasurementError | None
    n_targets: int
    n_raters: int
    dropped: tuple[Dropped, ...]

    def form(self, name: str) -> Icc:
        """Return a form by either of its names, such as ``"ICC(A,1)"`` or ``"ICC(2,1)"``."""
        for result in self.forms:
            if name in (result.form.type, result.form.shrout_fleiss):
                return result
        raise ValueError(f"An ICC is one of {', '.join(f.type for f in FORMS)}; {name!r} came.")

    def to_json(self) -> dict[str, Any]:
        """Return what ``radicula icc --json`` prints."""
        error = self.error
        reasons = {}
        if error is None:
            names = ("sem_consistency", "sem_agreement", "sdc", "sdc_consistency", "within_cov_percent")
            reasons = dict.fromkeys(names, self.forms[0].undefined["value"])
        elif error.within_cov_percent.undefined is not None:
            reasons = {"within_cov_percent": error.within_cov_percent.undefined}
        return {
            "icc": [form.to_json() for form in self.forms],
            "sem_consistency": None if error is None else error.sem_consistency.value,
            "sem_agreement": None if error is None else error.sem_agreement,
            "sdc": None if error is None else error.sdc_agreement,
            "sdc_consistency": None if error is None else error.sdc_consistency,
            "within_cov_percent": None if error is None else error.within_cov_percent.value,
            "n_targets": self.n_targets,
            "n_raters": self.n_raters,
            "dropped": {d.key: d.reason for d in self.dropped},
            "undefined": reasons,
        }


def koo_li_words(interval: Interval) -> str:
    """Return Koo and Li's words for both ends of an interval: ``"good"``, or ``"moderate to good"``.

    Notes
    -----
    Poor below 0.5, moderate from 0.5, good from 0.75, excellent above 0.9. The interval is judged and not the estimate:
    a reliability that is only known to lie between 0.6 and 0.95 is moderate to excellent.
    """
    low, high = _word(interval.low), _word(interval.high)
    return low if low == high else f"{low} to {high}"


def _word(value: float) -> str:
    if value > 0.9:
        return "excellent"
    return "good" if value >= 0.75 else "moderate" if value >= 0.5 else "poor"
