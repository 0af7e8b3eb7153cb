"""Working days, chains of reports and recurring duties over a real database: kept in versions, moved when they move."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.config.calendars import shipped_calendar
from monitor.config.own_calendar import load_calendars
from monitor.config.rules import load_pack
from monitor.config.settings import Settings, SettingsFile
from monitor.core.duties.calendar import Calendar
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import Anchor, DeadlineState, Level, ResponseKind
from monitor.core.troubles import FAULTS
from monitor.core.views import DeadlineView
from monitor.loops.calendars import CalendarWatch, NotRedated
from monitor.loops.watch import Watch
from monitor.store import calendars, engine, people, views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, TransitionRow
from monitor.store.tables_faults import TroubledRow
from monitor.store.tables_terms import CalendarDayRow
from responders.documents.messages import Composer, Scene
from tests.responders.console.station import REGION, Station
from tests.story.roster import DUTY

TRANSITION = of(TransitionRow)
H = timedelta(hours=1)
T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
BLAST = "甘肃白银一化工厂爆炸致12死30伤"
NOTE = "    source: {document: 文, article: 条, quote: 句}\n    verified: true\n"
PACK = f"""id: own
version: "1"
obligations:
  - id: FIRST
    name: {{zh: 首次发布, en: First release}}
    applies: {{at_least: 重大}}
    anchors: [occurred, first_reported]
    due: 5h
    satisfied_by: [authoritative_release]
{NOTE}  - id: OTHER
    name: {{zh: 其他回应, en: Other response}}
    applies: {{below: 重大, concern: {{severity: 较大}}}}
    anchors: [first_reported]
    due: 48h
    satisfied_by: [reply]
{NOTE}  - id: CLIMB
    name: {{zh: 逐级上报, en: Upward report}}
    applies: {{at_least: 一般}}
    anchors: [first_reported]
    due: 2h
    chain: {{levels: [city, province, state], up_to: {{一般: city, 较大: province, 重大: state}}}}
    satisfied_by: [upward_report]
{NOTE}  - id: FOLLOW
    name: {{zh: 续报, en: Follow-up report}}
    applies: {{at_least: 重大, after: [upward_report]}}
    anchors: [reported]
    every: {{at: ["08:30", "17:00"], until: [investigation_report]}}
    satisfied_by: [supplementary_report]
    reminders: {{before: [1h]}}
{NOTE}  - id: INQUIRY
    name: {{zh: 调查报告, en: Investigation report}}
    applies: {{at_least: 重大}}
    anchors: [occurred, first_reported]
    due: 60d
    roll: true
    satisfied_by: [investigation_report]
{NOTE}  - id: PUBLISH
    name: {{zh: 处理公布, en: Publication}}
    applies: {{at_least: 一般}}
    anchors: [approved]
    due: 20wd
    satisfied_by: [handling_publication]
    reminders: {{before: [24h]}}
{NOTE}"""
NOTICE = """version: 1
calendars:
  cn:
    published: [2027]
    days:
      - {from: 2027-01-01, to: 2027-01-03, is: free, note: 元旦}
      - {day: 2026-12-26, is: working, note: 元旦调休}
