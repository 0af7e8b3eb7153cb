"""An official paper is numbered and laid out as the standard says, and holds whatever text it is given."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.shared import Cm, Pt
from hypothesis import given
from hypothesis import strategies as st

from responders.documents.official import (
    Grid,
    Heading,
    Official,
    Paragraph,
    chinese_number,
    numbered,
    shares,
)
from responders.documents.official_docx import BODY, STAND_INS, docx_of

PAPER = Official(
    language="zh_CN",
    title="关于一起爆炸的快报",
    masthead="舆情快报",
    number="第3期",
    marks=("特急",),
    signer="签发人：甲",
    by="某市应急管理局",
    day="2026年11月23日",
    notes=("编辑：乙",),
    parts=(
        Heading("概况"),
        Paragraph("三人死亡。", lead="已知："),
        Grid(("时间", "内容"), (("03:10", "爆炸"),), (1, 3)),
    ),
)


def texts(data: bytes) -> list[str]:
    return [line.text for line in Document(io.BytesIO(data)).paragraphs if line.text]


def test_headings_are_numbered_by_level_as_the_standard_says() -> None:
    levels = [Heading("a"), Heading("b", 2), Heading("c", 3), Heading("d", 4), Heading("e", 2), Heading("f")]
    told = [one.text for one in numbered(levels, "zh_CN") if isinstance(one, Heading)]
    assert told == ["一、a", "（一）b", "1. c", "（1）d", "（二）e", "二、f"]
    told = [one.text for one in numbered(levels, "en") if isinstance(one, Heading)]
    assert told == ["1. a", "1.1 b", "1.1.1 c", "1.1.1.1 d", "1.2 e", "2. f"]


@pytest.mark.parametrize(("n", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")])
def test_a_number_as_headings_have_it(n: int, said: str) -> None:
    assert chinese_number(n) == said


def test_a_paper_says_what_it_was_given_in_its_order() -> None:
    assert texts(docx_of(PAPER)) == [
        "特急",
        "舆情快报",
        "第3期    签发人：甲",
        "关于一起爆炸的快报",
        "一、概况",
        "已知：三人死亡。",
        "某市应急管理局",
        "2026年11月23日",
        "编辑：乙",
    ]
    table = Document(io.BytesIO(docx_of(PAPER))).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["时间", "内容"], ["03:10", "爆炸"]]
    assert shares(Grid(("a", "b"), (), (1, 3))) == [0.25, 0.75]


def test_the_page_is_the_standards() -> None:
    document = Document(io.BytesIO(docx_of(PAPER)))
    section = document.sections[0]
    # The file counts in twentieths of a point, a centimetre in fewer parts.
    for found, wanted in (
        (section.top_margin, Cm(3.7)),
        (section.bottom_margin, Cm(3.5)),
        (section.left_margin, Cm(2.8)),
        (section.right_margin, Cm(2.6)),
        (section.page_width, Cm(21)),
        (section.page_height, Cm(29.7)),
    ):
        assert found is not None
        assert abs(found - wanted) <= Pt(0.05)
    assert document.styles["Normal"].font.name == BODY
    assert document.styles["Normal"].font.size == Pt(16)
    fonts = next(part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    assert all(name in fonts.blob.decode() for name in STAND_INS)


@given(st.text(max_size=60))
def test_any_text_can_be_written_and_read_again(text: str) -> None:
    paper = Official("zh_CN", text, (Heading(text), Paragraph(text, lead=text), Grid((text,), ((text,),))), by=text)
    reread = Document(io.BytesIO(docx_of(paper)))
    assert "\u202e" not in "".join(line.text for line in reread.paragraphs)
    assert len(reread.tables) == 1


def test_a_file_says_when_it_was_made_or_nothing() -> None:
    """The library's empty form would name a day of 2013."""
    made = Document(io.BytesIO(docx_of(PAPER, datetime(2026, 7, 9, 12, tzinfo=UTC)))).core_properties
    assert (made.created, made.modified) == (datetime(2026, 7, 9, 12, tzinfo=UTC),) * 2
    with zipfile.ZipFile(io.BytesIO(docx_of(PAPER))) as archive:
        about = archive.read("docProps/core.xml")
    assert b"dcterms:" not in about


def test_the_same_paper_is_the_same_file_inside() -> None:
    one, other = (zipfile.ZipFile(io.BytesIO(docx_of(PAPER))) for _ in range(2))
    assert [one.read(name) for name in one.namelist()] == [other.read(name) for name in other.namelist()]
