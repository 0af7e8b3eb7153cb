"""Article pages: title, text, and a time with minutes wherever the page states one."""

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.core.model import TimeNote
from monitor.core.sources import ArticleRule, FailureKind, TimeRule
from monitor.crawl.article import Article, read_article
from monitor.crawl.prose import prose
from monitor.crawl.raw import Unreadable
from tests.crawl.pages import score

NOW = datetime(2026, 7, 10, 4, 0, tzinfo=UTC)
BODY = """<p>7月9日20时许，某县一家工厂的仓库起火，浓烟滚滚，附近居民闻到刺鼻气味后拨打了报警电话。</p>
<p>消防救援人员赶到现场后，明火于22时被扑灭。据初步了解，事故造成2人受伤，没有生命危险，起火原因正在调查。</p>
<p>目前，周边群众已经疏散到安全地带，善后工作正在有序进行，后续情况将及时向社会公布。</p>"""
RELATED = "".join(f"<li><a href='/{n}.html'>某地另一起事故已致{n}人遇难</a></li>" for n in range(3, 9))


def page(head: str = "", near: str = "", body: str = BODY) -> str:
    return f"""<html><head><title>某县一工厂起火_某网</title>{head}<style>p{{}}</style></head><body>
    <div class="nav"><a href="/">首页</a> <a href="/x">新闻</a> 2026年07月10日 12:00</div>
    <h1>某县一工厂起火</h1><div class="info">{near}</div><div id="text">{body}</div>
    <div class="related"><h3>相关阅读</h3><ul>{RELATED}</ul></div><div>责任编辑：某某</div></body></html>"""


def article(html: str, **options: object) -> Article:
    return read_article(html, now=NOW, zone="Asia/Shanghai", **options)  # type: ignore[arg-type]


def test_title_and_text_come_without_what_surrounds_them() -> None:
    found = article(page())
    assert found.title == "某县一工厂起火"
    assert found.text.startswith("7月9日20时许")
    assert "后续情况将及时向社会公布。" in found.text
    assert "另一起事故" not in found.text
    assert "责任编辑" not in found.text


@pytest.mark.parametrize(
    ("head", "near"),
    [
        ('<meta name="PubDate" content="2026-07-09 22:41">', ""),
        ('<meta property="article:published_time" content="2026-07-09T14:41:00Z">', "2026-07-10 09:00"),
        ('<meta itemprop="datePublished" content="2026-07-09T22:41:00+08:00">', ""),
        ('<script type="application/ld+json">{"datePublished": "2026-07-09T22:41:00+08:00"}</script>', ""),
        ("", '<time datetime="2026-07-09T22:41:00+08:00">昨天</time>'),
        ("", "2026年07月09日 22:41　来源：某报"),
        ("", "来源：某报　发布时间：2026-07-09 22:41:00"),
        ('<meta name="PubDate" content="2026-07-09">', "2026/07/09 22:41"),
    ],
)
def test_the_time_is_found_where_the_page_states_it(head: str, near: str) -> None:
    assert article(page(head, near)).published.at == datetime(2026, 7, 9, 14, 41, tzinfo=UTC)


def test_a_page_that_states_the_day_only_gives_the_day_only() -> None:
    html = page('<meta name="PubDate" content="2026-07-09">').replace("2026年07月10日 12:00", "")
    found = article(html).published
    assert (found.at, found.day, found.note) == (None, date(2026, 7, 9), TimeNote.DATE_ONLY)


def test_selectors_of_the_source_go_first() -> None:
    html = page(near="<b class=t>2026-07-09 22:41</b>", body="<p>只有一句。</p>")
    rule = ArticleRule(text=("#missing", "#text"), title=(".none", "h1"), time=(".t",))
    found = article(html, rule=rule)
    assert (found.title, found.text) == ("某县一工厂起火", "只有一句。")
    assert found.published.at == datetime(2026, 7, 9, 14, 41, tzinfo=UTC)
    assert article(html, rule=rule, time_rule=TimeRule.DATE_ONLY).published.at is None


def test_hostile_markup_ends_as_words() -> None:
    found = article(page(body=BODY + "<p>&lt;script&gt;alert(1)&lt;/script&gt;结尾一句在这里，说完就完。</p>"))
    assert "<p>" not in found.text
    assert "alert(1)" not in found.text or "<script>" in found.text


@pytest.mark.parametrize("html", ["", "   ", "<html></html>", "<!-- -->", "<script>x</script>"])
def test_no_page_and_bare_pages_say_so(html: str) -> None:
    with pytest.raises(Unreadable) as failure:
        article(html)
    assert failure.value.kind in (FailureKind.UNREADABLE, FailureKind.NOTHING_MATCHED)


@pytest.mark.parametrize(
    "attack",
    [
        "<div>" * 200_000,
        "<p><b>" * 100_000 + "正文",
        "<li><a href=/>x" * 100_000,
        "<table><tr><td>" * 50_000 + "x",
        "<meta name=a content=b>" * 50_000,
        "<h1>x</h1>" * 50_000,
        "<time>2026</time>" * 50_000,
        "2026-01-01 10:00 " * 100_000,
        '"datePublished":"' * 100_000,
        "<title>" * 100_000,
    ],
)
def test_malicious_pages_cost_little_time(attack: str) -> None:
    began = time.thread_time()
    with suppress(Unreadable):
        article(attack, rule=ArticleRule(text=("#text",)))
    assert time.thread_time() - began < 12


