"""`huiying source test` fetches one source once and shows what was read and thought, without storing anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor.store.database import Database
from monitor.store.items import Drop, save_drops
from tests.cli.terminal import Terminal
from tests.crawl.site import Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def bureau(terminal: Terminal, site: Site) -> Terminal:
    """Return a terminal whose sources are pages of the local site, which the settings allow to be fetched."""
    (terminal.folder / "huiying.yaml").write_text('http: {allow: ["127.0.0.1"]}\n', "utf-8")
    feeds = "".join(
        f"  - {{id: {name}, name: 本地, url: '{site.url}/{name}.xml'}}\n"
        for name in ("good", "gone", "garbled", "steering")
    )
    (terminal.folder / "sources.yaml").write_text(f"feeds:\n{feeds}", "utf-8")
    return terminal


def feed(*titles: str) -> str:
    when = format_datetime(datetime.now(UTC) - timedelta(minutes=20))
    items = "".join(
        f"<item><title>{title}</title><link>https://news.example/{n}</link><pubDate>{when}</pubDate>"
        f"<description>{title}，现场救援正在进行，有关部门已赶赴现场。</description></item>"
        for n, title in enumerate(titles)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>本地</title>{items}</channel></rss>'


def test_what_is_read_and_thought_is_shown(bureau: Terminal, site: Site) -> None:
    site.page("/good.xml", feed("陕西榆林一煤矿透水致12人死亡", "今天天气真好", "某地开展煤矿透水应急演练"))
    told = bureau.run("source", "test", "good")
    assert told.splitlines()[0] == f"good 本地 {site.url}/good.xml"
    assert "Outcome: items  Status: 200" in told
    assert "Items: 3" in told
    assert "陕西榆林一煤矿透水致12人死亡" in told
    assert "陕西省榆林市  重大" in told or "陕西省榆林市  major" in told
    assert "    - states a figure: " in told
    assert "    drill" in told
    assert not (bureau.folder / "huiying.db").exists()
    assert len([asked for asked in site.asked if asked.path == "/good.xml"]) == 1
    assert bureau.run("source", "test", "good", "--limit", 1).count("\n* ") == 1


def test_a_failure_is_told_with_its_reason(bureau: Terminal, site: Site) -> None:
    told = bureau.run("source", "test", "gone", code=1)
    assert told == ""
    assert "Outcome: failed  Status: 404" in bureau.printed
    assert len(bureau.printed.splitlines()) == 3


def test_what_is_no_feed_is_told(bureau: Terminal, site: Site) -> None:
    site.page("/garbled.xml", b"\x00\x01\x02 no feed")
    bureau.run("source", "test", "garbled", code=1)
    assert "Outcome: failed" in bureau.printed


def test_a_hostile_feed_cannot_steer_the_terminal(bureau: Terminal, site: Site) -> None:
    site.page("/steering.xml", feed("甘肃某县一工厂爆炸致5人死亡&#x9b;31m\u202e\u2066"))
    told = bureau.run("source", "test", "steering")
    assert "甘肃某县一工厂爆炸致5人死亡" in told
    assert all(c.isprintable() or c == "\n" for c in told)


def test_an_unknown_source_is_told_with_the_nearest(bureau: Terminal) -> None:
    assert "There is no source goood. Did you mean good?" in bureau.run("source", "test", "goood", code=1)
    assert "There is no source zzz. Did you mean good?" in bureau.run("source", "test", "zzz", code=1)


def test_without_any_source_nothing_is_suggested(bureau: Terminal) -> None:
    Path("sources.yaml").write_text("feeds: []\n", "utf-8")
    assert bureau.run("source", "test", "good", code=1) == "There is no source good. The sources file names none.\n"


def test_what_was_left_out_is_listed_by_source_and_reason(terminal: Terminal) -> None:
    now = datetime.now(UTC)
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        for title in ("一", "二", "一"):
            save_drops(connection, [Drop("local", now, "no_content", title)])
        save_drops(connection, [Drop("far", now - timedelta(days=9), "bad_link", "三")])
    database.close()
    lines = terminal.run("source", "drops").splitlines()
    assert len(lines) == 2
    assert lines[1].split()[0] == "local"
    assert " 2 " in lines[1]
    assert " 3 " in lines[1]
    assert lines[1].endswith("二")
    assert terminal.run("source", "drops", "far", "--days", 10).splitlines()[1].startswith("far ")
    assert terminal.run("source", "drops", "far") == "Nothing was left out.\n"


def test_a_source_that_robots_txt_refuses_is_not_fetched_and_the_line_is_shown(bureau: Terminal, site: Site) -> None:
    site.page("/good.xml", feed("陕西榆林一煤矿透水致12人死亡"))
    site.page("/robots.txt", "User-agent: *\nDisallow: /*.xml$", "text/plain")
    bureau.run("source", "test", "good", code=1)
    assert "(Disallow: /*.xml$)" in bureau.printed
    assert [asked.path for asked in site.asked] == ["/robots.txt"]
    (bureau.folder / "sources.yaml").write_text(
        f"feeds:\n  - {{id: good, name: 本地, url: '{site.url}/good.xml', "
        "permission: {by: 晚报社, on: 2026-07-01, reference: 函1号}}\n",
        "utf-8",
    )
    assert "Permission of 晚报社, 2026-07-01: 函1号" in bureau.run("source", "test", "good")
