"""A host fails as a whole: all its sources rest together, people hear of it once, and all come back with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.config.settings import Settings, SettingsFile
from monitor.core.beijing import local
from monitor.core.briefing import briefing_of
from monitor.core.briefing_facts import Window
from monitor.core.model import AlertReason, Trust
from monitor.core.naming import Names
from monitor.core.source_health import Trouble, trouble_of
from monitor.core.sources import Source, SourceKind
from monitor.core.views import AlertView
from monitor.loops.ingest.crawl import LEASE
from monitor.loops.sources import SourceWatch
from monitor.service import Parts
from monitor.service.condition import asides
from monitor.store import briefing_facts, hosts, sources, views
from monitor.store.database import Database
from responders.documents.briefing_health import troubles
from responders.documents.messages import Composer
from responders.language import Words
from tests.crawl.site import Asked, Reply, Site, running_site
from tests.crawl.test_fetch import rss
from tests.story.office import T0, Office

S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FEED = Reply(rss("某地举办花展").encode(), 200, {"Content-Type": "application/rss+xml"})
BROKEN = Reply(b"", 500)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def feed(site: Site, name: str, *, host: str = "127.0.0.1", trust: Trust = Trust.LOCAL_MEDIA) -> Source:
    url = f"{site.url.replace('127.0.0.1', host)}/{name}"
    return Source(id=name, name=f"报{name}", kind=SourceKind.FEED, url=url, trust=trust, interval=10 * M, steady=True)


def serve(site: Site, names: list[str], reply: Callable[[str], Reply]) -> None:
    def page(name: str) -> Callable[[Asked], Reply]:
        return lambda _: reply(name)

    site.pages |= {f"/{name}": page(name) for name in names}


def pass_time(office: Office, span: timedelta, step: timedelta = 20 * S, watch: SourceWatch | None = None) -> None:
    until = office.clock() + span
    while office.clock() < until:
        office.crawl.tick(office.clock())
        office.crawl.wait()
        if watch is not None and (office.clock() - T0) % H < step:
            watch.tick(office.clock())
        office.clock.now += step


def times(site: Site, path: str = "") -> int:
    return sum(one.path.startswith(f"/{path}") for one in site.asked)


NAMES = [f"n{number}" for number in range(6)]


def test_the_sources_of_a_host_that_fails_rest_together_are_told_of_once_and_return_together(
    database: Database, site: Site
) -> None:
    others = [f"o{number}" for number in range(8)]
    serve(site, [*NAMES, *others], lambda _: FEED)
    watched = {name: feed(site, name) for name in NAMES}
    watched |= {name: replace(feed(site, name, host="localhost"), interval=H) for name in others}
    office = Office(database, watched, [])
    watch = SourceWatch(database, watched)
    pass_time(office, 20 * M, watch=watch)
    assert all(times(site, name) for name in watched)
    down_at = office.clock()
    serve(site, NAMES, lambda _: BROKEN)
    before, well = times(site, "n"), times(site, "o")
    pass_time(office, 30 * H, 2 * M, watch)
    asked = times(site, "n") - before
    assert 6 < asked < 100, "six sources alone would ask more than two hundred times"
    assert times(site, "o") - well > 8 * 28, "the other host does not suffer"
    told = alerts(database)
    assert [one.point for one in told] == ["sources:blind"]
    assert told[0].detail["names"] == "127.0.0.1 (6)"
    assert 7 <= local(told[0].at).hour < 22
    assert told[0].at - down_at < 27 * H
    back_at = office.clock()
    serve(site, NAMES, lambda _: FEED)
    pass_time(office, 33 * M, watch=watch)
    with database.read() as connection:
        states = sources.states(connection)
        assert hosts.scores(connection) == {}
    freed = [states[name].last_fetch_at for name in NAMES]
    assert all(at is not None and at >= back_at for at in freed)
    assert {states[name].failure_score for name in NAMES} == {0}
    office.close()


def alerts(database: Database) -> list[AlertView]:
    with database.read() as connection:
        return [one for one in reversed(views.alerts(connection)) if one.reason is AlertReason.TROUBLE]


def test_one_probe_and_then_all_within_a_minute(database: Database, site: Site) -> None:
    serve(site, NAMES, lambda _: BROKEN)
    office = Office(database, {name: feed(site, name) for name in NAMES}, [])
    pass_time(office, 2 * H)
    serve(site, NAMES, lambda _: FEED)
    count = times(site)
    while times(site) == count:
        pass_time(office, 2 * S, 2 * S)
    probed_at = office.clock()
    pass_time(office, 40 * S, 2 * S)
    assert times(site) - count == len(NAMES)
    with database.read() as connection:
        found = [state.last_good_at for state in sources.states(connection).values()]
    assert all(at is not None and at - probed_at < M for at in found)
    office.close()


def test_one_failing_source_slows_down_no_other_of_its_host(database: Database, site: Site) -> None:
    serve(site, NAMES, lambda name: BROKEN if name == "n0" else FEED)
    office = Office(database, {name: feed(site, name) for name in NAMES}, [])
    pass_time(office, 5 * H, 30 * S)
    counts = {name: sum(one.path == f"/{name}" for one in site.asked) for name in NAMES}
    assert min(counts[name] for name in NAMES[1:]) >= 29
    assert 2 < counts["n0"] < 15
    with database.read() as connection:
        facts = briefing_facts.source_facts(connection, NAMES, office.clock())
        unwell = [found.source_id for one in facts if (found := trouble_of(one, office.clock()))]
        assert hosts.held(connection) == {}
    assert unwell == ["n0"]
    office.close()


def test_the_source_that_stays_broken_does_not_keep_its_host_down(database: Database, site: Site) -> None:
    """After the outage one source still fails; another one asks next, and frees the rest."""
    serve(site, NAMES[:4], lambda _: BROKEN)
    office = Office(database, {name: feed(site, name) for name in NAMES[:4]}, [])
    pass_time(office, H)
    serve(site, NAMES[:4], lambda name: BROKEN if name == "n0" else FEED)
    pass_time(office, H)
    with database.read() as connection:
        states = sources.states(connection)
    assert [name for name in NAMES[:4] if states[name].failure_score] == ["n0"]
    office.close()


def test_two_broken_sources_rest_ever_longer_though_the_others_of_their_host_answer(
    database: Database, site: Site
) -> None:
    names = NAMES[:4]
    serve(site, names, lambda name: BROKEN if name in ("n0", "n1") else FEED)
    often = {name: feed(site, name) for name in names[:2]}
    office = Office(database, often | {name: replace(feed(site, name), interval=H) for name in names[2:]}, [])
    pass_time(office, 12 * H, M)
    counts = {name: sum(one.path == f"/{name}" for one in site.asked) for name in names}
    assert all(counts[name] < 30 for name in ("n0", "n1")), "their own account holds, not that of their host"
    assert all(counts[name] >= 11 for name in names[2:])
    with database.read() as connection:
        assert min(sources.state(connection, name).failure_score for name in ("n0", "n1")) > 3
    office.close()


@pytest.mark.parametrize("status", [500, 429])
def test_a_good_source_is_asked_on_though_twenty_others_of_its_host_fail(
    database: Database, site: Site, status: int
) -> None:
    bad = [f"n{number}" for number in range(20)]
    serve(site, bad, lambda _: Reply(b"", status))
    serve(site, ["good"], lambda _: FEED)
    watched = {name: feed(site, name) for name in [*bad, "good"]}
    office = Office(database, watched, [])
    pass_time(office, 16 * H, M)
    assert times(site, "good") > 80, "sixteen hours are 96 times ten minutes"
    counts = [sum(one.path == f"/{name}" for one in site.asked) for name in bad]
    assert all(2 < count < 40 for count in counts), "what fails rests ever longer by its own account"
    office.close()


def test_a_source_that_was_moved_away_is_told_of_no_more_with_the_host_it_left(database: Database, site: Site) -> None:
    names = NAMES[:4]
    serve(site, names, lambda _: BROKEN)
    watched = {name: feed(site, name) for name in names}
    office = Office(database, watched, [])
    pass_time(office, 2 * H)
    assert hosts_told(office, names) == dict.fromkeys(names, "127.0.0.1")
    now = office.clock()
    office.close()
    moved = watched | {name: feed(site, name, host="localhost") for name in names[:2]}
    serve(site, names[:2], lambda _: FEED)
    office = Office(database, moved, [])
    office.clock.now = now
    assert hosts_told(office, names) == dict.fromkeys(names[2:], "127.0.0.1")
    pass_time(office, H)
    assert hosts_told(office, names) == dict.fromkeys(names[2:], "127.0.0.1"), "the others are told of still"
    now = office.clock()
    office.close()
    office = Office(database, {name: moved[name] for name in names[:2]}, [])
    office.clock.now = now
    with database.read() as connection:
        assert hosts.scores(connection) == {}, "a host that nobody uses is forgotten"
        assert hosts.held(connection) == {}
    office.close()


def hosts_told(office: Office, names: list[str]) -> dict[str, str]:
    with office.database.read() as connection:
        facts = briefing_facts.source_facts(connection, names, office.clock())
        found = [one for fact in facts if (one := trouble_of(fact, office.clock())) is not None]
    return {one.source_id: one.host for one in found if one.host}


def test_a_probe_whose_process_dies_is_followed_by_another(database: Database, site: Site) -> None:
    serve(site, NAMES[:3], lambda _: BROKEN)
    office = Office(database, {name: feed(site, name) for name in NAMES[:3]}, [])
    pass_time(office, H)
    serve(site, NAMES[:3], lambda _: FEED)
    count = times(site)
    with database.read() as connection:
        resume_at = hosts.held(connection)["127.0.0.1"].resume_at
    assert resume_at is not None
    office.clock.now = resume_at
    # It takes the turn of the host, and is never heard of again.
    assert len(office.crawl._claim(office.clock(), 4)) == 1
    assert office.crawl._claim(office.clock() + S, 4) == [], "nobody else asks for the host meanwhile"
    pass_time(office, LEASE - M)
    assert times(site) == count
    pass_time(office, 3 * M)
    assert times(site) > count
    office.close()


def test_the_briefing_and_the_facts_name_the_host_once_with_all_that_wait(database: Database, site: Site) -> None:
    serve(site, NAMES, lambda _: BROKEN)
    watched = {name: feed(site, name) for name in NAMES}
    office = Office(database, watched, [])
    pass_time(office, 2 * H)
    now = office.clock()
    with database.read() as connection:
        facts = briefing_facts.facts_of(connection, window(now), list(watched), now)
        found = {one.id: trouble_of(one, now) for one in facts.sources}
    assert {one.trouble for one in found.values() if one} == {Trouble.HOST}
    assert len(found) == len(NAMES)
    composer = Composer(Words("en"), Names({}, {}, {}, {name: one.name for name, one in watched.items()}))
    [row] = troubles(briefing_of(facts), composer).rows
    assert (row.mark, row.title) == ("host failing", "127.0.0.1")
    assert "6 source(s) wait for it: 报n0, " in " ".join(row.notes)
    assert "HTTP 500" in " ".join(row.notes)
    parts = Parts(Settings(SettingsFile.model_validate({"language": "en"}), None), database)
    parts.sources = watched
    with database.read() as connection:
        [line] = [one for one in asides(parts, connection, Words("en"), now) if one.ailment == "sources"]
    assert line.what == "6 of 6 sources are failing", "those that wait see as little as those that ask"
    office.close()


def window(now: datetime) -> Window:
    return Window(local(now).date(), now - 24 * H, now)
