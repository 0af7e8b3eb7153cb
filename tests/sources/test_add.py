"""`huiying source add URL`: the address of a feed, of a page that names one, of a list; and of what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from monitor.config.sources import load_sources
from monitor.core.sources import SourceKind
from tests.cli.terminal import Terminal
from tests.cli.test_source_command import feed
from tests.crawl.site import Reply, Site, running_site

OWN = "# mine\nfeeds:\n  - {id: one, name: 甲, url: 'https://one.example/f'}\n"
NOW = datetime.now(UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def bureau(terminal: Terminal) -> Terminal:
    (terminal.folder / "huiying.yaml").write_text('http: {allow: ["127.0.0.1"]}\n', "utf-8")
    (terminal.folder / "sources.yaml").write_text(OWN, "utf-8")
    return terminal


def added(bureau: Terminal) -> dict[str, object]:
    text = (bureau.folder / "sources.yaml").read_text("utf-8")
    assert text.startswith(OWN)
    document = yaml.safe_load(text)
    entry = (document["feeds"][1:] + document.get("lists", []))[0]
    assert len(load_sources(bureau.folder / "sources.yaml")) == 2
    return dict(entry)


def page(body: str, head: str = "<title>某县应急管理局</title>") -> str:
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def listing(count: int = 12) -> str:
    days = [(NOW - timedelta(days=n)).date().isoformat() for n in range(count)]
    rows = "".join(
        f'<li class="item-{n}"><a href="/xw/{n}.html">某县召开第{n}次安全生产工作会议</a>'
        f'<span class="date">{day}</span></li>'
        for n, day in enumerate(days)
    )
    menu = "".join(f'<li><a href="/m{n}">栏目{n}</a></li>' for n in range(9))
    return page(f'<ul class="nav">{menu}</ul><div class="main"><ul class="news">{rows}</ul></div>')


def test_a_feed_is_shown_and_added(bureau: Terminal, site: Site) -> None:
    url = site.page("/news.xml", feed("某地发生火灾", "某地天气晴"))
    told = bureau.run("source", "add", url, "--yes", "--trust", "official", "--region", "620000")
    assert f"[1] Feed  本地  {url}" in told
    assert "某地发生火灾" in told
    assert "Items: 2" in told
    assert "Characters: utf-8" in told
    assert added(bureau) == {
        "id": "127-0-0-1-news", "name": "本地", "url": url, "interval": "10m", "trust": "official", "region": "620000",
    }  # fmt: skip
    assert "is read already as 127-0-0-1-news" in bureau.run("source", "add", url, "--yes", code=1)


def test_the_interval_follows_how_often_something_comes(bureau: Terminal, site: Site) -> None:
    items = "".join(
        f"<item><title>消息 {n}</title><link>https://n.example/{n}</link>"
        f"<pubDate>{(NOW - timedelta(hours=3 * n)).isoformat()}</pubDate></item>"
        for n in range(1, 9)
    )
    url = site.page("/slow.xml", f"<rss version='2.0'><channel><title>慢</title>{items}</channel></rss>")
    assert "A new one every: 3h" in bureau.run("source", "add", url, "--yes", "--id", "slow")
    assert added(bureau)["interval"] == "1h"


def test_the_feed_that_a_page_names_is_found(bureau: Terminal, site: Site) -> None:
    site.page("/all.xml", feed("某地发生火灾"))
    head = '<link rel="alternate" type="application/rss+xml" href="all.xml"><title>x</title>'
    url = site.page("/", page("<p>welcome</p>", head), "text/html")
    bureau.run("source", "add", url, "--yes")
    assert added(bureau)["url"] == f"{site.url}/all.xml"


def test_a_feed_in_a_usual_place_is_found(bureau: Terminal, site: Site) -> None:
    site.page("/rss.xml", feed("某地发生火灾"))
    bureau.run("source", "add", site.page("/home", page("<p>welcome</p>"), "text/html"), "--yes")
    assert added(bureau)["url"] == f"{site.url}/rss.xml"


def test_a_list_is_found_with_its_dates_and_read_by_what_was_proposed(bureau: Terminal, site: Site) -> None:
    url = site.page("/xw/", listing(), "text/html")
    told = bureau.run("source", "add", url, "--yes")
    assert "List  某县应急管理局" in told
    assert "某县召开第3次安全生产工作会议" in told
    assert "栏目" not in told.partition("[2]")[0]
    entry = added(bureau)
    assert (entry["item"], entry["time"]) == ("ul.news > li", "span.date")
    assert load_sources(bureau.folder / "sources.yaml")[1].kind is SourceKind.LIST
    assert "Items: 12" in bureau.run("source", "test", str(entry["id"]), "--limit", 1)


def test_a_page_of_odd_elements_is_read_as_well(bureau: Terminal, site: Site) -> None:
    odd = listing().replace('<div class="main">', "<o:p><x-y.z>").replace("</div>", "</x-y.z></o:p>")
    told = bureau.run("source", "add", site.page("/odd/", odd, "text/html"), "--yes")
    assert "Items: 12" in told


def test_nothing_is_written_without_a_word(bureau: Terminal, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    url = site.page("/xw/", listing(), "text/html")
    monkeypatch.setattr("click.prompt", lambda *_, **__: 0)
    assert "Nothing was changed." in bureau.run("source", "add", url)
    assert (bureau.folder / "sources.yaml").read_text("utf-8") == OWN
    assert "Nothing was changed." in bureau.run("source", "add", url, "--id", "Bad Id", "--yes", code=1)
    assert (bureau.folder / "sources.yaml").read_text("utf-8") == OWN


SCRIPTS = page('<div id="app"></div><script src="/app.js"></script>')
PROSE = page("<p>" + "一段话。" * 90 + "</p>")
WALL = page("<p>请输入验证码</p>", "<title>安全验证</title>")
CANNOT = {
    "/scripts": (SCRIPTS, 200, "filled by scripts only"),
    "/prose": (PROSE, 200, "Neither a feed nor a list"),
    "/gone": ("", 404, "The page is not there (HTTP 404)"),
    "/wall": (WALL, 200, "captcha or login page"),
    "/forbidden": (WALL, 403, "captcha or login page"),
    "/empty": ("", 200, "Nothing can be read"),
}


@pytest.mark.parametrize("path", CANNOT)
def test_what_cannot_be_read_is_told_with_its_reason(bureau: Terminal, site: Site, path: str) -> None:
    body, status, said = CANNOT[path]
    site.pages[path] = Reply(body.encode(), status, {"Content-Type": "text/html"})
    assert said in bureau.run("source", "add", site.url + path, "--yes", code=1)
    assert (bureau.folder / "sources.yaml").read_text("utf-8") == OWN


def test_what_robots_txt_forbids_is_not_looked_at(bureau: Terminal, site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /news", "text/plain")
    url = site.page("/news.xml", feed("某地发生火灾"))
    said = bureau.run("source", "add", url, "--yes", code=1)
    assert "robots.txt does not allow this address (Disallow: /news)" in said
    head = '<link rel="alternate" type="application/rss+xml" href="news.xml"><title>x</title>'
    bureau.run("source", "add", site.page("/", page("<p>welcome</p>", head), "text/html"), "--yes", code=1)
    site.pages["/moved"] = Reply(b"", 301, {"Location": "/news.xml"})
    assert "Disallow: /news" in bureau.run("source", "add", site.url + "/moved", "--yes", code=1)
    assert [one.path for one in site.asked].count("/news.xml") == 0
    site.pages["/robots.txt"] = Reply(b"", 503)
    assert "HTTP 503" in bureau.run("source", "add", url, "--yes", code=1)
    assert (bureau.folder / "sources.yaml").read_text("utf-8") == OWN


def test_an_address_inside_is_refused_by_the_gate(bureau: Terminal, site: Site) -> None:
    Path("huiying.yaml").write_text("http: {}\n", "utf-8")
    url = site.page("/news.xml", feed("某地发生火灾"))
    assert "private or reserved network" in bureau.run("source", "add", url, "--yes", code=1)
    assert site.asked == []
    assert "is not a web address" in bureau.run("source", "add", "ftp://x.example/", "--yes", code=1)
