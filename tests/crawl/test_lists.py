"""List pages are read by selectors, and pages that were redesigned are noticed."""

import time
from contextlib import suppress

import pytest

from monitor.core.fetched import DropReason
from monitor.core.sources import FailureKind, ListRule
from monitor.crawl.lists import read_list
from monitor.crawl.raw import Unreadable

URL = "https://bureau.example/news/"
PAGE = """<html><body><ul class="nav"><li><a href="/">首页</a></li></ul><ul class="list">
<li><a href="./202607/t20260709_1.shtml" title="某市仓库起火的完整标题">某市仓库起火…</a><span>2026-07-09</span></li>
<li><a href="../a/2.html">某县山体滑坡<span>2026-07-09 20:30</span></a></li>
<li><a href="javascript:void(0)">更多</a></li>
<li><a href="/3.html"></a></li>
<li>没有链接的一条</li>
</ul></body></html>"""


def test_titles_links_and_times_are_found() -> None:
    document = read_list(PAGE, ListRule(item=".list li", time=("span",)), url=URL)
    assert [entry.title for entry in document.entries] == ["某市仓库起火的完整标题", "某县山体滑坡"]
    assert [entry.link for entry in document.entries] == ["./202607/t20260709_1.shtml", "../a/2.html"]
    assert [entry.time for entry in document.entries] == ["2026-07-09", "2026-07-09 20:30"]
    assert [drop.reason for drop in document.dropped] == [DropReason.BAD_LINK, DropReason.NO_TITLE, DropReason.BAD_LINK]


def test_the_entry_itself_can_be_the_link() -> None:
    rule = ListRule(item='a[href$="html"]', title=(".",), link=("@href",), time=("span",))
    assert [entry.title for entry in read_list(PAGE, rule, url=URL).entries] == ["某市仓库起火…", "某县山体滑坡"]


def test_lists_shipped_in_cdata_are_read() -> None:
    page = """<script type="text/xml"><datastore><recordset>
    <record><![CDATA[<li><a href="/art/1.html" title="某地发布通报">某地</a><i>2026-07-09</i></li>]]></record>
    <record><![CDATA[<li><a href="/art/2.html" title="另一则通报">另</a><i>2026-07-08</i></li>]]></record>
    </recordset></datastore></script>"""
    rule = ListRule(item="li", time=("i",), cdata=True)
    assert [(e.title, e.time) for e in read_list(page, rule, url=URL).entries] == [
        ("某地发布通报", "2026-07-09"),
        ("另一则通报", "2026-07-08"),
    ]


def test_the_base_element_moves_relative_addresses() -> None:
    page = '<base href="https://static.bureau.example/x/"><li><a href="1.html">某厂起火</a></li>'
    assert read_list(page, ListRule(item="li"), url=URL).base == "https://static.bureau.example/x/"


@pytest.mark.parametrize("page", ["", "<html></html>", "{}", "<li>", PAGE])
def test_a_rule_that_matches_nothing_is_a_failure_that_names_it(page: str) -> None:
    with pytest.raises(Unreadable) as failure:
        read_list(page, ListRule(item="div.redesigned li"), url=URL)
    assert failure.value.kind is FailureKind.NOTHING_MATCHED
    assert "div.redesigned li" in failure.value.detail


def test_items_without_a_title_are_no_list() -> None:
    with pytest.raises(Unreadable) as failure:
        read_list("<li><a href=/1></a></li>" * 3, ListRule(item="li"), url=URL)
    assert "3 items" in failure.value.detail


@pytest.mark.parametrize(
    "attack", ["<div>" * 200_000, "<li><a href=/>" * 50_000, "<" * 500_000, "<a " + "x=1 " * 100_000]
)
def test_malicious_pages_cost_little_time(attack: str) -> None:
    began = time.thread_time()
    with suppress(Unreadable):
        read_list(attack, ListRule(item="li:has(a)"), url=URL)
    assert time.thread_time() - began < 15


def test_sections_without_an_end_cost_little_time() -> None:
    began = time.thread_time()
    with pytest.raises(Unreadable):
        read_list("<![CDATA[x" * 100_000, ListRule(item="li", cdata=True), url="http://news.example/")
    assert time.thread_time() - began < 2
