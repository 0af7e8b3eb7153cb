"""What a site's robots.txt says is honoured: asked once a day, refused until it answers, lifted by a permission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.config.sources import load_sources
from monitor.core.model import AlertReason, Trust
from monitor.core.robots import LONGEST_BODY
from monitor.core.sources import FailureKind, Permission, Source, SourceKind
from monitor.loops.ingest.manners import Manners
from monitor.loops.sources import SourceWatch
from monitor.store import robots, sources, views
from monitor.store.database import Database
from tests.crawl.site import Reply, Site, running_site
from tests.crawl.test_fetch import rss
from tests.story.office import Office

M, H, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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


def test_a_permission_is_read_from_the_sources_file(tmp_path: Any) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(
        "feeds:\n- {id: news, name: 报, url: https://x.example/, "
        "permission: {by: 某报社, on: 2026-07-01, reference: 函〔2026〕1号}}\n",
        encoding="utf-8",
    )
    assert load_sources(file)[0].permission == GIVEN
