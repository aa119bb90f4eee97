"""Reliability of the measurements: ICC in all forms, measurement error, agreement of pairs, sources of variance."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from results.reporting import charts
from results.reporting.blocks import Block, Cell, Figure, Section, Table, columns
from results.reporting.front import DEFAULT_FORM
from results.reporting.numbers import (
    SIGNIFICANT,
    Number,
    count,
    estimate_cells,
    measured,
    p_value,
    reason,
    span,
)
from results.reporting.source import Json, ReportSource, pretty_unit

MOST_BLAND_ALTMAN = 12


def reliability(source: ReportSource) -> Section:
    """Everything about measurements that several readers made."""
    if not source.reliability:
        return Section("Reliability of measurements")
    return Section(
        "Reliability of measurements",
        (_default_table(source), _forest(source)),
        parts=(
            Section("All forms of the ICC", (_forms_table(source),)),
            Section("Measurement error", (_error_table(source),)),
            bland_altman(source),
            correlations(source),
            tests(source),
            variance(source),
            presence(source),
        ),
    )


def _what(source: ReportSource, entry: Json) -> tuple[str, str]:
    """Measurement with unit, and label (for repeated reads with the rater)."""
    title = source.measurement_title(entry["measurement"])
    label = source.label(entry["label"])
    if source.parameters["kind"] == "intra_rater":
        label += f", {source.reader(entry['readers'][0])}"
    return title, label


def _form(entry: Json, name: str = DEFAULT_FORM) -> Json:
    return next(one for one in entry["icc"] if one["type"] == name)


def _icc_interval(source: ReportSource, form: Json) -> Any:
    return span(form.get(source.ci_key), undefined=reason(form["undefined"], "interval", "ci", "value"))


def _default_table(source: ReportSource) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        form = _form(entry)
        rows.append(
            (
                *_what(source, entry),
                count(entry["n_targets"]),
                count(entry["n_raters"]),
                Number(form["value"], undefined=reason(form["undefined"], "value")),
                _icc_interval(source, form),
                estimate_cells(entry["bootstrap"])[1],
                form["words"] or "undefined",
            )
        )
    ci = f"#{source.level_percent} CI"
    return Table(
        f"{DEFAULT_FORM}: two-way random effects, absolute agreement, single measurement.",
        columns("Measurement", "Label", "#n", "#k", "#ICC", ci, "#Bootstrap CI", "Reliability (Koo and Li, on the CI)"),
        rows,
        "n: images that all k readers have read. Bootstrap CI: whole subjects drawn.",
    )


def _forest(source: ReportSource) -> Figure:
    names = list(dict.fromkeys(one["measurement"] for one in source.reliability))
    lines, said = [], []
    for entry in source.reliability:
        form, (title, label) = _form(entry), _what(source, entry)
        ends = form.get(source.ci_key)
        name = f"{title}, {label}" if len(names) > 1 else label
        lines.append(
            charts.Interval(
                name, form["value"], None if ends is None else (ends[0], ends[1]), names.index(entry["measurement"])
            )
        )
        said.append(f"{name} {_said(form['value'])}")
    return Figure(
        f"{DEFAULT_FORM} of each label with its {source.level_percent} confidence interval; the shades are Koo and "
        "Li's ranges.",
        f"Forest plot of {DEFAULT_FORM}: {'; '.join(said)}.",
        partial(charts.forest_chart, lines, DEFAULT_FORM),
    )


def _said(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _forms_table(source: ReportSource) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        for form in entry["icc"]:
            why = form["undefined"]
            rows.append(
                (
                    *_what(source, entry),
                    form["type"],
                    form["shrout_fleiss"],
                    f"{form['model']}, {form['definition']}, {form['unit']}",
                    Number(form["value"], undefined=reason(why, "value")),
                    _icc_interval(source, form),
                    Number(form["f"], digits=2, undefined=reason(why, "f", "value")),
                    (_df(form["df1"], why), ", ", _df(form["df2"], why)) if form["df1"] is not None else _df(None, why),
                    p_value(form["p"], reason(why, "p", "f", "value")),
                )
            )
    return Table(
        "The six forms of the intraclass correlation.",
        columns(
            "Measurement",
            "Label",
            "McGraw–Wong",
            "Shrout–Fleiss",
            "Model, definition, unit",
            "#ICC",
            f"#{source.level_percent} CI",
            "#F",
            "#df",
            "#p",
        ),
        rows,
        "F, df and p test whether the ICC is above 0.",
    )


def _df(value: float | None, why: Any) -> Number:
    return Number(
        value,
        digits=0 if value is not None and float(value).is_integer() else 1,
        undefined=reason(why, "df", "f", "value"),
    )


def _error_table(source: ReportSource) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        why = entry["undefined"]
        rows.append(
            (
                *_what(source, entry),
                *(
                    measured(entry[name], reason(why, name))
                    for name in ("sem_agreement", "sem_consistency", "sdc", "sdc_consistency")
                ),
                Number(entry["within_cov_percent"], digits=1, undefined=reason(why, "within_cov_percent")),
                count(entry["planning"]["subjects"])
                if entry["planning"]["subjects"] is not None
                else Number(None, undefined=entry["planning"]["undefined"] or ""),
            )
        )
    width = source.reliability[0]["planning"]["width"]
    return Table(
        "Standard error of measurement (SEM), smallest detectable change (SDC) and within-subject coefficient of "
        "variation (CoV).",
        columns(
            "Measurement",
            "Label",
            "#SEM, agreement",
            "#SEM, consistency",
            "#SDC, agreement",
            "#SDC, consistency",
            "#CoV (%)",
            "#Subjects to plan for",
        ),
        rows,
        f"In the unit of the measurement. Subjects to plan for: so many give an interval of {DEFAULT_FORM} that is "
        f"{width:g} "
        "wide, at the ICC found here. The CoV means something for quantities with a true zero alone.",
    )


def bland_altman(source: ReportSource) -> Section:
    """Bias and limits of agreement of each pair, as a table and charts."""
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        title, label = _what(source, entry)
        for pair in entry["pairs"]:
            plain = source.measurement(entry["measurement"])["title"]
            for kind, unit in (
                ("bland_altman", title),
                ("bland_altman_percent", f"{plain} (%)"),
                ("bland_altman_ratio", f"{plain} (ratio)"),
            ):
                found = pair.get(kind)
                if found is None:
                    continue
                cells: list[Cell] = []
                for name in ("bias", "lower", "upper"):
                    value, interval = estimate_cells(found[name], "significant", SIGNIFICANT)
                    cells.append((value, " (", interval, ")") if value.value is not None else value)
                rows.append(
                    (
                        unit,
                        label,
                        _pair(source, pair),
                        count(found["n"]),
                        *cells,
                        p_value(found["proportional"]["p"], "too few pairs"),
                    )
                )
    table = Table(
        f"Bland-Altman: bias and limits of agreement with their {source.level_percent} confidence intervals.",
        columns(
            "Measurement", "Label", "Difference", "#n", "#Bias", "#Lower limit", "#Upper limit", "#p, proportional"
        ),
        rows,
        "%: of the mean of the two. Ratio: second / first, from logarithms; 1 is agreement. p, proportional: slope of "
        "the difference on the mean.",
    )
    figures = [_bland_altman_figure(source, entry) for entry in source.reliability[:MOST_BLAND_ALTMAN]]
    shown = [one for one in figures if one is not None]
    return Section("Bland-Altman analysis", (table, *_repeated_tables(source), *shown) if rows else ())


def _repeated_tables(source: ReportSource) -> tuple[Table, ...]:
    """Limits where subjects were read more than once: several volumes of one, or several reads of a volume."""
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        for pair in entry["pairs"]:
            if (found := pair.get("bland_altman_repeated")) is not None:
                rows.append((*_what(source, entry), _pair(source, pair), *_repeated_cells(found)))
    for one in source.document["reliability"].get("between_raters", ()):
        what = source.measurement_title(one["measurement"]), source.label(one["label"])
        rows.append((*what, f"{one['rater_b']} − {one['rater_a']}, all reads", *_repeated_cells(one["limits"])))
    table = Table(
        f"Bland-Altman with repeated measures: bias and limits of single readings with their {source.level_percent} "
        "confidence intervals.",
        columns(
            "Measurement", "Label", "Difference", "#Subjects", "#Readings", "#Bias", "#Lower limit", "#Upper limit"
        ),
        rows,
        "Where a subject has several images, its own value may change between them; reads of one image share it, and "
        "each image counts as a subject.",
    )
    return (table,) if rows else ()


def _repeated_cells(found: Json) -> tuple[Cell, ...]:
    cells: list[Cell] = [count(found["n_subjects"]), count(found["n_readings"])]
    for name in ("bias", "lower", "upper"):
        value, interval = estimate_cells(found[name], "significant", SIGNIFICANT)
        cells.append((value, " (", interval, ")") if value.value is not None else value)
    return tuple(cells)


def _pair(source: ReportSource, pair: Json) -> str:
    return f"{source.reader(pair['reader_b'])} − {source.reader(pair['reader_a'])}"


def _bland_altman_figure(source: ReportSource, entry: Json) -> Figure | None:
    values = source.values(entry["measurement"], entry["label"])
    panels, said = [], []
    for pair in entry["pairs"]:
        a, b = pair["reader_a"], pair["reader_b"]
        both = np.array([(of[a], of[b]) for of in values.values() if a in of and b in of], dtype=np.float64).reshape(
            -1, 2
        )
        if len(both) and pair["bland_altman"]["bias"]["value"] is not None:
            panels.append(charts.Difference(_pair(source, pair), both[:, 0], both[:, 1], pair["bland_altman"]))
            found = [pair["bland_altman"][name]["value"] for name in ("bias", "lower", "upper")]
            texts = [measured(value).text if value is not None else "undefined" for value in found]
            said.append(f"{_pair(source, pair)}: bias {texts[0]}, limits {texts[1]} to {texts[2]}")
    if not panels:
        return None
    title, label = _what(source, entry)
    unit = pretty_unit(source.measurement(entry["measurement"])["unit"])
    return Figure(
        f"Bland-Altman plots of {title}, {label}. Solid line: bias; dashed: limits of agreement; grey bands: their "
        f"{source.level_percent} confidence intervals. Each point is one image.",
        f"Bland-Altman plots of {title}, {label}. {'; '.join(said)}.",
        partial(charts.bland_altman_chart, panels, unit, source.level_percent),
    )


def correlations(source: ReportSource) -> Section:
    """Concordance and correlations of each pair."""
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        for pair in entry["pairs"]:
            cells: list[Cell] = []
            for found in (pair["concordance"]["ccc"], pair["pearson"]["r"], pair["spearman"]["r"]):
                value, interval = estimate_cells(found)
                cells.append((value, " (", interval, ")") if value.value is not None else value)
            rows.append((*_what(source, entry), _pair(source, pair), count(pair["pearson"]["n"]), *cells))
    table = Table(
        f"Lin's concordance (CCC), Pearson's and Spearman's correlation with their {source.level_percent} confidence "
        "intervals.",
        columns("Measurement", "Label", "Pair", "#n", "#CCC", "#Pearson r", "#Spearman ρ"),
        rows,
    )
    return Section("Concordance and correlation", (table,) if rows else ())


def tests(source: ReportSource) -> Section:
    """Paired tests of each pair with Holm's correction, and Friedman's test."""
    rows = [
        (
            *_what(source, entry),
            _pair(source, pair),
            *cells_of_test(pair["paired_t"]),
            *cells_of_test(pair["wilcoxon"], effect=False),
        )
        for entry in source.reliability
        for pair in entry["pairs"]
    ]
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                "Differences between readers: paired t and Wilcoxon signed-rank tests, with Holm's correction.",
                columns(
                    "Measurement", "Label", "Difference", "#t", "#p", "#p, Holm", "#Cohen's d_z", "#W", "#p", "#p, Holm"
                ),
                rows,
                "Two-sided. Holm: over all labels and pairs of the measurement.",
            )
        )
    friedman = [(entry, entry["friedman"]) for entry in source.reliability if entry["friedman"] is not None]
    if friedman:
        blocks.append(
            friedman_table([(*_what(source, entry), found) for entry, found in friedman], "Measurement", "Label")
        )
    return Section("Tests", tuple(blocks))


def cells_of_test(test: Json, *, effect: bool = True) -> tuple[Cell, ...]:
    """Statistic, p, Holm's p and maybe the effect of a test of the document."""
    why = test["undefined"]
    cells: list[Cell] = [
        Number(test["statistic"], digits=2, undefined=reason(why, "statistic")),
        p_value(test["p"], reason(why, "p", "statistic")),
        p_value(test.get("holm_p"), reason(why, "p", "statistic")),
    ]
    return (*cells, estimate_cells(test["effect"], digits=2)[0]) if effect else tuple(cells)


