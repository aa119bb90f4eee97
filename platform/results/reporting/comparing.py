"""Models and tools against one reference, spread across groups, and the protocol's published figures beside ours."""

from __future__ import annotations

from results.reporting.blocks import Block, Cell, Section, Table, columns
from results.reporting.numbers import SIGNIFICANT, Number, count, measured, metric_number, p_value, reason, span
from results.reporting.reliability import cells_of_test, friedman_table
from results.reporting.source import Json, ReportSource, metric_title


def comparisons(source: ReportSource) -> Section:
    """Who is better against the same reference."""
    means: list[tuple[Cell, ...]] = []
    pairs: list[tuple[Cell, ...]] = []
    friedman: list[tuple[str, str, Json]] = []
    for one in source.document["comparisons"]:
        metric, label = one["metric"], source.label(one["label"])
        for mean in one["means"]:
            value, sd = (metric_number(metric, mean[name], "too few values") for name in ("mean", "sd"))
            means.append((metric_title(metric), label, source.reader(mean["reader"]), count(mean["n"]), value, sd))
        for pair in one["pairs"]:
            name = f"{source.reader(pair['reader_b'])} − {source.reader(pair['reader_a'])}"
            difference = pair["paired_t"]["difference"]
            found = metric_number(metric, difference["value"], reason(difference["undefined"], "value"))
            pairs.append(
                (
                    metric_title(metric),
                    label,
                    name,
                    found,
                    *cells_of_test(pair["paired_t"]),
                    *cells_of_test(pair["wilcoxon"], effect=False),
                )
            )
        if one["friedman"] is not None:
            friedman.append((metric_title(metric), label, one["friedman"]))
    blocks: list[Block] = []
    if means:
        blocks.append(
            Table(
                "Each against the reference, by case.",
                columns("Metric", "Label", "Candidate", "#n", "#Mean", "#SD"),
                means,
            )
        )
        blocks.append(
            Table(
                "Paired comparison on the same cases, with Holm's correction over all labels and pairs of a metric.",
                columns(
                    "Metric", "Label", "Difference", "#Mean", "#t", "#p", "#p, Holm", "#d_z", "#W", "#p", "#p, Holm"
                ),
                pairs,
            )
        )
    if friedman:
        blocks.append(friedman_table(friedman, "Metric", "Label"))
    return Section("Comparison of candidates", tuple(blocks))


def variability(source: ReportSource) -> Section:
    """Spread of measurements across sites, vendors, sessions, resolutions."""
    rows: list[tuple[Cell, ...]] = []
    tests: list[tuple[Cell, ...]] = []
    for one in source.document["variability"]:
        sd, cov = one["sd"], one["cov_percent"]
        title, label, reader = (
            source.measurement_title(one["measurement"]),
            source.label(one["label"]),
            source.reader(one["reader"]),
        )
        cov_cells = (
            [Number(cov[name], digits=2, undefined=reason(cov["undefined"], name)) for name in ("mean", "sd")]
            if cov is not None
            else [Number(None, undefined=reason(one["undefined"], "cov_percent"))] * 2
        )
        sd_cells = [measured(sd[name], reason(sd["undefined"], name)) for name in ("mean", "sd")]
        rows.append(
            (one["by"], title, label, reader, count(len(one["groups"])), count(one["units"]), *sd_cells, *cov_cells)
        )
        for test in one["tests"]:
            found = test["mann_whitney"]
            tests.append(
                (
                    one["by"],
                    title,
                    label,
                    reader,
                    f"{test['group_a']} – {test['group_b']}",
                    Number(found["statistic"], digits=1, undefined=reason(found["undefined"], "statistic")),
                    p_value(found["p"], reason(found["undefined"], "p")),
                    p_value(found.get("holm_p"), reason(found["undefined"], "p")),
                    p_value(test["welch_t"]["p"], reason(test["welch_t"]["undefined"], "p")),
                )
            )
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                "Spread across groups: SD (ddof 1) and coefficient of variation, mean ± SD over the units.",
                columns(
                    "Across", "Measurement", "Label", "Reader", "#Groups", "#Units", "#SD", "#± SD", "#CoV (%)", "#± SD"
                ),
                rows,
                "A unit is a label (across sites and vendors), or a label of a subject (across sessions and "
                "resolutions). CoV is "
                "undefined for coordinates, which have no true zero.",
            )
        )
    if tests:
        blocks.append(
            Table(
                "Tests between groups: Mann-Whitney U with Holm's correction, and Welch's t.",
                columns("Across", "Measurement", "Label", "Reader", "Groups", "#U", "#p", "#p, Holm", "#p, Welch"),
                tests,
            )
        )
    return Section("Variability", tuple(blocks))


def published(source: ReportSource) -> Section:
    """The protocol's published figures, with what of ours may be held against each."""
    rows: list[tuple[Cell, ...]] = []
    for one in source.document.get("published", ()):
        unit = f" ({one['unit']})" if one["unit"] else ""
        note = f": {one['note']}" if one["note"] else ""
        what, comparable = f"{one['name']}{unit}{note}", one["comparable"] or ""
        theirs = _with_sd(one["value"], one["sd"])
        for ours in one["ours"]:
            ends: Cell = span(ours["ci"]) if ours["ci"] is not None else "–"
            rows.append((what, theirs, ours["title"], _with_sd(ours["value"], ours["sd"]), ends, comparable))
        if not one["ours"]:
            rows.append((what, theirs, "–", Number(None, undefined=one["undefined"] or ""), "–", comparable))
    table = Table(
        f"Published figures of the protocol “{source.protocol_title}” beside this analysis.",
        columns(
            "Published figure",
            "#Published",
            "Here",
            "#Value here",
            f"#{source.level_percent} CI",
            "What is comparable",
        ),
        rows,
        "Value here: the number of this analysis with the same definition, over all readings of whom it names.",
    )
    return Section("Published figures", (table,) if rows else ())


def _with_sd(value: float, sd: float | None) -> Cell:
    mean = Number(value, "significant", SIGNIFICANT)
    return mean if sd is None else (mean, " ± ", Number(sd, "significant", SIGNIFICANT))
