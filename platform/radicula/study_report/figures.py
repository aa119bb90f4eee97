"""The charts of a study report that an analysis has none of."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from results.reporting.charts import MARKERS, PALETTE, STYLE, WIDTH_IN

Points = Sequence[tuple[float, float]]
PANELS_ACROSS = 3
LEGEND_ACROSS = 4


def groups_chart(groups: Mapping[str, Sequence[float]], name: str) -> Figure:
    """Draw single values by group, with a bar at their mean."""
    rng = np.random.default_rng(0)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 0.42 * len(groups) + 0.7), layout="constrained")
        axis = figure.subplots()
        for place, values in enumerate(groups.values()):
            spread = place + rng.uniform(-0.2, 0.2, len(values))
            colour, marker = PALETTE[place % len(PALETTE)], MARKERS[place % len(MARKERS)]
            axis.plot(values, spread, marker, color=colour, markersize=3.5, alpha=0.8, markeredgewidth=0)
            if values:
                axis.plot([float(np.mean(values))] * 2, [place - 0.35, place + 0.35], color="black", linewidth=1.4)
        axis.set_yticks(range(len(groups)), list(groups))
        axis.set(ylim=(len(groups) - 0.5, -0.5), xlabel=name)
        axis.grid(axis="x", color="#dddddd", linewidth=0.5)
        axis.set_axisbelow(True)
    return figure


def scatter_chart(panels: Mapping[str, Mapping[str, Points]], across: str, up: str) -> Figure:
    """Draw two readings against each other with the line of equality, a panel per quantity and a marker per item.

    The legend stands above all panels, where it covers no point; with more items than colours each panel has its own.
    """
    names = list(dict.fromkeys(name for items in panels.values() for name in items))
    shared = len(names) <= len(PALETTE)
    above = 0.2 * -(-len(names) // LEGEND_ACROSS) if shared and len(names) > 1 else 0.0
    with mpl.rc_context(STYLE):
        columns = 2 if len(panels) == 4 else min(PANELS_ACROSS, len(panels))
        rows = -(-len(panels) // columns)
        figure = Figure(figsize=(WIDTH_IN, 2.4 * rows + 0.3 + above), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
        handles: dict[str, Line2D] = {}
        for axis, (title, items) in zip(axes.flat, panels.items(), strict=False):
            ends = [value for points in items.values() for point in points for value in point]
            if ends:
                axis.plot([min(ends), max(ends)], [min(ends), max(ends)], color="#999999", linewidth=0.7)
            for index, (name, points) in enumerate(items.items()):
                place = names.index(name) if shared else index
                x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
                style = {"color": PALETTE[place % len(PALETTE)], "marker": MARKERS[place % len(MARKERS)]}
                lines = axis.plot(x, y, linestyle="", markersize=3.5, alpha=0.8, markeredgewidth=0, label=name, **style)
                handles.setdefault(name, lines[0])
            axis.set_title(title, loc="left")
            if not shared and 1 < len(items) <= len(PALETTE):
                axis.legend(frameon=False, fontsize=6.5, handletextpad=0.2, borderpad=0.1)
        for axis in list(axes.flat)[len(panels) :]:
            axis.set_visible(False)
        figure.supxlabel(across, fontsize=8)
        figure.supylabel(up, fontsize=8)
        if above:
            shown = [handles[name] for name in names]
            figure.legend(handles=shown, loc="outside upper left", ncols=LEGEND_ACROSS, frameon=False)
    return figure


def bars_chart(items: Sequence[str], series: Mapping[str, Sequence[float | None]], name: str) -> Figure:
    """Draw bars of several series by item; what is undefined is left out."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 2.6), layout="constrained")
        axis = figure.subplots()
        width = 0.8 / max(len(series), 1)
        for place, (title, values) in enumerate(series.items()):
            heights = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
            at = np.arange(len(items)) + (place - (len(series) - 1) / 2) * width
            colour, hatch = PALETTE[place % len(PALETTE)], ("", "//", "..", "xx")[place % 4]
            axis.bar(at, heights, width * 0.92, color=colour, hatch=hatch, edgecolor="white", label=title, linewidth=0)
        turned = max((len(item) for item in items), default=0) * len(items) > 80
        axis.set_xticks(
            range(len(items)), list(items), rotation=25 if turned else 0, ha="right" if turned else "center"
        )
        axis.set_ylabel(name)
        axis.legend(frameon=False)
    return figure


def lines_chart(
    items: Sequence[str], panels: Mapping[str, Mapping[str, Sequence[tuple[float | None, float | None]]]]
) -> Figure:
    """Draw mean ± SD by item for several series, a panel per quantity."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 2.6), layout="constrained")
        axes = figure.subplots(1, len(panels), squeeze=False)
        for axis, (title, series) in zip(axes.flat, panels.items(), strict=True):
            for place, (name, values) in enumerate(series.items()):
                mean, sd = (np.array([np.nan if one[n] is None else one[n] for one in values]) for n in (0, 1))
                at = np.arange(len(items)) + (place - (len(series) - 1) / 2) * 0.12
                style = {"color": PALETTE[place % len(PALETTE)], "marker": MARKERS[place % len(MARKERS)]}
                axis.errorbar(at, mean, np.nan_to_num(sd), capsize=2, markersize=3.5, label=name, **style)
            axis.set_xticks(range(len(items)), list(items))
            axis.set_title(title, loc="left")
            axis.legend(frameon=False)
    return figure
