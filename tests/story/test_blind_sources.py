"""The way out is closed, all sources fail, and the people are told: once, not forty-five times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from monitor.config.settings import Settings, SettingsFile
from monitor.core.beijing import instant, local
from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import AlertReason, Trust
from monitor.core.naming import Names
from monitor.core.source_health import Trouble, trouble_of
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.core.views import AlertView
from monitor.loops.sources import FIRST_ROUND, SourceWatch
from monitor.service import Parts
from monitor.service.condition import asides
from monitor.store import briefing_facts, fetches, sources, views
from monitor.store.database import Database
from responders.documents.messages import Composer, Scene
from responders.language import Words
from tests.story.office import T0, MovedClock

M, H = timedelta(minutes=1), timedelta(hours=1)
DNS = Fetched(outcome=Outcome.FAILED, reason=FailureKind.DNS, detail="no such name")
GOOD = Fetched(outcome=Outcome.ITEMS)
SAME = Fetched(outcome=Outcome.UNCHANGED)
WATCHED = {
    f"s{n}": Source(id=f"s{n}", name=f"甲报{n}", kind=SourceKind.FEED, url=f"https://s{n}.example/", trust=trust)
    for n, trust in enumerate([Trust.OFFICIAL, *[Trust.PLATFORM] * 11])
}


def fetch(database: Database, fetched: Fetched, now: datetime, names: list[str]) -> None:
    new = int(fetched is GOOD)
    with database.write() as connection:
        for name in names:
            fetches.record(
                connection, name, fetched, new=new, next_at=now + 15 * M, failure_score=float(fetched is DNS), now=now
            )


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


def test_one_official_source_and_a_platform_that_stay_away_are_told_together_and_each_return_once(
    database: Database,
) -> None:
    clock = MovedClock()
    with database.write() as connection:
        sources.register(connection, WATCHED, clock())
    watch = SourceWatch(database, WATCHED)
    for hour in range(72):
        away = [name for name, back in (("s0", 40), ("s5", 60)) if hour < back]
        fetch(database, DNS, clock(), away)
        fetch(database, GOOD, clock(), [name for name in WATCHED if name not in away])
        watch.tick(clock())
        clock.now += H
    told = alerts(database)
    assert [(a.point, a.detail["ids"], a.page) for a in told] == [
        ("sources:blind", "s0 s5", False),
        ("sources:back", "s5", False),
        ("sources:over", "", False),
    ]
    assert "usual: 甲报0, 甲报5." in body(told[0])
    assert body(told[1]) == "These sources are well again: 甲报0."
    assert all(7 <= local(a.at).hour < 22 for a in told[1:])


def test_a_source_that_falls_silent_is_told_by_its_own_rhythm_on_the_board_and_in_the_briefing(
    database: Database,
) -> None:
    """For two weeks a platform brings something every hour from 8 to 22; then it answers, always with the same."""
    clock = MovedClock(instant(date(2026, 7, 6), time(8)))
    watched = {name: WATCHED[name] for name in ("s4", "s5", "s6")}
    with database.write() as connection:
        sources.register(connection, watched, clock())
    watch = SourceWatch(database, watched)
    silent_from = clock() + 14 * 24 * H + 12 * H
    while clock() < silent_from + 36 * H:
        moving = [name for name in watched if clock() < silent_from or name != "s5"]
        fetch(database, GOOD if local(clock()).hour in range(8, 22) else SAME, clock(), moving)
        fetch(database, SAME, clock(), [name for name in watched if name not in moving])
        watch.tick(clock())
        clock.now += H
    (alert,) = alerts(database)
    assert (alert.point, alert.detail["ids"], alert.page) == ("sources:blind", "s5", False)
    assert timedelta(hours=12) <= alert.at - silent_from <= timedelta(hours=16), "the night is no silence"
    parts = Parts(Settings(SettingsFile.model_validate({"language": "en"}), None), database)
    parts.sources = watched
    with database.read() as connection:
        [line] = [one for one in asides(parts, connection, Words("en"), clock()) if one.ailment == "blind_sources"]
        facts = briefing_facts.source_facts(connection, watched, clock())
        troubles = [found for one in facts if (found := trouble_of(one, clock()))]
    assert (line.what, line.said) == ("1 source(s) fail or are silent for longer than usual", "甲报5")
    assert [(found.source_id, found.trouble) for found in troubles] == [("s5", Trouble.FROZEN)]
