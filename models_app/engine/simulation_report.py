"""What a simulation found: learning curves with bands, areas under them, and each strategy beside the baseline."""

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from measures.comparison_tests import paired_t
from models_app.engine.simulation import Step
from selection.strategies import BASELINE, STRATEGIES

LEVEL = 0.95
POINTS = 41
"""Of a curve against minutes, which every seed walks in steps of its own."""

COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
STYLE = {
    "font.size": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "lines.linewidth": 1.2,
    "svg.hashsalt": "radicula",
    "svg.fonttype": "path",
}

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The learning curves of a strategy, one for each seed.

    Attributes
    ----------
    strategy : str
    cases, minutes, dice : numpy.ndarray of float64, shape (seeds, rounds)
        NaN where Dice is undefined.
    """

    strategy: str
    cases: Values
    minutes: Values
    dice: Values

    def against_minutes(self, at: Values) -> Values:
        """Dice after so many minutes, shape (seeds, len(at)): linear between rounds, NaN outside of them."""
        rows = [
            np.interp(at, minutes, dice, left=np.nan, right=np.nan)
            for minutes, dice in zip(self.minutes, self.dice, strict=True)
        ]
        return np.array(rows)


def curves_of(steps: Sequence[Step]) -> list[Curve]:
    """The curves of all strategies that every seed has gone through, the baseline first."""
    names = list(dict.fromkeys(step.strategy for step in steps))
    names.sort(key=lambda name: (name != BASELINE, list(STRATEGIES).index(name)))
    return [_curve(name, [step for step in steps if step.strategy == name]) for name in names]


def _curve(strategy: str, steps: Sequence[Step]) -> Curve:
    seeds = sorted({step.seed for step in steps})
    rounds = min(max(step.number for step in steps if step.seed == seed) for seed in seeds)
    table = {(step.seed, step.number): step for step in steps}
    rows = [[table[seed, number] for number in range(1, rounds + 1)] for seed in seeds]
    return Curve(
        strategy,
        np.array([[len(step.labelled) for step in row] for row in rows], dtype=np.float64),
        np.array([[step.minutes for step in row] for row in rows]),
        np.array([[math.nan if step.mean_dice is None else step.mean_dice for step in row] for row in rows]),
    )


def summary_json(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    """For each strategy: Dice by round with intervals over seeds, areas, and the paired difference to the baseline.

    An area is the mean height of the curve: against cases over all rounds, against minutes over the minutes that every
    curve has, so that nobody gains by spending more.
    """
    low, high = common_minutes(curves)
    at = np.linspace(low, high, POINTS)
    areas = {curve.strategy: _areas(curve, at) for curve in curves}
    told = []
    for curve in curves:
        by_round = [
            {
                "round": number + 1,
                "cases": float(curve.cases[:, number].mean()),
                "minutes": round(float(curve.minutes[:, number].mean()), 2),
                "dice": _estimate(curve.dice[:, number]),
            }
            for number in range(curve.dice.shape[1])
        ]
        row: dict[str, Any] = {
            "strategy": curve.strategy,
            "title": STRATEGIES[curve.strategy].title,
            "rounds": by_round,
            "area_by_cases": _estimate(areas[curve.strategy][0]),
            "area_by_minutes": _estimate(areas[curve.strategy][1]),
        }
        if curve.strategy != BASELINE:
            for place, name in enumerate(("area_by_cases", "area_by_minutes")):
                test = paired_t(areas[curve.strategy][place], areas[BASELINE][place], level=LEVEL)
                row[f"{name}_against_baseline"] = {**test.difference.to_json(), "p": test.p, "seeds": test.n_first}
        told.append(row)
    return told


def common_minutes(curves: Sequence[Curve]) -> tuple[float, float]:
    """The minutes between the latest beginning and the earliest end of all curves."""
    return max(float(c.minutes[:, 0].max()) for c in curves), min(float(c.minutes[:, -1].min()) for c in curves)


def _areas(curve: Curve, at: Values) -> tuple[Values, Values]:
    span = np.maximum(curve.cases[:, -1] - curve.cases[:, 0], 1e-12)
    by_cases = np.trapezoid(curve.dice, curve.cases, axis=1) / span
    if curve.dice.shape[1] < 2:
        by_cases = curve.dice[:, 0]
    if at[-1] <= at[0]:
        return by_cases, np.full(len(by_cases), np.nan)
    return by_cases, np.trapezoid(curve.against_minutes(at), at, axis=1) / (at[-1] - at[0])


def _estimate(values: Values) -> dict[str, Any]:
    """Mean over seeds with its t interval."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return {"mean": None, "ci": None, "seeds": 0}
    half = _half(known)
    mean = float(known.mean())
    return {
        "mean": round(mean, 5),
        "ci": None if half is None else [round(mean - half, 5), round(mean + half, 5)],
        "seeds": int(known.size),
    }


