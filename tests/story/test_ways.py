"""From one way to the next: a contact is reached by the second where the first does not take the alert in a minute."""

from __future__ import annotations

from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.troubles import FAULTS
from monitor.loops.deliver import Deliver, Outlet
from monitor.store import outbox, troubles
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import MatterRow
from responders.channels.base import DeliveryFailure, Message, Receipt, Try
from tests.story.office import ALERTS
from tests.story.outbox import AWAY, Told, plain
from tests.story.roster import Bureau

GONE = DeliveryFailure("no such member", final=True)
TOKEN = DeliveryFailure("wrong token", permanent=True)
UNSURE = Receipt(confirmed=False)


def tries(bureau: Bureau, point: str = "opened") -> list[tuple[str, str, str]]:
    """Return the attempts at contacts about a deadline's alert, in order: whom, over what, how it ended."""
    return [(d.contact, d.channel, d.state.value) for d in bureau.of(point).deliveries if d.contact]


def run(bureau: Bureau, seconds: int) -> None:
    """Let time pass in steps of ten seconds; the last ends with it."""
    while seconds > 0:
        step = min(seconds, 10)
        bureau.clock.advance(seconds=step)
        bureau.deliver()
        seconds -= step


def test_what_the_first_way_takes_is_done(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    run(bureau, 150)
    assert tries(bureau) == [("wang", "chat", "accepted")]
    assert bureau.of("opened").state is AlertState.SENT
    assert bureau.mail.sent == []


def test_the_team_channels_carry_it_as_well(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    run(bureau, 1)
    key = bureau.of("opened").key
    assert key in bureau.team.keys
    assert f"{key}>wang" in bureau.chat.keys, "what is for one person has a key of its own"


def test_the_message_knows_the_address(database: Database) -> None:
    addresses: list[str] = []

    def taking(message: Message, _: Try) -> Receipt:
        addresses.append(message.to)
        return Receipt()

    bureau = Bureau(database, chat=Told("chat", [taking] * 9), team=Told("team", [taking] * 9))
    bureau.major()
    run(bureau, 1)
    assert set(addresses) == {"U1", ""}


def test_the_next_way_opens_after_a_minute_without_an_answer(database: Database) -> None:
    bureau = Bureau(database, chat=Told("chat", [AWAY] * 99))
    bureau.major()
    run(bureau, 59)
    assert {way for _, way, _ in tries(bureau)} == {"chat"}
    run(bureau, 2)
    assert tries(bureau)[-1] == ("wang", "mail", "accepted")
    before = len(tries(bureau))
    run(bureau, 120)
    assert len(tries(bureau)) == before, "taken once is done"
    assert bureau.of("opened").state is AlertState.SENT


def test_the_next_way_opens_at_once_where_the_first_is_refused(database: Database) -> None:
    for failure in (GONE, TOKEN):
        bureau = Bureau(database, chat=Told("chat", [failure] * 9))
        bureau.major()
        bureau.deliver()
        run(bureau, 1)
        latest = [a for a in bureau.alerts() if a.point == "opened" and a.obligation_id == "OP-AUTH-5H"][-1]
        assert [(d.channel, d.state.value) for d in latest.deliveries if d.contact] == [
            ("chat", "refused"),
            ("mail", "accepted"),
        ]


def test_a_channel_that_nobody_runs_hinders_nobody_for_longer_than_a_minute(database: Database) -> None:
    bureau = Bureau(database)
    bureau.deliveries = [d for d in bureau.deliveries if d.outlet.channel.name != "chat"]
    bureau.major()
    run(bureau, 62)
    assert tries(bureau) == [("wang", "mail", "accepted")]


def test_what_nothing_confirms_is_not_accepted(database: Database) -> None:
    bureau = Bureau(database, chat=Told("chat", [UNSURE] * 9))
    bureau.major()
    run(bureau, 59)
    assert tries(bureau) == [("wang", "chat", "unconfirmed")]
    run(bureau, 5)
    assert tries(bureau) == [("wang", "chat", "unconfirmed"), ("wang", "mail", "accepted")]


def test_where_no_further_way_is_left_it_counts_as_sent(database: Database) -> None:
    bureau = Bureau(database, mail=Told("mail", [UNSURE] * 9), chat=Told("chat", [GONE] * 9))
    bureau.major()
    run(bureau, 70)
    assert tries(bureau) == [("wang", "chat", "refused"), ("wang", "mail", "unconfirmed")]
    assert bureau.of("opened").state is AlertState.SENT


def test_a_contact_who_cannot_be_reached_does_not_keep_the_others_waiting(database: Database) -> None:
    bureau = Bureau(database, chat=Told("chat", [AWAY] * 99), mail=Told("mail", [AWAY] * 99))
    number = bureau.major()
    bureau.clock.advance(minutes=10)
    bureau.watch.tick(bureau.clock())
    run(bureau, 130)
    page = bureau.of("page:2")
    done = {(d.contact, d.channel) for d in page.deliveries if d.state is DeliveryState.ACCEPTED}
    assert ("boss", "sms") in done
    assert ("", "team") in done
    assert page.state is AlertState.PENDING
    bureau.ack(number)
    bureau.clock.advance(minutes=5)
    bureau.deliver()
    assert bureau.of("page:2").silence == "acknowledged"


def test_an_acknowledgement_ends_the_attempts_at_contacts_and_says_so(database: Database) -> None:
    bureau = Bureau(database, chat=Told("chat", [AWAY] * 99), team=Told("team", [AWAY] * 99))
    number = bureau.major()
    run(bureau, 30)
    made = len(tries(bureau))
    bureau.ack(number)
    run(bureau, 90)
    assert len(tries(bureau)) == made
    opened = bureau.of("opened")
    assert [one.silence for one in opened.audience] == ["acknowledged"]
    assert opened.state is AlertState.PENDING, "the team still reads it once its channel is back"
    bureau.team.answers.clear()
    run(bureau, 300)
    assert bureau.of("opened").state is AlertState.SENT


def test_hand_over_notices_reach_both_people(database: Database) -> None:
    bureau = Bureau(database)
    bureau.clock.advance(hours=12, minutes=31)
    assert bureau.duty_watch.tick(bureau.clock()) == 1
    assert bureau.duty_watch.tick(bureau.clock()) == 0
    run(bureau, 2)
    (notice,) = [a for a in bureau.alerts() if a.reason is AlertReason.HANDOFF]
    assert {one.contact: one.because.value for one in notice.audience} == {"li": "layer", "wang": "off_duty"}
    assert {(d.contact, d.channel) for d in notice.deliveries} == {("", "team"), ("li", "mail"), ("wang", "chat")}
    assert notice.state is AlertState.SENT


def test_what_rests_after_faults_and_what_a_way_does_not_carry_keep_no_place(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    opened, now = bureau.of("opened").id, bureau.clock()

    def waiting(*, drills: bool = True) -> list[int]:
        with database.read() as connection:
            found = outbox.waiting_for_contacts(connection, "chat", {"wang": 0}, ALERTS, now, 9, drills=drills)
        return [alert_id for alert_id, _ in found]

    assert opened in waiting(drills=False)
    with database.write() as connection:
        connection.execute(of(MatterRow).update().where(of(MatterRow).c.id == number).values(drill=True))
    assert (opened in waiting(), waiting(drills=False)) == (True, [])
    with database.write() as connection:
        for _ in range(FAULTS):
            troubles.note(connection, "deliver", opened, ValueError("broken"), now, tell=False)
    assert opened not in waiting()


def test_a_drill_is_told_to_nobody_over_a_way_that_carries_none(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    with database.write() as connection:
        connection.execute(of(MatterRow).update().where(of(MatterRow).c.id == number).values(drill=True))
    chat, team = bureau.chat, Outlet(bureau.team, ALERTS)
    outlets = [team, Outlet(chat, ALERTS, broadcast=False, drills=False), Outlet(bureau.mail, ALERTS, broadcast=False)]
    bureau.deliveries = [
        Deliver(database, outlet, outlets, plain, bureau.clock, bureau.duty.contacts) for outlet in outlets
    ]
    run(bureau, 130)
    assert chat.sent == []
    assert tries(bureau) == [("wang", "mail", "accepted")]
    assert bureau.of("opened").state is AlertState.SENT
