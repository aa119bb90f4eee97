"""The protocol's candidates on one split: Dice with intervals, the best marked, paired tests."""

from functools import partial

from models_app.architecture_table import MEASURE, Candidate
from radicula.study_report import figures
from radicula.study_report.cells import ABSENT, mean_sd_of, p_cell
from radicula.study_report.source import ComparedArchitectures
from results.reporting.blocks import Block, Cell, Figure, Section, Table, columns
from results.reporting.numbers import Number, count, span
from results.reporting.source import Json

BEST = "best"


def architecture_comparison(compared: ComparedArchitectures) -> Section:
    """One comparison: what each candidate reached on the same cases, each pair tested, and every case drawn."""
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
                columns("Difference", "#Dice", "#p, Wilcoxon", "#Holm"),
                [_pair(pair, titles) for pair in table["pairs"]],
            )
        )
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


def _pair(pair: Json, titles: Json) -> tuple[Cell, ...]:
    difference = pair["difference"]
    gap = difference["value"] if difference is not None else None
    return (
        f"{titles[pair['first']]} − {titles[pair['second']]}",
        Number(gap, undefined=pair["undefined"] or "too few pairs"),
        p_cell(pair["p"]),
        p_cell(pair["holm_p"]),
    )


def _dice(candidate: Candidate) -> list[float]:
    found = (row.measure(MEASURE, None).value for row in candidate.rows)
    return [value for value in found if value is not None]
