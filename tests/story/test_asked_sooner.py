"""How often a source is asked follows what it brings; official ones, and all while a deadline runs, wait no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert, select

from monitor.core.model import Trust
from monitor.core.sources import Source, SourceKind
from monitor.store import sources
from monitor.store.database import Database
from monitor.store.fetches import FETCH
from tests.crawl.site import Asked, Reply, Site, running_site
from tests.story.office import T0, Office

S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def feed(site: Site, name: str, **changes: object) -> Source:
    given: dict[str, object] = {"trust": Trust.LOCAL_MEDIA, "interval": 10 * M} | changes
    return Source(id=name, name=name, kind=SourceKind.FEED, url=f"{site.url}/{name}", **given)  # type: ignore[arg-type]


def rss(number: int) -> Reply:
    item = f"<item><title>某地举办第{number}届花展</title><link>http://news.example/{number}</link></item>"
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{item}</channel></rss>'
    return Reply(body.encode(), 200, {"Content-Type": "application/rss+xml"})


def pass_time(office: Office, span: timedelta) -> None:
    until = office.clock() + span
    while office.clock() < until:
        office.crawl.tick(office.clock())
        office.crawl.wait()
        office.clock.now += 20 * S


def waits(database: Database, name: str) -> list[timedelta]:
    with database.read() as connection:
        found = connection.scalars(select(FETCH.c.at).where(FETCH.c.source_id == name).order_by(FETCH.c.at)).all()
    return [later - earlier for earlier, later in pairwise(found)]


def test_the_busy_source_is_asked_sooner_the_quiet_one_later_and_the_official_and_the_steady_one_as_ever(
    database: Database, site: Site
) -> None:
    count = 0

    def busy(_: Asked) -> Reply:
        nonlocal count
        count += 1
        return rss(count)

    site.pages |= {"/busy": busy, "/busy-steady": busy, "/quiet": rss(0), "/official": rss(0), "/steady": rss(0)}
    watched = {
        "busy": feed(site, "busy"),
        "busy-steady": feed(site, "busy-steady", steady=True),
        "quiet": feed(site, "quiet"),
        "official": feed(site, "official", trust=Trust.OFFICIAL),
        "steady": feed(site, "steady", steady=True),
    }
    office = Office(database, watched, [])
    pass_time(office, 12 * H)
    last = {name: waits(database, name)[-1] for name in watched}
    assert 5 * M <= last["busy"] < 6 * M
    assert 19 * M <= last["quiet"] < 21 * M
    assert all(10 * M <= last[name] < 11 * M for name in ("busy-steady", "official", "steady"))
    assert all(max(waits(database, name)) < 11 * M for name in ("busy", "official"))
    with database.read() as connection:
        assert sources.state(connection, "quiet").tempo == 2.0
    site.pages["/quiet"] = rss(10**6)
    pass_time(office, 25 * M)
    with database.read() as connection:
        assert sources.state(connection, "quiet").tempo <= 1.02, "the first news bring it back to its interval"
    office.close()


def test_while_a_deadline_is_open_nobody_is_asked_later_than_the_interval(database: Database, site: Site) -> None:
    site.pages |= {"/quiet": rss(0), "/other": rss(1)}
    office = Office(database, {name: feed(site, name) for name in ("quiet", "other")}, [])
    pass_time(office, 13 * H)
    assert waits(database, "quiet")[-1] > 19 * M
    title, when = "甘肃白银一化工厂爆炸致12人死亡", format_datetime(office.clock())
    item = f"<item><title>{title}</title><link>http://news.example/b</link><pubDate>{when}</pubDate></item>"
    site.page("/other", f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>', "application/rss+xml")
    pass_time(office, 25 * M)
    assert "open" in office.states().values()
    pass_time(office, H)
    assert all(wait < 11 * M for wait in waits(database, "quiet")[-3:])
    office.close()


def test_a_host_that_asked_us_to_come_less_often_is_asked_no_sooner_than_the_interval_for_a_week(
    database: Database, site: Site
) -> None:
    count = 0

    def busy(_: Asked) -> Reply:
        nonlocal count
        count += 1
        return Reply(b"", 429) if count == 30 else rss(count)

    site.pages["/busy"] = busy
    office = Office(database, {"busy": feed(site, "busy")}, [])
    pass_time(office, 3 * H)
    refused = waits(database, "busy")
    assert refused[20] < 6 * M
    assert all(wait >= 10 * M for wait in refused[-2:])
    pass_time(office, 24 * H)
    assert all(wait >= 10 * M for wait in waits(database, "busy")[-9:])
    office.clock.now += timedelta(days=7)
    pass_time(office, 3 * H)
    assert waits(database, "busy")[-1] < 6 * M
    office.close()


def test_a_retry_after_beside_a_good_answer_puts_nothing_off(database: Database, site: Site) -> None:
    good = rss(1)
    site.pages["/feed"] = Reply(good.body, 200, {**good.headers, "Retry-After": "86400"})
    office = Office(database, {"feed": feed(site, "feed", steady=True)}, [])
    pass_time(office, H)
    assert len(waits(database, "feed")) >= 5
    office.close()


def test_what_was_stored_before_the_upgrade_keeps_its_interval(database: Database) -> None:
    row: dict[str, Any] = {**sources.EMPTY, "id": "old", "next_at": T0}
    with database.write() as connection:
        connection.execute(insert(sources.SOURCE).values(**row))
        sources.register(connection, ["old"], row["next_at"])
        state = sources.state(connection, "old")
    assert (state.tempo, state.known_since) == (1.0, row["next_at"])
