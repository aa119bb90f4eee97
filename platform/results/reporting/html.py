"""Blocks as one HTML file that asks for nothing from outside: charts as SVG and pictures as PNG lie in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from results.reporting.blocks import Block, Bullets, Cell, Column, Figure, Paragraph, Part, Picture, Section, Table
from results.reporting.charts import to_svg
from results.reporting.numbers import Number, Span

STYLE = Path(__file__).with_name("report.css").read_text("utf-8")


@dataclass
class _Numbering:
    tables: int = 0
    figures: int = 0
    contents: list[tuple[str, str]] = field(default_factory=list)


def to_html(title: str, subtitle: str, sections: Sequence[Section]) -> bytes:
    """Set sections as a page of its own.

    Parameters
    ----------
    title, subtitle : str
        Above all.
    sections : sequence of Section
        Empty ones are left out.

    Returns
    -------
    bytes
        UTF-8; the same sections give the same bytes.
    """
    numbering = _Numbering()
    used = [one for one in sections if not one.is_empty]
    body = "".join(_section(one, f"{i}", 2, numbering) for i, one in enumerate(used, start=1))
    contents = "".join(f'<li><a href="#{anchor}">{escape(name)}</a></li>' for anchor, name in numbering.contents)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{escape(title)}</h1>"
        f'<p class="subtitle">{escape(subtitle)}</p></header>\n'
        f'<nav aria-label="Contents"><ol>{contents}</ol></nav>\n<main>\n{body}</main>\n</body>\n</html>\n'
    ).encode()


def _section(section: Section, number: str, depth: int, numbering: _Numbering) -> str:
    anchor = f"s{number.replace('.', '-')}"
    if depth == 2:
        numbering.contents.append((anchor, section.title))
    blocks = "".join(_blocks(section.blocks, numbering))
    parts = "".join(
        _section(part, f"{number}.{i}", depth + 1, numbering)
        for i, part in enumerate((one for one in section.parts if not one.is_empty), start=1)
    )
    return (
        f'<section aria-labelledby="{anchor}"><h{depth} id="{anchor}">'
        f'<span class="number">{number}</span> {escape(section.title)}</h{depth}>\n{blocks}{parts}</section>\n'
    )


def _blocks(blocks: Sequence[Block], numbering: _Numbering) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            lead = f"<strong>{escape(block.lead)}</strong> " if block.lead else ""
            yield f"<p>{lead}{_cell(block.parts)}</p>\n"
        elif isinstance(block, Bullets):
            yield f"<ul>{''.join(f'<li>{_cell(item)}</li>' for item in block.items)}</ul>\n"
        elif isinstance(block, Table):
            numbering.tables += 1
            yield _table(block, numbering.tables)
        else:
            numbering.figures += 1
            yield _figure(block, numbering.figures)


def _table(table: Table, number: int) -> str:
    head = "".join(f'<th scope="col"{_kind(column)}>{escape(column.title)}</th>' for column in table.columns)
    rows = "".join(f"<tr>{_row(row, table.columns)}</tr>\n" for row in table.rows)
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    # A wide table scrolls by itself, and so by keyboard too.
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="Table {number}"><table id="table-{number}">'
        f"<caption><strong>Table {number}.</strong> {escape(table.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>{note}</div>\n"
    )


def _row(row: Sequence[Cell], columns: Sequence[Column]) -> str:
    first, *rest = zip(row, columns, strict=True)
    cells = "".join(f"<td{_kind(column)}>{_cell(cell)}</td>" for cell, column in rest)
    return f'<th scope="row"{_kind(first[1])}>{_cell(first[0])}</th>{cells}'


def _kind(column: Column) -> str:
    return ' class="numeric"' if column.numeric else ' class="code"' if column.code else ""


def _cell(cell: Cell) -> str:
    return "".join(_part(part) for part in (cell if isinstance(cell, tuple) else (cell,)))


def _part(part: Part) -> str:
    if isinstance(part, Span):
        return " to ".join(_part(one) for one in part.numbers) if part.ends else _undefined(part.text)
    if isinstance(part, Number):
        if part.value is None:
            return _undefined(part.text)
        # The whole number, as JSON writes it, stands behind the rounded one.
        return f'<data value="{json.dumps(part.value)}">{escape(part.text)}</data>'
    return escape(part)


def _undefined(text: str) -> str:
    return f'<span class="undefined">{escape(text)}</span>'


def _figure(block: Figure | Picture, number: int) -> str:
    kind, data = ("png", block.png) if isinstance(block, Picture) else ("svg+xml", to_svg(block.draw()))
    size = f' width="{block.size[0]}" height="{block.size[1]}"' if isinstance(block, Picture) else ""
    return (
        f'<figure id="figure-{number}"><img alt="{escape(block.alt)}"{size} '
        f'src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'
        f"<figcaption><strong>Figure {number}.</strong> {escape(block.caption)}</figcaption></figure>\n"
    )
