"""A night on which one channel is no use: whoever it should have reached is told by his next way within a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.duties.delivering import TAKEN
from monitor.core.model import AlertState
from monitor.core.people.contacts import Contact, Way
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Message, Receipt, Try
from tests.story.outbox import Answer, Killed
from tests.story.roster import CONTACTS, DUTY, Bureau, M

S = timedelta(seconds=1)
REFUSED = DeliveryFailure("invalid_auth", permanent=True)
FINAL = DeliveryFailure("user_not_found", permanent=True, final=True)
BUSY = DeliveryFailure("429", retry_after=3600.0)
AWAY = DeliveryFailure("connection refused")
LOST = DeliveryFailure("timeout", may_have_arrived=True)
# Way by way, in three orders: a policy's people do not all prefer the same channel.
ORDERS = (
    {"wang": ("chat", "mail"), "boss": ("chat", "sms")},
    {"wang": ("mail", "chat"), "boss": ("chat", "mail", "sms")},
    {"wang": ("sms", "chat", "mail"), "boss": ("mail", "chat")},
)


def ordered(order: Mapping[str, tuple[str, ...]]) -> Mapping[str, Contact]:
    return CONTACTS | {
        name: replace(CONTACTS[name], ways=tuple(Way(channel, name) for channel in ways))
        for name, ways in order.items()
    }


def waits(bureau: Bureau) -> dict[tuple[str, str], timedelta]:
    """Return for each page and contact how long it took until a provider had accepted it."""
    return {
        (alert.key, one.contact): min(
            (d.ended_at or d.started_at) - alert.not_before
            for d in alert.deliveries
            if d.contact == one.contact and d.state in TAKEN
        )
        for alert in bureau.alerts()
        if alert.page and alert.state is not AlertState.SKIPPED
        for one in alert.audience
        if not one.silence
    }


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "fault", [AWAY, LOST, BUSY, REFUSED, FINAL], ids=["away", "hangs", "429", "refuses", "no such user"]
)
def test_every_page_of_a_night_reaches_each_contact_within_a_minute(
    database: Database, order: dict[str, tuple[str, ...]], fault: Answer
) -> None:
    bureau = Bureau(database, replace(DUTY, contacts=ordered(order)))
    bureau.chat.answers = [fault] * 1000
    bureau.major()
    bureau.pass_time(12 * M, every=10 * S)
    found = waits(bureau)
    assert {contact for _, contact in found} == {"wang", "boss"}
    assert len(found) == 3, "the opening for one, the second step for both"
    assert max(found.values()) <= 70 * S, "the minute, and the tick in which it is noticed"
    good = [wait for (_, contact), wait in found.items() if order[contact][0] != "chat"]
    assert max(good, default=0 * S) <= 10 * S, "who prefers another channel does not wait"


def test_an_attempt_that_nobody_ended_holds_the_next_way_back_for_a_minute_only(database: Database) -> None:
    """The process died in the middle of the first page; its lease runs for three minutes."""
    bureau = Bureau(database)
    bureau.chat.answers = [Killed()]
    bureau.major()
    with pytest.raises(Killed):
        bureau.deliver()
    bureau.pass_time(2 * M, every=5 * S)
    opened = bureau.of("opened")
    assert [d.channel for d in opened.deliveries if d.state in TAKEN and d.contact == "wang"] == ["mail"]
    assert waits(bureau)[opened.key, "wang"] <= 65 * S


def test_a_channel_that_comes_back_is_not_asked_for_what_another_way_took(database: Database) -> None:
    bureau = Bureau(database)
    bureau.chat.answers = [AWAY] * 8
    bureau.major()
    bureau.pass_time(9 * M, every=5 * S)
    opened = bureau.of("opened")
    told = [key for key in bureau.chat.keys + bureau.mail.keys if key == f"{opened.key}>wang"]
    assert len([d for d in opened.deliveries if d.contact == "wang" and d.state in TAKEN]) == 1
    assert opened.state is AlertState.SENT
    assert told


def test_many_pages_at_once_all_take_the_next_way_within_a_minute(database: Database) -> None:
    """More incidents than one tick takes: none is passed over while the first channel hangs."""
    bureau = Bureau(database, replace(DUTY, contacts=ordered(ORDERS[0])))

    def hang(_: Message, __: Try) -> Receipt:
        raise LOST

    bureau.chat.answers = [hang] * 5000
    for _ in range(30):
        bureau.major()
    bureau.pass_time(2 * M, every=5 * S)
    found = {key: wait for key, wait in waits(bureau).items() if ":opened" in key[0]}
    assert len(found) >= 30
    assert max(found.values()) <= 70 * S
