"""A source is fetched over a real connection; every way it can fail is a value with a reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from monitor.core.fetched import UNCONDITIONAL_AFTER, Outcome, Validators
from monitor.core.model import TimeNote
from monitor.core.sources import ApiRule, FailureKind, ListRule, Source, SourceKind
from monitor.crawl.fetch import crawl
from monitor.gate import Gate
from tests.crawl.site import Asked, Reply, Site

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
NEW = Validators()


def rss(*titles: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>http://news.example/{n}</link>"
        f"<pubDate>Thu, 09 Jul 2026 20:3{n} +0800</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def feed(url: str, **changes: object) -> Source:
    return replace(Source(id="feed", name="feed", kind=SourceKind.FEED, url=url), **changes)  # type: ignore[arg-type]


def test_a_feed_becomes_entries_that_are_ready_to_be_stored(site: Site, gate: Gate) -> None:
    url = site.page("/feed", rss("某厂起火", "某桥垮塌"), "application/rss+xml", ETag='"a"')
    fetched = crawl(gate, feed(url), NEW, NOW)
    assert fetched.outcome is Outcome.ITEMS
    assert (fetched.reason, fetched.status, fetched.url) == (None, 200, url)
    assert [entry.title for entry in fetched.entries] == ["某厂起火", "某桥垮塌"]
    assert fetched.entries[0].published_at == datetime(2026, 7, 9, 12, 30, tzinfo=UTC)
    assert fetched.entries[0].time_note is TimeNote.STATED
    assert fetched.bytes == len(rss("某厂起火", "某桥垮塌").encode())
    assert fetched.elapsed > timedelta(0)
    assert fetched.validators.etag == '"a"'


def test_an_unchanged_feed_is_asked_for_and_not_sent_again(site: Site, gate: Gate) -> None:
    modified = format_datetime(NOW - timedelta(hours=1), usegmt=True)

    def page(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == '"v1"' and asked.headers.get("if-modified-since") == modified:
            return Reply(status=304)
        return Reply(rss("某厂起火").encode(), 200, {"ETag": '"v1"', "Last-Modified": modified})

    site.pages["/feed"] = page
    source = feed(site.url + "/feed")
    first = crawl(gate, source, NEW, NOW)
    second = crawl(gate, source, first.validators, NOW)
    assert "if-none-match" not in site.asked[0].headers
    assert (second.outcome, second.status, second.entries) == (Outcome.UNCHANGED, 304, ())
    assert second.validators == replace(first.validators, streak=1)


def test_now_and_then_the_whole_body_is_asked_for_and_a_lying_etag_is_found_out(site: Site, gate: Gate) -> None:
    story = {"titles": ["旧闻"]}

    def liar(asked: Asked) -> Reply:
        if "if-none-match" in asked.headers:
            return Reply(status=304)
        return Reply(rss(*story["titles"]).encode(), 200, {"ETag": '"always"'})

    site.pages["/feed"] = liar
    source = feed(site.url + "/feed")
    validators = crawl(gate, source, NEW, NOW).validators
    story["titles"] = ["某厂爆炸"]
    outcomes = []
    for _ in range(UNCONDITIONAL_AFTER + 3):
        fetched = crawl(gate, source, validators, NOW)
        validators = fetched.validators
        outcomes.append(fetched.outcome)
    assert outcomes[:UNCONDITIONAL_AFTER] == [Outcome.UNCHANGED] * UNCONDITIONAL_AFTER
    assert outcomes[UNCONDITIONAL_AFTER] is Outcome.ITEMS
    assert validators.distrusted
    assert site.asked[-1].headers.get("if-none-match") is None


def test_a_new_etag_on_the_same_body_is_no_change(site: Site, gate: Gate) -> None:
    numbers = iter(range(100))
    site.pages["/feed"] = lambda asked: Reply(rss("某厂起火").encode(), 200, {"ETag": f'"{next(numbers)}"'})
    source = feed(site.url + "/feed")
    first = crawl(gate, source, NEW, NOW)
    second = crawl(gate, source, first.validators, NOW)
    assert second.outcome is Outcome.UNCHANGED
    assert second.validators.etag == '"1"'
    assert not second.validators.distrusted


def test_other_rules_read_an_unchanged_body_again(site: Site, gate: Gate) -> None:
    url = site.page("/list", "<li><a href=/1>某厂起火</a></li>", "text/html", ETag='"a"')
    source = Source(id="s", name="s", kind=SourceKind.LIST, url=url, list_rule=ListRule(item="li"))
    first = crawl(gate, source, NEW, NOW)
    assert crawl(gate, source, first.validators, NOW).outcome is Outcome.UNCHANGED
    changed = replace(source, list_rule=ListRule(item="a"))
    again = crawl(gate, changed, first.validators, NOW)
    assert again.outcome is Outcome.ITEMS
    assert "if-none-match" not in site.asked[-1].headers


def test_not_modified_that_nobody_asked_for_is_a_failure(site: Site, gate: Gate) -> None:
    site.pages["/feed"] = Reply(status=304)
    fetched = crawl(gate, feed(site.url + "/feed"), NEW, NOW)
    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, FailureKind.UNEXPECTED_STATUS)
    assert "304" in fetched.detail


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, FailureKind.UNEXPECTED_STATUS),
        (400, FailureKind.CLIENT_ERROR),
        (401, FailureKind.FORBIDDEN),
        (403, FailureKind.FORBIDDEN),
        (404, FailureKind.GONE),
        (410, FailureKind.GONE),
        (412, FailureKind.FORBIDDEN),
        (418, FailureKind.RATE_LIMITED),
        (429, FailureKind.RATE_LIMITED),
        (432, FailureKind.RATE_LIMITED),
        (500, FailureKind.SERVER_ERROR),
        (521, FailureKind.FORBIDDEN),
    ],
)
def test_every_status_has_its_reason_and_keeps_the_validators(
    status: int, kind: FailureKind, site: Site, gate: Gate
) -> None:
    site.page("/feed", rss("某厂起火"), ETag='"a"')
    source = feed(site.url + "/feed")
    validators = crawl(gate, source, NEW, NOW).validators
    site.pages["/feed"] = Reply(status=status)
    fetched = crawl(gate, source, validators, NOW)
    assert (fetched.outcome, fetched.reason, fetched.status) == (Outcome.FAILED, kind, status)
    assert fetched.validators == validators


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (format_datetime(NOW + timedelta(minutes=7), usegmt=True), timedelta(minutes=7)),
        ("Thu, 09 Jul 2026 12:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("99999999999999999999", timedelta(days=365)),
        ("Fri, 20 Nov 202620262026 07:48:28 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, wait: timedelta | None, site: Site, gate: Gate) -> None:
    site.pages["/feed"] = Reply(status=429, headers={"Retry-After": value})
    assert crawl(gate, feed(site.url + "/feed"), NEW, NOW).retry_after == wait


WALLS = {
    "captcha": "<html><head><title>安全验证</title></head><body>请完成验证</body></html>",
    "login": "<html><head><title>用户登录</title></head><body><form></form></body></html>",
    "challenge": "<html><script>var acw_sc__v2='x';document.cookie='a'</script></html>",
    "visitor": "<!DOCTYPE html><html><head><title>Sina Visitor System</title></head></html>",
    "cloudflare": "<html><head><title>Just a moment...</title></head></html>",
}


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"kind": SourceKind.LIST, "list_rule": ListRule(item="li.news")},
        {"kind": SourceKind.API, "api_rule": ApiRule(items="data[]", title="t")},
    ],
    ids=["feed", "list", "api"],
)
def test_a_wall_in_the_place_of_content_is_called_by_its_name(
    wall: str, change: dict[str, object], site: Site, gate: Gate
) -> None:
    url = site.page("/", wall, "text/html; charset=utf-8")
    fetched = crawl(gate, feed(url, **change), NEW, NOW)
    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, FailureKind.CAPTCHA_OR_LOGIN)
    assert fetched.validators.body_hash == ""


def test_a_redirect_to_the_login_page_is_a_wall(site: Site, gate: Gate) -> None:
    site.pages["/feed"] = Reply(status=302, headers={"Location": "/passport/enter"})
    site.page("/passport/enter", "<html><body>welcome</body></html>", "text/html")
    assert crawl(gate, feed(site.url + "/feed"), NEW, NOW).reason is FailureKind.CAPTCHA_OR_LOGIN


def test_words_of_a_wall_in_real_content_do_no_harm(site: Site, gate: Gate) -> None:
    url = site.page("/feed", rss("多地上线滑动验证 请先登录再购票"))
    assert crawl(gate, feed(url), NEW, NOW).outcome is Outcome.ITEMS


def test_an_ordinary_page_is_no_feed(site: Site, gate: Gate) -> None:
    url = site.page("/feed", "<html><head><title>首页</title></head><body>欢迎</body></html>", "text/html")
    assert crawl(gate, feed(url), NEW, NOW).reason is FailureKind.NOT_A_FEED


def test_a_feed_without_entries_is_a_failure_unless_the_source_may_be_empty(site: Site, gate: Gate) -> None:
    url = site.page("/feed", rss())
    fetched = crawl(gate, feed(url), NEW, NOW)
    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, FailureKind.EMPTY)
    allowed = crawl(gate, feed(url, may_be_empty=True), NEW, NOW)
    assert (allowed.outcome, allowed.reason, allowed.entries) == (Outcome.ITEMS, None, ())


def test_a_body_of_50_megabytes_is_cut_and_what_came_is_read(site: Site, gate: Gate) -> None:
    url = site.page("/feed", rss("某厂起火").replace("</channel>", "<!-- " + "x" * 50_000_000 + " --></channel>"))
    fetched = crawl(gate, feed(url), NEW, NOW)
    assert (fetched.outcome, fetched.reason) == (Outcome.ITEMS, FailureKind.TOO_LARGE)
    assert [entry.title for entry in fetched.entries] == ["某厂起火"]
    url = site.page("/noise", b"x" * 50_000_000)
    noise = crawl(gate, feed(url), NEW, NOW)
    assert (noise.outcome, noise.reason) == (Outcome.FAILED, FailureKind.TOO_LARGE)
    assert noise.bytes < 10_000_000


def test_what_the_gate_refuses_is_a_failure_with_its_reason(gate: Gate) -> None:
    fetched = crawl(gate, feed("http://10.0.0.1/feed"), NEW, NOW)
    assert (fetched.outcome, fetched.reason, fetched.status) == (Outcome.FAILED, FailureKind.ADDRESS_REFUSED, None)
    assert "10.0.0.1" in fetched.detail


def test_a_form_is_posted_and_its_answer_read(site: Site, gate: Gate) -> None:
    site.page("/api", '{"rows": [{"t": "某地发生地震", "u": "/1"}]}', "application/json")
    source = feed(
        site.url + "/api",
        kind=SourceKind.API,
        api_rule=ApiRule(items="rows[]", title="t", url="u"),
        body=b"region=1",
        body_type="application/x-www-form-urlencoded",
        headers=(("Referer", "http://home.example/"),),
    )
    fetched = crawl(gate, source, NEW, NOW)
    assert [(entry.title, entry.url) for entry in fetched.entries] == [("某地发生地震", site.url + "/1")]
    assert (site.asked[0].method, site.asked[0].body) == ("POST", b"region=1")
    assert site.asked[0].headers["referer"] == "http://home.example/"


def test_a_permanent_move_is_reported(site: Site, gate: Gate) -> None:
    site.pages["/old"] = Reply(status=301, headers={"Location": "/new"})
    new = site.page("/new", rss("某厂起火"))
    fetched = crawl(gate, feed(site.url + "/old"), NEW, NOW)
    assert (fetched.outcome, fetched.moved_to) == (Outcome.ITEMS, new)


LINKS = '<body><ul><li><a href="/help">帮助中心</a></li></ul></body>'


@pytest.mark.parametrize(
    ("title", "blocked"),
    [
        ("用户登录 - 某市人民政府", True),
        ("安全验证", True),
        ("安全生产_登录状态下的新闻", False),
        ("验证实验室新闻", False),
    ],
)
def test_links_on_a_login_page_are_no_news(site: Site, gate: Gate, title: str, blocked: bool) -> None:
    """A rule such as "li" finds links on any page, so the title decides, whole parts of it only."""
    url = site.page("/list", f"<html><head><title>{title}</title></head>{LINKS}</html>", "text/html; charset=utf-8")
    source = Source(id="list", name="list", kind=SourceKind.LIST, url=url, list_rule=ListRule(item="li"))
    fetched = crawl(gate, source, NEW, NOW)
    expected = (Outcome.FAILED, FailureKind.CAPTCHA_OR_LOGIN, 0) if blocked else (Outcome.ITEMS, None, 1)
    assert (fetched.outcome, fetched.reason, len(fetched.entries)) == expected


def test_a_base_that_is_no_address_costs_no_entry(site: Site, gate: Gate) -> None:
    text = rss("某厂起火").replace("<item>", "<link>http://[</link><item>", 1)
    fetched = crawl(gate, feed(site.page("/feed", text)), NEW, NOW)
    assert [entry.url for entry in fetched.entries] == ["http://news.example/0"]
    page = '<base href="http://[/"><ul><li><a href="/1.html">某地发生火灾</a></li></ul>'
    source = feed(site.page("/list", page, "text/html"), kind=SourceKind.LIST, list_rule=ListRule(item="li"))
    assert [entry.url for entry in crawl(gate, source, NEW, NOW).entries] == [site.url + "/1.html"]


def test_a_declaration_with_broken_bytes_costs_no_entry(site: Site, gate: Gate) -> None:
    body = rss("某厂起火").encode().replace(b"utf-8", b"u\xa0f-8")
    fetched = crawl(gate, feed(site.page("/feed", body)), NEW, NOW)
    assert [entry.title for entry in fetched.entries] == ["某厂起火"]
