# ruff: noqa: E501 - alternatives stand beside one another
"""Inputs that follow the grammar of what is read, and break it in places: hypothesis finds the smallest that fails."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import strategies as st

from tests.fuzz.seeds import SEEDS, WORDS

Bodies = st.SearchStrategy[bytes]
_WORDS = st.sampled_from([word.decode("utf-8", "replace") for word in WORDS])
_CHINESE = st.sampled_from(["某市一化工厂爆炸", "已致3人遇难", "𠮷", "，", "（更新）", "２０２６", "é", " ", "\n"])
words = st.lists(_CHINESE | _WORDS | st.text(max_size=8), max_size=6).map("".join)
_CHARSETS = st.sampled_from(["utf-8", "gb18030", "big5", "utf-16", "utf-8-sig", "iso-8859-1"])
_TIMES = st.sampled_from(
    [
        "昨天",
        "今晚",
        "周三",
        "11月3日",
        "2026年11月20日",
        "2026-11-20",
        "Fri, 20 Nov 2026",
        "12月31日",
        "农历初一",
        "",
        "明天",
    ]
)
_CLOCKS = st.sampled_from(
    [
        "21:30",
        "晚8时许",
        "凌晨",
        "中午12点半",
        "二十时三十分",
        "24:00",
        "3小时前",
        "零点",
        "14:48:00 +0800",
        "8点一刻",
        "PM",
        "25:61",
    ]
)
_FEED_TAGS = ("item", "entry", "title", "link", "guid", "pubDate", "description", "content:encoded", "dc:date", "author", "name",
    "category", "media:content", "image", "source", "rss", "feed", "channel", "rdf:RDF", "x", "summary", "updated", "ttl")  # fmt: skip
_HTML_TAGS = ("html", "head", "body", "div", "p", "a", "li", "ul", "table", "tr", "td", "h1", "time", "span", "script", "style", "meta",
    "title", "article", "svg", "iframe", "br", "base", "b", "template", "select", "frameset", "plaintext", "math")  # fmt: skip
_ATTRIBUTES = (
    "href",
    "class",
    "id",
    "style",
    "content",
    "name",
    "datetime",
    "itemprop",
    "title",
    "xml:base",
    "xmlns",
    "type",
    "isPermaLink",
)


@st.composite
def element(draw: st.DrawFn, tags: tuple[str, ...], inner: st.SearchStrategy[str]) -> str:
    """Return an element whose end may be missing or another's, with attributes that may be broken."""
    tag = draw(st.sampled_from(tags))
    attributes = draw(st.lists(st.tuples(st.sampled_from(_ATTRIBUTES), words), max_size=2))
    said = "".join(f' {name}="{value}"' for name, value in attributes)
    end = draw(st.sampled_from([f"</{tag}>", f"</{tag}>", f"</{tag}>", "", "</x>", "/>"]))
    return f"<{tag}{said}>{draw(inner)}{end}"


def markup(tags: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Return trees of elements with words and times between them."""
    leaves = words | st.tuples(_TIMES, _CLOCKS).map("".join) | words.map(lambda text: f"<![CDATA[{text}]]>")
    return st.recursive(leaves, lambda inner: st.lists(element(tags, inner), max_size=5).map("".join), max_leaves=25)


def _in_a_charset(texts: st.SearchStrategy[str]) -> Bodies:
    return st.tuples(texts, _CHARSETS).map(lambda pair: pair[0].encode(pair[1], "replace"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "url", "id", "items", "data", "version", "time", "text", "a", "b"]) | words,
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
_JSON_TEXTS = _JSON.map(json.dumps)
_FEEDS = st.tuples(
    st.sampled_from(["", '<?xml version="1.0" encoding="gb2312"?>', '<!DOCTYPE rss [<!ENTITY a "b">]>', "\ufeff"]),
    st.sampled_from(["<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rdf:RDF>", ""]),
    markup(_FEED_TAGS),
).map("".join)
_JSON_FEEDS = st.lists(_JSON, max_size=4).map(
    lambda items: json.dumps({"version": "https://jsonfeed.org/version/1", "items": items})
)
_LINES = st.lists(
    st.tuples(st.sampled_from(["User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", "#"]), words).map(
        ": ".join
    ),
    max_size=8,
).map("\n".join)
_CELLS = st.lists(st.lists(words, max_size=5).map(",".join), max_size=6).map(
    lambda lines: "\n".join(["title,text,url,time,heat", *lines])
)

INPUTS: Mapping[str, Bodies] = {
    "feed": _in_a_charset(_FEEDS | _JSON_FEEDS),
    "list": _in_a_charset(markup(_HTML_TAGS)),
    "article": _in_a_charset(markup(_HTML_TAGS)),
    "date": _in_a_charset(st.lists(_TIMES | _CLOCKS | _WORDS | st.text(max_size=5), max_size=6).map("".join)),
    "charset": st.tuples(st.sampled_from([b"gbk", b"utf-8", b"big5", b"utf-16", b"hz", b"x"]), st.binary(max_size=60)).map(b"\n".join),
    "robots": _in_a_charset(_LINES),
    "opml": _in_a_charset(markup(("outline", "opml", "head", "body", "title")).map(lambda text: f"<opml>{text}</opml>")),
    "rows": _in_a_charset(_CELLS | _JSON_TEXTS),
    "api": _in_a_charset(_JSON_TEXTS),
    "headers": st.lists(_WORDS | st.sampled_from([seed.decode() for seed in SEEDS["headers"]]), max_size=5).map(
        lambda parts: "".join(parts).encode()
    ),
    "packed": st.binary(max_size=200) | st.sampled_from(SEEDS["packed"]),
}  # fmt: skip
