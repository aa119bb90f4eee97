"""Blocks as a PDF for A4, ruled tables whose heads repeat, charts as vectors; the same blocks, the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, Image, KeepTogether, PageTemplate, Spacer
from reportlab.platypus import Paragraph as Lines
from reportlab.platypus import Table as Grid

from results.reporting.blocks import Block, Bullets, Column, Figure, Paragraph, Picture, Section, Table, cell_text
from results.reporting.pdf_figure import ChartFlowable, register_fonts

MARGIN, FOOT = 17 * mm, 11 * mm
WIDTH = A4[0] - 2 * MARGIN
TALLEST = A4[1] - 2 * MARGIN - 30 * mm
CELL_PAD = 3.0
LEAST_COLUMN = 26.0
INK, GREY, RULE = colors.HexColor("#1a1a1a"), colors.HexColor("#555555"), colors.HexColor("#dddddd")

BODY = ParagraphStyle("body", fontName="Body", fontSize=8.6, leading=12, textColor=INK, spaceAfter=5)
NOTE = ParagraphStyle("note", BODY, fontSize=7, leading=9, textColor=GREY, spaceBefore=2, spaceAfter=9)
CAPTION = ParagraphStyle("caption", BODY, fontSize=7.8, leading=10.2, spaceBefore=5, spaceAfter=3, keepWithNext=1)
UNDER = ParagraphStyle("under", CAPTION, spaceBefore=3, spaceAfter=9, keepWithNext=0)
TITLE = ParagraphStyle("title", BODY, fontName="Body-Bold", fontSize=17, leading=21, spaceAfter=3)
SUBTITLE = ParagraphStyle("subtitle", BODY, textColor=GREY, spaceAfter=8)
HEADING = ParagraphStyle("heading", BODY, fontName="Body-Bold", keepWithNext=1)
HEADINGS = {
    2: ParagraphStyle("h2", HEADING, fontSize=12.5, leading=16, spaceBefore=12, spaceAfter=5),
    3: ParagraphStyle("h3", HEADING, fontSize=9.8, leading=13, spaceBefore=8, spaceAfter=4),
}
TEXT_CELL = ParagraphStyle("cell", fontName="Body", fontSize=6.7, leading=8.3, textColor=INK)
NUMBER_CELL = ParagraphStyle("number", TEXT_CELL, alignment=TA_RIGHT)
CODE_CELL = ParagraphStyle("code", TEXT_CELL, fontName="Body-Mono", fontSize=5.4, leading=7.2, splitLongWords=1)
HEAD_CELL = ParagraphStyle("head", TEXT_CELL, fontName="Body-Bold")
HEAD_NUMBER = ParagraphStyle("head-number", HEAD_CELL, alignment=TA_RIGHT)
RULES = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"), ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
    ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK), ("LINEBELOW", (0, 0), (-1, 0), 0.5, INK),
    ("LINEBELOW", (0, 1), (-1, -2), 0.25, RULE), ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 2 * CELL_PAD),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
]  # fmt: skip


@dataclass
class _Numbering:
    tables: int = 0
    figures: int = 0


class _Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """A4 with a running foot and an outline by headings; without a date, so that the same blocks are the same bytes."""

    def __init__(self, stream: io.BytesIO, title: str, subject: str) -> None:
        super().__init__(stream, pagesize=A4, title=title, subject=subject, author="Radicula", lang="en", invariant=1)
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self._foot))

    def _foot(self, canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.setFont("Body", 6.8)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, FOOT, self.title)
        canvas.drawRightString(A4[0] - MARGIN, FOOT, str(canvas.getPageNumber()))
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # reportlab calls it so
        """Put headings into the outline."""
        anchor = getattr(flowable, "outline_anchor", None)
        if anchor is not None:
            self.canv.bookmarkPage(anchor)
            self.canv.addOutlineEntry(flowable.getPlainText(), anchor, anchor.count("."), closed=True)


def to_pdf(title: str, subtitle: str, sections: Sequence[Section]) -> bytes:
    """Set sections as a PDF.

    Parameters
    ----------
    title, subtitle : str
        Above all.
    sections : sequence of Section
        Empty ones are left out.

    Returns
    -------
    bytes
        The same sections give the same bytes.
    """
    register_fonts()
    stream = io.BytesIO()
    numbering = _Numbering()
    story: list[Flowable] = [Lines(escape(title), TITLE), Lines(escape(subtitle), SUBTITLE)]
    for i, section in enumerate((one for one in sections if not one.is_empty), start=1):
        story += _section(section, f"{i}", 2, numbering)
    _Document(stream, title, subtitle).build(story)
    return stream.getvalue()


def _section(section: Section, number: str, depth: int, numbering: _Numbering) -> Iterator[Flowable]:
    heading = Lines(f"{number}&nbsp;&nbsp;{escape(section.title)}", HEADINGS[min(depth, 3)])
    heading.outline_anchor = number
    yield heading
    for block in section.blocks:
        yield from _block(block, numbering)
    for i, part in enumerate((one for one in section.parts if not one.is_empty), start=1):
        yield from _section(part, f"{number}.{i}", depth + 1, numbering)


def _block(block: Block, numbering: _Numbering) -> Iterator[Flowable]:
    if isinstance(block, Paragraph):
        lead = f"<b>{escape(block.lead)}</b> " if block.lead else ""
        yield Lines(lead + escape(cell_text(block.parts)), BODY)
    elif isinstance(block, Bullets):
        style = ParagraphStyle("bullet", BODY, leftIndent=10, bulletIndent=1, spaceAfter=2)
        yield from (Lines(escape(cell_text(item)), style, bulletText="•") for item in block.items)
    elif isinstance(block, Table):
        numbering.tables += 1
        yield Lines(f"<b>Table {numbering.tables}.</b> {escape(block.caption)}", CAPTION)
        yield _grid(block)
        yield Lines(escape(block.note), NOTE) if block.note else Spacer(0, 8)
    else:
        numbering.figures += 1
        under = Lines(f"<b>Figure {numbering.figures}.</b> {escape(block.caption)}", UNDER)
        yield KeepTogether([_drawn(block), under])


def _drawn(block: Figure | Picture) -> Flowable:
    if isinstance(block, Figure):
        return ChartFlowable(block.draw(), WIDTH)
    wide, high = block.size
    scale = min(WIDTH / wide, TALLEST / high, 0.5)
    return Image(io.BytesIO(block.png), wide * scale, high * scale)


def _grid(table: Table) -> Grid:
    texts = [[cell_text(cell) for cell in row] for row in table.rows]
    widths = _widths(table.columns, texts)
    head = [Lines(escape(one.title), HEAD_NUMBER if one.numeric else HEAD_CELL) for one in table.columns]
    body = [[_set(text, column) for text, column in zip(row, table.columns, strict=True)] for row in texts]
    return Grid([head, *body], colWidths=widths, repeatRows=1, style=RULES, hAlign="LEFT")


def _style(column: Column) -> ParagraphStyle:
    return NUMBER_CELL if column.numeric else CODE_CELL if column.code else TEXT_CELL


def _set(text: str, column: Column) -> Flowable:
    return Lines(escape(text), _style(column))


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[float]:
    """Give each column what its longest cell needs, and where that is too much take it from the widest."""
    needs = []
    for place, column in enumerate(columns):
        style, longest = _style(column), [row[place] for row in texts]
        of_cells = max((stringWidth(text, style.fontName, style.fontSize) for text in longest), default=0.0)
        words = (column.title or " ").split(" ")
        of_head = max(stringWidth(word, HEAD_CELL.fontName, HEAD_CELL.fontSize) for word in words)
        needs.append(max(LEAST_COLUMN, of_cells, of_head) + 2 * CELL_PAD + 1.0)
    total = sum(needs)
    if total <= WIDTH:
        return needs if total < 0.6 * WIDTH else [need * WIDTH / total for need in needs]
    # Cut the widest down to one common width, so that narrow columns keep theirs.
    low, high = LEAST_COLUMN, max(needs)
    for _ in range(40):
        middle = (low + high) / 2
        if sum(min(need, middle) for need in needs) > WIDTH:
            high = middle
        else:
            low = middle
    return [min(need, low) for need in needs]
