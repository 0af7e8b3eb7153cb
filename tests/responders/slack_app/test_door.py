"""Signed requests: Slack's own, just now, for the first time, over the raw body; anything else is not even read."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers

from monitor.store.database import Database
from responders.console.guard import Refusal, refusal_of
from responders.slack_app.door import PATH, routes
from responders.slack_app.signing import Flaw, flaw_of, signed
from tests.responders.slack_app.workplace import WANG, Workplace, workplace

OLD, NEW = "old-secret", "new-secret"


@dataclass
class Door:
    place: Workplace
    client: httpx.Client

    def post(
        self,
        body: bytes,
        *,
        secret: str = NEW,
        seconds: float = 0,
        kind: str = "application/x-www-form-urlencoded",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        stamp = str(int(self.place.clock().timestamp() + seconds))
        told = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed(body, stamp, secret)}
        answer = self.client.post(PATH, content=body, headers={"content-type": kind, **told, **(headers or {})})
        return answer.status_code, answer.text

    def form(self, payload: object) -> bytes:
        return b"payload=" + quote(json.dumps(payload)).encode()


@pytest.fixture
def door(database: Database) -> Iterator[Door]:
    with workplace(database) as place:
        app = FastAPI(max_body_size=64 * 1024)
        app.include_router(routes(place.app, database, [NEW, OLD], place.clock))
        with served(app) as client:
            yield Door(place, client)


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve an application on a real socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            port = listening.getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def test_a_press_is_acknowledged_and_done(door: Door) -> None:
    number = door.place.major()
    payload = door.place.slack.pressing(WANG, door.place.card(), "acknowledge")
    assert door.post(door.form(payload)) == (200, "")
    assert "已记录" in door.place.slack.told(WANG).words
    assert [line.by for line in door.place.log(number)] == ["王敏"]


def test_a_command_and_a_form_are_answered_in_the_same_breath(door: Door) -> None:
    door.place.major()
    status, said = door.post(urlencode(door.place.slack.commanding(WANG)).encode())
    assert status == 200
    assert "示例化工厂" in said
    door.post(door.form(door.place.slack.pressing(WANG, door.place.card(), "respond")))
    view = door.place.slack.form(WANG)
    payload = door.place.slack.submitting(view, title="通报", url="ftp://x")
    status, said = door.post(door.form(payload))
    assert json.loads(said)["response_action"] == "errors"
    door.place.clock.advance(seconds=1)
    view.hash = "again"
    status, said = door.post(door.form(door.place.slack.submitting(view, title="通报")))
    assert json.loads(said)["response_action"] == "clear"


def test_a_secret_that_is_about_to_lapse_still_holds(door: Door) -> None:
    body = urlencode(door.place.slack.commanding(WANG)).encode()
    assert door.post(body, secret=OLD)[0] == 200
    assert door.post(body, secret="none-of-ours")[0] == 403


@pytest.mark.parametrize("seconds", [-301, 301, -86400])
def test_an_old_request_is_refused(door: Door, seconds: int) -> None:
    body = urlencode(door.place.slack.commanding(WANG)).encode()
    assert door.post(body, seconds=seconds) == (403, Flaw.OLD)


def test_a_request_is_taken_once(door: Door) -> None:
    number = door.place.major()
    body = door.form(door.place.slack.pressing(WANG, door.place.card(), "acknowledge"))
    assert door.post(body)[0] == 200
    assert door.post(body)[0] == 409
    door.place.clock.advance(seconds=1)
    assert door.post(body) == (200, ""), "Slack sends the same press again, newly signed"
    door.place.settle()
    assert len(door.place.log(number)) == 1


def test_many_replays_at_once_are_taken_once(door: Door) -> None:
    door.place.major()
    body = door.form(door.place.slack.pressing(WANG, door.place.card(), "acknowledge"))
    with ThreadPoolExecutor(6) as pool:
        statuses = [status for status, _ in pool.map(lambda _: door.post(body), range(6))]
    assert sorted(statuses) == [200] + [409] * 5


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "99999999999999999999"},
        {"X-Slack-Request-Timestamp": "-1"},
    ],
)
def test_what_is_not_signed_is_not_read(door: Door, headers: dict[str, str]) -> None:
    number = door.place.major()
    body = door.form(door.place.slack.pressing(WANG, door.place.card(), "acknowledge"))
    assert door.post(body, headers=headers)[0] == 403
    assert door.place.log(number) == []


def test_one_changed_byte_breaks_the_signature(door: Door) -> None:
    body = urlencode(door.place.slack.commanding(WANG)).encode()
    stamp = str(int(door.place.clock().timestamp()))
    told = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed(body, stamp, NEW)}
    answer = door.client.post(PATH, content=body + b" ", headers=told)
    assert answer.status_code == 403


def test_the_press_on_a_long_message_is_taken_although_it_is_larger_than_the_console_s_forms(door: Door) -> None:
    door.place.major()
    payload = door.place.slack.pressing(WANG, door.place.card(), "acknowledge")
    payload["message"]["text"] = "塌" * 30_000
    body = door.form(payload)
    assert len(body) > 200_000
    assert door.post(body)[0] == 200
    assert door.post(b"x" * 1_100_000)[0] == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"payload=%7B", "application/x-www-form-urlencoded"),
        (b"payload=[]", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"[" * 50_000, "application/json"),
        (b"{}", "application/json"),
        (b"{}", "text/plain"),
    ],
)
def test_what_cannot_be_read_is_acknowledged_and_counted(door: Door, body: bytes, kind: str) -> None:
    before = door.place.app.ignored
    assert door.post(body, kind=kind)[0] == 200
    assert door.place.app.ignored == before + 1


def test_slack_s_question_whether_we_are_there_is_answered(door: Door) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert door.post(body, kind="application/json") == (200, "abc")


def test_the_guard_lets_slack_in_under_the_public_name_and_nothing_else() -> None:
    public = Headers({"host": "duty.example.org"})
    assert refusal_of("POST", public, [], path=PATH, public=["duty.example.org"]) is None
    assert refusal_of("POST", public, [], path="/slackers", public=["duty.example.org"]) is Refusal.STRANGE_HOST
    assert refusal_of("POST", public, ["duty.example.org"], path="/incidents/1/confirm") is Refusal.OTHER_SITE


def test_the_example_of_slack_s_documentation_verifies() -> None:
    """The vector on the page "Verifying requests from Slack"."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    at = datetime.fromtimestamp(1531420618, UTC)
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    assert flaw_of(body, "1531420618", signature, [secret], at) is None
    assert flaw_of(body, "1531420618", signature, [secret], at + timedelta(seconds=301)) is Flaw.OLD
