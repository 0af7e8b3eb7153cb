"""One message an incident: it follows what happens through whichever door, and survives its deletion and a bad line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.core.model import MatterState, ResponseKind
from monitor.store import slack
from monitor.store.database import Database
from responders.slack_app.cards import CardKeeper, CardsStand
from tests.responders.fakes.web import Answer, Fault
from tests.responders.slack_app.workplace import WANG, Workplace, workplace
from tests.story.outbox import at_once


@pytest.fixture
def place(database: Database) -> Iterator[Workplace]:
    with workplace(database) as opened:
        yield opened


def cards(place: Workplace) -> list[str]:
    return [p.ts for p in place.slack.posts() if p.metadata["event_payload"]["part"] == "card"]


def test_what_is_done_in_the_console_shows_in_slack(place: Workplace) -> None:
    number = place.major()
    place.keep()
    first = place.card().shown
    place.desk.respond(
        number,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="通报",
        url="https://example.org/1",
        published_at=place.clock(),
        by="李强",
        now=place.clock(),
    )
    place.keep()
    assert place.card().shown != first
    assert len(cards(place)) == 1
    [line] = place.history()
    assert "李强" in line
    assert "通报" in line
    place.desk.dismiss(number, by="王敏", now=place.clock(), reason="重复")
    place.keep()
    assert "🟢" in place.card().shown
    assert len(place.history()) == 2
    assert place.incident(number).state is MatterState.DISMISSED


def test_nothing_is_written_where_nothing_has_changed(place: Workplace) -> None:
    place.major()
    place.keep()
    asked = len(place.slack.requests)
    place.keep(30)
    assert len(place.slack.requests) == asked


def test_a_deleted_card_is_posted_anew_and_that_is_told(place: Workplace) -> None:
    number = place.major()
    place.keep()
    [old] = cards(place)
    place.slack.delete(old)
    place.desk.acknowledge(number, by="李强", now=place.clock())
    place.keep()
    [new] = cards(place)
    assert new != old
    assert any("被删除" in line for line in place.history())
    assert any("李强" in line for line in place.history())
    with place.database.read() as connection:
        [fault] = slack.card_faults(connection, place.clock() - timedelta(hours=1))
    assert fault.gone_at is not None
    place.slack.press(WANG, place.card(), "confirm")
    assert place.slack.told(WANG).words
    place.keep()
    assert cards(place) == [new]


def test_an_answer_that_was_lost_leaves_one_line(place: Workplace) -> None:
    number = place.major()
    place.keep()
    place.desk.acknowledge(number, by="李强", now=place.clock())
    place.slack.fail(Fault.DROPPED_REPLY, on="chat.postMessage")
    place.keep()
    place.clock.advance(minutes=5)
    place.keep()
    assert len(place.history()) == 1


def test_a_refusal_is_told_once_it_lasts_and_the_card_catches_up(place: Workplace) -> None:
    number = place.major()
    place.keep()
    place.slack.fail(Answer({"ok": False, "error": "not_in_channel"}), on="chat.update", times=99)
    place.desk.acknowledge(number, by="李强", now=place.clock())
    place.keep(50)
    place.clock.advance(minutes=2)
    with pytest.raises(CardsStand, match="not_in_channel"):
        place.keep()
    place.slack.recover()
    place.clock.advance(hours=1)
    place.keep()
    assert any("李强" in line for line in place.history())
    place.keeper.tick(place.clock())


def test_a_rate_is_waited_out(place: Workplace) -> None:
    number = place.major()
    place.keep()
    place.slack.fail(Fault.THROTTLED, on="chat.update", times=2)
    place.desk.acknowledge(number, by="李强", now=place.clock())
    place.keep(30)
    assert len(place.history()) == 1


def test_two_processes_at_once_write_each_line_once(place: Workplace) -> None:
    number = place.major()
    place.keep()
    other = CardKeeper(place.database, place.channel, place.composer, place.clock)
    for n in range(3):
        place.desk.acknowledge(number, by="李强", now=place.clock(), reason=f"第{n}次")
    for _ in range(8):
        place.clock.advance(seconds=2)
        raised = at_once(
            lambda: place.keeper.tick(place.clock()),
            lambda: other.tick(place.clock()),
        )
        assert raised == []
    assert len(place.history()) == 3, place.history()
    assert len(cards(place)) == 1
