"""The fakes are strict: each refuses what its provider refuses, so that a green test means something."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.responders.fakes.markup import live
from tests.responders.fakes.robots import FakeDingTalk, FakeFeishu, FakeWeCom
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.smtp import problem_of
from tests.responders.fakes.web import MovedClock

CHANNEL = "C0123ABCD"
JSON = "application/json; charset=utf-8"


def ask(url: str, body: object = None, *, media: str = JSON, token: str = "") -> tuple[int, dict[str, Any]]:
    """Post a value as JSON, or bytes as they are; return status and answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    headers = {"Content-Type": media} | ({"Authorization": f"Bearer {token}"} if token else {})
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request("POST", f"{parts.path}?{parts.query}", content, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(clock=MovedClock(), burst=3) as running:
        yield running


def call(slack: FakeSlack, method: str, **arguments: Any) -> dict[str, Any]:
    return ask(slack.base_url + method, {"channel": CHANNEL, **arguments}, token=slack.token)[1]


def section(**text: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": "x", **text}}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": " "}, "no_text"),
        ({"blocks": [section()]}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "channel": "C0404"}, "channel_not_found"),
        ({"text": "x", "blocks": "[]"}, "invalid_blocks"),
        ({"text": "x", "blocks": [section()] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(text="x" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(text="")]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(verbatim=True)]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(type="html")]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "table"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section() | {"colour": "red"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(text="x" * 151) | {"type": "header"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(type="mrkdwn") | {"type": "header"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section() | {"block_id": "a"}] * 2}, "invalid_blocks"),
        ({"text": "x", "blocks": [section(text="x" * 3000)] * 4}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a b", "event_payload": {}}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": None}}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "x" * 9000}}}, "metadata_too_large"),
        ({"text": "half \ud83d"}, "invalid_json"),
    ],
)  # fmt: skip
def test_slack_refuses(slack: FakeSlack, arguments: dict[str, Any], error: str) -> None:
    assert call(slack, "chat.postMessage", **arguments)["error"] == error
    assert slack.posts() == []


def test_slack_asks_for_the_right_token_and_body(slack: FakeSlack) -> None:
    url, body = slack.base_url + "chat.postMessage", {"channel": CHANNEL, "text": "x"}
    assert ask(url, body)[1]["error"] == "not_authed"
    assert ask(url, body, token="xoxb-2")[1]["error"] == "invalid_auth"
    assert ask(url, body, token=slack.token, media="text/html")[1]["error"] == "invalid_post_type"
    assert ask(url, body, token=slack.token, media="application/json")[1]["error"] == "missing_charset"
    assert ask(url, b"{", token=slack.token)[1]["error"] == "invalid_json"
    assert ask(url, [1], token=slack.token)[1]["error"] == "json_not_object"
    assert ask(slack.base_url + "chat.shout", body, token=slack.token)[1]["error"] == "unknown_method"


def test_slack_reads_a_form_with_structures_as_json(slack: FakeSlack) -> None:
    form = urlencode({"channel": CHANNEL, "text": "x", "token": slack.token, "blocks": json.dumps([section()])})
    media = "application/x-www-form-urlencoded"
    assert ask(slack.base_url + "chat.postMessage", form.encode(), media=media)[1]["ok"]
    assert slack.posts()[0].blocks == [section()]
    broken = form.replace("%5B", "%7B")
    assert ask(slack.base_url + "chat.postMessage", broken.encode(), media=media)[1]["error"] == "invalid_blocks_format"


def test_slack_takes_one_message_a_second_and_channel() -> None:
    clock = MovedClock()
    with FakeSlack(channels=(CHANNEL, "C0000EFGH"), clock=clock) as slack:
        assert call(slack, "chat.postMessage", text="x")["ok"]
        status, answer = ask(slack.base_url + "chat.postMessage", {"channel": CHANNEL, "text": "x"}, token=slack.token)
        assert (status, answer["error"]) == (429, "ratelimited")
        assert call(slack, "chat.postMessage", text="x", channel="C0000EFGH")["ok"]
        clock.advance(1)
        assert call(slack, "chat.postMessage", text="x")["ok"]


def test_slack_keeps_threads_and_metadata_as_the_real_one_does(slack: FakeSlack) -> None:
    metadata = {"event_type": "a", "event_payload": {"key": "k"}}
    parent = call(slack, "chat.postMessage", text="parent", metadata=metadata)["ts"]
    reply = call(slack, "chat.postMessage", text="reply", thread_ts=parent, metadata=metadata)
    assert reply["message"]["thread_ts"] == parent
    call(slack, "chat.update", ts=parent, text="new")
    bare, full = call(slack, "conversations.history"), call(slack, "conversations.history", include_all_metadata=True)
    assert [message["text"] for message in full["messages"]] == ["new"], "replies are not in the history"
    assert full["messages"][0]["metadata"] == metadata, "an update without metadata keeps it"
    assert bare["messages"][0]["metadata"] == {"event_type": "a"}
    late = call(slack, "conversations.replies", ts=parent, oldest="9999999999.0")
    assert [message["text"] for message in late["messages"]] == ["new"], "the parent is always there"
    slack.delete(parent)
    assert call(slack, "chat.update", ts=parent, text="x")["error"] == "message_not_found"
    assert "thread_ts" not in call(slack, "chat.postMessage", text="stray", thread_ts=parent)["message"]
    assert call(slack, "conversations.replies", ts="1.000001")["error"] == "thread_not_found"


