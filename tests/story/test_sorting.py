"""What people decide about single items, and what follows: on both databases, on a moved clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.errors import AlreadyReports, InNoIncident, OnlyReport, UnknownItem
from monitor.core.incidents.placing import Placing
from monitor.core.item_views import ItemRecord
from monitor.core.model import DeadlineState, Decoy, MatterState, Scope, Severity, Verb
from monitor.core.views import Done
from monitor.store import decoys, records, views
from monitor.store.database import Database
from tests.responders.console.station import T0, Station

M = timedelta(minutes=1)
H = timedelta(hours=1)
FIVE = "OP-AUTH-5H"
BLAST = "甘肃白银一化工厂爆炸致12死30伤"
DRILL = "甘肃天水开展隧道坍塌事故应急演练 模拟11人遇难"
TRIAL = "甘肃白银化工厂爆炸12死案一审宣判 被告获刑"
TALK = "甘肃白银化工厂门前摆满鲜花"
CALM = "甘肃白银今日举办读书会"
ABROAD = "日本东京一化工厂爆炸致12死30伤"


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def item(station: Station, title: str) -> int:
    with station.database.read() as connection:
        for number in range(1, station.told + 1):
            found = records.record(connection, number)
            if found is not None and found.item.title == title:
                return number
    raise AssertionError(title)


def record(station: Station, title: str) -> ItemRecord:
    with station.database.read() as connection:
        found = records.record(connection, item(station, title))
    assert found is not None
    return found


def tell(station: Station, *titles: str, by: str = "evening", minutes: float = 0) -> None:
    for title in titles:
        station.tell(title, by=by)
        station.clock.advance(minutes=minutes)


def report(station: Station, title: str, *, after: timedelta = M) -> Done:
    return station.parts.sorting.report(item(station, title), by="值班员", now=station.clock() + after, reason="属实")


def aside(station: Station, title: str, decoy: Decoy = Decoy.OLD_EVENT) -> Done:
    return station.parts.sorting.set_aside(item(station, title), decoy, by="值班员", now=station.clock() + M)


def states(done: Done) -> dict[str, DeadlineState]:
    return {deadline.obligation_id: deadline.state for deadline in done.deadlines}


def test_a_decoy_that_a_person_reports_opens_an_incident_and_its_deadlines(station: Station) -> None:
    tell(station, DRILL)
    assert record(station, DRILL).verdict == "decoy"
    assert station.states() == {}
    done = report(station, DRILL)
    assert (done.incident.severity, done.incident.scope) == (Severity.MAJOR, Scope.DOMESTIC)
    first = next(deadline for deadline in done.deadlines if deadline.obligation_id == FIVE)
    assert (first.state, first.started_at, first.provisional) == (DeadlineState.OPEN, T0, False)
    now = record(station, DRILL)
    assert (now.verdict, now.decided_by, now.why, now.placed_by) == ("incident", "值班员", Placing.BY_PERSON, "值班员")
    assert now.counts


def test_a_decoy_that_a_person_reports_joins_the_incident_that_it_is_about(station: Station) -> None:
    tell(station, BLAST, minutes=30)
    tell(station, TRIAL)
    assert record(station, TRIAL).verdict == "decoy"
    done = report(station, TRIAL)
    assert done.incident.id == record(station, BLAST).matter_id
    assert done.incident.items == 2
    with pytest.raises(AlreadyReports):
        report(station, TRIAL)


def test_what_only_speaks_of_an_incident_can_be_made_a_report_of_it(station: Station) -> None:
    tell(station, BLAST, minutes=60)
    tell(station, TALK)
    assert (record(station, TALK).why, record(station, TALK).counts) == (Placing.RELATED, False)
    done = report(station, TALK)
    assert (done.incident.id, done.incident.items) == (record(station, BLAST).matter_id, 2)
    assert record(station, TALK).counts
    gone = aside(station, TALK)
    assert (gone.incident.items, record(station, TALK).matter_id) == (1, None)


def test_an_item_without_any_signal_can_be_reported_too(station: Station) -> None:
    tell(station, CALM)
    assert (record(station, CALM).verdict, record(station, CALM).assessment) == ("", None)
    done = report(station, CALM)
    assert (done.incident.title, done.incident.severity, states(done)) == (CALM, None, {})
    thought = record(station, CALM).assessment
    assert thought is not None
    assert thought.is_incident
    assert thought.place.province == "620000"


def test_what_was_read_as_abroad_may_be_ours_once_a_person_says_so(station: Station) -> None:
    tell(station, ABROAD)
    number = record(station, ABROAD).matter_id
    assert station.states() == {}
    done = report(station, ABROAD)
    assert (done.incident.id, done.incident.scope) == (number, Scope.UNKNOWN)
    first = next(deadline for deadline in done.deadlines if deadline.obligation_id == FIVE)
    assert (first.state, first.provisional) == (DeadlineState.OPEN, True)
    sure = station.parts.desk.confirm(done.incident.id, by="值班员", now=T0 + 2 * M)
    assert [d.provisional for d in sure.deadlines if d.obligation_id == FIVE] == [False]


def test_of_several_reports_from_abroad_only_the_one_that_a_person_names_is_ours(station: Station) -> None:
    other = "日本东京化工厂爆炸已致12人死亡"
    tell(station, ABROAD, minutes=5)
    tell(station, other, by="city")
    number = record(station, ABROAD).matter_id
    assert record(station, other).matter_id == number
    done = report(station, other)
    assert done.incident.id != number
    assert states(done)[FIVE] is DeadlineState.OPEN
    with station.database.read() as connection:
        left = views.incident(connection, number or 0)
    assert left is not None
    assert (left.items, left.scope) == (1, Scope.FOREIGN)


def test_an_item_set_aside_counts_no_more_and_comes_back_when_reported(station: Station) -> None:
    graver = "甘肃白银化工厂爆炸死亡人数升至31人"
    tell(station, BLAST, minutes=10)
    tell(station, graver, by="city")
    number = record(station, BLAST).matter_id
    assert record(station, graver).matter_id == number
    done = aside(station, graver)
    assert (done.incident.id, done.incident.items, done.incident.figures["deaths"]) == (number, 1, 12)
    gone = record(station, graver)
    assert (gone.verdict, gone.tag, gone.matter_id, gone.decided_by) == ("decoy", "old_event", None, "值班员")
    assert states(done)[FIVE] is DeadlineState.OPEN
    back = report(station, graver)
    assert (back.incident.id, back.incident.items, back.incident.figures["deaths"]) == (number, 2, 31)
    assert (record(station, graver).verdict, record(station, graver).tag) == ("incident", "chemical")


def test_what_was_set_aside_returns_to_what_its_incident_has_become(station: Station) -> None:
    other, more = "甘肃张掖一仓库火灾致4人死亡", "甘肃张掖仓库火灾4人死亡 现场救援结束"
    tell(station, BLAST, other, minutes=5)
    tell(station, more, by="city")
    number = record(station, other).matter_id
    assert record(station, more).matter_id == number
    aside(station, more)
    into = record(station, BLAST).matter_id
    station.parts.desk.merge(number or 0, into or 0, by="值班员", now=station.clock())
    assert report(station, more).incident.id == into


def test_the_only_report_of_an_incident_is_not_set_aside(station: Station) -> None:
    tell(station, BLAST)
    with pytest.raises(OnlyReport):
        aside(station, BLAST)
    assert record(station, BLAST).verdict == "incident"
    tell(station, CALM)
    with pytest.raises(InNoIncident):
        aside(station, CALM)
    with pytest.raises(UnknownItem):
        station.parts.sorting.report(99, by="值班员", now=T0)


def test_a_report_that_belongs_to_a_dismissed_incident_takes_it_up_again(station: Station) -> None:
    tell(station, BLAST, minutes=5)
    number = record(station, BLAST).matter_id or 0
    station.parts.desk.dismiss(number, by="值班员", now=station.clock(), reason="误报")
    tell(station, TRIAL)
    done = report(station, TRIAL)
    assert (done.incident.id, done.incident.state) == (number, MatterState.OPEN)
    assert states(done)[FIVE] is DeadlineState.OPEN


def test_each_decision_is_kept_with_the_item_and_with_the_incident(station: Station) -> None:
    tell(station, BLAST, minutes=5)
    tell(station, TRIAL)
    done = report(station, TRIAL)
    aside(station, TRIAL, Decoy.COURT_CASE)
    with station.database.read() as connection:
        own = records.decisions(connection, item(station, TRIAL))
        log = [line.what for line in views.log(connection, done.incident.id) if line.by]
    assert [(d.verb, d.by, d.matter_id) for d in own] == [
        (Verb.REPORT, "值班员", done.incident.id),
        (Verb.SET_ASIDE, "值班员", done.incident.id),
    ]
    assert own[0].detail["was"]["class"] == "court_case"
    assert own[1].detail["as"] == "court_case"
    assert log == ["report", "set_aside"]


def test_every_class_counts_what_it_took_and_what_people_put_right(station: Station) -> None:
    tell(station, "甘肃陇南开展隧道坍塌事故应急演练 模拟9人遇难", ABROAD, CALM)
    station.clock.advance(hours=30)
    tell(station, DRILL, TRIAL)
    now = station.clock()

    def counted() -> dict[Decoy | None, tuple[int, int, int, int]]:
        with station.database.read() as connection:
            found = decoys.counts(connection, now - 24 * H, now - timedelta(days=30))
        assert [count.decoy for count in found] == [*Decoy, None]
        return {c.decoy: (c.day, c.month, c.put_right, c.by_people) for c in found}

    before = counted()
    assert before[Decoy.DRILL] == (1, 2, 0, 0)
    assert before[Decoy.FOREIGN] == (0, 1, 0, 0)
    assert before[Decoy.COURT_CASE] == (1, 1, 0, 0)
    assert before[None] == (0, 1, 0, 0)
    report(station, DRILL)
    assert counted()[Decoy.DRILL] == (0, 1, 1, 0)
    report(station, TRIAL)
    with station.database.read() as connection:
        assert [found.title for found in decoys.newest(connection, Decoy.FOREIGN, limit=5)] == [ABROAD]
        drills = decoys.newest(connection, Decoy.DRILL, limit=5)
        assert [found.title for found in decoys.newest(connection, None, limit=5)] == [CALM]
    assert [(found.word, found.decided_by) for found in drills] == [("应急演", "")]
