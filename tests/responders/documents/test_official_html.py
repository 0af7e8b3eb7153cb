"""An official paper in the browser says what its Word file says, whatever text it is given, and asks nobody else."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from responders.documents.official import Grid, Heading, Official, Paragraph, Picture
from responders.documents.official_docx import STAND_INS, docx_of, fonts
from responders.documents.official_html import FONTS, LOOK, body_of, language_of, paper_html
from tests.responders.documents.test_official import PAPER

NASTY = "<script>alert(1)</script><img src=http://canary.example/x> \u202e{{7*7}} \"'&\x00"
PNG = bytes.fromhex("89504e470d0a1a0a")


def said(text: str) -> list[str]:
    """Return the texts of an article in their order."""
    tree = html.fromstring(text)
    found = []
    for node in (one for one in tree.iter() if isinstance(one, html.HtmlElement)):
        if node.tag in ("p", "h1", "h2", "h3", "h4", "h5", "th", "td"):
            spans = node.findall("span")
            found.append("    ".join(one.text_content() for one in spans) if spans else node.text_content())
    return [one for one in found if one.strip()]


def written(paper: Official) -> list[str]:
    """Return the texts of a Word file in their order."""
    document = Document(io.BytesIO(docx_of(paper)))
    found = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            found += [cell.text for row in block.rows for cell in row.cells]
        else:
            found.append(block.text)
    return [one for one in found if one.strip()]


def test_both_say_the_same_in_the_same_order() -> None:
    parts = (*PAPER.parts, Heading("再", 2), Paragraph("小字\n第二行", small=True), Grid(("a", "b"), (("1", ""),)))
    paper = replace(PAPER, parts=parts)
    assert said(body_of(paper, str)) == written(paper)


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_text_and_nothing_else(one: str, other: str) -> None:
    paper = replace(PAPER, title=one + NASTY, masthead=other, parts=(Paragraph(NASTY + one), Grid((other,), ((one,),))))
    page = paper_html(paper)
    tree: Any = html.fromstring(page)
    assert not tree.xpath("//script|//article//img|//a|//iframe|//@onerror|//@onclick")
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "{{7*7}}" in str(tree.find(".//h1").text_content())


def test_a_page_by_itself_needs_nobody_else() -> None:
    page = paper_html(replace(PAPER, parts=(Picture(PNG, "三条<b>"), Picture(PNG, "二", width=0.5))))
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert [one.split(",")[0] for one in addresses] == ["data:image/png;base64"] * 2
    assert 'alt="三条&lt;b&gt;"' in page
    assert 'class="w50"' in page
    assert "url(" not in page
    assert "@import" not in page


def test_pictures_stand_at_the_addresses_they_are_given() -> None:
    page = body_of(
        replace(PAPER, parts=(Picture(PNG, "一"), Heading("x"), Picture(PNG, "二"))), lambda n: f"/p/{n}.png"
    )
    assert re.findall(r'src="([^"]*)"', page) == ["/p/0.png", "/p/1.png"]


def test_the_sheet_declares_the_fonts_of_the_word_file_and_what_stands_in() -> None:
    look = LOOK.read_text("utf-8")
    for name in fonts():
        assert f'"{name}"' in look
    for names in FONTS:
        assert all(name in look for name in names)
    assert {names[0] for names in FONTS} == set(fonts())
    assert all("Noto" in stand_ins for stand_ins in STAND_INS.values())
    assert "size: A4; margin: 37mm 26mm 35mm 28mm" in look


def test_a_paper_says_its_language() -> None:
    assert language_of(PAPER) == "zh-CN"
    assert language_of(replace(PAPER, language="en")) == "en"


def test_lines_with_an_address_are_not_spread() -> None:
    paper = replace(PAPER, parts=(Paragraph("见 https://a.example/1"), Paragraph("三人死亡。")))
    assert re.findall(r'<p class="(text[ a-z]*)">', body_of(paper, str)) == ["text loose", "text"]
    lines = [line for line in Document(io.BytesIO(docx_of(paper))).paragraphs if line.text.startswith(("见", "三"))]
    assert [line.alignment for line in lines] == [WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY]
