"""Matters that no report opens: the same engine carries foreign law, penalties and citizens' posts from end to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.config.overlays import load_rules
from monitor.core.duties.law import Role
from monitor.core.model import AlertReason, Anchor, DeadlineState, ResponseKind
from monitor.core.naming import Names
from monitor.loops.deliver import circumstances, scene_of
from monitor.loops.watch import Watch
from monitor.store import matters, views
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.language import Words
from responders.matters import MatterClosed, Matters, MomentInFuture, NoDutiesOf, NoMoment, UnknownMatter
from tests.story.matters import open_major

H, D = timedelta(hours=1), timedelta(days=1)
BRUSSELS, NEW_YORK = ZoneInfo("Europe/Brussels"), ZoneInfo("America/New_York")
# Over the weekend on which the clocks change.
AWARE = datetime(2026, 10, 23, 18, 0, tzinfo=BRUSSELS).astimezone(UTC)
BREACH = "personal_data_breach"

Office = Callable[..., tuple[Matters, Watch]]


@pytest.fixture
def office(database: Database) -> Office:
    """Return what opens the desk and the watch of an office with some packs."""

    def opened(*packs: str) -> tuple[Matters, Watch]:
        pack = load_rules(packs, (), Role.CITY)
        return Matters(database, pack, "000000"), Watch(database, pack, "000000")

    return opened


def states(database: Database, number: int) -> dict[str, DeadlineState]:
    with database.read() as connection:
        return {d.obligation_id: d.state for d in views.deadlines(connection, matter_id=number)}


def told(database: Database, number: int) -> list[tuple[AlertReason, str]]:
    with database.read() as connection:
        alerts = views.alerts(connection, matter_id=number)
        return [(alert.reason, alert.obligation_id or "") for alert in reversed(alerts)]


def test_a_data_breach_is_watched_for_72_hours_and_met_by_the_notification(database: Database, office: Office) -> None:
    desk, watch = office("gdpr")
    now = AWARE + H
    matter, (deadline,) = desk.open(BREACH, title="Laptop lost", anchors={Anchor.AWARE: AWARE}, by="li", now=now)
    assert (deadline.due_at, deadline.provisional, deadline.anchor) == (AWARE + 72 * H, False, Anchor.AWARE)
    assert deadline.pack == "gdpr@2026.1"
    watch.tick(AWARE + 71 * H + timedelta(minutes=30))
    assert [reason for reason, _ in told(database, matter.id)].count(AlertReason.REMINDER) >= 1
    at = AWARE + 71 * H + timedelta(minutes=40)
    _, (met,) = desk.respond(
        matter.id, ResponseKind.NOTIFICATION, title="To the authority", url="", published_at=at, by="li", now=at
    )
    assert met.state is DeadlineState.MET
    watch.tick(AWARE + 80 * H)
    assert states(database, matter.id) == {"GDPR-33-72H": DeadlineState.MET}


def test_a_message_about_a_matter_names_it_and_stops_when_somebody_acts(database: Database, office: Office) -> None:
    desk, watch = office("gdpr")
    number = desk.open(BREACH, title="Laptop lost", anchors={Anchor.AWARE: AWARE}, by="li", now=AWARE + H)[0].id
    watch.tick(AWARE + 73 * H)
    composer = Composer(Words("en"), Names(obligations={"GDPR-33-72H": "Notify the authority"}), "")
    with database.read() as connection:
        alert = next(a for a in views.alerts(connection, matter_id=number) if a.reason is AlertReason.DUE)
        message = composer.message(scene_of(connection, alert, AWARE + 73 * H))
    assert "Laptop lost" in message.title
    assert "Notify the authority" in message.title
    desk.acknowledge(number, by="li", now=AWARE + 74 * H)
    with database.read() as connection:
        assert circumstances(connection, alert, AWARE + 75 * H).acted_at == AWARE + 74 * H


def test_each_step_of_nis2_waits_for_the_one_before(database: Database, office: Office) -> None:
    desk, watch = office("nis2")
    number = desk.open("significant_incident", title="Outage", anchors={Anchor.AWARE: AWARE}, by="li", now=AWARE + H)[
        0
    ].id
    assert set(states(database, number)) == {"NIS2-23-24H", "NIS2-23-72H"}
    at = AWARE + 20 * H
    desk.respond(number, ResponseKind.EARLY_WARNING, title="Warning", url="", published_at=at, by="li", now=at)
    assert states(database, number)["NIS2-23-24H"] is DeadlineState.MET
    at = AWARE + 73 * H
    _, deadlines = desk.respond(
        number, ResponseKind.NOTIFICATION, title="Notification", url="", published_at=at, by="li", now=at
    )
    by_rule = {d.obligation_id: d for d in deadlines}
    assert by_rule["NIS2-23-72H"].state is DeadlineState.MET_LATE
    assert by_rule["NIS2-23-1MO"].due_at == datetime(2026, 11, 27, tzinfo=BRUSSELS)
    watch.tick(by_rule["NIS2-23-1MO"].due_at + H)
    assert states(database, number)["NIS2-23-1MO"] is DeadlineState.MISSED


def test_four_business_days_begin_with_the_determination_not_with_the_discovery(
    database: Database, office: Office
) -> None:
    desk, _ = office("sec")
    found = datetime(2026, 6, 29, 9, 0, tzinfo=NEW_YORK)
    number, deadlines = desk.open(
        "cybersecurity_incident", title="Intrusion", anchors={Anchor.AWARE: found}, by="li", now=found
    )
    assert deadlines == ()
    determined = datetime(2026, 7, 1, 20, 0, tzinfo=NEW_YORK)
    _, (deadline,) = desk.state(number.id, {Anchor.DETERMINED: determined}, by="li", now=determined + H)
    assert deadline.due_at == datetime(2026, 7, 9, tzinfo=NEW_YORK)
    earlier = determined - D
    _, (moved,) = desk.state(number.id, {Anchor.DETERMINED: earlier}, by="li", now=determined + 2 * H)
    assert moved.due_at == datetime(2026, 7, 8, tzinfo=NEW_YORK)


def test_a_death_learned_of_later_counts_from_when_it_was_learned(database: Database, office: Office) -> None:
    desk, _ = office("osha")
    occurred = datetime(2026, 7, 9, 20, 0, tzinfo=NEW_YORK)
    anchors = {Anchor.OCCURRED: occurred, Anchor.LEARNED: occurred + 13 * H}
    _, (deadline,) = desk.open("workplace_death", title="Fall", anchors=anchors, by="li", now=occurred + 14 * H)
    assert (deadline.anchor, deadline.due_at) == (Anchor.LEARNED, occurred + 21 * H)


def test_a_citizen_s_post_is_acknowledged_and_then_answered(database: Database, office: Office) -> None:
    desk, _ = office("cn-gov", "cn-nantong")
    at = datetime.fromisoformat("2026-07-09T20:00+08:00")
    number = desk.open("citizen_post", title="路灯不亮", anchors={Anchor.RECEIVED: at}, by="li", now=at)[0].id
    desk.respond(number, ResponseKind.RECEIPT, title="已收悉", url="", published_at=at + H, by="li", now=at + H)
    assert states(database, number) == {"OP-ACK-3H": DeadlineState.MET, "OP-REPLY-5D": DeadlineState.OPEN}
    desk.close(number, by="li", now=at + 2 * H, reason="重复发帖")
    assert states(database, number)["OP-REPLY-5D"] is DeadlineState.WITHDRAWN


def test_an_incident_opens_no_duty_of_another_kind_of_matter(database: Database, office: Office) -> None:
    _, watch = office("cn-gov", "gdpr", "osha")
    (incident,) = open_major(database, 1)
    watch.tick(datetime.fromisoformat("2026-07-09T20:30+08:00"))
    assert set(states(database, incident)) == {"OP-AUTH-5H", "OP-PRESS-24H"}


def test_what_cannot_be_is_refused_with_a_remedy_and_leaves_nothing(database: Database, office: Office) -> None:
    desk, _ = office("gdpr")
    now = AWARE + H
    with pytest.raises(NoDutiesOf, match="Known: personal_data_breach"):
        desk.open("penalty", title="x", anchors={Anchor.AWARE: AWARE}, by="li", now=now)
    with pytest.raises(NoMoment, match="The rules know: aware"):
        desk.open(BREACH, title="x", anchors={}, by="li", now=now)
    with pytest.raises(MomentInFuture):
        desk.open(BREACH, title="x", anchors={Anchor.AWARE: now + H}, by="li", now=now)
    with database.read() as connection:
        assert matters.matters(connection) == []
    (incident,) = open_major(database, 1)
    for number in (incident, 999):
        with pytest.raises(UnknownMatter):
            desk.acknowledge(number, by="li", now=now)
    number = desk.open(BREACH, title="x", anchors={Anchor.AWARE: AWARE}, by="li", now=now)[0].id
    desk.close(number, by="li", now=now, reason="was found")
    with pytest.raises(MatterClosed):
        desk.acknowledge(number, by="li", now=now)
