"""The charts of a report. Every reader has one colour, marker and place, so that colour is never the only sign."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31")
"""Okabe and Ito's colours, which most colour-blind people tell apart; those that print well first."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
WIDTH_IN = 6.9
MOST_SINGLE_POINTS = 200
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 8.0,
    "legend.fontsize": 7.5,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "lines.linewidth": 1.0,
    "svg.hashsalt": "radicula",
    "svg.fonttype": "path",
    "axes.unicode_minus": True,
    "figure.dpi": 72.0,
}


@dataclass(frozen=True)
class Difference:
    """Paired readings of two readers and their Bland-Altman statistics as in the document."""

    title: str
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    statistics: dict[str, Any]


@dataclass(frozen=True)
class Interval:
    """A line of a forest plot; `value` or `ends` are None where they are undefined."""

    title: str
    value: float | None
    ends: tuple[float, float] | None
    group: int = 0


def to_svg(figure: Figure) -> bytes:
    """Write a chart as SVG; the same chart is the same bytes."""
    stream = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def _figure(height_in: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, NDArray[Any]]:
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def bland_altman_chart(pairs: Sequence[Difference], unit: str, limits_text: str) -> Figure:
    """Draw difference against mean for each pair, with bias and limits of agreement and their intervals."""
    with mpl.rc_context(STYLE):
        columns = min(3, len(pairs))
        rows = -(-len(pairs) // columns)
        figure, axes = _figure(2.35 * rows + 0.2, rows, columns, sharex=True, sharey=True)
        for axis, (i, pair) in zip(axes.flat, enumerate(pairs), strict=False):
            _bland_altman_axis(axis, pair, i)
        for axis in list(axes.flat)[len(pairs) :]:
            axis.set_visible(False)
        figure.supxlabel(f"Mean of the two ({unit})" if unit else "Mean of the two", fontsize=8)
        figure.supylabel(f"Difference ({unit})" if unit else "Difference", fontsize=8)
    return figure


def _bland_altman_axis(axis: Axes, pair: Difference, place: int) -> None:
    mean, difference = (pair.first + pair.second) / 2, pair.second - pair.first
    axis.axhline(0, color="#999999", linewidth=0.6)
    colour = PALETTE[place % len(PALETTE)]
    axis.plot(
        mean,
        difference,
        MARKERS[place % len(MARKERS)],
        markersize=3.2,
        color=colour,
        markeredgewidth=0.4,
        markeredgecolor="white",
    )
    for name, dashes in (("lower", (4, 2)), ("bias", ()), ("upper", (4, 2))):
        estimate = pair.statistics[name]
        if estimate["value"] is None:
            continue
        if estimate["ci"] is not None:
            axis.axhspan(*estimate["ci"], color="#000000", alpha=0.08, linewidth=0)
        axis.axhline(estimate["value"], color="#222222", linewidth=0.9, dashes=dashes or (None, None))
        axis.annotate(
            f"{estimate['value']:.4g}".replace("-", "\N{MINUS SIGN}"),
            (1, estimate["value"]),
            xycoords=("axes fraction", "data"),
            xytext=(-1, 2),
            textcoords="offset points",
            ha="right",
            fontsize=6.5,
        )
    axis.set_title(pair.title, loc="left")


def matrix_chart(names: Sequence[str], values: NDArray[np.float64], title: str) -> Figure:
    """Draw a reader by reader matrix with its numbers; NaN is left blank, and the diagonal is grey."""
    with mpl.rc_context(STYLE):
        n = len(names)
        cell = min(0.75, 3.6 / n)
        figure, axes = _figure(cell * n + 0.9)
        axis = axes[0, 0]
        shades = mpl.colormaps["cividis"]
        for i in range(n):
            for j in range(n):
                _matrix_cell(axis, i, j, float(values[i, j]), shades)
        axis.set(xlim=(0, n), ylim=(n, 0), aspect="equal", title=title)
        axis.set_xticks(np.arange(n) + 0.5, names, rotation=30 if max(map(len, names)) > 8 else 0)
        axis.set_yticks(np.arange(n) + 0.5, names)
        axis.tick_params(length=0)
        for spine in axis.spines.values():
            spine.set_visible(False)
    return figure


def _matrix_cell(axis: Axes, i: int, j: int, value: float, shades: Any) -> None:
    known = not np.isnan(value)
    face = shades(value) if known else "#e9e9e9"
    axis.add_patch(Rectangle((j, i), 1, 1, facecolor=face, edgecolor="white", linewidth=1.5))
    if known:
        ink = "white" if value < 0.55 else "black"
        axis.text(j + 0.5, i + 0.5, f"{value:.3f}", ha="center", va="center", color=ink, fontsize=8)


def distribution_chart(
    groups: Sequence[tuple[str, Sequence[NDArray[np.float64]]]], pairs: Sequence[str], name: str
) -> Figure:
    """Draw single values per label and pair, and a box over more than 200; the bar is the median."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(max(1.6, 0.16 * len(groups) * (len(pairs) + 1) + 0.9))
        axis = axes[0, 0]
        rng = np.random.default_rng(0)
        step, ticks = len(pairs) + 1.2, []
        for g, (_, values) in enumerate(groups):
            ticks.append(g * step + (len(pairs) - 1) / 2)
            for p, of_pair in enumerate(values):
                _distribution(axis, of_pair, g * step + p, p, rng)
        axis.set_yticks(ticks, [title for title, _ in groups])
        axis.invert_yaxis()
        axis.set_xlabel(name)
        axis.grid(axis="x", color="#dddddd", linewidth=0.5)
        axis.set_axisbelow(True)
        handles = [
            axis.plot([], [], MARKERS[p % len(MARKERS)], color=PALETTE[p % len(PALETTE)], markersize=4, label=title)[0]
            for p, title in enumerate(pairs)
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False)
    return figure


def _distribution(axis: Axes, values: NDArray[np.float64], y: float, place: int, rng: np.random.Generator) -> None:
    if not values.size:
        return
    colour = PALETTE[place % len(PALETTE)]
    if values.size > MOST_SINGLE_POINTS:
        axis.boxplot(
            [values],
            positions=[y],
            widths=0.6,
            orientation="horizontal",
            manage_ticks=False,
            boxprops={"color": colour},
            whiskerprops={"color": colour},
            capprops={"color": colour},
            medianprops={"color": "black"},
            flierprops={"markersize": 2, "markeredgecolor": colour},
        )
        return
    spread = y + rng.uniform(-0.28, 0.28, values.size)
    axis.plot(values, spread, MARKERS[place % len(MARKERS)], markersize=3, color=colour, alpha=0.75, markeredgewidth=0)
    axis.plot([np.median(values)] * 2, [y - 0.42, y + 0.42], color="black", linewidth=1.4)


KOO_LI = ((0.5, "poor"), (0.75, "moderate"), (0.9, "good"), (1.0, "excellent"))


def forest_chart(lines: Sequence[Interval], name: str) -> Figure:
    """Draw values with their intervals, with Koo and Li's ranges behind."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(max(1.5, 0.24 * len(lines) + 0.85))
        axis = axes[0, 0]
        lows = [one.ends[0] for one in lines if one.ends] + [one.value for one in lines if one.value is not None]
        lowest = min(0.0, *lows) if lows else 0.0
        for shade, (edge, word) in enumerate(KOO_LI):
            start = max(lowest, -1.0) if shade == 0 else KOO_LI[shade - 1][0]
            axis.axvspan(start, edge, color="#000000", alpha=(0.10, 0.06, 0.03, 0.0)[shade], linewidth=0)
            axis.text(
                (start + edge) / 2,
                1.01,
                word,
                transform=axis.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=7,
            )
        for y, one in enumerate(lines):
            colour, marker = PALETTE[one.group % len(PALETTE)], MARKERS[one.group % len(MARKERS)]
            if one.ends:
                axis.plot(one.ends, (y, y), color=colour, linewidth=1.3, solid_capstyle="butt")
            if one.value is None:
                axis.text(max(lowest, 0) + 0.01, y, "undefined", va="center", fontsize=7, style="italic")
            else:
                axis.plot(
                    [one.value], [y], marker, color=colour, markersize=5, markeredgecolor="white", markeredgewidth=0.6
                )
        axis.set_yticks(range(len(lines)), [one.title for one in lines])
        axis.set(xlim=(lowest, 1.0), ylim=(len(lines) - 0.5, -0.5))
        axis.set_xlabel(name)
    return figure
