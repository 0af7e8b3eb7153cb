"""The review sheet as a file for the word processor (Office Open XML), on A4, to be printed and signed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from responders.documents.official_docx import BODY, date, declare_fonts
from responders.documents.review_sheet import ReviewSheet

SIZE = Pt(12)
A4 = (Cm(21.0), Cm(29.7))


def docx_of(sheet: ReviewSheet, made_at: datetime | None = None) -> bytes:
    """Return a review sheet as the bytes of a .docx file."""
    paper = Document()
    date(paper, made_at)
    _set_up(paper, sheet)
    head = paper.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run(sheet.name)
    run.bold, run.font.size = True, Pt(18)
    _filled(paper, [*sheet.rows, (sheet.text_head, sheet.text)], (Cm(3.5), Cm(13.0)))
    paper.add_paragraph()
    said = [(one.gate, one.said, f"{one.name}\n{one.at}".strip(), sheet.sign_here) for one in sheet.opinions]
    _filled(paper, [sheet.heads, *said], (Cm(2.8), Cm(6.2), Cm(4.0), Cm(3.5)))
    for line in (f"SHA-256: {sheet.hash}", sheet.foot):
        small = paper.add_paragraph().add_run(line)
        small.font.size = Pt(9)
    into = io.BytesIO()
    paper.save(into)
    return into.getvalue()


def _set_up(paper: Paper, sheet: ReviewSheet) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = Cm(2.2)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY, SIZE
    # Chinese characters take their font from another attribute than Latin ones.
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    declare_fonts(paper)
    paper.core_properties.title = sheet.name
    paper.core_properties.author = sheet.unit[:200]
    paper.core_properties.comments = ""


def _filled(paper: Paper, rows: Iterable[tuple[str, ...]], widths: tuple[Cm, ...]) -> None:
    table = paper.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    # One word processor goes by the columns, another by the cells.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in rows:
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.width = width
            cell.text = text
