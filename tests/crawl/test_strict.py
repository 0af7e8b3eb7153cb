"""The fast reader reads what feedparser reads, or declines; nothing depends on which of the two it was."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.crawl.decode import decode
from monitor.crawl.doctype import without_doctype
from monitor.crawl.loose import read_loosely
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, Unreadable
from monitor.crawl.strict import _MENDED, MOST_TAGS, _address, read_strictly

CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
FULL = f"""<?xml version="1.0" encoding="gb2312"?>
<rss version="2.0" {CONTENT} {DC} xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>示例报</title><link>http://news.example/</link><atom:link rel="self" href="http://news.example/rss"/>
<image><url>http://news.example/i.png</url><title>图</title><link>http://news.example/other</link></image>
<sy:updatePeriod>hourly</sy:updatePeriod><ttl>30</ttl>
<item><title> 某厂<!-- 注 -->起火 </title><link>/a/1?x=1&amp;y=2</link><guid isPermaLink="false">id-1</guid>
<description>短</description><content:encoded><![CDATA[<p>更长的&amp;正文</p>]]></content:encoded>
<dc:creator>记者</dc:creator><category domain="x">要闻</category>
<pubDate>2026年7月9日 20:30</pubDate><source url="http://o.example/">他报</source></item>
<item><description>没有标题</description><guid>http://news.example/a/2</guid>
<dc:date>2026-07-09T20:00:00+08:00</dc:date></item>
<item><title>caf&#xc3;&#xa9;</title><link></link><guid>7</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh"><title>示例</title><id>tag:x,1</id>
<link href="http://news.example/" /><link rel="self" href="http://news.example/atom"/><updated>2026-07-09</updated>
<entry><id>tag:x,2</id><title type="html">某&lt;b>桥&lt;/b>垮塌</title><link href="/b"/>
<link rel="alternate" type="application/pdf" href="/b.pdf"/><author><name>记者</name></author>
<published>2026-07-09T11:00:00Z</published><updated>2026-07-09T12:00:00Z</updated>
<summary>摘要</summary><content type="html">&lt;p>正文正文&lt;/p></content></entry>
<entry><id>http://news.example/c</id><title>只有编号</title></entry></feed>"""


def slow(text: str) -> RawDocument:
    return read_loosely(text.encode("utf-8", "replace"), decoded=True, content_type="application/xml")


@pytest.mark.parametrize("text", [FULL, ATOM], ids=["rss", "atom"])
def test_both_read_the_same(text: str) -> None:
    found = read_strictly(text)
    assert found is not None
    assert found == slow(text)
    assert all(entry.title or entry.text for entry in found.entries)


def test_what_is_read_is_right() -> None:
    found = read_strictly(FULL)
    assert found is not None
    first, second, third = found.entries
    assert (first.title, first.link, first.external_id) == ("某厂起火", "/a/1?x=1&y=2", "id-1")
    assert first.text == "<p>更长的&amp;正文</p>"
    assert second.link == second.external_id == "http://news.example/a/2"
    assert (third.title, third.link) == ("café", "")
    assert found.base == "http://news.example/"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<channel>", '<channel xml:base="http://other.example/">'),
        ("<title> 某厂", "<title>别的</title><title> 某厂"),
        ("<title> 某厂", '<title type="html"> 某厂'),
        ("<description>短", "<description>短<b>粗</b>"),
        ("<dc:creator>", '<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">别的</dc:title><dc:creator>'),
        ("<guid>7", "<guid>http:///7"),
        ("y=2", "y=2&amp;copy;"),
        ("起火", "起火&#x92;"),
        ('version="2.0"', 'version="0.91"'),
        ("</rss>", ""),
        ("短", "短&nbsp;"),
        ("<item>", '<item rdf:about="x" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'),
        (CONTENT, CONTENT + ' xmlns:x="http://www.itunes.com/DTDs/PodCast-1.0.dtd"'),
    ],
)
def test_whatever_is_unusual_is_declined(before: str, after: str) -> None:
    assert before in FULL
    assert read_strictly(FULL.replace(before, after, 1)) is None


def test_strange_elements_of_others_do_no_harm() -> None:
    strange = FULL.replace(CONTENT, CONTENT + ' xmlns:gov="http://gov.example/"')
    strange = strange.replace("<description>短", "<gov:title>别的</gov:title><description>短")
    found = read_strictly(strange)
    assert found == slow(strange)
    assert found is not None
    assert found.entries[0].title == "某厂起火"


def test_documents_of_too_many_tags_and_without_entries_are_declined() -> None:
    assert read_strictly("<rss version='2.0'><channel>" + "<item/>" * (MOST_TAGS + 1) + "</channel></rss>") is None
    assert read_strictly("<rss version='2.0'><channel><title>x</title></channel></rss>") is None
    assert read_strictly("<!DOCTYPE rss><rss version='2.0'/>") is None


def test_more_entries_than_are_taken_show() -> None:
    many = "<rss version='2.0'><channel>" + "<item><title>x</title></item>" * (MOST_ENTRIES + 9) + "</channel></rss>"
    found = read_strictly(many)
    assert found is not None
    assert len(found.entries) == len(slow(many).entries) == MOST_ENTRIES + 1


