"""Socket Mode: greeted, acknowledged in time, never deaf for long, replaced without a gap, refused with a remedy."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from monitor.gate import Gate, GateSettings
from responders.channels.slack_web import SlackWeb
from responders.slack_app import session as one_session
from responders.slack_app.session import CEASED, NO_GREETING, UNANSWERED, Session
from responders.slack_app.sockets import APP_TOKEN, OFF, SocketDown, Sockets
from tests.responders.fakes.slack_app import FakeSlackApp


@dataclass
class Seconds:
    """A monotonic clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Listener:
    """What the sockets heard; it acknowledges at once."""

    heard: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, session: Session, said: Mapping[str, Any]) -> None:
        self.heard.append(said)
        session.send(json.dumps({"envelope_id": said["envelope_id"]}))


@dataclass
class Line:
    slack: FakeSlackApp
    sockets: Sockets
    listener: Listener
    clock: Seconds

    def tick(self, seconds: float = 0.0) -> None:
        self.clock.now += seconds
        self.sockets.tick()

    def open(self) -> None:
        with suppress(SocketDown):
            self.tick()
        assert self.slack.socket.wait(lambda: any(s.works for s in self.sockets.sessions))
        self.tick()

    def hears(self) -> bool:
        envelope = self.slack.socket.send("events_api", {"event": {}})
        return self.slack.socket.ack(envelope) is not None


@pytest.fixture
def line() -> Iterator[Line]:
    with FakeSlackApp() as slack, Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        clock, listener = Seconds(), Listener()
        tickets = SlackWeb(gate, slack.base_url, slack.app_token)
        sockets = Sockets(gate, tickets, listener, tick_clock=clock, jitter=lambda: 1.0)
        yield Line(slack, sockets, listener, clock)
        sockets.close()


def test_it_is_greeted_and_hears(line: Line) -> None:
    line.open()
    assert line.hears()
    facts = line.sockets.facts()
    assert (facts.working, facts.opened, facts.envelopes, facts.silent_for) == (1, 1, 1, 0.0)
    assert line.slack.socket.strange == []


def test_a_long_envelope_in_many_pieces_arrives_whole(line: Line) -> None:
    line.open()
    text = "塌方" * 100_000
    envelope = line.slack.socket.send("events_api", {"event": {"text": text}})
    assert line.slack.socket.ack(envelope) is not None
    assert line.listener.heard[0]["payload"]["event"]["text"] == text


def test_an_acknowledgement_of_any_length_leaves_whole(line: Line) -> None:
    line.open()
    [session] = line.sockets.sessions
    session.send(json.dumps({"envelope_id": "long", "payload": {"text": "x" * 200_000}}))
    ack = line.slack.socket.ack("long")
    assert ack is not None
    assert len(ack.body["text"]) == 200_000


def test_a_warned_socket_is_replaced_before_it_is_closed(line: Line) -> None:
    line.open()
    [old] = line.slack.socket.live
    old.say(type="disconnect", reason="warning", debug_info={})
    assert line.slack.socket.wait(lambda: line.sockets.sessions[0].warned)
    line.tick(1)
    assert line.slack.socket.wait(lambda: len(line.slack.socket.live) == 2)
    assert line.hears()
    assert line.hears(), "both are heard while there are two"
    assert line.slack.socket.wait(lambda: line.sockets.sessions[-1].works)
    line.tick(11)
    assert line.slack.socket.wait(lambda: len(line.slack.socket.live) == 1)
    assert old.over
    assert line.hears()


@pytest.mark.parametrize(("how", "why"), [("mute", UNANSWERED), ("pingless", CEASED)])
def test_a_socket_that_goes_silent_is_noticed_within_ninety_seconds(line: Line, how: str, why: str) -> None:
    line.open()
    [session], [link] = line.sockets.sessions, line.slack.socket.live
    assert line.slack.socket.wait(lambda: session._ping_at is not None)
    setattr(link, how, True)
    silent_since = line.clock.now
    while line.sockets.sessions == [session] and line.clock.now - silent_since < 200:
        # A thread that is held up while the clock is moved on would find out for another reason.
        assert line.slack.socket.wait(lambda: session.ended or line.clock.now - session._asked_at < 10)
        if how == "pingless":
            assert line.slack.socket.wait(lambda: session.ended or session._pong_at >= session._asked_at)
        time.sleep(0.3)  # the session looks five times a second
        line.tick(5)
    noticed = line.clock.now - silent_since
    assert noticed <= 60, noticed
    assert session.deaf == why or session.ended
    line.tick(2)
    assert line.slack.socket.wait(lambda: any(s.works for s in line.sockets.sessions))
    line.tick()
    link.cut()
    assert line.hears()


