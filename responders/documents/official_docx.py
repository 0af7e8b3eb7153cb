"""Write an official paper for the word processor (Office Open XML), laid out by GB/T 9704-2012.

A4; margins 3.7, 3.5, 2.8 and 2.6 cm, so that 22 lines of 28 characters fill the page; text in FangSong of size three
(16 pt); headings in Hei, Kai and FangSong; the page's number outside, below, between dashes. The fonts are sold and not
ours to ship: their names are declared with what may stand in for them, and the word processor takes what it has.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Cm, Emu, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph as Line
from docx.text.run import Run
from lxml import etree

from responders.documents.official import Grid, Heading, Official, Paragraph, Part, Picture, numbered, shares, writable

BODY, HEI, KAI, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
NUMBERS = "宋体"
STAND_INS = {
    BODY: "仿宋,FangSong,STFangsong,Noto Serif CJK SC",
    HEI: "SimHei,STHeiti,Noto Sans CJK SC",
    KAI: "楷体,KaiTi,STKaiti,Noto Serif CJK SC",
    TITLE: "小标宋体,STZhongsong,华文中宋,Noto Serif CJK SC",
}
OF_LEVEL = {1: (HEI, False), 2: (KAI, False), 3: (BODY, True), 4: (BODY, False)}
SIZE_THREE, SIZE_TWO, SIZE_FOUR = Pt(16), Pt(22), Pt(14)
MASTHEAD, SMALL = Pt(44), Pt(12)
RED = RGBColor(0xC0, 0x00, 0x00)
PAGE = (Cm(21.0), Cm(29.7))
TOP, BOTTOM, LEFT, RIGHT = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
TEXT_WIDTH = Length(PAGE[0] - LEFT - RIGHT)
# 22 lines over 22.5 cm, and 28 characters of 16 pt over 15.6 cm: a quarter of a point closer (in 20ths). A grid of
# characters would do the same in one word processor and spread them in another.
LINE, LINE_PITCH, CLOSER = Pt(28.95), "579", "-5"


def docx_of(paper: Official, made_at: datetime | None = None) -> bytes:
    """Return an official paper as the bytes of a .docx file; `made_at` is what the file says of its making."""
    document = Document()
    date(document, made_at)
    _set_up(document, paper)
    _head(document, paper)
    _line(document, paper.title, TITLE, SIZE_TWO, WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    if paper.to:
        _line(document, paper.to, BODY, SIZE_THREE, indent=False)
    for part in numbered(paper.parts, paper.language):
        _part(document, part)
    _foot(document, paper)
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def _set_up(document: Paper, paper: Official) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = TOP, BOTTOM, LEFT, RIGHT
    section.footer_distance = Cm(2.5)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "lines"), ("linePitch", LINE_PITCH)):
        grid.set(qn(f"w:{name}"), value)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, SIZE_THREE
    # Chinese characters take their font from another attribute than Latin ones.
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), CLOSER)
    style.element.get_or_add_rPr().insert_element_before(closer, "w:w", "w:kern", "w:position", "w:sz")
    # By it a font chooses among the shapes of a character, and where its comma stands.
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(language)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    declare_fonts(document)
    about = document.core_properties
    about.title, about.author, about.comments = writable(paper.title)[:200], writable(paper.by)[:200], ""
    about.language = paper.language


def _page_number(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    line = footer.paragraphs[0]
    line.alignment = side
    for text, kind in (("— ", ""), ("", "begin"), (" PAGE ", "code"), ("", "end"), (" —", "")):
        run = line.add_run(text if kind != "code" else "")
        _set_font(run, NUMBERS, SIZE_FOUR)
        if kind == "code":
            code = OxmlElement("w:instrText")
            code.text = text
            run._r.append(code)
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def declare_fonts(document: Paper) -> None:
    """Name what may stand in for each font where it is not installed (ISO/IEC 29500-1, 17.8.3.1)."""
    table = next(part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    root = etree.fromstring(table.blob)
    for name, others in STAND_INS.items():
        font = etree.SubElement(root, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): others})
    table._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _head(document: Paper, paper: Official) -> None:
    for mark in paper.marks:
        _line(document, mark, HEI, SIZE_THREE, indent=False)
    if paper.masthead:
        red = _line(document, paper.masthead, TITLE, MASTHEAD, WD_ALIGN_PARAGRAPH.CENTER, indent=False, exact=False)
        red.runs[0].font.color.rgb = RED
    beside = "    ".join(text for text in (paper.number, paper.signer) if text)
    if beside:
        _line(document, beside, BODY, SIZE_THREE, WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    if paper.masthead:
        _rule(_line(document, "", BODY, SIZE_THREE, indent=False), "C00000")


def _foot(document: Paper, paper: Official) -> None:
    for text in (paper.by, paper.day):
        if text:
            line = _line(document, text, BODY, SIZE_THREE, WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
            line.paragraph_format.right_indent = Pt(32)
    for n, text in enumerate(paper.notes):
        note = _line(document, text, BODY, SIZE_FOUR, indent=False)
        if n == 0:
            _rule(note, "000000", side="top")
    if paper.notes:
        _rule(note, "000000")


def _part(document: Paper, part: Part) -> None:
    match part:
        case Heading():
            font, bold = OF_LEVEL[part.level]
            line = _line(document, part.text, font, SIZE_THREE)
            line.paragraph_format.keep_with_next = True
            line.runs[0].bold = bold
        case Paragraph():
            _paragraph(document, part)
        case Grid():
            _grid(document, part)
        case Picture():
            run = document.add_paragraph().add_run()
            shape = run.add_picture(io.BytesIO(part.png), width=Emu(round(TEXT_WIDTH * part.width)))
            shape._inline.docPr.set("descr", writable(part.said))


def _paragraph(document: Paper, part: Paragraph) -> None:
    size = SMALL if part.small else SIZE_THREE
    side = WD_ALIGN_PARAGRAPH.LEFT if part.loose else WD_ALIGN_PARAGRAPH.JUSTIFY
    line = _line(document, part.lead, BODY, size, side, indent=not part.small)
    line.runs[0].bold = True
    _set_font(line.add_run(writable(part.text)), BODY, size)


def _grid(document: Paper, part: Grid) -> None:
    table = document.add_table(rows=0, cols=len(part.heads))
    table.style = "Table Grid"
    table.autofit = False
    for column, share in zip(table.columns, shares(part), strict=True):
        column.width = Emu(round(TEXT_WIDTH * share))
    for n, row in enumerate((part.heads, *part.rows)):
        line = table.add_row()
        # A row stays on one page.
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, share in zip(line.cells, row, shares(part), strict=True):
            cell.width = Emu(round(TEXT_WIDTH * share))
            run = cell.paragraphs[0].add_run(writable(text))
            _set_font(run, HEI if n == 0 else BODY, SMALL)
    # The head stands again on each page.
    first = table.rows[0]._tr.get_or_add_trPr()
    first.append(OxmlElement("w:tblHeader"))
    _line(document, "", BODY, SMALL, indent=False)


def _line(
    document: Paper,
    text: str,
    font: str,
    size: Length,
    side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    *,
    indent: bool = True,
    exact: bool = True,
) -> Line:
    line = document.add_paragraph()
    line.alignment = side
    form = line.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if exact:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, max(LINE, Pt(size.pt * 1.35))
    if indent:
        form.first_line_indent = Pt(2 * size.pt)
    _set_font(line.add_run(writable(text)), font, size)
    return line


def _set_font(run: Run, font: str, size: Length) -> None:
    run.font.name, run.font.size = font, size
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _rule(line: Line, colour: str, *, side: str = "bottom") -> None:
    borders = line._p.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        line._p.get_or_add_pPr().append(borders)
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", colour)):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)


def date(document: Paper, made_at: datetime | None) -> None:
    """State when a file was made. Its empty form would name the day on which somebody drew that form."""
    about = document.core_properties
    if made_at is not None:
        about.created = about.modified = made_at.astimezone(UTC).replace(tzinfo=None)
        return
    for name in ("created", "modified"):
        for stated in about._element.findall(qn(f"dcterms:{name}")):
            about._element.remove(stated)


def fonts() -> Iterable[str]:
    """Return the fonts that a paper declares."""
    return (*STAND_INS, NUMBERS)
