"""From the running clock to the held conference: planned, prepared, put off, held, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import text

from monitor.core.conferences.plan import Arrangement, Plan, PlanFlaw, PlanState
from monitor.core.conferences.tally import tally
from monitor.core.duties.alerting import Silence
from monitor.core.errors import Mistake, ReasonMissing
from monitor.core.model import AlertReason, AlertState, ResponseKind
from monitor.core.particulars import Conference
from monitor.core.views import AlertView
from monitor.loops.conferences import ConferenceWatch
from monitor.loops.deliver import scene_of
from monitor.store import conference_plans, particulars, views
from monitor.store.database import Database
from responders.desk.conferences import (
    ConferenceDesk,
    LoggedAlready,
    PlanChanged,
    PlanEnded,
    PlanInPast,
    PlannedAlready,
    UnknownPlan,
    UnknownTask,
)
from responders.desk.particulars import NotHeldYet, UnknownRank
from responders.documents.deadline_calendar import deadline_calendar
from responders.documents.messages import Composer
from tests.responders.console.scenes import deliver, explosion, flooding
from tests.responders.console.station import T0, Station

H, M = timedelta(hours=1), timedelta(minutes=1)
AT = T0 + 20 * H
WELL = Arrangement(at=AT, place="新闻发布厅", speaker="王某，局长", rank="head", inviter="市委宣传部", live="官方微博")


@pytest.fixture
def station(database: Database) -> Station:
    made = Station(database, "zh")
    explosion(made)
    made.clock.now = T0 + H
    made.watch()
    return made


def desk(station: Station) -> ConferenceDesk:
    return station.parts.desk.conferences


def plan(station: Station, arranged: Arrangement = WELL, *, seen: int | None = None, by: str = "王敏") -> Plan:
    return desk(station).plan(1, arranged, by=by, now=station.clock(), seen=seen)


def tick(station: Station, number: int, task: str, *, done: bool = True) -> Plan:
    return desk(station).tick(1, number, task, done=done, by="李强", now=station.clock())


def stored(station: Station, number: int) -> Plan:
    with station.database.read() as connection:
        found = conference_plans.plan(connection, number)
    assert found is not None
    return found


def look(station: Station, at: datetime | None = None) -> None:
    station.clock.now = at or station.clock.now
    ConferenceWatch(station.database, station.parts.pack, station.parts.conferences).tick(station.clock())


def alerts(station: Station, matter: int = 1) -> list[AlertView]:
    """Return the alerts about plans, oldest first."""
    with station.database.read() as connection:
        found = views.alerts(connection, matter_id=matter, limit=500)
    return sorted((one for one in found if one.reason is AlertReason.PLAN), key=lambda one: one.id)


def told(station: Station) -> list[str]:
    return [task for one in alerts(station) for task in one.detail["tasks"].split(",")]


def held(station: Station, **said: object) -> int:
    """Log the conference as held now; return the number of the response."""
    now = station.clock()
    beside = Conference(**{"place": "新闻发布厅", "speaker": "王某，局长", "rank": "head", "questions": 6, **said})  # type: ignore[arg-type]
    station.parts.desk.respond(
        1,
        ResponseKind.PRESS_CONFERENCE,
        title="事故新闻发布会",
        url="",
        published_at=now,
        by="王敏",
        now=now,
        particulars=beside,
    )
    with station.database.read() as connection:
        return max(one.id for one in views.responses(connection, matter_id=1))


def test_a_conference_is_prepared_step_by_step_and_held(station: Station) -> None:
    made = plan(station)
    look(station)
    assert told(station) == []
    for minute in range(0, 21 * 60 + 30, 10):
        look(station, T0 + H + minute * M)
        if station.clock() == AT - 11 * H:
            tick(station, made.id, "speaker")
        if station.clock() == AT - 7 * H:
            tick(station, made.id, "venue")
    tasks = [task.id for task in station.parts.conferences.tasks]
    assert told(station) == [task for task in tasks if task != "speaker"]
    assert {one.at for one in alerts(station)} == {
        AT - task.lead for task in station.parts.conferences.tasks if task.id != "speaker"
    }
    station.clock.now = AT + 30 * M
    number = held(station)
    assert stored(station, made.id).state is PlanState.HELD
    assert stored(station, made.id).response_id == number
    assert station.states()["OP-PRESS-24H"] == "met"
    look(station, AT + 90 * M)
    assert told(station).count("record") == 1


def test_however_often_and_by_how_many_it_is_looked_at_each_is_told_once(station: Station) -> None:
    plan(station)
    station.clock.now = AT - 12 * H
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: look(station), range(8)))
    assert told(station) == ["approval"]
    look(station, AT - 3 * H)
    look(station, AT - 3 * H)
    assert sorted(told(station)) == sorted(
        ["approval", "speaker", "venue", "invitation", "questions", "statement", "materials"]
    )
    assert len(alerts(station)) == 2, "what fell due while nobody looked is told together"


def test_what_is_ticked_before_it_was_sent_is_not_sent(station: Station) -> None:
    made = plan(station)
    look(station, AT - 4 * H)
    (waiting,) = alerts(station)
    tick(station, made.id, "statement")
    (fewer,) = alerts(station)
    assert "statement" not in fewer.detail["tasks"]
    assert fewer.state is AlertState.PENDING
    for task in waiting.detail["tasks"].split(","):
        tick(station, made.id, task)
    (silent,) = alerts(station)
    assert (silent.state, silent.silence) == (AlertState.SUPPRESSED, Silence.NO_LONGER_OPEN.value)
    # It turns out not to be done after all: nobody was told, so somebody is now.
    tick(station, made.id, "venue", done=False)
    look(station, AT - 4 * H + M)
    assert [one.detail["tasks"] for one in alerts(station)[1:]] == ["venue"]


def test_what_was_sent_is_not_told_again_when_it_is_opened_again(station: Station) -> None:
    made = plan(station)
    look(station, AT - 12 * H)
    deliver(station)
    assert alerts(station)[0].state is AlertState.SENT
    tick(station, made.id, "approval")
    tick(station, made.id, "approval", done=False)
    look(station, AT - 11 * H)
    assert told(station) == ["approval"]


def test_a_conference_that_is_put_off_is_told_of_by_its_new_time_only(station: Station) -> None:
    plan(station)
    look(station, AT - 12 * H)
    later = replace(WELL, at=AT + 5 * H)
    moved = plan(station, later, seen=1)
    assert (moved.version, moved.arranged.at) == (2, AT + 5 * H)
    (before,) = alerts(station)
    assert before.state is AlertState.SUPPRESSED
    for minute in range(0, 8 * 60, 30):
        look(station, AT - 12 * H + minute * M)
    assert told(station) == ["approval", "approval", "speaker"]
    assert alerts(station)[1].at == later.at - 12 * H


def test_a_change_of_anything_but_the_time_tells_nobody_again(station: Station) -> None:
    plan(station)
    look(station, AT - 12 * H)
    plan(station, replace(WELL, place="三楼会议室"), seen=1)
    look(station, AT - 11 * H)
    assert told(station) == ["approval"]
    assert alerts(station)[0].state is AlertState.PENDING


def test_a_conference_that_is_given_up_is_told_of_no_more(station: Station) -> None:
    made = plan(station)
    look(station, AT - 12 * H)
    with pytest.raises(ReasonMissing):
        desk(station).drop(1, made.id, by="王敏", now=station.clock(), reason=" ")
    desk(station).drop(1, made.id, by="王敏", now=station.clock(), reason="由省级统一召开")
    look(station, AT)
    (one,) = alerts(station)
    assert one.state is AlertState.SUPPRESSED
    with pytest.raises(PlanEnded):
        tick(station, made.id, "venue")
    with pytest.raises(PlanEnded):
        plan(station, replace(WELL, at=AT + H), seen=made.version)
    again = plan(station, replace(WELL, at=AT + H), seen=0)
    assert again.id != made.id


def test_one_that_was_logged_by_mistake_is_planned_again(station: Station) -> None:
    made = plan(station)
    station.clock.now = AT - 13 * H
    number = held(station)
    look(station, AT - 12 * H)
    assert alerts(station) == []
    station.parts.desk.retract(number, by="王敏", now=station.clock(), reason="误登")
    assert stored(station, made.id).state is PlanState.PLANNED
    look(station, AT - 12 * H)
    assert told(station) == ["approval"]


def test_a_conference_from_before_the_plan_is_another(station: Station) -> None:
    station.clock.now = T0 + 3 * H
    made = plan(station)
    now = station.clock()
    station.parts.desk.respond(
        1, ResponseKind.PRESS_CONFERENCE, title="首场", url="", published_at=now - H, by="王敏", now=now
    )
    assert stored(station, made.id).state is PlanState.PLANNED


def test_two_who_plan_at_once_are_told_of_each_other(station: Station) -> None:
    made = plan(station, seen=0)
    with pytest.raises(PlannedAlready):
        plan(station, replace(WELL, place="别处"), seen=0, by="李强")
    plan(station, replace(WELL, place="三楼"), seen=made.version)
    with pytest.raises(PlanChanged) as raised:
        plan(station, replace(WELL, place="四楼"), seen=made.version, by="李强")
    assert "王敏" in str(raised.value)
    assert stored(station, made.id).arranged.place == "三楼"


@pytest.mark.parametrize(
    ("arranged", "refused"),
    [(replace(WELL, at=T0), PlanInPast), (replace(WELL, rank="chief"), UnknownRank)],
)
def test_what_cannot_be_planned_is_refused(station: Station, arranged: Arrangement, refused: type[Mistake]) -> None:
    with pytest.raises(refused) as raised:
        plan(station, arranged)
    assert station.parts.words.mistake(raised.value) != str(raised.value)
    with station.database.read() as connection:
        assert conference_plans.coming(connection) == []


def test_a_strange_task_or_plan_is_refused(station: Station) -> None:
    made = plan(station)
    with pytest.raises(UnknownTask):
        tick(station, made.id, "flowers")
    flooding(station)
    with pytest.raises(UnknownPlan):
        desk(station).tick(2, made.id, "venue", done=True, by="李强", now=station.clock())


def test_a_conference_to_come_is_not_logged_as_held(station: Station) -> None:
    now = station.clock()
    with pytest.raises(NotHeldYet) as raised:
        station.parts.desk.respond(
            1, ResponseKind.PRESS_CONFERENCE, title="发布会", url="", published_at=AT, by="王敏", now=now
        )
    assert "举行之后才能登记" in station.parts.words.mistake(raised.value)


def test_what_is_wrong_is_said_at_once(station: Station) -> None:
    def wrong(arranged: Arrangement) -> tuple[PlanFlaw, ...]:
        with station.database.read() as connection:
            incident = views.incident(connection, 1)
            assert incident is not None
            return desk(station).flaws(connection, incident, arranged, station.clock())

    assert wrong(WELL) == ()
    assert wrong(replace(WELL, at=T0 + 25 * H)) == (PlanFlaw.AFTER_DEADLINE,)
    assert wrong(replace(WELL, rank="deputy")) == (PlanFlaw.LOW_SPEAKER,)
    assert wrong(replace(WELL, speaker="")) == (PlanFlaw.NO_SPEAKER,)
    held(station)
    assert wrong(replace(WELL, at=T0 + 25 * H)) == (), "the duty is met: no time is owed any more"


def test_the_message_names_what_is_open_and_leads_to_the_plan(station: Station) -> None:
    plan(station)
    look(station, AT - 10 * H)
    (one,) = alerts(station)
    assert one.page, "the speaker is one for whom people are woken"
    with station.database.read() as connection:
        scene = scene_of(connection, one, station.clock())
    message = Composer(station.parts.words, station.parts.names, "http://h").message(scene)
    assert "2026-07-10 16:00" in message.body
    assert "发布会方案报批" in message.body
    assert "主发布人" in message.body
    assert message.links[0].url == "http://h/incidents/1/conference"
    assert message.title.startswith("发布会筹备")


def test_a_dismissed_incident_asks_for_nothing_until_it_is_taken_up_again(station: Station) -> None:
    plan(station)
    station.parts.desk.dismiss(1, by="王敏", now=station.clock(), reason="误报")
    look(station, AT - 12 * H)
    assert alerts(station) == []
    station.parts.desk.confirm(1, by="王敏", now=station.clock())
    look(station, AT - 11 * H)
    assert told(station) == ["approval"]


def test_a_merge_takes_the_plan_along_and_an_undo_gives_it_back(station: Station) -> None:
    flooding(station)
    made = plan(station)
    look(station, AT - 12 * H)
    now = station.clock()
    merged = station.parts.desk.merge(1, 2, by="王敏", now=now)
    assert stored(station, made.id).matter_id == 2
    assert alerts(station)[0].state is AlertState.SUPPRESSED
    look(station, AT - 12 * H + M)
    assert [one.detail["tasks"] for one in alerts(station, 2)] == ["approval"], "told of the one that it belongs to"
    with station.database.read() as connection:
        decision = connection.exec_driver_sql(
            "SELECT max(id) FROM decision WHERE verb = 'merge' AND matter_id = 2"
        ).scalar_one()
    assert merged.incident.id == 2
    station.parts.desk.undo(2, decision, by="王敏", now=station.clock())
    assert stored(station, made.id).matter_id == 1


def test_the_calendar_holds_the_conference_and_moves_with_it(station: Station) -> None:
    made = plan(station)
    composer = Composer(station.parts.words, station.parts.names, "http://h")

    def events() -> list[object]:
        with station.database.read() as connection:
            coming = [(one, "仓库爆炸\r\nATTENDEE:x", False) for one in conference_plans.coming(connection)]
        file = deadline_calendar([], composer, name="局", now=station.clock(), plans=coming)
        return list(Calendar.from_ical(file.decode()).walk("VEVENT"))

    (first,) = events()
    assert first["dtstart"].dt == AT  # type: ignore[index]
    assert str(first["location"]) == "新闻发布厅"  # type: ignore[index]
    assert "ATTENDEE" not in first  # type: ignore[operator]
    plan(station, replace(WELL, at=AT + H), seen=made.version)
    (second,) = events()
    assert second["uid"] == first["uid"]  # type: ignore[index]
    assert second["sequence"] > first["sequence"]  # type: ignore[index]
    assert second["dtstart"].dt == AT + H  # type: ignore[index]
    desk(station).drop(1, made.id, by="王敏", now=station.clock(), reason="取消")
    assert events() == []


def test_the_year_counts_what_was_held_for_incidents_and_by_routine(station: Station) -> None:
    routine = Conference(speaker="李某", rank="deputy")
    at = T0 - 40 * H
    desk(station).add_routine(routine, held_at=at, title="例行发布会", by="王敏", now=station.clock())
    with pytest.raises(LoggedAlready):
        desk(station).add_routine(routine, held_at=at, title="再次", by="王敏", now=station.clock())
    with pytest.raises(UnknownRank):
        desk(station).add_routine(replace(routine, rank="x"), held_at=at - H, title="x", by="x", now=station.clock())
    first = held(station)
    station.clock.now += 2 * H
    held(station, rank="", speaker="")
    station.parts.desk.retract(first, by="王敏", now=station.clock(), reason="误登")
    with station.database.read() as connection:
        counted = tally(particulars.held(connection), 2026, station.parts.conferences)
    assert (dict(counted.routine), dict(counted.incidents)) == ({"deputy": 1}, {"": 1})


def test_what_was_planned_stands_in_the_audit_log(station: Station) -> None:
    made = plan(station)
    tick(station, made.id, "venue")
    with station.database.read() as connection:
        kinds = connection.execute(text("SELECT kind FROM audit WHERE kind LIKE 'conference%' ORDER BY id")).all()
        verbs = [line.what for line in views.log(connection, 1) if line.by]
    assert [kind for (kind,) in kinds] == ["conference_plan.added", "conference_tick.added"]
    assert verbs == ["plan"]


def test_planning_silences_no_reminder_of_the_deadline(station: Station) -> None:
    plan(station)
    with station.database.read() as connection:
        incident = views.incident(connection, 1)
    assert incident is not None
    assert incident.acted_at is None
