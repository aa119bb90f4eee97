"""Every clinical measure of a study: by hand, by the network, and how far each can be relied upon."""

from collections.abc import Mapping, Sequence
from functools import partial

from measures.bland_altman import BlandAltman
from measures.clinical.catalogue import CATALOGUE
from measures.clinical.values import quantities
from measures.summary import summarise
from radicula.study_report import figures
from radicula.study_report.cells import icc_cell, mean_sd, number, p_cell, titled, with_interval
from radicula.study_report.paired import Item, Paired, items_of, pair, raters_icc, raters_of, reads_icc
from radicula.study_report.source import Clinical, StudySource
from results.reporting.blocks import Block, Cell, Figure, Section, Table, columns, paragraph
from results.reporting.numbers import Number, count, measured_span, reason

MAIN: Mapping[str, tuple[str, ...]] = {
    "spinal-levels": ("midpoint", "height"),
    "susceptibility": ("volume", "mean"),
    "region-diffusion": ("FA_mean", "MD_mean", "AD_mean", "RD_mean"),
    "nerve-diffusion": ("volume", "FA_mean", "MD_mean"),
    "disc-heights": ("mid_height", "mean_height", "height_index"),
    "vertebral-heights": ("mid_height",),
    "spinal-angles": ("degrees",),
    "muscle-areas": ("area",),
    "loading": ("compression", "shear"),
}
"""What a report shows of a measure; all that it has where it is not named here. The Measures page has the rest."""

MOST_PANELS = 6
FEWEST_TO_CORRELATE = 3


def shown(source: StudySource) -> dict[Item, list[Clinical]]:
    """The clinical numbers that the report speaks of."""
    measures = list(dict.fromkeys(one.measure for one in source.clinical))
    wanted = {
        name: MAIN.get(name) or tuple(one.name for one in quantities(name))
        for name in measures
        if name != "index-error"
    }
    return items_of(source, wanted)


def compared(source: StudySource) -> dict[Item, Paired]:
    """Manual against automatic, of every number that both have."""
    found = {item: pair(source, item, numbers) for item, numbers in shown(source).items()}
    return {item: one for item, one in found.items() if one is not None}


def clinical_numbers(source: StudySource) -> Section:
    """Tables and figures of the clinical measures."""
    items = shown(source)
    if not items:
        return Section("Clinical measures")
    pairs = compared(source)
    names = list(dict.fromkeys(item.measure for item in items))
    parts = [
        Section(
            CATALOGUE[name].title,
            tuple(_tables(source, {i: n for i, n in items.items() if i.measure == name}, pairs)),
        )
        for name in names
    ]
    return Section("Clinical measures", (_how(source),), parts=tuple(parts))


def _how(source: StudySource) -> Block:
    manual = source.manual[1] if source.manual is not None else "nobody"
    return paragraph(
        f"Manual: {manual}, first read, on all cases. Automatic: {source.automatic_title or 'no network'}, on the "
        "frozen test set. Bias and limits: automatic minus manual, on the cases that both have. ICC: two-way random "
        "effects, absolute agreement, single measurement, ICC(A,1), with its 95 % interval."
    )


def _tables(source: StudySource, items: Mapping[Item, Sequence[Clinical]], pairs: Mapping[Item, Paired]) -> list[Block]:
    blocks: list[Block] = [_by_hand(source, items)]
    of_measure = {item: one for item, one in pairs.items() if item in items}
    if of_measure:
        tables = (_manual_automatic(of_measure), _correlated(of_measure))
        blocks += [*(one for one in tables if one is not None), _scatter(of_measure)]
    return blocks


def _named(item: Item) -> tuple[str, str]:
    return titled(item.quantity, item.unit), f"{item.item}, {item.variant}" if item.variant else item.item


def _by_hand(source: StudySource, items: Mapping[Item, Sequence[Clinical]]) -> Table:
    raters = raters_of(source)
    rows: list[tuple[Cell, ...]] = []
    for item, numbers in items.items():
        own = source.by_hand(numbers)
        _, _, between = raters_icc(numbers)
        rows.append(
            (
                *_named(item),
                count(sum(value is not None for value in own.values())),
                mean_sd(summarise(own)),
                icc_cell(between),
                *(icc_cell(reads_icc(numbers, name)[2]) for name in raters),
            )
        )
    return Table(
        "By hand: mean ± SD over the cases, and how far it can be relied upon between raters and between reads.",
        columns("Quantity", "Of", "#n", "#Manual", "#ICC, raters", *(f"#ICC, reads of {name}" for name in raters)),
        rows,
        "An ICC is undefined where fewer than two cases were read by all, or all readings are equal.",
    )


def _manual_automatic(pairs: Mapping[Item, Paired]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            *_named(item),
            count(len(one.cases)),
            *(mean_sd(mean) for mean in one.means),
            number(one.limits.bias.value, reason(one.limits.bias.undefined, "value")),
            _limits(one.limits),
        )
        for item, one in pairs.items()
    ]
    return Table(
        "Manual against automatic masks, on the cases of the test set that both have: mean ± SD, bias and limits.",
        columns("Quantity", "Of", "#n", "#Manual", "#Automatic", "#Bias", "#Limits of agreement"),
        rows,
        "Bias: mean of automatic minus manual; limits: bias ± 1.96 SD of the differences (Bland-Altman).",
    )


def _correlated(pairs: Mapping[Item, Paired]) -> Table | None:
    """Correlation and reliability of the two; None where there are too few cases for all of it."""
    rows: list[tuple[Cell, ...]] = [
        (
            *_named(item),
            count(len(one.cases)),
            with_interval(one.correlation.r),
            p_cell(one.correlation.p),
            icc_cell(one.reliability),
        )
        for item, one in pairs.items()
        if len(one.cases) >= FEWEST_TO_CORRELATE
    ]
    if not rows:
        return None
    return Table(
        "Pearson's correlation and ICC(A,1) of manual and automatic, on the same cases, with 95 % intervals.",
        columns("Quantity", "Of", "#n", "#Pearson r", "#p", "#ICC(A,1)"),
        rows,
        "r and ICC depend on the spread between the cases.",
    )


def _limits(found: BlandAltman) -> Cell:
    low, high = found.lower.value, found.upper.value
    ends = None if low is None or high is None else (low, high)
    return measured_span(ends, reason(found.lower.undefined, "value"))


def correlation_cell(one: Paired) -> Cell:
    """Pearson's r with its interval; of two cases it is always 1 or -1, and says nothing."""
    if len(one.cases) < FEWEST_TO_CORRELATE:
        return Number(None, undefined=f"{len(one.cases)} cases")
    return with_interval(one.correlation.r)


def _scatter(pairs: Mapping[Item, Paired]) -> Figure:
    panels: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for item, one in pairs.items():
        quantity, name = _named(item)
        if quantity in panels or len(panels) < MOST_PANELS:
            panels.setdefault(quantity, {})[name] = list(zip(one.first, one.second, strict=True))
    said = "; ".join(f"{quantity}: {len(items)} structures" for quantity, items in panels.items())
    return Figure(
        "Automatic against manual; the line is equality.",
        f"Scatter of automatic against manual. {said}.",
        partial(figures.scatter_chart, panels, "Manual", "Automatic"),
    )
