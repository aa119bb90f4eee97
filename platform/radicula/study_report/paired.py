"""Two readings of the same numbers: means, correlation, bias and reliability, for every clinical measure alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measures.bland_altman import BlandAltman, bland_altman
from measures.concordance import Correlation, pearson
from measures.icc import icc
from measures.icc_result import Icc
from measures.ratings import table_from_records
from measures.summary import Summary, summarise
from radicula.study_report.source import Clinical, StudySource

FORM = "ICC(A,1)"


@dataclass(frozen=True)
class Item:
    """What a clinical number is about: the same in every case.

    Attributes
    ----------
    measure, quantity, item, variant, unit : str
        As in :class:`radicula.study_report.source.Clinical`.
    """

    measure: str
    quantity: str
    item: str
    variant: str
    unit: str


@dataclass(frozen=True)
class Paired:
    """One clinical number by two authors over the cases.

    Attributes
    ----------
    item : Item
        Which number.
    cases : tuple of str
        Those that both have read.
    first, second : tuple of float
        Their numbers.
    means : tuple of Summary
        Of the two.
    correlation : Correlation
        Pearson's.
    limits : BlandAltman
        Second minus first.
    reliability : Icc
        ICC(A,1).
    """

    item: Item
    cases: tuple[str, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    means: tuple[Summary, Summary]
    correlation: Correlation
    limits: BlandAltman
    reliability: Icc


def items_of(source: StudySource, wanted: Mapping[str, Sequence[str]]) -> dict[Item, list[Clinical]]:
    """The clinical numbers of a study by what they are about.

    Parameters
    ----------
    source : StudySource
        The study.
    wanted : mapping of str to sequence of str
        Measure to the quantities of it that are wanted, in order.
    """
    found: dict[Item, list[Clinical]] = {}
    for measure, names in wanted.items():
        for name in names:
            for one in source.values(measure, name):
                found.setdefault(Item(one.measure, one.quantity, one.item, one.variant, one.unit), []).append(one)
    return found


def pair(source: StudySource, item: Item, numbers: Sequence[Clinical]) -> Paired | None:
    """Hold the automatic arm's numbers against the manual arm's; None where fewer than two cases have both."""
    a, b = source.by_hand(numbers), source.by_network(numbers)
    both = [(case, x, y) for case, x in sorted(a.items()) if x is not None and (y := b.get(case)) is not None]
    if len(both) < 2:
        return None
    cases, xs, ys = (tuple(column) for column in zip(*both, strict=True))
    records = [(case, place, value) for case, *values in both for place, value in enumerate(values)]
    result = icc(table_from_records(records))
    return Paired(
        item=item,
        cases=cases,
        first=xs,
        second=ys,
        means=(summarise(dict(zip(cases, xs, strict=True))), summarise(dict(zip(cases, ys, strict=True)))),
        correlation=pearson(xs, ys, cases),
        limits=bland_altman(ys, xs, cases),
        reliability=next(one for one in result.forms if one.form.type == FORM),
    )


def raters_icc(numbers: Sequence[Clinical]) -> tuple[int, int, Icc]:
    """The ICC(A,1) between raters on their first reads: cases that all have read, raters, result."""
    records = [
        (one.case, one.author[1], one.value) for one in numbers if one.author[0] == "rater" and one.author[2] == 1
    ]
    return _icc(records)


def reads_icc(numbers: Sequence[Clinical], rater: str) -> tuple[int, int, Icc]:
    """The ICC(A,1) between the reads of one rater."""
    reads = [one for one in numbers if one.author[:2] == ("rater", rater)]
    repeated = {one.case for one in reads if one.author[2] > 1}
    return _icc([(one.case, str(one.author[2]), one.value) for one in reads if one.case in repeated])


def _icc(records: Sequence[tuple[str, str, float | None]]) -> tuple[int, int, Icc]:
    result = icc(table_from_records(records))
    return result.n_targets, result.n_raters, next(one for one in result.forms if one.form.type == FORM)


def raters_of(source: StudySource) -> list[str]:
    """Names of the raters who have clinical numbers."""
    return sorted({one.author[1] for one in source.clinical if one.author[0] == "rater"})
