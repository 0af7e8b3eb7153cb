"""The way out is closed, all sources fail, and the people are told: once, not forty-five times."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import AlertReason, Trust
from monitor.core.naming import Names
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.core.views import AlertView
from monitor.loops.sources import FIRST_ROUND, SourceWatch
from monitor.store import sources, views
from monitor.store.database import Database
from responders.documents.messages import Composer, Scene
from responders.language import Words
from tests.story.office import T0, MovedClock

M, H = timedelta(minutes=1), timedelta(hours=1)
DNS = Fetched(outcome=Outcome.FAILED, reason=FailureKind.DNS, detail="no such name")
GOOD = Fetched(outcome=Outcome.ITEMS)
WATCHED = {
    f"s{n}": Source(id=f"s{n}", name=f"甲报{n}", kind=SourceKind.FEED, url=f"https://s{n}.example/", trust=trust)
    for n, trust in enumerate([Trust.OFFICIAL, *[Trust.PLATFORM] * 11])
}


def fetch(database: Database, fetched: Fetched, now: datetime, names: list[str]) -> None:
    new = int(fetched is GOOD)
    with database.write() as connection:
        for name in names:
            sources.record(connection, name, fetched, new=new, next_at=now + 15 * M, failure_score=1.0 - new, now=now)


def alerts(database: Database) -> list[AlertView]:
    with database.read() as connection:
        return [a for a in reversed(views.alerts(connection)) if a.reason is AlertReason.TROUBLE]


def body(alert: AlertView) -> str:
    scene = Scene(alert, None, None, (), (), T0)
    return Composer(Words("en"), Names({}, {}, {}, {})).message(scene).body


def test_when_all_sources_fail_one_alert_says_so_again_each_day_and_when_it_is_over(database: Database) -> None:
    clock = MovedClock()
    with database.write() as connection:
        sources.register(connection, WATCHED, clock())
    watch, other = SourceWatch(database, WATCHED), SourceWatch(database, WATCHED)
    for hours in range(30):
        fetch(database, GOOD if hours == 29 else DNS, clock(), list(WATCHED))
        for _ in range(4):
            watch.tick(clock())
            other.tick(clock())
            clock.now += 15 * M
    told = alerts(database)
    assert [alert.point for alert in told] == ["sources:most", "sources:most", "sources:over"]
    assert told[0].at == T0 + FIRST_ROUND
    assert told[1].at == T0 + FIRST_ROUND + 24 * H
    assert told[2].at == T0 + 29 * H
    said = body(told[0])
    assert said.startswith("12 of 12 sources are failing, so incidents may be missed: 甲报0, ")
    assert said.count("甲报") == 10, "the rest is left to the briefing"
    assert "…" in said


def test_a_start_after_a_long_rest_blames_no_source(database: Database) -> None:
    clock = MovedClock()
    with database.write() as connection:
        sources.register(connection, WATCHED, clock())
    fetch(database, DNS, clock(), list(WATCHED))
    clock.now += 90 * H
    watch = SourceWatch(database, WATCHED)
    assert not watch.tick(clock())
    clock.now += 10 * M
    fetch(database, GOOD, clock(), list(WATCHED))
    clock.now += 10 * M
    assert not watch.tick(clock())
    assert alerts(database) == []


def test_one_official_source_that_stays_away_is_told_of_a_platform_is_not(database: Database) -> None:
    clock = MovedClock()
    with database.write() as connection:
        sources.register(connection, WATCHED, clock())
    watch = SourceWatch(database, WATCHED)
    for _ in range(30):
        fetch(database, DNS, clock(), ["s0", "s5"])
        fetch(database, GOOD, clock(), [name for name in WATCHED if name not in ("s0", "s5")])
        watch.tick(clock())
        clock.now += H
    (alert,) = alerts(database)
    assert (alert.point, alert.detail["ids"], alert.page) == ("sources:blind", "s0", False)
    assert "usual: 甲报0." in body(alert)