def _half(values: Values) -> float | None:
    if values.size < 2:
        return None
    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    return float(stats.t.ppf((1 + LEVEL) / 2, values.size - 1)) * error


def report_write(steps: Sequence[Step], folder: Path, title: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Write `results.csv`, `results.json`, `curves.svg` and `curves.png` into a folder.

    Parameters
    ----------
    steps : sequence of Step
        Of all strategies and seeds.
    folder : pathlib.Path
        Where.
    title : str
        Over the plot.
    facts : dict
        What was simulated: for `results.json`.

    Returns
    -------
    dict
        What `results.json` holds.
    """
    curves = curves_of(steps)
    result = {"title": title, **facts, "strategies": summary_json(curves)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.csv").write_text(_csv(steps))
    (folder / "results.json").write_text(json.dumps(result, indent=1) + "\n")
    figure = curves_chart(curves, title)
    with mpl.rc_context(STYLE):
        figure.savefig(folder / "curves.svg", metadata={"Date": None, "Creator": None})
        figure.savefig(folder / "curves.png", dpi=144)
    return result


def _csv(steps: Sequence[Step]) -> str:
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["strategy", "seed", "round", "cases", "minutes", "mean_dice", "chosen", "voxels_changed"])
    for step in steps:
        table.writerow(
            [
                step.strategy,
                step.seed,
                step.number,
                len(step.labelled),
                round(step.minutes, 3),
                "" if step.mean_dice is None else round(step.mean_dice, 5),
                " ".join(choice["case"] for choice in step.choices),
                sum(choice["voxels_changed"] for choice in step.choices),
            ]
        )
    return stream.getvalue()


def curves_chart(curves: Sequence[Curve], title: str) -> Figure:
    """Draw Dice against cases and against minutes: mean and 95 % interval over seeds, each seed as a thin line."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.4, 3.3), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        low, high = common_minutes(curves)
        at = np.linspace(low, high, POINTS) if high > low else None
        for place, curve in enumerate(curves):
            colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
            baseline = curve.strategy == BASELINE
            look = {"color": colour, "linestyle": "--" if baseline else "-", "zorder": 3 if baseline else 2}
            _band(left, curve.cases[0], curve.dice, marker=marker, label=STRATEGIES[curve.strategy].title, **look)
            for minutes, dice in zip(curve.minutes, curve.dice, strict=True):
                right.plot(minutes, dice, color=colour, alpha=0.3, linewidth=0.6)
            if at is not None:
                _band(right, at, curve.against_minutes(at), **look)
        left.set_xlabel("labelled cases")
        left.set_xticks(sorted({float(number) for curve in curves for number in curve.cases[0]}))
        left.set_ylabel("mean Dice on the test cases")
        right.set_xlabel("minutes of annotation (cost model)")
        seeds = curves[0].dice.shape[0]
        band = f"band: 95 % interval over {seeds} seeds" if seeds > 1 else "one seed: no interval"
        left.legend(frameon=False, fontsize=7, title=band, title_fontsize=7, loc="lower right")
        figure.suptitle(title, fontsize=9)
    return figure


def _band(axes: Axes, x: Values, rows: Values, **look: Any) -> None:
    colour = look["color"]
    mean = rows.mean(axis=0)
    axes.plot(x, mean, markersize=3.5, **look)
    halves = np.array([_half(column) or 0.0 for column in rows.T])
    axes.fill_between(x, mean - halves, mean + halves, color=colour, alpha=0.12, linewidth=0)
