"""Agreement of label maps: raters with raters, rater with network, network with network, and another tool."""

from collections.abc import Sequence
from functools import partial

from radicula.study_report import figures
from radicula.study_report.architectures import BEST, architecture_comparison
from radicula.study_report.cells import ABSENT, mean_sd_of, p_cell
from radicula.study_report.source import StudySource
from results.reporting.blocks import Block, Cell, Figure, Section, Table, columns, paragraph
from results.reporting.numbers import Number, count, metric_number, reason
from results.reporting.source import Json, ReportSource

SHOWN = ("dice", "hd95_mm", "assd_mm")
TITLES = {"dice": "Dice", "hd95_mm": "HD95 (mm)", "assd_mm": "ASSD (mm)"}


def raters(source: StudySource) -> Section:
    """How far raters agree with each other and with themselves."""
    parts = []
    for kind, title in (("inter_rater", "Between raters"), ("intra_rater", "Between reads of the same rater")):
        analysis = source.analyses.get(kind)
        if analysis is not None:
            caption = f"{title}: overlap and distance of the label maps, mean ± SD over images and pairs."
            parts.append(Section(title, (_by_label(analysis, caption),)))
    return Section("Agreement of raters", parts=tuple(parts))


def _by_label(analysis: ReportSource, caption: str, pair: int | None = None) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in analysis.agreement(pair=pair):
        metrics = one["metrics"]
        rows.append(
            (
                analysis.label(one["label"]),
                count(metrics["dice"]["n"]),
                *(_metric(metrics[name], name) for name in SHOWN),
                Number(metrics["dice"]["minimum"], undefined=reason(metrics["dice"]["undefined"], "minimum", "mean")),
            )
        )
    titles = columns("Label", "#n", *(f"#{TITLES[name]}" for name in SHOWN), "#Lowest Dice")
    note = "n: images times pairs with a defined Dice. A distance is undefined where one map lacks the label."
    return Table(caption, titles, rows, note)


def _metric(found: Json, name: str) -> Cell:
    mean = metric_number(name, found["mean"], reason(found["undefined"], "mean") or "one map lacks it everywhere")
    return mean if found["sd"] is None else (mean, " ± ", metric_number(name, found["sd"]))


def networks(source: StudySource) -> Section:
    """The candidates on one split, tested on the same cases; and the first of them label by label."""
    names = {label.value: label.name for label in source.protocol.labels}
    parts = [
        _trained(source),
        *(architecture_comparison(one, names) for one in source.architectures),
        *(_compared(source, one) for one in source.comparisons),
        _automatic(source),
    ]
    return Section("Networks", parts=tuple(part for part in parts if not part.is_empty))


def _trained(source: StudySource) -> Section:
    if not source.networks:
        return Section("Trained")
    rows = [
        (
            one.title,
            one.name,
            count(one.steps),
            count(len([case for case in one.run.cases.all() if case.split == "train"])),
            Number(one.seconds, digits=1, undefined="not recorded"),
            one.run.hardware or ABSENT,
        )
        for one in source.networks
    ]
    table = Table(
        "What was trained, and for how long.",
        columns("Network", "Version", "#Steps", "#Images", "#Seconds", "Hardware"),
        rows,
        "All of them on the same subjects, and on the labels of one rater.",
    )
    return Section("Training", (table,))


