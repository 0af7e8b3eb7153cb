"""What a site's robots.txt says is honoured: asked once a day, refused until it answers, lifted by a permission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.config.settings import Settings, SettingsFile
from monitor.config.sources import load_sources
from monitor.core.model import AlertReason, Trust
from monitor.core.robots import LONGEST_BODY
from monitor.core.sources import ArticleRule, FailureKind, ListRule, Permission, Source, SourceKind
from monitor.gate import Gate, GateSettings
from monitor.loops.ingest.hosts import Hosts
from monitor.loops.ingest.manners import Manners
from monitor.loops.sources import SourceWatch
from monitor.service import Parts
from monitor.store import fetches, robots, sources, views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import ItemRow
from responders.previews import preview
from tests.crawl.site import Reply, Site, running_site
from tests.crawl.test_fetch import rss
from tests.story.office import T0, Office

S, M, H, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ITEM = of(ItemRow)
GIVEN = Permission(by="某报社", on=date(2026, 7, 1), reference="函〔2026〕1号")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        running.page("/feed", rss("某地举办花展"), "application/rss+xml")
        yield running


def office_of(database: Database, *watched: Source) -> Office:
    office = Office(database, {one.id: one for one in watched}, [])
    office.crawl.manners = Manners(office.gate, database)
    return office


def fetch(office: Office) -> dict[str, str]:
    """Let every source have its turn; return by source the reason for which it failed."""
    with office.database.write() as connection:
        for name in office.sources:
            sources.postpone(connection, name, office.clock())
    for _ in office.sources:
        office.crawl.tick(office.clock())
        office.crawl.wait()
        office.clock.now += 3 * timedelta(seconds=1)
    with office.database.read() as connection:
        return {name: one.last_reason for name, one in sources.states(connection).items()}


def source(site: Site, name: str = "news", **changes: Any) -> Source:
    made = Source(id=name, name=name, kind=SourceKind.FEED, url=site.url + "/feed", trust=Trust.PLATFORM)
    return replace(made, **changes)


def asked(site: Site, path: str) -> int:
    return sum(one.path == path for one in site.asked)


def test_a_refused_source_is_left_alone_and_told_of_once_by_day_and_a_permission_lifts_it(
    database: Database, site: Site
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /feed", "text/plain")
    office = office_of(database, source(site), source(site, "ours", own=True), source(site, "given", permission=GIVEN))
    # 20:00 in Beijing.
    assert fetch(office) == {"news": FailureKind.ROBOTS, "ours": "", "given": ""}
    assert (asked(site, "/robots.txt"), asked(site, "/feed")) == (1, 2)
    watch = SourceWatch(database, office.sources)
    watch.tick(office.clock())
    for _ in range(30):
        office.clock.now += H
        fetch(office)
        watch.tick(office.clock())
    with database.read() as connection:
        [alert] = [one for one in views.alerts(connection) if one.reason is AlertReason.TROUBLE]
    assert (alert.point, alert.detail["ids"], alert.page) == ("sources:refused", "news", False)
    office.close()


def test_it_is_asked_for_once_a_day_by_all_sources_and_processes_together(database: Database, site: Site) -> None:
    office = office_of(database, source(site), source(site, "other"))
    assert set(fetch(office).values()) == {""}, "a site without one allows everything"
    office.crawl.manners = Manners(office.gate, database)
    fetch(office)
    assert asked(site, "/robots.txt") == 1
    office.clock.now += DAY
    site.page("/robots.txt", "User-agent: huiying\nDisallow: /", "text/plain")
    assert set(fetch(office).values()) == {FailureKind.ROBOTS}
    assert asked(site, "/robots.txt") == 2
    office.close()


def test_a_site_that_fails_is_not_fetched_until_it_answers_unless_a_copy_is_at_hand(
    database: Database, site: Site
) -> None:
    site.pages["/robots.txt"] = Reply(status=503)
    office = office_of(database, source(site))
    assert fetch(office) == {"news": FailureKind.SERVER_ERROR}
    assert asked(site, "/feed") == 0
    site.page("/robots.txt", "User-agent: *\nAllow: /", "text/plain")
    office.clock.now += 2 * M
    assert fetch(office) == {"news": ""}
    site.pages["/robots.txt"] = Reply(status=500)
    office.clock.now += 29 * DAY
    assert fetch(office) == {"news": ""}, "for thirty days the copy is used"
    office.clock.now += 2 * DAY
    assert fetch(office) == {"news": FailureKind.SERVER_ERROR}
    office.close()


def test_only_the_first_half_megabyte_is_read_and_a_delay_spaces_the_sources_of_a_site(
    database: Database, site: Site
) -> None:
    head = "User-agent: *\nCrawl-delay: 20\n"
    site.page("/robots.txt", head + "#" * LONGEST_BODY + "\nDisallow: /", "text/plain")
    one, two = source(site), source(site, "other")
    office = office_of(database, one, two)
    fetch(office)
    with database.read() as connection:
        [kept] = robots.kept(connection, [site.url]).values()
    assert len(kept.text) == LONGEST_BODY
    assert office.crawl.manners is not None
    assert office.crawl.manners.delays([one, two]) == {"127.0.0.1": timedelta(seconds=20)}
    before = asked(site, "/feed")
    with database.write() as connection:
        for name in office.sources:
            sources.postpone(connection, name, office.clock() + M)
    office.clock.now += M
    for seconds, fetched in ((0, 1), (19, 1), (1, 2)):
        office.clock.now += timedelta(seconds=seconds)
        office.crawl.tick(office.clock())
        office.crawl.wait()
        assert asked(site, "/feed") - before == fetched
    office.close()


def moved(to: str) -> Reply:
    return Reply(b"", 302, {"Location": to})


def test_where_a_redirect_leads_is_asked_about_too(database: Database, site: Site) -> None:
    with running_site() as other:
        away = other.page("/feed", rss("某地举办菊展"), "application/rss+xml").replace("127.0.0.1", "localhost")
        site.pages["/moved"] = moved(away)
        other.page("/robots.txt", "User-agent: *\nDisallow: /feed", "text/plain")
        office = office_of(database, source(site, url=site.url + "/moved"))
        assert fetch(office) == {"news": FailureKind.ROBOTS}
        assert (asked(other, "/robots.txt"), asked(other, "/feed")) == (1, 0)
        with database.read() as connection:
            said = fetches.last_failure(connection, "news")
        assert said == f"{away}: Disallow: /feed"
        other.page("/robots.txt", "User-agent: *\nAllow: /", "text/plain")
        office.clock.now += DAY
        assert fetch(office) == {"news": ""}
        assert asked(other, "/feed") == 1
        site.page("/robots.txt", "User-agent: *\nDisallow: /feed", "text/plain")
        site.pages["/moved"] = moved("/feed")
        office.clock.now += DAY
        assert fetch(office) == {"news": FailureKind.ROBOTS}, "on its own site as well"
        office.close()


LISTED = "".join(f"<li><a href='/{n}.html'>某地举办第{n}届花展</a></li>" for n in range(15))


@pytest.fixture
def listing(site: Site) -> Source:
    """Return a source whose entries each have a page of their own."""
    site.page("/list", f"<html><body><ul>{LISTED}</ul></body></html>", "text/html")
    for n in range(15):
        site.page(f"/{n}.html", f"<html><body><p>{'花展开幕，游人如织。' * 30}</p></body></html>", "text/html")
    rule = ListRule(item="li")
    return source(site, kind=SourceKind.LIST, url=site.url + "/list", list_rule=rule, article=ArticleRule())


def test_the_pages_of_entries_keep_the_crawl_delay_of_their_site(
    database: Database, site: Site, listing: Source
) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 20", "text/plain")
    office = office_of(database, listing)
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        office.clock.now += timedelta(seconds=seconds)

    office.crawl.rest = rest
    assert fetch(office) == {"news": ""}
    assert rests == [20.0] * 6, "as many as can be read within two minutes"
    with database.read() as connection:
        stored = connection.execute(ITEM.select()).all()
        left = [one for one in fetches.latest_fetches(connection, "news", 50) if one.detail.endswith("Crawl-delay: 20")]
    assert len(stored) == 15, "the others are taken in as the list shows them"
    assert sum(bool(row.text) for row in stored) == 6
    assert [one.reason for one in left] == [FailureKind.RATE_LIMITED] * 9
    other = office.crawl.hosts.use()["127.0.0.1"].last_started_at
    assert other == office.clock() - 3 * timedelta(seconds=1), "whoever is next keeps away from the last page too"
    office.close()


def test_without_a_crawl_delay_and_with_a_permission_nobody_waits(
    database: Database, site: Site, listing: Source
) -> None:
    office = office_of(database, listing, replace(listing, id="given", permission=GIVEN))
    office.crawl.rest = lambda _: pytest.fail("it waits")
    fetch(office)
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 20", "text/plain")
    site.page("/list", f"<html><body><ul>{LISTED.replace('花展', '菊展')}</ul></body></html>", "text/html")
    assert asked(site, "/3.html") == 1
    office.close()


def test_two_sources_of_one_site_keep_apart_from_each_other(listing: Source) -> None:
    hosts, now = Hosts(), T0
    moments = [hosts.moment("h", 20 * S, now, now + M) for _ in range(6)]
    assert moments == [now, now + 20 * S, now + 40 * S, now + 60 * S, None, None]
    hosts.begin("h", now + 10 * S)
    assert hosts.use()["h"].last_started_at == now + 60 * S


def test_a_look_at_a_source_asks_for_its_pages_and_waits_for_none(
    database: Database, site: Site, listing: Source
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /1.html", "text/plain")
    parts = Parts(Settings(SettingsFile(), None), database)
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        found = preview(gate, parts.reader, listing, T0, limit=3, pages=3)
        assert [one.page.reason if one.page else None for one in found.looked] == [None, FailureKind.ROBOTS, None]
        assert (asked(site, "/1.html"), asked(site, "/robots.txt")) == (0, 1)
        site.page("/robots.txt", "User-agent: *\nCrawl-delay: 2.5", "text/plain")
        found = preview(gate, parts.reader, listing, T0, limit=3, pages=3)
    assert {(one.page.reason, one.page.detail) for one in found.looked if one.page} == {
        (FailureKind.RATE_LIMITED, "Crawl-delay: 2.5")
    }


def test_a_permission_is_read_from_the_sources_file(tmp_path: Any) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(
        "feeds:\n- {id: news, name: 报, url: https://x.example/, "
        "permission: {by: 某报社, on: 2026-07-01, reference: 函〔2026〕1号}}\n",
        encoding="utf-8",
    )
    assert load_sources(file)[0].permission == GIVEN