def test_wecom_refuses() -> None:
    with FakeWeCom(clock=MovedClock()) as fake:

        def code(body: object, url: str = fake.webhook) -> int:
            return int(ask(url, body)[1]["errcode"])

        assert code({}, fake.webhook + "x") == 93000
        assert code({"msgtype": "card"}) == 40008
        assert code({"msgtype": "text", "text": {}}) == 40058
        assert code({"msgtype": "text", "text": {"content": " "}}) == 44004
        assert code({"msgtype": "text", "text": {"content": "汉" * 683}}) == 40058
        assert code({"msgtype": "markdown", "markdown": {"content": "汉" * 1366}}) == 40058
        assert code({"msgtype": "text", "text": {"content": "half \ud83d"}}) == 40058
        assert fake.taken == []
        good = {"msgtype": "markdown", "markdown": {"content": "汉" * 1365}}
        assert [code(good) for _ in range(21)] == [0] * 20 + [45009]


def test_dingtalk_refuses() -> None:
    clock = MovedClock()
    good = {"msgtype": "markdown", "markdown": {"title": "t", "text": "x"}}
    with FakeDingTalk(clock=clock) as fake:

        def code(body: object, url: str = fake.webhook, media: str = JSON) -> int:
            return int(ask(url, body, media=media)[1]["errcode"])

        assert code(good, fake.webhook + "x") == 300005
        assert code(good, media="text/plain") == 43004
        assert code({"msgtype": "markdown", "markdown": {"text": "x"}}) == 40035
        assert code({"msgtype": "picture"}) == 400105
        assert code({"msgtype": "text", "text": {"content": "x" * 20_000}}) == 460101
        assert [code(good) for _ in range(21)] == [0] * 20 + [130101]
        clock.advance(120)
        assert code(good) == 130101, "muted for ten minutes"
        clock.advance(600)
        assert code(good) == 0
        fake.secret = "s"
        assert code(good) == 310000


def test_feishu_refuses() -> None:
    text = {"msg_type": "text", "content": {"text": "x"}}
    with FakeFeishu(clock=MovedClock()) as fake:

        def code(body: object, url: str = fake.webhook) -> int:
            return int(ask(url, body)[1]["code"])

        assert code(text, fake.webhook + "x") == 19001
        assert code({"msg_type": "text", "content": {"text": "x" * 21_000}}) == 9499
        assert code({"msg_type": "interactive", "card": {}}) == 9499
        title = {"title": {"tag": "plain_text", "content": "t"}}
        for element in ({"tag": "script"}, {"tag": "div"}, {"tag": "action", "actions": [{"tag": "button"}]}):
            assert code({"msg_type": "interactive", "card": {"header": title, "elements": [element]}}) == 9499
        assert [code(text) for _ in range(6)] == [0] * 5 + [11232], "five a second"
        fake.secret = "s"
        assert code(text) == 19021


@pytest.mark.parametrize(
    "text", ["[a](http://b)", "![](x)", "<@u>", "<font color=red>", "@all", "**a**", "*a*", "_a_", "~~a~~", "`a`",
             "# a", "> a", "- a", "&lt;@u&gt;", "---"],
)  # fmt: skip
def test_live_markup_is_seen(text: str) -> None:
    assert live(f"前\n{text}") != []


@pytest.mark.parametrize(
    ("mail", "problem"),
    [
        (b"From: a\n", "bare line feed"),
        (b"X: " + b"x" * 999 + b"\r\n", "line longer"),
        ("Subject: 急\r\n\r\n".encode(), "eight-bit"),
        (b"From: a\r\nTo: b\r\nSubject: c\r\nSubject: d\r\nDate: e\r\nMessage-ID: f\r\n\r\n", "subject stands 2 times"),
        (b"From: a\r\nTo: b\r\nSubject: c\r\nDate: e\r\nMessage-ID: f\r\nBcc: g\r\n\r\n", "bcc"),
        (b"From: a\r\nTo: b\r\nSubject: c\r\nDate: e\r\n\r\n", "message-id stands 0 times"),
    ],
)
def test_a_bad_mail_is_seen(mail: bytes, problem: str) -> None:
    assert problem in (problem_of(mail) or "")
