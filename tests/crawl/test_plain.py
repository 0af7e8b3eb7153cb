"""Fetched text loses its markup, and takes no longer for being malicious."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.crawl.plain import clean, plain, plain_line


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<b>爆炸</b>&amp;起火", "爆炸&起火"),
        ("<p>一</p><p>二<br>三</p>", "一\n二\n三"),
        ("前<script>alert('1')</script>后", "前后"),
        ("前<style>p{}</style>后", "前后"),
        ("<img src=x onerror=alert(1)>起火", "起火"),
        ("死亡<3人", "死亡<3人"),
        ("<![CDATA[起火]]>", "起火]]>"),
        ("&#x7206;&#28856;&nbsp;&nbsp;现场", "爆炸 现场"),
        ("一<!-- 二 -->三", "一三"),
        ("<a href='javascript:x'>点</a>", "点"),
        ("起\u202e火\u200b\x00\x0b现\ufeff场", "起火现场"),
        ("<script>无尽", ""),
    ],
)
def test_markup_goes_and_words_stay(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_a_line_is_one_line_of_bounded_length() -> None:
    assert plain_line("<p>一</p>\n<p>二</p>") == "一 二"
    assert len(plain_line("长" * 10_000)) == 500


@pytest.mark.parametrize(
    "attack",
    [
        "<",
        "<script>",
        "<svg></svg ",
        "<!--",
        "<a ",
        "</script ",
        "&",
        "&#x",
        "&#",
        " \n",
        "<![CDATA[",
        "<p",
        "<?",
        "<!",
    ],
)
def test_no_repetition_takes_more_than_linear_time(attack: str) -> None:
    began = time.thread_time()
    plain(attack * (1_000_000 // len(attack)))
    assert time.thread_time() - began < 3


@given(st.text())
def test_nothing_but_plain_characters_comes_out(text: str) -> None:
    out = clean(text)
    assert not any(ord(c) < 32 and c != "\n" for c in out)
    assert not any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 or 0xD800 <= ord(c) <= 0xDFFF for c in out)
    assert out == out.strip()
    assert clean(out) == out


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("前<iframe src='http://x/'>后", "前后"),
        ("前<iframe src='http://x/'>中</iframe>后", "前后"),
        ("前<svg>后", "前后"),
        ("前<script>alert(1)", "前"),
        ("前<style>p{}", "前"),
    ],
)
def test_a_part_that_never_ends_costs_no_text_unless_it_is_code(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_parts_that_never_end_are_looked_for_once() -> None:
    began = time.thread_time()
    assert plain("<iframe><svg><template>" * 40_000 + "文") == "文"
    assert time.thread_time() - began < 2
