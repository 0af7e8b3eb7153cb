"""What would let a running clock stand wrong, stop or never start: each is mended, or a person is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitor.core.errors import ResponseBeforeIncident
from monitor.core.fetched import Entry
from monitor.core.model import Anchor, DeadlineState
from monitor.loops.ingest.take import among_old
from monitor.store.database import Database
from tests.responders.console.station import T0, Station
from tests.story.test_desk import DAY, FIVE, TWO_DAYS, deadlines, desk, incident, news, points, respond, state_of

H = timedelta(hours=1)
M = timedelta(minutes=1)
HOME = "甘肃白银一养老院火灾致16人死亡"


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def test_an_hour_read_after_the_first_report_neither_keeps_the_clock_late_nor_refuses_the_response(
    station: Station,
) -> None:
    briefing = "9日20时15分，火场扑救由市长指挥。"
    number = news(station, HOME, text=briefing, at=T0 + 30 * M)
    assert incident(station, number).occurred_at == T0 + 15 * M
    station.clock.advance(minutes=10)
    assert news(station, "甘肃白银养老院火灾已致16人死亡", by="city", at=T0 - 90 * M) == number
    assert incident(station, number).occurred_at is None
    first = deadlines(station, number)[FIVE]
    assert (first.anchor, first.due_at) == (Anchor.FIRST_REPORTED, T0 - 90 * M + 5 * H)
    with pytest.raises(ResponseBeforeIncident):
        respond(station, number, T0 - 4 * H)
    assert state_of(respond(station, number, T0 - H), FIVE) is DeadlineState.MET


def test_one_old_report_does_not_keep_the_clock_of_a_living_incident_from_opening(station: Station) -> None:
    number = news(station, HOME, at=T0 - 80 * H)
    assert deadlines(station, number)[FIVE].state is DeadlineState.NOT_APPLICABLE
    assert points(station, number) == []
    station.clock.advance(minutes=5)
    assert news(station, "甘肃白银养老院火灾已致16人死亡", by="city") == number
    assert deadlines(station, number)[FIVE].state is DeadlineState.MISSED
    assert "opened" in points(station, number)


def test_a_person_may_open_a_clock_that_was_too_old_even_after_a_dismissal(station: Station) -> None:
    number = news(station, HOME, at=T0 - 80 * H)
    desk(station).dismiss(number, by="值班员", now=T0 + M, reason="旧闻")
    assert deadlines(station, number)[FIVE].state is DeadlineState.NOT_APPLICABLE
    done = desk(station).confirm(number, by="值班员", now=T0 + 2 * M)
    assert state_of(done, FIVE) is DeadlineState.MISSED
    assert "opened" in points(station, number)


def test_an_undated_report_of_what_was_too_old_asks_a_person(station: Station) -> None:
    number = news(station, HOME, at=T0 - 80 * H)
    station.tell("甘肃白银养老院火灾已致16人死亡", by="city", dated=False)
    assert points(station, number) == ["too_old"]
    assert deadlines(station, number)[FIVE].state is DeadlineState.NOT_APPLICABLE


def test_a_merge_into_an_incident_without_clocks_leaves_them_running_and_asks(station: Station) -> None:
    running = news(station, "甘肃白银一煤矿透水13人被困")
    before = deadlines(station, running)
    assert set(before) == {FIVE, DAY, TWO_DAYS}
    station.clock.advance(minutes=20)
    rescued = news(station, "甘肃张掖一商场火灾 被困3人全部获救 无人员伤亡", by="city")
    assert rescued != running
    assert deadlines(station, rescued) == {}
    desk(station).merge(running, rescued, by="值班员", now=station.clock())
    after = deadlines(station, rescued)
    assert {name: (d.due_at, d.state) for name, d in after.items()} == {
        name: (d.due_at, DeadlineState.OPEN) for name, d in before.items()
    }
    assert {d.state for d in deadlines(station, running).values()} == {DeadlineState.SUPERSEDED}
    station.clock.advance(hours=6)
    station.watch()
    assert deadlines(station, rescued)[FIVE].state is DeadlineState.MISSED
    assert "due" in points(station, rescued)


def test_a_merge_keeps_running_what_was_waived_for_the_other_only(station: Station) -> None:
    running, waived = news(station, "甘肃白银一煤矿透水13人被困"), news(station, HOME, by="city")
    for deadline in deadlines(station, waived).values():
        desk(station).waive(deadline.id, by="局长", now=T0 + M, reason="由省级统一发布")
    desk(station).merge(running, waived, by="值班员", now=T0 + 2 * M)
    assert deadlines(station, waived)[FIVE].state is DeadlineState.OPEN


def test_a_merge_into_an_answered_incident_reopens_no_duty(station: Station) -> None:
    running, answered = news(station, "甘肃白银一煤矿透水13人被困"), news(station, HOME, by="city")
    station.clock.advance(hours=1)
    respond(station, answered, T0 + 30 * M)
    done = desk(station).merge(running, answered, by="值班员", now=station.clock())
    assert state_of(done, FIVE) is DeadlineState.MET
    assert [d.state for d in done.deadlines if d.obligation_id == FIVE] == [DeadlineState.MET]


@pytest.mark.parametrize(
    ("ages", "old"),
    [
        ([None], []),
        ([0, None, 9], []),
        ([None, 9], []),
        ([0, 9, None], [2]),
        ([9, None, None, 8], [1, 2]),
        ([9, None, 0], []),
        ([None, None], []),
    ],
)
def test_a_sources_order_shows_which_undated_entries_are_old(ages: list[int | None], old: list[int]) -> None:
    days = [None if age is None else date(2026, 7, 9) - timedelta(days=age) for age in ages]
    entries = [Entry(key=str(n), title="标题", published_day=day) for n, day in enumerate(days)]
    assert among_old(entries, 72 * H, T0) == {str(n) for n in old}