def _compared(source: StudySource, analysis: ReportSource) -> Section:
    entry = next(
        (one for one in analysis.document["comparisons"] if one["metric"] == "dice" and one["label"] is None), None
    )
    if entry is None:
        return Section("Comparison")
    titles = {place: _reader_title(source, analysis, place) for place in range(len(analysis.document["readers"]))}
    known = [one for one in entry["means"] if one["mean"] is not None]
    best = max((one["mean"] for one in known), default=None)
    rows: list[tuple[Cell, ...]] = [
        (
            titles[one["reader"]],
            count(one["n"]),
            mean_sd_of({**one, "undefined": "no test case has a defined Dice"}),
            BEST if one["mean"] is not None and one["mean"] == best else "",
        )
        for one in entry["means"]
    ]
    means = Table(
        "Dice of each network on the frozen test set: mean ± SD over cases of the mean over labels.",
        columns("Network", "#n", "#Dice", "Best"),
        rows,
        f"Against {analysis.reader(entry['reference'])}.",
    )
    pairs: list[tuple[Cell, ...]] = []
    for pair in entry["pairs"]:
        difference = pair["paired_t"]["difference"]
        pairs.append(
            (
                f"{titles[pair['reader_b']]} − {titles[pair['reader_a']]}",
                Number(difference["value"], undefined=reason(difference["undefined"], "value")),
                *(p_cell(pair[test][name]) for test in ("paired_t", "wilcoxon") for name in ("p", "holm_p")),
            )
        )
    tests = Table(
        "Paired tests on the same cases, with Holm's correction over labels and pairs.",
        columns("Difference", "#Dice", "#p, paired t", "#Holm", "#p, Wilcoxon", "#Holm"),
        pairs,
    )
    points = {titles[one["reader"]]: _dice_by_case(analysis, one["reader"]) for one in entry["means"]}
    said = "; ".join(f"{name}: {len(values)} cases" for name, values in points.items())
    figure = Figure(
        "Dice of every test case by network; the bar is the mean.",
        f"Dice by network. {said}.",
        partial(figures.groups_chart, points, "Dice"),
    )
    images = sorted({one.role for one in source.networks if one.title in titles.values()})
    where = f" on {' and '.join(images)}" if len({one.role for one in source.networks}) > 1 else ""
    return Section(f"Comparison of architectures{where}", (means, tests, figure))


def _reader_title(source: StudySource, analysis: ReportSource, place: int) -> str:
    reader = analysis.document["readers"][place]
    return source.network_title(str(reader["name"])) if reader["type"] == "model" else str(reader["title"])


def _dice_by_case(analysis: ReportSource, reader: int) -> list[float]:
    by_case: dict[str, list[float]] = {}
    for row in analysis.rows:
        if row["reader_a"] == 0 and row["reader_b"] == reader and row["dice"] is not None:
            by_case.setdefault(row["case"]["name"], []).append(row["dice"])
    return [sum(values) / len(values) for values in by_case.values()]


def _automatic(source: StudySource) -> Section:
    analysis = source.analyses.get("human_model")
    if analysis is None:
        return Section("Label by label")
    places = [one["index"] for one in analysis.document["readers"] if one["type"] == "model"]
    network = " and ".join(_reader_title(source, analysis, place) for place in places)
    caption = f"{network} against {analysis.reader(0)}, on the frozen test set: mean ± SD over images."
    return Section("Label by label", (_by_label(analysis, caption),))


def external(source: StudySource) -> Section:
    """The network and another tool on images of a site that no training has seen."""
    analysis = source.analyses.get("external")
    if analysis is None:
        return Section("Another tool")
    blocks: list[Block] = []
    if source.run is not None and source.run.simulated:
        blocks.append(
            paragraph("The other tool is simulated: it draws the true labels again, too wide and with a larger error.")
        )
    blocks += _against_rater(source, analysis)
    return Section("External test of two tools", tuple(blocks))


def _against_rater(source: StudySource, analysis: ReportSource) -> Sequence[Block]:
    rows: list[tuple[Cell, ...]] = []
    for one in analysis.agreement(pair="each"):
        pair = analysis.document["pairs"][one["pair"]]
        if pair["reader_a"] == 0:
            who = _reader_title(source, analysis, pair["reader_b"])
            dice = one["metrics"]["dice"]
            rows.append((who, analysis.label(one["label"]), count(dice["n"]), _metric(dice, "dice")))
    table = Table(
        f"Dice against {analysis.reader(0)}, mean ± SD over images.", columns("Tool", "Label", "#n", "#Dice"), rows
    )
    tests = [
        (
            analysis.label(one["label"]),
            " − ".join(_reader_title(source, analysis, pair[name]) for name in ("reader_b", "reader_a")),
            Number(
                pair["paired_t"]["difference"]["value"],
                undefined=reason(pair["paired_t"]["difference"]["undefined"], "value"),
            ),
            p_cell(pair["paired_t"]["p"]),
            p_cell(pair["wilcoxon"]["p"]),
            p_cell(pair["wilcoxon"]["holm_p"]),
        )
        for one in analysis.document["comparisons"]
        if one["metric"] == "dice"
        for pair in one["pairs"]
    ]
    compared = Table(
        "Paired tests of the two on the same images.",
        columns("Label", "Difference", "#Dice", "#p, paired t", "#p, Wilcoxon", "#Holm"),
        tests,
    )
    return (table, compared) if tests else (table,)
