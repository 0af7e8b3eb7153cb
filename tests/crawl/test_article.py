"""Article pages: title, text, and a time with minutes wherever the page states one."""

import gzip
import json
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.core.model import TimeNote
from monitor.core.sources import ArticleRule, FailureKind, TimeRule
from monitor.crawl.article import Article, read_article
from monitor.crawl.decode import decode
from monitor.crawl.raw import Unreadable

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
    began = time.process_time()
    with suppress(Unreadable):
        article(attack, rule=ArticleRule(text=("#text",)))
    assert time.process_time() - began < 12


def shingles(text: str, language: str) -> Counter[tuple[str, ...]]:
    tokens = text.split() if language == "en" else list("".join(text.split()))
    return Counter(tuple(tokens[n : n + 4]) for n in range(max(1, len(tokens) - 3)))


@pytest.mark.parametrize(("language", "least"), [("zh", 0.90), ("en", 0.92)])
def test_real_pages_give_their_article(language: str, least: float, shared: Path) -> None:
    folder = shared / "data" / "html"
    rows = [json.loads(line) for line in (folder / f"html_{language}.jsonl").read_text(encoding="utf-8").splitlines()]
    scores = []
    for row in rows:
        gold = row["gold_text"] or "".join(row.get("must_contain") or [])
        with gzip.open(folder / row["file"]) as file:
            html = decode(file.read()).text
        said, meant = shingles(article(html).text, language), shingles(gold, language)
        both = (said & meant).total()
        scores.append(2 * both / (said.total() + meant.total()))
    assert sum(scores) / len(scores) >= least
