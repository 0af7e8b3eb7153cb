"""Each robot with the fake of its provider, and what the group behind the fake would read."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.config.channel_limits import load_limits
from responders.channels.base import DeliveryFailure, Try
from responders.channels.dingtalk import DingTalk
from responders.channels.feishu import Feishu
from responders.channels.robot import Robot
from responders.channels.wecom import WeCom
from tests.responders.channels.messages import message
from tests.responders.fakes.gate import OpenGate
from tests.responders.fakes.robots import FakeDingTalk, FakeFeishu, FakeWeCom, RobotFake
from tests.responders.fakes.web import MovedClock

LIMITS = load_limits()


def wecom(clock: MovedClock, secret: str = "", timeout: float = 5, plain: bool = False) -> tuple[RobotFake, Robot]:
    fake = FakeWeCom(clock=clock)
    fake.__enter__()
    return fake, WeCom(
        name="群", url=fake.webhook, poster=OpenGate(), limits=LIMITS["wecom"], timeout=timeout, plain=plain
    )


def wecom_text(clock: MovedClock, secret: str = "", timeout: float = 5) -> tuple[RobotFake, Robot]:
    return wecom(clock, secret, timeout, plain=True)


def dingtalk(clock: MovedClock, secret: str = "SECa+/=b", timeout: float = 5) -> tuple[RobotFake, Robot]:
    fake = FakeDingTalk(secret="SECa+/=b", clock=clock)
    fake.__enter__()
    robot = DingTalk(
        name="群",
        url=fake.webhook,
        poster=OpenGate(),
        limits=LIMITS["dingtalk"],
        secret=secret,
        timeout=timeout,
        clock=clock,
    )
    return fake, robot


def feishu(clock: MovedClock, secret: str = "s3cret", timeout: float = 5) -> tuple[RobotFake, Robot]:
    fake = FakeFeishu(secret="s3cret", clock=clock)
    fake.__enter__()
    robot = Feishu(
        name="群",
        url=fake.webhook,
        poster=OpenGate(),
        limits=LIMITS["feishu"],
        secret=secret,
        timeout=timeout,
        clock=clock,
    )
    return fake, robot


def texts(payload: dict[str, Any]) -> dict[str, str]:
    """Return what the group would read, by its place; the values only, the webhook's own fields left out."""
    if payload.get("msgtype") == "text":
        return {"text": payload["text"]["content"]}
    if payload.get("msgtype") == "markdown":
        return {name: value for name, value in payload["markdown"].items() if isinstance(value, str)}
    card = payload["card"]
    found = {"title": card["header"]["title"]["content"]}
    for element in card["elements"]:
        if element["tag"] == "div":
            assert element["text"]["tag"] == "plain_text"
            found["text"] = element["text"]["content"]
        for action in element.get("actions", ()):
            assert action["text"]["tag"] == "plain_text"
            found["button"] = action["text"]["content"]
            found["address"] = action["url"]
    return found


def said(payload: dict[str, Any]) -> str:
    return "\n".join(texts(payload).values())


def failure(robot: Robot, attempt: Try | None = None) -> DeliveryFailure:
    with pytest.raises(DeliveryFailure) as failed:
        robot.send(message(), attempt or Try())
    return failed.value
