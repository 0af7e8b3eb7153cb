"""WeCom, DingTalk and Feishu robots against strict fakes: what the group reads, whatever the title."""

from __future__ import annotations

import json

import pytest

from responders.channels.base import Line, Link, Message, Tone, Try
from responders.channels.robot import Robot
from tests.responders.channels.messages import CONSOLE, HOSTILE, message
from tests.responders.channels.robot_pairs import said, texts
from tests.responders.fakes.markup import hidden, live
from tests.responders.fakes.robots import FakeDingTalk, RobotFake

OWN_LINK = f"[{CONSOLE.label}]({CONSOLE.url})"


def test_an_alert_arrives_with_title_lines_and_link(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    receipt = robot.send(message("隧道塌方"), Try())
    assert receipt.confirmed
    assert not robot.can_reconcile
    [payload] = fake.taken
    assert "🔴 隧道塌方" in said(payload)
    assert "截止: 7月9日 20:30" in said(payload)
    assert CONSOLE.url in said(payload)


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_title_arrives_and_nothing_of_it_is_live(pair: tuple[RobotFake, Robot], title: str) -> None:
    fake, robot = pair
    robot.send(message(title), Try())
    [payload] = fake.taken
    for place, text in texts(payload).items():
        ours = text.replace(OWN_LINK, "")
        if place in ("content", "text") and payload.get("msgtype") == "markdown":
            first, _, rest = ours.partition("\n")
            assert first.startswith("**🔴 ")
            assert first.rstrip().endswith("**")
            ours = first.strip(" *") + "\n" + rest
        assert live(ours) == [], place
        assert hidden(text) == [], place
    assert CONSOLE.url in said(payload), "the cut must never take the link"


def test_a_long_text_is_cut_with_a_mark_and_uses_the_room_there_is(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    robot.send(
        Message(key="b", title="日报", tone=Tone.CALM, body="某市一化工厂发生爆炸，" * 1000, links=(CONSOLE,)), Try()
    )
    [payload] = fake.taken
    assert "[…]" in said(payload)
    assert "\ufffd" not in said(payload)
    room = {"text": 2048, "markdown": 4096, None: 20_000}[payload.get("msgtype")]
    if isinstance(fake, FakeDingTalk):
        room = 20_000
    used = len(json.dumps(payload)) if room == 20_000 else len(said(payload).encode())
    assert room - 30 <= used + 10 * (room == 20_000) <= room + 10


def test_a_repeat_says_so_before_everything_that_could_be_cut(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    robot.send(message("长" * 9000), Try(may_repeat=True))
    robot.send(message("长" * 9000), Try())
    first, second = map(said, fake.taken)
    assert "This may be a repeat" in first
    assert "repeat" not in second


def test_many_and_wrong_links(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    links = (
        Link("点此", "javascript:alert(1)"),
        *(Link(f"第{n}条", f"https://h.example/{n}?{'x' * 300}") for n in range(60)),
    )
    robot.send(Message(key="c", title="t", tone=Tone.NOTICE, links=links), Try())
    shown = said(fake.taken[0])
    assert "点此: javascript:alert(1)" in shown
    assert "[点此](" not in shown
    assert "https://h.example/0?" in json.dumps(fake.taken[0])
    assert "https://h.example/59?" not in json.dumps(fake.taken[0])
    assert "[…]" in shown


def test_a_title_alone_is_enough(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    robot.send(Message(key="d", title="隧道", tone=Tone.DONE, lines=(Line("", ""),)), Try())
    assert "🟢 隧道" in said(fake.taken[0])
