"""The page behind an entry adds what the list did not say, or nothing at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.core.fetched import Fetched, Validators
from monitor.core.model import TimeNote
from monitor.core.sources import ArticleRule, FailureKind, ListRule, Source, SourceKind
from monitor.crawl.completion import complete, wants_page
from monitor.crawl.fetch import crawl
from monitor.gate import Gate
from tests.crawl.site import Site

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
CAPTCHA = "<html><head><title>安全验证</title></head><body>请完成验证</body></html>"
PAGE = """<html><head><title>某县一工厂起火_某网</title><meta name="PubDate" content="2026-07-09 20:41"></head><body>
<h1>某县一工厂起火</h1><div class="text"><p>7月9日20时许，某县一家工厂的仓库起火。消防人员赶到现场，明火已被扑灭。</p>
<p>据初步了解，事故造成2人受伤，已送往医院救治，没有生命危险。起火原因正在调查之中，善后工作有序进行。</p></div>
</body></html>"""


@pytest.fixture
def listed(site: Site, gate: Gate) -> Callable[[ArticleRule | None], tuple[Source, Fetched]]:
    def fetch(rule: ArticleRule | None) -> tuple[Source, Fetched]:
        url = site.page("/list", "<li><a href='/a.html'>某县一工厂起火</a><i>07-09</i></li>", "text/html")
        list_rule = ListRule(item="li", time=("i",))
        source = Source(id="s", name="s", kind=SourceKind.LIST, url=url, list_rule=list_rule, article=rule)
        return source, crawl(gate, source, Validators(), NOW)

    return fetch


def test_the_page_of_an_entry_completes_it(
    listed: Callable[[ArticleRule | None], tuple[Source, Fetched]], site: Site, gate: Gate
) -> None:
    site.page("/a.html", PAGE.encode("gb18030"), "text/html; charset=gb2312")
    source, fetched = listed(ArticleRule(text=(".text",)))
    entry = fetched.entries[0]
    assert entry.time_note is TimeNote.DATE_ONLY
    assert wants_page(source, entry)
    done = complete(gate, source, entry, NOW)
    assert done.reason is None
    assert done.entry.text.startswith("7月9日20时许，某县一家工厂")
    assert done.entry.published_at == datetime(2026, 7, 9, 12, 41, tzinfo=UTC)
    assert done.entry.key == entry.key
    assert not wants_page(replace(source, article=None), entry)


def test_a_page_that_fails_leaves_the_entry_as_it_was(
    listed: Callable[[ArticleRule | None], tuple[Source, Fetched]], site: Site, gate: Gate
) -> None:
    source, fetched = listed(ArticleRule())
    entry = fetched.entries[0]
    assert complete(gate, source, entry, NOW).reason is FailureKind.GONE
    site.page("/a.html", b"%PDF-1.7", "application/pdf")
    assert complete(gate, source, entry, NOW).reason is FailureKind.UNREADABLE
    site.page("/a.html", CAPTCHA, "text/html")
    walled = complete(gate, source, entry, NOW)
    assert (walled.reason, walled.entry) == (FailureKind.CAPTCHA_OR_LOGIN, entry)
    site.page("/a.html", "", "text/html")
    assert complete(gate, source, entry, NOW).entry == entry


def test_a_page_of_another_day_does_not_move_the_time_of_publication(
    listed: Callable[[ArticleRule | None], tuple[Source, Fetched]], site: Site, gate: Gate
) -> None:
    site.page("/a.html", PAGE.replace("2026-07-09", "2026-05-01"), "text/html")
    source, fetched = listed(ArticleRule())
    done = complete(gate, source, fetched.entries[0], NOW)
    assert done.entry.published_at is None
    assert done.entry.published_day == fetched.entries[0].published_day
    assert "明火已被扑灭" in done.entry.text