@pytest.mark.parametrize(("language", "least", "minutes"), [("zh", 0.97, 22), ("en", 0.95, 87)])
def test_real_pages_give_their_article_and_its_minute(language: str, least: float, minutes: int, shared: Path) -> None:
    found = score(shared, language)
    assert found.mean >= least
    assert found.passages_found >= 0.95 * found.passages
    assert found.furniture_found <= 0.05 * found.furniture
    assert found.with_minutes >= minutes
    assert found.with_day == found.pages
    assert found.agreeing == found.dated_addresses


@pytest.mark.parametrize(
    ("head", "near"),
    [
        ('<meta property="article:published" itemprop="datePublished dateCreated" content="2026-07-09T14:41:00Z">', ""),
        ("", '<div class="post" data-ptime="2026-07-09 22:41:00"></div>'),
        ("", '<span itemprop="datePublished">2026-07-09 22:41</span>'),
        ("", '<span class="date">发布时间：07-09</span><span class="time"> 22:41</span>'),
        ("", "昨天 22:41　某报"),
        ("", "昨晚10点41分"),
        ("", "<i>13小时19分钟前</i>"),
        ("", "Published 10:41 PM SGT July 9, 2026"),
        ("", "July 9, 2026 at 10:41 p.m."),
        ('<script type="application/ld+json">{"datePublished": "0001-01-01T00:00:00Z"}</script>', "7月9日22时41分"),
        ('<meta name="PubDate" content="2026-07-09">', "发布于22:41　2026/07/09 22:41"),
    ],
)
def test_the_minute_is_found_in_whatever_form_it_stands(head: str, near: str) -> None:
    html = page(head, near).replace("2026年07月10日 12:00", "")
    assert article(html).published.at == datetime(2026, 7, 9, 14, 41, tzinfo=UTC)


@pytest.mark.parametrize("near", ["2026-07-09 22:41 AMT", "July 9, 2026 - 10:41 PM WKST"])
def test_a_zone_that_nobody_knows_leaves_the_day_only(near: str) -> None:
    found = article(page("", near).replace("2026年07月10日 12:00", "")).published
    assert (found.at, found.day) == (None, date(2026, 7, 9))


def test_a_minute_of_another_day_does_not_replace_the_day_that_the_page_states() -> None:
    html = page('<meta name="PubDate" content="2026-07-09">', "评论 2026-06-01 10:00").replace(
        "2026年07月10日 12:00", ""
    )
    found = article(html).published
    assert (found.at, found.day) == (None, date(2026, 7, 9))


def test_tables_and_lists_come_out_as_plain_words() -> None:
    extracted = "| 地点 | 人数 |\n|---|---|\n| 东门 | 12人 |\n- 第一条措施是立即停产整顿。\na | b 是原文。"
    assert prose(extracted, "") == "地点 人数\n东门 12人\n第一条措施是立即停产整顿。\na | b 是原文。"


def test_what_is_hidden_is_no_part_of_the_text() -> None:
    hidden = '<div style="display: none">请升级浏览器之后再查看本页的全部内容，谢谢您的理解与支持。</div>'
    assert "升级浏览器" in article(page(body=BODY + hidden.replace("none", "block") + BODY)).text
    assert "升级浏览器" not in article(page(body=BODY + hidden + BODY)).text


def test_a_page_that_is_hidden_until_a_script_runs_is_read_all_the_same() -> None:
    html = page(body="").replace('<div id="text">', f'<div id="text" style="display:none">{BODY}')
    assert "明火于22时被扑灭" in article(html).text


def test_the_title_and_the_furniture_are_no_part_of_the_text() -> None:
    before = "<p>某县一工厂起火</p><p>2026-07-09 22:41　来源：某报</p><p>字号</p><p>（原标题：某厂火情通报）</p>"
    after = "<p>（责任编辑：某某）</p><p>声明：本文不代表本站立场。</p><p>扫描下方二维码关注公众号。</p>"
    text = article(page(body=before + BODY + after)).text
    assert text.startswith("7月9日20时许")
    assert text.endswith("后续情况将及时向社会公布。")


@pytest.mark.parametrize("last", ["目前已致3人死亡", "仍有5名工人被困", "伤者12名"])
def test_a_short_last_line_that_counts_people_is_kept(last: str) -> None:
    assert article(page(body=f"{BODY}<p>{last}</p>")).text.endswith(last)


def test_a_control_character_beside_a_block_of_links_costs_no_page() -> None:
    links = "".join(f"<li><a href=/{n}>某地的另一条新闻之{n}</a></li>" for n in range(5))
    found = article(page(body=f"{BODY}前&#1;<ul>{links}</ul>后&#1;<div hidden>隐藏</div>尾&#1;{BODY}"))
    assert "明火于22时被扑灭" in found.text
    assert "另一条新闻" not in found.text
