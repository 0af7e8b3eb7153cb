"""Feeds of all kinds and all manners are read; those made to explode are refused."""

import time
from contextlib import suppress

import pytest

from monitor.core.sources import FailureKind
from monitor.crawl.decode import decode
from monitor.crawl.doctype import without_doctype
from monitor.crawl.feeds import read_feed
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, Unreadable


def read(text: str | bytes, content_type: str = "application/xml") -> RawDocument:
    body = text.encode() if isinstance(text, str) else text
    return read_feed(body, decode(body, content_type=content_type), content_type=content_type)


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><link>http://news.example/</link>
<item><title>某厂起火</title><link>/a/1</link><guid isPermaLink="false">id-1</guid>
<description>短</description><content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">
<![CDATA[<p>更长的正文</p>]]></content:encoded><pubDate>2026年7月9日 20:30</pubDate></item>
<item><guid>http://news.example/a/2</guid><description>没有标题的一条</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:x,1</id>
<title type="html">某&lt;b>桥&lt;/b>垮塌</title>
<link rel="alternate" href="http://news.example/b"/><updated>2026-07-09T12:00:00Z</updated>
<published>2026-07-09T11:00:00Z</published><summary>摘要</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="http://news.example/c"><title>某矿透水</title>
<link>http://news.example/c</link><dc:date>2026-07-09T20:00:00+08:00</dc:date></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "http://news.example/", "items": [
{"id": 7, "url": "/d", "title": "某船沉没", "content_html": "<p>正文</p>",
 "date_published": "2026-07-09T20:00:00+08:00"},
{"id": "8", "external_url": "http://news.example/e", "content_text": "无题", "date_modified": "2026-07-09"}, 5]}"""


def test_rss_gives_its_longest_text_and_its_time_as_written() -> None:
    first, second = read(RSS).entries
    assert (first.title, first.link, first.external_id) == ("某厂起火", "/a/1", "id-1")
    assert "更长的正文" in first.text
    assert first.time == "2026年7月9日 20:30"
    assert (second.title, second.link, second.text) == ("", "http://news.example/a/2", "没有标题的一条")
    assert read(RSS).base == "http://news.example/"


def test_atom_rdf_and_json_feeds_are_read() -> None:
    atom = read(ATOM).entries[0]
    assert (atom.external_id, atom.link, atom.time) == ("tag:x,1", "http://news.example/b", "2026-07-09T11:00:00Z")
    rdf = read(RDF).entries[0]
    assert (rdf.title, rdf.link, rdf.time) == ("某矿透水", "http://news.example/c", "2026-07-09T20:00:00+08:00")
    document = read(JSON, "application/feed+json")
    assert [entry.external_id for entry in document.entries] == ["7", "8"]
    assert [entry.link for entry in document.entries] == ["/d", "http://news.example/e"]
    assert document.entries[1].time == "2026-07-09"
    assert len(document.dropped) == 1


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "big5", "utf-16"])
def test_feeds_in_other_character_sets_are_read_whatever_they_declare(charset: str) -> None:
    for declared in ("utf-8", "gb2312", "iso-8859-1"):
        feed = RSS.replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{declared}"?>')
        feed = feed.replace("某厂起火", "某廠起火").replace("短", "短").replace("没有标题的一条", "沒有標題的一條消息")
        feed = feed.replace("更长的正文", "更長的正文內容在此").replace("2026年7月9日 20:30", "2026-07-09 20:30")
        assert [entry.title for entry in read(feed.encode(charset)).entries] == ["某廠起火", ""]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", FailureKind.NOT_A_FEED),
        ("服务器忙", FailureKind.NOT_A_FEED),
        ("<html><body>hello</body></html>", FailureKind.NOT_A_FEED),
        ('{"items": []}', FailureKind.NOT_A_FEED),
        ('{"version": "https://jsonfeed.org/version/1", "items": []}', FailureKind.EMPTY),
        ('{"version": "https://jsonfeed.org/version/1", "items": 5}', FailureKind.NOT_A_FEED),
        ("{" * 100_000, FailureKind.NOT_A_FEED),
        ('{"a":' * 100_000, FailureKind.NOT_A_FEED),
        ("<rss version='2.0'><channel><title>x</title></channel></rss>", FailureKind.EMPTY),
    ],
)
def test_what_is_no_feed_says_so(text: str, kind: FailureKind) -> None:
    with pytest.raises(Unreadable) as failure:
        read(text)
    assert failure.value.kind is kind


def test_broken_feeds_keep_what_can_be_read() -> None:
    assert [e.title for e in read(RSS.replace("</channel></rss>", "")).entries] == ["某厂起火", ""]
    assert read(RSS.replace("短", "A & B <br> &nbsp; &unknown;")).entries[0].title == "某厂起火"
    assert read("\n\n  " + RSS).entries[0].title == "某厂起火"


def with_doctype(declarations: str, title: str) -> str:
    items = f"<channel><item><title>{title}</title></item></channel>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [{declarations}]><rss version="2.0">{items}</rss>'


NESTED = "<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
HOSTILE = {
    "billion laughs": with_doctype(NESTED, "&m;"),
    "one line": with_doctype(NESTED, "&m;").replace("\n", ""),
    "quadratic": with_doctype(f"<!ENTITY a '{'x' * 100_000}'>", "&a;" * 2000),
    "external file": with_doctype('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
    "external public": with_doctype('<!ENTITY a PUBLIC "x" "http://127.0.0.1/">', "&a;"),
    "lower case": with_doctype(NESTED, "&m;").replace("<!DOCTYPE", "<!doctype"),
    "after a comment": with_doctype(NESTED, "&m;").replace("<!DOCTYPE", "<!-- <rss> --><!DOCTYPE"),
    "too many": with_doctype("".join(f"<!ENTITY e{n} 'x'>" for n in range(600)), "&e1;"),
    "parameter made of others": with_doctype("<!ENTITY % a 'x'><!ENTITY b '%a;%a;'>", "&b;"),
}


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_feeds_made_to_explode_are_refused_at_once(text: str, charset: str) -> None:
    body = text.encode(charset)
    began = time.thread_time()
    with pytest.raises(Unreadable) as failure:
        read(body)
    assert failure.value.kind is FailureKind.HOSTILE_XML
    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">',
        '<!DOCTYPE rdf:RDF [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1//EN" "xhtml-lat1.ent">]>',
        '<!DOCTYPE rss [<!ENTITY copy "(c)"><!-- ] > -->]>',
        "<!DOCTYPE rss>",
        "<!doctype html>",
    ],
)
def test_harmless_document_types_are_taken_out(doctype: str) -> None:
    feed = RSS.replace("<rss", doctype + "<rss", 1)
    assert without_doctype(feed) == RSS
    assert read(feed).entries[0].title == "某厂起火"


def test_an_entity_in_an_article_is_no_declaration() -> None:
    text = RSS.replace("短", '<![CDATA[<pre><!DOCTYPE x [<!ENTITY a SYSTEM "file:///x">]></pre>]]>')
    assert read(text).entries[0].title == "某厂起火"


@pytest.mark.parametrize(
    "attack",
    [
        "<rss><channel>" + "<item>" * 100_000,
        "<rss><channel><item><title>" + "<b>" * 100_000,
        "<rss>" + "<a x='" * 100_000,
        "<rss><channel><item><description>" + "&lt;div&gt;" * 100_000 + "</description></item></channel></rss>",
        "<rss " + " a='1'" * 50_000 + ">",
        "<?xml version='1.0'" + " " * 500_000 + "?><rss/>",
        "<!DOCTYPE " + "[" * 500_000,
        "<!DOCTYPE x [" + "<!ENTITY " * 100_000,
        "<!--" * 100_000,
    ],
)
def test_malicious_shapes_cost_little_time(attack: str) -> None:
    began = time.thread_time()
    with suppress(Unreadable):
        read(attack)
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("wild", ["&#x110000;", "&#xD800;", "&#55296;", "&#1114112", "&#99999999999999999999;"])
def test_a_reference_to_no_character_costs_that_character_only(wild: str) -> None:
    text = RSS.replace("某厂起火", f"某厂{wild}起火 &#x4EBA; &#20154;").replace("</rss>", "<broken></rss>")
    first, second = read(text).entries
    assert first.title == "某厂\ufffd起火 人 人"
    assert second.text == "没有标题的一条"


@pytest.mark.parametrize("item", ["[]", "1", "{}", '"x"'])
def test_a_json_feed_of_countless_values_is_refused_and_strange_ones_are_counted_like_entries(item: str) -> None:
    head = '{"version": "https://jsonfeed.org/version/1.1", "items": ['
    countless = head + ",".join([item] * 2_000_000) + "]}"
    began = time.thread_time()
    with pytest.raises(Unreadable, match="values") as failure:
        read(countless)
    assert failure.value.kind is FailureKind.TOO_LARGE
    assert time.thread_time() - began < 1
    many = read(head + ",".join([item] * 5_000) + "]}")
    assert len(many.entries) + len(many.dropped) == MOST_ENTRIES + 1
