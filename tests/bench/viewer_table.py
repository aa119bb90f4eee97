"""What the viewer's benchmark measured, as a table."""

import statistics
from dataclasses import dataclass, field

from tests.bench.viewer_steps import Frames


@dataclass
class Measured:
    """What one page did with one size of volume."""

    first: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    wire_bytes: int = 0
    nothing: Frames | None = None
    scroll: Frames | None = None
    circle: Frames | None = None
    sphere: Frames | None = None
    painted: dict[str, int] = field(default_factory=dict)
    undo: Frames | None = None
    save_bytes: int = 0
    save_ms: float = 0.0
    memory_mib: float = 0.0


def rows(shape: str, ours: Measured, stock: Measured, niivue: Measured | None) -> str:
    """Times, bytes and memory of the pages side by side; the ratio is ours to stock's."""
    middle = statistics.median

    def times(mine: float, theirs: float, third: float | None = None) -> tuple[str, str, str, str]:
        return f"{mine:.0f} ms", f"{theirs:.0f} ms", f"{mine / theirs:.2f}", "" if third is None else f"{third:.0f} ms"

    def both(which: str) -> tuple[tuple[str, str, str, str], tuple[str, str, str, str]]:
        mine, theirs = getattr(ours, which), getattr(stock, which)
        third = getattr(niivue, which) if niivue else None
        return times(mine.median, theirs.median, third and third.median), times(
            mine.p90, theirs.p90, third and third.p90
        )

    def sizes(mine: float, theirs: float, unit: float, word: str) -> tuple[str, str, str, str]:
        return f"{mine / unit:.2f} {word}", f"{theirs / unit:.2f} {word}", f"{mine / theirs:.3g}", ""

    lines = [
        (
            "first slice, code loaded",
            *times(middle(ours.first), middle(stock.first), middle(niivue.first) if niivue else None),
        ),
        ("first slice of a new page", *times(middle(ours.cold), middle(stock.cold))),
        ("moved for the scan", *sizes(ours.wire_bytes, stock.wire_bytes, 1e6, "MB")),
    ]
    for which, words in (
        ("nothing", "nothing but a dot"),
        ("scroll", "scroll with labels"),
        ("circle", "circle brush 10 mm"),
        ("sphere", "sphere brush 10 mm"),
        ("undo", "undo, redo of the sphere stroke"),
    ):
        median, p90 = both(which)
        lines += [(f"{words}, median frame", *median), (f"{words}, p90 frame", *p90)]
        if which != "nothing":
            own = [getattr(page, which).own for page in (ours, stock)]
            lines.append((f"{words}, the page's own work", f"{own[0]:.1f} ms", f"{own[1]:.1f} ms", _ratio(*own), ""))
    lines += [
        ("save after a stroke: sent", *sizes(ours.save_bytes, stock.save_bytes, 1e3, "kB")),
        ("save after a stroke", *times(ours.save_ms, stock.save_ms)),
        ("memory with labels", *_memory(ours, stock, niivue)),
    ]
    head = [f"| {shape} int16 | ours | stock cornerstone3D | ratio | NiiVue |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(f"| {' | '.join(line)} |" for line in lines)])


def _ratio(mine: float, theirs: float) -> str:
    return f"{mine / theirs:.2f}" if theirs > 0 else ""


def _memory(ours: Measured, stock: Measured, niivue: Measured | None) -> tuple[str, str, str, str]:
    third = f"{niivue.memory_mib:.0f} MiB" if niivue else ""
    ratio = f"{ours.memory_mib / stock.memory_mib:.2f}"
    return f"{ours.memory_mib:.0f} MiB", f"{stock.memory_mib:.0f} MiB", ratio, third