def test_both_agree_on_every_feed_of_the_suites(shared: Path) -> None:
    folder = shared / "data" / "feeds"
    read = 0
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        name = json.loads(line)["file"]
        decoded = decode((folder / name).read_bytes(), content_type="application/xml")
        try:
            text = without_doctype(decoded.text)
        except Unreadable:
            continue
        found = None if decoded.replaced else read_strictly(text)
        if found is not None:
            read += 1
            assert found == slow(text), name
    assert read >= 300


TEXTS = st.text(
    st.one_of(
        st.sampled_from("某厂起火 <>&;\n\t\r'\"=/é\xa0ü。：]"),
        st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=["Cs"]),
    ),
    max_size=12,
)
ADDRESSES = st.one_of(
    st.sampled_from(["", "/a", "http://x.example/1", "http:///x", "tag:x,1", "//x/y", "http://[x", "a b", "?a=1&b;=2"]),
    TEXTS,
)


@st.composite
def items(draw: st.DrawFn) -> str:
    names = ["title", "link", "guid", "description", "pubDate", "content:encoded", "dc:date", "dc:creator", "author"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=7))
    parts = []
    for name in chosen:
        said = draw(ADDRESSES if name in ("link", "guid") else TEXTS)
        written = f"<![CDATA[{said}]]>" if draw(st.booleans()) and "]]>" not in said else escape(said)
        mark = draw(st.sampled_from(["", ' isPermaLink="false"', ' isPermaLink="true"'])) if name == "guid" else ""
        parts.append(f"<{name}{mark}>{written}</{name}>")
    return f"<item>{''.join(parts)}</item>"


@settings(max_examples=150, deadline=None)
@given(st.lists(items(), min_size=1, max_size=4), ADDRESSES)
def test_both_agree_on_whatever_is_generated(entries: list[str], link: str) -> None:
    head = f'<rss version="2.0" {CONTENT} {DC}><channel><link>{escape(link)}</link>'
    text = f"{head}{''.join(entries)}</channel></rss>"
    found = read_strictly(text)
    if found is not None:
        assert found == slow(text)


@st.composite
def atom_entries(draw: st.DrawFn) -> str:
    names = ["title", "id", "summary", "content", "updated", "published", "link", "rights"]
    parts = []
    for name in draw(st.lists(st.sampled_from(names), max_size=7)):
        if name == "link":
            rel = draw(st.sampled_from(["", ' rel="alternate"', ' rel="via"', ' rel="enclosure"']))
            kind = draw(st.sampled_from(["", ' type="text/html"', ' type="TEXT/HTML"', ' type="a/b"']))
            parts.append(f"<link{rel}{kind} href={_quoted(draw(ADDRESSES))}/>")
            continue
        kind = draw(st.sampled_from(["", ' type="html"', ' type="text"'])) if name in ("title", "content") else ""
        parts.append(f"<{name}{kind}>{escape(draw(ADDRESSES if name == 'id' else TEXTS))}</{name}>")
    return f"<entry>{''.join(parts)}</entry>"


def _quoted(text: str) -> str:
    return '"' + escape(text, {'"': "&quot;", "\n": "&#10;"}) + '"'


@settings(max_examples=150, deadline=None)
@given(st.lists(atom_entries(), min_size=1, max_size=4))
def test_both_agree_on_whatever_atom_is_generated(entries: list[str]) -> None:
    text = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'
    found = read_strictly(text)
    if found is not None:
        assert found == slow(text)


def test_a_link_of_any_length_is_searched_in_linear_time() -> None:
    for link in ("a" * 600_000, "a." * 300_000, "&a" * 300_000, "a:" * 300_000, "&" + "a" * 600_000):
        began = time.thread_time()
        with pytest.raises(Exception, match=r"^$") as declined:
            _address(link)
        assert type(declined.value).__name__ == "_Unusual"
        _MENDED.search(link)
        assert time.thread_time() - began < 1
        text = f"<rss version='2.0'><channel><item><guid>{escape(link)}</guid></item></channel></rss>"
        assert read_strictly(text) is None
    for link in ("http:///a", "feed:http:///a", "http://a.example/?a&b;"):
        assert (
            read_strictly(f"<rss version='2.0'><channel><item><link>{escape(link)}</link></item></channel></rss>")
            is None
        )


def test_many_namespaces_and_many_elements_cost_neither_time_nor_memory() -> None:
    declared = " ".join(f"xmlns:p{number}='u:{number}'" for number in range(490))
    for body in ("<a/>" * 5_000, "<item xmlns:q='u:q'>" + "<a/>" * 5_000 + "</item>"):
        for root in ("rss", "other"):
            text = f"<{root} version='2.0' {declared}><channel>{body}</channel></{root}>"
            tracemalloc.start()
            began = time.thread_time()
            assert read_strictly(text) is None
            assert time.thread_time() - began < 1
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
            tracemalloc.stop()


@pytest.mark.parametrize("inner", ["xmlns:media='u:x'", "xmlns:x='http://purl.org/dc/elements/1.1/'", "xmlns:x='u:x'"])
def test_a_namespace_of_an_inner_element_counts_as_one_of_the_root(inner: str) -> None:
    at_root, within = (
        f"<rss version='2.0' {mark}><channel><item {other}><title>甲</title></item></channel></rss>"
        for mark, other in ((inner, ""), ("", inner))
    )
    assert read_strictly(at_root) == read_strictly(within)
    assert (read_strictly(within) is None) == ("u:x" not in inner or "media" in inner)
