"""The protocol's published figures and ours, each with how ours was found and what may be compared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from measures.clinical.level_variability import Factor, level_variability
from measures.icc_result import Icc
from protocols.plan import PublishedFigure
from radicula.study_report.architectures import best_of
from radicula.study_report.cells import ABSENT, icc_cell, mean_sd, mean_sd_of, with_interval
from radicula.study_report.clinical_numbers import FEWEST_TO_CORRELATE, compared, correlation_cell
from radicula.study_report.paired import raters_icc, raters_of, reads_icc
from radicula.study_report.source import Clinical, StudySource
from radicula.study_report.structures import arm_cell, index_error_of, level_readings, loading_at
from results.reporting.blocks import Cell, Part, Section, Table, columns, paragraph
from results.reporting.numbers import Number, reason
from results.reporting.source import Json, ReportSource

SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class Ours:
    """Our number beside a published one.

    Attributes
    ----------
    value : Cell
        The number with its spread; a dash where there is none.
    how : str
        Where it comes from, or why there is none.
    """

    value: Cell
    how: str


def published(source: StudySource) -> Section:
    """Every published figure of the protocol beside ours."""
    rows: list[tuple[Cell, ...]] = []
    for figure in source.protocol.published:
        ours = our_number(source, figure)
        rows.append((_title(figure), _value(figure), ours.value, ours.how, figure.comparable))
    table = Table(
        f"Published figures of “{source.protocol.title}” beside this study's.",
        columns("Figure", "#Published", "#Here", "How it was found here", "What may be compared"),
        rows,
        "A dash: this study has no such number, and the next column says why.",
    )
    simulated = source.run is not None and source.run.simulated
    said = (
        "Nothing here was measured on people: images are digital phantoms, raters draw the known truth with a stated "
        "error, and networks learned from few of them, for a short time. The definitions are those of the study; the "
        "heights of the numbers are not comparable, and only show that the way from images to the number is whole."
        if simulated
        else "Other images, other raters and another number of training cases than those of the published study."
    )
    return Section(
        "Published figures and ours", (paragraph(said, lead="Not comparable in height."), table) if rows else ()
    )


def _title(figure: PublishedFigure) -> str:
    unit = f" ({figure.unit})" if figure.unit else ""
    return f"{figure.name}{unit}: {figure.note}" if figure.note else f"{figure.name}{unit}"


def _value(figure: PublishedFigure) -> Cell:
    return (
        _as_printed(figure.value) if figure.sd is None else (_as_printed(figure.value), " ± ", _as_printed(figure.sd))
    )


def _as_printed(value: float) -> Number:
    """A published number with the decimals that it was published with, as far as the protocol file has them."""
    return Number(value, "fixed", len(f"{value:g}".partition(".")[2]))


def our_number(source: StudySource, figure: PublishedFigure) -> Ours:
    """Find our number for a published figure by its statistic and measure."""
    find = _FINDERS.get(figure.statistic) or _BY_MEASURE.get(figure.measure)
    return find(source, figure) if find is not None else Ours(ABSENT, "not computed in this study")


def _entry(analysis: ReportSource, figure: PublishedFigure, pair: int | None = None) -> Json | None:
    values = {name: value for value, name in analysis.label_names.items()}
    label = values.get(figure.labels[0]) if figure.labels else None
    wanted = "each" if pair is not None else None
    for one in analysis.agreement(pair=wanted):
        if one["label"] == label and (pair is None or one["pair"] == pair):
            return one
    return None


def _dice(source: StudySource, figure: PublishedFigure) -> Ours:
    analysis = source.analyses.get("human_model")
    entry = _entry(analysis, figure) if analysis is not None else None
    if analysis is None or entry is None:
        return Ours(ABSENT, "no network has proposed for the test set")
    best = _best(source) if not figure.labels else None
    how = f"{source.automatic_title} against {analysis.reader(0)} on {entry['metrics']['dice']['n']} readings"
    told = f"{how}; best of {len(source.networks)}: {best}" if best else how
    return Ours(mean_sd_of(entry["metrics"]["dice"]), f"{told}; mean ± SD over images and labels")


def _best(source: StudySource) -> str:
    """The network with the highest mean Dice, in words; empty without a comparison."""
    told = [found for found in map(best_of, source.architectures) if found]
    for analysis in source.comparisons:
        for one in analysis.document["comparisons"]:
            known = [mean for mean in one["means"] if mean["mean"] is not None]
            if one["metric"] == "dice" and one["label"] is None and known:
                best = max(known, key=lambda mean: float(mean["mean"]))
                reader = analysis.document["readers"][best["reader"]]
                told.append(f"{source.network_title(str(reader['name']))}, {Number(best['mean']).text}")
    return "; ".join(told)


def _external(source: StudySource, figure: PublishedFigure) -> Ours:
    analysis = source.analyses.get("external")
    if analysis is None:
        return Ours(ABSENT, "no label maps of another tool")
    told: list[Part] = []
    names: list[str] = []
    for place, pair in enumerate(analysis.document["pairs"]):
        entry = _entry(analysis, figure, place) if pair["reader_a"] == 0 else None
        if entry is None:
            continue
        reader = analysis.document["readers"][pair["reader_b"]]
        dice = entry["metrics"]["dice"]
        told += [" and " if told else "", Number(dice["mean"], undefined=reason(dice["undefined"], "mean"))]
        names.append("network" if reader["type"] == "model" else str(reader["title"]))
    how = f"mean Dice of {' and '.join(names)} on the frozen test set, a site that no training has seen"
    return Ours(tuple(told) or ABSENT, how)


def _level_cov(source: StudySource, figure: PublishedFigure) -> Ours:
    session = "session" in figure.name.lower()
    factor: Factor = "session" if session else "site"
    if not session:
        return Ours(ABSENT, "every subject is scanned at one site here, so sites can't be told from subjects")
    readings = level_readings(source, factor)
    if len({one.session for one in readings}) < 2:
        return Ours(ABSENT, "needs two sessions with the distance from the pontomedullary junction")
    found = level_variability(readings, factor)
    if found.cov_percent.mean is None:
        return Ours(ABSENT, "no level has the distance from the pontomedullary junction in two sessions")
    return Ours(mean_sd(found.cov_percent, "fixed", 2), "of the midpoints, mean ± SD over levels; two sessions each")


def _rounds(source: StudySource, figure: PublishedFigure) -> Ours:
    return Ours(ABSENT, "one round is run; manage.py simulate_rounds runs several")


def _susceptibility(source: StudySource, quantity: str) -> dict[str, list[Clinical]]:
    found: dict[str, list[Clinical]] = {}
    for one in source.values("susceptibility", quantity):
        found.setdefault(one.item, []).append(one)
    return found


def _icc_between(source: StudySource, figure: PublishedFigure) -> Ours:
    return _icc(source, (lambda numbers: [("", raters_icc(numbers)[2])]), "between raters")


def _icc_reads(source: StudySource, figure: PublishedFigure) -> Ours:
    names = raters_of(source)
    return _icc(
        source, (lambda numbers: [(name, reads_icc(numbers, name)[2]) for name in names]), "between reads of a rater"
    )


_Computes = Callable[[list[Clinical]], Iterable[tuple[str, Icc]]]


def _icc(source: StudySource, compute: _Computes, what: str) -> Ours:
    lowest = None
    for quantity in ("volume", "mean"):
        for item, numbers in _susceptibility(source, quantity).items():
            for who, found in compute(numbers):
                if found.value is not None and (lowest is None or found.value < lowest[0]):
                    lowest = (
                        found.value,
                        found,
                        f"{'susceptibility' if quantity == 'mean' else quantity} of {item}",
                        who,
                    )
    if lowest is None:
        return Ours(ABSENT, "too few cases were read twice")
    _, found, where, who = lowest
    by = f" ({who})" if who else ""
    return Ours(
        icc_cell(found), f"ICC(A,1) {what}: the lowest over volume and susceptibility of both sides, {where}{by}"
    )


def _correlation(source: StudySource, figure: PublishedFigure) -> Ours:
    pairs = compared(source)
    if figure.measure:
        for item, one in pairs.items():
            if item.measure == figure.measure and item.quantity == "mean" and item.item in figure.labels:
                how = f"mean susceptibility, manual against automatic, on {len(one.cases)} cases of an unseen site"
                return Ours(correlation_cell(one), how)
        return Ours(ABSENT, "fewer than two test cases have it by hand and automatically")
    enough = [one for one in pairs.values() if len(one.cases) >= FEWEST_TO_CORRELATE]
    significant = [one for one in enough if one.correlation.p is not None and one.correlation.p < SIGNIFICANCE]
    if not significant:
        return Ours(ABSENT, f"none of {len(pairs)} measures correlates significantly on so few cases")
    lowest = min(significant, key=lambda one: one.correlation.r.value or 0.0)
    where = f"{lowest.item.quantity.replace('_', ' ')} of {lowest.item.item}"
    return Ours(
        with_interval(lowest.correlation.r), f"lowest of {len(significant)} significant out of {len(pairs)}: {where}"
    )


def _timing(source: StudySource, figure: PublishedFigure) -> Ours:
    found = next((one for one in source.arms if one.what == "seconds"), None)
    automatic = "automatic" in figure.name.lower()
    arm = None if found is None else found.automatic if automatic else found.manual
    if arm is None or arm.mean is None:
        return Ours(ABSENT, "no tractogram of this arm")
    simulated = source.run is not None and source.run.simulated and not automatic
    how = "drawing time simulated, tracking measured" if simulated else "from the open case to the streamlines"
    return Ours(arm_cell(arm), f"{how}; {arm.n} cases")


def _rating(source: StudySource, figure: PublishedFigure) -> Ours:
    found = next((one for one in source.arms if one.what == "rating"), None)
    if found is None or found.automatic.mean is None:
        return Ours(ABSENT, "nobody has rated")
    how = (
        "automatic arm, blinded; simulated"
        if source.run is not None and source.run.simulated
        else "automatic arm, blinded"
    )
    return Ours(arm_cell(found.automatic), f"{how}; {found.automatic.n} ratings")


def _index(source: StudySource, figure: PublishedFigure) -> Ours:
    index = figure.name.split()[0]
    region = figure.labels[0] if figure.labels else ""
    first, second = (index_error_of(source, name, region, index) for name in ("slice_error_i", "slice_error_ii"))
    if first.mean is None:
        return Ours(ABSENT, "the network has not found this region in any test case")
    value: Cell = (Number(first.mean, digits=2), " (ii: ", Number(second.mean, digits=2), ")")
    return Ours(value, f"definition (i), mean over slices and {first.n} cases; in brackets definition (ii)")


def _loading(source: StudySource, figure: PublishedFigure) -> Ours:
    joint = figure.name.split()[0]
    found = loading_at(source, joint)
    if found.value is None:
        return Ours(ABSENT, "the loading model needs the mass of the body and both label maps")
    return Ours((found, " N"), f"mean over the cases, manual masks, at {joint}, neutral standing")


_FINDERS: dict[str, Callable[[StudySource, PublishedFigure], Ours]] = {
    "architecture_comparison": _dice,
    "manual_vs_automatic": _dice,
    "external_test": _external,
    "cov": _level_cov,
    "rounds": _rounds,
    "inter_rater": _icc_between,
    "intra_rater": _icc_reads,
    "correlation": _correlation,
    "timing": _timing,
    "rating": _rating,
    "index_error": _index,
}
_BY_MEASURE: dict[str, Callable[[StudySource, PublishedFigure], Ours]] = {"loading": _loading}
