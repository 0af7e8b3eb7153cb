"""What is only said about an incident: it is kept with it, counts for nothing in it, and people can take it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.core.errors import NoReportLeft
from monitor.core.fetched import Entry
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.history import Incident, Report
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.stated import Stated, fold_with
from monitor.core.item_views import ItemView
from monitor.core.model import TimeNote, Wave
from monitor.service.parts import Parts
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import EditionRow
from tests.responders.console.station import T0, Station, source

H = timedelta(hours=1)
BLAST = "甘肃白银一化工厂爆炸致12死30伤"
TALK = "甘肃白银化工厂门前摆满鲜花"
EDITION = of(EditionRow)


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def entry(key: str, title: str) -> Entry:
    return Entry(key=key, title=title, published_at=T0, time_note=TimeNote.STATED)


def take(parts: Parts, *titles: str, at: timedelta = H) -> None:
    parts.intake.take(source("evening"), [entry(title, title) for title in titles], T0 + at)


def items(station: Station, number: int) -> list[ItemView]:
    with station.database.read() as connection:
        return views.items(connection, number)


def numbers(station: Station) -> list[int]:
    with station.database.read() as connection:
        return sorted(incident.id for incident in views.incidents(connection))


def test_talk_stands_with_the_incident_and_changes_neither_figures_nor_deadlines(station: Station) -> None:
    take(station.parts, BLAST)
    (number,) = numbers(station)
    with station.database.read() as connection:
        before = (views.incident(connection, number), views.deadlines(connection, matter_id=number))
    take(station.parts, TALK, "某地举办菊展", at=2 * H)
    assert [(item.title, item.why) for item in items(station, number)] == [
        (BLAST, Placing.OPENED),
        (TALK, Placing.RELATED),
    ]
    with station.database.read() as connection:
        incident = views.incident(connection, number)
        assert incident is not None
        assert incident.wave is Wave.GENERAL, "talk is heard, and no more"
        assert (replace(incident, wave=None), views.deadlines(connection, matter_id=number)) == before


EARLY = "甘肃白银化工厂门前围满人"


@pytest.mark.parametrize(("before", "gathered"), [(H, True), (4 * H, False)])
def test_what_was_said_just_before_the_first_report_is_gathered_when_it_comes(
    station: Station, before: timedelta, gathered: bool
) -> None:
    take(station.parts, EARLY, "某地举办菊展", at=-before)
    assert numbers(station) == []
    take(station.parts, BLAST, at=timedelta(0))
    (number,) = numbers(station)
    assert [item.title for item in items(station, number)] == ([EARLY, BLAST] if gathered else [BLAST])
    with station.database.read() as connection:
        incident = views.incident(connection, number)
    assert incident is not None
    assert incident.items == 1


def test_talk_alone_cannot_be_split_into_an_incident(station: Station) -> None:
    take(station.parts, BLAST)
    take(station.parts, TALK, at=2 * H)
    (number,) = numbers(station)
    report, talk = items(station, number)
    for taken in ([talk.id], [report.id]):
        with pytest.raises(NoReportLeft):
            station.parts.desk.split(number, taken, by="值班员", now=T0 + 3 * H)
    assert [item.id for item in items(station, number)] == [report.id, talk.id]


def test_a_merge_moves_talk_as_talk(station: Station) -> None:
    take(station.parts, BLAST, "四川绵阳一仓库起火致3死")
    take(station.parts, TALK, at=2 * H)
    one, other = numbers(station)
    source_id = next(n for n in (one, other) if any(item.title == TALK for item in items(station, n)))
    target = other if source_id == one else one
    station.parts.desk.merge(source_id, target, by="值班员", now=T0 + 3 * H)
    assert {item.title: item.why for item in items(station, target)}[TALK] == Placing.RELATED


def test_what_others_placed_meanwhile_is_known_before_anything_is_placed(station: Station) -> None:
    other = Station(station.database).parts
    take(station.parts, "四川绵阳一仓库起火致3死")
    take(other, BLAST)
    take(station.parts, "甘肃白银化工厂爆炸死亡人数升至15人", at=2 * H)
    take(other, "绵阳仓库火灾死亡人数升至4人", at=2 * H)
    assert len(numbers(station)) == 2
    with station.database.read() as connection:
        assert connection.scalar(select(EDITION.c.number).where(EDITION.c.name == "placing")) == 4


def test_a_merge_by_a_person_is_known_to_the_next_item(station: Station) -> None:
    take(station.parts, BLAST, "四川绵阳一仓库起火致3死")
    burnt, blown = sorted(numbers(station), key=lambda n: BLAST in [item.title for item in items(station, n)])
    station.parts.desk.merge(burnt, blown, by="值班员", now=T0 + H)
    take(station.parts, "绵阳仓库火灾死亡人数升至4人", at=2 * H)
    titles = [item.title for number in numbers(station) for item in items(station, number) if number != burnt]
    assert "绵阳仓库火灾死亡人数升至4人" in titles
    assert "绵阳仓库火灾死亡人数升至4人" not in [item.title for item in items(station, burnt)]


def test_a_sitting_that_fails_leaves_no_memory_of_what_was_not_stored(station: Station) -> None:
    intake = station.parts.intake
    read = intake.read(source("evening"), entry("k", BLAST), T0)

    def interrupted() -> None:
        with intake.sitting() as sitting:
            assert sitting.store([read], T0) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert numbers(station) == []
    take(station.parts, "甘肃白银化工厂爆炸死亡人数升至15人")
    assert len(numbers(station)) == 1


def test_an_incident_that_cannot_be_folded_takes_no_other_item_with_it(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(reports: list[Report], grader: Grader, said: Stated) -> Incident:
        if any(report.title == BLAST for report in reports):
            raise ValueError("a figure that is none")
        return fold_with(reports, grader, said)

    monkeypatch.setattr("monitor.store.corrections.fold_with", poisoned)
    take(station.parts, BLAST, TALK, "四川绵阳一仓库起火致3死")
    with station.database.read() as connection:
        assert "四川绵阳一仓库起火致3死" in [incident.title for incident in views.incidents(connection)]
