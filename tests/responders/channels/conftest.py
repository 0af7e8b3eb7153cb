"""A clock that is moved, a strict Slack with a channel into it, and each robot with its provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from responders.channels.robot import Robot
from responders.channels.slack import Slack
from tests.responders.channels.messages import CHANNEL
from tests.responders.channels.robot_pairs import dingtalk, feishu, wecom, wecom_text
from tests.responders.fakes.robots import RobotFake
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import MovedClock

MakeSlack = Callable[..., Slack]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def fake(clock: MovedClock) -> Iterator[FakeSlack]:
    """A Slack that lets card and reply pass at once, as the real one mostly does."""
    with FakeSlack(clock=clock, burst=2) as running:
        yield running


@pytest.fixture
def make(fake: FakeSlack) -> MakeSlack:
    def make_slack(**options: Any) -> Slack:
        settings = {"name": "值班", "token": fake.token, "channel": CHANNEL, "base_url": fake.base_url, "timeout": 5}
        return Slack(**{**settings, **options})

    return make_slack


@pytest.fixture
def slack(make: MakeSlack) -> Slack:
    return make()


@pytest.fixture(params=[wecom, wecom_text, dingtalk, feishu])
def pair(request: pytest.FixtureRequest, clock: MovedClock) -> Iterator[tuple[RobotFake, Robot]]:
    fake, robot = request.param(clock)
    yield fake, robot
    fake.__exit__(None, None, None)
