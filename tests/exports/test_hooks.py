"""Receivers of events: each told at least once under one id, whatever fails, and nobody told who wants no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from monitor.config.channel_limits import load_limits
from monitor.config.settings import Settings, SettingsFile
from monitor.core.hook_events import EventKind, next_try
from monitor.core.model import ResponseKind
from monitor.loops.hooks import Hooks
from monitor.service.condition import asides
from monitor.service.parts import Parts
from monitor.store import hook_events
from monitor.store.database import Database
from responders.channels.webhook import Webhook
from responders.language import Words
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import T0, Station

SECRET = b"a key of this bureau's own"
SECOND = timedelta(seconds=2)


@dataclass
class Screen:
    """A receiver that checks signatures; `status` is what it answers."""

    status: int = 200
    answer: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    posts: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        assert url == "https://screen.example/"
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        seal = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{seal}"
        self.posts.append((headers["webhook-id"], json.loads(body)))
        return self.status, self.headers, self.answer


@dataclass
class Wall:
    """A station with a screen that is told of events."""

    station: Station
    screen: Screen = field(default_factory=Screen)
    kinds: tuple[EventKind, ...] = tuple(EventKind)

    @property
    def hooks(self) -> Hooks:
        secret = f"whsec_{base64.b64encode(SECRET).decode()}"
        receiver = Webhook(
            name="screen", url="https://screen.example/", secret=secret, poster=self.screen,
            limits=load_limits()["webhook"],
        )  # fmt: skip
        return Hooks("screen", receiver, self.kinds, self.station.database, self.station.parts.names)

    def tick(self, times: int = 20) -> list[str]:
        """Let some time pass; return the types of what the screen was told."""
        before = len(self.screen.posts)
        for _ in range(times):
            self.station.clock.now += SECOND
            self.hooks.tick(self.station.clock())
        return [str(told["type"]) for _, told in self.screen.posts[before:]]


@pytest.fixture
def wall(database: Database) -> Wall:
    return Wall(Station(database))


def respond(wall: Wall, title: str = "情况通报") -> None:
    now = wall.station.clock()
    wall.station.parts.desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title=title, url="https://bureau.example/1", published_at=now, by="Li",
        now=now,
    )  # fmt: skip


def test_a_night_is_told_event_by_event_and_once(wall: Wall) -> None:
    assert wall.tick(1) == []
    explosion(wall.station)
    wall.station.watch()
    told = wall.tick()
    assert told[0] == "incident.opened"
    assert {"incident.graded", "deadline.opened"} <= set(told)
    respond(wall)
    assert "response.logged" in (later := wall.tick())
    assert "deadline.met" in later
    wall.station.clock.now = T0 + timedelta(days=3)
    wall.station.watch()
    assert "deadline.missed" in wall.tick()
    assert wall.tick() == []
    ids = [name for name, _ in wall.screen.posts]
    assert len(ids) == len(set(ids))
    incident = wall.screen.posts[0][1]["data"]["incident"]  # type: ignore[index]
    assert incident["place"]["code"] == "620302"
    met = next(told for _, told in wall.screen.posts if told["type"] == "deadline.met")
    assert met["data"]["deadline"]["state"] == "met"  # type: ignore[index]


def test_who_is_new_is_told_of_what_happens_from_now_on(wall: Wall) -> None:
    explosion(wall.station)
    wall.station.watch()
    assert wall.tick() == []
    respond(wall)
    told = wall.tick()
    assert "response.logged" in told
    assert "incident.opened" not in told


def test_a_failure_is_tried_again_under_the_same_id_and_later_and_later(wall: Wall) -> None:
    wall.tick(1)
    explosion(wall.station)
    wall.station.watch()
    wall.screen.status = 503
    assert len(wall.tick(60)) == 3
    assert len({name for name, _ in wall.screen.posts}) == 1
    with wall.station.database.read() as connection:
        state = hook_events.states(connection)["screen"]
    assert (state.failures, state.said) == (3, "HTTP 503")
    wall.screen.status = 200
    wall.station.clock.now += timedelta(hours=1)
    assert wall.tick(1)[0] == "incident.opened"
    assert wall.screen.posts[3][0] == wall.screen.posts[0][0]


def test_who_answers_gone_is_told_no_more_until_a_person_says_so(wall: Wall) -> None:
    wall.tick(1)
    explosion(wall.station)
    wall.station.watch()
    wall.screen.status = 410
    assert len(wall.tick()) == 1
    wall.station.clock.now += timedelta(days=2)
    assert wall.tick() == []
    wall.screen.status = 200
    with wall.station.database.write() as connection:
        assert hook_events.resume(connection, "screen", wall.station.clock())
        assert not hook_events.resume(connection, "screen", wall.station.clock())
    assert wall.tick()[0] == "incident.opened"


def complaints(wall: Wall) -> list[str]:
    """Return what the pages say of receivers."""
    form = SettingsFile.model_validate(
        {"webhooks": [{"name": "screen", "url": "https://screen.example/", "secret": "0123456789abcdef"}]}
    )
    parts = Parts(Settings(form, None), wall.station.database)
    with wall.station.database.read() as connection:
        told = asides(parts, connection, Words("en"), wall.station.clock())
        return [part.what for part in told if part.ailment == "receiver"]


def test_a_receiver_that_takes_nothing_for_a_while_is_named_on_every_page(wall: Wall) -> None:
    wall.tick(1)
    explosion(wall.station)
    wall.station.watch()
    wall.screen.status = 503
    wall.tick(20)
    assert complaints(wall) == []
    wall.tick(400)
    assert complaints(wall) == ["The receiver screen does not take events"]
    wall.screen.status = 410
    wall.station.clock.now += timedelta(hours=1)
    wall.tick(1)
    assert complaints(wall) == [
        "The receiver screen wants no more events; to tell it again, run: `huiying webhook resume screen`"
    ]


def test_what_is_refused_for_good_is_kept_and_holds_nothing_up(wall: Wall) -> None:
    wall.tick(1)
    explosion(wall.station)
    wall.screen.status, wall.screen.answer = 422, json.dumps({"said": "no\r\nthanks\x1b[31m"}).encode()
    refused = wall.tick()
    assert len(refused) > 1
    with wall.station.database.read() as connection:
        kept = connection.execute(hook_events.TOLD.select()).all()
    assert len(kept) == len(refused)
    assert all(row.said.startswith("HTTP 422 no thanks") for row in kept)
    assert wall.tick() == []


def test_two_processes_do_not_tell_the_same(wall: Wall) -> None:
    wall.tick(1)
    explosion(wall.station)
    now = wall.station.clock() + SECOND
    with wall.station.database.write() as connection:
        assert hook_events.claim(connection, "screen", now, now + timedelta(minutes=2)) == 0
        assert hook_events.claim(connection, "screen", now, now + timedelta(minutes=2)) is None
    assert wall.tick(30) == []
    assert wall.tick(60) != []


def test_only_what_was_chosen_is_told(wall: Wall) -> None:
    wall.kinds = (EventKind.RESPONSE_LOGGED,)
    wall.tick(1)
    explosion(wall.station)
    wall.station.watch()
    respond(wall)
    assert wall.tick() == ["response.logged"]


def test_hostile_titles_arrive_as_text(wall: Wall) -> None:
    wall.kinds = (EventKind.RESPONSE_LOGGED,)
    explosion(wall.station)
    wall.tick(1)
    for text in HOSTILE[:30]:
        respond(wall, text.replace("\x00", "") or "x")
        wall.station.clock.now += SECOND
    assert len(wall.tick(60)) == 30


def test_what_lies_far_behind_is_forgotten_without_being_told_again(
    wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_events, "MANY_TOLD", 1)
    wall.tick(1)
    explosion(wall.station)
    wall.station.watch()
    told = wall.tick()
    with wall.station.database.read() as connection:
        assert len(connection.execute(hook_events.TOLD.select()).all()) == len(told)
    wall.station.clock.now += timedelta(days=3)
    assert wall.tick() == []
    with wall.station.database.read() as connection:
        assert len(connection.execute(hook_events.TOLD.select()).all()) < len(told)
    respond(wall)
    ids = [name for name, _ in wall.screen.posts]
    assert "response.logged" in wall.tick()
    assert not {name for name, _ in wall.screen.posts[len(ids) :]} & set(ids)


def test_the_pauses_grow_and_the_receiver_may_ask_for_longer() -> None:
    pauses = [next_try(T0, n) - T0 for n in range(9)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == pauses[-2] == timedelta(hours=1)
    assert next_try(T0, 1, asked=600) - T0 == timedelta(minutes=10)
