"""Deadlines armed at Slack: while we are well it stays silent, when we are dead it speaks, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest

from monitor.core.duties.arming import ArmedState
from monitor.core.model import AlertReason, ResponseKind
from monitor.loops.arming import Arming, NotArmed
from monitor.loops.deliver import Deliver, Outlet
from monitor.store import armed, views
from monitor.store.database import Database
from responders.channels.slack import Slack
from responders.channels.slack_schedule import SlackSchedule
from responders.documents.armed import armed_text
from responders.documents.messages import Composer
from tests.responders.console.scenes import explosion, flooding
from tests.responders.console.station import T0, Station
from tests.responders.fakes.slack import FakeSlack, Held
from tests.responders.fakes.web import Fault
from tests.story.outbox import Killed, at_once

CHANNEL = "C0123ABCD"
# The explosion of 19:40, twenty minutes before T0: 60, 30 and 10 minutes before 00:40 and at it, with the grace.
FIVE_HOURS = [225, 255, 275, 290]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Night:
    """A bureau with one Slack channel; `alive` says whether the service runs, `reached` whether its alerts get out."""

    station: Station
    fake: FakeSlack
    alive: bool = True
    reached: bool = True
    arming: Arming = field(init=False)
    deliver: Deliver = field(init=False)

    def __post_init__(self) -> None:
        parts = self.station.parts
        composer = Composer(parts.words, parts.names, "", self.station.parts.region)
        self.slack = Slack(name="slack", token=self.fake.token, channel=CHANNEL, base_url=self.fake.base_url, timeout=2)
        outlet = Outlet(self.slack, frozenset(AlertReason))
        clock = self.station.clock
        self.deliver = Deliver(self.station.database, outlet, [outlet], lambda _, s: composer.message(s), clock)
        self.arming = self.process()

    def process(self) -> Arming:
        parts = self.station.parts
        composer = Composer(parts.words, parts.names, "", self.station.parts.region)
        write = partial(armed_text, composer)
        return Arming(self.station.database, SlackSchedule(self.slack), parts.pack, write, self.station.clock)

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            if self.alive:
                self.station.watch()
                if self.reached:
                    self.deliver.tick(self.station.clock())
                with suppress(NotArmed):
                    self.arming.tick(self.station.clock())

    def until(self, minutes: float, *, step: float = 1) -> None:
        """Let time pass up to `minutes` after T0."""
        while self.station.clock.now < T0 + minutes * MINUTE:
            self.station.clock.now = min(self.station.clock.now + step * MINUTE, T0 + minutes * MINUTE)
            self.tick()

    def held(self, obligation: str = "OP-AUTH-5H") -> list[int]:
        """Return for how many minutes after T0 Slack holds warnings of a deadline."""
        with self.station.database.read() as connection:
            clocks = {d.id: d.obligation_id for d in views.deadlines(connection)}
            rows = connection.execute(armed.ARMED.select()).all()
            of = {row.provider_id: clocks[row.deadline_id] for row in rows if row.provider_id}
        held = [one for one in self.fake.held if of.get(one.id) == obligation]
        return sorted(round((one.post_at - T0.timestamp()) / 60) for one in held)

    def spoken(self) -> list[str]:
        """Return what Slack itself said."""
        return [post.text for post in self.fake.posts() if "HY-" in post.text]

    def states(self) -> list[str]:
        with self.station.database.read() as connection:
            return sorted(row.state for row in connection.execute(armed.ARMED.select()))


@pytest.fixture
def night(database: Database) -> Iterator[Night]:
    station = Station(database, language="zh")
    with FakeSlack(clock=lambda: station.clock().timestamp(), burst=50) as fake:
        explosion(station)
        yield Night(station, fake)


def opened(night: Night) -> Night:
    """Return the night once everything is armed: five hours from 19:40; minutes are counted from 20:00."""
    night.tick(6)
    assert night.held() == FIVE_HOURS
    return night


def test_when_a_deadline_opens_slack_holds_its_last_warnings(night: Night) -> None:
    opened(night)
    assert night.held("OP-PRESS-24H") == [19 * 60 + 45, 22 * 60 + 45, 23 * 60 + 15, 23 * 60 + 50]
    first = min(night.fake.held, key=lambda one: one.post_at)
    assert "首次权威信息发布" in first.text
    assert "Slack" in first.text
    assert "<" not in first.text.replace("&lt;", "")


def test_while_the_service_is_well_slack_says_nothing_by_itself(night: Night) -> None:
    opened(night).until(300)
    assert night.spoken() == []
    assert night.held() == []
    own = {
        post.key.split(":", 4)[4].partition("@")[0] for post in night.fake.channels[CHANNEL] if ":OP-AUTH" in post.key
    }
    assert {"before:60m", "before:30m", "before:10m", "due"} <= own, "we said it ourselves"


def test_a_dead_service_is_spoken_for_at_every_point(night: Night) -> None:
    opened(night)
    night.alive = False
    night.until(224)
    assert night.spoken() == []
    night.until(226)
    assert len(night.spoken()) == 1
    assert "0:55" in night.spoken()[0]
    night.until(380)
    assert len(night.spoken()) == 4
    assert "已超时 0:10" in night.spoken()[3]


def test_a_service_that_comes_back_takes_over_and_says_what_slack_said(night: Night) -> None:
    opened(night)
    night.alive = False
    night.until(230)
    assert len(night.spoken()) == 1
    night.alive = True
    night.until(300)
    assert len(night.spoken()) == 1, "the rest was said by the service itself"
    assert night.states().count("posted") == 1


def test_a_response_takes_everything_back(night: Night) -> None:
    opened(night)
    night.station.clock.now = T0 + 100 * MINUTE
    night.station.parts.desk.respond(
        1,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="情况通报",
        url="https://release.example.cn/1.html",
        published_at=night.station.clock(),
        by="王某",
        now=night.station.clock(),
    )
    night.tick(8)
    assert night.held() == []
    assert night.held("OP-PRESS-24H") != []
    night.alive = False
    night.until(310)
    assert night.spoken() == []


def test_a_dismissal_takes_everything_back_and_a_confirmation_arms_again(night: Night) -> None:
    opened(night)
    desk = night.station.parts.desk
    desk.dismiss(1, by="王某", now=night.station.clock(), reason="演练")
    night.tick(8)
    assert night.fake.held == []
    desk.confirm(1, by="王某", now=night.station.clock())
    night.tick(8)
    assert night.held() == FIVE_HOURS


def test_a_presumed_deadline_is_armed_once_a_person_confirms_it(night: Night) -> None:
    flooding(night.station)
    night.tick(12)
    before = len(night.fake.held)
    night.station.parts.desk.confirm(2, by="王某", now=night.station.clock())
    night.tick(12)
    assert len(night.fake.held) > before


def test_where_our_alerts_do_not_get_out_slack_speaks_although_we_live(night: Night) -> None:
    opened(night)
    night.reached = False
    night.until(226)
    assert len(night.spoken()) == 1


def test_a_process_that_dies_after_slack_took_a_warning_asks_and_places_none_twice(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = SlackSchedule.place

    def dying(schedule: SlackSchedule, *arguments: object) -> str:
        place(schedule, *arguments)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(SlackSchedule, "place", dying)
        with pytest.raises(Killed):
            night.tick()
    assert len(night.fake.held) == 1
    night.station.clock.now += 3 * MINUTE
    night.arming = night.process()
    night.tick(8)
    assert night.held() == FIVE_HOURS
    assert len({one.post_at for one in night.fake.held}) == len(night.fake.held)


def test_a_process_that_dies_before_slack_heard_of_it_loses_no_warning(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> str:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(SlackSchedule, "place", dying)
        with pytest.raises(Killed):
            night.tick()
    assert night.fake.held == []
    night.station.clock.now += 3 * MINUTE
    night.tick(8)
    assert night.held() == FIVE_HOURS


@pytest.mark.parametrize("arrived", [True, False])
def test_a_process_that_dies_while_taking_back_leaves_no_false_warning(
    night: Night, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    opened(night)
    remove = SlackSchedule.remove

    def dying(schedule: SlackSchedule, identifier: str) -> bool:
        if arrived:
            remove(schedule, identifier)
        raise Killed

    night.station.parts.desk.dismiss(1, by="王某", now=night.station.clock(), reason="演练")
    with monkeypatch.context() as patch:
        patch.setattr(SlackSchedule, "remove", dying)
        with pytest.raises(Killed):
            night.tick()
    night.station.clock.now += 3 * MINUTE
    night.tick(8)
    assert night.fake.held == []
    assert set(night.states()) == {ArmedState.REMOVED.value}


@pytest.mark.parametrize("fault", [Fault.DROPPED_REPLY, Fault.SERVER_ERROR, Fault.THROTTLED, Fault.GARBAGE])
def test_whatever_slack_answers_in_the_end_each_warning_stands_once(night: Night, fault: Fault) -> None:
    night.fake.fail(fault, on="schedule", times=3)
    for _ in range(20):
        night.station.clock.now += MINUTE
        night.tick()
    assert night.held() == FIVE_HOURS
    assert len({one.post_at for one in night.fake.held}) == len(night.fake.held)


def test_a_provider_that_refuses_is_told_to_people_until_it_takes_them(night: Night) -> None:
    night.station.watch()
    night.fake.not_joined.add(CHANNEL)
    for _ in range(2):
        with pytest.raises(NotArmed) as told:
            night.arming.tick(night.station.clock())
        assert "not_in_channel" in str(told.value)
        night.station.clock.now += timedelta(seconds=5)
    night.fake.not_joined.clear()
    night.station.clock.now += 6 * MINUTE
    night.tick(8)
    assert night.held() == FIVE_HOURS


def test_several_processes_place_each_warning_once(night: Night) -> None:
    processes = [night.process() for _ in range(3)]
    night.station.watch()
    for _ in range(6):
        assert at_once(*[partial(process.tick, night.station.clock()) for process in processes]) == []
    assert night.held() == FIVE_HOURS
    assert len({one.post_at for one in night.fake.held}) == len(night.fake.held)


def test_what_slack_has_no_room_for_is_kept_with_the_reason_and_placed_later(night: Night) -> None:
    at = int((T0 + 225 * MINUTE).timestamp())
    others = [Held(f"other{n}", CHANNEL, at, "another app's", 0) for n in range(30)]
    night.fake.held += others
    night.tick(8)
    assert night.held() == [255, 275, 290]
    with night.station.database.read() as connection:
        refused = connection.execute(armed.ARMED.select().where(armed.ARMED.c.state == "refused")).one()
    assert (refused.said, refused.why) == ("restricted_too_many", "not_taken")
    for one in others:
        night.fake.held.remove(one)
    night.station.clock.now += 6 * MINUTE
    night.tick(2)
    assert night.held() == FIVE_HOURS


def test_a_warning_that_slack_is_about_to_post_is_left_to_it(night: Night) -> None:
    opened(night)
    night.alive = False
    night.until(224.5, step=0.5)
    night.alive = True
    night.tick(4)
    night.until(226)
    assert len(night.spoken()) == 1, "it could not be taken back any more"
