"""The protocol's candidates on one split: Dice with intervals, the best marked, paired tests."""

from collections.abc import Mapping, Sequence
from functools import partial

from models_app.architecture_table import MEASURE, Candidate
from radicula.study_report import figures
from radicula.study_report.cells import ABSENT, mean_sd_of, p_cell
from radicula.study_report.source import ComparedArchitectures
from results.reporting.blocks import Block, Cell, Figure, Section, Table, columns
from results.reporting.numbers import Number, count, reason, span
from results.reporting.source import Json

BEST = "best"
SIGNIFICANCE = 0.05


def architecture_comparison(compared: ComparedArchitectures, names: Mapping[int, str]) -> Section:
    """One comparison: what each candidate reached on the same cases, each pair tested, and every case drawn.

    Parameters
    ----------
    compared : ComparedArchitectures
        Candidates of one split.
    names : mapping of int to str
        Label value to name.
    """
    table = compared.table
    cases = len(table["cases"])
    means = Table(
        "Dice of each network on the frozen test set: mean ± SD over cases of the mean over labels.",
        columns("Network", "#n", "#Dice", "#95 % interval", "Best"),
        [_row(row, compared.reasons.get(row["name"], "")) for row in table["rows"]],
        f"Trained on the same subjects with the same seed, tested on the same {cases} cases; the interval is a "
        "bootstrap over subjects.",
    )
    blocks: list[Block] = [means]
    if table["pairs"]:
        titles = {row["name"]: row["title"] for row in table["rows"]}
        blocks.append(
            Table(
                "Paired tests on the same cases, with Holm's correction over the pairs.",
                columns("Difference", "#Dice", "#95 % interval", "#p, Wilcoxon", "#Holm"),
                [_pair(pair, titles) for pair in table["pairs"]],
                _what_tests_can_say(table["pairs"]),
            )
        )
    if len(table["labels"]) > 1:
        blocks.append(_by_label(compared.table, names))
    points = {one.title: _dice(one) for one in compared.candidates if one.rows}
    if points:
        said = "; ".join(f"{name}: {len(values)} cases" for name, values in points.items())
        blocks.append(
            Figure(
                "Dice of every test case by network; the bar is the mean.",
                f"Dice by network. {said}.",
                partial(figures.groups_chart, points, "Dice"),
            )
        )
    return Section("Comparison of architectures", tuple(blocks))


def best_of(compared: ComparedArchitectures) -> str:
    """The best candidates with their Dice, in words; empty where there is none."""
    return "; ".join(
        f"{row['title']}, {Number(row['overall']['mean']).text}" for row in compared.table["rows"] if row["best"]
    )


def _row(row: Json, why: str) -> tuple[Cell, ...]:
    overall = row["overall"]
    if overall is None:
        return (row["title"], ABSENT, Number(None, undefined=why or "not trained"), ABSENT, "")
    ends = overall["ci"]
    interval: Cell = ABSENT if ends is None else span((ends[0], ends[1]), "fixed", 3)
    return (row["title"], count(overall["n"]), mean_sd_of(overall), interval, BEST if row["best"] else "")


def _by_label(table: Json, names: Mapping[int, str]) -> Table:
    """Which label each network finds: a mean over labels hides one that is missed."""
    rows = [row for row in table["rows"] if row["labels"]]
    return Table(
        "Dice of each label by network: mean over the same cases.",
        columns("Label", *(f"#{row['title']}" for row in rows)),
        [
            (names.get(value, f"Label {value}"), *(_label_mean(row["labels"][str(value)]) for row in rows))
            for value in table["labels"]
        ],
    )


def _label_mean(found: Json) -> Number:
    return Number(found["mean"], "fixed", 3, reason(found["undefined"]) or "no case has it")


def _what_tests_can_say(pairs: Sequence[Json]) -> str:
    """How small p can get with so few subjects: no difference, however large, shows in a test that can't reach it."""
    subjects = min((pair.get("subjects", 0) for pair in pairs), default=0)
    if not subjects:
        return ""
    smallest = 2.0 ** (1 - subjects)
    said = f"First minus second; Wilcoxon's test of {subjects} subject{'' if subjects == 1 else 's'}"
    corrected = min(1.0, smallest * len(pairs))
    if corrected < SIGNIFICANCE:
        return f"{said} can reach p = {smallest:.2g}, and {corrected:.2g} with Holm's correction."
    return (
        f"{said} can't get below p = {smallest:.2g}, nor below {corrected:.2g} with Holm's correction: look at the "
        "intervals, or test on more subjects."
    )


def _pair(pair: Json, titles: Json) -> tuple[Cell, ...]:
    difference = pair["difference"]
    gap = difference["value"] if difference is not None else None
    return (
        f"{titles[pair['first']]} − {titles[pair['second']]}",
        Number(gap, undefined=pair["undefined"] or "too few pairs"),
        ABSENT if difference is None or difference["ci"] is None else span(difference["ci"]),
        p_cell(pair["p"]),
        p_cell(pair["holm_p"]),
    )


def _dice(candidate: Candidate) -> list[float]:
    found = (row.measure(MEASURE, None).value for row in candidate.rows)
    return [value for value in found if value is not None]