def test_a_socket_that_is_never_greeted_is_given_up(line: Line) -> None:
    line.slack.socket.greets = False
    line.tick()
    [session] = line.sockets.sessions
    with pytest.raises(SocketDown):
        line.tick(16)
    assert session.deaf == NO_GREETING
    line.slack.socket.greets = True
    line.clock.now += 2
    line.open()
    assert line.hears()


def test_a_dropped_connection_is_made_anew(line: Line) -> None:
    line.open()
    line.slack.socket.live[0].cut()
    assert line.slack.socket.wait(lambda: line.sockets.sessions[0].ended)
    line.tick(5)
    line.tick(2)
    assert line.slack.socket.wait(lambda: any(s.works for s in line.sockets.sessions))
    assert line.hears()


def test_an_old_socket_is_replaced_although_nothing_speaks_against_it(line: Line) -> None:
    line.open()
    first = line.sockets.sessions[0]
    for _ in range(4):
        line.sockets.oldest = 30
        first._pong_at = first._ping_at = line.clock.now + 40  # it answers; only its age speaks against it
        line.tick(31)
        if len(line.sockets.sessions) == 2:
            break
    assert len(line.sockets.sessions) == 2
    assert line.slack.socket.wait(lambda: line.sockets.sessions[-1].works)


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type"])
def test_a_refused_ticket_is_told_with_its_remedy_and_asked_for_ever_more_seldom(line: Line, error: str) -> None:
    line.slack.ticket_error = error
    asked = 0
    for _ in range(300):
        before = len(line.slack.requests)
        with suppress(SocketDown):
            line.tick(1)
        asked += len(line.slack.requests) - before
    assert 5 <= asked <= 12
    with pytest.raises(SocketDown) as down:
        line.tick()
    assert (down.value.facts["said"], down.value.facts["remedy"]) == (error, APP_TOKEN)
    line.slack.ticket_error = ""
    line.clock.now += 61
    line.open()


def test_a_socket_that_is_not_let_in_is_tried_again(line: Line) -> None:
    line.slack.socket.rejects = True
    line.tick()
    with pytest.raises(SocketDown, match="HTTP 408"):
        line.tick(16)
    line.slack.socket.rejects = False
    line.clock.now += 10
    line.open()


def test_socket_mode_switched_off_is_told(line: Line) -> None:
    line.open()
    session = line.sockets.sessions[0]
    assert line.slack.socket.wait(lambda: bool(line.slack.socket.live))
    line.slack.socket.live[0].say(type="disconnect", reason="link_disabled")
    assert line.slack.socket.wait(lambda: session.warned)
    line.slack.ticket_error = "access_denied"
    line.slack.socket.live[0].cut()
    assert line.slack.socket.wait(lambda: line.sockets.sessions[0].ended)
    line.tick(1)
    with pytest.raises(SocketDown) as down:
        line.tick(16)
    assert down.value.facts["remedy"] == OFF


def test_who_is_thrown_out_at_once_does_not_ask_at_once(line: Line) -> None:
    for _ in range(60):
        with suppress(SocketDown):
            line.tick(1)
        line.slack.socket.wait(lambda: line.slack.socket.live or not line.sockets.sessions, 0.3)
        for link in line.slack.socket.live:
            link.cut()
        time.sleep(0.02)
    assert line.sockets.opened <= 12


def test_a_private_address_is_not_connected_to() -> None:
    with FakeSlackApp() as slack, Gate(GateSettings()) as closed, Gate(GateSettings(allow=("127.0.0.1",))) as opened:
        tickets = SlackWeb(opened, slack.base_url, slack.app_token)
        sockets = Sockets(closed, tickets, lambda *_: None, tick_clock=Seconds())
        sockets.tick()
        assert sockets.sessions == []
        assert slack.socket.links == []


def test_the_limits_leave_room_within_ninety_seconds() -> None:
    """The last ping may just have been answered when the line goes dead; then come the tick and a new connection."""
    noticed = max(one_session.NO_PING, one_session.NO_PONG) + one_session.PING_EVERY
    assert noticed + one_session.CONNECT <= 90
