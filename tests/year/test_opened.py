"""The word processor opens every office document, and shows what it should: pages, lines, characters, figures."""

from __future__ import annotations

import html
import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from responders.channels.safe_text import visible
from responders.documents.official import Grid, Heading, Official, Paragraph, Picture
from responders.documents.official_docx import docx_of
from responders.documents.review_sheet import Opinion, ReviewSheet
from responders.documents.review_sheet_docx import docx_of as review_sheet
from responders.documents.sheet_files import Form, write_sheet
from responders.documents.sheets import Column, Sheet
from responders.language import Words
from tests.exports.hostile import HOSTILE
from tests.year.bureau import Bureau
from tests.year.documents import DOCUMENTS
from tests.year.office_files import active
from tests.year.pictures import OFFICE, as_pdf, can_open
from tests.year.shown import Shown

OPENS = pytest.mark.skipif(not can_open(), reason="no LibreOffice or no poppler here")
A4 = (595, 842)
POINT = 1.5
# Where a field could not be filled, or something was not found.
FLAWS = re.compile(r"Error!|#REF!|#NAME\?|#VALUE!|\{\{|\{[a-z_]+\}|None\b|\ufffd{3}|□{3}")
LINES, CHARACTERS = 22, 28
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f000104010042"
    "4e3fb20000000049454e44ae426082"
)


def run(*words: str | Path) -> str:
    return subprocess.run(words, check=True, capture_output=True, timeout=60, text=True).stdout


def opened(data: bytes, folder: Path, name: str) -> Path:
    """Let the word processor open a document, and return what it shows as PDF."""
    file = folder / name
    file.write_bytes(data)
    (pdf,) = as_pdf([file], folder)
    assert pdf.stat().st_size > 1000
    return pdf


def pages(pdf: Path) -> list[list[tuple[float, float, float, float, str]]]:
    """Return the words of each page with their boxes, in points."""
    said = run("pdftotext", "-bbox", pdf, "-")
    found = []
    for page in said.split("<page ")[1:]:
        boxes = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', page)
        found.append([(float(a), float(b), float(c), float(d), html.unescape(word)) for a, b, c, d, word in boxes])
    return found


def lines(page: list[tuple[float, float, float, float, str]]) -> list[str]:
    """Return the lines of a page from above, each without its spaces."""
    rows: dict[int, list[tuple[float, str]]] = {}
    for left, top, _, bottom, word in page:
        rows.setdefault(round((top + bottom) / 2 / 6), []).append((left, word))
    return ["".join(word for _, word in sorted(rows[at])) for at in sorted(rows)]


@OPENS
@pytest.mark.parametrize("name", [name for name, _ in DOCUMENTS if name.endswith(OFFICE)])
def test_every_office_document_opens_and_says_what_it_should(
    name: str, examples: dict[str, bytes], bureau: Bureau, tmp_path: Path
) -> None:
    pdf = opened(examples[name], tmp_path, name)
    told = run("pdfinfo", pdf)
    assert int(re.search(r"Pages:\s+(\d+)", told)[1]) > 0  # type: ignore[index]
    said = run("pdftotext", pdf, "-")
    assert FLAWS.search(said) is None, FLAWS.search(said)
    if name.endswith(".docx"):
        wide, high = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", told).groups())  # type: ignore[union-attr]
        assert (abs(wide - A4[0]) < POINT, abs(high - A4[1]) < POINT) == (True, True)
    wanted = {
        "review-sheet.docx": ["政府信息公开保密审查单", Shown(bureau).incident().place.name, "SHA-256"],
        "statistics.xlsx": ["2025-01-01", "首次权威信息发布"],
        "incidents.xlsx": [Shown(bureau).incident().place.name],
        "briefing.docx": ["舆情日报"],
        "flash-report.docx": ["舆情快报", "签发人：陆宁"],
        "flash-report-sequel.docx": ["续报一", "与快报2025年第"],
        "special-report.docx": ["舆情专报", "传播情况"],
        "newsletter-monthly.docx": ["舆情月报"],
        "after-action-review.docx": ["复盘", "签署：陆宁"],
        "after-action-review.xlsx": ["参加人员", "24小时", Shown(bureau).incident().place.name],
        "appraisal-notice.docx": ["关于开展2025年度", "不少于15天"],
        "appraisal-self-check.docx": ["自查材料", "救援协调处"],
        "appraisal-results.docx": ["结果的通报", "基本合格"],
        "appraisal.xlsx": ["应急指挥处", "其中迟办"],
    }.get(name, [])
    flat = "".join(said.split())
    assert [one for one in wanted if "".join(one.split()) not in flat] == []


def paper(*parts: Heading | Paragraph | Grid | Picture) -> Official:
    return Official("zh_CN", "关于一起事故的专报", parts, by="示例省应急管理厅", day="2025年6月1日")


@OPENS
def test_a_page_holds_22_lines_of_28_characters(tmp_path: Path) -> None:
    text = "应急处置工作正在有序开展各项措施已经落实到位" * 120
    found = pages(opened(docx_of(paper(Paragraph(text))), tmp_path, "lines.docx"))
    assert len(found) > 3
    full = lines(found[1])
    assert re.fullmatch(r"—2—", full[-1]), "the page's number stands between dashes below the text"
    assert len(full) - 1 == LINES
    assert {len(line) for line in full[:-1]} == {CHARACTERS}


@OPENS
def test_the_number_of_a_page_stands_outside(tmp_path: Path) -> None:
    found = pages(opened(docx_of(paper(Paragraph("处置" * 1500))), tmp_path, "numbers.docx"))
    right, left = (min(box[0] for box in page if box[4] == "—") for page in found[:2])
    assert right > A4[0] / 2 > left
    number = min(box[1] for box in found[1] if box[4] == "—")
    text = [box for box in found[1] if box[1] < number - 6]
    assert min(box[1] for box in text) >= 3.5 / 2.54 * 72
    assert max(box[3] for box in text) <= A4[1] - 3.3 / 2.54 * 72


@OPENS
def test_whatever_text_it_is_given_it_opens_and_does_nothing(tmp_path: Path) -> None:
    texts = [text[:600] for text in HOSTILE]
    parts = [part for text in texts for part in (Heading(text[:40], 2), Paragraph(text, lead=text[:20]))]
    whole = replace(
        paper(*parts, Grid(("甲", "乙"), tuple((text, text) for text in texts)), Picture(PNG, texts[0], 0.1)),
        title=texts[1], masthead=texts[2], number=texts[3], marks=tuple(texts[4:8]), signer=texts[8], to=texts[9],
        by=texts[10], notes=tuple(texts[11:14]),
    )  # fmt: skip
    # What makes a review sheet shows its texts visibly.
    texts = [visible(text) for text in texts]
    sheet = ReviewSheet(
        texts[0], texts[1], tuple((text, text) for text in texts), texts[2],
        tuple(Opinion(text, text, text, text) for text in texts[:9]), "0" * 64, texts[3],
        ("甲", "乙", "丙", "丁"), "正文", "签名",
    )  # fmt: skip
    book = io.BytesIO()
    column = Column("text", "Title", 30)
    write_sheet(Form.XLSX, Sheet("Incidents", (column,), lambda *_: ()), [[text] for text in texts], Words("zh"), book)
    for name, data in (("a.docx", docx_of(whole)), ("b.docx", review_sheet(sheet)), ("c.xlsx", book.getvalue())):
        assert list(active(data)) == []
        said = run("pdftotext", opened(data, tmp_path, name), "-")
        assert "canary.example" in said, "what was written is shown as text"
