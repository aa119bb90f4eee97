"""Agreement of the label maps: tables by label and pair, the reader matrix, distributions, and the worst cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from results.parameters import HIGHER_IS_BETTER
from results.reporting import charts
from results.reporting.blocks import Block, Cell, Column, Figure, Picture, Section, Table, columns, paragraph
from results.reporting.numbers import Number, count, metric_number, reason, span
from results.reporting.source import ReportSource, metric_title

MAIN = ("dice", "hd95_mm", "assd_mm", "surface_dice")
WORST = 20


def overlap(source: ReportSource) -> Section:
    """Everything about pairs of label maps."""
    if not source.rows:
        return Section("Agreement of label maps")
    return Section(
        "Agreement of label maps",
        tuple(_tables(source)),
        parts=(_charts(source), _by_pair(source), _by_group(source), worst_cases(source)),
    )


def _tables(source: ReportSource) -> list[Block]:
    blocks: list[Block] = []
    for against, who in (
        ("reader", "all pairs of readings together"),
        ("consensus", "each reader against the consensus of the others"),
    ):
        entries = list(source.agreement(against=against))
        if not entries:
            continue
        rows = [
            _metric_row(one, name, source.label(one["label"]))
            for one in entries
            for name in source.parameters["metrics"]
        ]
        caption = (
            f"Agreement by label, {who}: mean, SD, {source.level_percent} bootstrap interval of the mean, and spread."
        )
        blocks.append(Table(caption, _metric_columns(source, "Label"), rows, _note(source)))
    return blocks


def _note(source: ReportSource) -> str:
    return (
        f"n: images times pairs with a defined value. CI: {source.level_percent}, whole subjects drawn. Surface Dice "
        "at "
        f"{source.parameters['tolerance_mm']:g} mm."
    )


def _metric_columns(source: ReportSource, *first: str) -> tuple[Column, ...]:
    return columns(*first, "Metric", "#n", "#Mean", "#SD", f"#{source.level_percent} CI", "#Median", "#Min", "#Max")


def _metric_row(entry: Mapping[str, Any], name: str, *first: str) -> tuple[Cell, ...]:
    found = entry["metrics"][name]
    why = found["undefined"]

    def number(value: float | None, key: str) -> Number:
        return metric_number(name, value, reason(why, key, "mean"))

    style = number(0.0, "mean")
    quartiles = found["quartiles"]
    return (
        *first,
        metric_title(name),
        count(found["n"]),
        number(found["mean"], "mean"),
        number(found["sd"], "sd"),
        span(found["ci"], style.style, style.digits, reason(why, "ci")),
        number(None if quartiles is None else quartiles[1], "quartiles"),
        number(found["minimum"], "minimum"),
        number(found["maximum"], "maximum"),
    )


def _by_pair(source: ReportSource) -> Section:
    names = [name for name in MAIN if name in source.parameters["metrics"]] or list(source.parameters["metrics"])[:4]
    rows = []
    for against in ("reader", "consensus"):
        for one in source.agreement(against=against, pair="each"):
            if one["label"] is None and len(source.document["labels"]) == 1:
                continue
            cells: list[Cell] = [
                source.pair(one["pair"]),
                source.label(one["label"]),
                count(one["metrics"][names[0]]["n"]),
            ]
            for name in names:
                found = one["metrics"][name]
                mean = metric_number(name, found["mean"], reason(found["undefined"], "mean"))
                sd = metric_number(name, found["sd"], reason(found["undefined"], "sd"))
                cells.append((mean, " ± ", sd) if found["sd"] is not None else mean)
            rows.append(tuple(cells))
    caption = "Agreement by pair and label, mean ± SD."
    titles = columns("Pair", "Label", "#n", *(f"#{metric_title(name)}" for name in names))
    return Section("By pair of readers", (Table(caption, titles, rows),) if rows else ())


def _by_group(source: ReportSource) -> Section:
    rows = []
    for one in source.document["agreement"]:
        if one["group"] is None or one["pair"] is not None or one["against"] != "reader" or one["label"] is not None:
            continue
        for name in source.parameters["metrics"]:
            if name in MAIN:
                rows.append(_metric_row(one, name, f"{one['group']['by']}: {one['group']['value']}"))
    caption = "Agreement by group, all labels and pairs of readings together."
    return Section("By group", (Table(caption, _metric_columns(source, "Group"), rows, _note(source)),) if rows else ())


def _charts(source: ReportSource) -> Section:
    blocks: list[Block] = []
    matrix = _dice_matrix(source)
    if matrix is not None:
        blocks.append(matrix)
    blocks += [
        figure
        for name in MAIN
        if name in source.parameters["metrics"] and (figure := _distribution(source, name)) is not None
    ]
    return Section("Figures", tuple(blocks))


def _dice_matrix(source: ReportSource) -> Figure | None:
    n = len(source.document["readers"])
    values = np.full((n, n), np.nan)
    for one in source.agreement(pair="each"):
        dice = one["metrics"].get("dice")
        pair = source.document["pairs"][one["pair"]]
        if one["label"] is None and dice is not None and dice["mean"] is not None:
            values[pair["reader_a"], pair["reader_b"]] = values[pair["reader_b"], pair["reader_a"]] = dice["mean"]
    if n < 3 or np.isnan(values).all():
        return None
    names = [one["title"] for one in source.document["readers"]]
    said = "; ".join(
        f"{names[i]} and {names[j]} {values[i, j]:.3f}"
        for i in range(n)
        for j in range(i + 1, n)
        if not np.isnan(values[i, j])
    )
    return Figure(
        "Mean Dice coefficient of each pair of readers, over all labels and images.",
        f"Matrix of the mean Dice by pair of readers: {said}.",
        partial(charts.matrix_chart, names, values, "Mean Dice"),
    )


def _distribution(source: ReportSource, metric: str) -> Figure | None:
    pairs = [one for one in source.document["pairs"] if one["reader_a"] is not None]
    groups = []
    for label in source.document["labels"]:
        of_label = [row for row in source.rows if row["label"] == label["value"]]
        values = [
            np.array(
                [row[metric] for row in of_label if row["pair"] == pair["index"] and row[metric] is not None],
                np.float64,
            )
            for pair in pairs
        ]
        if any(one.size for one in values):
            groups.append((label["name"], values))
    if not groups:
        return None
    medians = "; ".join(
        f"{name} {np.median(np.concatenate(values)):.3g} (n = {sum(v.size for v in values)})" for name, values in groups
    )
    return Figure(
        f"{metric_title(metric)} of every image, by label and pair of readers. Each point is one image; the black "
        "bar is the "
        "median.",
        f"Distribution of {metric_title(metric)} by label. Medians over all pairs: {medians}.",
        partial(charts.distribution_chart, groups, [source.pair(one["index"]) for one in pairs], metric_title(metric)),
    )


def worst_cases(source: ReportSource) -> Section:
    """The rows with the lowest Dice between two readings, and pictures of their images."""
    metric = "dice" if "dice" in source.parameters["metrics"] else str(source.parameters["metrics"][0])
    rows = worst_rows(source.rows, metric)
    table = Table(
        f"The {len(rows)} comparisons of two readings with the {'lowest' if metric in HIGHER_IS_BETTER else 'highest'} "
        f"{metric_title(metric)}, worst first.",
        columns(
            "Case", "Label", "Pair", "#Dice", "#HD95 (mm)", "#ASSD (mm)", "#Volume A (mm³)", "#Volume B (mm³)", "#Row"
        ),
        [_worst_row(source, row) for row in rows],
        "Row: the number by which the platform opens the two label maps of a comparison in the viewer. A and B: "
        "first and "
        "second of the pair.",
    )
    pictures = [Picture(one.caption, one.alt, one.png, one.size) for one in source.pictures]
    said = (
        paragraph(f"Pictures of the {len(pictures)} images with the worst comparisons follow, worst first.")
        if pictures
        else paragraph("No pictures were asked for.")
    )
    return Section("Worst cases", (table, said, *pictures))


def worst_rows(rows: Sequence[Mapping[str, Any]], metric: str = "dice", most: int = WORST) -> list[Mapping[str, Any]]:
    """The rows of two readings with the worst values of a metric, worst first."""
    known = [row for row in rows if row["reader_a"] is not None and row[metric] is not None]
    sign = 1 if metric in HIGHER_IS_BETTER else -1
    return sorted(known, key=lambda row: (sign * row[metric], row["number"]))[:most]


def _worst_row(source: ReportSource, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    numbers = [
        metric_number(name, row[name], row["undefined"].get(name, ""))
        for name in ("dice", "hd95_mm", "assd_mm", "volume_a_mm3", "volume_b_mm3")
    ]
    return row["case"]["name"], source.label(row["label"]), source.pair(row["pair"]), *numbers, count(row["number"])
