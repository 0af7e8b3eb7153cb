# ruff: noqa: E501 - inputs stand as they are written
"""What fuzzing starts from: small inputs of every shape that a target reads, and words to put into them. All our own."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping

_RSS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE rss [<!ENTITY mu "&#956;">]>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
<channel><title>某报</title><link>https://news.example/</link><ttl>30</ttl><image><url>/i.png</url></image>
<item><title>某市一化工厂&lt;b&gt;爆炸&lt;/b&gt; &amp; 起火</title><link>/a?x=1&amp;y=2</link><guid isPermaLink="false">a1</guid>
<pubDate>Fri, 20 Nov 2026 14:48:00 +0800</pubDate><description><![CDATA[<p>已致<b>3人</b>遇难</p>]]></description>
<content:encoded><![CDATA[<div><table><tr><td>全文</td></tr></table></div>]]></content:encoded><dc:creator>记者</dc:creator>
<media:content url="https://news.example/v.mp4" type="video/mp4"/><enclosure url="x" length="1" type="a"/></item>
<item><title/><description>没有标题的一条</description><category domain="x">事故</category></item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/" xml:lang="zh"><title>某网</title>
<updated>2026-11-20T06:48:00Z</updated><entry><id>tag:news.example,2026:1</id><title type="html">&lt;i&gt;火灾&lt;/i&gt;</title>
<link rel="alternate" href="x/1.html"/><published>2026-11-20T06:48:00.5Z</published><author><name>某</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>正文</p></div></content><summary>摘要</summary></entry>
</feed>"""
_RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="x"><title>t</title></channel><item rdf:about="https://news.example/1"><title>矿难</title></item></rdf:RDF>"""
_JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "t", "home_page_url": "https://news.example/",
"items": [{"id": "1", "url": "/1", "title": "塌方", "content_html": "<p>被困</p>", "date_published": "2026-11-20T14:48:00+08:00"},
{"id": 2, "title": null, "content_text": ["x"]}, 3, null]}"""
_LIST = """<html><head><meta charset="gb2312"><base href="/news/"><title>要闻</title></head><body><div class="list"><ul>
<li><a href="1.html" title="某地火灾">某地火…</a><span>11-20</span></li><li><a href="2.html">山洪预警</a><span>昨天 21:30</span>
<p>摘要</p><b>12.3万</b></li><li><a href="javascript:void(0)">无效</a></li><li><a>无链接的一条消息</a></li></ul></div>
<script>x = <![CDATA[<li><a href="3.html">第三条消息</a></li>]]></script></body></html>"""
_ARTICLE = """<!DOCTYPE html><html><head><title>某县一工厂起火_某网</title><meta name="PubDate" content="2026-11-19 22:41">
<meta property="og:title" content="某县一工厂起火"><script type="application/ld+json">{"datePublished": "2026-11-19T22:41:00+08:00"}
</script><style>p{}</style></head><body><nav><a href="/">首页</a> <a href="/b">新闻</a> <a href="/c">社会</a></nav>
<h1>某县一工厂起火</h1><div class="time" data-ptime="2026-11-19 22:41">昨天 22:41　来源：某报</div><article id="text">
<p>11月19日20时许，某县一家工厂的仓库起火，浓烟滚滚，附近居民闻到刺鼻气味后拨打了报警电话。</p>
<p>消防救援人员赶到现场后，明火于22时被扑灭。据初步了解，事故造成2人受伤，没有生命危险，起火原因正在调查。</p>
<table><tr><th>地点</th><td>人数</td></tr></table><time datetime="2026-11-19T22:41">昨晚</time></article>
<div style="display:none">隐藏</div><ul><li><a href=/1>一</a><li><a href=/2>二</a><li><a href=/3>三</a></ul></body></html>"""
_ROBOTS = "User-agent: *\nDisallow: /a*b$\nAllow: /a%2Fb\nCrawl-delay: 5\n\nUser-agent: huiying\nDisallow:\n/path"
_OPML = """<opml version="2.0" xmlns:huiying="urn:huiying"><head><title>来源</title></head><body><outline text="组">
<outline type="rss" text="某报" xmlUrl="https://news.example/rss" huiying:id="a"/></outline></body></opml>"""
_API = '{"data": [{"title": "爆炸", "url": "/1", "id": 1, "time": 1795157280, "heat": "12万", "ad": false}], "x": {"title": "y"}}'
_CSV = '标题,text,url,time,heat\n"某地, ""爆炸""",正文,https://x.example/1,2026-11-20 14:48,3万\n火灾,"两\n行",,,\n'
_LINES = '{"title": "爆炸", "a": {"b": ["x"]}}\n\n{"title": 3}\n[1]\nx\n'


