"""A drill from its beginning to its score: real clocks and alerts, marked everywhere, counted nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.core.beijing import day_of
from monitor.core.briefing import briefing_of
from monitor.core.briefing_facts import Facts, window_of
from monitor.core.drills import Drill
from monitor.core.errors import DrillApart, DrillRuns, NoDrill, PaceOutOfRange, UnknownDrill
from monitor.core.incidents.chains import Tie
from monitor.core.model import AlertReason, DeadlineState, MatterState, ResponseKind, Severity, Verb
from monitor.loops.deliver import Deliver, Outlet, scene_of
from monitor.store import briefing_facts, drills, incidents, views
from monitor.store.database import Database
from responders.channels.base import Message, Receipt, Try
from responders.documents.briefing import written
from responders.documents.messages import Composer
from tests.responders.console.station import REGION, T0, Station

H, M = timedelta(hours=1), timedelta(minutes=1)
TITLE = "某化工园区爆炸"
NEWS = "甘肃白银一养老院火灾致16人死亡"


@pytest.fixture
def station(database: Database) -> Iterator[Station]:
    station = Station(database, "zh")
    yield station
    station.parts.close()


class Taking:
    """A channel that takes everything."""

    can_reconcile = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken: list[Message] = []

    def send(self, message: Message, attempt: Try) -> Receipt:
        self.taken.append(message)
        return Receipt()

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        return None


def start(station: Station, *, times: float = 1.0, severity: Severity = Severity.MAJOR) -> Drill:
    return station.parts.drills.start(by="王某", now=station.clock(), title=TITLE, times=times, severity=severity)


def test_a_drill_opens_the_deadlines_that_a_real_incident_would(station: Station) -> None:
    drill = start(station)
    states = station.states()
    station.tell(NEWS)
    with station.database.read() as connection:
        real = {d.obligation_id for d in views.deadlines(connection, matter_id=2)}
        practised = views.deadlines(connection, matter_id=drill.matter_id)
        incident = views.incident(connection, drill.matter_id)
    assert states.keys() == real
    assert set(states.values()) == {"open"}
    assert not any(deadline.provisional for deadline in practised)
    assert incident is not None
    assert (incident.title, incident.drill, incident.confirmed) == (f"【演练】{TITLE}", True, True)
    assert {d.due_at - d.started_at for d in practised} == {5 * H, 24 * H}


def test_shortened_deadlines_keep_their_proportions_whenever_they_are_looked_at(station: Station) -> None:
    drill = start(station, times=10)
    with station.database.read() as connection:
        found = views.deadlines(connection, matter_id=drill.matter_id)
    assert {d.due_at - d.started_at for d in found} == {30 * M, 144 * M}
    station.clock.advance(minutes=31)
    station.watch()
    assert sorted(station.states().values()) == ["missed", "open"]
    station.clock.advance(hours=5)
    station.watch()
    assert set(station.states().values()) == {"missed"}


def test_every_message_of_a_drill_begins_with_the_mark(station: Station) -> None:
    start(station, times=10)
    for _ in range(50):
        station.clock.advance(minutes=5)
        station.watch()
    station.parts.drills.end(by="王某", now=station.clock())
    composer = Composer(station.parts.words, station.parts.names, "http://127.0.0.1:8765", REGION)
    with station.database.read() as connection:
        alerts = views.alerts(connection)
        messages = [composer.message(scene_of(connection, alert, station.clock())) for alert in alerts]
    assert {alert.reason for alert in alerts} >= {AlertReason.OPENED, AlertReason.DUE, AlertReason.WITHDRAWN}
    for message in messages:
        assert message.drill
        assert message.title.startswith("【演练】")
        assert message.body.startswith("这是演练")
        assert message.card is not None
        assert "【演练】" in message.card.title


def test_a_drill_gathers_nothing_and_nothing_is_made_one_with_it(station: Station) -> None:
    drill = station.parts.drills.start(by="王某", now=T0, title=NEWS)
    station.clock.advance(minutes=1)
    station.tell(NEWS)
    with station.database.read() as connection:
        assert [i.drill for i in views.incidents(connection)] == [False, True]
        assert [c.matter_id for c in incidents.candidates(connection, T0 - H)] == [2]
    desk, now = station.parts.desk, station.clock()
    for one, other in ((2, drill.matter_id), (drill.matter_id, 2)):
        with pytest.raises(DrillApart):
            desk.merge(one, other, by="王某", now=now)
        with pytest.raises(DrillApart):
            desk.link(one, other, Tie.CAUSE, by="王某", now=now)


def briefing(station: Station) -> tuple[Facts, str]:
    now = station.clock()
    composer = Composer(station.parts.words, station.parts.names, "", REGION)
    with station.database.read() as connection:
        facts = briefing_facts.facts_of(connection, window_of(day_of(now), now, None), (), now)
    return facts, written(briefing_of(facts), composer).text


def test_the_briefing_counts_nothing_of_a_drill_and_says_that_one_was_held(station: Station) -> None:
    station.clock.advance(minutes=1)
    plain, _ = briefing(station)
    start(station, times=100)
    channel = Taking("群")
    deliver(station, Outlet(channel, frozenset(AlertReason)))
    station.clock.advance(hours=1)
    station.watch()
    facts, text = briefing(station)
    for name in ("incidents", "live", "changes", "asked", "unsent", "alerts", "deliveries", "with_duties"):
        assert getattr(facts, name) == getattr(plain, name), name
    assert channel.taken != []
    assert f"【演练】{TITLE}" in text


def deliver(station: Station, *outlets: Outlet) -> None:
    composer = Composer(station.parts.words, station.parts.names, "", REGION)
    for outlet in outlets:
        leg = Deliver(station.database, outlet, outlets, lambda _, scene: composer.message(scene), station.clock)
        leg.tick(station.clock())


def test_where_a_machine_may_listen_drills_are_not_told_and_real_incidents_are(station: Station) -> None:
    group, machine = Taking("群"), Taking("短信")
    outlets = (Outlet(group, frozenset(AlertReason)), Outlet(machine, frozenset(AlertReason), drills=False))
    start(station)
    deliver(station, *outlets)
    assert (len(group.taken), len(machine.taken)) == (2, 0)
    with station.database.read() as connection:
        pending = [a for a in views.alerts(connection) if a.state.value == "pending"]
    assert pending == [], "no channel is waited for that is not to carry it"
    station.tell(NEWS)
    deliver(station, *outlets)
    assert (len(group.taken), len(machine.taken)) == (4, 2)
    assert all("演练" not in message.title for message in machine.taken)


def test_the_score_says_who_acted_how_fast_and_what_was_met(station: Station) -> None:
    begun = start(station, times=10)
    station.clock.advance(seconds=20)
    deliver(station, Outlet(Taking("群"), frozenset(AlertReason)))
    station.clock.advance(minutes=2)
    desk = station.parts.desk
    desk.acknowledge(begun.matter_id, by="李某", now=station.clock())
    station.clock.advance(minutes=10)
    kind = ResponseKind.AUTHORITATIVE_RELEASE
    desk.respond(
        begun.matter_id, kind, title="通报", url="", published_at=station.clock(), by="王某", now=station.clock()
    )
    station.clock.advance(minutes=1)
    ended = station.parts.drills.end(by="赵某", now=station.clock())
    drill, score = station.parts.drills.scored(ended.id)
    assert (drill.ended_by, drill.runs) == ("赵某", False)
    assert [(act.verb, act.by) for act in score.acts] == [(Verb.ACKNOWLEDGE, "李某"), (Verb.RESPOND, "王某")]
    assert min(act.after for act in score.acts) == timedelta(minutes=2, seconds=20)
    (channel,) = score.channels
    assert (channel.channel, channel.first_after, channel.failed) == ("群", timedelta(seconds=20), 0)
    assert score.in_time >= 1
    spare = [d.spare for d in score.deadlines if d.state is DeadlineState.MET]
    assert all(left is not None and left > timedelta(0) for left in spare)
    with station.database.read() as connection:
        incident = views.incident(connection, begun.matter_id)
    assert incident is not None
    assert incident.state is MatterState.DISMISSED
    assert set(station.states().values()) <= {"met", "withdrawn"}


def test_one_drill_at_a_time_and_none_that_nobody_could_follow(station: Station) -> None:
    with pytest.raises(NoDrill):
        station.parts.drills.end(by="王某", now=T0)
    for times in (0.5, 101):
        with pytest.raises(PaceOutOfRange):
            start(station, times=times)
    first = start(station)
    with pytest.raises(DrillRuns, match=f"Drill {first.id} still runs"):
        start(station)
    station.parts.drills.end(by="王某", now=T0 + M)
    assert start(station).id == first.id + 1
    with pytest.raises(UnknownDrill):
        station.parts.drills.scored(99)
    with station.database.read() as connection:
        assert [drill.runs for drill in drills.drills(connection)] == [True, False]


def test_a_lesser_grade_opens_lesser_duties(station: Station) -> None:
    start(station, severity=Severity.GENERAL)
    assert "OP-AUTH-5H" not in station.states()
    assert len(station.states()) < 2


def test_a_shortened_drill_goes_by_the_rules_in_use(station: Station) -> None:
    start(station, times=10)
    assert station.parts.versions.outdated() == []