"""


@pytest.fixture
def station(database: Database, tmp_path: Path) -> Station:
    """Return a bureau with a rule pack of its own and room for days of its own."""
    found = Station(database)
    (tmp_path / "own.yaml").write_text(PACK, encoding="utf-8")
    form = SettingsFile.model_validate({"language": "en", "bureau": {"region": REGION}})
    found.parts.settings = Settings(form, None)
    found.parts.rules = load_pack(str(tmp_path / "own.yaml"))
    del found.parts.pack
    return found


def deadlines(station: Station, obligation: str) -> list[DeadlineView]:
    with station.database.read() as connection:
        found = [d for d in views.deadlines(connection) if d.obligation_id == obligation]
    return sorted(found, key=lambda d: d.ordinal)


def blast(station: Station, title: str = BLAST) -> int:
    station.tell(title)
    with station.database.read() as connection:
        return views.incidents(connection)[0].id


def respond(station: Station, kind: str, level: Level | None = None, after: timedelta = timedelta(0)) -> None:
    station.clock.now += after
    desk, now = station.parts.desk, station.clock()
    title = f"{kind} {now}"
    desk.respond(1, ResponseKind(kind), title=title, url="", published_at=now, by="值班员", now=now, level=level)


def watch(station: Station) -> None:
    Watch(station.database, station.parts.pack, REGION).tick(station.clock())


def redate(station: Station, calendar: Calendar) -> int:
    leg = CalendarWatch(station.database, station.parts.pack, REGION, lambda: {"cn": calendar})
    return leg.tick(station.clock())


def causes(station: Station, obligation: str) -> list[str]:
    query = select(TRANSITION).where(TRANSITION.c.obligation_id == obligation).order_by(TRANSITION.c.id)
    with station.database.read() as connection:
        return [row.cause for row in connection.execute(query)]


def test_an_accident_from_the_first_report_to_the_publication(station: Station) -> None:
    blast(station)
    assert [d.level for d in deadlines(station, "CLIMB")] == [Level.CITY]
    respond(station, "upward_report", Level.PROVINCE, after=H)
    hops = deadlines(station, "CLIMB")
    assert [(d.level, d.state.value) for d in hops] == [
        (Level.CITY, "met"), (Level.PROVINCE, "met"), (Level.STATE, "open")
    ]  # fmt: skip
    assert hops[2].due_at == T0 + 3 * H
    # 21:00 in Beijing: the next report is due in the morning, and a missed one does not stop that of the afternoon.
    assert [d.due_at for d in deadlines(station, "FOLLOW")] == [datetime(2026, 7, 10, 0, 30, tzinfo=UTC)]
    station.clock.now = datetime(2026, 7, 10, 0, 31, tzinfo=UTC)
    watch(station)
    assert [d.state for d in deadlines(station, "FOLLOW")] == [DeadlineState.MISSED, DeadlineState.OPEN]
    station.clock.now = datetime(2026, 7, 10, 8, 0, tzinfo=UTC)
    respond(station, "supplementary_report")
    assert [d.state.value for d in deadlines(station, "FOLLOW")] == ["missed", "met", "open"]
    [inquiry] = deadlines(station, "INQUIRY")
    assert inquiry.due_at == datetime(2026, 9, 7, 16, 0, tzinfo=UTC)
    respond(station, "investigation_report", after=timedelta(days=20))
    assert deadlines(station, "INQUIRY")[0].state is DeadlineState.MET
    assert deadlines(station, "FOLLOW")[-1].state is DeadlineState.WITHDRAWN
    assert deadlines(station, "PUBLISH") == []
    respond(station, "approval", after=timedelta(days=10))
    [publish] = deadlines(station, "PUBLISH")
    assert publish.anchor is Anchor.APPROVED
    assert (publish.calendar, publish.calendar_version, publish.estimated) == ("cn", 1, False)
    assert publish.due_at == Term(20, Unit.WORKING_DAY).end(station.clock(), shipped_calendar("cn")).at
    assert publish.anchors.keys() >= {
        Anchor.FIRST_REPORTED, Anchor.FIRST_SEEN, Anchor.LEARNED, Anchor.REPORTED, Anchor.FORMED, Anchor.APPROVED
    }  # fmt: skip


def late_approval(station: Station) -> DeadlineView:
    """Let a case be approved on 7 December 2026, so that its 20 working days reach into 2027."""
    blast(station)
    station.clock.now = datetime(2026, 12, 7, 4, 0, tzinfo=UTC)
    respond(station, "approval")
    [found] = deadlines(station, "PUBLISH")
    return found


def test_a_date_in_an_unannounced_year_is_an_estimate_until_the_notice_is_entered(
    station: Station, tmp_path: Path
) -> None:
    before = late_approval(station)
    assert before.estimated
    composer = Composer(station.parts.words, station.parts.names)
    with station.database.read() as connection:
        told_of = [a for a in views.alerts(connection, limit=500) if a.obligation_id == "PUBLISH"]
        [incident] = views.incidents(connection)
    [opening] = [alert for alert in told_of if alert.point == "opened"]
    told = composer.message(Scene(opening, incident, before, (before,), (), station.clock()))
    assert any("estimate" in line.value for line in told.lines)
    assert redate(station, shipped_calendar("cn")) == 0
    (tmp_path / "days.yaml").write_text(NOTICE, encoding="utf-8")
    announced = load_calendars(tmp_path / "days.yaml")["cn"]
    assert redate(station, announced) == 1
    [after] = deadlines(station, "PUBLISH")
    assert (after.estimated, after.calendar_version) == (False, 2)
    # A working day more on 26 December: the end comes a day earlier.
    assert after.due_at == before.due_at - timedelta(days=1)
    assert causes(station, "PUBLISH")[-1] == "calendar"
    with station.database.read() as connection:
        moved = [a.point for a in views.alerts(connection, limit=500) if a.point.startswith("calendar:")]
    assert moved == ["calendar:2"]
    assert redate(station, announced) == 0


def test_an_older_program_takes_over_the_newer_days_and_moves_nothing_back(station: Station) -> None:
    late_approval(station)
    old = shipped_calendar("cn")
    new = replace(old, data="99.0", years=old.years and old.years | {2027})
    assert redate(station, new) == 1
    [moved] = deadlines(station, "PUBLISH")
    assert redate(station, old) == 0
    with station.database.read() as connection:
        held = calendars.newest(connection, "cn")
    assert held is not None
    assert (held.version, held.data, held.days == new.days) == (2, "99.0", True)
    # The watch of a process that began under the older days leaves the newer date as it is.
    station.clock.now += H
    watch(station)
    assert deadlines(station, "PUBLISH") == [moved]


def test_each_version_keeps_its_days(station: Station, tmp_path: Path) -> None:
    (tmp_path / "days.yaml").write_text(NOTICE, encoding="utf-8")
    assert station.parts.pack.obligations[0].calendar.version == 1
    redate(station, load_calendars(tmp_path / "days.yaml")["cn"])
    day = of(CalendarDayRow)
    with station.database.read() as connection:
        kept = Counter(row.version for row in connection.execute(select(day)))
    assert kept[2] == kept[1] + 4
    # Taken back, what was said before is said anew: a third version, not the first.
    redate(station, shipped_calendar("cn"))
    with station.database.read() as connection:
        held = calendars.newest(connection, "cn")
    assert held is not None
    assert held.version == 3


def test_a_broken_matter_stops_no_other_from_being_redated(station: Station) -> None:
    late_approval(station)
    deadline = of(DeadlineRow)
    with station.database.write() as connection:
        connection.execute(deadline.update().where(deadline.c.obligation_id == "FIRST").values(anchor="nowhere"))
    old = shipped_calendar("cn")
    with pytest.raises(NotRedated) as told:
        redate(station, replace(old, data="99.0"))
    assert told.value.facts["ids"] == "1"


def test_a_matter_that_cannot_be_redated_is_kept_told_to_whom_it_concerns_and_left_alone_after_some_faults(
    station: Station,
) -> None:
    station.parts.pack = replace(station.parts.pack, duty=DUTY)
    late_approval(station)
    deadline = of(DeadlineRow)
    broken = deadline.update().where(deadline.c.obligation_id == "FIRST")
    with station.database.write() as connection:
        connection.execute(broken.values(anchor="nowhere"))
    newer = replace(shipped_calendar("cn"), data="99.0")
    for _ in range(FAULTS + 2):
        with pytest.raises(NotRedated):
            redate(station, newer)
        station.clock.now += timedelta(seconds=5)
    with station.database.read() as connection:
        [kept] = connection.execute(select(of(TroubledRow)))
        [fault] = [alert for alert in views.alerts(connection) if alert.point == "fault"]
        [audience] = people.audiences(connection, [fault.id])[fault.id]
    assert (kept.leg, kept.row, kept.faults) == ("calendar", "1", FAULTS)
    assert audience.contact in DUTY.rotas["duty"].layers[0].members
    # Mended, it is redated with the next try and forgotten.
    with station.database.write() as connection:
        connection.execute(broken.values(anchor="occurred"))
    station.clock.now += H
    assert redate(station, newer) == 1
    with station.database.read() as connection:
        assert connection.execute(select(of(TroubledRow))).all() == []


def test_every_outcome_can_be_reached(station: Station) -> None:
    """Met, met late, missed, waived, not applicable, superseded, withdrawn: each with its cause in the log."""
    number = blast(station, "甘肃白银一化工厂爆炸致4死")
    assert [d.state.value for d in deadlines(station, "OTHER")] == ["open"]
    station.tell(BLAST)
    assert [d.state.value for d in deadlines(station, "OTHER")] == ["superseded"]
    assert causes(station, "OTHER")[-1] == "regraded"
    respond(station, "upward_report", Level.CITY, after=H)
    assert deadlines(station, "CLIMB")[0].state is DeadlineState.MET
    respond(station, "authoritative_release", after=5 * H)
    assert deadlines(station, "FIRST")[0].state is DeadlineState.MET_LATE
    watch(station)
    assert deadlines(station, "CLIMB")[1].state is DeadlineState.MISSED
    hop = deadlines(station, "CLIMB")[1].id
    station.parts.desk.waive(hop, by="值班长", now=station.clock(), reason="市局代报")
    assert deadlines(station, "CLIMB")[1].state is DeadlineState.WAIVED
    station.parts.desk.dismiss(number, by="值班长", now=station.clock(), reason="误报")
    assert deadlines(station, "INQUIRY")[0].state is DeadlineState.WITHDRAWN
    station.tell("甘肃张掖一煤矿透水致11人死亡", at=station.clock() - timedelta(days=90))
    assert {d.state for d in deadlines(station, "FIRST")} == {DeadlineState.MET_LATE, DeadlineState.NOT_APPLICABLE}


def test_turns_that_are_over_are_not_counted_among_those_that_a_response_would_settle(station: Station) -> None:
    blast(station)
    respond(station, "upward_report", Level.STATE)
    station.clock.now += timedelta(days=2)
    watch(station)
    turns = deadlines(station, "FOLLOW")
    assert sum(turn.state is DeadlineState.MISSED for turn in turns) > sum(turn.live for turn in turns) - 1 > 0
    with station.database.read() as connection:
        counted = engine.live_deadlines(connection)
        live = [d.state.value for d in views.deadlines(connection, live=True)]
    assert counted == Counter(live)