def _all(*texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "feed": (*_all(_RSS, _ATOM, _RDF, _JSON_FEED), _RSS.encode("gb18030"), _ATOM.encode("utf-16")),
    "list": (*_all(_LIST), _LIST.encode("gbk", "replace")),
    "article": (*_all(_ARTICLE), _ARTICLE.encode("gb18030")),
    "date": _all(
        "2026年11月20日 14:48", "昨天 21:30", "一个半小时前", "晚8时许", "Fri, 20 Nov 2026 14:48:00 +0800", "1795157280000",
        "2026-11-20T14:48:00.123+08:00", "农历十月十一", "2:48 PM EST Nov 19, 2026", "/202611/t20261120_1.html", "上周五 10:00",
    ),
    "charset": (
        b"gb2312\n" + "某市爆炸".encode("gbk"), b"utf-8\n" + "某市爆炸".encode(), b"big5\n" + "工地塌方".encode("big5"),
        b"hz-gb-2312\n~{1,~}", b"iso-8859-1\nCaf\xe9", b"utf-16\n" + "爆".encode("utf-16"), b"shift_jis\n\x83\x5c",
    ),
    "robots": _all(_ROBOTS),
    "opml": _all(_OPML),
    "rows": _all(_CSV, _LINES, _API),
    "api": _all(_API, "callback(" + _API + ");", "var x =" + _API),
    "headers": _all(
        "Fri, 20 Nov 2026 07:48:28 GMT", "120", "max-age=60, public\n10", "text/html; charset=gb2312", "../a/b?c=d#e",
        "//host.example:8080/x", "https://[::1]/", "hourly\n2", "http://例子.测试/路径",
    ),
    "packed": (gzip.compress(_RSS.encode()), zlib.compress(b"x" * 5000), zlib.compress(b"y" * 999)[2:-4], _RSS.encode()),
}  # fmt: skip

WORDS: tuple[bytes, ...] = (
    *_all(
        "<", ">", "&", "&amp;", "&#0;", "&#x110000;", "&mu;", "]]>", "<![CDATA[", "<!--", "-->", "<?xml?>", "<!DOCTYPE a [", "]>",
        '<!ENTITY a "b">', "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<div>", "</div>", "<table>", "<td>",
        "<svg>", "<script>", "<a href=x>", "<base href=//[>", "http://[", "https://x.example/", "javascript:", "data:,", "\\u0000",
        "\\ud800", "null", "true", "1e999", "-0", "{}", "[]", "[[", '{"a":', '"', "'", "\\", "\r", "\n", "\t", "\x00", "\u200b",
        "\u202e", "\ufeff", "\ufffe", "\U0010ffff", "𠮷", "年", "月", "日", "时", "分", "前", "半", "一", "十", "农历", "初一", "周", "GMT",
        "+9999", "-25:61", "99999999999", "0000-00-00", "9999-12-31", "T", "Z", "AM", "%", "%00", "%zz", "*", "$", "charset=", "utf-7",
        "encoding='x'", "xml:base='http://['", "xmlns=''", "xmlns:a='b'", "a:b", "=", ",", ";", ":", "max-age", "User-agent:", "Disallow:",
    ),
    b"\xff", b"\xfe\xff", b"\xff\xfe", b"\x00", b"\x80", b"\x81\x30\x81\x30", b"\xe3\x32\x9a\x35", b"\x8e", b"\x1b$B", b"~{", b"\x1f\x8b\x08",
)  # fmt: skip
