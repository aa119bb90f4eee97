"""matplotlib's charts as vectors on a page of reportlab: a renderer that draws paths and text on its canvas."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Transform
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable

from results.reporting.charts import STYLE

FONTS = {
    "Body": "DejaVuSans.ttf",
    "Body-Bold": "DejaVuSans-Bold.ttf",
    "Body-Italic": "DejaVuSans-Oblique.ttf",
    "Body-Mono": "DejaVuSansMono.ttf",
}
"""DejaVu Sans comes with matplotlib and has every sign that a report uses."""

POINTS_PER_INCH = 72.0
CAPS = {"butt": 0, "round": 1, "projecting": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}


def register_fonts() -> None:
    """Make the fonts known to reportlab, once."""
    folder = FilePath(mpl.get_data_path()) / "fonts" / "ttf"
    known = set(pdfmetrics.getRegisteredFontNames())
    for name, file in FONTS.items():
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily("Body", normal="Body", bold="Body-Bold", italic="Body-Italic", boldItalic="Body-Bold")


class ChartFlowable(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A chart in the flow of a document, at most as wide as the frame."""

    def __init__(self, figure: Figure, widest: float) -> None:
        super().__init__()
        wide, high = (float(size) * POINTS_PER_INCH for size in figure.get_size_inches())
        self._figure = figure
        self._scale = min(1.0, widest / wide)
        self.width, self.height = wide * self._scale, high * self._scale
        self.hAlign = "CENTER"

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """The size that it takes, points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the chart on the page."""
        self.canv.saveState()
        self.canv.scale(self._scale, self._scale)
        with mpl.rc_context(STYLE):
            FigureCanvasBase(self._figure)
            self._figure.dpi = POINTS_PER_INCH
            self._figure.draw(CanvasRenderer(self.canv, self._figure))
        self.canv.restoreState()


class CanvasRenderer(RendererBase):
    """Draws what matplotlib asks for on a canvas; a unit is a point, and y runs up."""

    def __init__(self, canvas: Any, figure: Figure) -> None:
        super().__init__()
        self._canvas = canvas
        wide, high = figure.get_size_inches()
        self._size = float(wide) * POINTS_PER_INCH, float(high) * POINTS_PER_INCH

    def flipy(self) -> bool:
        """Whether y runs down."""
        return False

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Size of the chart, points."""
        return self._size

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Stroke and fill a path."""
        canvas = self._canvas
        stroked = gc.get_linewidth() > 0 and gc.get_rgb()[3] > 0
        filled = rgbFace is not None and (len(rgbFace) < 4 or rgbFace[3] > 0)
        if not (stroked or filled):
            return
        canvas.saveState()
        self._clip(gc)
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        if stroked:
            red, green, blue, opacity = gc.get_rgb()
            canvas.setStrokeColorRGB(red, green, blue, opacity if alpha is None else alpha)
            canvas.setLineWidth(gc.get_linewidth())
            canvas.setLineCap(CAPS[gc.get_capstyle()])
            canvas.setLineJoin(JOINS[gc.get_joinstyle()])
            offset, dashes = gc.get_dashes()
            if dashes is not None:
                canvas.setDash(np.asarray(dashes, dtype=np.float64).tolist(), float(offset))
        if filled:
            opacity = rgbFace[3] if len(rgbFace) > 3 else 1.0
            canvas.setFillColorRGB(*rgbFace[:3], opacity if alpha is None else alpha)
        canvas.drawPath(self._path(path, transform), stroke=int(stroked), fill=int(filled))
        canvas.restoreState()

    def _path(self, path: Any, transform: Transform | None) -> Any:
        drawn = self._canvas.beginPath()
        at = (0.0, 0.0)
        for points, code in path.iter_segments(transform, simplify=False, curves=True):
            p: list[float] = np.asarray(points, dtype=np.float64).tolist()
            if code == Path.MOVETO:
                drawn.moveTo(*p)
            elif code == Path.LINETO:
                drawn.lineTo(*p)
            elif code == Path.CURVE3:
                # The same curve with two control points, as PDF has them.
                first = [a + 2 / 3 * (c - a) for a, c in zip(at, p[:2], strict=True)]
                second = [b + 2 / 3 * (c - b) for b, c in zip(p[2:], p[:2], strict=True)]
                drawn.curveTo(*first, *second, *p[2:])
            elif code == Path.CURVE4:
                drawn.curveTo(*p)
            else:
                drawn.close()
                continue
            at = (p[-2], p[-1])
        return drawn

    def _clip(self, gc: GraphicsContextBase) -> None:
        box = gc.get_clip_rectangle()
        if box is not None:
            clip = self._canvas.beginPath()
            clip.rect(*(float(one) for one in box.bounds))
            self._canvas.clipPath(clip, stroke=0, fill=0)
        path, transform = gc.get_clip_path()
        if path is not None:
            self._canvas.clipPath(self._path(path, transform), stroke=0, fill=0)

    def draw_text(
        self, gc: GraphicsContextBase, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False,
        mtext: Any = None,
    ) -> None:  # fmt: skip
        """Write text as text, so that it can be searched and copied."""
        canvas = self._canvas
        canvas.saveState()
        red, green, blue, opacity = gc.get_rgb()
        canvas.setFillColorRGB(red, green, blue, opacity)
        canvas.translate(float(x), float(y))
        canvas.rotate(float(angle))
        canvas.setFont("Body-Italic" if prop.get_style() == "italic" else "Body", float(prop.get_size_in_points()))
        canvas.drawString(0, 0, s)
        canvas.restoreState()
