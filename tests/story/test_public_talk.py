"""An incident climbs the hot lists: what they say anew is kept, the wave is graded, people are told, a clock runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from monitor.core.fetched import Entry
from monitor.core.incidents.heat import MOST_SIGHTINGS, Sighting, heat_of
from monitor.core.incidents.wave import Measure
from monitor.core.model import AlertReason, DeadlineState, TimeNote, Trust, Wave
from monitor.core.sources import Source
from monitor.loops.deliver import scene_of
from monitor.loops.ingest.take import Intake
from monitor.store import heat, views
from monitor.store.database import Database
from monitor.store.sql import insert, of
from monitor.store.tables import SightingRow
from responders.documents.messages import Composer
from tests.crawl.site import Site, running_site
from tests.responders.console.station import T0, Station, source
from tests.story.office import Office, hot_list

H, M = timedelta(hours=1), timedelta(minutes=1)
FIRE = "甘肃白银一仓库起火浓烟滚滚"
SIGHTING = of(SightingRow)
TWO_DAYS = "OP-OTHER-48H"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def office(database: Database, site: Site) -> Iterator[Office]:
    with ExitStack() as stack:
        watched = replace(hot_list(f"{site.url}/hot.json"), trust=Trust.PLATFORM)
        office = Office(database, {"hot": watched}, [], region="620000")
        stack.callback(office.close)
        yield office


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def listed(site: Site, place: int, figure: int = 1000) -> None:
    """Let the list have the fire in a place, and gossip in all others."""
    titles = [f"某歌手新歌第{n}首" for n in range(1, place)] + [FIRE] + [f"某影片第{n}集" for n in range(3)]
    data = [{"word": title, "num": figure if title == FIRE else 5} for title in titles]
    site.page("/hot.json", json.dumps({"data": data}, ensure_ascii=False), "application/json")


def kept(database: Database) -> list[tuple[timedelta, int | None, int | None]]:
    with database.read() as connection:
        rows = connection.execute(select(SIGHTING).order_by(SIGHTING.c.at)).all()
    return [(row.at - T0, row.rank, row.heat) for row in rows]


def waves(database: Database, number: int = 1) -> list[Wave]:
    with database.read() as connection:
        return [step.wave for step in heat.steps_of(connection, number)]


def test_a_title_that_climbs_a_list_starts_the_two_days_and_is_told_as_a_wave(office: Office, site: Site) -> None:
    for place, minutes in ((40, 6), (41, 6), (12, 6), (8, 6), (2, 6), (20, 6)):
        listed(site, place)
        office.cycle()
        office.clock.advance(minutes=minutes)
    assert [rank for _, rank, _ in kept(office.database)] == [12, 8, 2], "a worse place says nothing new"
    assert waves(office.database) == [Wave.GENERAL, Wave.LARGER, Wave.MAJOR]
    with office.database.read() as connection:
        (deadline,) = views.deadlines(connection)
        told = [(a.reason, a.page) for a in views.alerts(connection) if a.reason is AlertReason.WAVE]
        incident = views.incidents(connection)[0]
        talk = heat_of(heat.talk_of(connection, 1), office.clock())
    assert (deadline.obligation_id, deadline.state) == (TWO_DAYS, DeadlineState.OPEN)
    assert told == [(AlertReason.WAVE, True)]
    assert (incident.wave, incident.severity, incident.items) == (Wave.MAJOR, None, 1)
    assert talk.best is not None
    assert (talk.best.rank, talk.best.source) == (2, "hot")


def test_a_list_fetched_every_few_minutes_does_not_fill_the_disk(office: Office, site: Site) -> None:
    fetches = 0
    while office.clock() < T0 + 6 * H:
        listed(site, 9, 1000 + fetches)
        office.cycle()
        office.clock.advance(minutes=6)
        fetches += 1
    assert fetches > 50
    sightings = kept(office.database)
    assert len(sightings) == 5
    assert all(rank == 9 for _, rank, _ in sightings)
    with office.database.read() as connection:
        assert heat_of(heat.talk_of(connection, 1), office.clock()).hours == 6
    assert waves(office.database) == [Wave.LARGER]


def test_what_stands_with_no_incident_is_not_followed(office: Office, site: Site) -> None:
    listed(site, 30)
    office.cycle()
    office.clock.advance(minutes=6)
    listed(site, 3)
    office.cycle()
    with office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(SIGHTING)) == 1


def test_never_more_than_so_many_sightings_of_one_item(office: Office, site: Site) -> None:
    listed(site, 30)
    office.cycle()
    many = [{"item_id": 30, "at": T0 + n * M, "rank": 30, "heat": None} for n in range(1, MOST_SIGHTINGS + 1)]
    with office.database.write() as connection:
        ids = {item.title: item.id for item in views.items(connection, 1)}
        connection.execute(insert(connection, SightingRow), [row | {"item_id": ids[FIRE]} for row in many])
    office.clock.advance(hours=9)
    listed(site, 1)
    office.cycle()
    assert len(kept(office.database)) == MOST_SIGHTINGS


def numbers_of(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {incident.title: incident.id for incident in views.incidents(connection)}


def title(key: str, said: str, rank: int | None = None) -> Entry:
    return Entry(key=key, title=said, published_at=T0, time_note=TimeNote.STATED, rank=rank, heat=rank)


def platform() -> Source:
    return replace(source("list"), ranked=True)


def test_two_processes_that_see_the_same_list_keep_the_same_facts(database: Database) -> None:
    one, other = Station(database).parts.intake, Station(database).parts.intake
    one.take(platform(), [title("k", FIRE, 40), title("j", "甘肃张掖一商场起火", 44)], T0)
    numbers = numbers_of(database)
    places = [(n, rank) for n, rank in enumerate((33, 22, 11, 9, 30, 2, 5), 1)]

    def look(intake: Intake) -> int:
        return sum(
            intake.see(platform(), [title("k", FIRE, rank), title("j", "甘肃张掖一商场起火", rank + 3)], T0 + n * M)
            for n, rank in places
        )

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(look, (one, other))) >= 10
    assert [rank for _, rank, _ in kept(database) if rank in (33, 22, 11, 9, 2)] == [33, 22, 11, 9, 2]
    assert waves(database, numbers[FIRE])[-1] is Wave.MAJOR
    with database.read() as connection:
        told = [a.key for a in views.alerts(connection, limit=500) if a.reason is AlertReason.WAVE]
        deadlines = [d.matter_id for d in views.deadlines(connection) if d.obligation_id == TWO_DAYS]
    assert told == [f"matter:{numbers[FIRE]}:wave:major"]
    assert sorted(deadlines) == sorted(numbers.values())


def test_talk_makes_a_wave_although_it_reports_nothing(station: Station) -> None:
    intake = station.parts.intake
    intake.take(platform(), [title("a", "甘肃白银一化工厂爆炸致2人受伤")], T0)
    assert station.states() == {}
    talk = ["白银化工厂爆炸现场视频", "白银化工厂门前摆满鲜花", "白银化工厂爆炸家属发声"]
    for n, said in enumerate(talk, 1):
        intake.take(platform(), [title(f"t{n}", said)], T0 + n * M)
    with station.database.read() as connection:
        (incident,) = views.incidents(connection)
        larger = heat.steps_of(connection, incident.id)[-1]
        mentions = heat.talk_of(connection, incident.id).mentions
    assert (len(mentions), incident.items) == (4, incident.items)
    assert larger.wave is Wave.LARGER
    assert Measure.TALK in [ground.measure for ground in larger.grounds]
    assert station.states() == {TWO_DAYS: "open"}


def test_one_medium_s_report_and_a_county_notice_are_no_concern_but_a_rush_of_media_is(station: Station) -> None:
    said = "甘肃白银一仓库起火"
    station.tell(said, by="evening")
    station.tell(f"白银通报：{said[2:]}", by="release")
    station.clock.advance(minutes=10)
    assert station.states() == {}
    station.tell("甘肃白银仓库起火 消防正在扑救", by="city")
    station.tell("甘肃白银仓库起火现场", by="list")
    assert station.states() == {TWO_DAYS: "open"}


def test_a_merge_brings_the_talk_along_and_a_split_takes_it_away(station: Station) -> None:
    intake, desk = station.parts.intake, station.parts.desk
    intake.take(platform(), [title("a", FIRE, 30)], T0)
    intake.take(platform(), [title("b", "甘肃张掖一商场起火", 40)], T0)
    numbers = numbers_of(station.database)
    first, second = numbers[FIRE], numbers["甘肃张掖一商场起火"]
    intake.see(platform(), [title("b", "甘肃张掖一商场起火", 7)], T0 + 5 * M)
    assert (waves(station.database, first), waves(station.database, second)) == (
        [Wave.GENERAL],
        [Wave.GENERAL, Wave.LARGER],
    )
    desk.merge(second, first, by="值班员", now=T0 + H)
    assert (waves(station.database, first), waves(station.database, second)) == ([Wave.GENERAL, Wave.LARGER], [])
    with station.database.read() as connection:
        (running,) = [d for d in views.deadlines(connection, matter_id=first) if d.state is DeadlineState.OPEN]
        moved = next(item.id for item in views.items(connection, first) if item.title != FIRE)
    assert running.obligation_id == TWO_DAYS
    intake.see(platform(), [title("b", "甘肃张掖一商场起火", 2)], T0 + H + M)
    new = desk.split(first, [moved], by="值班员", now=T0 + 2 * H).incident
    assert new.wave is Wave.MAJOR
    assert waves(station.database, first) == [Wave.GENERAL]
    with station.database.read() as connection:
        still = [d.state for d in views.deadlines(connection, matter_id=first) if d.obligation_id == TWO_DAYS]
        told = {a.key: a.state for a in views.alerts(connection, limit=500) if a.reason is AlertReason.WAVE}
    assert still == [DeadlineState.OPEN], "only a person ends it"
    assert told == {f"matter:{first}:wave:major": "pending", f"matter:{new.id}:wave:major": "skipped"}


def test_a_wave_is_said_in_words_with_what_it_rests_on(station: Station) -> None:
    station.parts.intake.take(platform(), [title("a", FIRE, 3)], T0)
    composer = Composer(station.parts.words, station.parts.names)
    with station.database.read() as connection:
        alert = next(a for a in views.alerts(connection) if a.reason is AlertReason.WAVE)
        message = composer.message(scene_of(connection, alert, T0))
    assert message.title.startswith("public talk grows | very wide public talk | ")
    assert "by telephone at once" in message.body
    told = {line.label: line.value for line in message.lines}
    assert told["Public talk"] == "very wide public talk: place 3 on a hot list (grade from place 3)"
    assert message.card is not None
    assert ("Public talk", "very wide public talk") in [(line.label, line.value) for line in message.card.lines]


def test_what_comes_after_the_highest_grade_changes_nothing_and_what_was_older_does(station: Station) -> None:
    intake, table = station.parts.intake, station.parts.pack.wave
    intake.take(platform(), [title("a", FIRE, 3)], T0)
    intake.see(platform(), [title("a", FIRE, 1)], T0 + M)
    with station.database.write() as connection:
        (before,) = heat.steps_of(connection, 1)
        item = views.items(connection, 1)[0].id
        heat.save_sightings(connection, [Sighting(item, T0 - H, 2)])
        assert not heat.regrade(connection, 1, table, news_at=T0 + H)
        assert heat.steps_of(connection, 1) == [before]
        assert heat.regrade(connection, 1, table, news_at=T0 - H)
        (after,) = heat.steps_of(connection, 1)
    assert (before.at, after.at) == (T0, T0 - H)


def test_a_fault_in_the_grading_of_talk_costs_no_clock(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise ValueError("a wave that is none")

    monkeypatch.setattr("monitor.loops.ingest.sitting.heat.regrade", broken)
    station.tell("甘肃白银一化工厂爆炸致12死30伤")
    assert station.states() == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "open"}
    with station.database.read() as connection:
        assert [a.point for a in views.alerts(connection) if a.reason is AlertReason.TROUBLE] == ["fault"]


def test_a_figure_beyond_measure_is_kept_by_both_databases(station: Station) -> None:
    station.parts.intake.take(platform(), [title("a", FIRE, 20)], T0)
    with station.database.write() as connection:
        item = views.items(connection, 1)[0].id
        heat.save_sightings(connection, [Sighting(item, T0 + M, 20, 2**62), Sighting(item, T0 + M, 21, 1)])
        (standing,) = heat.standings(connection, ["a:2026-07-09"]).values()
    assert (standing.heat, standing.sightings, standing.rank) == (2**62, 1, 20)
