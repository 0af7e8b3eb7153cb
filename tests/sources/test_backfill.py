"""Reading a source back: as far as its pages go, without a clock for what is old, and without waking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from monitor.core.model import AlertState, DeadlineState
from monitor.core.sources import FailureKind, ListRule, Source, SourceKind
from monitor.gate import Gate, GateSettings
from monitor.loops.ingest.backfill import SPACING, Backfill, Backfilled
from monitor.loops.ingest.manners import Manners
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow
from tests.cli.terminal import Terminal
from tests.crawl.site import Site, running_site
from tests.responders.console.station import T0, Station

BLAST = "甘肃白银一化工厂爆炸致12人死亡"
DEADLINE = of(DeadlineRow)


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def listed(*rows: tuple[str, int]) -> str:
    """Return a list page of titles, each so many days old."""
    items = "".join(
        f"<li><a href='/{title}'>{title}</a><i>{(T0 - timedelta(days=age)).date()} 09:30</i></li>"
        for title, age in rows
    )
    return f"<html><body><ul>{items}</ul></body></html>"


def source(site: Site, *, pages: bool = True) -> Source:
    rule = ListRule(item="li", time=("i",), pages=site.url + "/index_{n}.html" if pages else "")
    return Source(id="evening", name="晚报", kind=SourceKind.LIST, url=site.url + "/", list_rule=rule)


def run(
    station: Station,
    watched: Source,
    *,
    days: int = 30,
    quiet: bool = True,
    pages: int = 50,
    rests: list[float] | None = None,
) -> Backfilled:
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        manners = Manners(gate, station.parts.database)
        rest = rests.append if rests is not None else lambda _: None
        work = Backfill(station.parts.intake, gate, station.clock, rest, manners)
        return work.run(watched, (T0 - timedelta(days=days)).date(), quiet=quiet, most_pages=pages)


def test_older_pages_are_read_until_one_is_older_than_asked(station: Station, site: Site) -> None:
    site.page("/", listed(("花展一", 4), ("花展二", 5)), "text/html")
    site.page("/index_1.html", listed(("花展二", 5), ("花展三", 20)), "text/html")
    site.page("/index_2.html", listed(("花展四", 31), ("花展五", 40)), "text/html")
    site.page("/index_3.html", listed(("花展六", 50)), "text/html")
    done = run(station, source(site))
    assert (done.pages, done.seen, done.new, done.too_old, done.failed) == (3, 5, 3, 2, None)
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/", "/index_1.html", "/index_2.html"]
    again = run(station, source(site))
    assert (again.new, again.known) == (0, 3)


def test_it_ends_where_the_pages_end_and_where_it_is_told_to(station: Station, site: Site) -> None:
    site.page("/", listed(("花展一", 4)), "text/html")
    assert (run(station, source(site)).pages, run(station, source(site), pages=1).pages) == (1, 1)
    assert run(station, source(site, pages=False)).pages == 1
    site.pages.clear()
    gone = run(station, source(site))
    assert gone.failed is not None
    assert gone.failed.reason is FailureKind.GONE


def test_what_is_old_starts_no_clock_and_wakes_nobody(station: Station, site: Site) -> None:
    site.page("/", listed((BLAST, 6)), "text/html")
    assert run(station, source(site, pages=False)).new == 1
    with station.database.read() as connection:
        (incident,) = views.incidents(connection)
        states = {row.state for row in connection.execute(DEADLINE.select())}
        alerts = views.alerts(connection, limit=100)
    assert incident.figures["deaths"] == 12
    assert states <= {DeadlineState.NOT_APPLICABLE.value}
    assert not [alert for alert in alerts if alert.state is AlertState.PENDING]


def test_what_is_recent_is_left_to_the_service_where_nobody_is_to_be_woken(station: Station, site: Site) -> None:
    site.page("/", listed((BLAST, 0), ("花展", 9)), "text/html")
    quiet = run(station, source(site, pages=False))
    assert (quiet.new, quiet.left) == (1, 1)
    with station.database.read() as connection:
        assert views.incidents(connection) == []
    loud = run(station, source(site, pages=False), quiet=False)
    assert (loud.new, loud.known, loud.left) == (1, 1, 0)
    with station.database.read() as connection:
        assert [alert.state for alert in views.alerts(connection, limit=9) if alert.page] != []
        states = {row.state for row in connection.execute(DEADLINE.select())}
    assert states - {DeadlineState.NOT_APPLICABLE.value}


def test_the_command_tells_what_came_of_it(terminal: Terminal, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    url = site.page("/", "<ul><li><a href='/1'>花展一</a><i>2024-03-01</i></li></ul>", "text/html")
    (terminal.folder / "huiying.yaml").write_text('http: {allow: ["127.0.0.1"]}\n', "utf-8")
    (terminal.folder / "sources.yaml").write_text(
        f"lists: [{{id: page, name: 页, url: '{url}', item: li, time: i}}]\n"
        "push: [{id: brought, name: 送, fields: {title: t}, drop: in}]\n",
        "utf-8",
    )
    told = terminal.run("source", "backfill", "page", "--since", "2024-02-01", "--no-alert")
    assert told == "1 page(s) with 1 entries: 1 taken in, 0 known before, 0 older than asked for.\n"
    told = terminal.run("source", "backfill", "page", "--since", date(2024, 3, 2), "--no-alert")
    assert told == "1 page(s) with 1 entries: 0 taken in, 0 known before, 1 older than asked for.\n"
    for command in (("test", "brought"), ("backfill", "brought", "--since", "2024-02-01")):
        assert "data is brought to it" in terminal.run("source", *command, code=1)


def test_what_robots_txt_forbids_is_not_read_back_and_its_pause_is_kept(station: Station, site: Site) -> None:
    site.page("/", listed(("花展一", 4)), "text/html")
    site.page("/index_1.html", listed(("花展二", 5)), "text/html")
    site.page("/robots.txt", "User-agent: *\nDisallow: /index_2\nCrawl-delay: 7", "text/plain")
    site.page("/index_2.html", listed(("花展三", 6)), "text/html")
    rests: list[float] = []
    done = run(station, source(site), rests=rests)
    assert (done.pages, done.new) == (2, 2)
    assert done.failed is not None
    assert (done.failed.reason, done.failed.detail) == (FailureKind.ROBOTS, "Disallow: /index_2")
    assert rests == [7.0, 7.0]
    site.page("/robots.txt", "User-agent: *\nDisallow: /", "text/plain")
    station.clock.now += timedelta(days=1)
    refused = run(station, source(site))
    assert (refused.pages, refused.failed and refused.failed.reason) == (0, FailureKind.ROBOTS)
    assert sum(one.path == "/" for one in site.asked) == 1


def test_without_a_word_of_the_site_the_usual_pause_is_kept(station: Station, site: Site) -> None:
    site.page("/", listed(("花展一", 4)), "text/html")
    site.page("/index_1.html", listed(("花展二", 5)), "text/html")
    rests: list[float] = []
    run(station, source(site), rests=rests)
    assert rests == [SPACING, SPACING]