def friedman_table(entries: list[tuple[str, str, Json]], first: str, second: str) -> Table:
    """Friedman's test over three readers or more."""
    rows = [
        (
            a,
            b,
            count(found["n"]),
            count(found["k"]),
            Number(found["chi2"], digits=2, undefined=found["undefined"] or ""),
            Number(found["df"], digits=0, undefined=found["undefined"] or ""),
            p_value(found["p"], found["undefined"] or ""),
            Number(found["kendall_w"], undefined=found["undefined"] or ""),
        )
        for a, b, found in entries
    ]
    return Table("Friedman's test.", columns(first, second, "#n", "#k", "#χ²", "#df", "#p", "#Kendall's W"), rows)


def variance(source: ReportSource) -> Section:
    """Shares of variance of the mixed model."""
    rows: list[tuple[Cell, ...]] = []
    for entry in source.reliability:
        model = entry["mixed_model"]
        if model is None or not model["variances"]:
            continue
        for factor, value in model["variances"].items():
            share = 100 * model["shares"][factor] if model.get("shares") else None
            rows.append((*_what(source, entry), factor, measured(value), Number(share, digits=1)))
    table = Table(
        "Where the variance comes from: linear mixed model with random effects (restricted maximum likelihood).",
        columns("Measurement", "Label", "Source", "#Variance", "#Share (%)"),
        rows,
        "Variance in the squared unit of the measurement. A factor that cannot be told from another is left out; "
        "results.json says which.",
    )
    return Section("Sources of variance", (table,) if rows else ())


def presence(source: ReportSource) -> Section:
    """Whether readers agree that a label is there at all."""
    entries = [one for one in source.document["reliability"]["presence"] if one["group"] is None]
    if all(one["found_by_all"] == one["targets"] for one in entries):
        return Section("Presence of labels")
    rows: list[tuple[Cell, ...]] = []
    for one in entries:
        kappa = one["cohen_kappa"] or one["fleiss_kappa"]
        cells: list[Cell] = []
        for found in (kappa["coefficient"], one["gwet_ac1"]["coefficient"]):
            value, interval = estimate_cells(found)
            cells.append((value, " (", interval, ")") if value.value is not None else value)
        name = "Cohen" if one["cohen_kappa"] else "Fleiss"
        rows.append((source.label(one["label"]), count(one["targets"]), count(one["found_by_all"]), name, *cells))
    table = Table(
        "Whether a label is there: kappa and Gwet's AC1, over the images in which at least one reader has it.",
        columns("Label", "#Images", "#Found by all", "Kappa of", "#Kappa", "#AC1"),
        rows,
    )
    return Section("Presence of labels", (table,) if rows else ())
